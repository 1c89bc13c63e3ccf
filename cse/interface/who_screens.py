"""Who completes a screen, and when: what the handbook expects of each kind of agency."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from cse.people.models import AgencyType


@dataclass(frozen=True)
class Expectation:
    """What is expected of ``types`` of agency (of every one where empty), with its source.

    ``instead_of``: how the words begin in which a tool's own introduction says the same.
    """

    text: str
    source: str
    types: frozenset[AgencyType] = frozenset()
    instead_of: tuple[str, ...] = ()


def _of(
    text: str, source: str, *types: AgencyType, instead_of: tuple[str, ...] = ()
) -> Expectation:
    return Expectation(text, source, frozenset(types), instead_of)


EXPECTATIONS: Final = (
    _of(
        "Whoever has a concern screens, whatever their profession; nobody needs to be a social"
        " worker. It is quick: detail belongs in the assessment that may follow.",
        "W §12.3, O §6.1, Annexe 2",
        instead_of=("It is meant to be quick.",),
    ),
    _of(
        "Screen a child of 10 or older who uses any service, universal, targeted or specialist,"
        " as soon as one practitioner is concerned for their safety or wellbeing.",
        "O §13.4.2",
    ),
    _of(
        "Every referral of a child of 10 or older to children’s social care has a screen,"
        " whatever the referral is about. It may follow later: never wait with the referral.",
        "O §13.4.2",
    ),
    _of(
        "Where you suspect exploitation, talk to your manager and tell your agency’s lead, who"
        " keeps the bigger picture. The specialist team advises.",
        "O Annexe 2",
        instead_of=("Where you suspect exploitation, talk to your manager",),
    ),
    _of(
        "Screen every child about whom a concern begins to show, also when the child has said"
        " nothing.",
        "O §7.1.5, §7.2.5, §7.6.7, §7.10.6",
        AgencyType.HEALTH,
        AgencyType.LEAVING_CARE,
        AgencyType.SCHOOL,
        AgencyType.YOUTH_OFFENDING,
    ),
    _of(
        "Screen every child about whom a concern begins to show, and think of exploitation at"
        " every report of a missing child.",
        "O §7.3.1, §7.3.4",
        AgencyType.POLICE,
    ),
    _of(
        "Where a child of secondary age might be excluded and might be exploited, complete the"
        " screen and see that a referral is made at the earliest stage. Do not exclude before"
        " weighing what it means for the child’s safety: a safe school day protects.",
        "O §7.6.4",
        AgencyType.SCHOOL,
    ),
    _of(
        "Use the screen in the assessment of each new referral where exploitation may be an"
        " issue, and in an open case as soon as it becomes one.",
        "O §7.7.3",
        AgencyType.SOCIAL_CARE,
    ),
    _of(
        "Screen any child with whom your work raises the concern, and take it to your line"
        " manager first.",
        "O §7.4.3, §7.4.5",
        AgencyType.PROBATION,
    ),
    _of(
        "Know the screen and how to refer. Follow what the handbook asks of the kind of service"
        " you provide.",
        "O §7.5, §7.8.4, §7.8.9, §7.9",
        AgencyType.RESIDENTIAL,
        AgencyType.VOLUNTARY,
        AgencyType.EARLY_INTERVENTION,
    ),
    _of(
        "You are not normally expected to screen, and may where you know the child and feel able"
        " to. A concern you only report counts as much: tell your lead, or refer.",
        "O §7.11.5",
        AgencyType.OTHER,
    ),
    _of(
        "In adult social care, note a concern about the child of somebody you work with, and"
        " about children seen at an address, in shared houses too, or in public places.",
        "O §7.11.2",
        AgencyType.OTHER,
        AgencyType.SOCIAL_CARE,
    ),
)


def expected_of(types: Collection[str]) -> tuple[Expectation, ...]:
    """What is expected of somebody in agencies of these types: their own first."""
    own = [each for each in EXPECTATIONS if each.types & set(types)]
    return (*own, *(each for each in EXPECTATIONS if not each.types))


def expected_of_others(types: Collection[str]) -> tuple[tuple[str, Expectation], ...]:
    """(kinds of agency, what is expected of them) for those that none of ``types`` is."""
    others = [each for each in EXPECTATIONS if each.types and not each.types & set(types)]
    return tuple(
        (", ".join(kind.label for kind in AgencyType if kind in each.types), each)
        for each in others
    )

"""The two ways out of a referral: who has to sign, when each stands, and what closes it. Pure.

A decision not to refer stands in for R8 (W §4.8.1, DEC-13), the under-13 exception for R3
(W §4.2.2, §4.6.3, DEC-10). Either stands only while no other rule asks for a referral, and only
with all its signatures: until then the referral is owed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from referrals.routing.engine import BESIDE_ANY

DECISION: Final = "decision"
EXCEPTION: Final = "exception"
PRACTITIONER: Final = "practitioner"
LEAD: Final = "safeguarding_lead"
DESIGNATED_LEAD: Final = "designated_lead"
MANAGER: Final = "senior_manager"

RULE_OF: Final[Mapping[str, str]] = MappingProxyType({DECISION: "R8", EXCEPTION: "R3"})
"""The one rule that each way stands in for."""
NEEDED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        DECISION: (PRACTITIONER, LEAD),
        EXCEPTION: (PRACTITIONER, DESIGNATED_LEAD, MANAGER),
    }
)
"""Who has to sign, each a different account (DEC-10, DEC-42)."""
NO_REFERRAL: Final = BESIDE_ANY | {"R9"}
"""Rules that ask for no referral: they close no way out."""


class Standing(StrEnum):
    """Where a decision not to refer stands. Only ``stands`` takes the place of a referral."""

    DRAFT = "draft"
    SET_ASIDE = "set_aside"
    WAITING = "waiting"
    REFUSED = "refused"
    STANDS = "stands"
    SUPERSEDED = "superseded"


class Act(StrEnum):
    """What happens to a decision not to refer."""

    SAVE = "save"
    SET_ASIDE = "set aside"
    SIGN = "sign"
    AGREE = "agree and sign"
    AGREE_LAST = "agree and sign, the last to do so"
    REFUSE = "do not agree"
    OVERTAKE = "a rule asks for a referral, or one is sent"


#: (from, act) to who does it and where it stands then. What is not here is refused.
TABLE: Final[Mapping[tuple[Standing, Act], tuple[str, Standing]]] = MappingProxyType(
    {
        (Standing.DRAFT, Act.SAVE): ("worker", Standing.DRAFT),
        (Standing.DRAFT, Act.SET_ASIDE): ("worker", Standing.SET_ASIDE),
        (Standing.DRAFT, Act.SIGN): ("worker", Standing.WAITING),
        (Standing.WAITING, Act.AGREE): ("who is asked", Standing.WAITING),
        (Standing.WAITING, Act.AGREE_LAST): ("who is asked", Standing.STANDS),
        (Standing.WAITING, Act.REFUSE): ("who is asked", Standing.REFUSED),
        (Standing.WAITING, Act.OVERTAKE): ("rules", Standing.SUPERSEDED),
        (Standing.STANDS, Act.OVERTAKE): ("rules", Standing.SUPERSEDED),
    }
)
LIVE: Final = frozenset({Standing.WAITING, Standing.STANDS})
"""What a later rule supersedes."""


def standing(way: str, status: str, answers: Mapping[str, bool], *, superseded: bool) -> Standing:
    """Where a decision stands. ``answers``: capacity → whether that person agreed."""
    if status != "signed":
        return Standing(status)
    if not all(answers.values()):
        return Standing.REFUSED
    if superseded:
        return Standing.SUPERSEDED
    return Standing.STANDS if set(NEEDED[way]) <= answers.keys() else Standing.WAITING


def way_of(routing: Mapping[str, Any]) -> str:
    """The way out that the rules leave open, or "" where a referral is owed or nothing is."""
    if routing["decision_not_to_refer"]["available"]:
        return DECISION
    return EXCEPTION if routing["under_13_exception"]["available"] else ""


def closing(routing: Mapping[str, Any], way: str) -> list[Mapping[str, Any]]:
    """The rules that ask for a referral in spite of this way out; none leaves it open."""
    own = RULE_OF.get(way)
    return [
        rule for rule in routing["rules"] if rule["id"] != own and rule["id"] not in NO_REFERRAL
    ]


@dataclass(frozen=True)
class Missing:
    """What has to be there before signing: its field, what to do, and who says so."""

    field: str
    message: str
    source: str


def missing(way: str, filled: Collection[str]) -> Iterator[Missing]:
    """What is still missing of a decision. ``filled``: the fields that hold something."""
    wanted = _WANTED + (_OF_EXCEPTION if way == EXCEPTION else ())
    return (each for each in wanted if each.field not in filled)


_SOURCE: Final = "W §4.8.1; DEC-42"
_WANTED: Final = (
    Missing("reasons", "Give your reasons for not referring", _SOURCE),
    Missing("factors_considered", "Say what you considered of the factors", _SOURCE),
    Missing("lead", "Name the safeguarding lead you consulted", _SOURCE),
    Missing("consulted_on", "Say on which day you consulted the safeguarding lead", _SOURCE),
)
_OF_EXCEPTION: Final = (
    Missing("manager", "Name the senior manager who is asked to approve", "W §4.2.2; DEC-10"),
)


def picture() -> str:
    """The table as a Mermaid state diagram."""
    return "\n".join(
        [
            "stateDiagram-v2",
            *(
                f"    {before.value} --> {after.value}: {act.value} ({who})"
                for (before, act), (who, after) in TABLE.items()
            ),
        ]
    )

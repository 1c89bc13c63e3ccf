"""What the routing rules read. Frozen; words are checked when a fact is made.

Every flag is about now and says what the worker knows or suspects; false means that nobody has
said so. ``problems`` names what contradicts itself, in the words of ``explain routing``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cse.workdays import FIRST_YEAR, LAST_YEAR
from referrals.routing.checklist import CHECKLIST
from screening.rules import CseLevel


class Authority(StrEnum):
    """Whose handbook is read: it decides the front door and the specialist team."""

    WILTSHIRE = "wiltshire"
    OXFORDSHIRE = "oxfordshire"


class LookedAfter(StrEnum):
    """Under which section of the Children Act 1989 the child is looked after."""

    S20 = "s20"
    S31 = "s31"


class CarePlanning(StrEnum):
    """The plan the child has (W §11): child in need, child protection, looked after."""

    CIN = "cin"
    CP = "cp"
    LAC = "lac"


class Consent(StrEnum):
    """How things stand with consent. Recorded; no rule reads it (W §5.3, DEC-50)."""

    GIVEN = "given"
    REFUSED = "refused"
    NOT_SOUGHT = "not_sought"
    INFORMED = "informed"


@dataclass(frozen=True)
class Activity:
    """Sexual activity, known or reported. ``began_on`` is the earliest day, None if not known."""

    began_on: dt.date | None = None
    ended_on: dt.date | None = None


@dataclass(frozen=True)
class OtherPerson:
    """The other person in the activity: date of birth, or whole years when it began."""

    age: int | None = None
    date_of_birth: dt.date | None = None


@dataclass(frozen=True)
class Facts:
    """Everything that the rules read, as it stands on the day ``on``.

    ``estimated_age`` is the youngest plausible age in whole years on that day, read where there is
    no date of birth. ``any_one_high``: the screen holds a high risk factor that nobody has cleared
    (DEC-03 to 05); ``screened_on``: the day it was completed, ``on`` if not given.
    ``screened``: whether there is a completed screen, None to conclude it from what only a screen
    says. ``unticked`` are factors the rules ticked and the worker took away.
    ``offence_recorded``: an offence against the child is on record (DEC-17).
    """

    authority: Authority
    on: dt.date
    date_of_birth: dt.date | None = None
    estimated_age: int | None = None
    level: CseLevel | None = None
    concerns_confirmed: bool = False
    any_one_high: bool = False
    screened: bool | None = None
    screened_on: dt.date | None = None
    immediate_danger: bool = False
    significant_harm: bool = False
    sexual_activity: Activity | None = None
    pregnant: bool = False
    other_person: OtherPerson | None = None
    position_of_trust: bool = False
    works_with_children: bool = False
    foster_carer: bool = False
    group_suspected: bool = False
    trafficking: bool = False
    offence_recorded: bool = False
    looked_after: LookedAfter | None = None
    professional_working: bool = False
    care_planning: CarePlanning | None = None
    checklist: frozenset[str] = frozenset()
    unticked: frozenset[str] = frozenset()
    consent: Consent = Consent.NOT_SOUGHT

    def __post_init__(self) -> None:
        for name, words in _WORDS.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, words(value))
        for name in ("checklist", "unticked"):
            object.__setattr__(self, name, frozenset(getattr(self, name)))

    @property
    def has_screen(self) -> bool:
        """Whether a completed screen stands behind these facts."""
        if self.screened is not None:
            return self.screened
        return self.level is not None or self.concerns_confirmed or self.any_one_high


_WORDS: Final[dict[str, type[StrEnum]]] = {
    "authority": Authority,
    "level": CseLevel,
    "looked_after": LookedAfter,
    "care_planning": CarePlanning,
    "consent": Consent,
}


def problems(facts: Facts) -> Iterator[tuple[str, str]]:
    """What contradicts itself: ``(field, message)`` pairs."""
    yield from _date_problems(facts)
    for name in ("checklist", "unticked"):
        for factor in sorted(getattr(facts, name) - CHECKLIST.keys()):
            yield name, f"there is no factor {factor!r}: W-CHK-01 to W-CHK-14"
    for factor in sorted(facts.checklist & facts.unticked):
        yield "unticked", f"{factor} is also ticked in checklist"


def _date_problems(facts: Facts) -> Iterator[tuple[str, str]]:
    born, on = facts.date_of_birth, facts.on
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        yield "on", f"a day from {FIRST_YEAR} to {LAST_YEAR} is needed"
    days = {"date_of_birth": born, "screened_on": facts.screened_on}
    if facts.other_person:
        days["other_person.date_of_birth"] = facts.other_person.date_of_birth
    if facts.sexual_activity:
        days["sexual_activity.from"] = facts.sexual_activity.began_on
        days["sexual_activity.to"] = facts.sexual_activity.ended_on
    for name, day in days.items():
        if day and day > on:
            yield name, f"{day} is after on ({on})"
        elif day and born and day < born and not name.startswith("other_person"):
            yield name, f"{day} is before the date of birth"
    began, ended = days.get("sexual_activity.from"), days.get("sexual_activity.to")
    if began and ended and ended < began:
        yield "sexual_activity.to", f"{ended} is before sexual_activity.from"

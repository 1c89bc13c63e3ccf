"""Ages that the rules read: now, when the screen was completed, and when it happened (DEC-02)."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cse.workdays import age_on
from referrals.routing.facts import Facts
from screening.rules import AgeBasis
from screening.rules.age import ADULT_FROM

UNDER_13: Final = 13
"""The rules on sexual activity change at the 13th birthday (DEC-01). Never shared with "13 or
younger", which is ``screening.rules.ANY_ONE_HIGH_MAX_AGE``."""
UNDER_16: Final = 16
SCREEN_FROM: Final = 10
"""From this age a referral without a screen leaves one owed (DEC-25)."""
EXAMPLE_AT_13: Final = 4
"""Years: 13 and 17, the handbook's first example of a considerable difference (W §4.3.1)."""
EXAMPLE_AT_15: Final = 6
"""Years: 15 and 21, its second."""
LONGEST_PREGNANCY: Final = dt.timedelta(days=294)
"""42 weeks. A pregnancy found today began no earlier: the youngest possible age where nobody has
said when the activity was (our reading of DEC-02)."""
SHORTEST_PREGNANCY: Final = dt.timedelta(days=14)
"""None is known of sooner: activity that is said to have begun later is not where it comes from,
and there was some before of which nobody has said when."""


class Band(StrEnum):
    """The handbook's age bands (W §4.1, DEC-11)."""

    UNDER_13 = "under_13"
    FROM_13 = "13_15"
    FROM_16 = "16_17"
    ADULT = "adult"


@dataclass(frozen=True)
class AgeGaps:
    """The administrator's table of age differences, in whole years (DEC-12).

    From the difference at the child's age on, R7 applies; ``at_14`` is ours, between the
    handbook's two examples. From ``pre_tick`` on, W-CHK-06 is ticked for the worker to confirm.
    """

    at_13: int = EXAMPLE_AT_13
    at_14: int = 5
    at_15: int = EXAMPLE_AT_15
    pre_tick: int = 3

    def __post_init__(self) -> None:
        if min(self.at_13, self.at_14, self.at_15, self.pre_tick) < 1:
            raise ValueError("a difference in age is at least one year")

    def problems(self) -> Iterator[tuple[str, str]]:
        """Where a table would ask for less than the handbook always does: (field, message).

        The handbook's two examples always need a discussion and a referral (W §4.3.1), and the
        younger the child the stronger the presumption (W §4.3.2).
        """
        if self.at_13 > EXAMPLE_AT_13:
            yield "at_13", f"13 and 17 always need a referral: {EXAMPLE_AT_13} years or fewer"
        if self.at_15 > EXAMPLE_AT_15:
            yield "at_15", f"15 and 21 always need a referral: {EXAMPLE_AT_15} years or fewer"
        if self.at_14 < self.at_13:
            yield "at_14", "The difference at 14 must not be smaller than the one at 13"
        if self.at_15 < self.at_14:
            yield "at_15", "The difference at 15 must not be smaller than the one at 14"
        if self.pre_tick > self.at_13:
            yield "pre_tick", "The factor is ticked no later than the referral is always needed"

    def is_considerable(self, gap: int, age: int) -> bool:
        """Whether ``gap`` is a considerable age difference for a child of ``age`` (13 to 15)."""
        return gap >= {13: self.at_13, 14: self.at_14, 15: self.at_15}[age]


@dataclass(frozen=True)
class Ages:
    """Whole years; None where not known, which every rule reads as under 13.

    ``youngest`` is the youngest the child can have been when the activity began, None also where
    there was no activity; ``at_activity`` the age on the day that was given for it.
    """

    now: int | None
    basis: AgeBasis
    at_screen: int | None
    activity: bool
    at_activity: int | None
    youngest: int | None

    @property
    def adult(self) -> bool:
        """18 or older: no longer a child (DEC-11)."""
        return self.now is not None and self.now >= ADULT_FROM

    @property
    def band(self) -> Band:
        """The band at the date that counts: the activity's, where there was one (W-REF-01)."""
        return Band.ADULT if self.adult else _band(self.youngest if self.activity else self.now)


def ages_of(facts: Facts) -> Ages:
    """Every age of the child that a rule reads."""
    began = activity_began(facts)
    return Ages(
        now=_age(facts, facts.on),
        basis=_basis(facts),
        at_screen=_age(facts, facts.screened_on or facts.on),
        activity=facts.sexual_activity is not None or facts.pregnant,
        at_activity=_age(facts, _day_said(facts)),
        youngest=_age(facts, began),
    )


def activity_began(facts: Facts) -> dt.date | None:
    """The earliest day the activity can have been, or None. A pregnancy is activity too.

    Beside activity whose day is not known a pregnancy tells no more: it can have been any day.
    """
    said = _day_said(facts)
    too_late = said is not None and said > facts.on - SHORTEST_PREGNANCY
    if facts.pregnant and (facts.sexual_activity is None or too_late):
        return facts.on - LONGEST_PREGNANCY
    return said


def _day_said(facts: Facts) -> dt.date | None:
    return facts.sexual_activity.began_on if facts.sexual_activity is not None else None


def age_gap(facts: Facts, ages: Ages) -> int | None:
    """Whole years between the child and the other person, whoever is older; None if not known.

    From dates of birth where both are known, else from whole ages when the activity began
    (DEC-12).
    """
    other, began = facts.other_person, activity_began(facts)
    if other is None:
        return None
    if facts.date_of_birth and other.date_of_birth:
        born = sorted((facts.date_of_birth, other.date_of_birth))
        return age_on(born[0], born[1])
    theirs = other.age
    if other.date_of_birth and began:
        theirs = age_on(min(other.date_of_birth, began), began)
    if theirs is None or ages.youngest is None:
        return None
    return abs(theirs - ages.youngest)


def _basis(facts: Facts) -> AgeBasis:
    if facts.date_of_birth:
        return AgeBasis.DATE_OF_BIRTH
    return AgeBasis.UNKNOWN if facts.estimated_age is None else AgeBasis.ESTIMATED


def _age(facts: Facts, day: dt.date | None) -> int | None:
    born = facts.date_of_birth or _latest_birth(facts)
    if born is None or day is None:
        return None
    return age_on(min(born, day), day)


def _latest_birth(facts: Facts) -> dt.date | None:
    """The latest day of birth that agrees with the estimate: the youngest possible child."""
    if facts.estimated_age is None:
        return None
    year, on = facts.on.year - facts.estimated_age, facts.on
    if (on.month, on.day) == (2, 29) and not calendar.isleap(year):
        return dt.date(year, 2, 28)
    return on.replace(year=year)


def _band(age: int | None) -> Band:
    if age is None or age < UNDER_13:
        return Band.UNDER_13
    if age < UNDER_16:
        return Band.FROM_13
    return Band.FROM_16 if age < ADULT_FROM else Band.ADULT

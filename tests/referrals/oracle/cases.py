"""The inputs of ``routing.csv``: a sensible product for each group of rules. No outcome here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields, replace
from itertools import combinations, product

ON = dt.date(2027, 2, 8)
DAY = dt.timedelta(days=1)
FLAGS = (
    "any_one_high", "immediate_danger", "significant_harm", "pregnant", "position_of_trust",
    "works_with_children", "foster_carer", "group_suspected", "trafficking", "offence_recorded",
    "concerns_confirmed",
)  # fmt: skip

STATUSES = (("", ""), ("s20", ""), ("s31", "lac"), ("", "lac"), ("", "cin"), ("", "cp"))
"""Looked after, and the plan: either may say it alone."""


@dataclass(frozen=True)
class Case:
    """One row's inputs, as the file writes them: everything a string.

    ``began``: a day, ``none`` (no activity) or ``unknown`` (nobody knows when). ``other``: whole
    years or a day of birth. ``flags``, ``ticked`` and ``unticked`` are lists with blanks between.
    """

    group: str
    authority: str = "wiltshire"
    on: str = ON.isoformat()
    born: str = ""
    estimate: str = ""
    began: str = "none"
    other: str = ""
    level: str = ""
    looked_after: str = ""
    care_planning: str = ""
    flags: str = ""
    ticked: str = ""
    unticked: str = ""

    def row(self) -> tuple[str, ...]:
        """The input columns."""
        return astuple(self)


COLUMNS = tuple(field.name for field in fields(Case))


def all_cases() -> list[Case]:
    """Every row once, in the order of the file."""
    groups = (birthdays, leap_day, uncertain, gaps_in_years, gaps_in_days, concerns, flags)
    return list(dict.fromkeys(case for group in groups for case in group()))


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day some years earlier, for days that are in every year."""
    return day.replace(year=day.year - years)


def birthdays() -> Iterator[Case]:
    """The day before, on and after each birthday from 9 to 18, and of an activity around it."""
    for age, offset in product(range(9, 19), (-1, 0, 1)):
        born = (years_before(ON, age) - offset * DAY).isoformat()
        for began in ("none", ON.isoformat(), (ON - DAY).isoformat(), "unknown"):
            for flags in ("", "any_one_high", "pregnant"):
                yield Case("birthdays", born=born, began=began, flags=flags)
    # A pregnancy that nobody has dated reaches back 42 weeks: around 13 and around 16.
    for age, weeks in product((13, 16), (40, 41, 42, 43, 44)):
        born = years_before(ON, age) - dt.timedelta(weeks=weeks)
        yield Case("birthdays", born=born.isoformat(), flags="pregnant")
    # A day that is said beside it counts, but not within two weeks: it is not known so soon.
    for days in (12, 13, 14, 15):
        began = (ON - days * DAY).isoformat()
        yield Case("birthdays", born="2014-01-18", began=began, flags="pregnant")


def leap_day() -> Iterator[Case]:
    """Born on 29 February: in common years the birthday is 1 March."""
    days = ("2025-02-28", "2025-03-01", "2026-02-28", "2026-03-01", "2028-02-28", "2028-02-29")
    for on, flags in product(days, ("", "any_one_high")):
        for began in ("none", on):
            yield Case("leap day", on=on, born="2012-02-29", began=began, flags=flags)


def uncertain() -> Iterator[Case]:
    """No date of birth: estimated ages, and none at all."""
    days = ("none", ON.isoformat(), "2027-01-18", "2025-06-01", "unknown")
    for estimate, began in product(["", *map(str, range(8, 20))], days):
        for flags in ("", "any_one_high", "pregnant"):
            yield Case("uncertain", estimate=estimate, began=began, flags=flags)
        yield Case("uncertain", estimate=estimate, began=began, other="19")
    yield Case("uncertain", on="2028-02-29", estimate="13", began="2028-02-29")
    yield Case("uncertain", on="2028-02-29", estimate="13", began="2028-02-28")


def gaps_in_years() -> Iterator[Case]:
    """Whole ages: the child at 11 to 17, the other person from 4 younger to 9 older."""
    for age, gap in product(range(11, 18), range(-4, 10)):
        born = (years_before(ON, age) - 100 * DAY).isoformat()
        one = Case("gaps in years", born=born, began="2027-01-18", other=str(age + gap))
        yield one
        yield replace(one, unticked="W-CHK-06")
        yield replace(one, ticked="W-CHK-14", unticked="W-CHK-06")
        yield replace(one, began="none")


def gaps_in_days() -> Iterator[Case]:
    """Dates of birth: the day before, on and after each whole number of years."""
    for age, gap, offset in product((12, 13, 14, 15, 16), (2, 3, 4, 5, 6), (-1, 0, 1)):
        born = years_before(ON, age) - 100 * DAY
        theirs = years_before(born, gap) - offset * DAY
        yield Case(
            "gaps in days", born=born.isoformat(), began="2027-01-18", other=theirs.isoformat()
        )
        younger = dt.date(born.year + gap, born.month, born.day) + offset * DAY
        yield Case(
            "gaps in days", born=born.isoformat(), began="2027-01-18", other=younger.isoformat()
        )


def concerns() -> Iterator[Case]:
    """Levels and confirmed concerns, with plans and legal status, in both authorities."""
    said = ("", "concerns_confirmed", "significant_harm", "professional_working",
            "professional_working significant_harm")  # fmt: skip
    for authority, level, flags, age in product(
        ("wiltshire", "oxfordshire"), ("", "vulnerable", "at_risk", "cse"), said, (12, 15, 17, 18)
    ):
        born = (years_before(ON, age) - 100 * DAY).isoformat()
        for looked_after, plan in STATUSES:
            yield Case(
                "concerns", authority=authority, born=born, level=level, flags=flags,
                looked_after=looked_after, care_planning=plan,
            )  # fmt: skip


def flags() -> Iterator[Case]:
    """Every flag alone and with every other, on the four children that rules tell apart."""
    pairs = [(), *combinations(FLAGS, 1), *combinations(FLAGS, 2)]
    for authority, chosen in product(("wiltshire", "oxfordshire"), pairs):
        for age, began, ticked in (
            (12, "2027-01-18", ""), (14, "2027-01-18", "W-CHK-14"), (17, "none", ""),
            (18, "none", ""),
        ):  # fmt: skip
            yield Case(
                "flags", authority=authority, born=(years_before(ON, age) - 100 * DAY).isoformat(),
                began=began, ticked=ticked, flags=" ".join(chosen), level="vulnerable",
            )  # fmt: skip

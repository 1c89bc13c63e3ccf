"""Working days, review dates and ages. Pure: dates in, dates out; today is an argument.

Day 0 is the day of the trigger, whatever day of the week it is; counting starts on the next
working day, and the target is the end of the nth (DEC-29). Bank holidays are those of England,
substitute days included, from the ``holidays`` library, with the administrator's one-off ones;
local closure days are shown but move no target unless the board says so (DEC-31).
"""

from __future__ import annotations

import calendar as months_of
import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.metadata import version
from types import MappingProxyType
from typing import Final

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2060
"""The years that a calendar covers; a trigger or target outside them is refused."""
LONGEST_TARGET: Final = 1000
"""Working days. Guards against a slip of the finger, not a rule of the field."""
LONGEST_REVIEW: Final = 120
"""Months."""

_ONE_DAY: Final = dt.timedelta(days=1)


class OutsideCalendar(ValueError):  # noqa: N818  (a date out of range, named for what it is)
    """A date that no calendar of ours covers."""


@dataclass(frozen=True)
class Calendar:
    """Which days are worked. ``version`` is stored with every deadline computed from it.

    ``closures`` are local closure days by name; they move targets only with
    ``closures_move_targets``.
    """

    version: str
    bank_holidays: Mapping[dt.date, str] = field(hash=False)
    closures: Mapping[dt.date, str] = field(
        default_factory=lambda: MappingProxyType({}), hash=False
    )
    closures_move_targets: bool = False

    def is_working_day(self, day: dt.date) -> bool:
        """Whether a target can fall on ``day``. Raises ``OutsideCalendar`` beyond its years."""
        _covered(day)
        if day.weekday() >= 5 or day in self.bank_holidays:
            return False
        return not (self.closures_move_targets and day in self.closures)

    def crossed(self, after: dt.date, until: dt.date) -> dict[dt.date, str]:
        """Bank holidays and closures after ``after`` up to ``until``, by date, with their names."""
        named = {**self.closures, **self.bank_holidays}
        return {day: named[day] for day in sorted(named) if after < day <= until}


def calendar_of(
    one_off: Mapping[dt.date, str] | None = None,
    closures: Mapping[dt.date, str] | None = None,
    *,
    closures_move_targets: bool = False,
) -> Calendar:
    """England's calendar with the administrator's days added.

    ``one_off`` are bank holidays that the library does not know yet. Two calendars with the same
    days have the same ``version``.
    """
    added, closed = dict(one_off or {}), dict(closures or {})
    return Calendar(
        version=_version(added, closed, closures_move_targets),
        bank_holidays=MappingProxyType({**_england(), **added}),
        closures=MappingProxyType(closed),
        closures_move_targets=closures_move_targets,
    )


@lru_cache(maxsize=1)
def _england() -> Mapping[dt.date, str]:
    """Bank holidays of England, substitute days included, FIRST_YEAR to LAST_YEAR."""
    import holidays  # here, so that a page that needs no date pays nothing for it

    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return MappingProxyType(dict(holidays.country_holidays("GB", subdiv="ENG", years=years)))


@cache
def _source() -> str:
    return f"GB-ENG holidays {version('holidays')}"


def _version(added: Mapping[dt.date, str], closed: Mapping[dt.date, str], moving: bool) -> str:
    name = _source()
    if not added and not closed:
        return name
    parts = [f"+{day}" for day in sorted(added)] + [f"-{day}" for day in sorted(closed)]
    digest = hashlib.sha256(" ".join([*parts, str(moving)]).encode()).hexdigest()[:8]
    return f"{name}, {len(added)} added, {len(closed)} closures ({digest})"


def due_on(trigger: dt.date, working_days: int, calendar: Calendar) -> dt.date:
    """The ``working_days``-th working day after ``trigger`` (day 0): done by the end of it.

    0 is the day of the trigger itself. Raises ValueError below 0 and above LONGEST_TARGET, and
    ``OutsideCalendar`` where trigger or target is not covered.
    """
    if not 0 <= working_days <= LONGEST_TARGET:
        raise ValueError(f"from 0 to {LONGEST_TARGET} working days")
    day, left = _covered(trigger), working_days
    while left:
        day += _ONE_DAY
        left -= calendar.is_working_day(day)
    return day


def working_days_left(today: dt.date, due: dt.date, calendar: Calendar) -> int:
    """Working days after ``today`` up to and including ``due``: 0 on the day it is due.

    Late is negative: the working days after ``due`` up to and including ``today``. On a Saturday
    after a Friday none has passed yet, and it is 0 too: whoever says it in words compares the days.
    """
    if _covered(today) <= due:
        return _count(today, due, calendar)
    return -_count(due, today, calendar)


def _count(after: dt.date, until: dt.date, calendar: Calendar) -> int:
    days = (after + dt.timedelta(days=each) for each in range(1, (until - after).days + 1))
    return sum(calendar.is_working_day(day) for day in days)


def last_working_day(day: dt.date, calendar: Calendar) -> dt.date:
    """``day`` if it is worked, else the last working day before it."""
    while not calendar.is_working_day(day):
        day -= _ONE_DAY
    return day


def review_on(held: dt.date, months: int, calendar: Calendar) -> dt.date:
    """The same day ``months`` calendar months on, never later: rolled back to a working day.

    Where the month is too short its last day counts (DEC-37). Raises ValueError outside
    1 to LONGEST_REVIEW.
    """
    if not 1 <= months <= LONGEST_REVIEW:
        raise ValueError(f"from 1 to {LONGEST_REVIEW} months")
    return last_working_day(months_on(_covered(held), months), calendar)


def months_on(day: dt.date, months: int) -> dt.date:
    """The same day of the month ``months`` later, or that month's last day if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = months_of.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def birthday_on(date_of_birth: dt.date, age: int) -> dt.date:
    """The day on which someone turns ``age``; born 29 February: 1 March in common years (DEC-02).

    The later day is the more protective: a rule "aged 13 or younger" holds one day longer.
    """
    year = date_of_birth.year + age
    leap_day = (date_of_birth.month, date_of_birth.day) == (2, 29)
    if leap_day and not months_of.isleap(year):
        return dt.date(year, 3, 1)
    return date_of_birth.replace(year=year)


def age_on(date_of_birth: dt.date, day: dt.date) -> int:
    """Age in whole years on ``day``. Raises ValueError for a day before the birth."""
    if day < date_of_birth:
        raise ValueError("before the date of birth")
    years = day.year - date_of_birth.year
    return years if day >= birthday_on(date_of_birth, years) else years - 1


def _covered(day: dt.date) -> dt.date:
    """``day``, if calendars cover its year. Raises ``OutsideCalendar``."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise OutsideCalendar(f"no calendar before {FIRST_YEAR} or after {LAST_YEAR}")
    return day

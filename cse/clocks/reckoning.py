"""When something is due, when to remind, and what is left in words. Pure: now is an argument.

A target in working days ends with the working day it falls on, at ``DAY_ENDS`` (DEC-29, DEC-31);
one in hours counts the hours that pass, nights, weekends and the change of the clocks included
(DEC-24). Moments go in and come out with a zone; days are those of London.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from cse.workdays import Calendar, OutsideCalendar, due_on, working_days_left

LONDON: Final = ZoneInfo("Europe/London")
DAY_BEGINS: Final = dt.time(9)
DAY_ENDS: Final = dt.time(17)
"""A working day, for "working hours left" and for when a reminder is sent."""
_HOUR: Final = dt.timedelta(hours=1)
_ONE_DAY: Final = dt.timedelta(days=1)
_WORKING_DAY: Final = dt.timedelta(hours=DAY_ENDS.hour - DAY_BEGINS.hour)
_MANY_DAYS: Final = 3
"""From so many days on nobody counts the hours beside them."""


class Unit(StrEnum):
    """What a length is counted in."""

    WORKING_DAYS = "working_days"
    HOURS = "hours"


@dataclass(frozen=True)
class Length:
    """How long a clock runs: working days, or hours of the clock on the wall."""

    amount: int
    unit: Unit

    @property
    def words(self) -> str:
        """As in "3 working days" or "72 hours"."""
        return _count(self.amount, "working day" if self.unit == Unit.WORKING_DAYS else "hour")


@dataclass(frozen=True)
class Offset:
    """When a reminder is sent, seen from the due moment; before it is negative.

    Working days: in the morning of that day. Hours: so many hours before or after.
    """

    amount: int
    unit: Unit = Unit.WORKING_DAYS

    @property
    def key(self) -> str:
        """As it is stored: "-1d", "0d", "+2d", "-24h"."""
        sign = "+" if self.amount > 0 else ""
        return f"{sign}{self.amount}{'d' if self.unit == Unit.WORKING_DAYS else 'h'}"


@dataclass(frozen=True)
class Left:
    """What is left, in words; ``is_late`` from the moment after it was due, ``is_soon`` within a
    day before it.
    """

    words: str
    is_late: bool
    is_soon: bool = False

    @property
    def tone(self) -> str:
        """The tone of its badge: everywhere the same."""
        if self.is_late:
            return "late"
        return "notice" if self.is_soon else "plain"


def due_at(trigger_at: dt.datetime, length: Length, calendar: Calendar) -> dt.datetime:
    """The moment by which it is to be done, in UTC.

    Raises ValueError for a moment without a zone or a length out of range, and
    ``OutsideCalendar`` where trigger or target is not covered.
    """
    if length.unit == Unit.WORKING_DAYS:
        due = _at(due_on(day_of(trigger_at), length.amount, calendar), DAY_ENDS)
        # What is owed the same day and begins in the evening is due before midnight.
        return due if due >= trigger_at else _at(day_of(trigger_at), dt.time.max)
    if length.amount < 0:
        raise ValueError("no hours before the trigger")
    calendar.is_working_day(day_of(trigger_at))  # refuses a day that no calendar covers
    return trigger_at.astimezone(dt.UTC) + length.amount * _HOUR


def day_of(moment: dt.datetime) -> dt.date:
    """The day in London. Raises ValueError for a moment without a zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(LONDON).date()


def remind_at(offset: Offset, due: dt.datetime, calendar: Calendar) -> dt.datetime:
    """The moment of a reminder, in UTC."""
    if offset.unit == Unit.HOURS:
        return due.astimezone(dt.UTC) + offset.amount * _HOUR
    day = day_of(due)
    if offset.amount >= 0:
        return _at(due_on(day, offset.amount, calendar), DAY_BEGINS)
    for _ in range(-offset.amount):
        day -= _ONE_DAY
        while not calendar.is_working_day(day):
            day -= _ONE_DAY
    return _at(day, DAY_BEGINS)


def next_when_late(now: dt.datetime, due: dt.datetime, calendar: Calendar) -> Offset:
    """The first reminder after ``now`` of those sent each working day once it is late (DEC-32)."""
    day, late = day_of(due), 0
    while True:
        day += _ONE_DAY
        late += calendar.is_working_day(day)
        if calendar.is_working_day(day) and _at(day, DAY_BEGINS) > now:
            return Offset(late)


def left(now: dt.datetime, due: dt.datetime, unit: Unit, calendar: Calendar) -> Left:
    """What is left: "4 working hours left", "late by 2 working days".

    Of a target in working days the hours are said where it falls on the present or the next
    working day, and later the days. What no calendar covers is said without a count.
    """
    try:
        return _left(now, due, unit, calendar)
    except OutsideCalendar:
        return Left("late", True) if now > due else Left("not due yet", False)


def _left(now: dt.datetime, due: dt.datetime, unit: Unit, calendar: Calendar) -> Left:
    if now > due:
        return Left(_late(now, due, unit, calendar), True)
    is_soon = due - now < _ONE_DAY
    if unit == Unit.HOURS:
        return Left(_hours_left(due - now), False, is_soon)
    time = working_time(now, due, calendar)
    near = day_of(due) <= due_on(day_of(now), 1, calendar)
    return Left(_working_hours_left(time) if near else _working_days_left(time), False, is_soon)


def working_time(start: dt.datetime, end: dt.datetime, calendar: Calendar) -> dt.timedelta:
    """Time between two moments that lies within working days, 9am to 5pm."""
    total = dt.timedelta()
    for day in _days(day_of(start), day_of(end)):
        if calendar.is_working_day(day):
            begins, ends = max(start, _at(day, DAY_BEGINS)), min(end, _at(day, DAY_ENDS))
            total += max(ends - begins, dt.timedelta())
    return total


def _working_hours_left(time: dt.timedelta) -> str:
    if not time:
        return "no working time left"
    hours = time // _HOUR
    return f"{_count(hours, 'working hour')} left" if hours else "less than 1 working hour left"


def _working_days_left(time: dt.timedelta) -> str:
    days, rest = divmod(time, _WORKING_DAY)
    hours = rest // _HOUR
    more = f" and {_count(hours, 'hour')}" if hours and days < _MANY_DAYS else ""
    return f"{_count(days, 'working day')}{more} left"


def _hours_left(time: dt.timedelta) -> str:
    hours = time // _HOUR
    days, rest = divmod(hours, 24)
    if not hours:
        return "less than 1 hour left"
    if not days:
        return f"{_count(hours, 'hour')} left"
    more = f" and {_count(rest, 'hour')}" if rest else ""
    return f"{_count(days, 'day')}{more} left"


def _late(now: dt.datetime, due: dt.datetime, unit: Unit, calendar: Calendar) -> str:
    if unit == Unit.HOURS:
        hours = (now - due) // _HOUR
        if not hours:
            return "late by less than 1 hour"
        over_days = hours >= 48
        return f"late by {_count(hours // 24, 'day') if over_days else _count(hours, 'hour')}"
    if day_of(now) == day_of(due):
        return "late since the end of today’s working day"
    days = -working_days_left(day_of(now), day_of(due), calendar)
    return f"late by {_count(days, 'working day') if days else 'less than 1 working day'}"


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + dt.timedelta(days=each) for each in range((last - first).days + 1))


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    """That time of day in London, in UTC. Neither 9am nor 5pm is ever skipped or repeated."""
    return dt.datetime.combine(day, time, LONDON).astimezone(dt.UTC)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

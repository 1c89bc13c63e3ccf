"""When something is due, in words: never colour alone. Pure: days in, words out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cse.workdays import Calendar, OutsideCalendar, working_days_left


@dataclass(frozen=True)
class Due:
    """``words`` for the page, ``tone`` of their badge; ``is_late`` from the day after ``on``.

    ``at`` is the moment where it is due by the hour; of what is due ``at_once``, the latest.
    """

    on: dt.date
    words: str
    is_late: bool
    tone: str = "plain"
    at: dt.datetime | None = None
    at_once: bool = False


def due_in_words(on: dt.date, today: dt.date, calendar: Calendar) -> Due:
    """Working days left or late: "due today", "2 working days left", "late by 1 working day".

    A day that no calendar covers is said as a plain date would be: without a count.
    """
    try:
        days = working_days_left(today, on, calendar)
    except OutsideCalendar:
        return Due(on, "late", True, "late") if on < today else Due(on, "not due yet", False)
    if on < today:
        # Nobody has worked since: late all the same, and never as on the day it was due.
        late_by = _count(-days) if days else "less than 1 working day"
        return Due(on, f"late by {late_by}", True, "late")
    if on == today:
        return Due(on, "due today", False, "notice")
    # Due on a day that nobody works, and none before it: not due today, and nothing left either.
    return Due(on, f"{_count(days)} left" if days else "no working day left", False)


def _count(days: int) -> str:
    return f"{days} working day" if days == 1 else f"{days} working days"

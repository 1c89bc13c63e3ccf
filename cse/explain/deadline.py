"""``explain deadline``: a working-day target or a review date (``docs/explain.md``)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cse.strict import Reader
from cse.workdays import (
    LONGEST_REVIEW,
    LONGEST_TARGET,
    Calendar,
    OutsideCalendar,
    calendar_of,
    due_on,
    review_on,
    working_days_left,
)

TARGET, REVIEW = ("trigger_on", "working_days"), ("held_on", "review_months")


def explain(facts: Any) -> dict[str, Any]:
    """``due_on`` for a trigger and a number of working days, or ``review_on`` for a meeting held.

    Raises ``Refused`` naming the field.
    """
    reader = Reader(facts)
    target, review = _asked(reader, TARGET), _asked(reader, REVIEW)
    if target == review and not reader.problems:
        reader.wrong(
            "trigger_on", "give trigger_on with working_days, or held_on with review_months"
        )
    calendar = _calendar(reader)
    found = _review(reader, calendar) if review and not target else _target(reader, calendar)
    reader.done()
    reader.refuse_if_wrong()
    return found


def _asked(reader: Reader, keys: tuple[str, str]) -> bool:
    return any([reader.has(key) for key in keys])


def _target(reader: Reader, calendar: Calendar) -> dict[str, Any]:
    trigger = reader.day("trigger_on", required=True)
    number = reader.whole("working_days", low=0, high=LONGEST_TARGET, required=True)
    today = reader.day("today")
    if reader.problems or trigger is None or number is None:
        return {}
    try:
        due = due_on(trigger, number, calendar)
    except OutsideCalendar as error:
        reader.wrong("trigger_on", str(error))
        return {}
    found: dict[str, Any] = {"due_on": due.isoformat()}
    try:
        if today:
            found["working_days_left"] = working_days_left(today, due, calendar)
    except OutsideCalendar as error:
        reader.wrong("today", str(error))
    return found | _crossed(trigger, due, calendar)


def _review(reader: Reader, calendar: Calendar) -> dict[str, Any]:
    held = reader.day("held_on", required=True)
    months = reader.whole("review_months", low=1, high=LONGEST_REVIEW, required=True)
    if reader.problems or held is None or months is None:
        return {}
    try:
        review = review_on(held, months, calendar)
    except OutsideCalendar as error:
        reader.wrong("held_on", str(error))
        return {}
    return {"review_on": review.isoformat()}


def _crossed(trigger: dt.date, due: dt.date, calendar: Calendar) -> dict[str, Any]:
    """Local closures on the way: shown, whether or not they move the target (DEC-31)."""
    if not calendar.closures:
        return {}
    crossed = [day.isoformat() for day in sorted(calendar.closures) if trigger < day <= due]
    return {"closures_crossed": crossed}


def _calendar(reader: Reader) -> Calendar:
    return calendar_of(
        _days(reader, "bank_holidays"),
        _days(reader, "closures"),
        closures_move_targets=reader.boolean("closures_move_targets"),
    )


def _days(reader: Reader, key: str) -> dict[dt.date, str]:
    """Named days: ``[{"on": "2027-06-07", "name": "…"}]``."""
    found: dict[dt.date, str] = {}
    for each in reader.objects(key):
        day, name = each.day("on", required=True), each.text("name", required=True)
        each.done()
        if day in found:
            each.wrong("on", "given twice")
        elif day:
            found[day] = name
    return found

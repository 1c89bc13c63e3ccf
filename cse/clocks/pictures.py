"""What a page shows of a clock: words first, and a bar of its days beside them.

``templates/clocks/picture.html`` draws it: ``{{ clock(picture) }}``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse

from cse.clocks.kinds import kind_of
from cse.clocks.models import Clock, LateReason
from cse.clocks.queries import calendar_for
from cse.clocks.reckoning import LONDON, Unit, day_of, left
from cse.clocks.transitions import State
from cse.interface.words import datetime_words
from cse.workdays import Calendar

MOST_DAYS = 42
"""Longer than that the bar says nothing any more, and the words stand alone."""
DAY_WIDTH = 100
"""Units of the drawing to a day."""


@dataclass(frozen=True)
class Bar:
    """The drawing: one box a day; places are units from its left edge, ``now`` at most ``width``.

    ``off`` are the boxes of days that are not counted.
    """

    width: int
    days: tuple[int, ...]
    off: tuple[int, ...]
    start: int
    due: int
    now: int


@dataclass(frozen=True)
class Picture:
    """A clock in words; ``tone`` is that of a badge. ``explain_href`` where a reason is missing."""

    id: str
    title: str
    words: str
    tone: str
    trigger_at: dt.datetime
    due_at: dt.datetime
    met_at: dt.datetime | None
    length: str
    source: str
    book: str
    reason: str = ""
    reason_text: str = ""
    reason_by: str = ""
    cancelled_because: str = ""
    explain_href: str = ""
    bar: Bar | None = None
    not_counted: tuple[tuple[dt.date, str], ...] = ()
    closed_but_counted: tuple[tuple[dt.date, str], ...] = ()


def picture_of(
    clock: Clock, *, now: dt.datetime, may_explain: bool = False, calendar: Calendar | None = None
) -> Picture:
    """The picture of a clock whose child is visible already. One query, or none with a calendar.

    ``may_explain`` offers the page for the reason where one is missing. Raises ``ValueError`` for
    a kind that no room has registered.
    """
    kind, calendar = kind_of(clock.kind), calendar or calendar_for(clock.authority)
    words, tone = _standing(clock, now, calendar)
    explain = may_explain and clock.misses_reason_at(now)
    off, counted = _days_off(clock, calendar)
    return Picture(
        id=str(clock.pk),
        title=kind.title,
        words=words,
        tone=tone,
        trigger_at=clock.trigger_at,
        due_at=clock.due_at,
        met_at=clock.met_at,
        length=clock.length.words,
        source=clock.source,
        book=clock.authority.book,
        reason=str(LateReason(clock.late_code).label) if clock.late_code else "",
        reason_text=clock.late_text,
        reason_by=_who_said(clock),
        cancelled_because=clock.cancelled_because,
        explain_href=reverse("clocks:why-late", args=[clock.pk]) if explain else "",
        bar=_bar(clock, now, calendar),
        not_counted=off,
        closed_but_counted=counted,
    )


def _who_said(clock: Clock) -> str:
    """Who wrote the reason down, and when."""
    if clock.late_by is None or clock.late_at is None:
        return ""
    return f"{clock.late_by.get_full_name()}, {datetime_words(clock.late_at)}"


def _standing(clock: Clock, now: dt.datetime, calendar: Calendar) -> tuple[str, str]:
    """Where it stands, in words, and the tone of the badge."""
    if clock.state == State.CANCELLED:
        return "no longer owed", "plain"
    if clock.state == State.MET:
        return ("done late", "plain") if clock.is_late_at(now) else ("done in time", "done")
    said = left(now, clock.due_at, Unit(clock.unit), calendar)
    return said.words, said.tone


def _days_off(
    clock: Clock, calendar: Calendar
) -> tuple[tuple[tuple[dt.date, str], ...], tuple[tuple[dt.date, str], ...]]:
    """Named weekdays on the way that are not counted, and closures that are (DEC-31)."""
    if clock.unit == Unit.HOURS:
        return (), ()
    crossed = calendar.crossed(day_of(clock.trigger_at), day_of(clock.due_at)).items()
    # The library says "observed"; people here say "substitute day".
    named = [
        (day, name.replace("(observed)", "(substitute day)"))
        for day, name in crossed
        if day.weekday() < 5
    ]
    off = tuple(each for each in named if not calendar.is_working_day(each[0]))
    return off, tuple(each for each in named if each not in off)


def _bar(clock: Clock, now: dt.datetime, calendar: Calendar) -> Bar | None:
    """One box a day from the trigger to the due day, or to today or the end if that is later."""
    if clock.state == State.CANCELLED:
        return None
    end = clock.met_at or now
    first = day_of(clock.trigger_at)
    last = max(day_of(clock.due_at), day_of(end))
    days = [first + dt.timedelta(days=each) for each in range((last - first).days + 1)]
    if len(days) > MOST_DAYS:
        return None
    counted = clock.unit == Unit.HOURS
    return Bar(
        width=len(days) * DAY_WIDTH,
        days=tuple(DAY_WIDTH * each for each in range(len(days))),
        off=tuple(
            DAY_WIDTH * place
            for place, day in enumerate(days)
            if not counted and not calendar.is_working_day(day)
        ),
        start=_place(clock.trigger_at, first),
        due=_place(clock.due_at, first),
        now=_place(end, first),
    )


def _place(moment: dt.datetime, first: dt.date) -> int:
    """Where a moment lies: whole days, and the share of its day on the clock on the wall."""
    local = moment.astimezone(LONDON)
    share = (local.hour * 60 + local.minute) / (24 * 60)
    return round(((local.date() - first).days + share) * DAY_WIDTH)

"""When what waits is due, in words: by its clock where one runs, else by the day (DEC-24, DEC-32).

Home and a child's page say of a clock what its picture says: a target in hours in hours, one in
working days in working time, both with the hour.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Protocol

from django.utils import timezone

from cse.clocks.models import Clock
from cse.clocks.queries import calendars_in
from cse.clocks.reckoning import Unit, day_of, left
from cse.clocks.transitions import OPEN
from cse.workdays import Calendar
from cse.worklist.due import Due, due_in_words


class Thing(Protocol):
    """What waits: when it is due, and what it is about."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def subject_id(self) -> uuid.UUID: ...
    @property
    def due_at(self) -> dt.datetime: ...
    @property
    def at_once(self) -> bool: ...


def dues_of(things: Collection[Thing], authority_id: uuid.UUID | None) -> Mapping[uuid.UUID, Due]:
    """When each of these is due, by its id. Two queries, and none where nothing waits.

    A clock is counted in the calendar of its own area; what has none in that of ``authority_id``.
    """
    if not things:
        return {}
    rows = Clock.objects.filter(subject_id__in={each.subject_id for each in things})
    running = list(rows.filter(state__in=OPEN))
    clocks = {(clock.subject_id, clock.due_at): clock for clock in running}
    calendars = calendars_in({authority_id, *(each.authority_id for each in running)})
    now, found = timezone.now(), {}
    for each in things:
        clock = clocks.get((each.subject_id, each.due_at))
        if clock is not None:
            due = _by_clock(clock, now, calendars[clock.authority_id])
        else:
            on = day_of(each.due_at)
            due = due_in_words(on, day_of(now), calendars[authority_id])
        if each.at_once and not due.is_late:
            due = replace(due, words="due at once", tone="notice", at_once=True)
        found[each.id] = due
    return found


def _by_clock(clock: Clock, now: dt.datetime, calendar: Calendar) -> Due:
    said = left(now, clock.due_at, Unit(clock.unit), calendar)
    return Due(day_of(clock.due_at), said.words, said.is_late, said.tone, clock.due_at)

"""Reminders on home: what somebody is told of that does not wait for themselves."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cse.children.panels import Panel
from cse.clocks.kinds import kind_of
from cse.clocks.models import Reminder
from cse.clocks.pictures import picture_of
from cse.clocks.queries import calendars_in, notices_of
from cse.workdays import Calendar


def notices_panel(user: Any) -> Panel | None:
    """The reminders that were not put away; nothing where there are none.

    Two queries, and one more for the calendars where there is something to show.
    """
    notices = notices_of(user)
    if not notices:
        return None
    calendars = calendars_in(notice.clock.authority_id for notice in notices)
    rows = [_row(notice, calendars[notice.clock.authority_id]) for notice in notices]
    return Panel("Reminders", "clocks/notices.html", {"rows": [row for row in rows if row]})


def _row(notice: Reminder, calendar: Calendar) -> dict[str, Any] | None:
    clock = notice.clock
    try:
        kind = kind_of(clock.kind)
    except ValueError:
        return None
    return {
        "clock": clock,
        "picture": picture_of(clock, now=timezone.now(), calendar=calendar),
        "href": kind.address(clock.subject_id),
    }

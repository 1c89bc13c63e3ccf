"""The target of a clock, the reminders written with it, and what waits for those who owe it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, models
from django.utils import timezone

from cse.audit.history import write_together
from cse.clocks.kinds import ClockKind, People
from cse.clocks.models import BEGUN, Channel, Clock, Delivery, Reminder
from cse.clocks.queries import calendar_for
from cse.clocks.reckoning import Offset, due_at, next_when_late, remind_at
from cse.workdays import Calendar
from cse.worklist.actions import open_item


def hold_calendar(authority_id: uuid.UUID) -> None:
    """Let no day be added or taken out until the transaction ends (cse.clocks.actions.calendar).

    Asked before any other row is held: whoever changes the calendar holds the area first, then
    the clocks, then their children.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM people_authority WHERE id = %s FOR SHARE", [authority_id])


def compute(clock: Clock, calendar: Calendar) -> None:
    """Set the target and the version of the calendar that it was computed with."""
    clock.due_at = due_at(clock.trigger_at, clock.length, calendar)
    clock.calendar_version = calendar.version


def tell(clock: Clock, kind: ClockKind, people: People, *, now: dt.datetime) -> None:
    """Write the reminders still to come, and the first one after it is late.

    A moment that has passed is left out: what is shown then says how late it is.
    """
    calendar = calendar_for(clock.authority)
    moments = {each: remind_at(each, clock.due_at, calendar) for each in kind.offsets}
    coming = {each: at for each, at in moments.items() if at >= now}
    late = next_when_late(now, clock.due_at, calendar)
    _write(clock, people, coming | {late: remind_at(late, clock.due_at, calendar)})


def tell_at_once(clock: Clock, what: str, people: Sequence[Any], *, by: Any) -> None:
    """Write an e-mail to each, due now: ``what`` is ``BEGUN`` or ``DONE``. Not to who does it.

    In the service their work says so already. One that was not sent, because it had become somebody
    else's before, is due again.
    """
    written, now = _written(clock), timezone.now()
    again = Reminder.objects.filter(
        clock=clock, clock_version=clock.version, offset=what, delivery=Delivery.DROPPED
    )
    for row in again.select_for_update(of=("self",)).select_related("user", "group"):
        if (row.user or row.group) in people:
            row.delivery, row.dropped, row.done_at, row.try_at = Delivery.WAITING, "", None, now
            row.save()
    write_together(
        _reminder(clock, what, now, principal, Channel.MAIL)
        for principal in dict.fromkeys(people)
        if principal != by and (what, principal.pk, str(Channel.MAIL)) not in written
    )


def tell_owners_at_once(clock: Clock, kind: ClockKind, people: People, *, by: Any) -> None:
    """It became theirs, where the kind is to be known at once."""
    if kind.at_once:
        tell_at_once(clock, BEGUN, people.owners, by=by)


def remind_when_late(clock: Clock, kind: ClockKind, *, now: dt.datetime) -> None:
    """Write the reminder of the next working day. The caller holds the clock's row."""
    calendar = calendar_for(clock.authority)
    late = next_when_late(now, clock.due_at, calendar)
    _write(clock, kind.people(clock), {late: remind_at(late, clock.due_at, calendar)})


def open_work(clock: Clock, kind: ClockKind, people: People, subject: models.Model) -> None:
    """Let it wait for those who owe it; what waits already takes the new moment."""
    for owner in people.owners:
        whom = {"group": owner} if isinstance(owner, Group) else {"owner": owner}
        open_item(kind=kind.work, child=clock.child, subject=subject, due_at=clock.due_at, **whom)


def _write(clock: Clock, people: People, moments: Mapping[Offset, dt.datetime]) -> None:
    """One row for each moment, person or team, and channel; one that is there stays as it is."""
    written = _written(clock)
    principals = dict.fromkeys([*people.owners, *people.told])
    write_together(
        _reminder(clock, offset.key, at, principal, channel)
        for (offset, at), principal, channel in product(moments.items(), principals, Channel)
        if (offset.key, principal.pk, str(channel)) not in written
    )


def _written(clock: Clock) -> set[tuple[str, Any, str]]:
    found = Reminder.objects.filter(clock=clock, clock_version=clock.version)
    rows = found.values_list("offset", "user_id", "group_id", "channel")
    return {(offset, user or group, channel) for offset, user, group, channel in rows}


def _reminder(
    clock: Clock, offset: str, at: dt.datetime, principal: Any, channel: Channel
) -> Reminder:
    is_team = isinstance(principal, Group)
    return Reminder(
        clock=clock,
        clock_version=clock.version,
        offset=offset,
        user=None if is_team else principal,
        group=principal if is_team else None,
        channel=channel,
        due_at=at,
        try_at=at,
    )

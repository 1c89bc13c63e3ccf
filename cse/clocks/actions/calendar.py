"""The administrator's days: adding or removing one computes the targets it touches again."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, check
from cse.audit import events
from cse.clocks.actions.running import recompute
from cse.clocks.models import CalendarDay, Clock, DayKind
from cse.clocks.queries import calendar_for
from cse.clocks.reckoning import Unit, due_at
from cse.clocks.transitions import OPEN, Act
from cse.people.models import Authority
from cse.people.policies import check_can_manage
from cse.workdays import LAST_YEAR, calendar_of


@transaction.atomic
def add_day(
    *, kind: str, on: dt.date, name: str, authority: Authority | None, moves: bool, by: Any
) -> CalendarDay:
    """Add a bank holiday (for everybody: no ``authority``) or an area's closure day.

    ``moves`` says that the board lets a closure move deadlines; a bank holiday always does.
    Raises ``NotAllowed`` for a day that is there already, and ``NotVisible`` for another's area.
    """
    _check(by, authority.pk if authority else None)
    if (kind == DayKind.BANK_HOLIDAY) != (authority is None) or not name.strip():
        raise NotAllowed("Give the day a name; a closure day belongs to one area.")
    if on.year > LAST_YEAR:
        raise NotAllowed(f"The calendar ends with {LAST_YEAR}.")
    if kind == DayKind.BANK_HOLIDAY and on in calendar_of().bank_holidays:
        raise NotAllowed("This day is a bank holiday already.")
    _take_turns()
    if CalendarDay.objects.filter(on=on, authority=authority, removed_at__isnull=True).exists():
        raise NotAllowed("This day is in the calendar already.")
    day = CalendarDay(
        kind=kind,
        on=on,
        name=name.strip(),
        authority=authority,
        moves_targets=moves or kind == DayKind.BANK_HOLIDAY,
        added_by=by,
        added_at=timezone.now(),
    )
    day.save(force_insert=True)
    moved = _recompute_around(day, by=by, reason=f"Added to the calendar: {day.name}")
    _record("calendar day added", day, by, moved)
    return day


@transaction.atomic
def remove_day(*, day: CalendarDay, reason: str, by: Any) -> CalendarDay:
    """Take a day out of the calendar, with a reason; it stays on record. Raises ``NotAllowed``."""
    _check(by, day.authority_id)
    _take_turns()
    day = CalendarDay.objects.select_for_update().get(pk=day.pk)
    if day.removed_at is not None:
        raise NotAllowed("This day is no longer in the calendar.")
    if not reason.strip():
        raise NotAllowed("Say why.")
    day.removed_at, day.removed_because = timezone.now(), reason.strip()
    day.save()
    moved = _recompute_around(day, by=by, reason=f"Taken out of the calendar: {day.name}")
    _record("calendar day removed", day, by, moved, reason=day.removed_because)
    return day


def _check(by: Any, authority_id: uuid.UUID | None) -> None:
    """One's own area; a bank holiday is for every administrator to enter."""
    if authority_id is None:
        check(by, Capability.MANAGE_ACCOUNTS)
    else:
        check_can_manage(by, authority_id)


def _take_turns() -> None:
    """Two administrators at once take turns: the areas' rows stand for their calendars."""
    list(Authority.objects.select_for_update(no_key=True).order_by("pk"))


def _recompute_around(day: CalendarDay, *, by: Any, reason: str) -> int:
    """Compute again what runs across the day in working days; how many targets moved."""
    if not day.moves_targets:
        return 0
    rows = Clock.objects.select_for_update(of=("self",), no_key=True)
    rows = rows.filter(
        state__in=OPEN,
        unit=Unit.WORKING_DAYS,
        due_at__date__gte=day.on,
        trigger_at__date__lt=day.on,
    )
    if day.authority_id:
        rows = rows.filter(authority_id=day.authority_id)
    now, moved = timezone.now(), 0
    for clock in rows.select_related("child", "authority").order_by("pk"):
        calendar = calendar_for(clock.authority)
        if due_at(clock.trigger_at, clock.length, calendar) != clock.due_at:
            data = {"day": day.on.isoformat()}
            recompute(clock, Act.RECOMPUTE, now=now, data=data, reason=reason, by=by)
            moved += 1
    return moved


def _record(act: str, day: CalendarDay, by: Any, moved: int, **more: Any) -> None:
    data = {"on": day.on.isoformat(), "kind": day.kind, "deadlines_moved": moved}
    events.record(act, by=by, obj=day, data=data, **more)

"""Acts on a clock. Each is called inside the act of the room that owns the subject, or alone.

``by`` is the person, or None where the system itself acts; a person needs the kind's capability
on the child.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from cse.access.policies import NotAllowed, NotVisible, check
from cse.audit import events
from cse.children.models import Child
from cse.clocks.actions.due import (
    compute,
    hold_calendar,
    open_work,
    tell,
    tell_at_once,
    tell_owners_at_once,
)
from cse.clocks.kinds import ClockKind, People, kind_of
from cse.clocks.models import DONE, Clock, LateReason
from cse.clocks.queries import calendar_for, length_for
from cse.clocks.reckoning import Length
from cse.clocks.transitions import OPEN, Act, State, next_state
from cse.people.models import Authority
from cse.worklist.actions import close_items, move_items

REFUSED = {
    Act.MEET: "This is not owed any more.",
    Act.SAY_WHY_LATE: "This is not late, or not owed any more.",
    Act.CANCEL: "This is not owed any more.",
    Act.MOVE_TRIGGER: "This is not owed any more.",
    Act.CORRECT_DONE: "This is not done.",
}
SUBJECT = ("subject_kind", "subject_id")


@transaction.atomic
def start_clock(
    *,
    kind: str,
    child: Child,
    subject: models.Model,
    trigger_at: dt.datetime,
    by: Any,
    authority: Authority | None = None,
) -> Clock:
    """Start what is owed on ``subject`` from ``trigger_at``, an aware moment that has passed.

    The rules of ``authority`` (by default the child's) say how long it runs. Asked twice with the
    same trigger, it is one clock. Raises ``ValueError`` for an unknown kind, ``OutsideCalendar``,
    and ``NotAllowed`` for a moment still to come or a clock that runs from another.
    """
    known = kind_of(kind)
    _check(by, known, child.pk)
    now = timezone.now()
    _has_passed(trigger_at, now)
    area = authority or child.authority
    hold_calendar(area.pk)
    # The child's row stands for the set of its clocks: two acts at once take turns.
    Child.objects.select_for_update(no_key=True).only("pk").get(pk=child.pk)
    running = Clock.objects.filter(kind=kind, subject_id=subject.pk, state__in=OPEN).first()
    if running is not None:
        if running.trigger_at != trigger_at:
            raise NotAllowed("This runs already, from another moment: correct that one.")
        return running
    clock = _new(known, child, area, subject, length_for(known, area), trigger_at)
    compute(clock, calendar_for(area))
    clock.save(force_insert=True)
    _record("deadline set", clock, by, data={"due": clock.due_at.isoformat()})
    tell_owners_at_once(clock, known, _after_computing(clock, known, now), by=by)
    return clock


@transaction.atomic
def meet_clock(
    *, clock: Clock, by: Any, at: dt.datetime | None = None, inform: Sequence[Any] = ()
) -> Clock:
    """What was owed is done, now or at a moment since the trigger; late is done too (DEC-32).

    ``inform`` are the people who wait for it: they have an e-mail at once.
    """
    clock, now = _locked(clock, by), timezone.now()
    at = at or now
    _has_passed(at, now)
    if at < clock.trigger_at:
        raise NotAllowed("It cannot be done before it began.")
    clock.state = _next(clock, Act.MEET, now)
    clock.met_at = at
    if inform:
        tell_at_once(clock, DONE, inform, by=by)
    return _ended(clock, "deadline met", by, changed=("state", "met_at"))


class ReasonSince(NotAllowed):
    """Somebody gave a reason since the page was opened; ``clock`` holds it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        super().__init__(
            "Somebody gave a reason since you opened this page: "
            f"{clock.get_late_code_display()}. {clock.late_text}"
        )


@transaction.atomic
def say_why_late(*, clock: Clock, code: str, text: str, by: Any, stood: str | None = None) -> Clock:
    """Write down why something is late, or was done late; it stays owed (DEC-32).

    ``code`` is a ``LateReason``; ``stood`` the text that its author read there, where a page showed
    it: another one since raises `ReasonSince`, and the same again is one. Raises ``NotAllowed``
    without both, or where nothing is late, and ``NotVisible`` for somebody who does not see what
    it is owed on.
    """
    clock = _locked(clock, by)
    if not kind_of(clock.kind).sees(by, clock.subject_id):
        raise NotVisible
    clock.state = _next(clock, Act.SAY_WHY_LATE, timezone.now())
    if code not in LateReason.values or not text.strip():
        raise NotAllowed("Choose a reason and say more about it.")
    if (clock.late_code, clock.late_text) == (code, text.strip()):
        return clock
    if stood is not None and stood.split() != clock.late_text.split():
        raise ReasonSince(clock)
    clock.late_code, clock.late_text = code, text.strip()
    clock.late_by, clock.late_at = by, timezone.now()
    clock.save()
    _record("reason for lateness recorded", clock, by, changed=("late_code", "late_text"))
    return clock


@transaction.atomic
def cancel_clock(*, clock: Clock, reason: str, by: Any) -> Clock:
    """It is no longer owed. Raises ``NotAllowed`` without a reason."""
    clock = _locked(clock, by, follows=True)
    clock.state = _next(clock, Act.CANCEL, timezone.now())
    if not reason.strip():
        raise NotAllowed("Say why.")
    clock.cancelled_because = reason.strip()
    return _ended(clock, "deadline withdrawn", by, changed=("state", "cancelled_because"))


@transaction.atomic
def move_trigger(*, clock: Clock, trigger_at: dt.datetime, reason: str, by: Any) -> Clock:
    """Correct the moment it runs from; the target follows, by today's calendar (DEC-29).

    Of what is done already only the target is corrected. Raises ``NotAllowed`` without a reason,
    for a moment still to come, or for one after it was done.
    """
    hold_calendar(clock.authority_id)
    clock, now = _locked(clock, by), timezone.now()
    if next_state(State(clock.state), Act.MOVE_TRIGGER, late=False) is None:
        raise NotAllowed(REFUSED[Act.MOVE_TRIGGER])
    if not reason.strip():
        raise NotAllowed("Say why the date is corrected.")
    _has_passed(trigger_at, clock.met_at or now)
    if trigger_at == clock.trigger_at:
        return clock
    data = {"trigger": [clock.trigger_at.isoformat(), trigger_at.isoformat()]}
    clock.trigger_at = trigger_at
    recompute(clock, Act.MOVE_TRIGGER, now=now, data=data, reason=reason.strip(), by=by)
    return clock


@transaction.atomic
def correct_done(*, clock: Clock, at: dt.datetime, reason: str, by: Any) -> Clock:
    """It was done at another moment than was written down (DEC-29): late, or in time after all.

    What is in time needs no reason for lateness any more; the history keeps it. Raises
    ``NotAllowed`` without a reason, for a moment to come or before it began.
    """
    clock, now = _locked(clock, by), timezone.now()
    clock.state = _next(clock, Act.CORRECT_DONE, now)
    if not reason.strip():
        raise NotAllowed("Say why the date is corrected.")
    _has_passed(at, now)
    if at < clock.trigger_at:
        raise NotAllowed("It cannot be done before it began.")
    if at == clock.met_at:
        return clock
    assert clock.met_at is not None  # noqa: S101  the database holds it
    data = {"done": [clock.met_at.isoformat(), at.isoformat()]}
    clock.met_at = at
    if not clock.is_late_at(now):
        _no_reason(clock)
    clock.save()
    _record(
        "deadline: when it was done corrected",
        clock,
        by,
        changed=("met_at",),
        reason=reason.strip(),
        data=data,
    )
    return clock


@transaction.atomic
def people_changed(*, clock: Clock, by: Any) -> Clock:
    """Somebody else owes it, or is told: remind and let it wait for those there are now."""
    clock = _locked(clock, by)
    if not clock.is_open:
        raise NotAllowed("This is not owed any more.")
    known = kind_of(clock.kind)
    if known.work:
        close_items(subject=subject_of(clock), kind=known.work)
    _record("people of a deadline changed", clock, by)
    people = _after_computing(clock, known, timezone.now())
    tell_owners_at_once(clock, known, people, by=by)
    return clock


def recompute(
    clock: Clock, act: Act, *, now: dt.datetime, data: dict[str, Any], reason: str, by: Any
) -> None:
    """Compute the target again, write down both, and remind anew. The caller holds the row."""
    before, state = clock.due_at, State(clock.state)
    compute(clock, calendar_for(clock.authority))
    clock.version += 1
    after = next_state(state, act, late=clock.is_late_at(now))
    if after is None:
        raise NotAllowed("This is not owed any more.")
    clock.state = after
    if not clock.is_late_at(now):
        _no_reason(clock)
    clock.save()
    data |= {"due": [before.isoformat(), clock.due_at.isoformat()]}
    changed = ("trigger_at", "due_at") if act == Act.MOVE_TRIGGER else ("due_at",)
    _record("deadline recomputed", clock, by, changed=changed, reason=reason, data=data)
    if clock.is_open:
        # A room that lets it wait itself has given it the target of then.
        move_items(subject=subject_of(clock), before=before, after=clock.due_at)
        _after_computing(clock, kind_of(clock.kind), now)


def _no_reason(clock: Clock) -> None:
    """It is not late after all: what was said of that is in the history."""
    clock.late_code = clock.late_text = ""
    clock.late_by = clock.late_at = None


def subject_of(clock: Clock) -> models.Model:
    """The subject by name and id alone, for rooms that ask for no more."""
    from django.apps import apps

    return apps.get_model(clock.subject_kind)(pk=clock.subject_id)


def _new(
    kind: ClockKind,
    child: Child,
    authority: Authority,
    subject: models.Model,
    length: Length,
    trigger_at: dt.datetime,
) -> Clock:
    return Clock(
        kind=kind.key,
        child=child,
        authority=authority,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        rule=kind.rule,
        source=kind.source,
        amount=length.amount,
        unit=length.unit,
        trigger_at=trigger_at,
        started_at=timezone.now(),
    )


def _after_computing(clock: Clock, kind: ClockKind, now: dt.datetime) -> People:
    people = kind.people(clock)
    tell(clock, kind, people, now=now)
    if kind.work:
        open_work(clock, kind, people, subject_of(clock))
    return people


def _ended(clock: Clock, act: str, by: Any, *, changed: tuple[str, ...]) -> Clock:
    """Save an end. Reminders that wait are dropped when their moment comes, by who sends them."""
    clock.save()
    work = kind_of(clock.kind).work
    if work:
        close_items(subject=subject_of(clock), kind=work)
    _record(act, clock, by, changed=changed)
    return clock


def _locked(clock: Clock, by: Any, *, follows: bool = False) -> Clock:
    """The clock, held; ``follows``: also by who sees of the child no more than what it is on."""
    rows = Clock.objects.select_for_update(of=("self",), no_key=True)
    found = rows.select_related("child", "authority").get(pk=clock.pk)
    _check(by, kind_of(found.kind), found.child_id, follows=follows)
    return found


def _check(by: Any, kind: ClockKind, child_id: Any, *, follows: bool = False) -> None:
    if by is not None:
        check(by, (kind.follows if follows else None) or kind.capability, child_id)


def _has_passed(moment: dt.datetime, now: dt.datetime) -> None:
    if timezone.is_naive(moment):
        raise ValueError("A moment needs a time zone.")
    if moment > now:
        raise NotAllowed("The date and time must have passed.")


def _next(clock: Clock, act: Act, now: dt.datetime) -> State:
    after = next_state(State(clock.state), act, late=clock.is_late_at(now))
    if after is None:
        raise NotAllowed(REFUSED[act])
    return after


def _record(act: str, clock: Clock, by: Any, **more: Any) -> None:
    data = {"kind": clock.kind, **more.pop("data", {})}
    events.record(act, by=by, child=clock.child_id, obj=clock, rule=clock.rule, data=data, **more)

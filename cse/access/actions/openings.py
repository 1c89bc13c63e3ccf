"""Opening a child in an emergency, and its review by somebody else."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cse.access.actions.another import ask_another
from cse.access.actions.asked import end_asked_access
from cse.access.actions.grants import _held, end_by_rule, write_grant
from cse.access.capabilities import Capability
from cse.access.models import (
    Basis,
    BreakGlass,
    Exclusion,
    ReviewOutcome,
    Seal,
)
from cse.access.policies import NotAllowed, NotVisible, OwnInterest, check, in_scope, need_reason
from cse.access.principals import principals_of
from cse.access.wiring import wired
from cse.audit import events
from cse.workdays import due_on

MINIMUM_EMERGENCY_REASON = 20
"""Characters of reason that an emergency opening needs (access-and-audit)."""

REVIEW_WITHIN = 1
"""Working days in which somebody else reviews it (access-and-audit)."""

REVIEW_BREAK_GLASS = "review_break_glass"
"""The kind of work (cse.worklist) that an opening not yet reviewed is."""

ASKED = "Asked to review an emergency opening; until the answer"


def is_a_reason(text: str) -> bool:
    """Whether that much is said, and not in dots: half of what is asked for is letters."""
    letters = sum(map(str.isalpha, text))
    return len(text.strip()) >= MINIMUM_EMERGENCY_REASON and 2 * letters >= MINIMUM_EMERGENCY_REASON


@transaction.atomic
def break_glass(*, child_id: uuid.UUID, by: Any, reason: str) -> BreakGlass:
    """Open an ordinary child for an hour at most; the lead is told in the same transaction.

    Raises ``NotVisible`` for a sealed child, for somebody excluded and for a made-up id alike,
    ``NotAllowed`` for a reason that says nothing or where access is there already. The caller
    must have re-authenticated the person.
    """
    if Capability.BREAK_GLASS not in principals_of(by).acts:
        raise NotAllowed("Your post does not include opening a child in an emergency.")
    if not is_a_reason(reason):
        raise NotAllowed(f"Give a reason of {MINIMUM_EMERGENCY_REASON} characters or more.")
    child = apps.get_model("children", "Child").objects.filter(pk=child_id).first()
    if child is None or _closed_to(child_id, by):
        raise NotVisible
    if in_scope(by, child_id):
        raise NotAllowed("You can open this child already: there is no emergency to record.")
    now = timezone.now()
    until = now + dt.timedelta(minutes=settings.BREAK_GLASS_MINUTES)
    row = BreakGlass(child_id=child_id, user=by, reason=reason, opened_at=now, expires_at=until)
    calendar = wired("calendar")(child.authority_id)
    row.review_due_on = due_on(timezone.localdate(), REVIEW_WITHIN, calendar)
    row.save()
    write_grant(
        _held(child, Basis.BREAK_GLASS, user=by, group=None),
        child=child,
        basis=Basis.BREAK_GLASS,
        reason=reason,
        until=until,
        user=by,
        group=None,
        by=by,
    )
    events.record("opened in an emergency", by=by, child=child_id, obj=row, reason=reason)
    ask_for_review(row)
    return row


def _closed_to(child_id: uuid.UUID, user: Any) -> bool:
    sealed = Seal.objects.filter(child_id=child_id, lifted_at__isnull=True)
    excluded = Exclusion.objects.filter(child_id=child_id, user=user, ended_at__isnull=True)
    return sealed.exists() or excluded.exists()


@transaction.atomic
def give_back(*, child: Any, by: Any) -> None:
    """End one's own emergency access before its hour is over; the review stays due.

    Raises ``NotAllowed`` where none is open.
    """
    now = timezone.now()
    row = _held(child, Basis.BREAK_GLASS, user=by, group=None)
    if row is None or row.expires_at <= now:
        raise NotAllowed("Your emergency access to this child has ended.")
    row.expires_at = max(now, row.starts_at)
    row.ended_by, row.ended_reason = by, "Given back"
    row.save()
    events.record(
        "emergency access given back", by=by, child=child, obj=row, changed=["expires_at"]
    )
    wired("hand_over_work")(child_id=child.pk)


@transaction.atomic
def ask_for_review(opening: BreakGlass) -> None:
    """Let the review wait for those who can do it; asked again, nothing changes."""
    end = dt.datetime.combine(opening.review_due_on, dt.time(23, 59))
    asked = ask_another(
        opening.child,
        but=opening.user_id,
        act=Capability.REVIEW_BREAK_GLASS,
        since=opening.opened_at,
        reason=ASKED,
    )
    for principal in asked:
        wired("open_work")(
            kind=REVIEW_BREAK_GLASS,
            child=opening.child,
            subject=opening,
            due_at=timezone.make_aware(end),
            **principal,
        )


@transaction.atomic
def review_break_glass(*, opening: BreakGlass, by: Any, outcome: str, note: str) -> None:
    """Say whether an emergency opening was justified; never one's own (``OwnInterest``).

    Where it was not, what is left of its hour ends with the answer.
    """
    check(by, Capability.REVIEW_BREAK_GLASS)
    if not in_scope(by, opening.child_id):
        raise NotVisible
    if opening.user_id == by.pk:
        raise OwnInterest("You cannot review your own emergency access.")
    need_reason(note)
    if opening.reviewed_at is not None:
        raise NotAllowed("This opening has been reviewed already.")
    opening.reviewed_at, opening.reviewed_by = timezone.now(), by
    opening.outcome, opening.review_note = outcome, note
    opening.save()
    wired("close_work")(subject=opening, kind=REVIEW_BREAK_GLASS)
    end_asked_access(opening.child, by)
    if outcome == ReviewOutcome.NOT_JUSTIFIED:
        _end_what_is_left(opening, by)
    events.record(
        "emergency access reviewed",
        by=by,
        child=opening.child_id,
        obj=opening,
        rule=outcome,
        reason=note,
    )


def _end_what_is_left(opening: BreakGlass, by: Any) -> None:
    """End the hour of this opening; that of another one of theirs has its own review."""
    row = _held(opening.child, Basis.BREAK_GLASS, user=opening.user, group=None)
    if row is not None and row.expires_at == opening.expires_at:
        end_by_rule(
            child=opening.child,
            basis=Basis.BREAK_GLASS,
            by=by,
            reason="Reviewed: not justified",
            user=opening.user,
        )

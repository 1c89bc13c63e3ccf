"""Declared conflicts of interest: from then on the child does not exist for that person."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.models import Exclusion
from cse.access.policies import (
    NotAllowed,
    OwnInterest,
    check,
    check_ordinary_access,
    need_reason,
    somebody_remains,
)
from cse.access.wiring import wired
from cse.audit import events


@transaction.atomic
def exclude(*, child: Any, user: Any, ground: str, reason: str, by: Any) -> Exclusion:
    """Declare a conflict: the child does not exist for that person any more.

    Somebody may declare their own; a lead declares another's. Refused while nobody else could
    act for the child: another owner is named first (bad-input.md).
    """
    own = user.pk == by.pk
    check(by, Capability.DECLARE_CONFLICT if own else Capability.EXCLUDE, child)
    if not own:
        check_ordinary_access(by, child)
    need_reason(reason)
    row = Exclusion.objects.filter(child=child, user=user, ended_at__isnull=True).first()
    if row is not None:
        return row
    row = Exclusion(child=child, user=user, starts_at=timezone.now(), declared_by=by)
    row.ground, row.reason = ground, reason
    with somebody_remains(child):
        row.save()
    events.record(
        "exclusion declared",
        by=by,
        child=child,
        obj=row,
        rule=ground,
        reason=reason,
        data={"principal": str(row.user_id)},
    )
    wired("hand_over_work")(child_id=child.pk)
    return row


@transaction.atomic
def end_exclusion(*, exclusion: Exclusion, by: Any, reason: str) -> None:
    """Lift an exclusion. Nobody lifts their own: for them the child does not even exist."""
    if exclusion.user_id == by.pk:
        raise OwnInterest("You cannot lift your own exclusion.")
    check(by, Capability.EXCLUDE, exclusion.child_id)
    check_ordinary_access(by, exclusion.child_id)
    need_reason(reason)
    if exclusion.ended_at is not None:
        raise NotAllowed("This exclusion has been lifted already.")
    exclusion.ended_at, exclusion.ended_by = timezone.now(), by
    exclusion.ended_reason = reason
    exclusion.save()
    events.record(
        "exclusion ended",
        by=by,
        child=exclusion.child_id,
        obj=exclusion,
        reason=reason,
        changed=["ended_at"],
        data={"principal": str(exclusion.user_id)},
    )

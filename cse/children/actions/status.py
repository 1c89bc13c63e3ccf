"""Legal status over time: none is overwritten, each has its days."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from cse.access.capabilities import Capability
from cse.access.policies import check
from cse.audit import events
from cse.children.actions.holding import hold
from cse.children.models import Child, LegalStatus
from cse.children.policies import NotPossible, check_can_begin, check_can_end
from cse.people.models import User

NEXT_BEGAN = "the next legal status began"
"""Why a status ended, in its history, where recording another one ended it."""


@transaction.atomic
def record_legal_status(
    *, child: Child, by: User, kind: str, starts_on: dt.date, ends_on: dt.date | None = None
) -> LegalStatus:
    """Record a status from a day on; the one before it ends that day, and both stay.

    The same status sent again is the one already there. Raises ``NotPossible`` where the days
    contradict each other, the child's birth or another status.
    """
    check(by, Capability.RECORD_LEGAL_STATUS, child)
    born_on = hold(child)
    there = _those_that_count(child.pk)
    for same in there:
        if (same.kind, same.starts_on) == (kind, starts_on):
            return same
    check_can_begin(starts_on, ends_on, there, born_on)
    current = next((status for status in there if status.ends_on is None), None)
    if current is not None and ends_on is None:
        current.ends_on = starts_on
        current._change_reason = NEXT_BEGAN  # type: ignore[attr-defined]
        current.save()
    status = LegalStatus(
        child=child, kind=kind, starts_on=starts_on, ends_on=ends_on, recorded_by=by
    )
    status.save()
    events.record(
        "legal status recorded", by=by, child=child, obj=status, changed=["kind", "starts_on"]
    )
    return status


@transaction.atomic
def end_legal_status(*, status: LegalStatus, by: User, ends_on: dt.date) -> None:
    """End a status on a day; ended already, it stays as it is. Raises ``NotPossible``."""
    check(by, Capability.RECORD_LEGAL_STATUS, status.child_id)
    status = LegalStatus.objects.select_for_update().get(pk=status.pk)
    if status.ends_on is not None or status.set_aside_reason:
        return
    check_can_end(status, ends_on)
    status.ends_on = ends_on
    status.save()
    events.record(
        "legal status ended", by=by, child=status.child_id, obj=status, changed=["ends_on"]
    )


@transaction.atomic
def set_status_aside(*, status: LegalStatus, by: User, reason: str) -> LegalStatus | None:
    """It was recorded by mistake: kept with the reason, and counted no more.

    Where it lasts and recording it ended the status before, that one lasts again and is given
    back. Set aside already, it stays as it is. Raises ``NotPossible`` without a reason.
    """
    check(by, Capability.RECORD_LEGAL_STATUS, status.child_id)
    if not reason.strip():
        raise NotPossible("Say why", "reason")
    hold(status.child)
    status = LegalStatus.objects.get(pk=status.pk)
    if status.set_aside_reason:
        return None
    before = _ended_by(status)
    status.set_aside_reason = reason.strip()
    status.save()
    if before is not None:
        before.ends_on = None
        before.save()
    events.record(
        "legal status set aside",
        by=by,
        child=status.child_id,
        obj=status,
        changed=["set_aside_reason"],
        reason=reason.strip(),
    )
    return before


def _those_that_count(child_id: uuid.UUID) -> list[LegalStatus]:
    return list(LegalStatus.objects.filter(child_id=child_id, set_aside_reason=""))


def _ended_by(status: LegalStatus) -> LegalStatus | None:
    """The status that ended because this one was recorded, and not by a person's word.

    None where this one has ended since: what was then true is for a person to say.
    """
    if status.ends_on is not None:
        return None
    return next(
        (
            each
            for each in _those_that_count(status.child_id)
            if each.ends_on == status.starts_on
            and each.history.latest("history_id").history_change_reason == NEXT_BEGAN
        ),
        None,
    )

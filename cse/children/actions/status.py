"""Legal status over time: none is overwritten, each has its days."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cse.access.capabilities import Capability
from cse.access.policies import check
from cse.audit import events
from cse.children.models import BirthDateKnown, Child, LegalStatus
from cse.children.policies import check_can_begin, check_can_end
from cse.people.models import User


@transaction.atomic
def record_legal_status(
    *, child: Child, by: User, kind: str, starts_on: dt.date, ends_on: dt.date | None = None
) -> LegalStatus:
    """Record a status from a day on; the one before it ends that day, and both stay.

    The same status sent again is the one already there. Raises ``NotPossible`` where the days
    contradict each other, the child's birth or another status.
    """
    check(by, Capability.RECORD_LEGAL_STATUS, child)
    born_on = _held(child)
    there = list(LegalStatus.objects.filter(child=child))
    for same in there:
        if (same.kind, same.starts_on) == (kind, starts_on):
            return same
    check_can_begin(starts_on, ends_on, there, born_on)
    current = next((status for status in there if status.ends_on is None), None)
    if current is not None and ends_on is None:
        current.ends_on = starts_on
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
    if status.ends_on is not None:
        return
    check_can_end(status, ends_on)
    status.ends_on = ends_on
    status.save()
    events.record(
        "legal status ended", by=by, child=status.child_id, obj=status, changed=["ends_on"]
    )


def _held(child: Child) -> dt.date | None:
    """Hold the child, so that statuses are recorded one at a time; the exact day of birth."""
    held = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    return held.date_of_birth if held.birth_date_known == BirthDateKnown.EXACT else None

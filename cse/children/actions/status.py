"""Legal status over time: none is overwritten, each has its days."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cse.access.capabilities import Capability
from cse.access.policies import check
from cse.audit import events
from cse.children.models import Child, LegalStatus
from cse.children.policies import check_can_begin, check_can_end
from cse.people.models import User


@transaction.atomic
def record_legal_status(
    *, child: Child, by: User, kind: str, starts_on: dt.date, ends_on: dt.date | None = None
) -> LegalStatus:
    """Record a status from a day on; the one before it ends that day, and both stay.

    The same status sent again is the one already there. Raises ``NotPossible`` where the days
    contradict each other or the current status.
    """
    check(by, Capability.RECORD_LEGAL_STATUS, child)
    _one_at_a_time(child)
    same = LegalStatus.objects.filter(child=child, kind=kind, starts_on=starts_on).first()
    if same is not None:
        return same
    current = LegalStatus.objects.filter(child=child, ends_on__isnull=True).first()
    check_can_begin(starts_on, ends_on, current)
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


def _one_at_a_time(child: Child) -> None:
    Child.objects.select_for_update(no_key=True).only("pk").get(pk=child.pk)

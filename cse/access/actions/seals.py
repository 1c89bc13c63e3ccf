"""Seals: a child closed to all but the people named, reviewed within 90 days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.models import Seal, SealName
from cse.access.policies import (
    NotAllowed,
    check,
    check_ordinary_access,
    need_reason,
    somebody_remains,
)
from cse.access.wiring import wired
from cse.audit import events

REVIEW_SEAL = "review_seal"
"""The kind of work (cse.worklist) that a seal due for review is."""


@transaction.atomic
def seal(*, child: Any, names: list[Any], reason: str, by: Any) -> Seal:
    """Close a child to all but the named, who must themselves have a grant; review in 90 days.

    Who seals is always named: a child nobody can see could not be helped.
    """
    check(by, Capability.SEAL, child)
    check_ordinary_access(by, child)
    need_reason(reason)
    if Seal.objects.filter(child=child, lifted_at__isnull=True).exists():
        raise NotAllowed("This child is sealed already.")
    people = {person.pk: person for person in [*names, by]}
    row = Seal(child=child, reason=reason, sealed_by=by, sealed_at=timezone.now())
    row.review_on = _next_review()
    row.save()
    for person in people.values():
        SealName(seal=row, user=person).save()
    events.record(
        "sealed",
        by=by,
        child=child,
        obj=row,
        reason=reason,
        data={"names": sorted(str(pk) for pk in people)},
    )
    wired("hand_over_work")(child_id=child.pk)
    return row


def _next_review() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=settings.SEAL_REVIEW_DAYS)


@transaction.atomic
def review_seal(*, seal: Seal, by: Any, reason: str) -> None:
    """Keep a seal for another 90 days at most, saying why it is still needed."""
    _check_live(seal, by, reason)
    seal.review_on = _next_review()
    seal.save()
    wired("close_work")(subject=seal, kind=REVIEW_SEAL)
    events.record(
        "seal reviewed", by=by, child=seal.child_id, obj=seal, reason=reason, changed=["review_on"]
    )


@transaction.atomic
def lift_seal(*, seal: Seal, by: Any, reason: str) -> None:
    """Lift a seal; only somebody named in it sees the child and so can."""
    _check_live(seal, by, reason)
    seal.lifted_at, seal.lifted_by, seal.lifted_reason = timezone.now(), by, reason
    seal.save()
    wired("close_work")(subject=seal, kind=REVIEW_SEAL)
    events.record(
        "seal lifted", by=by, child=seal.child_id, obj=seal, reason=reason, changed=["lifted_at"]
    )


@transaction.atomic
def name_in_seal(*, seal: Seal, user: Any, by: Any, reason: str) -> SealName:
    """Name another person in a seal; they still need a grant of their own."""
    _check_live(seal, by, reason)
    row = seal.names.filter(user=user, ended_at__isnull=True).first()
    if row is not None:
        return row
    row = SealName(seal=seal, user=user)
    row.save()
    events.record(
        "named in a seal",
        by=by,
        child=seal.child_id,
        obj=row,
        reason=reason,
        data={"name": str(user.pk)},
    )
    return row


@transaction.atomic
def end_seal_name(*, name: SealName, by: Any, reason: str) -> None:
    """Take a name off a seal; refused where nobody who can act would be left."""
    _check_live(name.seal, by, reason)
    if name.ended_at is not None:
        raise NotAllowed("This name has been taken off already.")
    name.ended_at = timezone.now()
    with somebody_remains(name.seal.child_id):
        name.save()
    events.record(
        "name taken off a seal",
        by=by,
        child=name.seal.child_id,
        obj=name,
        reason=reason,
        data={"name": str(name.user_id)},
    )
    wired("hand_over_work")(child_id=name.seal.child_id)


def _check_live(row: Seal, by: Any, reason: str) -> None:
    check(by, Capability.SEAL, row.child_id)
    check_ordinary_access(by, row.child_id)
    need_reason(reason)
    if row.lifted_at is not None:
        raise NotAllowed("This seal has been lifted already.")

"""When everybody named in a seal has gone: somebody is told, and lets somebody else in."""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cse.access import abandoned
from cse.access.actions.grants import grant_by_rule
from cse.access.models import Basis, Seal, SealName
from cse.access.policies import NotAllowed, NotVisible, OwnInterest, need_reason
from cse.access.principals import principals_of
from cse.access.wiring import wired
from cse.audit import events
from cse.workdays import due_on

log = structlog.get_logger(__name__)

NAME_FOR_SEAL = "name_for_seal"
"""The kind of work (cse.worklist) that a seal without anybody is for who can name somebody."""
FIND_LEAD = "find_lead"
"""The kind of work that it is for administrators where nobody else could be told."""


def tell_of_abandoned_seals() -> int:
    """Let every seal that nobody can act on wait for somebody; how many there are.

    What has found its people again waits no longer. Harmless when run again.
    """
    seals = list(abandoned.live_seals())
    alone = [seal for seal in seals if abandoned.is_abandoned(seal)]
    with transaction.atomic():
        for seal in seals:
            if seal not in alone:
                wired("close_work")(subject=seal, kind=NAME_FOR_SEAL)
                wired("close_work")(subject=abandoned.sealing_agency(seal), kind=FIND_LEAD)
    for seal in alone:
        _tell(seal)
    return len(alone)


@transaction.atomic
def _tell(seal: Seal) -> None:
    """The leads of the agency that sealed; else a CSE team; else who can make somebody a lead."""
    on = due_on(timezone.localdate(), 1, wired("calendar")(seal.child.authority_id))
    due = timezone.make_aware(dt.datetime.combine(on, dt.time(23, 59)))
    work = {"child": seal.child, "due_at": due}
    agency, group = abandoned.sealing_agency(seal), abandoned.group_to_tell(seal)
    if group is not None:
        wired("close_work")(subject=agency, kind=FIND_LEAD)
        wired("open_work")(kind=NAME_FOR_SEAL, subject=seal, group=group, **work)
        return
    administrators = abandoned.administrators_of(agency)
    for owner in administrators:
        wired("open_work")(kind=FIND_LEAD, subject=agency, owner=owner, **work)
    if not administrators:
        log.error("seal_without_anybody", object_kind="access.seal", object_id=str(seal.pk))


def check_is_told(seal: Seal, by: Any) -> None:
    """Raise `NotVisible` unless nobody can act on the seal and this person is told of it."""
    group = abandoned.group_to_tell(seal) if abandoned.is_abandoned(seal) else None
    excluded = seal.child.exclusions.filter(user_id=by.pk, ended_at__isnull=True).exists()
    if group is None or excluded or group.pk not in principals_of(by).groups:
        raise NotVisible


@transaction.atomic
def name_for_seal(*, seal: Seal, user: Any, by: Any, reason: str) -> SealName:
    """Name somebody in a seal that nobody can act on, and give them access until its next review.

    ``by`` is one of those told and learns nothing of the child; naming oneself is refused
    (``OwnInterest``), and so is anybody whose post does not include acting on a seal.
    """
    seal = Seal.objects.select_for_update(of=("self",)).select_related("child").get(pk=seal.pk)
    check_is_told(seal, by)
    need_reason(reason)
    if user.pk == by.pk:
        raise OwnInterest("You cannot name yourself: name a colleague who answers for it.")
    if user not in abandoned.successors(seal, by):
        raise NotAllowed("They cannot be named here. Choose one of the people listed.")
    row = SealName.objects.filter(seal=seal, user=user, ended_at__isnull=True).first()
    if row is None:
        row = SealName(seal=seal, user=user)
        row.save()
    grant_by_rule(
        child=seal.child,
        basis=Basis.GIVEN,
        reason=reason,
        days=settings.SEAL_REVIEW_DAYS,
        user=user,
        by=by,
    )
    wired("close_work")(subject=seal, kind=NAME_FOR_SEAL)
    events.record(
        "named in a seal that nobody could open",
        by=by,
        child=seal.child_id,
        obj=row,
        reason=reason,
        data={"name": str(user.pk)},
    )
    return row

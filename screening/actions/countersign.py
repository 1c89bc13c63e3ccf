"""The lead's countersignature on a high that somebody else lowered (DEC-04)."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.actions import end_asked_access
from cse.audit import events
from cse.worklist import kinds
from cse.worklist.actions import close_items
from screening.actions.asking import ask_for_the_rest, somebody_answered
from screening.actions.assessing import assess_again
from screening.actions.common import lock
from screening.answers import NOTHING, read_answers
from screening.models import Countersignature, Screen
from screening.policies import Refused, check_can_countersign
from screening.queries import waiting_rows


@transaction.atomic
def countersign(
    *, screen_id: uuid.UUID, indicator: str, agrees: bool, reason: str, by: Any
) -> Countersignature:
    """Agree or not to one lowered high, with a reason; the rules are then asked again.

    By the safeguarding lead of the recording agency or the CSE team, never by who lowered it.
    The screen itself stays as it is. Raises `Refused` for a row that does not wait.
    """
    screen = lock(screen_id)
    given = read_answers(screen.answers).get(indicator, NOTHING)
    check_can_countersign(by, screen, given.amenders)
    _check_waits(screen, indicator, reason)
    row = Countersignature(
        screen=screen,
        indicator=indicator,
        amended_by_id=uuid.UUID(given.amended_by),
        by=by,
        agrees=agrees,
        reason=reason,
        at=timezone.now(),
    )
    row.save(force_insert=True)
    events.record(
        "lowered indicator countersigned" if agrees else "countersignature refused",
        by=by,
        child=screen.child_id,
        obj=screen,
        rule="R5",
        reason=reason,
        data={"indicator": indicator},
    )
    assess_again(screen, by, "countersigned")
    if rows := waiting_rows(screen):
        ask_for_the_rest(screen, rows, by)
    else:
        close_items(subject=screen, kind=kinds.COUNTERSIGN)
        somebody_answered(screen)
    end_asked_access(screen.child, by)
    return row


def _check_waits(screen: Screen, indicator: str, reason: str) -> None:
    if indicator not in waiting_rows(screen):
        raise Refused("This indicator does not wait for a countersignature.")
    if not reason.strip():
        raise Refused("Say why you agree or do not agree.")

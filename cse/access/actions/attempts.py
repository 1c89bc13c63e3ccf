"""When somebody tried to change their own access: refused, and the lead is told (bad-input.md)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from cse.access.actions.another import ask_another
from cse.access.actions.asked import end_asked_access
from cse.access.capabilities import Capability
from cse.access.policies import OwnInterest, check
from cse.access.queries import attempts_on
from cse.access.wiring import wired
from cse.audit import events
from cse.workdays import due_on

REFUSED_ATTEMPT = "refused_attempt"
"""The kind of work (cse.worklist) that a refused attempt is for the leads."""

OWN_INTEREST = "own interest"
"""The rule that an event of such an attempt names."""

ASKED = "Asked to read what somebody tried and may not do; until it is read"


@transaction.atomic
def tell_of_attempt(*, child_id: uuid.UUID, by: Any, what: str) -> None:
    """Write the attempt down and let it wait for the leads of the agency that recorded the child.

    Where nobody else is a lead there, somebody else is asked to read it. Called after the act
    itself was refused and rolled back.
    """
    child = apps.get_model("children", "Child").objects.get(pk=child_id)
    events.record(what, by=by, child=child, rule=OWN_INTEREST, decision="refused")
    due = due_on(timezone.localdate(), 1, wired("calendar")(child.authority_id))
    asked = ask_another(
        child, but=by.pk, act=Capability.SEE_LOOKS, since=timezone.now(), reason=ASKED
    )
    for principal in asked:
        wired("open_work")(
            kind=REFUSED_ATTEMPT,
            child=child,
            subject=child,
            due_at=timezone.make_aware(dt.datetime.combine(due, dt.time(23, 59))),
            **principal,
        )


@transaction.atomic
def know_of_attempts(*, child: Any, by: Any) -> None:
    """A lead has read what was attempted; not somebody who attempted it."""
    check(by, Capability.SEE_LOOKS, child)
    if attempts_on(child.pk).filter(actor_id=by.pk).exists():
        raise OwnInterest("Somebody else must read this: one of the attempts was yours.")
    wired("close_work")(subject=child, kind=REFUSED_ATTEMPT)
    end_asked_access(child, by)
    events.record("refused attempts read", by=by, child=child)

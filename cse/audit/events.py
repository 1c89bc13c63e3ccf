"""Writing events: `record` inside an act, `look` for reads, `refused` for a "no".

An act's event stands or falls with the act's own transaction. Looks and refusals are kept for
the length of the request and committed by the middleware before the body is sent, because a
refusal rolls the view's transaction back and a look must be written even so.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils import timezone

from cse.audit.context import acting
from cse.audit.models import AuditEvent, Decision


def _event(
    act: str,
    *,
    by: Any = None,
    child: Any = None,
    obj: models.Model | None = None,
    decision: str = Decision.ALLOWED,
    rule: str = "",
    reason: str = "",
    changed: Iterable[str] = (),
    data: Mapping[str, Any] | None = None,
    protected_text: str = "",
) -> AuditEvent:
    actor = acting()
    child_id = getattr(child, "pk", child)
    return AuditEvent(
        at=timezone.now(),
        actor_kind=actor.kind,
        actor_id=getattr(by, "pk", by) or actor.user_id,
        post_id=actor.post_id,
        on_behalf_of_id=actor.on_behalf_of_id,
        request_id=actor.request_id,
        address=actor.address,
        act=act,
        decision=decision,
        rule=rule,
        reason=reason,
        child_id=child_id,
        object_kind=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        changed_fields=list(changed),
        data=dict(data or {}),
        protected_text=protected_text,
    )


def record(act: str, **details: Any) -> AuditEvent:
    """Write the event of an act, in the act's own transaction.

    ``act`` names the capability or deed; ``child`` may be a child or its id; ``changed`` holds
    field names, never secret values. Raises what the database raises: the act then fails too.
    """
    event = _event(act, **details)
    event.save(force_insert=True)
    return event


def look(act: str, **details: Any) -> None:
    """Note a read. In a request it is committed before the body is sent; else at once.

    Where ``act`` is the act that a page is for, the look at the page is not the act: ``record``
    writes that, and the log tells the two apart in words.
    """
    actor = acting()
    event = _event(act, **details)
    if actor.in_request:
        actor.looks.append(event)
    else:
        event.save(force_insert=True)


def refused(
    act: str, *, rule: str, child_id: uuid.UUID | str | None = None, **details: Any
) -> None:
    """Note a refusal: what was asked for, and which rule said no."""
    look(act, decision=Decision.REFUSED, rule=rule, child=child_id, **details)

"""Who is acting, for the length of a request, a task or a command.

History rows and events take their actor from here, so that no write can be anonymous: outside
a request or a task the actor is the system, and says which command.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cse.audit.models import AuditEvent

PERSON, SYSTEM, TASK = "person", "system", "task"


@dataclass
class Acting:
    """The actor of everything written now.

    ``kind`` is person, system or task and never empty; ``looks`` are reads that wait to be
    written before the body is sent; ``cache`` lives as long as the request.
    """

    kind: str = SYSTEM
    user_id: uuid.UUID | None = None
    post_id: uuid.UUID | None = None
    on_behalf_of_id: uuid.UUID | None = None
    request_id: str = ""
    address: str | None = None
    looks: list[AuditEvent] = field(default_factory=list)
    cache: dict[str, Any] = field(default_factory=dict)
    in_request: bool = False


_acting: ContextVar[Acting | None] = ContextVar("cse_acting", default=None)


def acting() -> Acting:
    """The actor now; the system where nobody said otherwise."""
    return _acting.get() or Acting()


@contextmanager
def act_as(actor: Acting) -> Iterator[Acting]:
    """Everything written inside the block is written by that actor."""
    token = _acting.set(actor)
    try:
        yield actor
    finally:
        _acting.reset(token)


@contextmanager
def act_as_task(request_id: str = "") -> Iterator[Acting]:
    """For a background task: the actor is the task itself."""
    with act_as(Acting(kind=TASK, request_id=request_id)) as actor:
        yield actor

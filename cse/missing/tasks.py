"""What the worker does for the room: it is handed nothing, and finds what is owed itself."""

from __future__ import annotations

import structlog
from celery import shared_task

from cse.audit.context import act_as_task
from cse.missing import actions

log = structlog.get_logger(__name__)


@shared_task(name="cse.missing.tasks.tell_those_inside")
def tell_those_inside() -> None:
    """Return interviews of sealed children wait for people inside the seal."""
    with act_as_task():
        log.info("interviews_told_again", count=actions.tell_those_inside())

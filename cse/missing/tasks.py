"""What the worker does for the room: it is handed nothing, and finds what is owed itself."""

from __future__ import annotations

import structlog
from celery import shared_task

from cse.audit.context import act_as_task
from cse.missing import actions

log = structlog.get_logger(__name__)


@shared_task(name="cse.missing.tasks.ask_again")
def ask_again() -> None:
    """Return interviews wait for somebody who can see to them."""
    with act_as_task():
        log.info("interviews_asked_again", count=actions.ask_again())

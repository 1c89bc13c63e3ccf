"""What the worker does for the room: it is handed nothing, and finds what is due itself."""

from __future__ import annotations

import structlog
from celery import shared_task

from cse.audit.context import act_as_task
from cse.clocks import actions

log = structlog.get_logger(__name__)


@shared_task(name="cse.clocks.tasks.run_due")
def run_due() -> None:
    """Send the reminders that are due."""
    with act_as_task():
        ran = actions.run_due()
    if ran != actions.Ran():
        log.info("reminders", sent=ran.sent, dropped=ran.dropped, put_off=ran.put_off)

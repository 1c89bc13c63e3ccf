"""What the worker does for the worklist."""

from __future__ import annotations

import structlog
from celery import shared_task

from cse.audit.context import act_as_task
from cse.worklist.handing import hand_over_all

log = structlog.get_logger(__name__)


@shared_task(name="cse.worklist.tasks.hand_over_work")
def hand_over_work() -> None:
    """What waits for people who no longer see the child goes to the leads."""
    with act_as_task():
        log.info("work_handed_over", count=hand_over_all())

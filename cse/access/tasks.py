"""What the worker does for the access room."""

from __future__ import annotations

import structlog
from celery import shared_task

from cse.access import actions
from cse.audit.context import act_as_task

log = structlog.get_logger(__name__)


@shared_task(name="cse.access.tasks.remind_reviews")
def remind_reviews() -> None:
    """Reviews of seals and emergency openings wait for their people, or for who can find some."""
    with act_as_task():
        log.info("seals_without_anybody", count=actions.tell_of_abandoned_seals())
        log.info("reviews_waiting", count=actions.remind_reviews())

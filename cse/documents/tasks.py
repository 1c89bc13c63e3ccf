"""Background work of the room: ids in, one action call (docs/architecture.md)."""

from __future__ import annotations

import uuid

from celery import shared_task

from cse.documents import actions, queries
from cse.documents.limits import RENDER_SECONDS


@shared_task(soft_time_limit=RENDER_SECONDS + 30, time_limit=RENDER_SECONDS + 60)
def render_export(export_id: str) -> None:
    """Make one document that waits."""
    actions.make_document(export_id=uuid.UUID(export_id))


@shared_task(soft_time_limit=RENDER_SECONDS + 30, time_limit=RENDER_SECONDS + 60)
def run_waiting_exports() -> None:
    """Make the documents that nobody took, one a run: the broker was away, or a worker died."""
    for export_id in queries.waiting_exports()[:1]:
        actions.make_document(export_id=export_id)


@shared_task
def expire_exports() -> None:
    """Delete the files whose time is over."""
    actions.let_go_expired()

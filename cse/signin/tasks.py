"""Links for forgotten passwords, and forgetting what has had its time."""

from __future__ import annotations

import uuid

from celery import shared_task

from cse.audit.context import act_as_task
from cse.signin.kept import forget_ended_sessions, forget_expired
from cse.signin.links import send_link_to


@shared_task
def send_link(user_id: str) -> None:
    """Send a link to choose a new password; the id may be nobody's."""
    with act_as_task():
        send_link_to(user_id=uuid.UUID(user_id))


@shared_task
def forget_expired_sign_in() -> dict[str, int]:
    """Delete expired kept forms and sessions; how many there were of each."""
    with act_as_task():
        return {"kept": forget_expired(), "sessions": forget_ended_sessions()}

"""Forgetting what has had its time: kept forms after a day, ended sessions."""

from __future__ import annotations

from celery import shared_task

from cse.audit.context import act_as_task
from cse.signin.kept import forget_ended_sessions, forget_expired


@shared_task
def forget_expired_sign_in() -> dict[str, int]:
    """Delete expired kept forms and sessions; how many there were of each."""
    with act_as_task():
        return {"kept": forget_expired(), "sessions": forget_ended_sessions()}

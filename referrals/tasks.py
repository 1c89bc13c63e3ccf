"""What the worker does for the room: it is handed nothing, and finds what is owed itself."""

from __future__ import annotations

import structlog
from celery import shared_task

from cse.audit.context import act_as_task
from referrals.actions.following import ask_again
from referrals.actions.unread import give_back_left, tell_senders

log = structlog.get_logger(__name__)


@shared_task(name="referrals.tasks.tell_senders")
def tell_senders_of_unread() -> None:
    """Whoever sent a referral that nobody of its team can open is told, what somebody claimed and
    can open no more is the team's again, and a disagreement that nobody asked can answer waits for
    who can.
    """
    with act_as_task():
        log.info("given_back", count=give_back_left())
        log.info("senders_told", count=tell_senders())
        log.info("disagreements_asked_again", count=ask_again())

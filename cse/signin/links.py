"""A link for a forgotten password: asked for in the request, sent by the worker.

The request does the same for an address with an account and for one without: it hands the worker
an id, a made-up one where there is no account. What tells them apart (a token, a mail server that
takes its time) happens where nobody waits for the answer.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import structlog
from django.db import transaction

from cse.audit import events
from cse.people.invitations import send_new_link
from cse.people.models import User

log = structlog.get_logger(__name__)
ACT = "ask for a new password"


def ask_for_link(users: Sequence[Any]) -> None:
    """Let the worker send a link to the account among ``users``, if there is one."""
    user_id = users[0].pk if users else uuid.uuid4()
    transaction.on_commit(lambda: _wake_worker(user_id))


def _wake_worker(user_id: uuid.UUID) -> None:
    """Tell the worker. Where the broker is away nothing is sent: the page says whom to ask then."""
    from kombu.exceptions import KombuError

    from cse.signin.tasks import send_link

    try:
        send_link.apply_async([str(user_id)], retry=False)
    except (KombuError, OSError):
        log.warning("broker_away", task=send_link.name)


@transaction.atomic
def send_link_to(*, user_id: uuid.UUID) -> bool:
    """Send the link to an account that is open; whether there was one. Either is written down."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        events.refused(ACT, rule="no account for this address")
        return False
    events.record(ACT, obj=user)
    send_new_link(user)
    return True

"""E-mail about accounts. A message holds no personal data (DEC-51): it says where to look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from cse.people.models import User

log = structlog.get_logger(__name__)


def send_notice(
    user: User, template: str, context: Mapping[str, Any] | None = None, *, to: str = ""
) -> None:
    """Send somebody a message once the act is committed; ``to`` where not to their address.

    A mail server that does not answer does not undo the act.
    """
    words = {
        "site_url": settings.SITE_URL,
        "service_name": settings.SERVICE_NAME,
        **(context or {}),
    }
    message = EmailMessage(
        subject=render_to_string(f"{template}_subject.txt", words).strip(),
        body=render_to_string(f"{template}_message.txt", words),
        to=[to or user.email],
    )

    def send() -> None:
        try:
            message.send()
        except OSError as error:
            log.error("mail_not_sent", error_type=type(error).__name__, user_id=str(user.pk))

    transaction.on_commit(send)

"""The e-mail of a reminder: that something waits, and where to sign in. Nothing else (DEC-51)."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from cse.clocks.models import Reminder


def message_for(reminder: Reminder, server: BaseEmailBackend) -> EmailMessage:
    """The message to one person. Sent twice, it is one message to every mail program."""
    assert reminder.user is not None  # noqa: S101  a team's is passed on, never sent
    context = {"site_url": settings.SITE_URL, "service_name": settings.SERVICE_NAME}
    return EmailMessage(
        subject=render_to_string("clocks/email/reminder_subject.txt", context).strip(),
        body=render_to_string("clocks/email/reminder_message.txt", context),
        to=[reminder.user.email],
        headers={"Message-ID": message_id(reminder), "Auto-Submitted": "auto-generated"},
        connection=server,
    )


def message_id(reminder: Reminder) -> str:
    """Made of the reminder's own id, so that it is the same each time it is sent."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return f"<reminder.{reminder.pk}@{sender.rpartition('@')[2]}>"

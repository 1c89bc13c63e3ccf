"""The link with which somebody sets a password: by e-mail, or printed at the first start."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from cse.people.models import User

log = structlog.get_logger(__name__)


def set_password_link(user: User) -> str:
    """An address, valid once and for three days, at which this person chooses a password."""
    from allauth.account.utils import user_pk_to_url_str

    token = PasswordResetTokenGenerator().make_token(user)
    place = {"uidb36": user_pk_to_url_str(user), "key": token}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=place)


def send_invitation(user: User) -> None:
    """Send somebody who was given an account the link to their first password."""
    _send_link(user, "account/email/invitation")


def send_new_link(user: User) -> None:
    """Send somebody who forgot their password a link to another."""
    _send_link(user, "account/email/password_reset_key")


def _send_link(user: User, template: str) -> None:
    """Send a link once the act is committed. The message holds no personal data (DEC-51).

    A mail server that does not answer does not undo the act: the link can be sent again.
    """
    context = {
        "password_reset_url": set_password_link(user),
        "site_url": settings.SITE_URL,
        "service_name": settings.SERVICE_NAME,
    }
    message = EmailMessage(
        subject=render_to_string(f"{template}_subject.txt", context).strip(),
        body=render_to_string(f"{template}_message.txt", context),
        to=[user.email],
    )

    def send() -> None:
        try:
            message.send()
        except OSError as error:
            log.error("mail_not_sent", error_type=type(error).__name__, user_id=str(user.pk))

    transaction.on_commit(send)

"""The link with which somebody sets a password: by e-mail, or printed at the first start."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from cse.people.models import User
from cse.people.notices import send_notice


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
    """Send a link; where the mail server does not answer, it can be sent again."""
    send_notice(user, template, {"password_reset_url": set_password_link(user)})

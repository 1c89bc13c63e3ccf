"""What the sign-in tests share."""

from __future__ import annotations

import time
from types import SimpleNamespace

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.urls import reverse

from tests.factories import PASSWORD


def sign_in(client, user, password=PASSWORD, **more):
    """Post the sign-in form."""
    data = {"login": user.email, "password": password} | more
    return client.post(reverse("account_login"), data)


def force_confirmed(client, user):
    """Sign somebody in as if by their password just now; counts as no try of the form."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    record_authentication(SimpleNamespace(session=session), user, "password")
    session.save()
    return client


def code_now(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238)."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // app_settings.TOTP_PERIOD))


def give_app(user) -> str:
    """Give somebody an authenticator app; its key."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret

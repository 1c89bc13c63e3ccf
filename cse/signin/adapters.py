"""allauth's hooks: nobody signs up, every act has its actor, e-mails carry no personal data."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_credentials
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from cse.audit import events
from cse.audit.context import PERSON, acting
from cse.signin.reauth import recently_confirmed
from cse.signin.secrets import decrypt, encrypt

log = structlog.get_logger(__name__)
PURPOSE = "second factor"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by administrators; sign-in names the person as the actor."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": (
            "Check the e-mail address and the password: they do not belong together."
        ),
        "too_many_login_attempts": (
            "There were too many tries. Wait 15 minutes, then try again, or reset your password."
        ),
        "incorrect_password": "This is not your password. Enter the password of your account.",
        "enter_current_password": "This is not your password. Enter the password you use now.",
        "invalid_password_reset": "This link does not work any more. Ask for a new one.",
        "rate_limited": "There were too many tries. Wait a few minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator adds people."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a guess against the account, unless axes refuses its address already: one address
        must not keep an account closed to all others.
        """
        if AxesProxyHandler.is_allowed(request, get_credentials(**credentials)):
            super().pre_authenticate(request, **credentials)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in; what is written meanwhile (the time of sign-in) is written by that person."""
        actor = acting()
        actor.kind, actor.user_id = PERSON, user.pk
        actor.cache.clear()
        super().login(request, user)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Signing in within the last five minutes is as good as confirming again."""
        if recently_confirmed(self.request):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Check the password of the signed-in person, throttled like a sign-in."""
        confirmed = self.authenticate(self.request, email=user.email, password=password)
        return confirmed is not None and confirmed.pk == user.pk

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send after commit; a mail server that does not answer never breaks the page."""
        site = {"site_url": settings.SITE_URL, "service_name": settings.SERVICE_NAME}
        message = self.render_mail(template_prefix, email, context | site)

        def send() -> None:
            try:
                message.send()
            except OSError as error:  # smtplib's errors are OSErrors
                log.error("mail_not_sent", error_type=type(error).__name__)

        transaction.on_commit(send)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell somebody that their account changed: the account's address, no detail."""
        self.send_mail(template_prefix, email or user.email, {})


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second-factor keys are unreadable in the database; what they are called is plain."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is not right, or it was used already. Enter the newest one.",
    }

    def encrypt(self, text: str) -> str:
        """A second factor's key, encrypted."""
        return encrypt(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """A second factor's key, readable."""
        return decrypt(encrypted_text, purpose=PURPOSE)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """The last second factor stays where the installation asks for one."""
        if not settings.SECOND_FACTOR_REQUIRED:
            return True
        kinds = [authenticator.Type.TOTP, authenticator.Type.WEBAUTHN]
        others = type(authenticator).objects.filter(user_id=authenticator.user_id, type__in=kinds)
        return authenticator.type not in kinds or others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a new security key is called until somebody names it."""
        return f"Security key {type_count(user, type) + 1}"


def type_count(user: Any, kind: Any) -> int:
    """How many second factors of that kind somebody has."""
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.filter(user_id=user.pk, type=kind).count()


class OrganisationAdapter(DefaultSocialAccountAdapter):
    """The organisation's sign-in finds an account by its verified address and makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never: an address without an account is refused, and written down."""
        addresses = " ".join(address.email for address in sociallogin.email_addresses)
        events.refused("sign in", rule="no account for this address", protected_text=addresses)
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the account with an address that the organisation says is verified.

        Tying another identity to the account somebody is signed in to is refused.
        """
        if sociallogin.state.get("process") == "connect":
            events.refused("connect another identity", rule="not offered")
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("signin:account")))
        for address in sociallogin.email_addresses:
            found = self._account(address) if address.verified else None
            if found is not None:
                sociallogin.user = found
                return

    def _account(self, address: Any) -> Any:
        from cse.people.models import User

        return User.objects.filter(email__iexact=address.email).first()

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: Any = None,
    ) -> None:
        """Write down that the organisation's sign-in failed, and how."""
        events.refused("sign in", rule=f"organisation: {error or 'error'}")

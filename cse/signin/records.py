"""Every act of signing in and out, and of changing how one signs in, is an audit event.

The typed e-mail address of a failed try goes into the event's protected text only.
"""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from cse.audit import events
from cse.signin import kept
from cse.signin.limits import begin
from cse.signin.middleware import KEPT_FLAG
from cse.signin.throttle import typed_address


@receiver(user_logged_in, dispatch_uid="cse.signin.signed_in")
def _signed_in(sender: Any, request: Any, user: Any, **_kwargs: Any) -> None:
    begin(request.session)
    if kept.waits_for(user.pk):
        request.session[KEPT_FLAG] = True
    events.record("signed in", by=user, obj=user, data={"with": _methods(request)})


def _methods(request: Any) -> list[str]:
    from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY

    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY) or []
    return [str(record.get("type") or record.get("method")) for record in records]


@receiver(user_logged_out, dispatch_uid="cse.signin.signed_out")
def _signed_out(sender: Any, request: Any, user: Any, **_kwargs: Any) -> None:
    if user is None:
        return
    why = getattr(request, "session_ended", "")
    events.record("signed out", by=user, obj=user, rule=why)


@receiver(user_login_failed, dispatch_uid="cse.signin.failed")
def _failed(sender: Any, credentials: Any, request: Any = None, **_kwargs: Any) -> None:
    typed = typed_address(request, credentials)
    locked = bool(getattr(request, "axes_locked_out", False))
    rule = "locked" if locked else "address and password do not belong together"
    events.refused("sign in", rule=rule, obj=_account(typed), protected_text=typed)


def _account(typed: str) -> Any:
    from cse.people.models import User

    return User.objects.filter(email__iexact=typed).first() if typed else None


@receiver(user_locked_out, dispatch_uid="cse.signin.locked")
def _locked(sender: Any, request: Any, **_kwargs: Any) -> None:
    if not getattr(request, "lock_recorded", False):
        request.lock_recorded = True
        typed = typed_address(request)
        events.refused(
            "locked out", rule="too many tries", obj=_account(typed), protected_text=typed
        )


@receiver(authentication_failed, dispatch_uid="cse.signin.second_factor_failed")
def _second_factor_failed(sender: Any, user: Any, authenticator: Any, **_kwargs: Any) -> None:
    events.refused("second factor", rule=f"wrong {authenticator.type}", by=user, obj=user)


@receiver(authenticator_added, dispatch_uid="cse.signin.factor_added")
def _factor_added(sender: Any, user: Any, authenticator: Any, **_kwargs: Any) -> None:
    _changed(user, "second factor added", authenticator)


@receiver(authenticator_removed, dispatch_uid="cse.signin.factor_removed")
def _factor_removed(sender: Any, user: Any, authenticator: Any, **_kwargs: Any) -> None:
    _changed(user, "second factor removed", authenticator)


@receiver(authenticator_reset, dispatch_uid="cse.signin.factor_reset")
def _factor_reset(sender: Any, user: Any, authenticator: Any, **_kwargs: Any) -> None:
    _changed(user, "recovery codes made", authenticator)


def _changed(user: Any, act: str, authenticator: Any) -> None:
    events.record(act, by=user, obj=user, data={"kind": str(authenticator.type)})


@receiver(password_changed, dispatch_uid="cse.signin.password_changed")
@receiver(password_set, dispatch_uid="cse.signin.password_set")
@receiver(password_reset, dispatch_uid="cse.signin.password_reset")
def _password(sender: Any, user: Any, **_kwargs: Any) -> None:
    events.record("password changed", by=user, obj=user, changed=["password"])

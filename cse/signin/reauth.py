"""Asking again who somebody is, before what is hard to undo or opens a child to somebody.

It is asked for a document about a child; for giving and ending access, excluding somebody else and
lifting an exclusion, seals and an opening in an emergency; for accounts and posts, and an area's
names, marking and emergency text; for choosing a version of a tool and retiring a row. It is not
asked for one's own conflict of interest, which must be easy to say and opens nothing, nor for
agencies, teams, contact points, wording and calendar, which open no child and are put right as
easily as they are changed.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpRequest

V = TypeVar("V", bound=Callable[..., Any])


def recently_confirmed(request: HttpRequest) -> bool:
    """Whether a password or second factor was given in this session in the last five minutes."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return False
    records = get_authentication_records(request, user)
    if not records:
        return False
    age = time.time() - max(record.get("at", 0) for record in records)
    return bool(0 <= age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def reauthenticated(view: V) -> V:
    """Let nobody in who has not given password or second factor in the last five minutes.

    Who has not is asked for it and comes back to the same page; what a form carried is kept in
    the session meanwhile and used once they have answered.
    """

    @functools.wraps(view)
    def confirmed(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not recently_confirmed(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return confirmed  # type: ignore[return-value]


def forget_confirmation(request: HttpRequest) -> None:
    """Ask again next time (used after an act that should not be followed by another)."""
    request.session.pop(AUTHENTICATION_METHODS_SESSION_KEY, None)

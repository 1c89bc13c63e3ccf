"""What axes asks us: how to know an account and an address, and what a locked person sees.

Five wrong tries for one account from one address lock it there for a quarter of an hour. An
account that does not exist is locked in the same way, so that nobody learns which exist.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

TOO_MANY_REQUESTS = 429


def account_digest(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """A keyed digest of the e-mail address typed: axes keeps this and never the address."""
    typed = typed_address(request, credentials)
    return salted_hmac("cse.signin.throttle", typed.casefold(), algorithm="sha256").hexdigest()


def typed_address(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """What was typed as the e-mail address, or nothing."""
    given = credentials or {}
    typed = given.get("email") or given.get(settings.AXES_USERNAME_FORM_FIELD)
    if not typed and request is not None:
        typed = request.POST.get(settings.AXES_USERNAME_FORM_FIELD)
    return str(typed or "").strip()


def client_address(request: HttpRequest) -> str | None:
    """The client's address, as ``ProxyAddressMiddleware`` left it."""
    return request.META.get("REMOTE_ADDR") or None


def locked_out(
    request: HttpRequest, _response: HttpResponse | None, _credentials: dict[str, Any] | None
) -> HttpResponse:
    """The same page for an account that exists and for one that does not."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    context = {"minutes": minutes}
    response = render(request, "signin/locked.html", context, status=TOO_MANY_REQUESTS)
    response["Retry-After"] = str(minutes * 60)
    response["Cache-Control"] = "no-store"
    return response

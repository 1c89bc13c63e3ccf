"""What a person sees when something is refused or fails: calm, and what to do next.

Each page is the same whatever the cause: a child that is hidden and a child that does not exist
give the same 404, byte for byte (access-and-audit.md). No page here needs a session or a database.
What the person had typed stands on it, so that it can be copied: it was in the request, and says
nothing about what is there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from cse.access.decorators import public
from cse.interface.methods import allowed_methods
from cse.interface.words import looks_typed

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
SECRET_WORDS = ("password", "token", "code", "secret", "otp")
LAST_RESORT = (
    "<!DOCTYPE html><html lang='en-GB'><head><title>Something went wrong</title></head>"
    "<body><h1>Something went wrong on our side</h1><p>What was saved before is safe. "
    "Use your browser's back button and try again.</p></body></html>"
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent could not be read. Where there was too much of it, that page."""
    if isinstance(exception, TOO_MUCH):
        return too_large(request, exception)
    return _page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the post or the state does not allow it. Says nothing about any child."""
    return _page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: hidden or not there; nobody can tell which."""
    return _page(request, 404)


def method_not_allowed(request: HttpRequest, allowed: Iterable[str] = ()) -> HttpResponse:
    """405: the address belongs to a button; `allowed` are the methods it does answer."""
    response = _page(request, 405)
    response["Allow"] = ", ".join(allowed)
    return response


def conflict(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """409: where there is no text to compare. Drafts show both texts (components/conflict.html)."""
    return _page(request, 409)


def too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """413: more than a form may hold, in total or in number of fields; says how much that is."""
    megabytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
    return _page(request, 413, megabytes=megabytes)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our mistake. If even its page fails, one plain sentence.

    A database that went away is nobody's mistake in a form: that is a 503.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    try:
        return _page(request, 500)
    except Exception:
        return HttpResponse(LAST_RESORT, status=500)


def unavailable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """503: the database or the audit log does not answer; nothing is half done."""
    try:
        response = _page(request, 503)
    except Exception:
        response = HttpResponse(LAST_RESORT, status=503)
    response["Retry-After"] = "60"
    return response


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a stale form token; 405 where nothing here answers a form."""
    match = request.resolver_match
    allowed = allowed_methods(match.func) if match is not None else [str(request.method)]
    if request.method not in allowed:
        return method_not_allowed(request, allowed)
    return _page(request, 403, "errors/csrf.html")


def _typed(request: HttpRequest) -> list[str]:
    """The texts of the refused form; never a password or a code, nor a choice that was picked."""
    try:
        posted = request.POST
    except (SuspiciousOperation, MultiPartParserError, OSError):
        return []
    return [
        value
        for name, values in posted.lists()
        for value in values
        if looks_typed(value) and not any(word in name.lower() for word in SECRET_WORDS)
    ]


def _page(request: HttpRequest, status: int, template: str = "", **context: Any) -> HttpResponse:
    context["typed"] = _typed(request)
    response = render(request, template or f"errors/{status}.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response

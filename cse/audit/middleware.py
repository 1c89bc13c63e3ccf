"""Says who acts in this request, and writes the looks before the body is sent."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver

from cse.audit.context import PERSON, SYSTEM, Acting, act_as

log = structlog.get_logger(__name__)

#: The database cannot be asked (as opposed to: it was asked and said no).
AWAY = (OperationalError, InterfaceError)


class AuditMiddleware:
    """One actor for the whole request; its looks are committed before anybody sees the body.

    If they cannot be written, or the database is away, nothing is shown: the answer is 503
    (access-and-audit; bad-input, "database or audit away").
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            actor = _actor_of(request)
        except AWAY:
            return unavailable(request)
        with act_as(actor):
            request.acting = actor  # type: ignore[attr-defined]
            response = self.get_response(request)
            return response if write_looks(actor) else unavailable(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The database went away while the page was made."""
        return unavailable(request) if isinstance(exception, AWAY) else None


def write_looks(actor: Acting) -> bool:
    """Commit what the request looked at; False when that cannot be done."""
    if not actor.looks:
        return True
    try:
        with transaction.atomic():
            for event in actor.looks:
                event.save(force_insert=True)
    except DatabaseError as error:
        log.error("looks_not_written", count=len(actor.looks), error_type=type(error).__name__)
        return False
    finally:
        actor.looks = []
    return True


def unavailable(request: HttpRequest) -> HttpResponse:
    """The 503 page that the routes name (``handler503``); no room above is imported for it."""
    page: Any = get_resolver().resolve_error_handler(503)
    return page(request)  # type: ignore[no-any-return]


def _actor_of(request: HttpRequest) -> Acting:
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return Acting(
        kind=PERSON if signed_in else SYSTEM,
        user_id=user.pk if signed_in and user else None,
        request_id=getattr(request, "request_id", "") or uuid.uuid4().hex,
        address=request.META.get("REMOTE_ADDR") or None,
        in_request=True,
    )

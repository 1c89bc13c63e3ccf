"""Deny by default: a view that declares no capability is not served."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, NotVisible
from cse.access.principals import principals_of
from cse.audit import events
from cse.audit.context import acting
from cse.audit.models import Decision

log = structlog.get_logger(__name__)
UNDECLARED = object()


class DenyByDefaultMiddleware:
    """Asks the capability that the view declares (or the third-party route is given) of the user.

    Turns `NotVisible` into the one 404 and `NotAllowed` into a 403 that names no child; both are
    written down. The pages themselves are those that the routes name (``handler404``).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        capability = declared_capability(request, view)
        if capability is UNDECLARED:
            log.error("view_without_capability", route=request.resolver_match.view_name)  # type: ignore[union-attr]
            raise Http404
        if capability is None:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        principals = principals_of(request.user)
        acting().post_id = principals.post_id
        if capability in principals.acts:
            return None
        named = _named(request)
        events.refused(str(capability), rule="role", child_id=_child_of(request), data=named)
        raise PermissionDenied

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The view's transaction is rolled back by now; what is noted here is written even so."""
        if isinstance(exception, NotVisible | Http404):
            _note_unseen(request)
            raise Http404 from None
        if isinstance(exception, NotAllowed):
            events.refused(_act_of(request), rule="state", reason=str(exception))
            raise PermissionDenied from None
        return None


def _note_unseen(request: HttpRequest) -> None:
    """An address that leads nowhere for this person: hidden or made up, the same event."""
    match = request.resolver_match
    noted = any(look.decision == Decision.REFUSED for look in acting().looks)
    if match is None or noted or not request.user.is_authenticated:
        return
    events.refused(
        _act_of(request),
        rule="not visible",
        child_id=_child_of(request),
        data={"route": match.view_name},
    )


def _child_of(request: HttpRequest) -> uuid.UUID | None:
    """The child that the address names. Nobody looks whether there is one: made up or not, the
    same work and the same answer; the pages that show events find those of a child there is."""
    match = request.resolver_match
    child_id = match.kwargs.get("child_id") if match else None
    return child_id if isinstance(child_id, uuid.UUID) else None


def _named(request: HttpRequest) -> dict[str, Any]:
    """The page, and every other record that the address names, by the names of the route."""
    match = request.resolver_match
    if match is None:
        return {}
    ids = {k: str(v) for k, v in match.kwargs.items() if isinstance(v, uuid.UUID)}
    ids.pop("child_id", None)
    return {"route": match.view_name} | ids


def _act_of(request: HttpRequest) -> str:
    match = request.resolver_match
    declared = declared_capability(request, match.func) if match else None
    return str(declared) if isinstance(declared, Capability) else "open a page"


def declared_capability(request: HttpRequest, view: Any) -> Any:
    """The capability of a view: its own, its class's, or the table's for third-party routes."""
    from cse.access.routes import THIRD_PARTY

    for candidate in (view, getattr(view, "view_class", None)):
        if candidate is not None and hasattr(candidate, "capability"):
            return candidate.capability
    name = request.resolver_match.view_name if request.resolver_match else None
    return THIRD_PARTY.get(name or "", UNDECLARED)

"""The session's limits, what happens to a form that comes too late, and who may go no further."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import ResolverMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from cse.access.middleware import UNDECLARED, declared_capability
from cse.access.principals import principals_of
from cse.audit import events
from cse.audit.context import SYSTEM, acting
from cse.signin import authors, former, kept, limits

#: A script's request says which it is. Saving what somebody types is activity; asking how far a
#: job has come is not.
BACKGROUND = "poll"
#: How the routes of signing in begin.
SIGN_IN = "account/"
NOT_ACTIVITY = frozenset({"signin:ended", "signin:keep"})
#: Looks at a text and promises to forget it (DEC-15): what was sent there is never kept.
NEVER_KEPT = frozenset({"interface:check-wording"})
KEPT_FLAG = "kept_waiting"


class ProxyAddressMiddleware:
    """Behind proxies that we run, the client's address is the one the outermost of them saw.

    ``TRUSTED_PROXY_COUNT`` says how many there are; without one, a header that anybody can write
    is not believed. Everything after this (audit, throttling) reads ``REMOTE_ADDR``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count = settings.TRUSTED_PROXY_COUNT
        seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if count and len(seen) >= count and seen[-count]:
            request.META["REMOTE_ADDR"] = seen[-count]
        return self.get_response(request)


class SessionLimitMiddleware:
    """Ends a session that was idle for 15 minutes or is 8 hours old, and says why.

    A form that arrives afterwards is not carried out: what was typed is kept for the same person
    (``cse.signin.kept``). Somebody without the second factor that is asked for, or without a
    current post, gets no further than the page that says so.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        if was_signed_in:
            self._check_limits(request)
        response = self.get_response(request)
        _remember(request, response, was_signed_in=was_signed_in)
        _done_with_kept(request, response)
        if was_signed_in:
            _leave_nothing_behind(request, response)
        return response

    def _check_limits(self, request: HttpRequest) -> None:
        why = limits.ended(request.session)
        if why:
            end_session(request, why)
            return
        if not _is_background(request):
            limits.note_activity(request.session)
        moment = dt.datetime.fromtimestamp(limits.ends_at(request.session), dt.UTC)
        request.session_ends_at = moment  # type: ignore[attr-defined]  # the layout shows it

    def process_view(
        self, request: HttpRequest, view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        capability = declared_capability(request, view)
        if capability is None or capability is UNDECLARED:
            return None
        if request.user.is_authenticated:
            return _held_up(request) or _shown_what_was_kept(request)
        former_id = (
            authors.author_of(request)
            or getattr(request, "former_user_id", None)
            or former.former_user_id(request)
        )
        if former_id is None:
            return None  # DenyByDefaultMiddleware asks to sign in
        keep_form(request, former_id)
        return asked_to_sign_in(request)


def keep_form(request: HttpRequest, user_id: uuid.UUID) -> bool:
    """Keep what the posted form says for that account; False where nothing of it was kept."""
    if request.method != "POST" or not may_be_kept(request.resolver_match):
        return False
    row = kept.keep(
        user_id=user_id,
        path=_without_kept(request),
        page=page_of(request),
        fields=dict(request.POST.lists()),
        can_send_again=not is_script(request),
    )
    if row is not None:
        request.kept_for = user_id  # type: ignore[attr-defined]  # the cookie will name them
    return row is not None


def end_session(request: HttpRequest, why: str) -> None:
    """End the session now; from here on nobody is signed in and nobody acts."""
    request.session_ended = why  # type: ignore[attr-defined]
    request.former_user_id = request.user.pk  # type: ignore[attr-defined]
    with transaction.atomic():
        logout(request)
    actor = acting()
    actor.kind, actor.user_id, actor.post_id = SYSTEM, None, None
    actor.cache.clear()


def _remember(request: HttpRequest, response: HttpResponse, *, was_signed_in: bool) -> None:
    if request.user.is_authenticated:
        if former.former_user_id(request) != request.user.pk:
            former.remember(response, request.user.pk)
    elif hasattr(request, "kept_for"):
        # So that the page to sign in says that something waits, after signing out by hand too.
        former.remember(response, request.kept_for)
    elif was_signed_in and not getattr(request, "session_ended", ""):
        former.forget(response)


def _leave_nothing_behind(request: HttpRequest, response: HttpResponse) -> None:
    """What a browser may keep of the pages of somebody signed in: nothing that outlives them.

    Only a page with text to type that does not save itself may stay, so that going back finds what
    was typed; and that, with all else, is cleared when the person has signed out or been signed
    out (decision 0013).
    """
    if not response.has_header("Cache-Control"):
        body = b"" if response.streaming else response.content
        typed = b"<textarea" in body and b"data-autosave" not in body
        response["Cache-Control"] = "private, no-cache" if typed else "private, no-store"
    if not request.user.is_authenticated:
        response["Clear-Site-Data"] = '"cache"'


def _without_kept(request: HttpRequest) -> str:
    """The form's address; one that was sent again and came too late again is the same form."""
    query = request.GET.copy()
    query.pop("kept", None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _done_with_kept(request: HttpRequest, response: HttpResponse) -> None:
    """A kept form that was sent again and accepted is kept no longer, and the next page says so."""
    given = request.GET.get("kept", "")
    if not given or request.method != "POST" or not _accepted(request, response):
        return
    with suppress(ValueError):
        if kept.drop(kept_id=uuid.UUID(given), by=request.user):
            messages.success(request, "What you had typed before you were signed out was sent.")


def _accepted(request: HttpRequest, response: HttpResponse) -> bool:
    """A redirect follows, but not to prove who one is, and nothing warns that it was refused."""
    if not request.user.is_authenticated or not 300 <= response.status_code < 400:
        return False
    said = messages.get_messages(request)
    refused = any(each.level >= messages.WARNING for each in said)
    said.used = False  # type: ignore[union-attr]  # they are for the next page
    signing_in = urlsplit(response["Location"]).path.startswith(f"/{SIGN_IN}")
    return not refused and not signing_in


def _held_up(request: HttpRequest) -> HttpResponse | None:
    """Somebody signed in who may do nothing yet: tell them what is missing."""
    principals = principals_of(request.user)
    if principals.acts:
        return None
    from allauth.mfa.utils import is_mfa_enabled

    if settings.SECOND_FACTOR_REQUIRED and not is_mfa_enabled(request.user, ["totp", "webauthn"]):
        if is_script(request):
            return JsonResponse({"second_factor": reverse("mfa_index")}, status=403)
        return HttpResponseRedirect(reverse("mfa_index"))
    events.refused("use the service", rule="no current post")
    return render(request, "signin/no_post.html", status=403)


def _shown_what_was_kept(request: HttpRequest) -> HttpResponse | None:
    """On the first page after sign-in, once: what was typed before the session ended."""
    if request.method != "GET" or is_script(request) or _is_signin(request):
        return None
    if not request.session.pop(KEPT_FLAG, False):
        return None
    query = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse('signin:kept')}?{query}")


def asked_to_sign_in(request: HttpRequest) -> HttpResponse:
    """The page to sign in and where it leads back to; a script is told."""
    why = getattr(request, "session_ended", "") or "ended"
    target = request.get_full_path() if request.method in {"GET", "HEAD"} else page_of(request)
    where = f"{reverse('account_login')}?{urlencode({'next': target, 'why': why})}"
    if is_script(request):
        return JsonResponse({"signed_out": True, "why": why, "sign_in": where}, status=401)
    return HttpResponseRedirect(where)


def page_of(request: HttpRequest) -> str:
    """The page of ours that a form was on, as far as the browser says; else the form's address."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        parts = urlsplit(referer)
        if parts.path:
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.path


def is_script(request: HttpRequest) -> bool:
    """Whether a script asks: it is answered with JSON."""
    accepts = request.headers.get("Accept", "")
    return "X-Requested-With" in request.headers or accepts.startswith("application/json")


def _is_background(request: HttpRequest) -> bool:
    if request.headers.get("X-Requested-With") == BACKGROUND:
        return True
    return request.path in {reverse(name) for name in NOT_ACTIVITY}


def may_be_kept(match: ResolverMatch | None) -> bool:
    """Whether a form sent to this route is kept: sign-in's own and what promises to forget, no."""
    if match is None or match.view_name in NEVER_KEPT:
        return False
    return not match.route.startswith(SIGN_IN)


def _is_signin(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.route.startswith(SIGN_IN)

"""Refuses what no browser of ours sends, and gives every refused method its page."""

from __future__ import annotations

import re
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from cse.interface import errors
from cse.interface.methods import KNOWN

log = structlog.get_logger(__name__)
LONGEST_METHOD = 16
"""Characters of a refused method in the log: enough to tell each of the web's own from another."""


class RefusedMethodMiddleware:
    """Another method than pages and forms send is refused before anything is read or asked.

    So it says the same to everybody and of every address, hidden or made up; the log has one line
    of it, with the method and never the address. And `require_POST` and its like answer 405 with
    nothing in it: a person gets words instead.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in KNOWN:
            log.warning("method_refused", method=_plain(request.method), status=405)
            return errors.method_not_allowed(request, KNOWN)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return errors.method_not_allowed(request, [response["Allow"]])
        return response


def _plain(method: str | None) -> str:
    """The letters of a method, not many: whoever sends it chooses what stands in it."""
    return re.sub("[^A-Z-]", "", (method or "").upper())[:LONGEST_METHOD]

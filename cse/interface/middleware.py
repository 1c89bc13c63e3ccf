"""Refuses what no browser of ours sends, and gives every refused method its page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from cse.interface import errors
from cse.interface.methods import KNOWN


class RefusedMethodMiddleware:
    """Another method than pages and forms send is refused before anything is read or asked.

    So it says the same to everybody and of every address, hidden or made up. And `require_POST` and
    its like answer 405 with nothing in it: a person gets words instead.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in KNOWN:
            return errors.method_not_allowed(request, KNOWN)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return errors.method_not_allowed(request, [response["Allow"]])
        return response

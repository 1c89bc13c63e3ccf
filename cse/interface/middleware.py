"""Gives the empty refusals of Django's decorators their page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from cse.interface import errors


class RefusedMethodMiddleware:
    """`require_POST` and its like answer 405 with nothing in it: a person gets words instead."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return errors.method_not_allowed(request, [response["Allow"]])
        return response

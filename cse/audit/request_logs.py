"""One log line when a request begins and one when it ends: which route, never what was typed."""

from __future__ import annotations

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RequestLogMiddleware(RequestMiddleware):
    """As django-structlog's, with the route in place of the address.

    An address may hold what somebody typed (a name as a path that does not exist, a search).
    """

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """``GET children/<uuid:child_id>/``; the method alone while no route is known."""
        match = request.resolver_match
        return f"{request.method} {match.route}" if match else str(request.method)

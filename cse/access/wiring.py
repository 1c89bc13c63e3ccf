"""What rooms above lend to this one, by name and never by import (settings.ACCESS_WIRING).

The frame of a child's page, opening and closing work, and asking again who somebody is: this room
needs them and must not know their rooms.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

V = TypeVar("V", bound=Callable[..., Any])


def wired(name: str) -> Callable[..., Any]:
    """What settings name for this. Raises KeyError or ImportError: a mistake of the wiring."""
    lent: Callable[..., Any] = import_string(settings.ACCESS_WIRING[name])
    return lent


def reauthenticated(view: V) -> V:
    """Let nobody in who has not shown again, a moment ago, who they are."""

    @functools.wraps(view)
    def confirmed(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return wired("reauthenticated")(view)(request, *args, **kwargs)

    return confirmed  # type: ignore[return-value]

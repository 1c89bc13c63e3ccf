"""What a view says of itself: the capability it needs, or that it is public."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from cse.access.capabilities import Capability

V = TypeVar("V", bound=Callable[..., Any])


def requires(capability: Capability) -> Callable[[V], V]:
    """Declare the act a view performs; the middleware lets nobody else in."""

    def declare(view: V) -> V:
        view.capability = capability  # type: ignore[attr-defined]
        return view

    return declare


def public(view: V) -> V:
    """Declare a view that needs no sign-in."""
    view.capability = None  # type: ignore[attr-defined]
    return view

"""What the rooms above offer beside a completed screen, such as making the referral it asks for.

They register in their ``AppConfig.ready``; this room knows none of them by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from screening.models import Screen


@dataclass(frozen=True)
class WayOn:
    """A link beside a completed screen."""

    words: str
    href: str


Maker = Callable[[Screen, Any], WayOn | None]
_makers: dict[str, Maker] = {}


def register_way_on(key: str, make: Maker) -> None:
    """Offer ``make(screen, user)`` beside completed screens; None offers nothing."""
    _makers[key] = make


def ways_on(screen: Screen, user: Any) -> list[WayOn]:
    """What this person is offered; the screen is visible to them, and complete."""
    return [way for make in _makers.values() if (way := make(screen, user)) is not None]

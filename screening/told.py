"""Rooms above that have to know when the rules were asked about a completed screen.

They register in their ``AppConfig.ready``; this room knows none of them by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from screening.models import Screen

Told = Callable[[Screen, str, Any], None]
_told: dict[str, Told] = {}


def when_assessed(key: str, tell: Told) -> None:
    """Call ``tell(screen, because, by)`` inside the act that kept what the rules said."""
    _told[key] = tell


def tell_assessed(screen: Screen, because: str, by: Any) -> None:
    """Tell every room that asked; ``because`` is that of the assessment."""
    for tell in _told.values():
        tell(screen, because, by)

"""Rooms above that have to know when a child's date of birth, or CSE level, changes.

They register in their ``AppConfig.ready``; this room knows none of them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from cse.children.models import Child, LevelEvent

BIRTH: Final = ("date_of_birth", "birth_date_known", "estimated_age", "estimated_on")
"""The facts that say how old a child is."""

Told = Callable[[Child, Mapping[str, Any], Any], None]
LevelTold = Callable[[LevelEvent, Any], None]
_told: dict[str, Told] = {}
_level_told: dict[str, LevelTold] = {}


def when_birth_changes(key: str, tell: Told) -> None:
    """Call ``tell(child, before, by)`` inside the act that changes one of ``BIRTH``.

    ``before`` has the values there were.
    """
    _told[key] = tell


def birth_facts(child: Child) -> dict[str, Any]:
    """The values of ``BIRTH``."""
    return {name: getattr(child, name) for name in BIRTH}


def tell_birth(child: Child, before: Mapping[str, Any], by: Any) -> None:
    """Tell every room that asked, if one of the values has changed."""
    if birth_facts(child) != before:
        for tell in _told.values():
            tell(child, before, by)


def when_level_changes(key: str, tell: LevelTold) -> None:
    """Call ``tell(event, by)`` inside the act by which a level of a child takes effect."""
    _level_told[key] = tell


def tell_level(event: LevelEvent, by: Any) -> None:
    """Tell every room that asked that a level is in effect now."""
    for tell in _level_told.values():
        tell(event, by)

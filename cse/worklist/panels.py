"""What the rooms above put on home, below what waits and above the children.

A room registers in its ``AppConfig.ready``; this room knows none of them by name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cse.children.panels import Panel

PanelMaker = Callable[[Any], Panel | None]
_panels: dict[str, PanelMaker] = {}


def register_home_panel(key: str, make: PanelMaker) -> None:
    """Show ``make(user)`` on home; None shows nothing."""
    _panels[key] = make


def home_panels(user: Any) -> list[Panel]:
    """The panels this person gets."""
    return [panel for make in _panels.values() if (panel := make(user)) is not None]

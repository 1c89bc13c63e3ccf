"""What the rooms above put on a child's page: panels on the overview, and pages beside it.

A room above registers in its ``AppConfig.ready``; this room knows none of them by name.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.children.models import Child


@dataclass(frozen=True)
class Panel:
    """A part of the overview: ``template`` is included with ``panel`` in its context."""

    heading: str
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Tab:
    """A page beside the overview; ``url_name`` takes the child's id."""

    label: str
    url_name: str
    capability: Capability
    position: int

    def address(self, child_id: uuid.UUID) -> str:
        """The page's address; empty while no room serves it."""
        try:
            return reverse(self.url_name, args=[child_id])
        except NoReverseMatch:
            return ""


PanelMaker = Callable[[Child, Any], Panel | None]
_panels: dict[str, tuple[int, PanelMaker]] = {}
_tabs: dict[str, Tab] = {}


def register_panel(key: str, make: PanelMaker, *, position: int) -> None:
    """Show ``make(child, user)`` on the overview; None shows nothing. Lower positions first."""
    _panels[key] = (position, make)


def register_tab(tab: Tab) -> None:
    """Show a page in the child's navigation, to those whose posts include its act."""
    _tabs[tab.url_name] = tab


def panels_for(child: Child, user: Any) -> list[Panel]:
    """The panels this person gets; the child must already be visible to them."""
    makers = [make for _, make in sorted(_panels.values(), key=lambda entry: entry[0])]
    return [panel for panel in (make(child, user) for make in makers) if panel is not None]


def tabs_for(user: Any) -> list[Tab]:
    """The pages this person gets, in order."""
    acts = principals_of(user).acts
    found = [tab for tab in _tabs.values() if tab.capability in acts]
    return sorted(found, key=lambda tab: tab.position)

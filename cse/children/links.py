"""A child's links as its pages show them: sorted by where they stand, each with the other child."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.children.models import Child, ChildLink, Stage
from cse.children.panels import Panel
from cse.children.queries.links import links_of

MOST: Final = 5
"""Links on the overview; the rest is on their own page."""


@dataclass(frozen=True)
class LinkRow:
    """One link, seen from one of the two: ``other`` is the other child.

    ``may_answer``: it waits for this person, or for a colleague who may agree as well.
    """

    link: ChildLink
    other: Child
    may_answer: bool


@dataclass(frozen=True)
class Links:
    """The links of a child that somebody sees. ``over`` ended, or never came to stand."""

    stand: tuple[LinkRow, ...] = ()
    wait: tuple[LinkRow, ...] = ()
    over: tuple[LinkRow, ...] = ()


def sort_links(links: Iterable[ChildLink], child: Child, user: Any) -> Links:
    """Links of a child that this person sees already, newest first in each part. No query."""
    answers = Capability.APPROVE_LINK in principals_of(user).acts
    parts: dict[str, list[LinkRow]] = {"stand": [], "wait": [], "over": []}
    for link in links:
        part = {Stage.STANDS: "stand", Stage.WAITING: "wait"}.get(link.stage, "over")
        may_answer = part == "wait" and answers and link.recorded_by_id != user.pk
        parts[part].append(LinkRow(link, link.other_than(child.pk), may_answer))
    return Links(**{part: tuple(rows) for part, rows in parts.items()})


def links_panel(child: Child, user: Any) -> Panel:
    """Linked children on the overview, for whoever sees both. One query."""
    links = sort_links(links_of(user, child), child, user)
    context = {
        "links": links,
        "shown": links.stand[:MOST],
        "more": max(0, len(links.stand) - MOST),
        "may_link": Capability.LINK_CHILDREN in principals_of(user).acts,
    }
    return Panel("Linked children", "children/links/panel.html", context)

"""The children linked with one who is referred: their level, and their open referrals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from cse.children.models import Child, ChildLink, LevelEvent
from cse.children.queries.levels import levels_in_effect
from cse.children.queries.links import STANDS, links_of
from referrals.models import Delivery
from referrals.queries.seen import visible_to
from referrals.transitions import OPEN, State, Status

MOST: Final = 10
"""Linked children shown; the rest is on the child's own page."""

#: Not over: nobody has answered yet, or what was begun goes on.
GOING_ON: Final = OPEN | {State.ACCEPTED, State.SENT_ON, State.ACKNOWLEDGED, State.PASSED}


@dataclass(frozen=True)
class Linked:
    """A linked child, how they are linked, the level in effect and where referrals are open."""

    child: Child
    links: tuple[ChildLink, ...]
    level: LevelEvent | None
    deliveries: tuple[Delivery, ...]


def linked_with(user: Any, child: Child) -> tuple[Linked, ...]:
    """The children linked with this one, for somebody who sees both. Four queries, however many.

    Of their referrals those that this person may see, with each team where one is not over.
    """
    links: dict[Any, list[ChildLink]] = {}
    others: dict[Any, Child] = {}
    for link in links_of(user, child).filter(STANDS):
        other = link.other_than(child.pk)
        others[other.pk] = other
        links.setdefault(other.pk, []).append(link)
    shown = list(others)[:MOST]
    levels = levels_in_effect(shown)
    referrals = _referrals(user, shown)
    return tuple(
        Linked(others[pk], tuple(links[pk]), levels.get(pk), tuple(referrals.get(pk, ())))
        for pk in shown
    )


def _referrals(user: Any, children: list[Any]) -> dict[Any, list[Delivery]]:
    """By child, the deliveries that are not over of the referrals this person may see."""
    seen = visible_to(user).filter(child_id__in=children, status=Status.SENT)
    found: dict[Any, list[Delivery]] = {}
    for referral in seen.prefetch_related("deliveries__team").order_by("-sent_at"):
        rows = (each for each in referral.deliveries.all() if each.stands_at in GOING_ON)
        found.setdefault(referral.child_id, []).extend(rows)
    return found

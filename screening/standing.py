"""What became of each screen: the level it chose, and what still waits for a second person."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.children.models import Child, CseLevel, LevelEvent
from cse.children.panels import Panel
from cse.children.queries.levels import is_in_effect, is_waiting
from cse.people.models import Team
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from screening import queries
from screening.models import Decided, Screen
from screening.naming import days_of

SHOWN = 6
"""Screens in the panel of a child's page; the list of all is one link away."""


@dataclass(frozen=True)
class ChosenLevel:
    """The level that a screen chose, and in words what became of it (DEC-09).

    ``stands``: the level before it, in words, where that stands in its place.
    """

    key: str
    words: str
    state: str = ""
    stands: str = ""


@dataclass(frozen=True)
class PanelRow:
    """One screen in the panel."""

    screen: Screen
    day: str
    level: ChosenLevel | None
    states: tuple[str, ...]


def level_states(screens: Iterable[Decided]) -> dict[uuid.UUID, ChosenLevel]:
    """By what was completed (screens, assessments), the level it chose, if it did. One query.

    A correction that leaves the level as it was has the level and no event of its own.
    """
    chosen = {
        screen.pk: screen.sections["level"]
        for screen in screens
        if screen.is_complete and screen.sections.get("level")
    }
    events = LevelEvent.objects.filter(subject_id__in=list(chosen))
    states = {event.subject_id: (_state(event), _stands(event)) for event in events}
    return {
        key: ChosenLevel(level, CseLevel(level).label, *states.get(key, ("", "")))
        for key, level in chosen.items()
    }


def _state(event: LevelEvent) -> str:
    if event.refused_at:
        return "refused by a second person"
    if event.taken_back_at:
        return "taken back by a correction"
    return "waits for approval" if is_waiting(event) else ""


def _stands(event: LevelEvent) -> str:
    """The level in whose place a lowering was chosen, unless somebody has approved it."""
    if is_in_effect(event) or not event.previous_level:
        return ""
    return CseLevel(event.previous_level).label


def screens_panel(child: Child, user: Any) -> Panel | None:
    """The child's screens on their page, newest first; four queries for any number.

    None for somebody whose post does not include seeing screens.
    """
    acts = principals_of(user).acts
    if Capability.SEE_SCREEN not in acts:
        return None
    found = list(queries.screens_of(user, child.pk)[: SHOWN + 1])
    rows = panel_rows(found[:SHOWN])
    return Panel(
        heading="Screens",
        template="screening/comparison/panel.html",
        context={
            "rows": rows,
            "more": len(found) > SHOWN,
            "completed": sum(screen.is_complete for screen in found),
            "may_screen": Capability.SCREEN in acts,
        },
    )


def panel_rows(screens: Sequence[Screen]) -> list[PanelRow]:
    """The screens with their levels and what waits; two queries for any number."""
    ids = [screen.pk for screen in screens]
    levels, days = level_states(screens), days_of(screens)
    waiting = set(
        WorkItem.objects.filter(
            subject_id__in=ids, kind=kinds.COUNTERSIGN, closed_at__isnull=True
        ).values_list("subject_id", flat=True)
    )
    return [
        PanelRow(
            screen,
            days.get(screen.pk, ""),
            levels.get(screen.pk),
            tuple(_states(screen, levels.get(screen.pk), waits=screen.pk in waiting)),
        )
        for screen in screens
    ]


def _states(screen: Any, level: ChosenLevel | None, *, waits: bool) -> list[str]:
    words = ["Draft" if screen.is_draft else "Complete"]
    if screen.correction_number:
        words.append(f"correction {screen.correction_number}")
    if screen.replaced:
        words.append("replaced by a correction")
    if waits:
        words.append("waits for a countersignature")
    if level and level.state:
        words.append(f"level {level.state}")
    return words


@dataclass(frozen=True)
class Asked:
    """Somebody who is asked to answer; ``only_for_this`` where they see the child only for it."""

    name: str
    only_for_this: bool


def asked_of(screen: Screen, waiting_level: LevelEvent | None) -> list[Asked]:
    """Who is asked for what waits with a completed screen; two queries."""
    items = WorkItem.objects.filter(
        subject_id__in=[screen.pk, *([waiting_level.pk] if waiting_level else [])],
        kind__in=(kinds.COUNTERSIGN, kinds.APPROVE_LEVEL),
        closed_at__isnull=True,
    ).select_related("owner")
    owners = {item.owner_id: item.owner for item in items if item.owner is not None}
    groups = {item.owner_group_id for item in items if item.owner_group_id is not None}
    teams = Team.objects.filter(group_id__in=groups).select_related("agency")
    asked = [
        Asked(f"{team.name}, {team.agency.name}", only_for_this=team.agency_id != screen.agency_id)
        for team in teams
    ]
    for owner in owners.values():
        job = f", {owner.job_title}" if owner.job_title else ""
        asked.append(Asked(f"{owner.get_full_name()}{job}", only_for_this=True))
    return asked

"""What the record says of a child for the rules: status, level in effect, newest screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cse.children.models import Child, CseLevel
from cse.children.queries.levels import standing
from cse.people.models import Authority
from referrals.explain import read_facts
from referrals.facts import age_facts, facts_of_child, facts_of_screen
from referrals.queries.differences import gaps_of
from referrals.routing import Routing, route
from screening.models import Screen, Status

LEVELS = tuple(CseLevel.values)


def facts_on_record(child: Child) -> dict[str, Any]:
    """Legal status, level in effect and the newest completed screen. Four queries at most."""
    screen = (
        Screen.objects.filter(child=child, status=Status.COMPLETE).order_by("-completed_at").first()
    )
    found = {**facts_of_child(child), **facts_of_screen(screen)}
    current = standing(child).current
    return {**found, "level": current.level} if current else found


def route_on(
    said: Mapping[str, Any],
    recorded: Mapping[str, Any],
    *,
    child: Child,
    area: Authority,
    on: dt.date,
) -> Routing:
    """What the rules say of what was said and what is recorded: either adds, neither takes away.

    Raises ``cse.strict.Refused`` with every fact that contradicts another.
    """
    facts = read_facts(both(said, recorded) | age_facts(child, on) | _where(area, on))
    return route(facts, gaps=gaps_of(area))


def both(said: Mapping[str, Any], recorded: Mapping[str, Any]) -> dict[str, Any]:
    """Both documents of facts in one: of two levels the higher, of two flags the set one."""
    together = {**said, **{key: value for key, value in recorded.items() if value is not None}}
    for key in said.keys() & recorded.keys():
        if isinstance(said[key], bool):
            together[key] = said[key] or bool(recorded[key])
    levels = [each["level"] for each in (said, recorded) if each.get("level")]
    if levels:
        together["level"] = max(levels, key=LEVELS.index)
    return together


def _where(area: Authority, on: dt.date) -> dict[str, Any]:
    return {"authority": area.key, "on": on.isoformat()}

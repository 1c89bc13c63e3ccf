"""What the record says of a child for the rules: status, level in effect, newest screen.

And what the rules say without it, for who sees a referral and not the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from copy import copy
from typing import Any, Final

from cse.children.models import Child
from cse.children.queries.levels import standing
from cse.interface.words import date_words
from cse.people.models import Authority
from cse.strict import Refused
from referrals.explain import read_facts
from referrals.facts import (
    age_facts,
    as_document,
    before_birth,
    facts_of_child,
    facts_of_screen,
    readable,
    route_of,
    together,
)
from referrals.models import Referral
from referrals.queries.differences import gaps_of
from referrals.routing import Routing, route
from screening.assessments.facts import harm_assessed
from screening.queries import newest_screen


def facts_on_record(child: Child) -> dict[str, Any]:
    """Legal status, level in effect, the newest completed screen, and what the assessment of the
    child says of harm, where none was screened since. Five queries at most.
    """
    found = {**facts_of_child(child), **facts_of_screen(newest_screen(child.pk))}
    if harm_assessed(child.pk):
        found["concerns_confirmed"] = True
    current = standing(child).current
    return {**found, "level": current.level} if current else found


def ask_rules(referral: Referral, on: dt.date, *, strict: bool = False) -> None:
    """The routes of a draft as they are on a day, with what the record says now.

    By the handbook of its own area, and of the other where the child is placed there (DEC-41).
    Raises ``cse.strict.Refused`` with every fact that contradicts another; the routes stay then.
    ``strict``, of what is being said now, also for a day before the date of birth (`trouble_of`).
    """
    referral.record_facts = facts_on_record(referral.child)
    _route(referral, on, strict=strict)


def trouble_of(referral: Referral, on: dt.date) -> tuple[tuple[str, str], ...]:
    """What was said, and the record contradicts by now: (field, words)."""
    found = before_birth(as_document(referral, on, referral.authority))
    return tuple((field, BEFORE_BIRTH[field].format(_day(day))) for field, day in found.items())


BEFORE_BIRTH: Final = {
    "sexual_activity.from": "The activity is said to have begun on {}, before the date of birth",
    "sexual_activity.to": "The activity is said to have ended on {}, before the date of birth",
    "screened_on": "The child was screened on {}, before the date of birth",
}


def _day(day: str) -> str:
    return date_words(dt.date.fromisoformat(day))


def as_said(referral: Referral, on: dt.date) -> Referral:
    """The same referral for who does not see the child's record; a copy that is never saved.

    The rules are asked again of what was said alone, and of a screen that whoever refers completed
    themselves: nothing in it rests on what others recorded, before or since (decision 0009).
    """
    found = copy(referral)
    found.record_facts = {}
    found.screen_facts = _own_screen(referral)
    try:
        _route(found, on)
    except Refused:
        # What was said holds only together with the record: less is shown, and never that.
        found.facts, found.screen_facts = {}, _screened(referral)
        _route(found, on)
    return found


def _screened(referral: Referral) -> dict[str, Any]:
    return {"screened": referral.screen_facts.get("screened", False)}


def _own_screen(referral: Referral) -> dict[str, Any]:
    """What a screen says that whoever refers completed, as they answered it."""
    screen, kept = referral.screen, _screened(referral)
    if not kept["screened"] or screen is None:
        return kept
    if screen.completed_by_id not in (referral.made_by_id, referral.sent_by_id):
        return kept
    own = {
        "level": screen.sections.get("level") or None,
        "concerns_confirmed": screen.sections.get("concerns_confirmed") == "yes",
    }
    return {**referral.screen_facts, **own}


def _route(referral: Referral, on: dt.date, *, strict: bool = False) -> None:
    found, there = route_of(referral, on, strict=strict), {}
    if referral.other_area is not None:
        there = route_of(referral, on, area=referral.other_area, strict=strict).as_json()
    referral.routing, referral.routing_version = found.as_json(), found.version
    referral.placed_routing = there


def route_on(
    said: Mapping[str, Any],
    recorded: Mapping[str, Any],
    *,
    child: Child,
    area: Authority,
    on: dt.date,
    strict: bool = False,
) -> Routing:
    """What the rules say of what was said and what is recorded: either adds, neither takes away.

    Raises ``cse.strict.Refused`` as `ask_rules`.
    """
    document = together(said, recorded) | age_facts(child, on) | _where(area, on)
    return route(read_facts(document if strict else readable(document)), gaps=gaps_of(area))


def _where(area: Authority, on: dt.date) -> dict[str, Any]:
    return {"authority": area.key, "on": on.isoformat()}

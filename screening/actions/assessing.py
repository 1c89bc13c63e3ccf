"""What the rules say of a completed screen, kept; and asked again when something has been decided.

The screen never changes. What the rules read beside it are the child's levels as they stood when
it was completed, the countersignatures (DEC-04), whether its lower level was approved (DEC-09),
and the dates of birth that the child's record has had since: duties are only ever added by these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from cse.children.models import Child, LevelEvent
from screening.child_then import child_as, child_then
from screening.facts import facts_of, is_young
from screening.models import Screen, ScreenAssessment
from screening.queries import (
    DUTY_ANSWERED,
    agreed_rows,
    held_domains,
    judged_on,
    level_event_of,
    level_history,
    levels_until,
    tool_of,
)
from screening.rules import Assessment, assess
from screening.told import tell_assessed


def keep_assessment(
    screen: Screen,
    assessment: Assessment,
    by: Any,
    because: str,
    birth: Mapping[str, Any] | None = None,
) -> ScreenAssessment:
    """Keep what the rules said, beside what was kept before.

    ``birth``: the facts of birth before and after, where their change is why.
    """
    kept = ScreenAssessment(
        screen=screen,
        made_at=timezone.now(),
        made_by=by,
        because=because,
        result=assessment.as_json(),
        birth=birth or {},
    )
    kept.save(force_insert=True)
    tell_assessed(screen, because, by)
    return kept


def assess_again(
    screen: Screen, by: Any, because: str, birth: Mapping[str, Any] | None = None
) -> ScreenAssessment:
    """Ask the rules about a completed screen again, with what has been decided since."""
    completed_at = screen.completion[1]
    # What is decided on a child's screens, and a change of the date of birth, take turns.
    Child.objects.select_for_update(no_key=True).only("pk").get(pk=screen.child_id)
    event, levels = level_event_of(screen), level_history(screen.child_id)
    facts = facts_of(
        screen,
        on=judged_on(screen),
        history=[each for each in levels_until(screen, levels) if _stood(each, completed_at)],
        countersigned=agreed_rows(screen),
        level_approved=event is not None and event.approved_at is not None,
        child=_child_that_counts(screen, birth),
        held=() if because == DUTY_ANSWERED else held_domains(screen),
    )
    found = assess(facts, tool_of(screen.tool_version_id))
    return keep_assessment(screen, found, by, because, birth)


def _child_that_counts(screen: Screen, birth: Mapping[str, Any] | None) -> Child:
    """The newest facts of birth by which the child was 13 or younger; else those of the screen.

    An older age that is recorded later never takes a duty off: only a correction does.
    """
    rows = ScreenAssessment.objects.filter(screen=screen).exclude(birth={}).order_by("-made_at")
    since = [birth, *(row.birth for row in rows)] if birth else [row.birth for row in rows]
    found = (child_as(each["after"]) for each in since)
    return next((each for each in found if is_young(screen, each)), child_then(screen))


def _stood(event: LevelEvent, moment: dt.datetime) -> bool:
    """Whether a level was in effect before a moment: approved by then, where it needed that."""
    since = event.approved_at if event.needs_approval else event.decided_at
    return since is not None and max(since, event.decided_at) < moment

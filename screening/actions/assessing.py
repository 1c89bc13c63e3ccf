"""What the rules say of a completed screen, kept; and asked again when something has been decided.

The screen never changes. What the rules read beside it are the child's levels as they stood when
it was completed, the countersignatures (DEC-04) and whether its lower level was approved (DEC-09).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from cse.children.models import LevelEvent
from screening.facts import facts_of
from screening.models import Screen, ScreenAssessment
from screening.queries import agreed_rows, level_event_of, level_history, tool_of
from screening.rules import Assessment, assess


def keep_assessment(
    screen: Screen, assessment: Assessment, by: Any, because: str
) -> ScreenAssessment:
    """Keep what the rules said, beside what was kept before."""
    kept = ScreenAssessment(
        screen=screen,
        made_at=timezone.now(),
        made_by=by,
        because=because,
        result=assessment.as_json(),
    )
    kept.save(force_insert=True)
    return kept


def assess_again(screen: Screen, by: Any, because: str) -> ScreenAssessment:
    """Ask the rules about a completed screen again, with what has been decided since."""
    completed_on, completed_at = screen.completion
    event = level_event_of(screen)
    facts = facts_of(
        screen,
        on=completed_on,
        history=[each for each in level_history(screen.child_id) if _stood(each, completed_at)],
        countersigned=agreed_rows(screen),
        level_approved=event is not None and event.approved_at is not None,
    )
    return keep_assessment(screen, assess(facts, tool_of(screen.tool_version_id)), by, because)


def _stood(event: LevelEvent, moment: dt.datetime) -> bool:
    """Whether a level was in effect before a moment: approved by then, where it needed that."""
    since = event.approved_at if event.needs_approval else event.decided_at
    return since is not None and max(since, event.decided_at) < moment

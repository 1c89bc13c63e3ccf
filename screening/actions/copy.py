"""Keeping a draft as it stands, for whoever is sent it before it is complete."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import check
from cse.audit import events
from screening.child_then import facts_to_keep
from screening.facts import facts_of
from screening.models import ScreenCopy
from screening.queries import (
    agreed_rows,
    judged_on,
    level_history,
    levels_until,
    tool_of,
    with_tool,
)
from screening.rules import assess


@transaction.atomic
def copy_draft(*, screen_id: uuid.UUID, by: Any) -> ScreenCopy | None:
    """Keep a draft as it stands now with what the rules say of it today; it goes on by itself.

    None for what is no draft any more: it never changes. The row is read in one statement, so that
    no half of a save is kept; nobody who is typing waits. Raises `NotVisible`.
    """
    screen = with_tool().get(pk=screen_id)
    check(by, Capability.SEE_SCREEN, screen.child_id)
    if not screen.is_draft:
        return None
    now = timezone.now()
    facts = facts_of(
        screen,
        on=judged_on(screen),
        history=levels_until(screen, level_history(screen.child_id)),
        countersigned=agreed_rows(screen),
    )
    found = assess(facts, tool_of(screen.tool_version_id))
    copy = ScreenCopy(
        screen=screen,
        tool_version_id=screen.tool_version_id,
        answers=screen.answers,
        sections=screen.sections,
        child_facts=facts_to_keep(screen.child),
        result=found.as_json(),
        screen_version=screen.version,
        saved_at=screen.saved_at,
        at=now,
        by=by,
    )
    copy.save(force_insert=True)
    events.record(
        "unfinished screen copied",
        by=by,
        child=screen.child_id,
        obj=copy,
        data={"screen": str(screen.pk), "unanswered": found.unanswered},
    )
    return copy

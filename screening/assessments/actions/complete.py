"""Completing an assessment: from here it is frozen, and the rooms above are told."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.actions import grant_by_rule
from cse.access.models import Basis
from cse.audit import events
from cse.worklist.actions import close_items
from screening.actions.common import ACCESS_DAYS, leads_of
from screening.actions.complete import StaleCheck, Unfinished
from screening.actions.levels import write_level
from screening.assessments.actions.common import lock, tell_of
from screening.assessments.changes import problems_of
from screening.assessments.facts import facts_of
from screening.assessments.policies import check_can_complete
from screening.assessments.told import What
from screening.child_then import facts_to_keep
from screening.models import RiskAssessment, Status
from screening.rules.levels import level_change


@transaction.atomic
def complete_assessment(*, assessment_id: uuid.UUID, by: Any, version: int) -> RiskAssessment:
    """Complete a draft: freeze it, write the level, and tell the rooms above.

    ``version`` is the draft's own at the time it was checked. Raises `StaleCheck` if it was saved
    since, `NoDraft` if it is none any more, `Unfinished` while something is missing. A lower level
    waits for a second person (DEC-09). Contributions that have not come may still come.
    """
    draft = lock(assessment_id)
    check_can_complete(by, draft)
    if draft.version != version:
        raise StaleCheck
    facts = facts_of(draft)
    if problems := problems_of(draft, facts):
        raise Unfinished(problems)
    _freeze(draft, by)
    events.record(
        "assessment completed",
        by=by,
        child=draft.child_id,
        obj=draft,
        data={"form": draft.form, "correction": draft.correction_number},
    )
    _give_access(draft, by)
    write_level(draft, level_change(facts.level, facts.history) if facts.level else None, by)
    close_items(subject=draft)
    what = What.CORRECTED if draft.corrects_id else What.COMPLETED
    tell_of(draft, what, by, facts=facts, reason=draft.correction_reason)
    return draft


def _freeze(draft: RiskAssessment, by: Any) -> None:
    now = timezone.now()
    draft.status, draft.completed_by = Status.COMPLETE, by
    draft.completed_at, draft.completed_on = now, timezone.localdate(now)
    draft.child_facts = facts_to_keep(draft.child)
    draft.version += 1
    draft.saved_at = now
    draft._change_reason = "completed"  # type: ignore[attr-defined]
    draft.save()


def _give_access(draft: RiskAssessment, by: Any) -> None:
    """Whoever completed it sees the child, and so do the leads of the agency that began it."""
    reason = "Completed an assessment of this child"
    grant_by_rule(
        child=draft.child,
        basis=Basis.RECORDER,
        user=by,
        by=by,
        days=ACCESS_DAYS,
        reason=reason,
    )
    leads = leads_of(draft.agency_id)
    if leads is not None:
        grant_by_rule(
            child=draft.child,
            basis=Basis.NAMED_LEAD,
            group=leads,
            by=by,
            days=ACCESS_DAYS,
            reason="A colleague of their agency assessed this child",
        )

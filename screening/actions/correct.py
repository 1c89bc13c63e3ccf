"""Correcting a completed screen: a new version beside it, both kept."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.audit import events
from cse.worklist import kinds
from cse.worklist.actions import open_item
from screening.actions.common import DRAFT_DAYS, due_in, lock
from screening.models import RiskAssessment, Screen, Status
from screening.policies import Refused, check_can_correct


@transaction.atomic
def correct_screen(*, screen_id: uuid.UUID, by: Any, reason: str) -> Screen:
    """Begin a correction: a draft with the same answers, pinned to the same tool version.

    Asked again while one's own is open, that one is given. Raises `Refused` without a reason, where
    somebody else has begun one for another, and for a screen that a correction has replaced.
    """
    screen = lock(screen_id)
    check_can_correct(by, screen)
    found = Screen.objects.filter(corrects=screen).exclude(status=Status.SET_ASIDE).first()
    if found is not None and found.is_draft:
        check_own_correction(found, by, reason)
        return found
    if found is not None:
        raise Refused("This screen was corrected already: correct the newer version.")
    if not reason.strip():
        raise Refused("Say what is corrected and why.")
    draft = _copy_of(screen, by, reason)
    draft._change_reason = "correction started"  # type: ignore[attr-defined]
    draft.save(force_insert=True)
    events.record("correction started", by=by, child=screen.child_id, obj=draft, reason=reason)
    open_item(
        kind=kinds.FINISH_DRAFT,
        owner=by,
        child=screen.child,
        subject=draft,
        due_at=due_in(DRAFT_DAYS, screen.child),
    )
    return draft


def check_own_correction(draft: Screen | RiskAssessment, by: Any, reason: str) -> None:
    """Raise where somebody else has begun the correction for another reason: it is not lost."""
    if draft.created_by_id != by.pk and draft.correction_reason != reason:
        raise Refused(
            f"{draft.created_by.get_full_name()} has begun a correction: "
            f"“{draft.correction_reason}” Go on with that draft, and say there what you add."
        )


def _copy_of(screen: Screen, by: Any, reason: str) -> Screen:
    """The draft of a correction, not saved yet."""
    now = timezone.now()
    return Screen(
        child=screen.child,
        tool_version=screen.tool_version,
        tool_reason=screen.tool_reason,
        authority=screen.authority,
        agency=screen.agency,
        answers=screen.answers,
        projection=screen.projection,
        sections=screen.sections,
        part_versions=screen.part_versions,
        created_by=by,
        created_at=now,
        saved_at=now,
        corrects=screen,
        correction_number=screen.correction_number + 1,
        correction_reason=reason,
    )

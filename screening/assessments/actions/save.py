"""Saving one part of a draft: the same act for the button and for autosave."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.audit import events
from screening.actions.save import StaleSave, Values, ignored_data, written
from screening.assessments.actions.common import lock
from screening.assessments.local_form import find_part
from screening.assessments.policies import check_can_save
from screening.models import RiskAssessment
from screening.policies import Refused
from screening.queries import tool_of

WRITTEN = ("sections", "part_versions", "version", "saved_at")
"""What a save may change of a draft; its history row holds the whole draft all the same."""


@transaction.atomic
def save_part(
    *,
    assessment_id: uuid.UUID,
    slug: str,
    values: Values,
    version: int,
    by: Any,
    ignored: tuple[str, ...] = (),
) -> RiskAssessment:
    """Save one part of a draft, as one history row.

    ``version`` is the part's version that the page was opened with; an older one raises
    `StaleSave`. ``ignored`` names fields that were posted and do not belong there.
    """
    draft = lock(assessment_id)
    check_can_save(by, draft)
    part = find_part(tool_of(draft.tool_version_id), slug)
    if part is None:
        raise Refused("This assessment has no such part.")
    now_at = draft.part_versions.get(part.key, 0)
    if now_at != version:
        raise StaleSave(draft, part, values)
    draft.sections = written(draft.sections, part, values)
    draft.part_versions = {**draft.part_versions, part.key: now_at + 1}
    draft.version += 1
    draft.saved_at = timezone.now()
    draft._change_reason = f"saved {part.key}"  # type: ignore[attr-defined]
    draft.save(update_fields=WRITTEN)
    events.record(
        "assessment saved",
        by=by,
        child=draft.child_id,
        obj=draft,
        changed=[part.key],
        data=ignored_data(ignored),
    )
    return draft

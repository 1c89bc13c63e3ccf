"""A correction that takes out what an assessment said of harm is answered for by somebody else."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.audit import events
from screening.assessments import queries
from screening.assessments.actions.common import lock, need, tell_of
from screening.assessments.policies import check_can_answer_harm
from screening.assessments.told import What
from screening.models import HarmAnswer


@transaction.atomic
def answer_harm(*, assessment_id: uuid.UUID, by: Any, note: str) -> HarmAnswer:
    """Say that it was right to take it out, and why: no referral is owed by it any more.

    ``assessment_id`` is any version; the newest completed one is answered for. Sent twice, it is
    one answer. Raises `Refused` where nothing was taken out, or for who worked on the correction.
    """
    assessment = queries.newest_of(lock(assessment_id))
    found = HarmAnswer.objects.filter(assessment=assessment).first()
    if found is not None:
        return found
    check_can_answer_harm(by, assessment)
    note = need(note, "Say why the correction is right.")
    row = HarmAnswer(assessment=assessment, note=note, by=by, at=timezone.now())
    row.save(force_insert=True)
    events.record(
        "harm taken out of an assessment answered for",
        by=by,
        child=assessment.child_id,
        obj=assessment,
        reason=note,
    )
    tell_of(assessment, What.HARM_ANSWERED, by, reason=note)
    return row

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
from screening.policies import Refused

CORRECTED_SINCE = (
    "Somebody corrected this assessment since you opened the page. Read it as it is now; what you "
    "typed is below, and not saved."
)


@transaction.atomic
def answer_harm(
    *, assessment_id: uuid.UUID, read: uuid.UUID | None, by: Any, note: str
) -> HarmAnswer:
    """Say that it was right to take it out, and why: no referral is owed by it any more.

    ``assessment_id`` is any version, ``read`` the one that was the newest completed when its author
    read it. Sent twice, it is one answer. Raises `Refused` where another was completed since, where
    nothing was taken out, for who took it out, and where somebody else has answered.
    """
    assessment = queries.newest_of(lock(assessment_id))
    taken = queries.harm_taken_out(assessment)
    found = taken.answer if taken is not None else None
    if found is not None and (found.by_id, found.note) == (by.pk, note.strip()):
        return found
    if read != assessment.pk:
        raise Refused(CORRECTED_SINCE)
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

"""Putting a completed assessment right: another version of it, or the day it was completed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.audit import events
from cse.interface.words import date_words
from cse.worklist import kinds
from cse.worklist.actions import open_item
from screening.actions.common import due_in
from screening.actions.correct import check_own_correction
from screening.assessments import queries
from screening.assessments.actions.common import DRAFT_DAYS, first_of, lock, need, tell_of
from screening.assessments.policies import check_can_correct
from screening.assessments.told import What
from screening.models import DateCorrection, RiskAssessment, Status
from screening.policies import Refused
from screening.queries import judged_on


@transaction.atomic
def correct_assessment(*, assessment_id: uuid.UUID, by: Any, reason: str) -> RiskAssessment:
    """Begin a correction: a draft with the same texts, on the same screen.

    Asked again while one's own is open, that one is given. Raises `Refused` without a reason, where
    somebody else has begun one for another, and for a version that a correction has replaced.
    """
    assessment = lock(assessment_id)
    check_can_correct(by, assessment)
    found = (
        RiskAssessment.objects.filter(corrects=assessment).exclude(status=Status.SET_ASIDE).first()
    )
    if found is not None and found.is_draft:
        check_own_correction(found, by, reason)
        return found
    if found is not None:
        raise Refused("This was corrected already: correct the newer version.")
    reason = need(reason, "Say what is corrected and why.")
    draft = _copy_of(assessment, by, reason)
    draft._change_reason = "correction started"  # type: ignore[attr-defined]
    draft.save(force_insert=True)
    events.record(
        "correction of an assessment started",
        by=by,
        child=assessment.child_id,
        obj=draft,
        reason=reason,
    )
    open_item(
        kind=kinds.FINISH_ASSESSMENT,
        owner=by,
        child=assessment.child,
        subject=draft,
        due_at=due_in(DRAFT_DAYS, assessment.child),
    )
    return draft


def _copy_of(assessment: RiskAssessment, by: Any, reason: str) -> RiskAssessment:
    """The draft of a correction, not saved yet."""
    now = timezone.now()
    return RiskAssessment(
        child=assessment.child,
        form=assessment.form,
        form_version=assessment.form_version,
        tool_version_id=assessment.tool_version_id,
        screen_id=assessment.screen_id,
        no_screen_reason=assessment.no_screen_reason,
        authority=assessment.authority,
        agency=assessment.agency,
        sections=assessment.sections,
        part_versions=assessment.part_versions,
        created_by=by,
        created_at=now,
        saved_at=now,
        corrects=assessment,
        correction_number=assessment.correction_number + 1,
        correction_reason=reason,
    )


@transaction.atomic
def correct_day(
    *, assessment_id: uuid.UUID, on: dt.date, reason: str, by: Any, stood: dt.date | None = None
) -> DateCorrection | None:
    """Put the day right on which an assessment was completed; what runs from it is told (DEC-29).

    It is the day of the version completed first, whichever version is named. The same day again
    writes nothing. Raises `Refused` without a reason, for a day to come and one before the birth
    or before the screen that it rests on; and where it stands no more on the day it ``stood`` on
    when its author read it.
    """
    assessment = lock(assessment_id)
    check_can_correct(by, assessment)
    first = first_of(assessment)
    before = queries.day_of(first)
    assert before is not None  # noqa: S101  the first version is complete
    if on == before:
        return None
    if stood is not None and stood != before:
        raise Refused(
            "Somebody corrected the day since you opened the page: it is "
            f"{date_words(before)} now. What you typed is below and is not saved."
        )
    reason = need(reason, "Say why the day is corrected.")
    check_day(on, assessment)
    row = DateCorrection(
        assessment=first, before=before, on=on, reason=reason, by=by, at=timezone.now()
    )
    row.save(force_insert=True)
    events.record(
        "day of an assessment corrected",
        by=by,
        child=assessment.child_id,
        obj=first,
        reason=reason,
        changed=["completed_on"],
        data={"days": [before.isoformat(), on.isoformat()]},
    )
    tell_of(assessment, What.DATE_CORRECTED, by, before=before, reason=reason)
    return row


def check_day(on: dt.date, assessment: RiskAssessment) -> None:
    """Raise `Refused` for a day on which the assessment cannot have been completed."""
    if on > timezone.localdate():
        raise Refused("The day must be today or in the past.")
    born = assessment.child.date_of_birth
    if born is not None and on < born:
        raise Refused("The day is before the child was born.")
    screen = first_of(assessment).screen
    if screen is not None and on < judged_on(screen):
        raise Refused(
            "The day is before the screen that the assessment rests on, of "
            f"{date_words(judged_on(screen))}."
        )

"""What several acts on assessments need: a locked row, a reason, the first version."""

from __future__ import annotations

import uuid
from typing import Final

from cse.access.policies import NotVisible
from cse.children.models import Child
from screening.assessments import queries
from screening.models import RiskAssessment, StatutoryAssessment
from screening.policies import Refused

DRAFT_DAYS: Final = 5
"""Working days in which a draft should be finished. Ours: no handbook gives a number."""


def lock(assessment_id: uuid.UUID) -> RiskAssessment:
    """The assessment, locked to the end of the transaction. Raises `NotVisible` for an unknown id.

    The child's row is locked first: acts on one child take turns, and in one order.
    """
    found = RiskAssessment.objects.filter(pk=assessment_id).values_list("child_id").first()
    if found is None:
        raise NotVisible
    lock_child(found[0])
    wanted = (
        RiskAssessment.objects.select_for_update(of=("self",))
        .select_related("child__authority", "authority", "agency", "screen", "corrects")
        .defer("tool_version__definition")
    )
    return wanted.get(pk=assessment_id)


def lock_statutory(statutory_id: uuid.UUID) -> StatutoryAssessment:
    """The same of what children's social care has begun."""
    found = StatutoryAssessment.objects.filter(pk=statutory_id).values_list("child_id").first()
    if found is None:
        raise NotVisible
    lock_child(found[0])
    wanted = StatutoryAssessment.objects.select_for_update(of=("self",))
    return wanted.select_related("child", "agency").get(pk=statutory_id)


def lock_child(child_id: uuid.UUID) -> Child:
    """The child, so that acts on it take turns."""
    return Child.objects.select_for_update(no_key=True).get(pk=child_id)


def need(text: str, message: str) -> str:
    """The text without space around it. Raises `Refused` with the message where there is none."""
    if not text.strip():
        raise Refused(message)
    return text.strip()


def first_of(assessment: RiskAssessment) -> RiskAssessment:
    """The version that was completed first."""
    return queries.versions_of(assessment)[0]

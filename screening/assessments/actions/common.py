"""What several acts on assessments need: a locked row, a reason, the first version, who is told."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, Final

from cse.access.policies import NotVisible
from cse.children.models import Child
from screening.assessments import queries
from screening.assessments.facts import facts_of
from screening.assessments.rules import Facts, strategy_discussion
from screening.assessments.told import News, What, tell
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


def tell_of(
    assessment: RiskAssessment,
    what: What,
    by: Any,
    *,
    facts: Facts | None = None,
    before: dt.date | None = None,
    reason: str = "",
) -> None:
    """Tell the rooms above what has happened to it, inside the act; ``facts`` as they were before.

    A correction moves no day: what runs from the first version goes on from its day.
    """
    first = first_of(assessment)
    day = queries.day_of(first)
    assert day is not None  # noqa: S101  the first version is complete
    read = facts_of(assessment) if facts is None else facts
    tell(
        News(
            what=what,
            assessment=assessment,
            first=first,
            on=day,
            before=before,
            by=by,
            reason=reason,
            strategy_discussion=strategy_discussion(assessment.authority.tool_key, read).follows,
        )
    )


def first_of(assessment: RiskAssessment) -> RiskAssessment:
    """The version that was completed first."""
    return queries.versions_of(assessment)[0]

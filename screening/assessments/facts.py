"""From what is stored to what the rules read: an assessment, its screen, what was asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from cse.children.models import LevelEvent
from screening.assessments import queries
from screening.assessments.rules import Facts, StrategyDiscussion, harm_said, strategy_discussion
from screening.facts import levels_of
from screening.models import Contribution, RiskAssessment, Screen
from screening.queries import level_history, rated_high, standing_in_time, tool_of


def facts_of(
    assessment: RiskAssessment,
    *,
    contributions: Iterable[Contribution] | None = None,
    levels: Iterable[LevelEvent] | None = None,
) -> Facts:
    """What the rules read; what the page has read already is not asked for again."""
    asked = queries.contributions_of(assessment) if contributions is None else contributions
    history = level_history(assessment.child_id) if levels is None else levels
    return Facts(
        sections=assessment.sections,
        present=queries.present_in(assessment.screen, tool_of(assessment.tool_version_id)),
        rated=rated_high(assessment.screen) if assessment.screen is not None else (),
        waiting=sum(each.waits for each in asked),
        history=levels_of(history),
    )


def led_to(
    assessment: RiskAssessment,
    *,
    contributions: Iterable[Contribution] | None = None,
    levels: Iterable[LevelEvent] | None = None,
) -> StrategyDiscussion:
    """What a completed assessment leads to, by the levels that stood before it chose its own."""
    _, completed_at = assessment.completion
    history = level_history(assessment.child_id) if levels is None else levels
    before = [each for each in history if each.decided_at < completed_at]
    facts = facts_of(assessment, contributions=contributions, levels=before)
    return strategy_discussion(assessment.authority.tool_key, facts)


def harm_assessed(child_id: uuid.UUID) -> bool:
    """Whether the child's newest assessment speaks of harm, and none was screened since (R4).

    One query without an assessment or harm in it, two otherwise.
    """
    newest = standing_in_time(RiskAssessment.objects.filter(child_id=child_id)).first()
    if newest is None or not harm_said(newest.sections):
        return False
    screens = standing_in_time(Screen.objects.filter(child_id=child_id))
    return not screens.filter(occasion_at__gt=newest.occasion_at).exists()

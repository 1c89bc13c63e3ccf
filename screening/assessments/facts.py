"""From what is stored to what the rules read: an assessment, its screen, what was asked."""

from __future__ import annotations

from collections.abc import Iterable

from cse.children.models import LevelEvent
from screening.assessments import queries
from screening.assessments.rules import Facts, StrategyDiscussion, strategy_discussion
from screening.facts import levels_of
from screening.models import Contribution, RiskAssessment
from screening.queries import level_history, tool_of


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

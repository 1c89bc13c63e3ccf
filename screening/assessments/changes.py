"""What a correction of an assessment changed, and what stands in the way of completing one."""

from __future__ import annotations

from typing import Any

from screening.assessments.local_form import parts_of
from screening.assessments.rules import Facts, completion_problems
from screening.changes import NOTHING_CHANGED, Changed, section_changes
from screening.models import RiskAssessment
from screening.queries import tool_of
from screening.rules import Problem
from screening.tools.definition import Tool


def changes_of(assessment: RiskAssessment, tool: Tool) -> list[Changed]:
    """Every value that differs from the version it corrects, in the form's order."""
    if assessment.corrects is None:
        return []
    parts = parts_of(tool)
    return [
        change
        for part in parts
        for change in section_changes(part, assessment.corrects, assessment)
    ]


def problems_of(assessment: RiskAssessment, facts: Facts) -> tuple[Problem, ...]:
    """Everything to put right before the draft can be completed."""
    tool = tool_of(assessment.tool_version_id)
    found = completion_problems(facts, tool)
    corrects: Any = assessment.corrects
    if corrects is None or corrects.screen_id != assessment.screen_id:
        return found
    if changes_of(assessment, tool):
        return found
    return (*found, Problem("", NOTHING_CHANGED, ""))

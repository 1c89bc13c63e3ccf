"""How far each part of a draft is, in words; never a percentage. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from screening.assessments.local_form import parts_of
from screening.assessments.rules import Facts, completion_problems
from screening.parts import Part
from screening.rules import Problem
from screening.tools.definition import Tool


@dataclass(frozen=True)
class Progress:
    """One part with where it stands, and what the screen found in it."""

    part: Part
    words: str
    done: bool
    found: int
    problems: tuple[Problem, ...] = ()


def progress_of(tool: Tool, facts: Facts) -> list[Progress]:
    """Every part with its progress, in order."""
    problems = completion_problems(facts, tool)
    return [_progress(part, facts, problems) for part in parts_of(tool)]


def _progress(part: Part, facts: Facts, problems: tuple[Problem, ...]) -> Progress:
    keys = {field.key for field in part.fields}
    own = tuple(problem for problem in problems if problem.field in keys)
    found = facts.present.get(part.domain.key, 0) if part.domain else 0
    written = any(facts.says(key) for key in keys)
    if not written:
        return Progress(part, "Not started", False, found, own)
    if own:
        return Progress(part, "Needs attention", False, found, own)
    return Progress(part, "Written", True, found)

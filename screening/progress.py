"""How far each part of a draft is, in words; and what stands in its way. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from screening.answers import NOTHING, read_answers, read_notes, read_rating
from screening.parts import Part, part_of_field, parts_of
from screening.rules import Problem
from screening.tools.definition import Tool


@dataclass(frozen=True)
class Progress:
    """One part with where it stands: ``words`` for the task list, never a percentage."""

    part: Part
    words: str
    done: bool
    problems: tuple[Problem, ...] = ()


def progress_of(
    tool: Tool, answers: Mapping[str, Any], sections: Mapping[str, Any], problems: Iterable[Problem]
) -> list[Progress]:
    """Every part of the screen with its progress, in order."""
    by_part: dict[str, list[Problem]] = {}
    for problem in problems:
        part = part_of_field(tool, problem.field)
        if part is not None:
            by_part.setdefault(part.key, []).append(problem)
    return [_progress(part, answers, sections, by_part, tool) for part in parts_of(tool)]


def _progress(
    part: Part,
    answers: Mapping[str, Any],
    sections: Mapping[str, Any],
    by_part: Mapping[str, list[Problem]],
    tool: Tool,
) -> Progress:
    problems = tuple(by_part.get(part.key, ()))
    words, done = _domain(part, answers, tool) if part.domain else _section(part, sections)
    if problems and words != NOT_STARTED:
        return Progress(part, "Needs attention", False, problems)
    return Progress(part, words, done and not problems, problems)


NOT_STARTED = "Not started"
COMPLETED_WITH = "section.completed_with"


def _domain(part: Part, answers: Mapping[str, Any], tool: Tool) -> tuple[str, bool]:
    assert part.domain is not None  # noqa: S101  the caller asked
    given = read_answers(answers)
    rows = part.domain.shown
    answered = sum(given.get(row.id, NOTHING).answered for row in rows)
    rating = read_rating(answers, part.domain.key)
    written = bool(read_notes(answers, part.domain.key) or rating.impact or rating.likelihood)
    if rating.rating is not None:
        rated = f"Rated {rating.rating.value}"
        if not answered:
            return rated, True
        return f"{rated}, {answered} of {len(rows)} answered", answered == len(rows)
    if not answered:
        return ("Begun" if written else NOT_STARTED), False
    if answered == len(rows) and tool.matrix is None:
        return "All answered", True
    return f"{answered} of {len(rows)} answered", False


def empty_sections(tool: Tool, sections: Mapping[str, Any]) -> tuple[Part, ...]:
    """The sections of the tool in which nobody wrote anything; a screen completes without them.

    Those that hold something required say so by themselves, and whom it was completed with is no
    finding of the screen.
    """
    return tuple(
        part
        for part in parts_of(tool)
        if part.domain is None
        and part.key != COMPLETED_WITH
        and not any(each.required or each.kind == "level" for each in part.fields)
        and not _section(part, sections)[1]
    )


def _section(part: Part, sections: Mapping[str, Any]) -> tuple[str, bool]:
    filled = [each.key for each in part.fields if sections.get(each.key)]
    return ("Filled in", True) if filled else (NOT_STARTED, False)

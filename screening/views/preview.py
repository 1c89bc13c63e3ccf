"""A tool without a screen: what its pages show before anything is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from screening.forms import LONGEST_TEXT, choices_of
from screening.parts import Part, parts_of
from screening.tools.definition import Field, Tool
from screening.views.present import LEVELS, PRESENCES, rows_of, time_choices


@dataclass(frozen=True)
class Question:
    """What a section asks: its answers in words with what explains them, or what is typed."""

    title: str
    optional: bool
    help: str
    answers: tuple[tuple[str, str], ...] = ()
    typed: str = ""


def preview_context(tool: Tool) -> dict[str, Any]:
    """Every page of a screen of this tool, empty."""
    parts = parts_of(tool)
    return {
        "tool": tool,
        "domains": [(part, rows_of(part, tool, {})) for part in parts if part.is_domain],
        "sections": [(part, _questions(part, tool)) for part in parts if not part.is_domain],
        "choices": PRESENCES,
        "levels": LEVELS,
        "times": time_choices(tool),
    }


def _questions(part: Part, tool: Tool) -> list[Question]:
    return [_question(each, tool) for each in part.fields]


def _question(each: Field, tool: Tool) -> Question:
    # What the tool itself asks is not called optional, though a screen completes without it.
    asked = (each.title, not each.required and each.key not in tool.fields, each.help)
    if each.kind == "text":
        return Question(*asked, typed=f"A text of up to {LONGEST_TEXT:,} characters")
    if each.kind == "table":
        columns = ", ".join(column.title for column in each.columns)
        return Question(*asked, typed=f"A table, as many rows as are needed: {columns}")
    means = {str(level.key): level.help for level in tool.levels} if each.kind == "level" else {}
    answers = ((words, means.get(value, "")) for value, words in choices_of(each))
    return Question(*asked, answers=tuple(answers))

"""The words a screen's PDF uses for what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from screening.rules import Presence
from screening.tools.definition import CseLevel, Field, Level, Tool

PRESENCE = {
    Presence.YES: "Yes",
    Presence.POSSIBLE: "Possible",
    Presence.NO: "No",
    Presence.NOT_ANSWERED: "Not answered",
}
OBLIGATION = {"mandatory": "Must be done", "mandatory_to_offer": "Must be offered"}
AGE_BASIS = {
    "date_of_birth": "",
    "approximate": " (date of birth approximate: the youngest it can be)",
    "estimated": " (estimated)",
    "unknown": "",
}


def level_words(level: str | None) -> str:
    """High, Medium or Low."""
    return Level(level).value.capitalize() if level else ""


def cse_level_words(level: str | None, tool: Tool) -> str:
    """The level as the tool calls it; empty for none."""
    if not level:
        return ""
    return next(each.title for each in tool.levels if each.key == CseLevel(level))


def count_words(count: Mapping[str, int]) -> str:
    """ "n (x yes, y possible)", as DEC-03 wants it."""
    yes, possible = count["yes"], count["possible"]
    return f"{yes + possible} ({yes} yes, {possible} possible)"


def age_words(age: Mapping[str, Any]) -> str:
    """The age on the day by which a screen is judged, and what it rests on (DEC-02)."""
    if age["years"] is None:
        return "Not known; treated as 13 or younger"
    return f"{age['years']}{AGE_BASIS[age['basis']]}"


def choice_words(field: Field, value: Any) -> str:
    """The title of a chosen answer, as the tool has it."""
    own = {choice.key: choice.title for choice in field.choices}
    usual = {"yes": "Yes", "no": "No", "increased": "Has increased"}
    usual |= {"decreased": "Has decreased", "static": "Is static"}
    words = own.get(str(value)) or usual.get(str(value)) or str(value or "")
    return words[:1].upper() + words[1:]


def list_words(items: Iterable[str]) -> str:
    """Items as a sentence lists them; semicolons, because an indicator may hold commas."""
    return "; ".join(items)

"""What a correction changed, in words, value by value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from screening.answers import NOTHING, Given, read_answers, read_notes, read_rating
from screening.child_then import facts_to_keep
from screening.documents.words import choice_words
from screening.models import Screen
from screening.parts import Part, parts_of
from screening.rules import Problem
from screening.tools.definition import Field, Tool


@dataclass(frozen=True)
class Changed:
    """One value before and after; empty where there was or is nothing.

    ``typed``: somebody's own words, and not one of the answers that a field offers.
    """

    part: str
    label: str
    before: str
    after: str
    typed: bool = True


def correction_problems(screen: Screen, tool: Tool) -> tuple[Problem, ...]:
    """A correction that changes nothing is none: neither an answer nor whom it is about."""
    if screen.corrects is None:
        return ()
    child = facts_to_keep(screen.child)
    same_child = screen.corrects.child_facts in ({}, child)
    if not same_child or changes_between(screen.corrects, screen, tool):
        return ()
    return (Problem("", NOTHING_CHANGED, ""),)


NOTHING_CHANGED = (
    "Nothing is changed yet: a correction that changes nothing cannot be completed. Change what is "
    "wrong, or set this draft aside"
)

_NAMES = {
    "presence": "answer",
    "level": "amended level",
    "reason": "reason for the level",
    "evidence": "evidence",
    "concern": "professional concern",
    "when": "time frame",
    "note": "note",
}
_CHOSEN = ("choice", "yes_no", "level", "direction")
_TYPED = ("reason", "evidence", "concern", "note")


def changes_between(before: Any, after: Any, tool: Tool) -> list[Changed]:
    """Every value that differs between a screen and its correction, in the tool's order."""
    found: list[Changed] = []
    for part in parts_of(tool):
        found += part_changes(part, before, after)
    return found


def part_changes(part: Part, before: Any, after: Any) -> Iterator[Changed]:
    """Every value of one part that differs between two versions."""
    return _domain(part, before, after) if part.domain else section_changes(part, before, after)


def _domain(part: Part, before: Any, after: Any) -> Iterator[Changed]:
    assert part.domain is not None  # noqa: S101  the caller asked
    was, now = read_answers(before.answers), read_answers(after.answers)
    for row in part.domain.shown:
        one, two = was.get(row.id, NOTHING), now.get(row.id, NOTHING)
        for name, words in _NAMES.items():
            if _value(one, name) != _value(two, name):
                label, typed = f"{row.display_text}: {words}", name in _TYPED
                texts = (_value(one, name), _value(two, name))
                yield Changed(part.title, label, *texts, typed=typed)
    key = part.domain.key
    notes = (read_notes(before.answers, key), read_notes(after.answers, key))
    if notes[0] != notes[1]:
        yield Changed(part.title, "Notes", *notes)
    one_rating, two_rating = read_rating(before.answers, key), read_rating(after.answers, key)
    for name in ("impact", "likelihood", "rating"):
        texts = (_say(getattr(one_rating, name)), _say(getattr(two_rating, name)))
        if texts[0] != texts[1]:
            yield Changed(part.title, name.capitalize(), *texts, typed=False)


def _value(given: Given, name: str) -> str:
    value = str(getattr(given, name))
    return value if name in _TYPED else _say(value)


def section_changes(part: Part, before: Any, after: Any) -> Iterator[Changed]:
    """Every value of a part's own fields that differs between two versions."""
    for field in part.fields:
        one, two = before.sections.get(field.key), after.sections.get(field.key)
        if (one or "") != (two or ""):
            texts = (_answer(field, one), _answer(field, two))
            yield Changed(part.title, field.title, *texts, typed=field.kind not in _CHOSEN)


def _answer(field: Field, value: Any) -> str:
    if field.kind == "text":
        return str(value or "")
    return _say(choice_words(field, value) if field.kind in _CHOSEN else value)


def _say(value: Any) -> str:
    """A stored word, or a table's rows, as a page says it."""
    if isinstance(value, list):
        return "; ".join(" – ".join(cell for cell in row if cell) for row in value)
    words = str(value or "").replace("_", " ")
    return words[:1].upper() + words[1:]

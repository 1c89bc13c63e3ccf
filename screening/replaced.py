"""What one person wrote on a screen and another person's save replaced: kept, and readable. Pure.

Only what somebody else replaced: a person's own typing, saved every few seconds, is not listed.
A text that goes on in the newer one is not replaced.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from screening.changes import Changed, part_changes
from screening.parts import parts_of
from screening.tools.definition import Tool

_NOTHING = ("", "Not answered")


@dataclass(frozen=True)
class Saved:
    """The screen as one save left it; ``part`` is its part's key, or another act."""

    part: str
    by: uuid.UUID | None
    at: dt.datetime
    answers: dict[str, Any]
    sections: dict[str, Any]


@dataclass(frozen=True)
class Replaced:
    """One value: whose it was and since when, who replaced it and when, and what by."""

    part: str
    label: str
    text: str
    by: uuid.UUID | None
    at: dt.datetime
    replaced_by: uuid.UUID | None
    replaced_at: dt.datetime
    now: str


def replaced_in(saves: Iterable[Saved], tool: Tool) -> list[Replaced]:
    """What was replaced, newest first.

    ``saves`` are the state the screen began with and, in order, of each part the last save before
    another person saved it (``screening.queries.saves_before_others``).
    """
    first, *later = saves
    parts = {part.key: part for part in parts_of(tool)}
    stood: dict[str, Saved] = {}
    whose: dict[tuple[str, str], Saved] = {}
    found: list[Replaced] = []
    for save in later:
        part = parts.get(save.part)
        if part is None:
            continue
        for change in part_changes(part, stood.get(part.key, first), save):
            name = (part.key, change.label)
            before = whose.get(name)
            if before and before.by != save.by and _is_lost(change):
                texts = (change.part, change.label, change.before)
                found.append(Replaced(*texts, before.by, before.at, save.by, save.at, change.after))
            whose[name] = save
        stood[part.key] = save
    return found[::-1]


def _is_lost(change: Changed) -> bool:
    goes_on = change.typed and change.before.strip() in change.after
    return change.before not in _NOTHING and not goes_on

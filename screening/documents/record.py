"""Everything a completed screen's PDF is made from, gathered once. Pure: no model, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from screening.answers import Given
from screening.rules import DomainRating
from screening.tools.definition import Tool


@dataclass(frozen=True)
class Signed:
    """The second person's answer to a lowered high level (DEC-04). ``at`` is aware.

    ``post`` is the one by which they answered: a safeguarding lead's, or that of whoever was asked
    in their place.
    """

    by: str
    post: str
    agrees: bool
    reason: str
    at: dt.datetime


@dataclass(frozen=True)
class LevelRecord:
    """What became of the level that the screen chose (DEC-09).

    ``state`` is one of ``stands``, ``waits``, ``approved``, ``refused``, ``taken back`` (by a
    correction); ``by``, ``at`` and ``note`` are the second person's.
    """

    state: str = "stands"
    by: str = ""
    at: dt.datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Unfinished:
    """Of a copy of a draft: as it stood ``at`` a moment, last saved then, begun by whom."""

    at: dt.datetime
    saved_at: dt.datetime
    begun_by: str


@dataclass(frozen=True)
class ScreenRecord:
    """A screen with what the rules said of it: completed, or a copy of one that was not.

    ``assessment`` is ``Assessment.as_json``, made at ``assessed_at``. ``child`` are the label and
    value of each identifying fact. ``names`` resolves the ids of people who amended a level.
    ``correction`` and ``replaced`` say in words what this version corrects, and what has replaced
    it; empty where nothing does. ``unfinished`` is set where nobody had completed it. ``age`` is
    the finding on completion, ``reassessed`` what later changes of the date of birth meant, in
    words.
    """

    tool: Tool
    answers: Mapping[str, Given]
    notes: Mapping[str, str]
    ratings: Mapping[str, DomainRating]
    sections: Mapping[str, Any]
    assessment: Mapping[str, Any]
    assessed_at: dt.datetime
    child: tuple[tuple[str, str], ...]
    agency: str
    completed_by: str = ""
    completed_at: dt.datetime | None = None
    unfinished: Unfinished | None = None
    age: Mapping[str, Any] = field(default_factory=dict)
    reassessed: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    signed: Mapping[str, Signed] = field(default_factory=dict)
    level: LevelRecord = field(default_factory=LevelRecord)
    tool_reason: str = ""
    correction: str = ""
    replaced: str = ""

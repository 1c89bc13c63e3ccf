"""Rooms above that have to know when an assessment is completed, corrected, or its day moved.

They register in their ``AppConfig.ready``; this room knows none of them by name. The clock of the
strategy discussion starts from here, and moves when the day of completion is corrected (DEC-29).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from screening.models import RiskAssessment, StatutoryAssessment


class What(StrEnum):
    """What has happened."""

    COMPLETED = "completed"
    CORRECTED = "corrected"
    """A correction was completed: a new version. The day of the first one stays the trigger."""
    DATE_CORRECTED = "date corrected"
    HARM_ANSWERED = "harm answered"
    """Somebody else answers for a correction that took out what was said of harm."""


@dataclass(frozen=True)
class News:
    """Something that has happened to an assessment.

    ``first`` is the version that was completed first: what runs from an assessment names that one.
    ``on`` is the day of completion that counts now, ``before`` the one that counted until now.
    ``strategy_discussion``: whether a strategy discussion follows.
    """

    what: What
    assessment: RiskAssessment
    first: RiskAssessment
    on: dt.date
    by: Any
    strategy_discussion: bool
    before: dt.date | None = None
    reason: str = ""


Tell = Callable[[News], None]
_told: dict[str, Tell] = {}


def when_assessment_changes(key: str, tell: Tell) -> None:
    """Call ``tell(news)`` inside the act itself: what it raises undoes the act."""
    _told[key] = tell


TakenBack = Callable[[StatutoryAssessment], None]
_taken_back: dict[str, TakenBack] = {}


def when_statutory_taken_back(key: str, tell: TakenBack) -> None:
    """Call ``tell(row)`` inside the act that takes back what was recorded by mistake."""
    _taken_back[key] = tell


def tell_taken_back(row: StatutoryAssessment) -> None:
    """Tell every room that asked."""
    for each in _taken_back.values():
        each(row)


def tell(news: News) -> None:
    """Tell every room that asked."""
    for each in _told.values():
        each(news)

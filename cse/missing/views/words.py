"""What changed in a record, in words: the forms' labels, and values as pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cse.interface.words import datetime_words
from cse.missing.actions.interviews import GATHERED
from cse.missing.actions.recording import RETURN, START
from cse.missing.forms import CorrectBothForm, InterviewForm
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.queries import Changed, changes_of, history_of

_LABELS = {
    "started_at": "Last seen",
    "started_about": "Last seen: the time is not exact",
    "returned_at": "Came back",
    "returned_about": "Came back: the time is not exact",
    "outcome_at": "Held",
}


@dataclass(frozen=True)
class ChangeRow:
    """One change as the page tells it: ``lines`` are a label, and what it was and is."""

    change: Changed
    lines: tuple[tuple[str, str], ...]


def episode_changes(episode: MissingEpisode) -> list[ChangeRow]:
    """How an episode was corrected and graded again; the first recording is none."""
    return _rows(episode, history_of(episode), (*START, *RETURN))


def interview_changes(interview: ReturnInterview, rows: Sequence[Any]) -> list[ChangeRow]:
    """How what was written of an interview was corrected; ``rows`` are its history."""
    return _rows(interview, rows, (*GATHERED, "outcome_at"))


def _rows(
    row: MissingEpisode | ReturnInterview, rows: Sequence[Any], names: tuple[str, ...]
) -> list[ChangeRow]:
    found = []
    for change in changes_of(rows, names):
        lines = tuple(
            (label_of(name), f"{value_of(row, name, now)} (was: {value_of(row, name, was)})")
            for name, was, now in change.fields
        )
        found.append(ChangeRow(change, lines))
    return found


def label_of(name: str) -> str:
    """What a field is called on the pages."""
    for form in (CorrectBothForm, InterviewForm):
        if name in form.base_fields:
            return str(form.base_fields[name].label)
    return _LABELS[name]


def value_of(row: Any, name: str, value: Any) -> str:
    """A value as a page shows it."""
    if isinstance(value, dt.datetime):
        return datetime_words(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if value in (None, ""):
        return "Nothing"
    choices = dict(row._meta.get_field(name).choices or ())
    return str(choices.get(value, value))

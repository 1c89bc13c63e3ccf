"""A completed assessment as its PDF prints it: what was concluded, analysed and contributed.

What the screen found is printed beside each domain by the screen's own code (``paper.areas_of``).
Nothing is added up (DEC-06).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cse.interface.words import date_words, datetime_words
from screening.assessments.queries import HarmTakenOut
from screening.assessments.reading import written
from screening.assessments.rules import StrategyDiscussion
from screening.documents.identity import person_words
from screening.documents.paper import Area, Pairs
from screening.documents.sections import Entry
from screening.models import Contribution, RiskAssessment
from screening.parts import Part
from screening.reading import in_words
from screening.side_by_side import ComparedRow
from screening.standing import ChosenLevel

IN_SHORT = ("harm_happened", "significant_harm")
"""What a reader wants first of the conclusion, beside the level; said in full further on."""


@dataclass(frozen=True)
class Analysed:
    """One part of the form: what was written and, of a domain, what the screen found in it.

    ``changed`` is what changed since the screen of ``before``, in words; empty without one.
    """

    title: str
    source: str
    entries: tuple[Entry, ...]
    found: Area | None = None
    before: str = ""
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contributed:
    """What somebody who was asked has answered, in their own words."""

    who: str
    answer: str
    text: str
    how: str
    asked: str


@dataclass(frozen=True)
class AssessmentDocument:
    """Everything the template of a completed assessment prints."""

    title: str
    label: str
    replaced: str
    child: Pairs
    in_short: Pairs
    made: Pairs
    days: tuple[tuple[str, str, str, str], ...]
    parts: tuple[Analysed, ...]
    has_levels: bool
    contributions: tuple[Contributed, ...]
    not_come: tuple[str, ...]


def analysed(
    part: Part,
    assessment: RiskAssessment,
    *,
    found: Area | None = None,
    before: dt.date | None = None,
    changed: Iterable[ComparedRow] = (),
) -> Analysed:
    """A part as it was written; ``found`` is its domain of the screen, with every row."""
    entries = tuple(
        Entry(field.title, words, long=field.kind == "text")
        for field, words in written(part, assessment)
    )
    return Analysed(
        title=part.title,
        source=part.source,
        entries=entries,
        found=_present(found) if found else None,
        before=date_words(before),
        changed=tuple(_changed(row) for row in changed),
    )


def _present(area: Area) -> Area:
    """A domain of the screen with the rows alone that are present: the rest is counted."""
    rows = tuple(row for row in area.rows if row.is_present)
    return replace(area, title="What the screen found", rows=rows)


def _changed(row: ComparedRow) -> str:
    return f"{row.words}: {row.text} (before: {row.before}; now: {row.after})"


def in_short(
    assessment: RiskAssessment,
    conclusion: Part,
    level: ChosenLevel | None,
    strategy: StrategyDiscussion,
    asked: Iterable[Contribution],
    taken_out: HarmTakenOut | None,
) -> Iterator[tuple[str, str]]:
    """What a reader wants first; ``conclusion`` is that part of the form.

    ``taken_out`` is what corrections took out of what it said of harm.
    """
    state = f" ({level.state})" if level and level.state else ""
    yield "Level chosen", level.words + state if level else "No level was chosen"
    for field in conclusion.fields:
        if field.key in IN_SHORT:
            yield field.title, in_words(field, assessment.sections.get(field.key, ""))
    if taken_out is not None:
        yield "What was said of harm", taken_out.words
    yield "Strategy discussion", ("Follows. " if strategy.follows else "") + strategy.why
    yield "Contributions", _counted(list(asked))


def _counted(asked: list[Contribution]) -> str:
    if not asked:
        return "Nobody was asked"
    came = sum(each.answered_at is not None for each in asked)
    waiting = sum(each.waits for each in asked)
    return f"{came} received" + (f"; {waiting} asked for and not received" if waiting else "")


def made(assessment: RiskAssessment, first_day: str) -> Iterator[tuple[str, str]]:
    """Who made it, when, and on what it rests; ``first_day`` is the day that counts, in words."""
    _, completed_at = assessment.completion
    assert assessment.completed_by is not None  # noqa: S101  complete
    yield "Completed by", person_words(assessment.completed_by)
    yield "Completed on", datetime_words(completed_at)
    yield "Day that deadlines run from", first_day
    yield "Begun by", f"{person_words(assessment.created_by)}; {assessment.agency.name}"
    screen = assessment.screen
    if screen is None or screen.completed_by is None:
        yield "Rests on", f"No screen: {assessment.no_screen_reason}"
    else:
        who = f"{person_words(screen.completed_by)}, {screen.agency.name}"
        yield "Rests on", f"The screen of {date_words(screen.completed_on)}, completed by {who}"
    if assessment.corrects is not None:
        corrected = date_words(assessment.corrects.completed_on)
        what = f"Correction {assessment.correction_number}, of the version completed {corrected}"
        yield "Correction", f"{what}: {assessment.correction_reason}"


def contributed(row: Contribution) -> Contributed:
    """An answer, with whose it is and how it came."""
    assert row.answered_by is not None  # noqa: S101  answered
    by = ", ".join(each for each in (row.answered_by.get_full_name(), row.answered_as) if each)
    at = datetime_words(row.answered_at)
    how = f"Given by {by}, on {at}."
    if not row.has_account:
        how = f"Said on {date_words(row.said_on)}; written down by {by}, on {at}."
    asked = f"Asked by {row.asked_by.get_full_name()} on {date_words(row.asked_at)}:"
    return Contributed(
        who=who(row),
        answer=row.get_answer_display(),
        text=row.text,
        how=how,
        asked=f"{asked} {row.question}",
    )


def not_come(row: Contribution) -> str:
    """A request without an answer: who was asked for what, and how it stands with it."""
    if row.withdrawn_at is not None:
        return f"{who(row)}: no longer asked for. {row.withdrawn_reason}"
    return f"{who(row)}: wanted by {date_words(row.due_on)}, not received. {row.question}"


def who(row: Contribution) -> str:
    """Who was asked: a person, a team, or somebody without an account."""
    if row.asked_user is not None:
        return person_words(row.asked_user)
    if row.asked_team is not None:
        return f"{row.asked_team.name}, {row.asked_team.agency.name}"
    return ", ".join(each for each in (row.asked_name, row.asked_agency_name) if each)

"""A copy of an unfinished screen, gathered for paper; it is printed by the code of every screen."""

from __future__ import annotations

from screening.answers import read_answers, read_notes, read_ratings
from screening.child_then import child_as
from screening.documents.identity import child_rows, person_words
from screening.documents.record import ScreenRecord, Unfinished
from screening.documents.screen import amenders, correction_words
from screening.models import ScreenCopy
from screening.queries import tool_of


def record_of_copy(copy: ScreenCopy) -> ScreenRecord:
    """A copy with everything that is printed of it; two queries, three of a correction."""
    tool, answers, screen = tool_of(copy.tool_version_id), read_answers(copy.answers), copy.screen
    return ScreenRecord(
        tool=tool,
        answers=answers,
        notes={each.key: read_notes(copy.answers, each.key) for each in tool.domains},
        ratings={rating.domain: rating for rating in read_ratings(copy.answers)},
        sections=copy.sections,
        assessment=copy.result,
        assessed_at=copy.at,
        child=child_rows(child_as(copy.child_facts)),
        agency=screen.agency.name,
        unfinished=Unfinished(
            at=copy.at, saved_at=copy.saved_at, begun_by=person_words(screen.created_by)
        ),
        names=amenders(answers.values()),
        tool_reason=screen.tool_reason,
        correction=correction_words(screen),
    )

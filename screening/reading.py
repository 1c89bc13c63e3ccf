"""A screen to read: every part with its answers in words, for checking and for the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from screening.answers import NOTHING, Given, read_answers, read_notes, read_rating
from screening.documents.words import PRESENCE, count_words, level_words
from screening.forms import choices_of
from screening.models import Written
from screening.parts import Part, parts_of
from screening.rules import Presence
from screening.tools.definition import Field, Indicator, Tool


@dataclass(frozen=True)
class ReadRow:
    """One indicator's answer in words. ``level`` is the one that counts now."""

    indicator: str
    label: str
    presence: str
    presence_words: str
    level: str
    amended: str
    texts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ReadPart:
    """One part: ``present`` rows whole, the others counted and folded away."""

    part: Part
    present: tuple[ReadRow, ...] = ()
    absent: tuple[ReadRow, ...] = ()
    unanswered: tuple[ReadRow, ...] = ()
    facts: tuple[tuple[str, Any], ...] = ()
    tables: tuple[tuple[Field, list[list[str]]], ...] = ()

    @property
    def counted(self) -> str:
        """How many rows are present, and how many of them are possible (DEC-03)."""
        found = [row.presence for row in self.present]
        return count_words({each: found.count(each) for each in ("yes", "possible")})


def parts_to_read(screen: Written, tool: Tool) -> list[ReadPart]:
    """Every part of a screen in order; ``tool`` is the version it is pinned to."""
    return [_part(part, screen, tool) for part in parts_of(tool)]


def _part(part: Part, screen: Written, tool: Tool) -> ReadPart:
    if part.domain is not None:
        return read_domain(part, screen, tool)
    tables = tuple(
        (each, screen.sections[each.key])
        for each in part.fields
        if each.kind == "table" and screen.sections.get(each.key)
    )
    facts = tuple(
        (each.title, in_words(each, screen.sections.get(each.key, "")))
        for each in part.fields
        if each.kind != "table" and (screen.sections.get(each.key) or not _companion(each))
    )
    return ReadPart(part, facts=facts, tables=tables)


def _companion(each: Field) -> bool:
    """Fields that only sometimes apply are left out while they are empty."""
    if each.kind == "direction":
        # Asked only beside an earlier level.
        return True
    return each.key == "level_reason" or each.key.endswith("_not_sought") or "overall_" in each.key


def in_words(each: Field, value: Any) -> str:
    """A stored value as the page says it."""
    if each.kind == "text" or not value:
        return str(value)
    return dict(choices_of(each)).get(value, str(value))


def read_domain(part: Part, screen: Written, tool: Tool) -> ReadPart:
    """A domain's answers, its rating and its notes."""
    assert part.domain is not None  # noqa: S101  a domain's part
    given = read_answers(screen.answers)
    rows = [_row(row, given.get(row.id, NOTHING), tool) for row in part.domain.shown]
    by_presence = {
        presence: tuple(row for row in rows if row.presence == presence) for presence in Presence
    }
    facts: list[tuple[str, Any]] = []
    if tool.matrix is not None:
        facts += _rating(screen, part.domain.key, tool)
    facts.append(("Notes", read_notes(screen.answers, part.domain.key)))
    return ReadPart(
        part,
        present=by_presence[Presence.YES] + by_presence[Presence.POSSIBLE],
        absent=by_presence[Presence.NO],
        unanswered=by_presence[Presence.NOT_ANSWERED],
        facts=tuple(facts),
    )


def _rating(screen: Written, domain: str, tool: Tool) -> list[tuple[str, Any]]:
    rating = read_rating(screen.answers, domain)
    assert tool.matrix is not None  # noqa: S101  the caller asked
    titles = {row.key: row.title for row in (*tool.matrix.impacts, *tool.matrix.likelihoods)}
    if rating.impact is None and rating.likelihood is None and rating.rating is None:
        return [("Rating", "Not rated")]
    found = [
        ("Impact", titles.get(str(rating.impact), "")),
        ("Likelihood", titles.get(str(rating.likelihood), "")),
    ]
    if rating.impact and rating.likelihood:
        level = tool.matrix.level(rating.impact, rating.likelihood)
        found.append(("The matrix suggests", level_words(level)))
    found.append(("Rating", level_words(rating.rating) or "Not rated"))
    return found


def _row(row: Indicator, given: Given, tool: Tool) -> ReadRow:
    frames = {each.key: each.title for each in tool.time_frames}
    level = given.level or str(row.suggested_level or "")
    amended = ""
    if given.level:
        amended = f"amended from {level_words(row.suggested_level) or 'no level'}"
    texts = (
        ("Why the level was amended", given.reason),
        ("Evidence", given.evidence),
        ("Professional concern (“gut feeling”)", given.concern),
        ("Time frame", frames.get(given.when, "")),
        ("Note", given.note),
    )
    return ReadRow(
        indicator=row.id,
        label=row.display_text,
        presence=given.presence.value,
        presence_words=PRESENCE[given.presence],
        level=level,
        amended=amended,
        texts=tuple((label, text) for label, text in texts if text),
    )

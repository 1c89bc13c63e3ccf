"""The sections of a screen beside its indicators, as its PDF prints them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from screening.documents.record import ScreenRecord
from screening.documents.words import choice_words, cse_level_words, level_words
from screening.tools.definition import Field, Section

#: Printed elsewhere: the indicators, the counts, who it was completed with.
ELSEWHERE = frozenset({"indicators", "ratings", "notes"})
SECTIONS_ELSEWHERE = frozenset({"totals", "completed_with"})


@dataclass(frozen=True)
class Entry:
    """One question and what was answered. ``long`` texts stand on their own lines."""

    label: str
    text: str
    long: bool = False


@dataclass(frozen=True)
class Table:
    """A table somebody filled in; the first column numbers its rows."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """One section, with the paper's number where it has one."""

    heading: str
    source: str
    entries: tuple[Entry, ...]
    table: Table | None = None


def parts(record: ScreenRecord) -> Iterator[Part]:
    """Every section in the tool's order, whether or not somebody filled it in."""
    for section in record.tool.sections:
        if section.key in SECTIONS_ELSEWHERE or any(
            each.kind in ELSEWHERE for each in section.fields
        ):
            continue
        yield _part(section, record)


def _part(section: Section, record: ScreenRecord) -> Part:
    entries: list[Entry] = []
    table = None
    for field in section.fields:
        if field.kind == "table":
            table = _table(field, record.sections.get(field.key) or [])
        else:
            entries += _entries(field, section, record)
    heading = f"{section.number}. {section.title}" if section.number else section.title
    return Part(heading, section.source, tuple(entries), table)


def _table(field: Field, stored: Any) -> Table:
    columns = ("No.", *(column.title for column in field.columns))
    rows = tuple((str(number), *map(str, cells)) for number, cells in enumerate(stored, start=1))
    return Table(field.title, columns, rows)


def _entries(field: Field, section: Section, record: ScreenRecord) -> Iterator[Entry]:
    """A field's answer, and what our screen asks beside it (``screening.parts``)."""
    label = "" if field.title == section.title else field.title
    if field.kind == "text":
        yield Entry(label, str(record.sections.get(field.key, "")), long=True)
        missing = record.sections.get(f"{field.key}_not_sought")
        if missing:
            yield Entry("Why their views were not sought", str(missing), long=True)
    elif field.key == "level":
        yield from _level(field, record)
    elif field.key in ("previous_level", "changed", "direction"):
        yield Entry(
            level_question(field, correction=bool(record.correction)), _change(field, record)
        )
    else:
        yield Entry(field.title, choice_words(field, record.sections.get(field.key)))


#: What the paper asks about the level before means something else in a correction: the level that
#: stood when it was completed, as a rule that of the version it corrects.
_IN_A_CORRECTION = {
    "previous_level": "Level before this correction",
    "changed": "Has the level changed with this correction?",
}


def level_question(field: Field, *, correction: bool) -> str:
    """The tool's question about the level, as it is meant where the screen is a correction."""
    return _IN_A_CORRECTION.get(field.key, field.title) if correction else field.title


def _level(field: Field, record: ScreenRecord) -> Iterator[Entry]:
    tool, sections = record.tool, record.sections
    chosen = cse_level_words(sections.get("level"), tool)
    yield Entry(field.title, chosen or "No level was chosen")
    change = record.assessment["level_change"] or {}
    if sections.get("level_reason") and change.get("lowering"):
        yield Entry("Why the level is lower than before", str(sections["level_reason"]), long=True)
    if change.get("lowering"):
        yield Entry("Second person (lowering a level needs one)", _second_person(record))
    if tool.matrix is not None and record.assessment["overall_suggested"]:
        impacts = {each.key: each.title for each in tool.matrix.impacts}
        likely = {each.key: each.title for each in tool.matrix.likelihoods}
        suggested = level_words(record.assessment["overall_suggested"]).lower()
        yield Entry(
            "Impact and likelihood for the whole screen",
            f"{impacts[sections['overall_impact']]}; {likely[sections['overall_likelihood']]}. "
            f"Together they suggest {suggested}, which is no level.",
        )


def _second_person(record: ScreenRecord) -> str:
    level = record.level
    if level.state == "approved":
        return f"Approved by {level.by}: {level.note}"
    if level.state == "refused":
        return f"Refused by {level.by}, so the level before it stands: {level.note}"
    if level.state == "taken back":
        return "Not answered: a correction took it back"
    return "Not answered yet: until then the level before it stands"


def _change(field: Field, record: ScreenRecord) -> str:
    """What follows from the two levels (DEC-09)."""
    change = record.assessment["level_change"]
    if not change:
        return "No level was chosen"
    if not change["previous"]:
        return "There was no earlier level"
    if field.key == "previous_level":
        return cse_level_words(change["previous"], record.tool)
    if field.key == "changed":
        return "Yes" if change["changed"] else "No"
    return choice_words(field, record.sections.get("direction"))

"""What must hold inside one tool, beyond the shape of its file. Pure: a tool in, problems out.

Each check yields ``(place, message)``; the place of a row is its id.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from screening.tools.definition import CseLevel, Indicator, Tool

Problem = tuple[str, str]

RULES: Final = ("R4", "R5", "R13")
"""The rules that a screen shows; a tool cannot leave one out."""
TIME_FRAMES: Final = ("current", "last_6_months", "historic", "unknown")
NEEDED_FIELDS: Final = (
    "indicators",
    "domain_notes",
    "professional_judgement",
    "level",
    "harm_happened",
)
"""DEC-23 (notes), DEC-06 (a person chooses, with judgement), O §6.6 (has harm happened?)."""

_KEY = re.compile(r"[a-z][a-z0-9-]*")
_ID = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")


def check_tool(tool: Tool) -> list[Problem]:
    """Everything that is wrong with ``tool``, in the order of its file."""
    checks = (
        _names,
        _parts,
        _matrix,
        _domains,
        given_twice,
        _indicators,
        _repeats,
        _links,
        _fields,
    )
    return [problem for check in checks for problem in check(tool)]


def _names(tool: Tool) -> Iterator[Problem]:
    if not _KEY.fullmatch(tool.key):
        yield "key", "small letters, digits and hyphens"
    if tool.primary_ages and tool.primary_ages[0] > tool.primary_ages[1]:
        yield "primary_ages", "ends before it begins"


def _parts(tool: Tool) -> Iterator[Problem]:
    if tuple(level.key for level in tool.levels) != tuple(CseLevel):
        yield "levels", "exactly vulnerable, at_risk and cse, in this order (W §1.8)"
    if tuple(frame.key for frame in tool.time_frames) != TIME_FRAMES:
        yield "time_frames", f"exactly {', '.join(TIME_FRAMES)}, in this order"
    if sorted(rule.id for rule in tool.rules) != sorted(RULES):
        yield "rules", f"exactly {', '.join(RULES)}, once each"
    if not tool.intro:
        yield "intro", "at least one message"


def _matrix(tool: Tool) -> Iterator[Problem]:
    matrix = tool.matrix
    if matrix is None:
        return
    for name, rows in (("impacts", matrix.impacts), ("likelihoods", matrix.likelihoods)):
        if len({row.key for row in rows}) != 4 or len(rows) != 4:
            yield f"matrix.{name}", "each of the four once"


def _domains(tool: Tool) -> Iterator[Problem]:
    if not tool.domains:
        yield "domains", "at least one domain"
    for name in ("key", "title"):
        for value in _twice(getattr(domain, name) for domain in tool.domains):
            yield f"domains.{name}", f"{value!r} is given twice"
    for domain in tool.domains:
        if not _KEY.fullmatch(domain.key):
            yield f"domains.{domain.key}.key", "small letters, digits and hyphens"
        if not domain.indicators:
            yield f"domains.{domain.key}", "has no indicators"


def given_twice(tool: Tool) -> Iterator[Problem]:
    """Rows that stand twice: to be said even where other rows could not be read."""
    rows = [row for domain in tool.domains for row in domain.indicators]
    for value in _twice(row.id for row in rows if row.id):
        yield value, "is given twice"
    for number in _twice(str(row.source_row) for row in rows if row.source_row):
        yield "source_row", f"{number} is given twice"


def _indicators(tool: Tool) -> Iterator[Problem]:
    rows = [row for domain in tool.domains for row in domain.indicators]
    for row in rows:
        if not _ID.fullmatch(row.id):
            yield row.id, "an id has capital letters, digits and hyphens"
        if row.suggested_level is None and tool.matrix is None:
            yield row.id, "has no suggested_level, and the tool has no matrix"
        if "contested" in row.tags and not row.practice_note:
            yield row.id, "is contested and has no practice_note (DEC-22)"
        if row.retired and not row.retired_reason.strip():
            yield row.id, "is retired without a retired_reason"
        if row.retired_reason and not row.retired:
            yield row.id, "has a retired_reason and is not retired"


def _repeats(tool: Tool) -> Iterator[Problem]:
    for row in tool.indicators.values():
        if not row.same_row_as:
            continue
        other = tool.indicators.get(row.same_row_as)
        if other is None or other.id == row.id:
            yield row.id, "same_row_as names no other indicator of this tool"
        elif other.domain != row.domain or other.same_row_as:
            yield row.id, "same_row_as must name a shown row of its own domain"
        elif other.suggested_level != row.suggested_level:
            yield row.id, "is the same row as one with another suggested_level"
        elif other.retired and not row.retired:
            yield row.id, "is the same row as a retired one: retire both"


def _links(tool: Tool) -> Iterator[Problem]:
    for row in tool.indicators.values():
        if row.linked_to and not _linked_both_ways(tool, row):
            yield row.id, "linked_to must name a shown row that links back"
        for hint in row.also_under:
            if hint not in tool.indicators or hint == row.id:
                yield row.id, f"also_under names no other indicator of this tool: {hint}"


def _linked_both_ways(tool: Tool, row: Indicator) -> bool:
    other = tool.indicators.get(row.linked_to)
    if other is None or other.id == row.id or row.same_row_as or other.same_row_as:
        return False
    return other.linked_to == row.id


def _fields(tool: Tool) -> Iterator[Problem]:
    for value in _twice(section.key for section in tool.sections):
        yield "sections.key", f"{value!r} is given twice"
    fields = [field for section in tool.sections for field in section.fields]
    for value in _twice(field.key for field in fields):
        yield "sections.fields.key", f"{value!r} is given twice"
    for needed in NEEDED_FIELDS:
        if needed not in tool.fields:
            yield "sections", f"has no field {needed}"
    for key in ("professional_judgement", "harm_happened"):
        if key in tool.fields and not tool.fields[key].required:
            yield f"sections.fields.{key}", "cannot be optional"
    for field in fields:
        if field.kind == "choice" and not field.choices:
            yield f"sections.fields.{field.key}", "is a choice without choices"
        if field.kind == "table" and not field.columns:
            yield f"sections.fields.{field.key}", "is a table without columns"


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, times in Counter(values).items() if times > 1]

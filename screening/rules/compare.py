"""Two screens side by side, and one indicator over time (W §12.6). Pure; no level is converted.

Screens may be pinned to different versions of a tool, or to different tools: a row that one of
them does not ask is "not asked", and the two tools' words are never translated (DEC-25).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from screening.rules.counting import row_states
from screening.rules.facts import DomainRating, Facts, Presence
from screening.rules.matrix import suggested_level
from screening.rules.results import RowState
from screening.tools.definition import Indicator, Level, Tool


class Change(StrEnum):
    """How a row, or a domain's rating, differs between two screens."""

    SAME = "same"
    NEW = "new"
    STRONGER = "stronger"
    WEAKER = "weaker"
    GONE = "gone"
    """Present before, answered "no" now."""
    NOT_SEEN_AGAIN = "not_seen_again"
    """Present before, not answered now: that is not "no" (DEC-19)."""
    LEVEL = "level"
    """As present as before, at another level."""
    ANSWERED = "answered"
    """Not present in either, but the answer differs."""
    NOT_ASKED = "not_asked"
    """One of the two screens does not ask it."""


@dataclass(frozen=True)
class RowChange:
    """One indicator in two screens; a side is None where that screen does not ask it."""

    indicator: str
    domain: str
    text: str
    before: RowState | None
    after: RowState | None
    change: Change


@dataclass(frozen=True)
class DomainChange:
    """One domain's rating in two screens."""

    domain: str
    before: Level | None
    after: Level | None

    @property
    def changed(self) -> bool:
        """Whether the rating differs."""
        return self.before is not self.after


@dataclass(frozen=True)
class Comparison:
    """Two screens compared, every row of either in order, and the ratings of domains."""

    same_tool: bool
    same_version: bool
    rows: tuple[RowChange, ...]
    domains: tuple[DomainChange, ...]

    @property
    def changed(self) -> tuple[RowChange, ...]:
        """The rows that differ."""
        return tuple(row for row in self.rows if row.change is not Change.SAME)


@dataclass(frozen=True)
class DatedScreen:
    """A completed screen as the strip needs it."""

    on: dt.date
    facts: Facts
    tool: Tool


@dataclass(frozen=True)
class StripRow:
    """One indicator over time: one cell a screen, None where that screen does not ask it."""

    indicator: str
    domain: str
    text: str
    cells: tuple[RowState | None, ...]


@dataclass(frozen=True)
class RatedCell:
    """How one screen rates a domain, beside what the matrix suggests of its impact and likelihood.

    A rating that differs is the worker's own, and stands (DEC-06).
    """

    given: DomainRating
    suggested: Level | None


@dataclass(frozen=True)
class RatedRow:
    """One domain's rating over time: one cell a screen, None where that screen does not rate it."""

    domain: str
    cells: tuple[RatedCell | None, ...]


def compare(before: DatedScreen, after: DatedScreen) -> Comparison:
    """What changed between two screens, in the order of the later one's tool."""
    one, two = _states(before), _states(after)
    rows = [
        _row_change(row, domain, one.get(row.id), two.get(row.id))
        for row, domain in _rows((after, before))
    ]
    return Comparison(
        same_tool=before.tool.key == after.tool.key,
        same_version=before.tool.name == after.tool.name,
        rows=tuple(rows),
        domains=tuple(_domain_changes(before, after)),
    )


def over_time(screens: Sequence[DatedScreen]) -> tuple[StripRow, ...]:
    """Every indicator that was present in any of ``screens``, one cell a screen, as given."""
    states = [_states(screen) for screen in screens]
    strip = []
    for row, domain in _rows(screens):
        cells = tuple(each.get(row.id) for each in states)
        if any(cell and cell.presence.is_present for cell in cells):
            strip.append(StripRow(row.id, domain, row.display_text, cells))
    return tuple(strip)


def ratings_over_time(screens: Sequence[DatedScreen]) -> tuple[RatedRow, ...]:
    """Every domain that was rated in any of ``screens``, wholly or in part, one cell a screen.

    A domain is its tool's own: ratings of two tools never share a row (DEC-25). Nothing is added
    up, over time or over domains (DEC-06).
    """
    cells = [_rated(screen) for screen in screens]
    titles = {
        (screen.tool.key, domain.key): domain.title
        for screen in screens
        for domain in screen.tool.domains
    }
    rows = (
        RatedRow(title, tuple(each.get(key) for each in cells)) for key, title in titles.items()
    )
    return tuple(row for row in rows if any(cell and _is_rated(cell.given) for cell in row.cells))


def _rated(screen: DatedScreen) -> dict[tuple[str, str], RatedCell]:
    """How each domain is rated, by tool and domain; nothing where the tool rates no domain."""
    tool = screen.tool
    if tool.matrix is None:
        return {}
    given = {rating.domain: rating for rating in screen.facts.domains}
    ratings = (given.get(domain.key, DomainRating(domain.key)) for domain in tool.domains)
    return {
        (tool.key, each.domain): RatedCell(each, suggested_level(each, tool)) for each in ratings
    }


def _is_rated(rating: DomainRating) -> bool:
    return any((rating.impact, rating.likelihood, rating.rating))


def _states(screen: DatedScreen) -> Mapping[str, RowState]:
    return row_states(screen.facts.answers, screen.tool)


def _rows(screens: Sequence[DatedScreen]) -> list[tuple[Indicator, str]]:
    """Every shown row of the screens' tools with its domain's title, each id once."""
    found: dict[str, tuple[Indicator, str]] = {}
    for screen in screens:
        for domain in screen.tool.domains:
            for row in domain.shown:
                found.setdefault(row.id, (row, domain.title))
    return list(found.values())


def _row_change(
    row: Indicator, domain: str, before: RowState | None, after: RowState | None
) -> RowChange:
    return RowChange(row.id, domain, row.display_text, before, after, change_of(before, after))


def change_of(before: RowState | None, after: RowState | None) -> Change:
    """How one row changed."""
    if before is None or after is None:
        return Change.NOT_ASKED
    was, now = before.presence, after.presence
    if was.is_present and now.is_present:
        if was is not now:
            return Change.STRONGER if now.strength > was.strength else Change.WEAKER
        return Change.SAME if before.level is after.level else Change.LEVEL
    if now.is_present:
        return Change.NEW
    if was.is_present:
        return Change.GONE if now is Presence.NO else Change.NOT_SEEN_AGAIN
    return Change.SAME if was is now else Change.ANSWERED


def _domain_changes(before: DatedScreen, after: DatedScreen) -> list[DomainChange]:
    one, two = _ratings(before), _ratings(after)
    titles = dict.fromkeys([*two, *one])
    return [DomainChange(title, one.get(title), two.get(title)) for title in titles]


def _ratings(screen: DatedScreen) -> dict[str, Level | None]:
    given: dict[str, DomainRating] = {rating.domain: rating for rating in screen.facts.domains}
    if screen.tool.matrix is None:
        return {}
    return {
        domain.title: given[domain.key].rating if domain.key in given else None
        for domain in screen.tool.domains
    }

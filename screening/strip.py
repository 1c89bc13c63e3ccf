"""Indicators over time: one column a screen, one row an indicator; a table first, then a picture.

Marks differ in shape, never in colour alone. Positions are whole numbers of a fixed grid, so that
the picture needs no style of its own (the content security policy allows none).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from screening.rules import RatedCell, RowState, StripRow, over_time, ratings_over_time
from screening.side_by_side import PRESENCE_WORDS, Side, rating_words
from screening.tools.definition import Tool

LABEL_WIDTH: Final = 330
"""Units of the picture for the words of a row."""
CELL: Final = 84
ROW: Final = 26
HEAD: Final = 34
MARK: Final = 14
LONGEST_LABEL: Final = 46
"""Characters of a row's words in the picture; the table and the title have them whole."""


@dataclass(frozen=True)
class Cell:
    """One indicator in one screen: ``key`` for the mark, ``words`` for everybody."""

    key: str
    words: str


@dataclass(frozen=True)
class StripLine:
    """One row of the table. ``number`` stands before the words in table and picture."""

    number: int
    text: str
    domain: str
    cells: tuple[Cell, ...]

    @property
    def short(self) -> str:
        """The words as far as the picture has room."""
        if len(self.text) <= LONGEST_LABEL:
            return self.text
        return f"{self.text[: LONGEST_LABEL - 1].rstrip()}…"


@dataclass(frozen=True)
class RatingCell:
    """One domain's rating in one screen, in words; ``chosen`` is what it was made from."""

    words: str
    chosen: str = ""


@dataclass(frozen=True)
class RatingLine:
    """One row of the ratings: a domain, one cell a screen."""

    domain: str
    cells: tuple[RatingCell, ...]


@dataclass(frozen=True)
class Strip:
    """The whole: columns in time, rows grouped by domain."""

    columns: tuple[Side, ...]
    lines: tuple[StripLine, ...]

    @property
    def groups(self) -> list[tuple[str, list[StripLine]]]:
        """The lines by domain, in the tools' order."""
        found = groupby(self.lines, key=lambda line: line.domain)
        return [(domain, list(lines)) for domain, lines in found]

    @property
    def picture(self) -> Picture:
        """Where everything stands in the picture."""
        return Picture(self)


@dataclass(frozen=True)
class Picture:
    """Sizes and places of the picture, in its own units."""

    strip: Strip

    @property
    def width(self) -> int:
        return LABEL_WIDTH + CELL * len(self.strip.columns)

    @property
    def height(self) -> int:
        return HEAD + ROW * len(self.strip.lines) + 6

    def x(self, column: int) -> int:
        """The middle of a column, counted from 0."""
        return LABEL_WIDTH + CELL * column + CELL // 2

    def y(self, row: int) -> int:
        """The middle of a row, counted from 0."""
        return HEAD + ROW * row + ROW // 2


def strip_of(sides: Sequence[Side]) -> Strip:
    """The strip of these completed screens, in the order given (the oldest first)."""
    rows = over_time([side.dated for side in sides])
    rows = tuple(sorted(rows, key=_by_domain(rows)))
    lines = [_line(number, row) for number, row in enumerate(rows, start=1)]
    return Strip(tuple(sides), tuple(lines))


def ratings_of(sides: Sequence[Side]) -> tuple[RatingLine, ...]:
    """How the domains were rated in these screens, in the order given; empty where none was."""
    return tuple(
        RatingLine(
            row.domain,
            tuple(_rating(cell, side.tool) for cell, side in zip(row.cells, sides, strict=True)),
        )
        for row in ratings_over_time([side.dated for side in sides])
    )


def _rating(cell: RatedCell | None, tool: Tool) -> RatingCell:
    if cell is None or tool.matrix is None:
        return RatingCell("Not asked")
    given, words = cell.given, rating_words(cell.given.rating)
    if cell.suggested is not None:
        same = cell.suggested is given.rating
        words += ", as the matrix suggests" if same else f" (the matrix suggests {cell.suggested})"
    impacts = {row.key: row.title for row in tool.matrix.impacts}
    likelihoods = {row.key: row.title for row in tool.matrix.likelihoods}
    if given.impact is None and given.likelihood is None:
        return RatingCell(words)
    impact = impacts[given.impact] if given.impact else "not chosen"
    likelihood = likelihoods[given.likelihood] if given.likelihood else "not chosen"
    return RatingCell(words, f"Impact: {impact}. Likelihood: {likelihood}.")


def _by_domain(rows: Sequence[StripRow]) -> Callable[[StripRow], int]:
    """Rows of one domain beside each other, whatever tool or version they come from."""
    place = {domain: number for number, domain in enumerate(dict.fromkeys(r.domain for r in rows))}
    return lambda row: place[row.domain]


def _line(number: int, row: StripRow) -> StripLine:
    cells = tuple(_cell(state) for state in row.cells)
    return StripLine(number, row.text, row.domain, cells)


def _cell(state: RowState | None) -> Cell:
    if state is None:
        return Cell("not_asked", "Not asked")
    words = PRESENCE_WORDS[state.presence.value]
    if state.presence.is_present and state.level is not None:
        words = f"{words}, {state.level.value}"
    return Cell(state.presence.value, words)

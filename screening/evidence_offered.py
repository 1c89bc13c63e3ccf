"""What the record says of missing episodes, offered to the rows of a screen that ask for it.

A person takes a piece with "Use this"; nothing is taken by itself, and no answer is chosen (W §7,
DEC-06). The words carry where they come from.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from cse.missing.offered import Piece, Topic, pieces_for
from screening.answers import NOTHING, read_answers
from screening.models import Screen
from screening.parts import Part
from screening.tools.definition import Indicator

LONGEST_EVIDENCE: Final = 4_000
"""Characters of what is written for one indicator, as on the page."""
ASKS: Final[Mapping[str, frozenset[Topic]]] = MappingProxyType(
    {
        row: frozenset(topics)
        for row, *topics in (
            ("W-IND-MIS-01", Topic.INTERVIEW, Topic.PLACES),
            ("W-IND-MIS-02", Topic.PATTERN),
            ("W-IND-MIS-03", Topic.LONG),
            ("W-IND-MIS-04", Topic.PLACES),
            ("W-IND-GRO-07", Topic.PATTERN),
            ("W-IND-FAM-05", Topic.PATTERN),
            ("W-IND-LAC-02", Topic.PATTERN),
            ("O-IND-GRO-21", Topic.PATTERN, Topic.LONG, Topic.INTERVIEW),
            ("O-IND-GRO-22", Topic.APPEARANCE),
            ("O-IND-GRO-23", Topic.APPEARANCE),
            ("O-IND-GRO-24", Topic.LONG, Topic.PLACES),
            ("O-IND-LAC-02", Topic.PATTERN),
            ("O-IND-LAC-04", Topic.OTHERS),
        )
    }
)
"""Which rows ask for which kind of piece; a row of a later tool that is not here gets none."""


@dataclass(frozen=True)
class Offered:
    """A piece for one row; ``is_used`` where its words stand in the evidence with their source."""

    piece: Piece
    is_used: bool


@dataclass(frozen=True)
class OfferedRow:
    """A row of the domain with what is offered to it."""

    indicator: Indicator
    evidence: str
    offers: tuple[Offered, ...]


def asking_rows(part: Part) -> list[Indicator]:
    """The rows of a domain that the record of missing episodes may help with."""
    shown: Sequence[Indicator] = part.domain.shown if part.domain is not None else ()
    return [row for row in shown if row.id in ASKS]


def offered_rows(screen: Screen, part: Part, user: Any, now: dt.datetime) -> list[OfferedRow]:
    """Those rows with their pieces, as this person may see them. One query."""
    pieces = pieces_for(user, screen.child_id, now, longest=LONGEST_EVIDENCE)
    given = read_answers(screen.answers)
    found = []
    for row in asking_rows(part):
        evidence = given.get(row.id, NOTHING).evidence
        used = _used_in(evidence, pieces)
        offers = tuple(
            Offered(piece, _lines(piece.words) in used)
            for piece in pieces
            if piece.topic in ASKS[row.id]
        )
        found.append(OfferedRow(row, evidence, offers))
    return found


def _used_in(evidence: str, pieces: Iterable[Piece]) -> set[str]:
    """What of these pieces stands in a text with its source, each as a passage of its own.

    The longest is looked for first, and what was found is looked at no more: a short piece that
    another one ends with is not there.
    """
    left, used = _lines(evidence), set()
    for words in sorted({_lines(each.words) for each in pieces}, key=len, reverse=True):
        left, times = re.subn(rf"^[ \t]*{re.escape(words)}", "", left, flags=re.MULTILINE)
        if times:
            used.add(words)
    return used


def _lines(text: str) -> str:
    """The text with the line ends that the page of a domain saves."""
    return text.replace("\r\n", "\n").replace("\x0b", "\n")

"""A domain rated below what impact and likelihood suggest says why (W §12.9)."""

from __future__ import annotations

from collections.abc import Iterator

from screening.answers import read_notes, read_rating
from screening.models import Screen
from screening.parts import parts_of
from screening.rules import Problem
from screening.rules.matrix import suggested_level
from screening.tools.definition import Tool


def lowered_problems(screen: Screen, tool: Tool) -> Iterator[Problem]:
    """Each domain that is rated lower than suggested, and has no notes that say why."""
    for part in parts_of(tool):
        if part.domain is None:
            continue
        rating = read_rating(screen.answers, part.domain.key)
        suggested = suggested_level(rating, tool)
        if suggested is None or rating.rating is None or rating.rating.rank >= suggested.rank:
            continue
        if not read_notes(screen.answers, part.domain.key).strip():
            yield Problem(
                f"{part.domain.key}.notes",
                f"Say in the notes on {part.title} why you rate it {rating.rating.value}, where "
                f"impact and likelihood suggest {suggested.value}",
                "W §12.9, DEC-05",
            )

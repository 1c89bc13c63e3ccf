"""The table of age differences of an area, and how it came to be (DEC-12)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cse.people.models import Authority
from referrals.models import AgeDifferences
from referrals.models.age_differences import STANDARD
from referrals.routing import AgeGaps

FIELDS = ("at_13", "at_14", "at_15", "pre_tick")


@dataclass(frozen=True)
class Table:
    """The table of one area, and its changes, the newest first (rows of history)."""

    authority: Authority
    gaps: AgeGaps
    changes: tuple[Any, ...]


def gaps_of(area: Authority) -> AgeGaps:
    """The table that the rules read for this area: the standard one until it is changed."""
    row = AgeDifferences.objects.filter(authority=area).first()
    return row.gaps if row else STANDARD


def row_of(area: Authority) -> AgeDifferences:
    """The stored row of an area, or an unsaved one with the standard table."""
    return AgeDifferences.objects.filter(authority=area).first() or AgeDifferences(authority=area)


def tables_of(areas: Iterable[uuid.UUID]) -> list[Table]:
    """The tables of these areas with their changes. Two queries, however many there are."""
    found = Authority.objects.filter(pk__in=areas).select_related("age_differences")
    changes = AgeDifferences.history.filter(authority__in=areas).select_related("history_user")  # type: ignore[attr-defined]
    rows = list(changes.order_by("-history_id"))
    return [
        Table(
            each,
            each.age_differences.gaps if hasattr(each, "age_differences") else STANDARD,
            tuple(row for row in rows if row.authority_id == each.pk),
        )
        for each in found
    ]

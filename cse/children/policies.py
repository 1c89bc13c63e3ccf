"""Who may do what to a child's record, beyond the scope that `cse.access` decides."""

from __future__ import annotations

import datetime as dt

from cse.children.models import LegalStatus, TeamMember

OLDEST = 17
"""Completed years. From 18 on it is adult safeguarding, not this service (DEC-25)."""


class NotPossible(ValueError):  # noqa: N818  (an expected refusal, named for what it is)
    """The act contradicts the record; the words say what to do, ``field`` where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class Stale(Exception):  # noqa: N818
    """Somebody else saved meanwhile; nothing was written. The page shows both texts."""


ADULT = (
    "This person is 18 or over. This service is for children under 18: contact adult"
    " safeguarding at the local authority, and the police on 999 if they are in danger now"
)


def check_can_be_a_child(age: int | None, field: str = "date_of_birth") -> None:
    """Raise ``NotPossible`` with a signpost where somebody is 18 or over today."""
    if age is not None and age > OLDEST:
        raise NotPossible(ADULT, field)


def check_can_begin(
    starts_on: dt.date, ends_on: dt.date | None, current: LegalStatus | None
) -> None:
    """Raise unless a legal status with these days fits beside the current one."""
    if ends_on is not None and ends_on < starts_on:
        raise NotPossible("The end must be on or after the start", "ends_on")
    if current is not None and ends_on is None and starts_on < current.starts_on:
        raise NotPossible(
            f"{current.get_kind_display()} began later: say when this earlier status ended",
            "ends_on",
        )


def check_can_end(row: LegalStatus | TeamMember, ends_on: dt.date) -> None:
    """Raise unless something that lasts can end on that day."""
    if ends_on < row.starts_on:
        raise NotPossible("The end must be on or after the start", "ends_on")

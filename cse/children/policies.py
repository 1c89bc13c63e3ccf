"""Who may do what to a child's record, beyond the scope that `cse.access` decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from cse.children.models import LegalStatus, TeamMember
from cse.children.names import normalise

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


def check_born_before(born_on: dt.date, first_status_on: dt.date | None) -> None:
    """Raise where a child would be born after a legal status of theirs began."""
    if first_status_on is not None and born_on > first_status_on:
        raise NotPossible(
            f"A legal status on record began on {_in_words(first_status_on)}, before that day",
            "date_of_birth",
        )


def check_can_begin(
    starts_on: dt.date,
    ends_on: dt.date | None,
    others: Iterable[LegalStatus],
    born_on: dt.date | None = None,
) -> None:
    """Raise unless a legal status with these days fits between the child's ``others``.

    On one day a child has one status; the day one ends is the day the next may begin. An open
    status may begin inside the one that lasts, which it ends. ``born_on`` where it is exact.
    """
    if ends_on is not None and ends_on < starts_on:
        raise NotPossible("The end must be on or after the start", "ends_on")
    if born_on is not None and starts_on < born_on:
        raise NotPossible(
            f"The child was born on {_in_words(born_on)}: no status begins before that",
            "starts_on",
        )
    for other in others:
        _check_beside(starts_on, ends_on, other)


def check_can_join(
    who: TeamMember, name: str, members: Iterable[TeamMember], born_on: dt.date | None
) -> None:
    """Raise unless somebody (``name``) may join the team of these current ``members``.

    Nobody is in it twice at once, nor from before the birth (``born_on`` where it is exact).
    """
    if born_on is not None and who.starts_on < born_on:
        raise NotPossible(
            f"The child was born on {_in_words(born_on)}: nobody is in the team before that",
            "starts_on",
        )
    there = next((each for each in members if _same_person(each, who)), None)
    if there is not None:
        raise NotPossible(
            f"{name} is in the team already, since {_in_words(there.starts_on)}: {there.part}."
            " If that has changed, say when they left, then add them again",
            "who",
        )


def _same_person(one: TeamMember, other: TeamMember) -> bool:
    """By account; else by name, unless both name an agency and it differs."""
    if one.user_id and other.user_id:
        return one.user_id == other.user_id
    names, agencies = (
        {normalise(words) for words in pair}
        for pair in ((one.person, other.person), (one.agency_name, other.agency_name))
    )
    return len(names) == 1 and (len(agencies) == 1 or "" in agencies)


def _check_beside(starts_on: dt.date, ends_on: dt.date | None, other: LegalStatus) -> None:
    lasts = other.ends_on is None
    if lasts and ends_on is None:
        if starts_on < other.starts_on:
            raise NotPossible(
                f"{other.get_kind_display()} began later: say when this earlier status ended",
                "ends_on",
            )
        return
    begins_inside = lasts or starts_on < (other.ends_on or starts_on)
    reaches_in = ends_on is None or other.starts_on < ends_on
    if begins_inside and reaches_in:
        until = "today" if other.ends_on is None else _in_words(other.ends_on)
        raise NotPossible(
            f"{other.get_kind_display()} is recorded from {_in_words(other.starts_on)} to {until}:"
            " on one day a child has one legal status. Choose other days, or end that one first",
            "starts_on",
        )


def _in_words(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


def check_can_end(row: LegalStatus | TeamMember, ends_on: dt.date) -> None:
    """Raise unless something that lasts can end on that day."""
    if ends_on < row.starts_on:
        raise NotPossible("The end must be on or after the start", "ends_on")

"""What may be done with a return interview, from which state, by whom. Pure: the whole table.

W §7: every child who goes missing has one; the coordinator allocates it and oversees it. DEC-24:
that a child declined, or that it was not offered and why, are outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    TO_ALLOCATE = "to_allocate"
    ALLOCATED = "allocated"
    OFFERED = "offered"
    HELD = "held"
    DECLINED = "declined"
    NOT_OFFERED = "not_offered"


class Act(StrEnum):
    ALLOCATE = "allocate"
    OFFER = "offer"
    HOLD = "hold"
    DECLINE = "decline"
    NOT_OFFER = "not offer"
    CORRECT = "correct"


class Actor(StrEnum):
    COORDINATOR = "coordinator"
    INTERVIEWER = "interviewer"


OPEN: Final = frozenset({State.TO_ALLOCATE, State.ALLOCATED, State.OFFERED})
"""The interview is still owed."""

_BOTH: Final = frozenset(Actor)
_COORDINATOR: Final = frozenset({Actor.COORDINATOR})

#: A child who declined may think again, and one who was not asked may be asked after all.
TRANSITIONS: Final[Mapping[tuple[State, Act], tuple[State, frozenset[Actor]]]] = MappingProxyType(
    {
        (State.TO_ALLOCATE, Act.ALLOCATE): (State.ALLOCATED, _COORDINATOR),
        (State.TO_ALLOCATE, Act.NOT_OFFER): (State.NOT_OFFERED, _COORDINATOR),
        (State.ALLOCATED, Act.ALLOCATE): (State.ALLOCATED, _COORDINATOR),
        (State.ALLOCATED, Act.OFFER): (State.OFFERED, _BOTH),
        (State.ALLOCATED, Act.HOLD): (State.HELD, _BOTH),
        (State.ALLOCATED, Act.DECLINE): (State.DECLINED, _BOTH),
        (State.ALLOCATED, Act.NOT_OFFER): (State.NOT_OFFERED, _COORDINATOR),
        # Offered once more, or the time of the offer was wrong.
        (State.OFFERED, Act.OFFER): (State.OFFERED, _BOTH),
        (State.OFFERED, Act.ALLOCATE): (State.ALLOCATED, _COORDINATOR),
        (State.OFFERED, Act.HOLD): (State.HELD, _BOTH),
        (State.OFFERED, Act.DECLINE): (State.DECLINED, _BOTH),
        (State.DECLINED, Act.ALLOCATE): (State.ALLOCATED, _COORDINATOR),
        (State.DECLINED, Act.OFFER): (State.OFFERED, _BOTH),
        (State.NOT_OFFERED, Act.ALLOCATE): (State.ALLOCATED, _COORDINATOR),
        (State.HELD, Act.CORRECT): (State.HELD, _BOTH),
    }
)


def after(state: State, act: Act, actors: frozenset[Actor]) -> State | None:
    """The state after the act, or None where the table has none for these actors."""
    found = TRANSITIONS.get((state, act))
    return found[0] if found is not None and found[1] & actors else None

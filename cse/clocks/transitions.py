"""The states of a clock and the acts that lead from one to another. Pure.

A target is no gate (DEC-32): what is late can still be done, and is then done late.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """``late`` says that somebody wrote down why; a clock that is overdue without that runs."""

    RUNNING = "running"
    LATE = "late"
    MET = "met"
    CANCELLED = "cancelled"


class Act(StrEnum):
    """What can be done with a clock that was started."""

    MEET = "meet"
    SAY_WHY_LATE = "say why late"
    CANCEL = "cancel"
    MOVE_TRIGGER = "move trigger"
    CORRECT_DONE = "correct when it was done"
    RECOMPUTE = "recompute"


OPEN = frozenset({State.RUNNING, State.LATE})

#: (from, act) to the state after it, for a clock that is (True) or is not (False) past its due
#: moment, or was when it was met. What is not here is refused.
TRANSITIONS: Mapping[tuple[State, Act], Mapping[bool, State]] = MappingProxyType(
    {
        (State.RUNNING, Act.MEET): {False: State.MET, True: State.MET},
        (State.LATE, Act.MEET): {False: State.MET, True: State.MET},
        (State.RUNNING, Act.SAY_WHY_LATE): {True: State.LATE},
        (State.LATE, Act.SAY_WHY_LATE): {True: State.LATE},
        (State.MET, Act.SAY_WHY_LATE): {True: State.MET},
        (State.RUNNING, Act.CANCEL): {False: State.CANCELLED, True: State.CANCELLED},
        (State.LATE, Act.CANCEL): {False: State.CANCELLED, True: State.CANCELLED},
        # A corrected date or calendar may take the lateness away, never add a reason.
        (State.RUNNING, Act.MOVE_TRIGGER): {False: State.RUNNING, True: State.RUNNING},
        (State.LATE, Act.MOVE_TRIGGER): {False: State.RUNNING, True: State.LATE},
        (State.MET, Act.MOVE_TRIGGER): {False: State.MET, True: State.MET},
        (State.MET, Act.CORRECT_DONE): {False: State.MET, True: State.MET},
        (State.RUNNING, Act.RECOMPUTE): {False: State.RUNNING, True: State.RUNNING},
        (State.LATE, Act.RECOMPUTE): {False: State.RUNNING, True: State.LATE},
    }
)


def next_state(state: State, act: Act, *, late: bool) -> State | None:
    """The state after the act; None where it is refused."""
    return TRANSITIONS.get((state, act), {}).get(late)

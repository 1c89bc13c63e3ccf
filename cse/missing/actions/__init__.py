"""What can be done: recording an episode, and the return interview after it."""

from cse.missing.actions.interviews import (
    allocate,
    correct_interview,
    decline,
    do_not_offer,
    hold,
    offer,
)
from cse.missing.actions.recording import (
    came_back_since,
    correct,
    grade_again,
    record,
    record_return,
    set_aside,
)
from cse.missing.actions.waiting import ask_again, ask_others

__all__ = [
    "allocate",
    "ask_again",
    "ask_others",
    "came_back_since",
    "correct",
    "correct_interview",
    "decline",
    "do_not_offer",
    "grade_again",
    "hold",
    "offer",
    "record",
    "record_return",
    "set_aside",
]

"""Every act of the room."""

from cse.clocks.actions.calendar import add_day, remove_day
from cse.clocks.actions.notices import put_away
from cse.clocks.actions.running import (
    ReasonSince,
    cancel_clock,
    correct_done,
    meet_clock,
    move_trigger,
    people_changed,
    say_why_late,
    start_clock,
)
from cse.clocks.actions.sending import Ran, run_due

__all__ = [
    "Ran",
    "ReasonSince",
    "add_day",
    "cancel_clock",
    "correct_done",
    "meet_clock",
    "move_trigger",
    "people_changed",
    "put_away",
    "remove_day",
    "run_due",
    "say_why_late",
    "start_clock",
]

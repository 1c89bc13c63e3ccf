"""The acts of screening: each one function, keyword-only, atomic, with its audit event inside."""

from screening.actions.complete import StaleCheck, Unfinished, complete
from screening.actions.copy import copy_draft
from screening.actions.correct import correct_screen
from screening.actions.countersign import countersign
from screening.actions.duties import answer_changed_duty
from screening.actions.levels import approve_level, refuse_level
from screening.actions.repeat import end_reminders
from screening.actions.save import StaleSave, mark_rest_no, save_section
from screening.actions.start import set_aside, start_screen
from screening.actions.tools import (
    choose_version,
    load_shipped_tools,
    load_tool_version,
    retire_row,
)

__all__ = [
    "StaleCheck",
    "StaleSave",
    "Unfinished",
    "answer_changed_duty",
    "approve_level",
    "choose_version",
    "complete",
    "copy_draft",
    "correct_screen",
    "countersign",
    "end_reminders",
    "load_shipped_tools",
    "load_tool_version",
    "mark_rest_no",
    "refuse_level",
    "retire_row",
    "save_section",
    "set_aside",
    "start_screen",
]

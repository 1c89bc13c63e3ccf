"""The acts of referrals: each one function, keyword-only, atomic, with its audit event inside."""

from referrals.actions.differences import change_age_differences
from referrals.actions.following import (
    answer_disagreement,
    disagree,
    read_outcome,
    tell_contact,
    withdraw,
)
from referrals.actions.overseeing import oversee
from referrals.actions.save import StaleSave, attach_screen, save_part, set_facts
from referrals.actions.send import StaleCheck, Unfinished, send
from referrals.actions.start import set_aside, start_again, start_from_child, start_from_screen
from referrals.actions.triage import acknowledge, agree, claim, decide, refuse, release

__all__ = [
    "StaleCheck",
    "StaleSave",
    "Unfinished",
    "acknowledge",
    "agree",
    "answer_disagreement",
    "attach_screen",
    "change_age_differences",
    "claim",
    "decide",
    "disagree",
    "oversee",
    "read_outcome",
    "refuse",
    "release",
    "save_part",
    "send",
    "set_aside",
    "set_facts",
    "start_again",
    "start_from_child",
    "start_from_screen",
    "tell_contact",
    "withdraw",
]

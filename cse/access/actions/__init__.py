"""Acts on access: granting, ending, excluding, sealing, emergency opening and its review.

Each is atomic, checks who may, writes and records its event; nobody acts on themselves.
"""

from cse.access.actions.abandoned import name_for_seal, tell_of_abandoned_seals
from cse.access.actions.asked import (
    end_asked_access,
    let_contribute,
    let_read_signed,
    let_see_to_answer,
)
from cse.access.actions.attempts import know_of_attempts, tell_of_attempt
from cse.access.actions.exclusions import end_exclusion, exclude
from cse.access.actions.grants import end_access, end_by_rule, give_access, grant_by_rule
from cse.access.actions.openings import (
    MINIMUM_EMERGENCY_REASON,
    break_glass,
    give_back,
    is_a_reason,
    review_break_glass,
)
from cse.access.actions.reminders import remind_reviews
from cse.access.actions.seals import end_seal_name, lift_seal, name_in_seal, review_seal, seal

__all__ = [
    "MINIMUM_EMERGENCY_REASON",
    "break_glass",
    "end_access",
    "end_asked_access",
    "end_by_rule",
    "end_exclusion",
    "end_seal_name",
    "exclude",
    "give_access",
    "give_back",
    "grant_by_rule",
    "is_a_reason",
    "know_of_attempts",
    "let_contribute",
    "let_read_signed",
    "let_see_to_answer",
    "lift_seal",
    "name_for_seal",
    "name_in_seal",
    "remind_reviews",
    "review_break_glass",
    "review_seal",
    "seal",
    "tell_of_abandoned_seals",
    "tell_of_attempt",
]

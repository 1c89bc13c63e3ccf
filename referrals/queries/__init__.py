"""What the pages of the room ask: who sees which referral, a team's board, what is known."""

from referrals.queries.seen import (
    board_of,
    deliveries_to,
    drafts_of,
    is_visible,
    open_elsewhere,
    referrals_of,
    sent_by_agency_of,
    visible_to,
)

__all__ = [
    "board_of",
    "deliveries_to",
    "drafts_of",
    "is_visible",
    "open_elsewhere",
    "referrals_of",
    "sent_by_agency_of",
    "visible_to",
]

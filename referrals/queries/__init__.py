"""What the pages of the room ask: who sees which referral, a team's board, what is known."""

from referrals.queries.answering import (
    disagreements_for,
    waiting_for_nobody,
    who_answers,
)
from referrals.queries.board import Board, BoardRow, Filters, board_of, teams_of
from referrals.queries.decided import decided_lately
from referrals.queries.known import known_about
from referrals.queries.seen import (
    came_back_before,
    decided_before,
    deliveries_to,
    disagreements_on,
    drafts_of,
    followed_by,
    is_visible,
    may_follow,
    others_of,
    own_of,
    referrals_of,
    sent_by_agency_of,
    set_aside_of,
    visible_to,
    with_people,
)

__all__ = [
    "Board",
    "BoardRow",
    "Filters",
    "board_of",
    "came_back_before",
    "decided_before",
    "decided_lately",
    "deliveries_to",
    "disagreements_for",
    "disagreements_on",
    "drafts_of",
    "followed_by",
    "is_visible",
    "known_about",
    "may_follow",
    "others_of",
    "own_of",
    "referrals_of",
    "sent_by_agency_of",
    "set_aside_of",
    "teams_of",
    "visible_to",
    "waiting_for_nobody",
    "who_answers",
    "with_people",
]

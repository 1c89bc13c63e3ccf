"""What waits for a colleague: nobody agrees to their own proposal, or answers for themselves."""

from __future__ import annotations

from cse.worklist import kinds
from cse.worklist.somebody_else import register_somebody_else

PROPOSED: str = """EXISTS (
  SELECT FROM referrals_delivery d WHERE d.id = w.subject_id AND d.claimed_by_id = %(user)s)"""
"""Whoever holds a referral has proposed its outcome (`referrals.policies.actors_of`)."""
DECIDED: str = """EXISTS (
  SELECT FROM referrals_disagreement a JOIN referrals_delivery d ON d.id = a.delivery_id
   WHERE a.id = w.subject_id
     AND %(user)s IN (d.decided_by_id, d.approved_by_id, a.said_by_id))"""
"""As `referrals.policies.check_can_answer`."""


def register() -> None:
    """Tell home and the child's page; once, when the room starts."""
    register_somebody_else(kinds.AGREE_OUTCOME, PROPOSED)
    register_somebody_else(kinds.ANSWER_DISAGREEMENT, DECIDED)

"""Referrals, where each was sent, and what was said against a decision."""

from referrals.models.delivery import Delivery, Disagreement
from referrals.models.referral import Referral

__all__ = ["Delivery", "Disagreement", "Referral"]

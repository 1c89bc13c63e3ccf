"""Referrals, where each was sent, what was said against a decision, and the records beside them."""

from referrals.models.advice import AdviceContact, Consultation, ConsultationUsed
from referrals.models.age_differences import AgeDifferences
from referrals.models.delivery import Delivery, Disagreement
from referrals.models.early_help import (
    STAYS,
    Closing,
    EarlyHelp,
    HelpAction,
    HelpMeeting,
    HelpOutcome,
)
from referrals.models.not_referring import (
    Capacity,
    DecisionNotToRefer,
    Signature,
    Supersession,
    Way,
)
from referrals.models.note import Note, NoteKind
from referrals.models.referral import Referral

__all__ = [
    "STAYS",
    "AdviceContact",
    "AgeDifferences",
    "Capacity",
    "Closing",
    "Consultation",
    "ConsultationUsed",
    "DecisionNotToRefer",
    "Delivery",
    "Disagreement",
    "EarlyHelp",
    "HelpAction",
    "HelpMeeting",
    "HelpOutcome",
    "Note",
    "NoteKind",
    "Referral",
    "Signature",
    "Supersession",
    "Way",
]

"""Notes beside referrals that somebody may see."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.scope import visible
from referrals.models import Delivery, Note, Referral


def notes_of(referral: Referral) -> list[Note]:
    """The notes beside a referral that is visible already, newest first. One query."""
    return list(_whole().filter(referral=referral))


def notes_without_referral(user: Any, child_id: uuid.UUID) -> QuerySet[Note]:
    """Notes of a child that no referral holds, newest first.

    For the agency that wrote them, and for teams that a referral of this child was sent to.
    """
    found = visible(_whole(), user, Capability.SEE_REFERRAL)
    return found.filter(_reaching(user), child_id=child_id, referral__isnull=True)


def notes_to_answer(user: Any, referral: Referral) -> list[Note]:
    """What stands beside a referral that is visible already, or was noted before there was one.

    Newest first; one query.
    """
    beside = Q(referral=referral) | Q(_reaching(user), referral__isnull=True)
    return list(_whole().filter(beside, child_id=referral.child_id))


def _reaching(user: Any) -> Q:
    """The notes of one's own agency, and of children of whom one was sent a referral."""
    principals = principals_of(user)
    sent_to_me = Delivery.objects.filter(
        referral__child_id=OuterRef("child_id"), team__group_id__in=list(principals.groups)
    )
    return Q(agency_id__in=principals.agency_ids) | Q(Exists(sent_to_me))


def _whole() -> QuerySet[Note]:
    return Note.objects.select_related("by", "agency", "screen")

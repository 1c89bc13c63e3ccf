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
    principals = principals_of(user)
    sent_to_me = Delivery.objects.filter(
        referral__child_id=OuterRef("child_id"), team__group_id__in=list(principals.groups)
    )
    found = visible(_whole(), user, Capability.SEE_REFERRAL)
    mine = Q(agency_id__in=principals.agency_ids)
    return found.filter(mine | Q(Exists(sent_to_me)), child_id=child_id, referral__isnull=True)


def _whole() -> QuerySet[Note]:
    return Note.objects.select_related("by", "agency", "screen")

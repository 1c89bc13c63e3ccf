"""Who has claimed a referral that waits for the whole team."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from cse.worklist import kinds
from cse.worklist.held import register_held
from referrals.models import Delivery


def register() -> None:
    """Tell home and the child's page; once, when the room starts."""
    register_held(kinds.DECIDE_REFERRAL, _claimed_by)
    register_held(kinds.ACKNOWLEDGE_REFERRAL, _claimed_by)


def _claimed_by(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Any]:
    found = Delivery.objects.filter(pk__in=ids, claimed_by__isnull=False)
    return {each.pk: each.claimed_by for each in found.select_related("claimed_by")}

"""What a corrected date of birth makes mandatory of a referral that was sent (DEC-02, DEC-13)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from cse.children.told import BIRTH
from cse.strict import Refused
from referrals.facts import route_of
from referrals.models import DecisionNotToRefer, Referral
from referrals.policies import R8, owed_in
from referrals.queries.beside import standing_of
from referrals.transitions import State
from referrals.ways_out import Standing
from screening.child_then import facts_to_keep


def ended_at(referral: Referral) -> dt.datetime:
    """When a draft was sent, or last saved before it was set aside."""
    return referral.sent_at or referral.saved_at


def added_by_birth(referral: Referral) -> list[Mapping[str, Any]]:
    """The rules that ask for a referral by today's date of birth and did not when it was sent.

    Or set aside. On that day: that the child has grown older since adds nothing. One query where
    the date of birth is another one than when it was sent, none otherwise.
    """
    if referral.is_draft or facts_to_keep(referral.child, BIRTH).items() <= (
        referral.child_facts.items()
    ):
        return []
    try:
        found = route_of(referral, timezone.localdate(ended_at(referral))).as_json()
    except Refused:
        return []
    before = owed_in(referral.routing)
    added = owed_in(found) - before
    if before - {R8}:
        # What was mandatory was asked for more strictly already.
        added -= {R8}
    return [rule for rule in found["rules"] if rule["id"] in added]


def is_carried(referral: Referral, added: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a referral that was sent since and stands carries what has come to apply.

    Or a decision of the agency, or an exception, that everybody has signed since. Three queries.
    """
    wanted, since = {rule["id"] for rule in added}, ended_at(referral)
    later = Referral.objects.filter(child=referral.child, status="sent", sent_at__gt=since).exclude(
        deliveries__state=State.WITHDRAWN
    )
    decided = DecisionNotToRefer.objects.filter(
        child=referral.child, agency=referral.agency_id, status="signed", saved_at__gt=since
    )
    standing = (each for each in decided if standing_of(each) is Standing.STANDS)
    routings = [each.routing for each in later] + [each.routing for each in standing]
    return any(wanted <= owed_in(routing) for routing in routings)

"""A referral under way stands against a decision not to refer the same child (DEC-13, DEC-10).

What was said in it holds for the decision too, though it is not said again there.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone

from referrals.actions.common import RESPONSIBLE_DAYS
from referrals.addressees import FRONT_DOOR, SPECIALISTS
from referrals.models import DecisionNotToRefer, Delivery, Referral
from referrals.transitions import WAITS_THERE, State
from referrals.ways_out import closing

DECIDE = frozenset({*FRONT_DOOR, *SPECIALISTS})
"""To whom a referral goes to be decided: that the agency's own leads have it ends nothing."""


def own_against(decision: DecisionNotToRefer) -> Referral | DecisionNotToRefer | None:
    """One of the decision's own agency, in draft or sent, whose rules leave no such way out.

    Or another draft of a decision in which they leave none: what was said there holds here.
    """
    drafts = Referral.objects.filter(
        child=decision.child_id, agency=decision.agency_id, status="draft"
    )
    sent = (each for each in _sent(decision.child_id) if each.agency_id == decision.agency_id)
    asked = DecisionNotToRefer.objects.filter(
        child=decision.child_id, agency=decision.agency_id, status="draft"
    ).exclude(pk=decision.pk)
    every: list[Referral | DecisionNotToRefer] = [*drafts, *sent, *asked]
    return next((each for each in every if closing(each.routing, decision.way)), None)


def others_against(decision: DecisionNotToRefer) -> bool:
    """Whether another agency has sent one whose rules leave no such way out."""
    return any(
        each.agency_id != decision.agency_id and closing(each.routing, decision.way)
        for each in _sent(decision.child_id)
    )


def _sent(child_id: uuid.UUID) -> Iterator[Referral]:
    """What somebody decides, or has become responsible for and has access by; of any agency."""
    since = timezone.now() - dt.timedelta(days=RESPONSIBLE_DAYS)
    waits = Q(state__in=WAITS_THERE - {State.ACCEPTED})
    responsible = Q(state=State.ACCEPTED, decided_at__gte=since) | Q(
        state=State.ACKNOWLEDGED, acknowledged_at__gte=since
    )
    there = Delivery.objects.filter(waits | responsible, referral__child=child_id)
    for delivery in there.select_related("referral").order_by("received_at", "id"):
        if DECIDE & {*delivery.routes}:
            yield delivery.referral

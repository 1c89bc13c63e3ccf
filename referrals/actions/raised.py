"""A date of birth is corrected after a referral went: what the rules ask for then is owed as well.

What was sent stays as it was sent. Who received it reads what has come to apply and ends it by two
where that makes it mandatory; whoever sent it refers again, to everybody whom the rules name now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cse.audit import events
from cse.children.models import Child
from cse.worklist import kinds
from cse.worklist.actions import close_items
from referrals.actions.common import keep, lock_delivery
from referrals.actions.owed import wait_for_both
from referrals.models import Delivery, Referral
from referrals.policies import owed_in
from referrals.raised import added_by_birth
from referrals.routing import Obligation
from referrals.transitions import NEEDS_ACCESS, State


def birth_changed(child: Child, before: Mapping[str, Any], by: Any) -> None:
    """Each referral of the child that a team still has is read again with the new date of birth."""
    sent = Referral.objects.filter(child=child, status="sent", deliveries__state__in=NEEDS_ACCESS)
    for referral in sent.select_related("child", "authority", "placed_in", "placed_by").distinct():
        added = added_by_birth(referral)
        if not added or _carried(referral, added):
            close_items(subject=referral, kind=kinds.REFER_AFTER_BIRTH)
            continue
        for pk in referral.deliveries.filter(state__in=NEEDS_ACCESS).values_list("pk", flat=True):
            _raise(lock_delivery(pk), added)
        wait_for_both(
            kinds.REFER_AFTER_BIRTH, referral, child, referral.sent_by, referral.agency_id
        )
        events.record(
            "rules added to a sent referral",
            by=by,
            child=child,
            obj=referral,
            rule=" ".join(rule["id"] for rule in added),
        )


def _carried(referral: Referral, added: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one that was sent since, and stands, carries what has come to apply."""
    later = Referral.objects.filter(
        child=referral.child, status="sent", sent_at__gt=referral.sent_at
    ).exclude(deliveries__state=State.WITHDRAWN)
    wanted = {rule["id"] for rule in added}
    return any(wanted <= owed_in(each.routing) for each in later)


def referred_again(referral: Referral) -> None:
    """A referral went: what it carries is owed no more by those that went before."""
    carried = owed_in(referral.routing)
    before = Referral.objects.filter(child=referral.child, status="sent").exclude(pk=referral.pk)
    for each in before.select_related("child", "authority", "placed_in", "placed_by"):
        if {rule["id"] for rule in added_by_birth(each)} <= carried:
            close_items(subject=each, kind=kinds.REFER_AFTER_BIRTH)


def _raise(delivery: Delivery, added: Iterable[Mapping[str, Any]]) -> None:
    """What a team has is as strict as the strictest rule that has come to apply."""
    stricter = [delivery.obligation, *(rule["obligation"] for rule in added)]
    delivery.obligation = min(map(Obligation, stricter), key=lambda each: each.rank).value
    delivery.rules = list(dict.fromkeys([*delivery.rules, *(rule["id"] for rule in added)]))
    keep(delivery, "a corrected date of birth added rules")

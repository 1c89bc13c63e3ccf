"""A date of birth is corrected after a referral went: what the rules ask for then is owed as well.

What was sent stays as it was sent. Who received it reads what has come to apply and ends it by two
where that makes it mandatory; whoever sent it refers again, to everybody whom the rules name now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from cse.audit import events
from cse.children.models import Child
from cse.worklist import kinds
from cse.worklist.actions import close_items
from referrals.actions.common import keep, lock_delivery
from referrals.actions.owed import wait_for_both
from referrals.models import DecisionNotToRefer, Delivery, Referral
from referrals.policies import owed_in
from referrals.raised import added_by_birth, is_carried
from referrals.routing import Obligation
from referrals.transitions import NEEDS_ACCESS


def birth_changed(child: Child, before: Mapping[str, Any], by: Any) -> None:
    """Each referral of the child that was sent, or set aside, is read with the new date of birth.

    Also one that has ended: what was said in it is known of the child. A draft beside an exception
    is the exception's own (`overtaken`).
    """
    _read_again(_that_said(child), by)


def withdrawn_beside(referral: Referral, by: Any) -> None:
    """One was withdrawn: what it carried is owed again by those that went before."""
    _read_again(_that_said(referral.child).exclude(pk=referral.pk), by)


def _that_said(child: Child) -> QuerySet[Referral]:
    """Everything that was said of a child in a referral; a draft in hand speaks for itself."""
    exceptions = DecisionNotToRefer.objects.filter(child=child).values("pk")
    rows = _whole(child).exclude(status="draft")
    return rows.exclude(status="set_aside", token__in=exceptions)


def _whole(child: Child) -> QuerySet[Referral]:
    return Referral.objects.filter(child=child).select_related(
        "child", "authority", "placed_in", "placed_by"
    )


def _read_again(rows: QuerySet[Referral], by: Any) -> None:
    waiting: set[str] = set()
    for referral in sorted(rows.distinct(), key=_has_ended):
        added = added_by_birth(referral)
        if not added or is_carried(referral, added):
            close_items(subject=referral, kind=kinds.REFER_AFTER_BIRTH)
            continue
        for pk in referral.deliveries.filter(state__in=NEEDS_ACCESS).values_list("pk", flat=True):
            _raise(lock_delivery(pk), added)
        wanted = {rule["id"] for rule in added}
        if _has_ended(referral) and wanted <= waiting:
            continue
        waiting |= wanted
        wait_for_both(
            kinds.REFER_AFTER_BIRTH,
            referral,
            referral.child,
            referral.sent_by or referral.made_by,
            referral.agency_id,
        )
        events.record(
            "rules added to a sent referral",
            by=by,
            child=referral.child,
            obj=referral,
            rule=" ".join(rule["id"] for rule in added),
        )


def _has_ended(referral: Referral) -> bool:
    """Whether no team has it any more."""
    return not referral.deliveries.filter(state__in=NEEDS_ACCESS).exists()


def decided_since(decision: DecisionNotToRefer) -> None:
    """Everybody has signed a decision: what it takes the place of is owed no more."""
    rows = _whole(decision.child).filter(agency=decision.agency_id).exclude(status="draft")
    for referral in rows:
        added = added_by_birth(referral)
        if added and is_carried(referral, added):
            close_items(subject=referral, kind=kinds.REFER_AFTER_BIRTH)


def referred_again(referral: Referral) -> None:
    """A referral went: what it carries is owed no more by those that went before."""
    carried = owed_in(referral.routing)
    for each in _whole(referral.child).exclude(status="draft").exclude(pk=referral.pk):
        if {rule["id"] for rule in added_by_birth(each)} <= carried:
            close_items(subject=each, kind=kinds.REFER_AFTER_BIRTH)


def _raise(delivery: Delivery, added: Iterable[Mapping[str, Any]]) -> None:
    """What a team has is as strict as the strictest rule that has come to apply."""
    stricter = [delivery.obligation, *(rule["obligation"] for rule in added)]
    delivery.obligation = min(map(Obligation, stricter), key=lambda each: each.rank).value
    delivery.rules = list(dict.fromkeys([*delivery.rules, *(rule["id"] for rule in added)]))
    keep(delivery, "a corrected date of birth added rules")

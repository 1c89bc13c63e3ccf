"""A referral waits in no queue that nobody can read, also where somebody went after sending."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cse.access.models import Exclusion
from cse.audit import events
from cse.people.models import Post
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from cse.worklist.models import WorkItem
from referrals.actions.common import lock_delivery
from referrals.actions.triage import give_back
from referrals.models import Delivery
from referrals.transitions import WAITS_THERE, State
from screening.actions.common import due_in

TELEPHONE_DAYS = 1
"""Working days in which the sender telephones. Ours: a worry does not wait."""
LEFT = "Who had claimed it can no longer open it"


def tell_senders() -> int:
    """Let each referral that nobody of its team can open wait for its sender; how many changed.

    Everybody of the team may have been excluded from the child, or have no post any more, or no
    account. What somebody can open again waits for the sender no more. Harmless when run again.
    """
    told = WorkItem.objects.filter(
        kind=kinds.UNREAD_REFERRAL, closed_at__isnull=True, subject_id=OuterRef("pk")
    )
    either = Delivery.objects.alias(told=Exists(told)).filter(Q(told=True) | Q(pk__in=_unread()))
    return sum(_tell(pk) for pk in either.order_by("pk").values_list("pk", flat=True))


def _unread() -> QuerySet[Delivery]:
    """Deliveries that wait with a team of which nobody may open the child."""
    found = Delivery.objects.filter(state__in=WAITS_THERE, team__isnull=False)
    return found.filter(~Exists(_there()))


def _there() -> QuerySet[Post]:
    """Who of the team of a delivery can open its child: a post today, an open account and no
    conflict.
    """
    excluded = Exclusion.objects.filter(
        child_id=OuterRef(OuterRef("referral__child_id")),
        user_id=OuterRef("user_id"),
        ended_at__isnull=True,
    )
    posts = Post.objects.current(timezone.localdate()).filter(user__is_active=True)
    return posts.filter(~Exists(excluded), team_id=OuterRef("team_id"))


def give_back_left() -> int:
    """Give back to its team each referral whose holder can open it no more; how many.

    Nobody else knows that it waits for somebody who has left, or lost the child. One that is
    proposed waits for the others of the team already. Harmless when run again.
    """
    return sum(_give_back(pk) for pk in _left().order_by("pk").values_list("pk", flat=True))


def _left() -> QuerySet[Delivery]:
    holder = _there().filter(user_id=OuterRef("claimed_by_id"))
    return Delivery.objects.filter(~Exists(holder), state=State.DECIDING)


@transaction.atomic
def _give_back(delivery_id: uuid.UUID) -> int:
    delivery = lock_delivery(delivery_id)
    if not _left().filter(pk=delivery_id).exists():
        return 0
    give_back(delivery, None, LEFT)
    return 1


@transaction.atomic
def _tell(delivery_id: uuid.UUID) -> int:
    delivery = lock_delivery(delivery_id)
    child = delivery.referral.child
    if not _unread().filter(pk=delivery_id).exists():
        return close_items(subject=delivery, kind=kinds.UNREAD_REFERRAL)
    open_before = WorkItem.objects.filter(
        kind=kinds.UNREAD_REFERRAL, subject_id=delivery_id, closed_at__isnull=True
    )
    if open_before.exists():
        return 0
    open_item(
        kind=kinds.UNREAD_REFERRAL,
        owner=delivery.referral.sent_by,
        child=child,
        subject=delivery,
        due_at=due_in(TELEPHONE_DAYS, child),
    )
    events.record("referral waits for nobody", child=child, obj=delivery)
    return 1

"""What the referrer does after sending: tell a contact, read the outcome, withdraw, disagree."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.actions import end_asked_access, let_see_to_answer
from cse.access.policies import NotVisible
from cse.audit import events
from cse.people.models import Post, Team, TeamKind
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from referrals.actions.common import (
    ANSWER_DAYS,
    due_in,
    keep,
    lock_delivery,
    lock_referral,
    take_back_what_is_not_needed,
)
from referrals.clocks import cancel_for, meet_for
from referrals.models import Delivery, Disagreement, Referral
from referrals.policies import (
    Refused,
    check_can_answer,
    check_can_disagree,
    check_can_withdraw,
    check_delivery,
    check_follows,
)
from referrals.transitions import Act

ASKED = "Asked to answer somebody who does not agree with a decision; until the answer"


@transaction.atomic
def tell_contact(
    *, delivery_id: uuid.UUID, by: Any, note: str, at: dt.datetime | None = None
) -> Delivery:
    """Write down that a contact outside the service was told, whom, how and when (DEC-16).

    ``at`` is when they were told, now by default: who told them in time and writes it down late was
    in time. When it was written down is in the history and in the log.
    """
    delivery, now = lock_delivery(delivery_id), timezone.now()
    delivery.state = check_delivery(by, delivery, Act.TELL)
    _need(note, "Say whom you told, and how.")
    at = at or now
    if at > now:
        raise Refused("The time you told them must have passed.")
    if at < minute_sent(delivery):
        raise Refused("They cannot have been told of the referral before it was sent.")
    # A time of day has no seconds, and the referral was sent within its minute.
    at = max(at, delivery.received_at)
    delivery.acknowledged_by, delivery.acknowledged_at = by, at
    delivery.told_note = note
    keep(delivery, "told")
    meet_for(delivery, by, at=at)
    close_items(subject=delivery)
    events.record(
        "contact told",
        by=by,
        child=delivery.referral.child_id,
        obj=delivery,
        reason=note,
        data={"told": at.isoformat()},
    )
    return delivery


def minute_sent(delivery: Delivery) -> dt.datetime:
    """The minute in which a contact's referral was sent: nobody was told of it before."""
    return delivery.received_at.replace(second=0, microsecond=0)


@transaction.atomic
def read_outcome(*, delivery_id: uuid.UUID, by: Any) -> Delivery:
    """Say that one has read what was decided; only then it waits no more."""
    delivery = lock_delivery(delivery_id)
    check_follows(by, delivery.referral)
    if not close_items(subject=delivery, kind=kinds.READ_OUTCOME):
        raise Refused("There is no new outcome to read.")
    events.record("outcome read", by=by, child=delivery.referral.child_id, obj=delivery)
    return delivery


@transaction.atomic
def withdraw(*, referral_id: uuid.UUID, by: Any, reason: str) -> Referral:
    """Take back a referral that nobody has claimed or answered; it is kept, and says why.

    One that a rule makes mandatory is taken back by somebody who may sign for not referring, and
    who did not send it.
    """
    referral = lock_referral(referral_id)
    found = list(Delivery.objects.select_for_update().filter(referral=referral).order_by("id"))
    if not found:
        check_follows(by, referral)
        raise Refused("This has not been sent.")
    deliveries = [lock_delivery(each.pk) for each in found if not each.is_senders_own]
    if not deliveries:
        raise Refused("Nobody but your own team has it: there is nothing to withdraw.")
    for delivery in deliveries:
        delivery.state = check_delivery(by, delivery, Act.WITHDRAW)
    check_can_withdraw(by, referral, deliveries)
    _need(reason, "Say why you withdraw it.")
    for delivery in deliveries:
        delivery.withdrawn_reason = reason
        keep(delivery, "withdrawn")
        cancel_for(delivery, "The referral was withdrawn", by)
        close_items(subject=delivery)
        take_back_what_is_not_needed(delivery, by, "The referral was withdrawn")
    close_items(subject=referral)
    events.record("referral withdrawn", by=by, child=referral.child_id, obj=referral, reason=reason)
    return referral


@transaction.atomic
def disagree(*, delivery_id: uuid.UUID, by: Any, reasons: str) -> Disagreement:
    """Say that one does not agree with a decision; others than who decided have to answer.

    The leads of the team's agency are asked, else the team itself.
    """
    delivery = lock_delivery(delivery_id)
    check_can_disagree(by, delivery)
    _need(reasons, "Say why you do not agree.")
    if delivery.disagreements.filter(answered_at__isnull=True).exists():
        raise Refused("Somebody has said so already; the answer is still to come.")
    row = Disagreement(
        delivery=delivery,
        asked=_who_answers(delivery),
        reasons=reasons,
        said_by=by,
        said_at=timezone.now(),
    )
    keep(row, "said")
    child = delivery.referral.child
    let_see_to_answer(child=child, reason=ASKED, by=by, group=row.asked.group)
    open_item(
        kind=kinds.ANSWER_DISAGREEMENT,
        group=row.asked.group,
        child=child,
        subject=row,
        due_at=due_in(ANSWER_DAYS),
    )
    events.record("disagreed with a decision", by=by, child=child, obj=row, reason=reasons)
    return row


def _who_answers(delivery: Delivery) -> Team:
    """The circle of leads of the agency that decided, where it has somebody; else the team."""
    assert delivery.team is not None  # noqa: S101  the policy asked
    manned = Post.objects.current(timezone.localdate()).values("team_id")
    leads = Team.objects.filter(
        agency_id=delivery.team.agency_id, kind=TeamKind.LEADS, pk__in=manned
    )
    return leads.select_related("group").first() or delivery.team


@transaction.atomic
def answer_disagreement(*, disagreement_id: uuid.UUID, by: Any, answer: str) -> Disagreement:
    """Answer somebody who does not agree; the decision itself is changed by its own acts."""
    found = Disagreement.objects.filter(pk=disagreement_id).values_list("delivery_id", flat=True)
    delivery_id = found.first()
    if delivery_id is None:
        raise NotVisible
    delivery = lock_delivery(delivery_id)
    row = Disagreement.objects.select_related("asked").get(pk=disagreement_id)
    row.delivery = delivery
    check_can_answer(by, row)
    _need(answer, "Say what you answer.")
    row.answer, row.answered_by, row.answered_at = answer, by, timezone.now()
    keep(row, "answered")
    child = delivery.referral.child
    close_items(subject=row)
    open_item(
        kind=kinds.READ_OUTCOME,
        owner=row.said_by,
        child=child,
        subject=delivery,
        due_at=due_in(ANSWER_DAYS),
    )
    end_asked_access(child, by)
    events.record("disagreement answered", by=by, child=child, obj=row, reason=answer)
    return row


def _need(text: str, otherwise: str) -> None:
    if not text.strip():
        raise Refused(otherwise)

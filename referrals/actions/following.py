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
from cse.people.models import TeamKind
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from cse.worklist.models import WorkItem
from referrals.actions.common import (
    ANSWER_DAYS,
    keep,
    lock_delivery,
    lock_referral,
    take_back_what_is_not_needed,
)
from referrals.actions.owed import owed_again
from referrals.actions.raised import withdrawn_beside
from referrals.actions.triage import reopen
from referrals.addressees import manned
from referrals.clocks import cancel_for, meet_for
from referrals.models import Delivery, Disagreement, NoteKind, Referral
from referrals.policies import (
    Refused,
    check_can_answer,
    check_can_disagree,
    check_can_withdraw,
    check_delivery,
    check_follows,
)
from referrals.queries import waiting_for_nobody, who_answers
from referrals.transitions import Act
from screening.actions.common import due_in

ASKED = "Asked to answer somebody who does not agree with a decision; until the answer"
RANG_BEFORE = dt.timedelta(days=7)
"""Whoever telephones first writes the referral within that time; an earlier day is a slip. Ours."""
OUTSIDE = "Asked to take a disagreement further outside the service; until that is written down"


@transaction.atomic
def tell_contact(
    *, delivery_id: uuid.UUID, by: Any, note: str, at: dt.datetime | None = None
) -> Delivery:
    """Write down that a contact outside the service was told, whom, how and when (DEC-16).

    ``at`` is when they were told, now by default: who told them in time and writes it down late was
    in time, and who telephoned before the referral was sent (DEC-16: at once) was at the first
    moment. When it was written down is in the history and in the log.
    """
    delivery, now = lock_delivery(delivery_id), timezone.now()
    delivery.state = check_delivery(by, delivery, Act.TELL)
    _need(note, "Say whom you told, and how.")
    at = at or now
    if at > now:
        raise Refused("The time you told them must have passed.")
    if at < earliest_told(delivery):
        raise Refused("That is long before the referral: check the day.")
    delivery.acknowledged_by, delivery.acknowledged_at = by, at
    delivery.told_note = note
    keep(delivery, "told")
    meet_for(delivery, by, at=max(at, delivery.received_at))
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


def earliest_told(delivery: Delivery) -> dt.datetime:
    """The first moment at which a contact can have been told, by telephone, before the referral."""
    return delivery.referral.made_at - RANG_BEFORE


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
    owed_again(referral)
    withdrawn_beside(referral, by)
    events.record("referral withdrawn", by=by, child=referral.child_id, obj=referral, reason=reason)
    return referral


@transaction.atomic
def disagree(*, delivery_id: uuid.UUID, by: Any, reasons: str) -> Disagreement:
    """Say that one does not agree with a decision; others than who decided have to answer.

    Where nobody is there to, it stays open for whoever comes to the team, and the leads of who
    referred take it further outside the service (`who_answers`, decision 0014).
    """
    delivery = lock_delivery(delivery_id)
    check_can_disagree(by, delivery)
    _need(reasons, "Say why you do not agree.")
    if delivery.disagreements.filter(answered_at__isnull=True).exists():
        raise Refused("Somebody has said so already; the answer is still to come.")
    asked = who_answers(delivery, by.pk)
    row = Disagreement(
        delivery=delivery,
        asked=asked or delivery.team,
        reasons=reasons,
        said_by=by,
        said_at=timezone.now(),
    )
    keep(row, "said")
    child = delivery.referral.child
    _ask(row, by)
    if asked is None:
        _escalate(row, by)
    events.record("disagreed with a decision", by=by, child=child, obj=row, reason=reasons)
    return row


def _ask(row: Disagreement, by: Any) -> None:
    """It waits for everybody who may answer, and they see the child until then."""
    child = row.delivery.referral.child
    for team in row.teams_asked:
        let_see_to_answer(child=child, reason=ASKED, by=by, group=team.group)
        open_item(
            kind=kinds.ANSWER_DISAGREEMENT,
            group=team.group,
            child=child,
            subject=row,
            due_at=due_in(ANSWER_DAYS, child),
            at_once=row.delivery.referral.in_danger,
        )


def _escalate(row: Disagreement, by: Any) -> None:
    """The leads of who referred take it outside the service; without any, whoever disagrees."""
    referral = row.delivery.referral
    leads = manned(referral.child_id).filter(agency_id=referral.agency_id, kind=TeamKind.LEADS)
    team = leads.select_related("group").first()
    whose: dict[str, Any] = {"group": team.group} if team else {"owner": row.said_by}
    if team is not None:
        let_see_to_answer(child=referral.child, reason=OUTSIDE, by=by, group=team.group)
    open_item(
        kind=kinds.ESCALATE_DISAGREEMENT,
        child=referral.child,
        subject=referral,
        due_at=due_in(ANSWER_DAYS, referral.child),
        at_once=referral.in_danger,
        **whose,
    )


def ask_again() -> int:
    """Let each disagreement that nobody asked can answer wait for who can; how many changed.

    Who was asked may have left since, or been excluded from the child; somebody may have come.
    Harmless when run again.
    """
    waiting = Disagreement.objects.filter(answered_at__isnull=True).order_by("pk")
    return sum(_ask_again(pk) for pk in waiting.values_list("pk", flat=True))


@transaction.atomic
def _ask_again(disagreement_id: uuid.UUID) -> int:
    row = _lock(disagreement_id)
    referral = row.delivery.referral
    told = WorkItem.objects.filter(
        kind=kinds.ESCALATE_DISAGREEMENT, subject_id=referral.pk, closed_at__isnull=True
    )
    if row.answered_at is not None or not waiting_for_nobody([row]):
        return 0
    asked = who_answers(row.delivery, row.said_by_id)
    if asked is None:
        noted = referral.notes.filter(kind=NoteKind.ESCALATED, at__gte=row.said_at)
        if told.exists() or noted.exists():
            return 0
        _escalate(row, None)
        events.record("disagreement waits for nobody", child=referral.child, obj=row)
        return 1
    close_items(subject=row)
    row.asked = asked
    keep(row, "asked of another team")
    _ask(row, None)
    events.record("disagreement asked of another team", child=referral.child, obj=row)
    return 1


def _lock(disagreement_id: uuid.UUID) -> Disagreement:
    """The disagreement with its delivery, locked. Raises `NotVisible` for an unknown id."""
    found = Disagreement.objects.filter(pk=disagreement_id).values_list("delivery_id", flat=True)
    delivery_id = found.first()
    if delivery_id is None:
        raise NotVisible
    delivery = lock_delivery(delivery_id)
    row = Disagreement.objects.select_related("asked__group", "said_by").get(pk=disagreement_id)
    row.delivery = delivery
    return row


@transaction.atomic
def answer_disagreement(
    *, disagreement_id: uuid.UUID, by: Any, answer: str, upheld: bool = False
) -> Disagreement:
    """Answer somebody who does not agree. ``upheld``: the decision falls, and is taken anew."""
    row = _lock(disagreement_id)
    delivery, child = row.delivery, row.delivery.referral.child
    check_can_answer(by, row)
    _need(answer, "Say what you answer.")
    row.answer, row.answered_by, row.answered_at = answer, by, timezone.now()
    row.upheld = upheld
    keep(row, "upheld" if upheld else "answered")
    close_items(subject=row)
    close_items(subject=delivery.referral, kind=kinds.ESCALATE_DISAGREEMENT)
    # Who saw the child only to answer sees it no more; the team, if it decides anew, by that.
    end_asked_access(child, by)
    if upheld:
        reopen(delivery, by)
    open_item(
        kind=kinds.READ_OUTCOME,
        owner=row.said_by,
        child=child,
        subject=delivery,
        due_at=due_in(ANSWER_DAYS, child),
    )
    events.record(
        "disagreement answered",
        by=by,
        child=child,
        obj=row,
        reason=answer,
        data={"upheld": upheld},
    )
    return row


def _need(text: str, otherwise: str) -> None:
    if not text.strip():
        raise Refused(otherwise)

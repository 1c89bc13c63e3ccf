"""What a team does with a referral it was sent: claim, decide, pass on, acknowledge.

The delivery is locked for each act, so that of two people who claim it one wins and the other is
told who has it.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.audit import events
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from cse.worklist.somebody_else import left_to_nobody
from referrals.actions.common import (
    ANSWER_DAYS,
    DECISION_DAYS,
    REOPENED,
    keep,
    let_team_see,
    lock_delivery,
    take_back_what_is_not_needed,
)
from referrals.actions.looked_after import owe_single_assessment
from referrals.actions.send import open_received
from referrals.addressees import rules_of, specialists_of
from referrals.clocks import meet_for, owner_changed_for
from referrals.models import Delivery
from referrals.policies import Refused, asked_of, check_delivery, check_was_read
from referrals.routing import Obligation, Route
from referrals.signing import post_in
from referrals.transitions import Act, Actor, State, after_delivery, second_person_needed
from screening.actions.common import due_in
from screening.never_give_up import says_only_not_engaging

ENDINGS = (Act.OTHER_OUTCOME, Act.SEND_BACK)
NOT_ENGAGING = (
    "That a child or family does not take up help is never by itself a reason to end a referral. "
    "Say, in a sentence of its own, what else you looked at in the risk to the child."
)
"""The foreword and O §16.5: never give up on a child (DEC-44)."""
DECISIONS = (Act.ACCEPT, Act.PASS_ON, *ENDINGS)


@transaction.atomic
def claim(*, delivery_id: uuid.UUID, by: Any) -> Delivery:
    """Take a received referral, to decide it. Raises ``TakenByAnother`` with who has it."""
    delivery = lock_delivery(delivery_id)
    delivery.state = check_delivery(by, delivery, Act.CLAIM)
    delivery.claimed_by, delivery.claimed_at = by, timezone.now()
    keep(delivery, "claimed")
    owner_changed_for(delivery, by)
    _record("referral claimed", delivery, by)
    _taken_over(delivery, by)
    return delivery


@transaction.atomic
def release(*, delivery_id: uuid.UUID, by: Any, reason: str) -> Delivery:
    """Give a claimed referral back to the team's queue, one's own or that of somebody away.

    What was proposed falls, and is kept in the history: whoever claims it decides anew.
    """
    delivery = lock_delivery(delivery_id)
    check_delivery(by, delivery, Act.RELEASE)
    _need(reason)
    give_back(delivery, by, reason)
    return delivery


def give_back(delivery: Delivery, by: Any, reason: str) -> None:
    """Inside an act: it is the team's to claim again."""
    delivery.state = State.RECEIVED
    held_by = delivery.claimed_by_id
    delivery.claimed_by, delivery.claimed_at = None, None
    _undecided(delivery)
    keep(delivery, "released")
    owner_changed_for(delivery, by)
    # It may have become one person's work, or a second person's: now it is the team's again.
    _no_longer_waits(delivery)
    open_received(delivery, owner=by)
    _record("referral released", delivery, by, reason=reason, data={"held_by": str(held_by)})


def _no_longer_waits(delivery: Delivery) -> None:
    """The team's work is done; what its referrer has not read yet still waits for them."""
    close_items(subject=delivery, but=kinds.READ_OUTCOME)


def _undecided(delivery: Delivery) -> None:
    delivery.decision = delivery.reasons = delivery.decided_as = ""
    delivery.decided_by = delivery.decided_at = None


@transaction.atomic
def decide(*, delivery_id: uuid.UUID, by: Any, decision: Act, reasons: str) -> Delivery:
    """Decide a claimed referral, saying why; who decides is recorded (W §4.8).

    Where a rule made it mandatory, or whoever decides had decided what was not upheld, another
    outcome or sending it back is a proposal until somebody else of the team agrees (`agree`).
    Accepting takes responsibility and access with it. Not taking up help is no reason by itself to
    end it.
    """
    decision = Act(decision)
    if decision not in DECISIONS:
        raise Refused("Choose one of the decisions.")
    delivery = lock_delivery(delivery_id)
    proposed = second_person_needed(delivery.obligation, decision) or (
        decision in ENDINGS and _fell(delivery, by)
    )
    delivery.state = check_delivery(by, delivery, Act.PROPOSE if proposed else decision)
    _need(reasons)
    if decision in ENDINGS and says_only_not_engaging(reasons):
        raise Refused(NOT_ENGAGING)
    delivery.decision, delivery.reasons = decision.value, reasons
    delivery.decided_by, delivery.decided_at = by, timezone.now()
    delivery.decided_as = _post(delivery, by)
    keep(delivery, "proposed" if proposed else "decided")
    _record("outcome proposed" if proposed else "referral decided", delivery, by, reason=reasons)
    _no_longer_waits(delivery)
    if proposed:
        _ask_second_person(delivery)
    else:
        _carry_out(delivery, by)
    return delivery


def _fell(delivery: Delivery, by: Any) -> bool:
    """Whether a decision of this person on it was not upheld: they end it by no one word again."""
    if delivery.reopened_at is None:
        return False
    before = delivery.history.filter(decided_by=by, history_date__lt=delivery.reopened_at)
    return bool(before.exists())


@transaction.atomic
def agree(*, delivery_id: uuid.UUID, by: Any, note: str, about: str = "") -> Delivery:
    """Agree, as another person, to a proposed outcome of a mandatory referral.

    ``about``: what was asked on the page that was read (`asked_of`); anything else is refused.
    """
    delivery = lock_delivery(delivery_id)
    back = delivery.decision == Act.SEND_BACK
    delivery.state = check_delivery(by, delivery, Act.AGREE_BACK if back else Act.AGREE_OTHER)
    check_was_read(about, asked_of(delivery))
    _need(note)
    delivery.approved_by, delivery.approved_at = by, timezone.now()
    delivery.approval_note, delivery.approved_as = note, _post(delivery, by)
    keep(delivery, "agreed to")
    _record("outcome agreed to", delivery, by, reason=note)
    _no_longer_waits(delivery)
    _carry_out(delivery, by)
    return delivery


@transaction.atomic
def refuse(*, delivery_id: uuid.UUID, by: Any, note: str, about: str = "") -> Delivery:
    """Do not agree to a proposed outcome: its holder decides again. What was proposed is kept."""
    delivery = lock_delivery(delivery_id)
    delivery.state = check_delivery(by, delivery, Act.DISAGREE)
    check_was_read(about, asked_of(delivery))
    _need(note)
    _undecided(delivery)
    keep(delivery, "not agreed to")
    _record("outcome not agreed to", delivery, by, reason=note)
    _no_longer_waits(delivery)
    open_item(
        kind=kinds.DECIDE_REFERRAL,
        owner=delivery.claimed_by,
        child=delivery.referral.child,
        subject=delivery,
        due_at=due_in(DECISION_DAYS, delivery.referral.child),
        at_once=delivery.referral.in_danger,
    )
    return delivery


@transaction.atomic
def acknowledge(*, delivery_id: uuid.UUID, by: Any) -> Delivery:
    """Say for one's team that it has the referral and acts on it (O-REF-10)."""
    delivery = lock_delivery(delivery_id)
    delivery.state = check_delivery(by, delivery, Act.ACKNOWLEDGE)
    _acknowledged(delivery, by)
    meet_for(delivery, by)
    let_team_see(delivery, by, responsible=True)
    owe_single_assessment(delivery)
    _record("referral acknowledged", delivery, by)
    _taken_over(delivery, by)
    return delivery


def _acknowledged(delivery: Delivery, by: Any) -> None:
    delivery.acknowledged_by, delivery.acknowledged_at = by, timezone.now()
    keep(delivery, "acknowledged")
    _no_longer_waits(delivery)


def reopen(delivery: Delivery, by: Any) -> None:
    """Inside an answer that upholds a disagreement: its team has it again, and decides anew.

    The clock runs from now; what was decided, and by whom, is kept in the history (decision 0014).
    """
    after = after_delivery(delivery.stands_at, Act.UPHOLD, frozenset({Actor.ANSWERER}))
    if after is None:
        raise Refused("There is no decision any more: it is being decided already.")
    delivery.state = after
    delivery.claimed_by, delivery.claimed_at = None, None
    delivery.acknowledged_by, delivery.acknowledged_at = None, None
    delivery.approved_by, delivery.approved_at = None, None
    delivery.approved_as = delivery.approval_note = ""
    _undecided(delivery)
    delivery.reopened_at = timezone.now()
    keep(delivery, "opened again")
    _no_longer_waits(delivery)
    let_team_see(delivery, by, reason=REOPENED)
    open_received(delivery, owner=by)
    _record("referral opened again", delivery, by)


def _ask_second_person(delivery: Delivery) -> None:
    """Let it wait for the team; where nobody else of it may agree, for who proposed it too.

    It takes two, and would wait on nobody's home: whoever proposed it can take it back.
    """
    assert delivery.team is not None  # noqa: S101  a contact decides nothing here
    child = delivery.referral.child
    work: dict[str, Any] = {
        "kind": kinds.AGREE_OUTCOME,
        "child": child,
        "subject": delivery,
        "due_at": due_in(ANSWER_DAYS, child),
        "at_once": delivery.referral.in_danger,
    }
    item = open_item(group=delivery.team.group, **work)
    if left_to_nobody([item]):
        open_item(owner=delivery.claimed_by, **work)


def _carry_out(delivery: Delivery, by: Any) -> None:
    """What follows from a decision: responsibility, access, and that the referrer reads it."""
    meet_for(delivery, by, inform=(delivery.referral.sent_by,))
    if delivery.decision == Act.ACCEPT:
        let_team_see(delivery, by, responsible=True)
        owe_single_assessment(delivery)
    elif delivery.decision == Act.PASS_ON:
        _pass_on(delivery, by)
    else:
        take_back_what_is_not_needed(delivery, by, "The referral was decided")
    open_item(
        kind=kinds.READ_OUTCOME,
        owner=delivery.referral.sent_by,
        child=delivery.referral.child,
        subject=delivery,
        due_at=due_in(DECISION_DAYS, delivery.referral.child),
        # Nobody of the front door has it any more.
        at_once=delivery.referral.in_danger and delivery.decision in ENDINGS,
    )


def _pass_on(delivery: Delivery, by: Any) -> None:
    """The specialist team of the same area receives it; the front door holds it until then."""
    team = specialists_of(delivery.authority, delivery.referral.child_id)
    if team is None:
        raise Refused(
            "No specialist team can receive it here yet. Accept the referral, or telephone."
        )
    there = Delivery.objects.filter(referral=delivery.referral, team=team).first()
    if there is not None:
        _joined(delivery, there, by)
        return
    wiltshire = delivery.authority.key == "wiltshire"
    name = Route.CSE_TEAM if wiltshire else Route.KINGFISHER
    routing = delivery.referral.routing
    own = routing["obligations"].get(name.value, delivery.obligation)
    there = Delivery(
        referral=delivery.referral,
        authority=delivery.authority,
        team=team,
        routes=[name.value],
        rules=list(rules_of(routing, name)) or delivery.rules,
        # Passing on lessens no duty: what was mandatory at the front door still ends by two people.
        obligation=min(Obligation(own), Obligation(delivery.obligation), key=_rank).value,
        received_at=timezone.now(),
        passed_by=delivery,
    )
    keep(there, "passed on")
    let_team_see(there, by)
    open_received(there, owner=by)
    _record("referral passed on", there, by)


def _rank(obligation: Obligation) -> int:
    return obligation.rank


def _joined(delivery: Delivery, there: Delivery, by: Any) -> None:
    """The specialist team has the referral from the referrer already: this one joins it."""
    if there.passed_by_id is None:
        there.passed_by = delivery
        keep(there, "passed on as well")
    if there.stands_at is not State.RECEIVED:
        _taken_over(there, there.acknowledged_by or there.claimed_by)


def _taken_over(there: Delivery, by: Any) -> None:
    """The specialist team answers: the front door is no longer responsible, nor sees the child."""
    if there.passed_by_id is None:
        return
    before = lock_delivery(there.passed_by_id)
    if before.stands_at is not State.SENT_ON:
        return
    before.state = State.PASSED
    _acknowledged(before, by)
    _record("responsibility passed", before, by)
    take_back_what_is_not_needed(before, by, "The specialist team has taken responsibility")
    # What the referrer has not read yet still waits for them.
    open_item(
        kind=kinds.READ_OUTCOME,
        owner=before.referral.sent_by,
        child=before.referral.child,
        subject=before,
        due_at=due_in(DECISION_DAYS, before.referral.child),
    )


def _post(delivery: Delivery, by: Any) -> str:
    assert delivery.team is not None  # noqa: S101  a contact decides nothing here
    return post_in(delivery.team, by)


def _need(reason: str) -> None:
    if not reason.strip():
        raise Refused("Say why.")


def _record(act: str, delivery: Delivery, by: Any, **more: Any) -> None:
    events.record(
        act,
        by=by,
        child=delivery.referral.child_id,
        obj=delivery,
        rule=" ".join(delivery.rules),
        changed=["state"],
        **more,
    )

"""Sending a referral: the rules are asked once more, and every team they name receives it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.policies import sees_on
from cse.access.principals import principals_of
from cse.audit import events
from cse.children.models import Child
from cse.interface.words import datetime_words
from cse.strict import Refused as FactsRefused
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from referrals.actions.common import (
    KEPT,
    SCREEN_DAYS,
    keep,
    let_team_see,
    lock_delivery,
    lock_referral,
    take_back_what_is_not_needed,
)
from referrals.actions.looked_after import owe_single_assessment
from referrals.actions.overseeing import ask_overseer, settle_overseer
from referrals.actions.overtaken import referral_sent
from referrals.actions.owed import no_longer_owed
from referrals.actions.raised import referred_again
from referrals.addressees import FRONT_DOOR, Addressee, receivers_of
from referrals.clocks import cancel_for, start_for
from referrals.facts import facts_of_screen
from referrals.models import Delivery, Referral
from referrals.on_record import ask_rules, trouble_of
from referrals.parts import Missing, missing
from referrals.policies import Refused, check_is_child, check_referral
from referrals.targets import KEY, held_by
from referrals.transitions import CAME_BACK, Act, State
from screening.actions import copy_draft
from screening.actions.common import due_in
from screening.child_then import facts_to_keep

GOES_ON = "It was added to, and goes on in the referral of {}"
NOBODY = (
    "No team of the area can receive this yet. Telephone the front door, and ask your "
    "administrator to add it."
)


class Unfinished(Exception):  # noqa: N818  (nothing went wrong: something is missing)
    """It cannot be sent yet; ``missing`` names everything that has to be added."""

    def __init__(self, wanted: tuple[Missing, ...]) -> None:
        self.missing = wanted
        super().__init__(f"{len(wanted)} things are missing")


class StaleCheck(Exception):  # noqa: N818
    """Somebody saved after the referral was read: read it again before sending."""


@transaction.atomic
def send(*, referral_id: uuid.UUID, by: Any, version: int) -> Referral:
    """Send a draft: freeze it with its routes, and deliver it to everybody the rules name.

    ``version`` is the referral's own at the time it was read. Raises `StaleCheck` if it was saved
    since, `Unfinished` while something is missing, `NoDraft` for a second click, and
    `cse.strict.Refused` where facts contradict each other by now (never in danger, R1). Each team
    may see the child from now on, for a reason and a time; nothing about the child leaves the
    service.
    """
    referral = lock_referral(referral_id)
    after = check_referral(by, referral, Act.SEND)
    check_is_child(referral.child, timezone.localdate())
    if referral.version != version:
        raise StaleCheck
    # The screen, the record or the age may have changed since the draft was saved.
    referral.screen_facts = facts_of_screen(referral.screen)
    today = timezone.localdate()
    ask_rules(referral, today)
    if not referral.in_danger and (trouble := trouble_of(referral, today)):
        # Nothing gates R1: whoever receives it reads both days.
        raise FactsRefused(trouble)
    rules = frozenset(rule["id"] for rule in referral.routing["rules"])
    screened = bool(referral.screen and referral.screen.is_complete)
    wanted = tuple(
        missing(referral.sections, rules, has_screen=screened, agency=referral.agency.type)
    )
    if wanted:
        raise Unfinished(wanted)
    receivers = receivers_of(referral)
    if not receivers:
        raise Refused(NOBODY)
    settle_overseer(referral, by)
    _freeze(referral, after.value, by)
    for receiver in receivers:
        _deliver(referral, receiver, by)
    _goes_on_here(referral, receivers, by)
    _owe_screen(referral, receivers, by)
    ask_overseer(referral, by)
    referral_sent(referral, by)
    no_longer_owed(referral)
    referred_again(referral)
    events.record(
        "referral sent",
        by=by,
        child=referral.child_id,
        obj=referral,
        rule=" ".join(sorted(rules)),
        data={"teams": [str(each.team.pk) for each in receivers if each.team]},
    )
    return referral


def _freeze(referral: Referral, status: str, by: Any) -> None:
    now = timezone.now()
    referral.status, referral.sent_by, referral.sent_at = status, by, now
    referral.child_facts = facts_to_keep(referral.child, KEPT)
    if referral.screen is not None:
        # Whoever reads the referral later reads what stood there now, not what the draft became.
        referral.screen_copy = copy_draft(screen_id=referral.screen.pk, by=by)
    _keep_targets(referral)
    referral.version += 1
    referral.saved_at = now
    keep(referral, "sent")
    close_items(subject=referral)


def _keep_targets(referral: Referral) -> None:
    """By when the meetings are to be held, counted from today once and for all (DEC-59)."""
    today = timezone.localdate(referral.sent_at)
    referral.routing[KEY] = held_by(referral.routing, referral.authority, today)
    if referral.other_area is not None and referral.placed_routing:
        there = held_by(referral.placed_routing, referral.other_area, today)
        referral.placed_routing[KEY] = there


def _goes_on_here(referral: Referral, receivers: Sequence[Addressee], by: Any) -> None:
    """What this adds to is not asked of anybody twice: where nobody has it yet, this has it now.

    Its referrer has read what came back, having added to it.
    """
    if referral.follows is None:
        return
    reached = {(each.team, each.contact, each.authority) for each in receivers}
    for pk in referral.follows.deliveries.order_by("pk").values_list("pk", flat=True):
        before = lock_delivery(pk)
        if before.stands_at in CAME_BACK:
            close_items(subject=before, kind=kinds.READ_OUTCOME)
        whose = (before.team, before.contact, before.authority)
        if before.stands_at is State.RECEIVED and whose in reached:
            before.state = State.WITHDRAWN.value
            before.withdrawn_reason = GOES_ON.format(datetime_words(referral.sent_at))
            keep(before, "goes on in another")
            cancel_for(before, before.withdrawn_reason, by)
            close_items(subject=before)
            take_back_what_is_not_needed(before, by, before.withdrawn_reason)


def _deliver(referral: Referral, receiver: Addressee, by: Any) -> Delivery:
    delivery = Delivery(
        referral=referral,
        authority=receiver.authority,
        team=receiver.team,
        contact=receiver.contact,
        routes=[each.value for each in receiver.routes],
        rules=list(receiver.rules),
        obligation=receiver.obligation.value,
        received_at=timezone.now(),
    )
    own = _of_own_team(delivery, by)
    if own:
        delivery.state = State.ACKNOWLEDGED.value
        delivery.acknowledged_by, delivery.acknowledged_at = by, delivery.received_at
    keep(delivery, "received")
    let_team_see(delivery, by)
    if own:
        owe_single_assessment(delivery)
    else:
        open_received(delivery, owner=by)
    return delivery


def _of_own_team(delivery: Delivery, by: Any) -> bool:
    """Who sends it is of the team that it goes to and knows of it; a front door decides still."""
    if delivery.team is None or any(name in FRONT_DOOR for name in delivery.routes):
        return False
    return delivery.team.group_id in principals_of(by).groups


def open_received(delivery: Delivery, *, owner: Any) -> None:
    """What a delivery owes: its team's answer, or ``owner`` tells the contact themselves.

    Where there is danger now (R1) it is due at once, and its clock says the latest moment.
    """
    child: Child = delivery.referral.child
    front_door = any(name in FRONT_DOOR for name in delivery.routes)
    whose: dict[str, Any] = {"group": delivery.team.group} if delivery.team else {"owner": owner}
    kind = kinds.DECIDE_REFERRAL if front_door else kinds.ACKNOWLEDGE_REFERRAL
    latest = start_for(delivery)
    open_item(
        kind=kind if delivery.team else kinds.TELL_CONTACT,
        child=child,
        subject=delivery,
        due_at=latest,
        at_once=delivery.referral.in_danger,
        **whose,
    )


def _owe_screen(referral: Referral, receivers: Sequence[Addressee], by: Any) -> None:
    """A screen outstanding is a task, and held nothing up (DEC-25, DEC-28).

    Of the sender; where they refer out of an emergency and will see the child no more, of the
    front door that received it. What it adds to owes the same screen: it is asked for once.
    """
    if referral.follows is not None:
        close_items(subject=referral.follows, kind=kinds.SCREEN_OUTSTANDING)
    unfinished = referral.screen is not None and not referral.screen.is_complete
    if not (referral.routing["screen_outstanding"] or unfinished):
        return
    deciding = (each.team for each in receivers if {*FRONT_DOOR} & {*each.routes})
    team = None if sees_on(by, referral.child) else next(filter(None, deciding), None)
    whose: dict[str, Any] = {"group": team.group} if team else {"owner": by}
    open_item(
        kind=kinds.SCREEN_OUTSTANDING,
        child=referral.child,
        subject=referral,
        due_at=due_in(SCREEN_DAYS, referral.child),
        **whose,
    )

"""The clocks that a sent referral starts, one working day each (DEC-16; field.md)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, Final

from cse.access.capabilities import Capability
from cse.clocks.actions import cancel_clock, meet_clock, people_changed, start_clock
from cse.clocks.kinds import ClockKind, People, register_kind
from cse.clocks.models import Clock
from cse.clocks.queries import open_clock
from cse.clocks.reckoning import Length, Unit
from referrals.addressees import FRONT_DOOR
from referrals.models import Delivery
from referrals.queries import own_of, visible_to
from referrals.routing import Route

ONE_DAY: Final = Length(1, Unit.WORKING_DAYS)
DECISION: Final = "front_door_decision"
OFFICER: Final = "designated_officer_told"
FRONT_DOOR_TOLD: Final = "front_door_told"
CONTACT_TOLD: Final = "contact_told"
ACKNOWLEDGED: Final = "referral_acknowledged"


def who_owes(clock: Clock) -> People:
    """Who decided to take it; else the team it was sent to; a contact is told by who referred."""
    wanted = Delivery.objects.select_related("team__group", "claimed_by", "referral__sent_by")
    delivery = wanted.get(pk=clock.subject_id)
    if delivery.team is None:
        return People(owners=(delivery.referral.sent_by,))
    return People(owners=(delivery.claimed_by or delivery.team.group,))


def sees(user: Any, delivery_id: uuid.UUID) -> bool:
    """Whether this person sees the referral that a clock is owed on, not only its child."""
    return visible_to(user).filter(deliveries=delivery_id).exists()


def follows(user: Any, delivery_id: uuid.UUID) -> bool:
    """Whether it is theirs to tell a contact: also of who referred out of an emergency."""
    return own_of(user).filter(deliveries=delivery_id).exists()


KINDS: Final = (
    ClockKind(
        key=DECISION,
        title="Decision on the referral, and the referrer told",
        rule="Front door",
        source="W §9.3, O §10.2; today’s practice",
        length=ONE_DAY,
        people=who_owes,
        capability=Capability.SEE_REFERRAL,
        url_name="referrals:delivery",
        sees=sees,
        at_once=True,
        follows=Capability.OWN_REFERRAL,
    ),
    ClockKind(
        key=OFFICER,
        title="Designated Officer (LADO) told",
        rule="R6",
        source="W §4.7; DEC-16; today’s practice",
        length=ONE_DAY,
        people=who_owes,
        capability=Capability.OWN_REFERRAL,
        url_name="referrals:outcome",
        sees=follows,
        at_once=True,
    ),
    # An area whose front door is a contact: whoever refers tells it, in the same day.
    ClockKind(
        key=FRONT_DOOR_TOLD,
        title="Front door told",
        rule="Front door",
        source="W §9.3, O §10.2; today’s practice",
        length=ONE_DAY,
        people=who_owes,
        capability=Capability.OWN_REFERRAL,
        url_name="referrals:outcome",
        sees=follows,
        at_once=True,
    ),
    # Ours: the police, or a specialist team, that is a contact is told as soon as the others are.
    ClockKind(
        key=CONTACT_TOLD,
        title="Contact outside the service told",
        rule="Told by the referrer",
        source="Today’s practice",
        length=ONE_DAY,
        people=who_owes,
        capability=Capability.OWN_REFERRAL,
        url_name="referrals:outcome",
        sees=follows,
        at_once=True,
    ),
    # Ours: no handbook gives a number of days, and a child does not wait for an answer.
    ClockKind(
        key=ACKNOWLEDGED,
        title="Referral acknowledged",
        rule="Acknowledgement",
        source="O §7.7.5, W §9.3; today’s practice",
        length=ONE_DAY,
        people=who_owes,
        capability=Capability.SEE_REFERRAL,
        url_name="referrals:delivery",
        sees=sees,
        at_once=True,
        follows=Capability.OWN_REFERRAL,
    ),
)


def register() -> None:
    """Offer the kinds; once, when the room starts."""
    for kind in KINDS:
        register_kind(kind)


def start_for(delivery: Delivery) -> dt.datetime:
    """Start what the receipt of a delivery, or opening it again, sets running; when it is due."""
    clock = start_clock(
        kind=_kind_of(delivery),
        child=delivery.referral.child,
        subject=delivery,
        trigger_at=delivery.came_at,
        by=None,
        authority=delivery.authority,
    )
    return clock.due_at


def meet_for(
    delivery: Delivery, by: Any, *, at: dt.datetime | None = None, inform: Sequence[Any] = ()
) -> None:
    """What was owed on a delivery was done, now or ``at`` a moment before, in time or late.

    ``inform`` have an e-mail at once.
    """
    clock = _running(delivery)
    if clock is not None:
        meet_clock(clock=clock, by=by, at=at, inform=inform)


def owner_changed_for(delivery: Delivery, by: Any) -> None:
    """Somebody has claimed it, or given it back: reminders go to who owes it now."""
    clock = _running(delivery)
    if clock is not None:
        people_changed(clock=clock, by=by)


def cancel_for(delivery: Delivery, reason: str, by: Any) -> None:
    """It is no longer owed: the referral was withdrawn."""
    clock = _running(delivery)
    if clock is not None:
        cancel_clock(clock=clock, reason=reason, by=by)


def _running(delivery: Delivery) -> Clock | None:
    return open_clock(delivery, _kind_of(delivery))


def _kind_of(delivery: Delivery) -> str:
    if any(name in FRONT_DOOR for name in delivery.routes):
        return DECISION if delivery.team_id is not None else FRONT_DOOR_TOLD
    if Route.DESIGNATED_OFFICER in delivery.routes:
        return OFFICER
    return ACKNOWLEDGED if delivery.team_id is not None else CONTACT_TOLD

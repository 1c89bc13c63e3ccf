"""What several acts need: locked rows, due moments, and the access that a referral gives and ends.

Rows are locked in one order, so that no two acts wait for each other: the child, then the
referral or delivery.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from cse.access.actions import end_by_rule, grant_by_rule
from cse.access.models import Basis
from cse.access.policies import NotVisible
from cse.children.models import Child
from cse.people.models import Team
from referrals.models import Delivery, Referral
from referrals.policies import SentAlready
from referrals.transitions import NEEDS_ACCESS
from screening.child_then import FACTS

DRAFT_DAYS = 1
"""Working days in which a draft should be sent. Ours: a worry does not wait."""
DECISION_DAYS = 1
"""Working days in which the front door decides and tells the referrer (field.md; DEC-16)."""
ANSWER_DAYS = 1
"""Working days for a second person, and for an answer to a disagreement. Ours."""
SCREEN_DAYS = 3
"""Working days for a screen that was outstanding when the referral went (DEC-25, DEC-28). Ours."""
RECEIVED_DAYS = 90
"""Days of access for a team that a referral was sent to, while it decides. Ours."""
RESPONSIBLE_DAYS = 365
"""Days of access for who referred and for the team that took responsibility."""

KEPT = (*FACTS, "disability")
"""What of the child is kept with what was sent or signed: disability stands beside the rules."""


def lock_referral(referral_id: uuid.UUID) -> Referral:
    """The referral and its child, locked. Raises `NotVisible` for an unknown id."""
    _lock_child(Referral.objects.filter(pk=referral_id).values_list("child_id", flat=True).first())
    return (
        Referral.objects.select_for_update(of=("self",))
        .select_related("child", "authority", "placed_in", "placed_by", "agency", "screen")
        .get(pk=referral_id)
    )


def lock_delivery(delivery_id: uuid.UUID) -> Delivery:
    """The delivery and its child, locked. Raises `NotVisible` for an unknown id."""
    child_id = Delivery.objects.filter(pk=delivery_id).values_list("referral__child_id", flat=True)
    _lock_child(child_id.first())
    return (
        Delivery.objects.select_for_update(of=("self",))
        .select_related(
            "referral__child", "referral__agency", "team__group", "authority", "claimed_by"
        )
        .get(pk=delivery_id)
    )


def _lock_child(child_id: uuid.UUID | None) -> None:
    if child_id is None:
        raise NotVisible
    Child.objects.select_for_update(no_key=True).only("pk").get(pk=child_id)


def keep(row: Any, because: str) -> None:
    """Save a row; its history says why."""
    row._change_reason = because
    row.save()


SENT_TO_TEAM = "A referral of this child was sent to this team"
REOPENED = "A referral of this child was opened again, and this team decides it anew"


def let_team_see(
    delivery: Delivery, by: Any, *, responsible: bool = False, reason: str = SENT_TO_TEAM
) -> None:
    """The team of a delivery may see the child, for a reason and a time."""
    if delivery.team is None:
        return
    grant_by_rule(
        child=delivery.referral.child,
        basis=Basis.FRONT_DOOR,
        group=delivery.team.group,
        by=by,
        days=RESPONSIBLE_DAYS if responsible else RECEIVED_DAYS,
        reason="Responsible for a referral of this child" if responsible else reason,
    )


def take_back_what_is_not_needed(delivery: Delivery, by: Any, reason: str) -> None:
    """End the team's access that referrals gave, unless one of them still needs it."""
    if delivery.team is None or still_needed(delivery.team, delivery.referral.child_id):
        return
    end_by_rule(
        child=delivery.referral.child,
        basis=Basis.FRONT_DOOR,
        group=delivery.team.group,
        by=by,
        reason=reason,
    )


def still_needed(team: Team, child_id: uuid.UUID) -> bool:
    """Whether a team has a referral of this child for which it has to see the child."""
    return Delivery.objects.filter(
        team=team, referral__child_id=child_id, state__in=NEEDS_ACCESS
    ).exists()


def check_same(made: models.Model, **said: Any) -> None:
    """Raise `SentAlready` where the form that made a row says something else by now."""
    if any(getattr(made, name) != value for name, value in said.items()):
        raise SentAlready

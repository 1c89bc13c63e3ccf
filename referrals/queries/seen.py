"""Referrals somebody may see, and the named lists the pages need. All start from `visible()`.

Access to a child opens no referral by itself: it has to come from one's own agency, or to have
been sent to a team one holds a post in.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.scope import InScope, visible
from referrals.models import Delivery, Disagreement, Referral
from referrals.transitions import CAME_BACK, Status


def visible_to(user: Any, capability: Capability = Capability.SEE_REFERRAL) -> QuerySet[Referral]:
    """The referrals this person may see now; drafts only those of their own agency."""
    principals = principals_of(user)
    groups = list(principals.groups)
    sent_to_me = Delivery.objects.filter(referral=OuterRef("pk"), team__group_id__in=groups)
    asked_of_me = Disagreement.objects.filter(
        delivery__referral=OuterRef("pk"), asked__group_id__in=groups
    )
    mine = Q(agency_id__in=principals.agency_ids)
    reached = Q(Exists(sent_to_me)) | Q(Exists(asked_of_me))
    return visible(_whole(), user, capability).filter(mine | reached)


def own_of(user: Any) -> QuerySet[Referral]:
    """Referrals of this person's agency that they may write and follow.

    Whoever sees the child has them all; whoever referred out of an emergency, and sees nothing
    else of the child any more, has those that are their own. A line manager has what they oversee.
    ``sees_record`` of each says which of the two it is.
    """
    principals = principals_of(user)
    sees_child = InScope("child_id", principals, each=True)
    found = visible(_whole(), user, Capability.OWN_REFERRAL).annotate(sees_record=sees_child)
    return found.filter(
        Q(sees_record=True) | Q(made_by=user) | Q(sent_by=user) | Q(overseer=user),
        agency_id__in=principals.agency_ids,
    )


def may_follow(user: Any, referral: Referral) -> bool:
    """Whether this person may write and follow this referral now, as one of their agency's."""
    return own_of(user).filter(pk=referral.pk).exists()


def _whole() -> QuerySet[Referral]:
    return Referral.objects.select_related(
        "child",
        "authority",
        "placed_in",
        "placed_by",
        "follows",
        "agency",
        "screen",
        "made_by",
        "sent_by",
        "overseer",
    )


def is_visible(user: Any, referral: Referral) -> bool:
    """Whether this person may see this referral now."""
    return visible_to(user).filter(pk=referral.pk).exists()


def drafts_of(user: Any) -> QuerySet[Referral]:
    """Drafts of this person's agency that they may work on, last saved first."""
    return own_of(user).filter(status=Status.DRAFT).order_by("-saved_at")


def sent_by_agency_of(user: Any) -> QuerySet[Referral]:
    """What this person's agency has sent, newest first, each with its deliveries."""
    agencies = principals_of(user).agency_ids
    refers = Capability.OWN_REFERRAL in principals_of(user).acts
    found = own_of(user) if refers else visible_to(user).filter(agency_id__in=agencies)
    return found.filter(status=Status.SENT).prefetch_related(_deliveries()).order_by("-sent_at")


def referrals_of(user: Any, child_id: uuid.UUID) -> QuerySet[Referral]:
    """A child's referrals that this person may see, newest first, each with its deliveries."""
    return (
        visible_to(user)
        .filter(child_id=child_id)
        .exclude(status=Status.SET_ASIDE)
        .prefetch_related(_deliveries())
        .order_by("-made_at")
    )


@dataclass(frozen=True)
class SetAside:
    """A draft that was set aside: by whom, and when."""

    referral: Referral
    by: str
    at: dt.datetime


def set_aside_of(user: Any, child_id: uuid.UUID) -> list[SetAside]:
    """The drafts of this person's agency that were set aside, newest first. Two queries.

    Not to go on is a decision too, and is found again with what was considered (W §4.3.3).
    """
    drafts = visible_to(user).filter(child_id=child_id, status=Status.SET_ASIDE)
    found = {each.pk: each for each in drafts}
    # Set aside it never changes again: one row of its history says so.
    acts = Referral.history.filter(id__in=found, status=Status.SET_ASIDE)
    return [
        SetAside(
            referral=found[act.id],
            by=act.history_user.get_full_name() if act.history_user else "",
            at=act.history_date,
        )
        for act in acts.select_related("history_user").order_by("-history_id")
    ]


def _deliveries() -> Prefetch[Any]:
    return Prefetch("deliveries", queryset=with_people())


def with_people() -> QuerySet[Delivery]:
    """Deliveries with everybody that a page names."""
    return Delivery.objects.select_related(
        "referral__child",
        "referral__agency",
        "referral__sent_by",
        "referral__follows",
        "team__group",
        "team__agency",
        "authority",
        "claimed_by",
        "decided_by",
        "approved_by",
        "acknowledged_by",
    )


def came_back_before(user: Any, referral: Referral) -> list[Delivery]:
    """Where the referral that this one follows came back, and why: for whoever sees that one too.

    A team that was sent only this one reads that it adds to another, and nothing of it.
    """
    if referral.follows is None:
        return []
    if not (may_follow(user, referral.follows) or is_visible(user, referral.follows)):
        return []
    return list(with_people().filter(referral=referral.follows_id, state__in=CAME_BACK))


def followed_by(user: Any, referral: Referral) -> Referral | None:
    """The referral, or the draft of one's own agency, that adds to this one."""
    found = visible_to(user).filter(follows=referral)
    return found.exclude(status=Status.SET_ASIDE).first()


def deliveries_to(user: Any) -> QuerySet[Delivery]:
    """Every delivery to a team this person holds a post in, of children in their scope."""
    groups = list(principals_of(user).groups)
    found = visible(with_people(), user, Capability.TRIAGE)
    return found.filter(team__group_id__in=groups)


def others_of(delivery: Delivery) -> QuerySet[Delivery]:
    """Where the same referral went besides; for whoever sees the referral already."""
    found = with_people().filter(referral_id=delivery.referral_id).exclude(pk=delivery.pk)
    return found.order_by("received_at", "id")


def decided_before(rows: Iterable[Disagreement]) -> dict[uuid.UUID, Any]:
    """What was decided where it no longer stands, by disagreement: the delivery as it was then.

    A query for each that was upheld.
    """
    return {
        row.pk: Delivery.history.filter(id=row.delivery_id, history_date__lte=row.said_at)
        .select_related("decided_by", "approved_by")
        .order_by("-history_id")
        .first()
        for row in rows
        if row.upheld
    }


def disagreements_on(delivery: Delivery) -> QuerySet[Disagreement]:
    """What was said against a decision, and answered; for whoever sees the delivery already."""
    return delivery.disagreements.select_related(
        "said_by", "answered_by", "asked__agency", "delivery__referral", "delivery__team"
    )

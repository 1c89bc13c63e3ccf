"""The records beside referrals that somebody may see. All start from ``visible()``.

A decision not to refer, and advice, are seen by the agency that recorded it, by those who are
asked to sign, and by the teams that a referral of the child was sent to, a draft by the agency
alone; early help by everybody who sees the child; a consultation without a name, which has no
child, by the agency alone.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, Min, OuterRef, Prefetch, Q, QuerySet

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.scope import visible
from referrals.models import (
    AdviceContact,
    Consultation,
    ConsultationUsed,
    DecisionNotToRefer,
    Delivery,
    EarlyHelp,
    HelpAction,
    HelpOutcome,
    Referral,
    Signature,
)
from referrals.ways_out import LIVE, Standing, closing, standing


def decisions_visible_to(
    user: Any, capability: Capability = Capability.SEE_REFERRAL
) -> QuerySet[DecisionNotToRefer]:
    """Decisions not to refer, each with its signatures and what superseded it."""
    of_agency = Q(agency_id__in=principals_of(user).agency_ids)
    others = _reaches(user) | Q(lead=user) | Q(manager=user)
    return visible(_decisions(), user, capability).filter(of_agency | others & Q(status="signed"))


def _decisions() -> QuerySet[DecisionNotToRefer]:
    return DecisionNotToRefer.objects.select_related(
        "child__authority", "authority", "agency", "made_by", "lead", "manager", "supersession__by"
    ).prefetch_related(Prefetch("signatures", Signature.objects.order_by("signed_at")))


def decision_is_visible(user: Any, decision: DecisionNotToRefer) -> bool:
    """Whether this person may see this decision now."""
    return decisions_visible_to(user).filter(pk=decision.pk).exists()


def decisions_of(user: Any, child_id: uuid.UUID) -> QuerySet[DecisionNotToRefer]:
    """A child's decisions that this person may see, newest first; none that was set aside."""
    return decisions_visible_to(user).filter(child_id=child_id).exclude(status="set_aside")


def signed_by_agency_of(user: Any) -> QuerySet[DecisionNotToRefer]:
    """What this person's agency has signed, newest first: the lead's list (DEC-10, DEC-42)."""
    found = decisions_visible_to(user, Capability.SIGN_DECISION).filter(status="signed")
    return found.filter(agency_id__in=principals_of(user).agency_ids).order_by("-saved_at")


def signed_by(user: Any) -> QuerySet[DecisionNotToRefer]:
    """What this person signed, or did not agree to, besides whoever decided; newest first.

    Also where they see nothing else of the child any more (decision 0012).
    """
    rows = _decisions().filter(Q(lead=user) | Q(manager=user), signatures__signed_by=user)
    return visible(rows, user, Capability.READ_SIGNED).order_by("-saved_at")


def drafts_against(decision: DecisionNotToRefer) -> list[Mapping[str, Any]]:
    """The rules by which a draft of the same agency would take a decision that stands away.

    For that agency alone: nobody else reads of a draft.
    """
    if standing_of(decision) not in LIVE:
        return []
    drafts = Referral.objects.filter(
        child_id=decision.child_id, agency_id=decision.agency_id, status="draft"
    )
    found = (rule for each in drafts for rule in closing(each.routing, decision.way))
    return list({rule["id"]: rule for rule in found}.values())


def standing_of(decision: DecisionNotToRefer) -> Standing:
    """Where a decision stands now; no query where signatures and supersession were read."""
    return standing(
        decision.way,
        decision.status,
        {each.capacity: each.agrees for each in decision.signatures.all()},
        superseded=hasattr(decision, "supersession"),
    )


def advice_visible_to(user: Any) -> QuerySet[AdviceContact]:
    """Advice contacts about children."""
    rows = AdviceContact.objects.select_related("child__authority", "agency", "signed_by")
    return visible(rows, user, Capability.SEE_REFERRAL).filter(_reaches(user))


def _reaches(user: Any) -> Q:
    """Recorded by one's own agency, or a referral of the child was sent to a team of one's own."""
    principals = principals_of(user)
    sent_to_me = Delivery.objects.filter(
        referral__child=OuterRef("child_id"), team__group_id__in=list(principals.groups)
    )
    return Q(agency_id__in=principals.agency_ids) | Q(Exists(sent_to_me))


def consultations_of(user: Any) -> QuerySet[Consultation]:
    """Consultations without a name of this person's agency, newest first.

    Once one is part of a referral it is about that child: whoever does not see the child no
    longer sees it.
    """
    principals = principals_of(user)
    if Capability.CONSULT not in principals.acts:
        return Consultation.objects.none()
    used = ConsultationUsed.objects.filter(consultation=OuterRef("pk"))
    seen = visible(ConsultationUsed.objects.all(), user, Capability.SEE_REFERRAL)
    return (
        Consultation.objects.select_related("agency", "signed_by", "authority")
        .filter(agency_id__in=principals.agency_ids)
        .filter(~Exists(used) | Exists(seen.filter(consultation=OuterRef("pk"))))
        .order_by("-signed_at")
    )


def early_help_visible_to(
    user: Any, capability: Capability = Capability.EARLY_HELP
) -> QuerySet[EarlyHelp]:
    """Early help of the children this person sees, with outcomes, actions and meetings."""
    actions = HelpAction.objects.select_related("owner")
    outcomes = HelpOutcome.objects.prefetch_related(Prefetch("actions", actions))
    rows = EarlyHelp.objects.select_related(
        "child__authority",
        "agency",
        "lead_professional",
        "closed_by",
        "made_by",
        "ending_by",
        "answered_by",
    ).prefetch_related(Prefetch("outcomes", outcomes), "meetings__recorded_by")
    return visible(rows, user, capability)


def first_assessed(row: EarlyHelp) -> dt.date | None:
    """The day from which its team can have met; an assessment said anew moves it to no later day.

    None where it was never taken up.
    """
    before = row.history.aggregate(day=Min("assessed_on"))["day"]
    known = [day for day in (before, row.assessed_on) if day is not None]
    return min(known) if known else None

"""What may be done with the records beside a referral, and why not: acts and pages ask alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import NotVisible, check, only_in_an_emergency
from cse.access.principals import principals_of
from cse.people.models import Post, Role, User
from referrals.models import Capacity, DecisionNotToRefer, EarlyHelp, Way
from referrals.policies import NoDraft, Refused, holders_of
from referrals.queries.beside import decision_is_visible, standing_of
from referrals.ways_out import Standing

IN_AN_EMERGENCY = (
    "You have opened this child in an emergency, and it closes to you again within the hour. Make "
    "the referral now: what you know, and what you were advised, goes into it. Whoever has access "
    "to the child can plan early help, or decide not to refer."
)


def check_can_begin(user: Any, child: Any) -> None:
    """Raise in an emergency opening: what takes longer than its hour would be left to nobody."""
    if only_in_an_emergency(user, child):
        raise Refused(IN_AN_EMERGENCY)


def check_can_change(user: Any, decision: DecisionNotToRefer) -> None:
    """Raise unless this is a draft of one's own agency (W §4.8.1: the agency answers for it)."""
    check(user, Capability.REFER, decision.child_id)
    if not decision_is_visible(user, decision):
        raise NotVisible
    if decision.agency_id not in principals_of(user).agency_ids:
        raise Refused("Only the agency that decides can change its draft.")
    if decision.status == "signed":
        raise NoDraft("This decision was signed and can no longer change.")
    if decision.status == "set_aside":
        raise NoDraft("This draft was set aside.")


def check_can_sign(user: Any, decision: DecisionNotToRefer) -> None:
    """Raise unless this is the draft's own author: the signature is that of who decides."""
    check_can_change(user, decision)
    if decision.made_by_id != user.pk:
        raise Refused(
            f"Only {decision.made_by.get_full_name()} can sign as the practitioner: whoever "
            "decides signs."
        )


def check_can_answer_decision(user: Any, decision: DecisionNotToRefer) -> Capacity:
    """As whom this person signs. Raises unless they are named in it and have not answered."""
    check(user, Capability.SIGN_DECISION, decision.child_id)
    if not decision_is_visible(user, decision):
        raise NotVisible
    capacity = capacity_of(user, decision)
    if capacity is None:
        raise Refused("Only those who are named in the decision sign it.")
    if any(each.capacity == capacity for each in decision.signatures.all()):
        raise Refused("You have answered this already.")
    if standing_of(decision) is not Standing.WAITING:
        raise Refused("This decision no longer waits for a signature.")
    held = Post.objects.current(timezone.localdate()).filter(
        user=user, team__agency_id=decision.agency_id, role__in=ROLES[capacity]
    )
    if not held.exists():
        raise Refused(f"You no longer hold the post of {capacity.label.lower()}.")
    return capacity


def check_can_answer_ending(user: Any, row: EarlyHelp) -> None:
    """Raise unless this is a lead or senior manager of the agency who did not ask (DEC-44)."""
    check(user, Capability.SIGN_DECISION, row.child_id)
    if row.ending_by_id is None or row.status == "closed":
        raise Refused("Nobody asks now for this early help to end.")
    if user.pk == row.ending_by_id or row.agency_id not in principals_of(user).agency_ids:
        raise Refused("Somebody else answers: a safeguarding lead or senior manager of the agency.")


ROLES = {
    Capacity.SAFEGUARDING_LEAD: (Role.NAMED_LEAD, Role.SENIOR_MANAGER),
    Capacity.DESIGNATED_LEAD: (Role.NAMED_LEAD,),
    Capacity.SENIOR_MANAGER: (Role.SENIOR_MANAGER,),
}
"""The posts in which each signs. A senior manager stands in where an agency has no other lead."""


def capacity_of(user: Any, decision: DecisionNotToRefer) -> Capacity | None:
    """As whom somebody is named in a decision, besides who decided."""
    if user.pk == decision.lead_id:
        exception = decision.way == Way.EXCEPTION
        return Capacity.DESIGNATED_LEAD if exception else Capacity.SAFEGUARDING_LEAD
    return Capacity.SENIOR_MANAGER if user.pk == decision.manager_id else None


def leads_for(decision: DecisionNotToRefer) -> QuerySet[User]:
    """Who may be named as the lead: leads of the agency, others than who decides.

    For a decision not to refer an agency without another lead names a senior manager instead; for
    the exception the designated lead is never anybody else (W §4.6.3).
    """
    leads = _holders(decision, (Role.NAMED_LEAD,))
    if decision.way == Way.EXCEPTION or leads.exists():
        return leads
    return managers_for(decision)


def managers_for(decision: DecisionNotToRefer) -> QuerySet[User]:
    """Senior managers of the agency, others than who decides."""
    return _holders(decision, (Role.SENIOR_MANAGER,))


def _holders(decision: DecisionNotToRefer, roles: Iterable[Role]) -> QuerySet[User]:
    found = holders_of(roles, agency_id=decision.agency_id, child_id=decision.child_id)
    return found.exclude(pk=decision.made_by_id)

"""The team around the child: nobody is alone with CSE (O-SHR-38)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cse.access.capabilities import Capability
from cse.access.policies import check
from cse.access.principals import principals_of
from cse.audit import events
from cse.children.actions.holding import hold
from cse.children.models import Child, TeamMember
from cse.children.policies import NotPossible, check_can_end, check_can_join
from cse.people.models import Agency, User


@transaction.atomic
def add_team_member(
    *,
    child: Child,
    by: User,
    part: str,
    starts_on: dt.date,
    user: User | None = None,
    name: str = "",
    agency_name: str = "",
    is_lead_professional: bool = False,
) -> TeamMember:
    """Add somebody to the team, with an account (``user``) or by ``name``.

    The same form sent twice adds once. A team has one lead professional: the one before hands over
    and stays in the team. Whoever has an account is there for the agency of their post, unless
    another is named. It gives nobody access to the record. Raises ``NotPossible`` for somebody who
    is in the team already, and before the child's birth.
    """
    check(by, Capability.EDIT_CHILD, child)
    if user is None and not name:
        raise NotPossible("Enter their name", "name")
    born_on = hold(child)
    members = list(
        TeamMember.objects.filter(child=child, ends_on__isnull=True).select_related("user")
    )
    member = TeamMember(
        child=child,
        user=user,
        name=name,
        agency_name=agency_name or _agency_of(user),
        part=part,
        is_lead_professional=is_lead_professional,
        starts_on=starts_on,
    )
    same = next((each for each in members if _is_again(each, member)), None)
    if same is not None:
        return same
    check_can_join(member, member.person, members, born_on)
    if is_lead_professional:
        _hand_over(members)
    member.save()
    events.record("team member added", by=by, child=child, obj=member, changed=["part"])
    return member


def _agency_of(user: User | None) -> str:
    """The agency in which they hold the post they act by; nothing without an account or a post."""
    agency_id = principals_of(user).agency_id if user is not None else None
    return Agency.objects.get(pk=agency_id).name if agency_id else ""


def _is_again(there: TeamMember, sent: TeamMember) -> bool:
    """Whether the same was sent a second time; whoever has handed over since was the lead then."""
    names = ("user_id", "name", "agency_name", "part", "starts_on", "is_lead_professional")
    return all(getattr(there, name) == getattr(sent, name) for name in names)


def _hand_over(members: list[TeamMember]) -> None:
    for member in members:
        if member.is_lead_professional:
            member.is_lead_professional = False
            member.save()


@transaction.atomic
def end_team_member(*, member: TeamMember, by: User, ends_on: dt.date) -> None:
    """Say that somebody left the team on a day; gone already, nothing changes."""
    check(by, Capability.EDIT_CHILD, member.child_id)
    member = TeamMember.objects.select_for_update().get(pk=member.pk)
    if member.ends_on is not None:
        return
    check_can_end(member, ends_on)
    member.ends_on = ends_on
    member.save()
    events.record("team member left", by=by, child=member.child_id, obj=member, changed=["ends_on"])

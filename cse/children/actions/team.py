"""The team around the child: nobody is alone with CSE (O-SHR-38)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from cse.access.capabilities import Capability
from cse.access.policies import check
from cse.audit import events
from cse.children.models import Child, TeamMember
from cse.children.policies import NotPossible, check_can_end
from cse.people.models import User


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

    The same person in the same part is added once. A team has one lead professional: the one
    before hands over and stays in the team. It gives nobody access to the record.
    """
    check(by, Capability.EDIT_CHILD, child)
    if user is None and not name:
        raise NotPossible("Enter their name", "name")
    Child.objects.select_for_update(no_key=True).only("pk").get(pk=child.pk)
    members = list(TeamMember.objects.filter(child=child, ends_on__isnull=True))
    who = (user.pk if user else None, name, part)
    same = next((m for m in members if (m.user_id, m.name, m.part) == who), None)
    if same is not None:
        return same
    if is_lead_professional:
        _hand_over(members)
    member = TeamMember(
        child=child,
        user=user,
        name=name,
        agency_name=agency_name,
        part=part,
        is_lead_professional=is_lead_professional,
        starts_on=starts_on,
    )
    member.save()
    events.record("team member added", by=by, child=child, obj=member, changed=["part"])
    return member


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

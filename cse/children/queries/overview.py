"""What the child's page shows of legal status, team, leads and contact points."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Q, QuerySet

from cse.children.models import Child, LegalStatus, TeamMember
from cse.people.models import ContactPoint, Post, TeamKind


def statuses_of(child: Child) -> QuerySet[LegalStatus]:
    """The legal statuses over time, the newest first; not what was recorded by mistake."""
    found = LegalStatus.objects.filter(child=child, set_aside_reason="")
    return found.select_related("recorded_by")


def mistaken_statuses_of(child: Child) -> QuerySet[LegalStatus]:
    """What was recorded by mistake: kept, and counted no more."""
    found = LegalStatus.objects.filter(child=child).exclude(set_aside_reason="")
    return found.select_related("recorded_by")


def status_on(statuses: list[LegalStatus], day: dt.date) -> LegalStatus | None:
    """The status that held on a day; on the day of a change, the newer one."""
    held = (
        status
        for status in statuses
        if status.starts_on <= day and (status.ends_on is None or status.ends_on >= day)
    )
    return next(held, None)


def team_of(child: Child) -> QuerySet[TeamMember]:
    """Everybody who is or was in the team around the child (O-SHR-38)."""
    return TeamMember.objects.filter(child=child).select_related("user")


def is_in_team(member: TeamMember, day: dt.date) -> bool:
    """Whether somebody is in the team on a day (first and last day included)."""
    return member.starts_on <= day and (member.ends_on is None or member.ends_on >= day)


def leads_of(agency_id: uuid.UUID, day: dt.date) -> QuerySet[Post]:
    """The safeguarding leads of an agency: current posts in its circle of leads (O-SHR-35)."""
    return (
        Post.objects.filter(team__agency_id=agency_id, team__kind=TeamKind.LEADS)
        .filter(Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))
        .filter(user__is_active=True)
        .select_related("user")
        .order_by("user__family_name", "user__given_name")
    )


def contacts_of(authority_id: uuid.UUID | None) -> list[tuple[str, str, str]]:
    """What, number or mailbox, and a note, of the authority's front door and teams.

    The value is empty until an administrator has set it (DEC-51: none is shipped).
    """
    return [
        (point.label, "" if point.is_placeholder else point.value, "")
        for point in ContactPoint.objects.filter(authority=authority_id)
    ]

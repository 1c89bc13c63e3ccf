"""Who may administer which accounts. Nobody gives themselves a post (separation of duties)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, NotVisible, check
from cse.audit import events
from cse.people.models import Agency, Post, Role, Team, TeamKind, User


def managed_authorities(user: Any) -> frozenset[uuid.UUID]:
    """The authorities whose accounts this person administers today, by their own posts."""
    posts = Post.objects.filter(user_id=user.pk, role=Role.ADMINISTRATOR)
    today = timezone.localdate()
    return frozenset(posts.current(today).values_list("team__agency__authority_id", flat=True))


def check_can_manage(user: Any, authority_id: uuid.UUID) -> None:
    """Raise unless this person administers that authority's accounts.

    ``NotAllowed`` without the role, ``NotVisible`` for another authority.
    """
    check(user, Capability.MANAGE_ACCOUNTS)
    if authority_id not in managed_authorities(user):
        raise NotVisible


def check_can_manage_person(user: Any, person: User) -> None:
    """Raise unless the person has a post in a managed authority, or has never had any."""
    check(user, Capability.MANAGE_ACCOUNTS)
    theirs = set(person.posts.values_list("team__agency__authority_id", flat=True))
    if theirs and not theirs & managed_authorities(user):
        raise NotVisible


def check_not_oneself(user: Any, person: User, act: str) -> None:
    """Raise `NotAllowed` for an act on one's own account; the attempt is written down."""
    if user.pk == person.pk:
        events.refused(act, rule="own account", obj=person)
        raise NotAllowed("Another administrator has to do this for your own account.")


TEAM_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        Role.NAMED_LEAD: TeamKind.LEADS,
        Role.FRONT_DOOR: TeamKind.FRONT_DOOR,
        Role.CSE_TEAM: TeamKind.CSE_TEAM,
    }
)
"""The kind of team that work for a role goes to: a post elsewhere would be given none of it."""
OUTSIDE: Final[Mapping[str, str]] = MappingProxyType(
    {
        Role.NAMED_LEAD: "A safeguarding lead’s post is in the agency’s team of safeguarding leads:"
        " what waits for the leads goes to that team. Choose it, or another role.",
        Role.FRONT_DOOR: "A front door’s post is in a front door team: referrals go to that team."
        " Choose it, or another role.",
        Role.CSE_TEAM: "A CSE team’s post is in a CSE team: what is passed on to the specialists"
        " goes to that team. Choose it, or another role.",
    }
)
OTHER_INSIDE = (
    "The team of safeguarding leads has posts of safeguarding leads only: everybody in it is shown"
    " as one. Choose another team, or that role."
)


def role_fits(role: str, kind: str) -> bool:
    """Whether a role belongs in a team of that kind.

    The circle of leads holds leads and nobody else (O-SHR-35): the directory goes by the role, work
    and the child's page by the team. Other teams hold other roles beside their own.
    """
    own = TEAM_OF.get(role)
    return kind == own if own else kind != TeamKind.LEADS


def check_role_fits(role: str, team: Team) -> None:
    """Raise `NotAllowed` for a role outside its kind of team, and for another among the leads."""
    if not role_fits(role, team.kind):
        raise NotAllowed(OUTSIDE.get(role, OTHER_INSIDE))


def check_kind_fits(team: Team, kind: str) -> None:
    """Raise `NotAllowed` where a post of the team, of today or to come, would not fit that kind."""
    posts = team.posts.exclude(ends_on__lt=timezone.localdate())
    if any(not role_fits(role, kind) for role in posts.values_list("role", flat=True)):
        raise NotAllowed(
            "Somebody holds a post in this team that would not fit: safeguarding leads, and only"
            " they, are in the team of safeguarding leads, and posts of a front door or a CSE team"
            " are in such a team. End the post first."
        )


def check_agency_is_open(agency: Agency, first_day: Any) -> None:
    """Raise `NotAllowed` when the agency is not open on the first day of a post."""
    closed = agency.ends_on is not None and agency.ends_on < first_day
    if closed or agency.starts_on > first_day:
        raise NotAllowed("The agency is not open on the first day of the post.")


def can_manage(user: Any) -> bool:
    """Whether this person administers accounts at all; pages ask before they show the way."""
    try:
        check(user, Capability.MANAGE_ACCOUNTS)
    except NotAllowed:
        return False
    return True

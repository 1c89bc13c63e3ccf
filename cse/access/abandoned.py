"""Seals whose named people have all gone: who is told, and whom they may name.

A sealed child that nobody can open cannot be helped. Those told learn that a sealed record waits
and nothing of the child; they let somebody else in, never themselves.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.models import Seal
from cse.access.principals import principals_of_people
from cse.access.queries import exclusions_on, people_in_team, who_can_see
from cse.people.models import Agency, Post, Role, Team, TeamKind


def is_abandoned(seal: Seal) -> bool:
    """Whether nobody who sees the child may act on its seal: posts, names, accounts, access ended.

    Seven queries.
    """
    return not any(Capability.SEAL in person.acts for person in who_can_see(seal.child_id))


def sealing_agency(seal: Seal) -> Agency:
    """The agency in whose post the child was sealed; the one that recorded it where none is."""
    sealed_on = timezone.localdate(seal.sealed_at)
    posts = Post.objects.current(sealed_on).filter(user_id=seal.sealed_by_id)
    post = posts.select_related("team__agency").order_by("-starts_on", "id").first()
    return post.team.agency if post else seal.child.created_by_agency


def group_to_tell(seal: Seal) -> Group | None:
    """The leads of the agency that sealed, else a CSE team of the area: whoever has somebody able.

    None where neither has: then the agency needs a safeguarding lead first.
    """
    leads = Team.objects.filter(agency=sealing_agency(seal), kind=TeamKind.LEADS)
    specialists = Team.objects.filter(
        agency__authority_id=seal.child.authority_id, kind=TeamKind.CSE_TEAM
    )
    excluded = _excluded(seal)
    for team in [*leads, *specialists.order_by("name")]:
        people = people_in_team(team)
        if any(Capability.SEAL in each.acts and each.user_id not in excluded for each in people):
            return team.group
    return None


def administrators_of(agency: Agency) -> list[Any]:
    """Who can give somebody the post of safeguarding lead there."""
    posts = Post.objects.current(timezone.localdate()).filter(
        role=Role.ADMINISTRATOR, team__agency__authority_id=agency.authority_id
    )
    users = get_user_model().objects.filter(pk__in=posts.values("user_id"), is_active=True)
    return list(users.order_by("id"))


def successors(seal: Seal, by: Any) -> list[Any]:
    """Whom somebody who was told may name: those who answer for the child's safety, not oneself.

    People of the agency that sealed and of the area's CSE team whose post may act on a seal.
    """
    own = Q(team__agency=sealing_agency(seal))
    specialist = Q(team__kind=TeamKind.CSE_TEAM, team__agency__authority_id=seal.child.authority_id)
    posts = Post.objects.current(timezone.localdate()).filter(own | specialist)
    people = principals_of_people(set(posts.values_list("user_id", flat=True)))
    able = {pk for pk, person in people.items() if Capability.SEAL in person.acts}
    users = get_user_model().objects.filter(pk__in=able - _excluded(seal) - {by.pk})
    return list(users.order_by("family_name", "given_name", "id"))


def live_seals() -> QuerySet[Seal]:
    """Every seal that stands, with its child."""
    found = Seal.objects.filter(lifted_at__isnull=True)
    return found.select_related("child__created_by_agency", "sealed_by").order_by("id")


def _excluded(seal: Seal) -> set[Any]:
    return set(exclusions_on(seal.child_id).values_list("user_id", flat=True))

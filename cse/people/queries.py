"""Lists of people, agencies and leads. None of them shows a child."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from cse.people.models import (
    AccountChange,
    Agency,
    Authority,
    ContactPoint,
    Post,
    Role,
    Team,
    User,
)

PAGE = 50
AGREEING = (Role.NAMED_LEAD, Role.SENIOR_MANAGER)
"""Who answers for somebody's account in their own agency, beside an administrator."""


def people(authorities: Iterable[uuid.UUID], search: str = "") -> QuerySet[User]:
    """Accounts with a post in these authorities or with none at all; every word must fit."""
    posts = Post.objects.filter(user=OuterRef("pk"))
    here = posts.filter(team__agency__authority__in=list(authorities))
    found = User.objects.filter(Exists(here) | ~Exists(posts))
    for word in search.split()[:6]:
        found = found.filter(
            Q(given_name__icontains=word)
            | Q(family_name__icontains=word)
            | Q(email__icontains=word)
            | Q(job_title__icontains=word)
        )
    return found.order_by("family_name", "given_name", "id")


def with_posts(found: Any, today: dt.date) -> QuerySet[User]:
    """The same people with their current posts as ``posts_today`` (one more query)."""
    posts = Post.objects.current(today).select_related("team__agency")
    people_found: QuerySet[User] = found
    return people_found.prefetch_related(Prefetch("posts", queryset=posts, to_attr="posts_today"))


def posts_of(person: User) -> list[Post]:
    """Every post of a person, newest first."""
    posts = Post.objects.filter(user=person).select_related("team__agency__authority", "user")
    return list(posts.order_by("-starts_on", "id"))


def post_in(authorities: Iterable[uuid.UUID], post_id: uuid.UUID) -> Post | None:
    """A post in one of these authorities, or nothing."""
    posts = Post.objects.filter(team__agency__authority__in=list(authorities))
    return posts.select_related("team__agency", "user").filter(pk=post_id).first()


def teams_in(authorities: Iterable[uuid.UUID]) -> QuerySet[Team]:
    """The teams of these authorities, by agency."""
    teams = Team.objects.filter(agency__authority__in=list(authorities))
    return teams.select_related("agency__authority").order_by("agency__name", "name")


def agencies_in(authorities: Iterable[uuid.UUID]) -> QuerySet[Agency]:
    """The agencies of these authorities with their teams (two queries)."""
    found = Agency.objects.filter(authority__in=list(authorities)).select_related("authority")
    return found.prefetch_related("teams").order_by("authority__name", "name")


def contact_points_in(authorities: Iterable[uuid.UUID]) -> QuerySet[ContactPoint]:
    """How the front doors and teams of these authorities are reached."""
    found = ContactPoint.objects.filter(authority__in=list(authorities)).select_related("authority")
    return found.order_by("authority__name", "position", "label")


def authorities_in(authorities: Iterable[uuid.UUID]) -> QuerySet[Authority]:
    """The authorities themselves."""
    return Authority.objects.filter(pk__in=list(authorities))


@dataclass(frozen=True)
class LeadEntry:
    """An agency of the directory with its leads: current ones, and those still to come."""

    agency: Agency
    leads: list[Post]


def directory(
    today: dt.date, *, name: str = "", kind: str = "", authority: str = ""
) -> list[LeadEntry]:
    """Agencies open today with their named leads (O-SHR-35), also those that have none.

    A lead is shown with the days the post holds. Two queries.
    """
    open_today = Q(starts_on__lte=today) & (Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    found = Agency.objects.filter(open_today).select_related("authority")
    if name:
        found = found.filter(name__icontains=name)
    if kind:
        found = found.filter(type=kind)
    if authority:
        found = found.filter(authority__key=authority)
    agencies = list(found.order_by("authority__name", "name"))
    leads = Post.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        role=Role.NAMED_LEAD,
        user__is_active=True,
        team__agency__in=agencies,
    ).select_related("user", "team")
    by_agency: dict[uuid.UUID, list[Post]] = {}
    for post in leads.order_by("starts_on", "id"):
        by_agency.setdefault(post.team.agency_id, []).append(post)
    return [LeadEntry(agency, by_agency.get(agency.pk, [])) for agency in agencies]


def teams_left_empty(person: User) -> list[Team]:
    """The teams in which nobody else holds a post today with an open account: what is sent to them
    waits for nobody once this person has gone. One query.
    """
    today = timezone.localdate()
    held = Post.objects.current(today)
    others = held.filter(user__is_active=True).exclude(user=person)
    found = Team.objects.filter(pk__in=held.filter(user=person).values("team_id"))
    left = found.exclude(pk__in=others.values("team_id")).select_related("agency")
    return list(left.order_by("name", "id"))


def second_factors_of(person: User) -> list[str]:
    """What kinds of second factor somebody has; never a key or a code."""
    from allauth.mfa.models import Authenticator

    kinds = Authenticator.objects.filter(user_id=person.pk).order_by("type")
    return [str(kind) for kind in kinds.values_list("type", flat=True).distinct()]


def second_people_for(change: AccountChange) -> QuerySet[User]:
    """Who may agree to a change: administrators and the agency's leads, but not who asked."""
    theirs = Post.objects.filter(user_id=change.person_id)
    posts = Post.objects.current(timezone.localdate()).filter(
        Q(
            role=Role.ADMINISTRATOR,
            team__agency__authority__in=theirs.values("team__agency__authority"),
        )
        | Q(role__in=AGREEING, team__agency__in=theirs.values("team__agency"))
    )
    found = User.objects.filter(is_active=True, pk__in=posts.values("user_id"))
    return found.exclude(pk__in=[change.asked_by_id, change.person_id])


def changes_open_to(user: Any) -> QuerySet[AccountChange]:
    """Changes of accounts that wait and that this person may agree to, refuse or withdraw."""
    mine = Post.objects.current(timezone.localdate()).filter(user_id=user.pk)
    leading = mine.filter(role__in=AGREEING).values("team__agency")
    managed = mine.filter(role=Role.ADMINISTRATOR).values("team__agency__authority")
    theirs = Post.objects.filter(user=OuterRef("person"))
    found = AccountChange.objects.filter(
        Q(asked_by_id=user.pk)
        | Exists(theirs.filter(team__agency__in=leading))
        | Exists(theirs.filter(team__agency__authority__in=managed)),
        outcome="",
    )
    return found.exclude(person_id=user.pk).select_related("person", "asked_by")


def waiting_changes_of(person: User) -> list[AccountChange]:
    """Changes of this account that wait for a second person."""
    found = AccountChange.objects.filter(person=person, outcome="").select_related("asked_by")
    return list(found.order_by("asked_at"))

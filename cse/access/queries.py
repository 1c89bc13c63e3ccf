"""Who can see a child and why, who has looked, and whom one could give access to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.models import (
    Basis,
    BreakGlass,
    ChildTeamGrant,
    ChildUserGrant,
    Exclusion,
    Seal,
)
from cse.access.principals import Principals, principals_of, principals_of_people
from cse.access.scope import NARROW, people_in_scope, visible
from cse.audit.models import AuditEvent, Decision
from cse.people.models import Post, Team

COLLEAGUES = 20
"""People and teams that a search for a colleague shows at most, each."""

LOOKS = 50
"""Events on a page of "who has looked"."""


@dataclass(frozen=True)
class Reason:
    """One grant that lets somebody see a child. ``team`` is empty for a grant of their own."""

    id: uuid.UUID
    basis: str
    why: str
    team: str
    starts_at: dt.datetime
    expires_at: dt.datetime
    given_by: str


@dataclass(frozen=True)
class Sees:
    """Somebody who can see a child today, with every reason."""

    user: Any
    post: str
    acts: frozenset[Capability]
    reasons: tuple[Reason, ...]


def live_grants(child_id: uuid.UUID) -> list[ChildUserGrant | ChildTeamGrant]:
    """Every grant on the child that is live now; two queries."""
    now = timezone.now()
    live = {"content_object_id": child_id, "starts_at__lte": now, "expires_at__gt": now}
    own = ChildUserGrant.objects.filter(**live).select_related("granted_by")
    teams = ChildTeamGrant.objects.filter(**live).select_related(
        "granted_by", "group__team__agency"
    )
    return [*own.order_by("expires_at", "id"), *teams.order_by("expires_at", "id")]


def who_can_see(child_id: uuid.UUID) -> list[Sees]:
    """Everybody for whom `can()` says yes to seeing this child, and why; seven queries."""
    grants = live_grants(child_id)
    return _who_may(child_id, Capability.SEE_CHILD, grants, _holders(grants))


def who_sees_what(child_id: uuid.UUID) -> tuple[list[Sees], list[Sees]]:
    """Who sees the child's record, and who a request or a referral alone, and why.

    That does also who has access by a post that opens no records: police whom a referral was sent
    to. Two queries more than `who_can_see` for each way in which there is somebody.
    """
    grants = live_grants(child_id)
    holders = _holders(grants)
    record = _who_may(child_id, Capability.SEE_CHILD, grants, holders)
    known = {person.user.pk for person in record}
    others = {pk: holder for pk, holder in holders.items() if pk not in known}
    wide = [grant for grant in grants if grant.basis not in NARROW.values()]
    narrow = _who_may(child_id, Capability.SEE_REFERRAL, wide, others)
    for act, basis in NARROW.items():
        of_that = [grant for grant in grants if grant.basis == basis]
        narrow += _who_may(child_id, act, of_that, others)
    return record, narrow


def _holders(grants: Iterable[ChildUserGrant | ChildTeamGrant]) -> dict[uuid.UUID, Principals]:
    """Everybody who has one of these grants, or holds a post in a team that has one."""
    grants = list(grants)
    groups = {grant.group_id for grant in grants if isinstance(grant, ChildTeamGrant)}
    users = {grant.user_id for grant in grants if isinstance(grant, ChildUserGrant)}
    posts = Post.objects.filter(team__group_id__in=groups)
    return principals_of_people(users | set(posts.values_list("user_id", flat=True)))


def _who_may(
    child_id: uuid.UUID,
    act: Capability,
    grants: list[ChildUserGrant | ChildTeamGrant],
    holders: dict[uuid.UUID, Principals],
) -> list[Sees]:
    """Candidates come from the grants; whether they may is asked of the scope's own SQL."""
    able = [p for p in holders.values() if act in p.acts and any(_reasons_of(p, grants))]
    if not able:
        return []
    seeing = people_in_scope(child_id, able, act=act)
    users = get_user_model().objects.filter(pk__in=seeing)
    return [
        Sees(
            user=user,
            post=holders[user.pk].post_title,
            acts=holders[user.pk].acts,
            reasons=tuple(_reasons_of(holders[user.pk], grants)),
        )
        for user in users.order_by("family_name", "given_name", "id")
    ]


def why(user: Any, child_id: uuid.UUID) -> list[Reason]:
    """Every reason for which this person sees this child; none where they do not."""
    principals = principals_of(user)
    if Capability.SEE_CHILD not in principals.acts:
        return []
    if user.pk not in people_in_scope(child_id, [principals]):
        return []
    return list(_reasons_of(principals, live_grants(child_id)))


@dataclass(frozen=True)
class Marks:
    """What a page about a child must not let anybody overlook about access.

    ``open_until``: where an emergency opening alone lets this person in, the moment it ends.
    ``sees_record``: they see the child's record, and not only a request or referral of their own.
    """

    sealed: bool
    open_until: dt.datetime | None
    sees_record: bool


_MARKS = """
SELECT EXISTS (SELECT FROM access_seal WHERE child_id = %(child)s AND lifted_at IS NULL),
       opened.until, opened.at_all
  FROM (SELECT CASE WHEN bool_and(basis = %(emergency)s) THEN max(expires_at) END AS until,
               count(*) > 0 AS at_all FROM (
          SELECT basis, expires_at FROM access_childusergrant
           WHERE content_object_id = %(child)s AND user_id = %(user)s
             AND starts_at <= %(now)s AND expires_at > %(now)s AND basis <> ALL(%(narrow)s)
          UNION ALL
          SELECT basis, expires_at FROM access_childteamgrant
           WHERE content_object_id = %(child)s AND group_id = ANY(%(groups)s::int[])
             AND starts_at <= %(now)s AND expires_at > %(now)s AND basis <> ALL(%(narrow)s)) live
       ) opened
"""


def marks_of(child_id: uuid.UUID, user: Any) -> Marks:
    """The marks of a child for somebody who sees it. One query."""
    parameters = {
        "child": child_id,
        "user": user.pk,
        "groups": list(principals_of(user).groups),
        "emergency": Basis.BREAK_GLASS,
        "narrow": [str(basis) for basis in NARROW.values()],
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MARKS, parameters)
        return Marks(*cursor.fetchone())


def _reasons_of(
    person: Principals, grants: Iterable[ChildUserGrant | ChildTeamGrant]
) -> Iterable[Reason]:
    for grant in grants:
        if isinstance(grant, ChildTeamGrant):
            if grant.group_id not in person.groups:
                continue
            team = f"{grant.group.team.name}, {grant.group.team.agency.name}"
        elif grant.user_id == person.user_id:
            team = ""
        else:
            continue
        yield Reason(
            id=grant.pk,
            basis=grant.get_basis_display(),
            why=grant.reason,
            team=team,
            starts_at=grant.starts_at,
            expires_at=grant.expires_at,
            given_by=grant.granted_by.get_full_name() if grant.granted_by else "",
        )


def people_in_team(team: Team) -> list[Principals]:
    """Whom the people with a current post in the team stand for today."""
    ids = Post.objects.filter(team=team).values_list("user_id", flat=True)
    found = principals_of_people(set(ids))
    return [person for person in found.values() if team.group_id in person.groups]


def owners_of(child_id: uuid.UUID) -> tuple[int, int]:
    """How many people see the child for more than an answer or an hour of an emergency.

    And how many of them may act on who sees it.
    """
    passing = {Basis.BREAK_GLASS.label, Basis.SIGNATORY.label}
    seeing = [
        person
        for person in who_can_see(child_id)
        if any(reason.basis not in passing for reason in person.reasons)
    ]
    return len(seeing), sum(Capability.GRANT_ACCESS in person.acts for person in seeing)


def grant_on(child_id: uuid.UUID, grant_id: uuid.UUID) -> ChildUserGrant | ChildTeamGrant | None:
    """A grant on this child, of a person or of a team."""
    models: tuple[Any, ...] = (ChildUserGrant, ChildTeamGrant)
    for model in models:
        found = model.objects.select_related("content_object").filter(
            content_object_id=child_id, pk=grant_id
        )
        if grant := found.first():
            return grant  # type: ignore[no-any-return]
    return None


def exclusions_on(child_id: uuid.UUID) -> QuerySet[Exclusion]:
    """Declared conflicts that stand, newest first."""
    found = Exclusion.objects.filter(child_id=child_id, ended_at__isnull=True)
    return found.select_related("user", "declared_by").order_by("-starts_at")


def seal_on(child_id: uuid.UUID) -> Seal | None:
    """The seal that stands on the child, with who set it."""
    found = Seal.objects.filter(child_id=child_id, lifted_at__isnull=True)
    return found.select_related("sealed_by").first()


def openings_to_review(user: Any) -> QuerySet[BreakGlass]:
    """Emergency openings of children in this person's scope that nobody has reviewed."""
    from django.apps import apps

    every: QuerySet[Any] = apps.get_model("children", "Child").objects.all()
    children = visible(every, user, Capability.SEE_CHILD)
    found = BreakGlass.objects.filter(reviewed_at__isnull=True, child__in=children)
    return found.select_related("child", "user").order_by("review_due_on", "opened_at")


def attempts_on(child_id: uuid.UUID) -> QuerySet[AuditEvent]:
    """Refused attempts to change one's own access since the leads last read of them."""
    found = AuditEvent.objects.filter(child_id=child_id)
    read = found.filter(act="refused attempts read").order_by("-at", "-id").first()
    found = found.filter(rule="own interest", decision=Decision.REFUSED)
    if read is not None:
        found = found.filter(at__gt=read.at)
    return found.order_by("-at", "-id")


def looks_on(
    child_id: uuid.UUID, before: AuditEvent | None = None, who: uuid.UUID | None = None
) -> list[AuditEvent]:
    """A page of what was done, looked at and refused on a child, newest first, and one more.

    ``before`` is the last event of the page before it (keyset paging: any depth costs the same);
    ``who`` leaves only what that person did.
    """
    found = AuditEvent.objects.filter(child_id=child_id)
    if who is not None:
        found = found.filter(actor_id=who)
    if before is not None:
        found = found.filter(Q(at__lt=before.at) | Q(at=before.at, id__lt=before.pk))
    return list(found.order_by("-at", "-id")[: LOOKS + 1])


def names_of(user_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of people, for a page of events."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    people = get_user_model().objects.filter(pk__in=wanted)
    return {person.pk: person.get_full_name() for person in people}


@dataclass(frozen=True)
class Colleague:
    """A person or a team that access could be given to; ``key`` is what the form sends."""

    key: str
    name: str
    where: str


def colleagues(search: str, *, teams: bool) -> list[Colleague]:
    """People with a current post, and teams, whose name or agency has every word typed."""
    words = search.split()[:6]
    if not words:
        return []
    today = timezone.localdate()
    current = (
        Post.objects.current(today)
        .select_related("user", "team__agency")
        .filter(user__is_active=True)
    )
    found: dict[str, Colleague] = {}
    for word in words:
        current = current.filter(
            Q(user__given_name__icontains=word)
            | Q(user__family_name__icontains=word)
            | Q(team__agency__name__icontains=word)
            | Q(team__name__icontains=word)
        )
    for post in current.order_by("user__family_name", "user__given_name", "id")[: COLLEAGUES * 3]:
        key = f"user:{post.user_id}"
        where = f"{post.get_role_display()}, {post.team.agency.name}"
        found.setdefault(key, Colleague(key, post.user.get_full_name(), where))
    people = list(found.values())[:COLLEAGUES]
    return people + (_teams(words) if teams else [])


def _teams(words: list[str]) -> list[Colleague]:
    found = Team.objects.select_related("agency")
    for word in words:
        found = found.filter(Q(name__icontains=word) | Q(agency__name__icontains=word))
    return [
        Colleague(f"team:{team.pk}", team.name, f"Everybody in this team, {team.agency.name}")
        for team in found.order_by("agency__name", "name")[:COLLEAGUES]
    ]


def grant_holders(child_id: uuid.UUID) -> list[Any]:
    """People whose grant would let them see the child were they named in its seal."""
    grants = [each for each in live_grants(child_id) if each.basis not in NARROW.values()]
    groups = {grant.group_id for grant in grants if isinstance(grant, ChildTeamGrant)}
    holders = {grant.user_id for grant in grants if isinstance(grant, ChildUserGrant)}
    posts = Post.objects.filter(team__group_id__in=groups)
    people = principals_of_people(holders | set(posts.values_list("user_id", flat=True)))
    able = {
        pk
        for pk, person in people.items()
        if Capability.SEE_CHILD in person.acts and (pk in holders or groups & set(person.groups))
    }
    excluded = exclusions_on(child_id).values_list("user_id", flat=True)
    users = get_user_model().objects.filter(pk__in=able - set(excluded))
    return list(users.order_by("family_name", "given_name", "id"))


def child_with_reference(reference: str) -> uuid.UUID | None:
    """The child with exactly this reference, whoever asks: for an emergency opening only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM children_child WHERE reference = %s", [reference])
        row = cursor.fetchone()
    return row[0] if row else None

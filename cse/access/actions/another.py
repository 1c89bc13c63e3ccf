"""Whom to ask where somebody else has to read or judge what one did about a child."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from cse.access.actions.asked import let_see_to_answer
from cse.access.capabilities import Capability
from cse.access.models import Basis, ChildTeamGrant, ChildUserGrant, Exclusion
from cse.access.principals import Principals, principals_of_people
from cse.access.queries import people_in_team
from cse.access.scope import NARROW
from cse.people.models import Post, Role, Team, TeamKind


def ask_another(
    child: Any, *, but: uuid.UUID, act: Capability, since: dt.datetime, reason: str
) -> list[dict[str, Any]]:
    """Another lead of the agency that recorded the child, else its senior managers, or a CSE team.

    Anybody who may do ``act`` but the person ``but``; as owners of work (cse.worklist). A manager
    or team that does not see the child is let see it, once ``since`` then, until the answer.
    """
    leads = Team.objects.filter(agency_id=child.created_by_agency_id, kind=TeamKind.LEADS).first()
    if leads is not None and _able(child, people_in_team(leads), but, act):
        return [{"group": leads.group}]
    posts = Post.objects.current(timezone.localdate()).filter(
        role=Role.SENIOR_MANAGER, team__agency_id=child.created_by_agency_id
    )
    managers = principals_of_people(set(posts.values_list("user_id", flat=True))).values()
    users = get_user_model().objects.filter(pk__in=_able(child, managers, but, act))
    asked = [
        {"owner": user}
        for user in users.order_by("id")
        if _let_see(child, since=since, reason=reason, user=user)
    ]
    if asked:
        return asked
    specialists = Team.objects.filter(
        agency__authority_id=child.authority_id, kind=TeamKind.CSE_TEAM
    )
    for team in specialists.select_related("group").order_by("name"):
        able = _able(child, people_in_team(team), but, act)
        if able and _let_see(child, since=since, reason=reason, group=team.group):
            return [{"group": team.group}]
    return [] if leads is None else [{"group": leads.group}]


def _able(
    child: Any, people: Iterable[Principals], but: uuid.UUID, act: Capability
) -> list[uuid.UUID]:
    """Who of them may do it: not that person, nor somebody kept from this child."""
    kept_out = Exclusion.objects.filter(child_id=child.pk, ended_at__isnull=True)
    barred = {but, *kept_out.values_list("user_id", flat=True)}
    return [
        person.user_id for person in people if act in person.acts and person.user_id not in barred
    ]


def _let_see(
    child: Any, *, since: dt.datetime, reason: str, user: Any = None, group: Group | None = None
) -> bool:
    """Whether they can see the child now: already, or let once since then.

    Who did not answer in that time is not let see it again: somebody else is asked.
    """
    key: dict[str, Any] = {"group": group} if user is None else {"user": user}
    model: Any = ChildTeamGrant if user is None else ChildUserGrant
    grants = model.objects.filter(content_object_id=child.pk, **key)
    grants = grants.exclude(basis__in=NARROW.values())
    if grants.filter(expires_at__gt=timezone.now()).exists():
        return True
    if grants.filter(basis=Basis.SIGNATORY, starts_at__gte=since).exists():
        return False
    let_see_to_answer(child=child, reason=reason, user=user, group=group)
    return True

"""Who may answer somebody who does not agree: nobody who had a part in the decision."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.models import Exclusion, Seal, SealName
from cse.access.principals import principals_of
from cse.access.roles import ROLE_ACTS
from cse.people.models import Post, Team, TeamKind
from referrals.models import Delivery, Disagreement

ANSWERING: Final = tuple(role for role, acts in ROLE_ACTS.items() if Capability.TRIAGE in acts)
"""The posts that answer a referral, and so a disagreement about one."""
OUTSIDE: Final = (TeamKind.CSE_TEAM, TeamKind.FRONT_DOOR)
"""Who of the same area is asked where nobody of the agency that decided can, in this order."""


def who_answers(delivery: Delivery, said_by: uuid.UUID) -> Team | None:
    """The first team with somebody who neither decided, agreed nor asks; None where nobody is.

    The leads of the agency that decided, else its team's other people, else the area's CSE team,
    else another front door of it (decision 0014). Three queries.
    """
    team = delivery.team
    assert team is not None  # noqa: S101  a contact decides nothing here
    leads = Q(agency_id=team.agency_id, kind=TeamKind.LEADS)
    outside = Q(agency__authority_id=delivery.authority_id, kind__in=OUTSIDE)
    found = Team.objects.filter(leads | outside | Q(pk=team.pk)).select_related("group", "agency")
    there = _people_of(found, delivery.referral.child_id)
    able = [each for each in found if there[each.pk] - _had_a_part(delivery, said_by)]
    return min(able, key=lambda each: (_rank(each, team), each.name), default=None)


def _rank(each: Team, team: Team) -> int:
    if each.kind == TeamKind.LEADS:
        return 0
    return 1 if each.pk == team.pk else 2 + OUTSIDE.index(TeamKind(each.kind))


def waiting_for_nobody(rows: Iterable[Disagreement]) -> set[uuid.UUID]:
    """Which of these, of one child, wait for an answer that nobody of those asked may give.

    Two queries where one waits, none otherwise.
    """
    waiting = [row for row in rows if row.answered_at is None]
    if not waiting:
        return set()
    teams = [team for row in waiting for team in row.teams_asked]
    there = _people_of(teams, waiting[0].delivery.referral.child_id)
    return {
        row.pk
        for row in waiting
        if not any(
            there[team.pk] - _had_a_part(row.delivery, row.said_by_id) for team in row.teams_asked
        )
    }


def disagreements_for(user: Any) -> QuerySet[Disagreement]:
    """Those that wait, or waited, for a team this person holds a post in (`teams_asked`)."""
    groups = list(principals_of(user).groups)
    of_team = ~Q(asked__kind=TeamKind.LEADS) & Q(delivery__team__group_id__in=groups)
    return Disagreement.objects.filter(Q(asked__group_id__in=groups) | of_team)


def _had_a_part(delivery: Delivery, said_by: uuid.UUID) -> set[uuid.UUID | None]:
    return {delivery.decided_by_id, delivery.approved_by_id, said_by}


def _people_of(
    teams: Iterable[Team], child_id: uuid.UUID
) -> Mapping[uuid.UUID, set[uuid.UUID | None]]:
    """Who of each team could open this child and answer today, by the team's id."""
    today = timezone.localdate()
    seals = Seal.objects.filter(child_id=child_id, lifted_at__isnull=True)
    posts = (
        Post.objects.current(today)
        .filter(team__in=[team.pk for team in teams], role__in=ANSWERING, user__is_active=True)
        .filter(
            Q(team__agency__ends_on__isnull=True) | Q(team__agency__ends_on__gte=today),
            team__agency__starts_on__lte=today,
        )
        .exclude(
            user_id__in=Exclusion.objects.filter(child_id=child_id, ended_at__isnull=True).values(
                "user_id"
            )
        )
    )
    if seals.exists():
        named = SealName.objects.filter(seal__in=seals, ended_at__isnull=True)
        posts = posts.filter(user_id__in=named.values("user_id"))
    found: dict[uuid.UUID, set[uuid.UUID | None]] = defaultdict(set)
    for team_id, user_id in posts.values_list("team_id", "user_id"):
        found[team_id].add(user_id)
    return found

"""Who coordinates a return interview: the front door (W §7), or who stands in where none can.

Of a sealed child only people inside the seal: the coordinating team is outside it unless somebody
of it is named. The interview is owed all the same, so those who answer for the child do the
coordinator's part; nobody outside learns that it is owed. So they do where nobody is left in a team
that coordinates, and whoever recorded the return where nobody answers for the child.
"""

from __future__ import annotations

import uuid
from typing import Any

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.queries import exclusions_on, people_in_team, seal_on, who_can_see
from cse.access.scope import people_in_scope
from cse.missing.models import MissingEpisode
from cse.people.models import Team, TeamKind


def coordinating_teams(episode: MissingEpisode) -> list[Team]:
    """The teams that may allocate it: the coordinator sits at the front door (W §7), or where the
    area has none, in the specialist team.
    """
    teams = Team.objects.filter(
        agency__authority_id=episode.authority_id,
        kind__in=(TeamKind.FRONT_DOOR, TeamKind.CSE_TEAM),
    ).select_related("group", "agency")
    return sorted(teams, key=lambda team: (team.kind != TeamKind.FRONT_DOOR, team.name))


def coordinators_of(episode: MissingEpisode) -> Team | None:
    """The one that does: the first of them with somebody who sees the child, else the first with
    somebody who is not excluded from the child. None where nobody is there today.
    """
    excluded = set(exclusions_on(episode.child_id).values_list("user_id", flat=True))
    teams = coordinating_teams(episode)
    able = [team for team in teams if {each.user_id for each in people_in_team(team)} - excluded]
    seeing = (team for team in able if sees(team, episode.child_id))
    return next(seeing, able[0] if able else None)


def sees(team: Team, child_id: uuid.UUID) -> bool:
    """Whether somebody of the team sees the child."""
    return bool(people_in_scope(child_id, people_in_team(team)))


def is_sealed(child_id: uuid.UUID) -> bool:
    """Whether a seal stands on the child. One query."""
    return seal_on(child_id) is not None


def those_inside(child_id: uuid.UUID) -> list[Any]:
    """Those who see the child and coordinate; else the leads and managers who see it.

    Of a sealed child nobody where all of them have gone: then somebody is named first
    (cse.access.abandoned). Seven queries.
    """
    seeing = who_can_see(child_id)
    able = [each.user for each in seeing if Capability.ALLOCATE_INTERVIEW in each.acts]
    return able or [each.user for each in seeing if Capability.SEAL in each.acts]


def stand_ins(episode: MissingEpisode) -> list[Any]:
    """Who does the coordinator's part where no team does; nobody where one does."""
    if is_sealed(episode.child_id):
        return those_inside(episode.child_id)
    if coordinators_of(episode) is not None:
        return []
    recorder = episode.return_recorded_by
    return those_inside(episode.child_id) or ([recorder] if recorder is not None else [])


def stands_in(user: Any, episode: MissingEpisode) -> bool:
    """Whether this person does the coordinator's part, who is none by post."""
    acts = principals_of(user).acts
    if Capability.ALLOCATE_INTERVIEW in acts or Capability.RECORD_INTERVIEW not in acts:
        return False
    if Capability.SEAL not in acts and user.pk != episode.return_recorded_by_id:
        return False
    return user.pk in {each.pk for each in stand_ins(episode)}

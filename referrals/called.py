"""What whoever receives a referral is called: on every page and paper the same."""

from __future__ import annotations

from collections.abc import Iterable

from cse.people.models import Authority, Team
from referrals.routing import Route

_FRONT_DOORS = frozenset({Route.MASH, Route.ASSESSMENT_TEAM, Route.SOCIAL_CARE})
_SPECIALISTS = frozenset({Route.CSE_TEAM, Route.KINGFISHER})


def called(
    team: Team | None, contact: str, routes: Iterable[str], area: Authority, *, two_areas: bool
) -> str:
    """A team with its agency, or a contact by what its area calls it (DEC-41).

    Where a referral goes to ``two_areas`` each is named with its own: the Designated Officer of one
    is not the other's.
    """
    asked = {Route(each) for each in routes}
    name = contact
    if team is not None:
        name = f"{team.name}, {team.agency.name}"
    elif asked & _SPECIALISTS:
        name = area.cse_team_name
    elif asked & _FRONT_DOORS:
        name = area.front_door_name
    return f"{name}, {area.name}" if two_areas and area.name not in name else name

"""Made-up authorities, agencies, people and children for tests; all of it fictional."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any, NamedTuple

import time_machine
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from cse.access.actions import grant_by_rule
from cse.access.models import Basis
from cse.audit.history import write_together
from cse.children.models import Child
from cse.people.models import Agency, AgencyType, Authority, Post, Role, Team, TeamKind, User
from screening.actions import load_shipped_tools
from screening.models import ToolVersion

_number = itertools.count(1)
LONG_AGO = dt.date(2020, 1, 1)
TOOLS_SINCE = dt.datetime(2026, 9, 1, 9, tzinfo=dt.UTC)
PASSWORD = "correct horse battery"


def make_tools() -> list[ToolVersion]:
    """Both shipped tools, in use for long: also on the day that a test stands at."""
    with time_machine.travel(TOOLS_SINCE):
        return load_shipped_tools()


def make_authority(key: str = "oxfordshire") -> Authority:
    """The authority with that key, made on first asking."""
    found = Authority.objects.filter(key=key).first()
    if found:
        return found
    names = {
        "oxfordshire": ("Oxfordshire", "Assessment team", "Kingfisher"),
        "wiltshire": ("Wiltshire", "MASH", "CSE and Missing Children Team"),
    }[key]
    authority = Authority(
        key=key,
        name=names[0],
        tool_key=key,
        front_door_name=names[1],
        cse_team_name=names[2],
        board_name=f"{names[0]} safeguarding partnership",
        emergency_text="If a child is in danger now, call the police on 999.",
    )
    authority.save()
    return authority


def make_agency(
    name: str = "", *, authority: Authority | None = None, type: str = AgencyType.SCHOOL
) -> Agency:
    """An agency that has existed for a long time."""
    (agency,) = make_agencies(authority or make_authority(), type, name=name)
    return agency


def make_agencies(authority: Authority, *types: str, name: str = "") -> list[Agency]:
    """An agency of each type."""
    return write_together(
        Agency(
            name=name or f"Agency {next(_number)}",
            authority=authority,
            type=type,
            starts_on=LONG_AGO,
        )
        for type in types
    )


def make_team(
    agency: Agency | None = None, *, kind: str = TeamKind.WORKING, name: str = ""
) -> Team:
    """A team of an agency; the circle of leads is made once."""
    agency = agency or make_agency()
    if kind == TeamKind.LEADS:
        found = Team.objects.filter(agency=agency, kind=kind).first()
        if found:
            return found
    (team,) = make_teams((agency, kind), name=name)
    return team


def make_teams(*wanted: tuple[Agency, str], name: str = "") -> list[Team]:
    """A team of each agency, of that kind."""
    teams = [
        Team(agency=agency, kind=kind, name=name or f"Team {next(_number)}")
        for agency, kind in wanted
    ]
    groups = Group.objects.bulk_create(
        Group(name=f"{team.agency_id} {team.name}") for team in teams
    )
    for team, group in zip(teams, groups, strict=True):
        team.group = group
    return write_together(teams)


class Wanted(NamedTuple):
    """Somebody to be made: a role in a team, and a name."""

    role: str
    team: Team
    given_name: str = "Test"
    family_name: str = ""


def make_user(
    role: str | None = Role.PRACTITIONER,
    *,
    team: Team | None = None,
    agency: Agency | None = None,
    given_name: str = "Test",
    family_name: str = "",
    email: str = "",
) -> User:
    """A person with a current post in that role (none where role is None)."""
    (user,) = write_together([_person(given_name, family_name, email)])
    if role is not None:
        kind = TeamKind.LEADS if role == Role.NAMED_LEAD else TeamKind.WORKING
        give_post(user, role, team or make_team(agency, kind=kind))
    return user


def make_users(*wanted: Wanted) -> list[User]:
    """People, each with a current post."""
    users = write_together(_person(each.given_name, each.family_name) for each in wanted)
    write_together(
        _post(user, each.role, each.team) for user, each in zip(users, wanted, strict=True)
    )
    return users


def give_post(user: User, role: str, team: Team) -> Post:
    """A post from long ago with no end."""
    (post,) = write_together([_post(user, role, team)])
    return post


def _person(given_name: str, family_name: str, email: str = "") -> User:
    n = next(_number)
    user = User(
        email=email or f"person{n}@agency.example.org",
        given_name=given_name,
        family_name=family_name or f"Person{n:05}",
        job_title="Worker",
    )
    user.set_password(PASSWORD)
    return user


def _post(user: User, role: str, team: Team) -> Post:
    return Post(user=user, team=team, role=role, starts_on=LONG_AGO)


def make_child(
    given_name: str = "Robin",
    family_name: str = "Example",
    *,
    by: User | None = None,
    date_of_birth: dt.date | None = dt.date(2012, 3, 9),
    authority: Authority | None = None,
    **fields: Any,
) -> Child:
    """A child recorded by somebody; nobody has access until `grant()`."""
    by = by or make_user()
    post = by.posts.select_related("team__agency").first()
    agency = post.team.agency if post else make_agency()
    child = Child(
        given_name=given_name,
        family_name=family_name,
        date_of_birth=date_of_birth,
        birth_date_known="exact" if date_of_birth else "unknown",
        authority=authority or agency.authority,
        created_by=by,
        created_by_agency=agency,
        **fields,
    )
    child.save()
    return child


@transaction.atomic
def grant(user: User | None, child: Child, *, team: Team | None = None, days: int = 90) -> Any:
    """Give somebody (or a team) a plain grant on a child, outside any view."""
    return grant_by_rule(
        child=child,
        basis=Basis.GIVEN,
        reason="For the test",
        days=days,
        user=user,
        group=team.group if team else None,
    )


def now() -> dt.datetime:
    """Now, in UTC."""
    return timezone.now()

"""Random worlds of people, posts, grants, exclusions and seals, and an oracle beside the SQL.

The oracle reads the description of the world, never the database, and says who sees which child.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone
from hypothesis import strategies as st

from cse.access.models import (
    Basis,
    ChildTeamGrant,
    ChildUserGrant,
    Exclusion,
    Seal,
    SealName,
)
from cse.people.models import Post, Role
from tests.factories import LONG_AGO, make_agency, make_child, make_team, make_user

PEOPLE, TEAMS, CHILDREN, AGENCIES = 4, 3, 3, 2
person = st.integers(0, PEOPLE - 1)
team = st.integers(0, TEAMS - 1)
child = st.integers(0, CHILDREN - 1)
#: Days from today at which a post ends; None has no end.
ends = st.sampled_from([None, -1, 0, 30])
#: Hours from now between which a grant runs: past, live, future, ended.
term = st.sampled_from([(-48, -24), (-24, 24), (24, 48), (-24, 0)])
WITH_CHILDREN = {
    Role.PRACTITIONER,
    Role.NAMED_LEAD,
    Role.SENIOR_MANAGER,
    Role.FRONT_DOOR,
    Role.CSE_TEAM,
    Role.CHAIR,
}


#: Grants that open one thing each and not the record, and the posts in which one may have that.
NARROW = {
    Basis.CONTRIBUTOR: WITH_CHILDREN | {Role.INTELLIGENCE},
    Basis.REFERRER: WITH_CHILDREN,
    Basis.SIGNED: {Role.NAMED_LEAD, Role.SENIOR_MANAGER},
}
basis = st.sampled_from([Basis.GIVEN, Basis.BREAK_GLASS, *NARROW])


@dataclass
class World:
    """A description: who holds which post, what is granted, excluded and sealed."""

    inactive: set[int] = field(default_factory=set)
    agency_ends: dict[int, int | None] = field(default_factory=dict)
    posts: list[tuple[int, int, str, int | None]] = field(default_factory=list)
    user_grants: list[tuple[int, int, tuple[int, int], str]] = field(default_factory=list)
    team_grants: list[tuple[int, int, tuple[int, int]]] = field(default_factory=list)
    exclusions: list[tuple[int, int, bool]] = field(default_factory=list)
    seals: dict[int, tuple[bool, frozenset[int], frozenset[int]]] = field(default_factory=dict)

    def agency_of(self, team: int) -> int:
        """Teams are dealt to agencies in turn."""
        return team % AGENCIES


worlds = st.builds(
    World,
    inactive=st.sets(person, max_size=1),
    agency_ends=st.dictionaries(st.integers(0, AGENCIES - 1), ends, max_size=AGENCIES),
    posts=st.lists(
        st.tuples(person, team, st.sampled_from([str(role) for role in Role]), ends), max_size=8
    ),
    user_grants=st.lists(
        st.tuples(person, child, term, basis),
        max_size=8,
        unique_by=lambda grant: (grant[0], grant[1], grant[3]),
    ),
    team_grants=st.lists(
        st.tuples(team, child, term), max_size=6, unique_by=lambda grant: grant[:2]
    ),
    exclusions=st.lists(
        st.tuples(person, child, st.booleans()), max_size=4, unique_by=lambda row: row[:2]
    ),
    seals=st.dictionaries(
        child,
        # Lifted or not, who is named, and whose name was taken off again.
        st.tuples(st.booleans(), st.frozensets(person), st.frozensets(person)),
        max_size=2,
    ),
)


def oracle(world: World, who: int, which: int, *, narrow: Basis | None = None) -> bool:
    """Whether that person sees that child, or the one thing of it that a ``narrow`` grant opens:
    from the description alone.
    """
    if who in world.inactive:
        return False

    def runs(end: int | None) -> bool:
        return end is None or end >= 0

    current = [
        (team, role)
        for holder, team, role, end in world.posts
        if holder == who and runs(end) and runs(world.agency_ends.get(world.agency_of(team)))
    ]
    able = NARROW[narrow] if narrow else WITH_CHILDREN
    if not any(role in able for _, role in current):
        return False
    if any((p, c) == (who, which) and not ended for p, c, ended in world.exclusions):
        return False
    mine = [
        term
        for holder, c, term, basis in world.user_grants
        if (holder, c) == (who, which) and (basis == narrow or basis not in NARROW)
    ]
    mine += [
        t for team, c, t in world.team_grants if c == which and team in {p[0] for p in current}
    ]
    if not any(start <= 0 < end for start, end in mine):
        return False
    lifted, named, taken_off = world.seals.get(which, (True, frozenset(), frozenset()))
    return lifted or who in named - taken_off


@dataclass
class Built:
    """The same world in the database."""

    people: list
    teams: list
    children: list


def build(world: World) -> Built:
    """Write a world; every row with its history, by ordinary saves."""
    now, today = timezone.now(), timezone.localdate()
    agencies = [make_agency() for _ in range(AGENCIES)]
    for index, end in world.agency_ends.items():
        agencies[index].ends_on = end if end is None else today + dt.timedelta(days=end)
        agencies[index].save()
    teams = [make_team(agencies[world.agency_of(n)]) for n in range(TEAMS)]
    people = [make_user(role=None) for _ in range(PEOPLE)]
    for index in world.inactive:
        people[index].is_active = False
        people[index].save()
    recorder = make_user()
    children = [make_child(by=recorder) for _ in range(CHILDREN)]
    for holder, in_team, role, end in world.posts:
        ends_on = None if end is None else today + dt.timedelta(days=end)
        Post(
            user=people[holder], team=teams[in_team], role=role, starts_on=LONG_AGO, ends_on=ends_on
        ).save()
    _access(world, Built(people, teams, children), now)
    with connection.cursor() as cursor:  # the guards agree with every row written
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return Built(people, teams, children)


def _access(world: World, built: Built, now: dt.datetime) -> None:
    from cse.access.actions.grants import _permission

    permission = _permission()

    def terms(span: tuple[int, int]) -> dict:
        start, end = (now + dt.timedelta(hours=hours) for hours in span)
        return {"starts_at": start, "expires_at": end, "permission": permission, "reason": "Test"}

    for holder, which, span, basis in world.user_grants:
        ChildUserGrant(
            user=built.people[holder],
            content_object=built.children[which],
            basis=basis,
            **terms(span),
        ).save()
    for in_team, which, span in world.team_grants:
        ChildTeamGrant(
            group=built.teams[in_team].group,
            content_object=built.children[which],
            basis=Basis.GIVEN,
            **terms(span),
        ).save()
    for who, which, ended in world.exclusions:
        Exclusion(
            child=built.children[which],
            user=built.people[who],
            ground="relative",
            reason="Test",
            declared_by=built.people[who],
            starts_at=now,
            ended_at=now if ended else None,
            ended_by=built.people[0] if ended else None,
        ).save()
    for which, (lifted, named, taken_off) in world.seals.items():
        seal = Seal(
            child=built.children[which],
            reason="Test",
            sealed_by=built.people[0],
            sealed_at=now,
            review_on=now.date(),
            lifted_at=now if lifted else None,
        )
        seal.save()
        for who in named:
            SealName(
                seal=seal, user=built.people[who], ended_at=now if who in taken_off else None
            ).save()

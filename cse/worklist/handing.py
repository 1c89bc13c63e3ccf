"""Work of people who no longer see the child goes to the leads: nothing waits for nobody."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import principals_of_people
from cse.access.queries import people_in_team, who_can_see
from cse.access.scope import people_in_scope, visible
from cse.audit import events
from cse.children.models import Child
from cse.people.models import Post, Team, TeamKind
from cse.worklist.kinds import (
    AGREE_OUTCOME,
    ASKED,
    OF_ANOTHER,
    OF_ONE_AGENCY,
    OWN_REFERRAL,
    PAIR,
    TRIAGE,
    UNSEEN,
)
from cse.worklist.models import WorkItem

_asking_again: dict[str, Callable[[WorkItem], bool]] = {}
_last_resort: dict[str, Callable[[WorkItem], Group | None]] = {}


def register_asking_again(kind: str, ask: Callable[[WorkItem], bool]) -> None:
    """Let a room say who else is asked where work takes an answer of its own kind of people.

    ``ask`` is given the row that nobody whom it waits for can do; whether it waits for others now.
    """
    _asking_again[kind] = ask


def register_last_resort(kind: str, give: Callable[[WorkItem], Group | None]) -> None:
    """Let a room say who has work of this kind where nobody who sees the child is left.

    ``give`` lets them see the child, for a reason; None where there is nobody at all.
    """
    _last_resort[kind] = give


@transaction.atomic
def hand_over(*, child_id: uuid.UUID) -> int:
    """Let the leads have what waits for people who do not see this child; how many things.

    The leads of the owner's own agency where they see the child, else those of the agency that
    recorded it, else other leads or a CSE team who do, else somebody who may decide who sees it.
    What only the owner's agency can open goes to nobody else, and what takes a post only to such
    posts. A team's work moves where people hold posts in it and none of them sees the child;
    in a team without anybody it waits for the next one. Where nobody is left it stays as it is, or
    goes to whom its room names then (`register_last_resort`).
    """
    # The child's row stands for the set of its open work: two acts at once take turns.
    child = Child.objects.select_for_update(no_key=True).get(pk=child_id)
    left = _left(child)
    return _hand_out(child, left) if left else 0


def _left(child: Child) -> list[WorkItem]:
    """What nobody whom it waits for can do on this child."""
    found = (_of_persons() | _of_teams()).filter(child=child)
    items = list(found.select_related("owner_group__team"))
    people = principals_of_people({item.owner_id for item in items if item.owner_id})
    in_team: dict[Team, set[uuid.UUID]] = {}
    for team in {item.owner_group.team for item in items if item.owner_group}:
        members = {person.user_id: person for person in people_in_team(team)}
        in_team[team] = set(members)
        people |= members
    able = [person for person in people.values() if Capability.SEE_CHILD in person.acts]
    seeing = people_in_scope(child.pk, able)
    following = people_in_scope(child.pk, able, act=Capability.OWN_REFERRAL)
    left = []
    for item in items:
        whose = in_team[item.owner_group.team] if item.owner_group else {item.owner_id}
        if whose and not whose & (following if item.kind in OWN_REFERRAL else seeing):
            left.append(item)
    return left


def _hand_out(child: Child, left: list[WorkItem]) -> int:
    teams, deciding = _receivers(child)
    agencies = _agencies_of({item.owner_id for item in left if item.owner_id})
    handed = 0
    for item in left:
        if (ask := _asking_again.get(item.kind)) is not None:
            before = item.owner_id or item.owner_group_id
            if ask(item):
                _record(item, before)
                handed += 1
            continue
        group = item.owner_group
        own = {group.team.agency_id} if group else agencies.get(item.owner_id, set())
        may_have = [team for team in teams if _may_have(item.kind, team, own)]
        if may_have:
            _give(item, _nearest(may_have, own, child).group, None)
        elif deciding and item.kind not in OF_ONE_AGENCY:
            _give(item, None, deciding[0])
        elif (last := _last_resort.get(item.kind)) and (there := last(item)) is not None:
            _give(item, there, None)
        else:
            continue
        handed += 1
    return handed


def _may_have(kind: str, team: Team, own: set[uuid.UUID]) -> bool:
    return kind not in OF_ONE_AGENCY or team.agency_id in own


def hand_over_all() -> int:
    """The same for whatever ended by itself: a grant's last day, a post, an account."""
    children = _left_by_any_person() | _left_by_any_team()
    return sum(hand_over(child_id=child_id) for child_id in sorted(children))


def _left_by_any_person() -> set[uuid.UUID]:
    children: set[uuid.UUID] = set()
    owners = _of_persons().order_by().values_list("owner_id", flat=True).distinct()
    for owner in get_user_model().objects.filter(pk__in=owners).iterator():
        seen = visible(Child.objects.all(), owner, Capability.SEE_CHILD)
        followed = visible(Child.objects.all(), owner, Capability.OWN_REFERRAL)
        left = _of_persons().filter(owner=owner).exclude(child__in=seen)
        left = left.exclude(kind__in=OWN_REFERRAL, child__in=followed)
        children |= set(left.values_list("child_id", flat=True))
    return children


def _left_by_any_team() -> set[uuid.UUID]:
    """Of each team with open work, the children that none of its people sees."""
    children: set[uuid.UUID] = set()
    groups = _of_teams().order_by().values_list("owner_group_id", flat=True).distinct()
    for team in Team.objects.filter(group__in=groups).iterator():
        left = _of_teams().filter(owner_group=team.group_id)
        unseen: set[uuid.UUID] = set()
        # Mostly the first of them sees all of it, and the others are not asked.
        for person in people_in_team(team):
            user = get_user_model().objects.get(pk=person.user_id)
            rest = left.exclude(child__in=visible(Child.objects.all(), user, Capability.SEE_CHILD))
            unseen = set(rest.values_list("child_id", flat=True))
            if not unseen:
                break
            left = left.filter(child__in=unseen)
        children |= unseen
    return children


def _of_persons() -> QuerySet[WorkItem]:
    """Without a proposal that stands before who made it: it waits for their team as well."""
    found = WorkItem.objects.filter(owner__isnull=False, closed_at__isnull=True)
    return found.exclude(kind__in=(*UNSEEN, *ASKED, *PAIR, AGREE_OUTCOME))


def _of_teams() -> QuerySet[WorkItem]:
    """Without what asks for a post of its own: who received a referral need not see the record."""
    found = WorkItem.objects.filter(owner_group__isnull=False, closed_at__isnull=True)
    return found.exclude(kind__in=(*UNSEEN, *ASKED, *PAIR, *TRIAGE, *OF_ANOTHER))


def _receivers(child: Child) -> tuple[set[Team], list[Any]]:
    """Teams whose people see the child and decide who does, and those people themselves."""
    seeing = who_can_see(child.pk)
    deciding = [each.user for each in seeing if Capability.GRANT_ACCESS in each.acts]
    posts = Post.objects.current(timezone.localdate()).filter(
        user__in=deciding, team__kind__in=[TeamKind.LEADS, TeamKind.CSE_TEAM]
    )
    return {post.team for post in posts.select_related("team__group")}, deciding


def _agencies_of(people: set[uuid.UUID]) -> dict[uuid.UUID | None, set[uuid.UUID]]:
    """The agencies that each of them holds a post in, or did: what they began is theirs still."""
    found: dict[uuid.UUID | None, set[uuid.UUID]] = {}
    posts = Post.objects.filter(user__in=people).values_list("user_id", "team__agency_id")
    for user_id, agency_id in posts:
        found.setdefault(user_id, set()).add(agency_id)
    return found


def _nearest(teams: list[Team], own: set[uuid.UUID], child: Child) -> Team:
    return min(
        teams,
        key=lambda team: (
            team.agency_id not in own,
            team.agency_id != child.created_by_agency_id,
            team.kind != TeamKind.LEADS,
            team.name,
        ),
    )


def _give(item: WorkItem, group: Group | None, person: Any) -> None:
    """The same row goes on with its due date; closed instead where the new owner has the same."""
    before = item.owner_id or item.owner_group_id
    same = WorkItem.objects.filter(
        kind=item.kind,
        subject_id=item.subject_id,
        owner=person,
        owner_group=group,
        closed_at__isnull=True,
    )
    if same.exists():
        item.closed_at = timezone.now()
    else:
        item.owner, item.owner_group = person, group
    item.save()
    _record(item, before)


def _record(item: WorkItem, before: Any) -> None:
    events.record(
        "work handed over",
        child=item.child_id,
        obj=item,
        rule="the owner no longer sees the child",
        data={"kind": item.kind, "from": str(before)},
    )

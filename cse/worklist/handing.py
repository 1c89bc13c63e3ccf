"""Work of somebody who no longer sees the child goes to the leads: nothing waits for nobody."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import principals_of_people
from cse.access.queries import who_can_see
from cse.access.scope import people_in_scope, visible
from cse.audit import events
from cse.children.models import Child
from cse.people.models import Post, Team, TeamKind
from cse.worklist.kinds import ASKED, OF_ONE_AGENCY, OWN_REFERRAL, PAIR, UNSEEN
from cse.worklist.models import WorkItem


@transaction.atomic
def hand_over(*, child_id: uuid.UUID) -> int:
    """Let the leads have what waits for people who do not see this child; how many things.

    The leads of the owner's own agency where they see the child, else those of the agency that
    recorded it, else other leads or a CSE team who do, else somebody who may decide who sees it.
    What only the owner's agency can open goes to nobody else. Where nobody is left it stays as it
    is.
    """
    # The child's row stands for the set of its open work: two acts at once take turns.
    child = Child.objects.select_for_update(no_key=True).get(pk=child_id)
    items = list(_of_persons().filter(child=child))
    owners = {item.owner_id for item in items if item.owner_id}
    able = [p for p in principals_of_people(owners).values() if Capability.SEE_CHILD in p.acts]
    seeing = people_in_scope(child_id, able)
    following = people_in_scope(child_id, able, act=Capability.OWN_REFERRAL)
    left = [
        item
        for item in items
        if item.owner_id not in (following if item.kind in OWN_REFERRAL else seeing)
    ]
    return _hand_out(child, left) if left else 0


def _hand_out(child: Child, left: list[WorkItem]) -> int:
    teams, deciding = _receivers(child)
    agencies = _agencies_of({item.owner_id for item in left if item.owner_id})
    handed = 0
    for item in left:
        own = agencies.get(item.owner_id, set())
        may_have = [
            team for team in teams if item.kind not in OF_ONE_AGENCY or team.agency_id in own
        ]
        if may_have:
            _give(item, _nearest(may_have, own, child).group, None)
        elif deciding and item.kind not in OF_ONE_AGENCY:
            _give(item, None, deciding[0])
        else:
            continue
        handed += 1
    return handed


def hand_over_all() -> int:
    """The same for whatever ended by itself: a grant's last day, a post, an account."""
    children: set[uuid.UUID] = set()
    owners = _of_persons().order_by().values_list("owner_id", flat=True).distinct()
    for owner in get_user_model().objects.filter(pk__in=owners).iterator():
        seen = visible(Child.objects.all(), owner, Capability.SEE_CHILD)
        followed = visible(Child.objects.all(), owner, Capability.OWN_REFERRAL)
        left = _of_persons().filter(owner=owner).exclude(child__in=seen)
        left = left.exclude(kind__in=OWN_REFERRAL, child__in=followed)
        children |= set(left.values_list("child_id", flat=True))
    return sum(hand_over(child_id=child_id) for child_id in sorted(children))


def _of_persons() -> QuerySet[WorkItem]:
    found = WorkItem.objects.filter(owner__isnull=False, closed_at__isnull=True)
    return found.exclude(kind__in=(*UNSEEN, *ASKED, *PAIR))


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
    before = item.owner_id
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
    events.record(
        "work handed over",
        child=item.child_id,
        obj=item,
        rule="the owner no longer sees the child",
        data={"kind": item.kind, "from": str(before)},
    )

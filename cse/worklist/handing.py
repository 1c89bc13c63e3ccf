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
from cse.people.models import Post, TeamKind
from cse.worklist.kinds import ASKED, PAIR, UNSEEN
from cse.worklist.models import WorkItem


@transaction.atomic
def hand_over(*, child_id: uuid.UUID) -> int:
    """Let the leads have what waits for people who do not see this child; how many things.

    The leads of the agency that recorded the child where they see it, else leads or a CSE team
    who do, else somebody who may decide who sees it. Where nobody is left it stays as it is.
    """
    # The child's row stands for the set of its open work: two acts at once take turns.
    child = Child.objects.select_for_update(no_key=True).get(pk=child_id)
    items = list(_of_persons().filter(child=child))
    people = principals_of_people({item.owner_id for item in items if item.owner_id})
    able = [person for person in people.values() if Capability.SEE_CHILD in person.acts]
    seeing = people_in_scope(child_id, able)
    left = [item for item in items if item.owner_id not in seeing]
    if not left:
        return 0
    group, person = _receivers(child)
    if group is None and person is None:
        return 0
    for item in left:
        _give(item, group, person)
    return len(left)


def hand_over_all() -> int:
    """The same for whatever ended by itself: a grant's last day, a post, an account."""
    children: set[uuid.UUID] = set()
    owners = _of_persons().order_by().values_list("owner_id", flat=True).distinct()
    for owner in get_user_model().objects.filter(pk__in=owners).iterator():
        seen = visible(Child.objects.all(), owner, Capability.SEE_CHILD)
        left = _of_persons().filter(owner=owner).exclude(child__in=seen)
        children |= set(left.values_list("child_id", flat=True))
    return sum(hand_over(child_id=child_id) for child_id in sorted(children))


def _of_persons() -> QuerySet[WorkItem]:
    found = WorkItem.objects.filter(owner__isnull=False, closed_at__isnull=True)
    return found.exclude(kind__in=(*UNSEEN, *ASKED, *PAIR))


def _receivers(child: Child) -> tuple[Group | None, Any]:
    """A team, else a person; neither where nobody who sees the child may decide about access."""
    seeing = who_can_see(child.pk)
    deciding = [each.user for each in seeing if Capability.GRANT_ACCESS in each.acts]
    posts = Post.objects.current(timezone.localdate()).filter(
        user__in=deciding, team__kind__in=[TeamKind.LEADS, TeamKind.CSE_TEAM]
    )
    teams = {post.team for post in posts.select_related("team__group")}
    if not teams:
        return None, deciding[0] if deciding else None
    own = child.created_by_agency_id
    nearest = min(teams, key=lambda t: (t.agency_id != own, t.kind != TeamKind.LEADS, t.name))
    return nearest.group, None


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

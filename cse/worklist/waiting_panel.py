"""What waits on a child, on their overview: what, until when, and with whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cse.access.principals import principals_of
from cse.access.wiring import wired
from cse.children.models import Child
from cse.children.panels import Panel
from cse.worklist import kinds
from cse.worklist.arising import Origin, arising
from cse.worklist.due import Due
from cse.worklist.held import held_words, holders_of
from cse.worklist.models import WorkItem
from cse.worklist.somebody_else import left_to_nobody, left_to_others

#: What everybody who sees the child may know of; the rest is told to those it waits for.
FOR_ALL = frozenset(
    {
        kinds.FINISH_DRAFT,
        kinds.COUNTERSIGN,
        kinds.APPROVE_LEVEL,
        kinds.REPEAT_SCREEN,
        kinds.DUTY_ADDED,
        kinds.DUTY_TAKEN,
        kinds.FINISH_ASSESSMENT,
        kinds.RECORD_RETURN,
        kinds.ALLOCATE_INTERVIEW,
        kinds.HOLD_INTERVIEW,
    }
)
MOST = 10
"""Rows shown: what is due later is on the pages it is about."""


def waiting_panel(child: Child, user: Any) -> Panel | None:
    """The soonest of what waits on this child; nothing where nothing does.

    One query, two for the clocks and calendars, one for each kind among them of which it is said
    what it arises from, two where something is for a colleague to do, and one where somebody may
    have claimed something.
    """
    groups = principals_of(user).groups
    found = (
        WorkItem.objects.filter(child=child, closed_at__isnull=True)
        # What waits about two children stands with their links, for those who see both.
        .exclude(kind__in=(*kinds.UNSEEN, *kinds.PAIR))
        .select_related("owner", "owner_group__team__agency")
    )
    items = list(found.order_by("-at_once", "due_at", "id"))
    own = [each for each in items if each.owner_id == user.pk or each.owner_group_id in groups]
    colleagues = left_to_others(user, own)
    shown = [
        (item, item in own and item.pk not in colleagues)
        for item in items
        if item in own or item.kind in FOR_ALL
    ]
    if not shown:
        return None
    instead = _instead([item for item in items if item.pk in colleagues], items)
    held = holders_of(item for item in own if item.owner_group_id in groups)
    arises = arising(user, [item for item, mine in shown[:MOST] if mine])
    dues = wired("dues")([item for item, _ in shown[:MOST]], child.authority_id)
    rows = [
        _row(
            item,
            arises,
            dues,
            mine=mine,
            who=instead.get(item.pk) or _with_whom(item, held.get(item.subject_id), user),
        )
        for item, mine in shown[:MOST]
    ]
    context = {"rows": rows, "more": max(0, len(shown) - MOST)}
    return Panel("What waits", "worklist/waiting_panel.html", context)


def _instead(barred: list[WorkItem], items: list[WorkItem]) -> dict[Any, str]:
    """With whom each of these is that this person may not do: a colleague, else whoever else it
    waits for, else nobody yet.
    """
    nobody = left_to_nobody(barred) if barred else set()
    words: dict[Any, str] = {}
    for item in barred:
        other = next((each for each in items if _is_twin(each, item)), None)
        if item.pk not in nobody:
            words[item.pk] = f"A colleague of yours: {_team_words(item)}"
        elif other is not None:
            words[item.pk] = _team_words(other)
        else:
            words[item.pk] = f"Nobody yet: {_team_words(item)} has nobody else who may"
    return words


def _is_twin(one: WorkItem, other: WorkItem) -> bool:
    """Whether both are one thing, which waits for two teams."""
    what = (other.kind, other.subject_id)
    of_team = one.owner_group_id is not None and one.pk != other.pk
    return of_team and (one.kind, one.subject_id) == what


def _team_words(item: WorkItem) -> str:
    assert item.owner_group is not None  # noqa: S101  asked only of what waits for a team
    team = item.owner_group.team
    return f"{team.name}, {team.agency.name}"


def _with_whom(item: WorkItem, holder: Any, user: Any) -> str:
    if item.owner is not None:
        return "You" if item.owner_id == user.pk else item.owner.get_full_name()
    return held_words(holder, user) if holder else _team_words(item)


def _row(
    item: WorkItem,
    arises: Mapping[Any, Origin],
    dues: Mapping[Any, Due],
    *,
    mine: bool,
    who: str,
) -> dict[str, Any]:
    kind = kinds.kind_of(item.kind)
    return {
        "words": kind.words,
        "arises": arises.get((item.kind, item.subject_id)) if mine else None,
        "href": kind.address(item.subject_id) if mine else "",
        "due": dues[item.pk],
        "who": who,
    }

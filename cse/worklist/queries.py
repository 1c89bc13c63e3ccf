"""What waits for a person: theirs or of a team they hold a post in; at once first, then soonest."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.models import Exclusion
from cse.access.principals import Principals, principals_of
from cse.access.scope import NARROW, children_in_scope, scope_sql
from cse.worklist.kinds import ASKED, OWN_REFERRAL, PAIR, TRIAGE, UNSEEN
from cse.worklist.models import WorkItem
from cse.worklist.somebody_else import barred_sql

PAGE = 25
AT_ONCE = "!"
"""Begins the cursor of what is due at once."""
_ENDS = ("first", "second")
#: What may wait for somebody whose post shows them no child's record, by the act that it takes.
_WITHOUT_RECORD = {Capability.CONTRIBUTE: ASKED, Capability.TRIAGE: TRIAGE}

#: One index walk for the person and one for each team, each stopped after a page; the scope is
#: asked of the few rows met on the way, because what waits is nearly always in scope.
_WALK = """
SELECT w.id, w.kind, w.subject_id, w.due_at, w.child_id, w.owner_id, w.at_once
  FROM worklist_workitem w
 WHERE {owner} AND w.closed_at IS NULL {narrowed} AND {pair}
   AND EXISTS ({scope})
 ORDER BY w.at_once DESC, w.due_at, w.id LIMIT {limit}
"""
#: Who sees one thing of a child and not the record has the work that is part of that thing.
_NARROW = {Capability.CONTRIBUTE: ASKED, Capability.OWN_REFERRAL: OWN_REFERRAL}
#: Whoever sees one of two children only learns nothing of the other from what waits.
_PAIR = """
(w.kind <> ALL(%(pair_kinds)s) OR EXISTS (
  SELECT FROM children_childlink l
   WHERE l.id = w.subject_id AND l.recorded_by_id <> %(user)s
     AND EXISTS ({first}) AND EXISTS ({second})))
"""
_EACH_TEAM = """
SELECT walk.* FROM unnest(%(groups)s::int[]) AS t(team) CROSS JOIN LATERAL ({walk}) walk
"""
_PAGE = """
SELECT p.id, p.kind, p.subject_id, p.due_at, p.child_id, p.owner_id, p.at_once,
       c.reference, c.given_name, c.family_name
  FROM (SELECT * FROM (({own}) UNION ALL ({teams})) w
         ORDER BY w.at_once DESC, w.due_at, w.id LIMIT {limit}) p
  JOIN children_child c ON c.id = p.child_id
 ORDER BY p.at_once DESC, p.due_at, p.id
"""


@dataclass(frozen=True)
class Waiting:
    """One thing owed; ``for_team`` where any colleague of a team may do it.

    ``sees_record``: they see the child's record too, and not only the thing itself.
    """

    id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    due_at: dt.datetime
    at_once: bool
    child_id: uuid.UUID
    child_name: str
    child_reference: str
    for_team: bool
    sees_record: bool

    @property
    def cursor(self) -> str:
        """Where this row stands in the order."""
        return f"{AT_ONCE if self.at_once else ''}{self.due_at.isoformat()}~{self.id}"


@dataclass(frozen=True)
class WaitingPage:
    """A page of them; ``next`` is the cursor of the one after it, empty at the end."""

    items: tuple[Waiting, ...]
    next: str


def waiting_for(user: Any, after: str | None = None) -> WaitingPage:
    """Up to 25 open items of this person and their teams, on children in their scope.

    What only a colleague of theirs may do is not (``somebody_else``). Those they are only asked
    about are among them, and whose post shows no child has nothing but
    those and the referrals sent to their team. Two queries: the user's posts, and one for scope and
    rows; a third where one may be all that they see of its child. ``after`` is a cursor; one
    that cannot be read starts from the beginning.
    """
    principals = principals_of(user)
    if not principals.acts & {Capability.SEE_CHILD, *_WITHOUT_RECORD}:
        return WaitingPage((), "")
    sql, parameters = _statement(principals, after or "")
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    items = _items(principals, rows[:PAGE])
    return WaitingPage(items, items[-1].cursor if len(rows) > PAGE else "")


def work_waits(*, child_id: uuid.UUID, **owner: Any) -> bool:
    """Whether anything about this child waits for this ``owner_id`` or ``owner_group_id``."""
    return WorkItem.objects.filter(child_id=child_id, closed_at__isnull=True, **owner).exists()


def unseen_work_of(user: Any) -> list[WorkItem]:
    """What waits for this person about children they do not see, soonest first. One query.

    Only the kinds that say nothing of the child; nothing of one they are excluded from.
    """
    principals = principals_of(user)
    if not principals.acts & {Capability.SEAL, Capability.MANAGE_ACCOUNTS}:
        return []
    mine = Q(owner_id=user.pk) | Q(owner_group_id__in=principals.groups)
    excluded = Exclusion.objects.filter(user_id=user.pk, ended_at__isnull=True)
    found = WorkItem.objects.filter(mine, kind__in=UNSEEN, closed_at__isnull=True)
    return list(found.exclude(child_id__in=excluded.values("child_id")))


def _statement(principals: Principals, after: str) -> tuple[str, dict[str, Any]]:
    # A narrow grant opens one thing alone: other work on that child stays hidden.
    also = " OR ".join(
        f"basis = '{NARROW[act]}' AND w.kind = ANY(%(narrow{n})s)" for n, act in enumerate(_NARROW)
    )
    scope, parameters = scope_sql(principals, column="w.child_id", also=also)
    parameters |= {f"narrow{n}": list(of_it) for n, of_it in enumerate(_NARROW.values())}
    parameters["pair_kinds"] = list(PAIR)
    pair = "w.kind <> ALL(%(pair_kinds)s)"
    if Capability.APPROVE_LINK in principals.acts:
        first, second = (scope_sql(principals, column=f"l.{end}_id")[0] for end in _ENDS)
        pair = _PAIR.format(first=first, second=second)
    narrowed = ""
    position = read_cursor(after.removeprefix(AT_ONCE))
    if position is not None:
        later = "(w.due_at, w.id) > (%(due)s, %(last)s)"
        in_a_hurry = f"(NOT w.at_once OR {later})"
        narrowed = f"AND {in_a_hurry if after[:1] == AT_ONCE else f'NOT w.at_once AND {later}'}"
        parameters["due"], parameters["last"] = position
    if Capability.SEE_CHILD not in principals.acts:
        narrowed += " AND w.kind = ANY(%(kinds)s)"
        acts = _WITHOUT_RECORD.items()
        parameters["kinds"] = [k for act, kinds in acts if act in principals.acts for k in kinds]
    same = {"narrowed": narrowed, "scope": scope, "pair": pair, "limit": str(PAGE + 1)}
    own = _WALK.format(owner="w.owner_id = %(user)s", **same)
    # Somebody who is asked by name may do it; of a team perhaps only the others.
    one_team = _WALK.format(owner=f"w.owner_group_id = t.team AND NOT ({barred_sql()})", **same)
    teams = _EACH_TEAM.format(walk=one_team)
    return _PAGE.format(own=own, teams=teams, limit=PAGE + 1), parameters


def read_cursor(after: str | None) -> tuple[dt.datetime, uuid.UUID] | None:
    """The due moment and the id of a cursor; None if it cannot be read."""
    due, found, item_id = (after or "").partition("~")
    if not found:
        return None
    try:
        moment, last = dt.datetime.fromisoformat(due), uuid.UUID(item_id)
    except ValueError:
        return None
    return None if timezone.is_naive(moment) else (moment, last)


def _items(principals: Principals, rows: list[tuple[Any, ...]]) -> tuple[Waiting, ...]:
    narrow = {kind for of_it in _NARROW.values() for kind in of_it}
    asked = {row[4] for row in rows if row[1] in narrow}
    seen = children_in_scope(principals, asked) if asked else set()
    return tuple(_item(row, row[1] not in narrow or row[4] in seen) for row in rows)


def _item(row: tuple[Any, ...], sees_record: bool) -> Waiting:
    item_id, kind, subject_id, due_at, child_id, owner_id, at_once, reference, given, family = row
    return Waiting(
        id=item_id,
        kind=kind,
        subject_id=subject_id,
        due_at=due_at,
        at_once=at_once,
        child_id=child_id,
        child_name=f"{given} {family}".strip(),
        child_reference=reference,
        for_team=owner_id is None,
        sees_record=sees_record,
    )

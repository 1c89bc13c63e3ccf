"""My children: those in a person's scope, the soonest deadline first."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.scope import scope_sql
from cse.children.models import CseLevel
from cse.workdays import age_on

PAGE = 25

#: Two stages: ids, order and counts from indexes alone, then the 25 rows that are shown. A child
#: without anything due comes last, by id, which says nothing about the child.
_SQL = """
WITH scope AS MATERIALIZED ({scope}),
due AS MATERIALIZED (
    SELECT w.child_id, MIN(w.due_at) AS next_due,
           COUNT(*) FILTER (WHERE w.due_at < %(today)s) AS overdue
      FROM worklist_workitem w
     WHERE w.closed_at IS NULL AND w.child_id = ANY(ARRAY(SELECT content_object_id FROM scope))
       AND {pair}
     GROUP BY w.child_id
),
page AS MATERIALIZED (
    SELECT * FROM (
        SELECT s.content_object_id AS id, COALESCE(d.next_due, 'infinity') AS sort,
               d.next_due, COALESCE(d.overdue, 0) AS overdue,
               COUNT(*) OVER () AS total, SUM(COALESCE(d.overdue, 0)) OVER () AS all_overdue
          FROM scope s LEFT JOIN due d ON d.child_id = s.content_object_id
    ) counted
    {after}
    ORDER BY sort, id LIMIT {limit}
)
SELECT c.id, c.reference, c.given_name, c.family_name, c.date_of_birth, c.birth_date_known,
       c.estimated_age, c.estimated_on, p.next_due, p.overdue, p.total, p.all_overdue,
       (SELECT e.level FROM children_levelevent e
         WHERE e.child_id = c.id AND e.refused_at IS NULL
           AND (e.approved_at IS NOT NULL OR NOT e.needs_approval)
         ORDER BY e.decided_on DESC, e.decided_at DESC LIMIT 1),
       EXISTS (SELECT FROM worklist_workitem w
                WHERE w.child_id = c.id AND w.closed_at IS NULL
                  AND (w.due_at AT TIME ZONE 'Europe/London')::date
                      = (p.next_due AT TIME ZONE 'Europe/London')::date
                  AND {pair}
                  AND (w.owner_id = %(user)s OR w.owner_group_id = ANY(%(groups)s::int[])))
  FROM page p JOIN children_child c ON c.id = p.id
 ORDER BY p.sort, p.id
"""

#: Work about a link counts for those it waits for who see both children, and for nobody else.
_PAIR = """
(w.kind <> 'answer_link' OR %(answers)s
 AND (w.owner_id = %(user)s OR w.owner_group_id = ANY(%(groups)s::int[]))
 AND EXISTS (SELECT FROM children_childlink l
              WHERE l.id = w.subject_id AND l.recorded_by_id <> %(user)s
                AND l.first_id IN (SELECT content_object_id FROM scope)
                AND l.second_id IN (SELECT content_object_id FROM scope)))
"""


@dataclass(frozen=True)
class MyChild:
    """One row: ``age`` in completed years today, ``next_due`` None where nothing waits.

    ``is_mine``: of what is due next, on that day, something waits for this person or a team of
    theirs, and not only for a colleague.
    """

    id: uuid.UUID
    reference: str
    name: str
    age: int | None
    age_is_certain: bool
    level: str
    level_words: str
    next_due: dt.datetime | None
    overdue: int
    is_mine: bool

    @property
    def cursor(self) -> str:
        """Where this row stands in the order."""
        return f"{self.next_due.isoformat() if self.next_due else ''}~{self.id}"


@dataclass(frozen=True)
class MyChildren:
    """A page of them. ``total`` and ``overdue`` count the whole scope, ``next`` goes on."""

    children: tuple[MyChild, ...]
    total: int
    overdue: int
    next: str


def my_children(user: Any, after: str | None = None) -> MyChildren:
    """Up to 25 children in the user's scope, the soonest due first; ``after`` is a cursor.

    Two queries: the user's posts, and one for scope, counts and rows. A cursor that cannot be
    read starts from the beginning.
    """
    principals = principals_of(user)
    if Capability.SEE_CHILD not in principals.acts:
        return MyChildren((), 0, 0, "")
    scope, parameters = scope_sql(principals)
    position = read_cursor(after)
    if position is not None:
        parameters["sort"], parameters["after"] = position
    today = timezone.localdate()
    parameters["today"] = timezone.make_aware(dt.datetime.combine(today, dt.time.min))
    parameters["answers"] = Capability.APPROVE_LINK in principals.acts
    where = "WHERE (sort, id) > (%(sort)s::timestamptz, %(after)s)" if position else ""
    with connection.cursor() as cursor:
        sql = _SQL.format(scope=scope, after=where, pair=_PAIR, limit=PAGE + 1)
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    children = tuple(_child(row, today) for row in rows[:PAGE])
    total, overdue = (int(rows[0][10]), int(rows[0][11])) if rows else (0, 0)
    return MyChildren(children, total, overdue, children[-1].cursor if len(rows) > PAGE else "")


def read_cursor(after: str | None) -> tuple[str, uuid.UUID] | None:
    """The due moment (``infinity`` where none) and the id of a cursor; None if unreadable."""
    due, found, child_id = (after or "").partition("~")
    if not found:
        return None
    try:
        moment = dt.datetime.fromisoformat(due) if due else None
        if moment is not None and timezone.is_naive(moment):
            return None
        return (moment.isoformat() if moment else "infinity"), uuid.UUID(child_id)
    except ValueError:
        return None


def _child(row: tuple[Any, ...], today: dt.date) -> MyChild:
    (child_id, reference, given, family, born, known, estimate, estimated_on, next_due, overdue) = (
        row[:10]
    )
    age = None
    if born is not None:
        age = age_on(born, today)
    elif estimate is not None:
        age = max(0, estimate + (today - estimated_on).days // 365)
    level = row[12] or ""
    return MyChild(
        id=child_id,
        reference=reference,
        name=f"{given} {family}".strip(),
        age=age,
        age_is_certain=known == "exact",
        level=level,
        level_words=CseLevel(level).label if level else "",
        next_due=next_due,
        overdue=overdue,
        is_mine=row[13],
    )

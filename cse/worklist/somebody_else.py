"""Work of a team that some of its people may not do: it waits for a colleague of theirs.

A room registers in its ``AppConfig.ready`` who that is, as a condition of SQL on ``w``, the row of
what waits, and ``%(user)s``. Home asks it of the rows met on the walk of a team: no query more, and
nothing for what waits for somebody by name.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

_barred: dict[str, str] = {}


def register_somebody_else(kind: str, condition: str) -> None:
    """Keep work of this kind from those for whom the condition holds. It is text of our code."""
    _barred[kind] = condition


def barred_sql() -> str:
    """The condition under which somebody may not do what waits, whatever its kind."""
    each = (f"w.kind = '{kind}' AND {condition}" for kind, condition in _barred.items())
    return " OR ".join(f"({one})" for one in each) or "FALSE"


def left_to_nobody(items: Collection[Any]) -> set[UUID]:
    """Which of these that wait for a team nobody there may do: all of them are barred, or excluded
    from the child. No query where none is of such a kind.
    """
    ids = [item.pk for item in items if item.kind in _barred]
    if not ids:
        return set()
    barred = barred_sql().replace("%(user)s", "p.user_id")
    sql = f"""
        SELECT w.id FROM worklist_workitem w
         WHERE w.id = ANY(%(ids)s) AND w.owner_group_id IS NOT NULL AND NOT EXISTS (
           SELECT FROM people_team t
             JOIN people_post p ON p.team_id = t.id JOIN people_user u ON u.id = p.user_id
            WHERE t.group_id = w.owner_group_id AND u.is_active AND p.starts_on <= %(today)s
              AND (p.ends_on IS NULL OR p.ends_on >= %(today)s) AND NOT ({barred})
              AND NOT EXISTS (
                SELECT FROM access_exclusion x
                 WHERE x.child_id = w.child_id AND x.user_id = p.user_id AND x.ended_at IS NULL))
    """  # noqa: S608  our own text
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": ids, "today": timezone.localdate()})
        return {item_id for (item_id,) in cursor.fetchall()}


def left_to_others(user: Any, items: Collection[Any]) -> set[UUID]:
    """Which of these are a colleague's to do; no query where none is of such a kind."""
    ids = [item.pk for item in items if item.kind in _barred]
    if not ids:
        return set()
    sql = f"SELECT w.id FROM worklist_workitem w WHERE w.id = ANY(%(ids)s) AND ({barred_sql()})"  # noqa: S608  our own text
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": ids, "user": user.pk})
        return {item_id for (item_id,) in cursor.fetchall()}

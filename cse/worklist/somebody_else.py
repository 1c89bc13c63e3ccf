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

_barred: dict[str, str] = {}


def register_somebody_else(kind: str, condition: str) -> None:
    """Keep work of this kind from those for whom the condition holds. It is text of our code."""
    _barred[kind] = condition


def barred_sql() -> str:
    """The condition under which somebody may not do what waits, whatever its kind."""
    each = (f"w.kind = '{kind}' AND {condition}" for kind, condition in _barred.items())
    return " OR ".join(f"({one})" for one in each) or "FALSE"


def left_to_others(user: Any, items: Collection[Any]) -> set[UUID]:
    """Which of these are a colleague's to do; no query where none is of such a kind."""
    ids = [item.pk for item in items if item.kind in _barred]
    if not ids:
        return set()
    sql = f"SELECT w.id FROM worklist_workitem w WHERE w.id = ANY(%(ids)s) AND ({barred_sql()})"  # noqa: S608  our own text
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": ids, "user": user.pk})
        return {item_id for (item_id,) in cursor.fetchall()}

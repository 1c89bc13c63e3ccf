"""The history of changes: who changed what, when, with the text before and after.

Today's rules decide who sees the past: the page starts from the child in scope now.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from django.utils import timezone

from cse.children.models import Child, LegalStatus, LevelEvent, TeamMember
from cse.people.models import User

PAGE = 25

#: What is shown of each kind of record, in page order.
_SHOWN: dict[str, tuple[type[models.Model], str, tuple[str, ...]]] = {
    "child": (
        Child,
        "Details",
        (
            *("given_name", "family_name", "other_names", "date_of_birth", "birth_date_known"),
            *("estimated_age", "sex", "ethnicity", "disability", "first_language", "address"),
        ),
    ),
    "status": (LegalStatus, "Legal status", ("kind", "starts_on", "ends_on")),
    "member": (
        TeamMember,
        "Team around the child",
        ("user", "name", "agency_name", "part", "is_lead_professional", "starts_on", "ends_on"),
    ),
    "level": (LevelEvent, "CSE level", ("level", "decided_on", "approved_at", "refused_at")),
}
_LABELS = {
    "birth_date_known": "date of birth is",
    "kind": "legal status",
    "starts_on": "from",
    "ends_on": "until",
    "agency_name": "agency",
    "user": "person",
    "part": "what they do",
    "decided_on": "decided on",
    "approved_at": "approved",
    "refused_at": "refused",
}


@dataclass(frozen=True)
class Change:
    """One value: ``before`` and ``after`` as words, empty where there was or is nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Save:
    """Everything one save changed in one record."""

    at: dt.datetime
    by: str
    what: str
    is_new: bool
    reason: str
    changes: tuple[Change, ...]
    cursor: str


@dataclass(frozen=True)
class Changes:
    """A page of saves, newest first; ``older`` is the next page's cursor."""

    saves: tuple[Save, ...]
    older: str


def changes_of(child: Child, *, before: str | None = None) -> Changes:
    """A page of the history of everything this room keeps about a child; two queries."""
    cursor_date = _read_cursor(before)
    parameters: dict[str, Any] = {"child": child.pk, "limit": PAGE + 1}
    where = ""
    if cursor_date is not None:
        where = "WHERE (at, kind, history_id) < (%(at)s, %(kind)s, %(history)s)"
        parameters["at"], parameters["kind"], parameters["history"] = cursor_date
    sql = f"{_union()} SELECT * FROM kept {where} ORDER BY at DESC, kind DESC, history_id DESC LIMIT %(limit)s"  # noqa: S608, E501
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    names = _names(rows)
    saves = tuple(_save(row, names) for row in rows[:PAGE])
    return Changes(saves, saves[-1].cursor if len(rows) > PAGE else "")


def _union() -> str:
    """Every history row of the child with the row before it, as JSON."""
    parts = []
    for kind, (model, _, _) in _SHOWN.items():
        table = model.history.model._meta.db_table  # type: ignore[attr-defined]
        column = "id" if model is Child else "child_id"
        parts.append(
            f"SELECT '{kind}' AS kind, history_id, history_date AS at,"  # noqa: S608
            " COALESCE(history_user_id::text, '') AS who, history_change_reason AS reason,"
            " to_jsonb(h) AS now, lag(to_jsonb(h)) OVER (PARTITION BY id ORDER BY history_id)"
            f" AS before FROM {table} h WHERE {column} = %(child)s"
        )
    return f"WITH kept AS ({' UNION ALL '.join(parts)})"


def _read_cursor(text: str | None) -> tuple[dt.datetime, str, int] | None:
    parts = (text or "").split("~")
    if len(parts) != 3 or parts[1] not in _SHOWN:
        return None
    try:
        at, history = dt.datetime.fromisoformat(parts[0]), int(parts[2])
    except ValueError:
        return None
    return None if at.tzinfo is None or not 0 <= history < 2**63 else (at, parts[1], history)


def _names(rows: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    ids = {row[3] for row in rows} | {
        document.get("user_id") for row in rows for document in (_json(row[5]), _json(row[6]))
    }
    wanted = [uuid.UUID(pk) for pk in ids if pk]
    return {str(user.pk): user.get_full_name() for user in User.objects.filter(pk__in=wanted)}


def _json(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        import json

        return dict(json.loads(value))
    return value or {}


def _save(row: tuple[Any, ...], names: dict[str, str]) -> Save:
    kind, history_id, at, who, reason = row[:5]
    now, before = _json(row[5]), _json(row[6])
    model, what, fields = _SHOWN[kind]
    changes = tuple(
        Change(
            _LABELS.get(name, name.replace("_", " ")),
            _words(model, name, before, names),
            _words(model, name, now, names),
        )
        for name in fields
    )
    return Save(
        at=at,
        by=names.get(who, "the service"),
        what=what,
        is_new=not before,
        reason=reason,
        changes=tuple(change for change in changes if change.before != change.after),
        cursor=f"{at.isoformat()}~{kind}~{history_id}",
    )


def _words(
    model: type[models.Model], name: str, document: dict[str, Any], names: dict[str, str]
) -> str:
    """A kept value as a reader would say it."""
    field = model._meta.get_field(name)
    value = document.get(str(getattr(field, "column", None) or name))
    if value in (None, ""):
        return ""
    if field.is_relation:
        return names.get(str(value), "somebody no longer listed")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(field, models.DateField):
        return _day(value)
    choices: dict[Any, Any] = dict(getattr(field, "flatchoices", None) or ())
    return str(choices.get(value, value))


def _day(value: str) -> str:
    moment = dt.datetime.fromisoformat(value)
    day = timezone.localtime(moment).date() if moment.tzinfo else moment.date()
    return f"{day.day} {day:%B} {day.year}"

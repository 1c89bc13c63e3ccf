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

from cse.children.models import Child, ChildLink, LegalStatus, LevelEvent, TeamMember
from cse.children.queries.links import link_ids_sql
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
    "status": (LegalStatus, "Legal status", ("kind", "starts_on", "ends_on", "set_aside_reason")),
    "member": (
        TeamMember,
        "Team around the child",
        ("user", "name", "agency_name", "part", "is_lead_professional", "starts_on", "ends_on"),
    ),
    "link": (
        ChildLink,
        "Link",
        ("kind", "words", "since", "note", "agreed", "ended_at", "ended_reason"),
    ),
    "level": (
        LevelEvent,
        "CSE level",
        ("level", "decided_on", "approved_at", "refused_at", "taken_back_at"),
    ),
}
#: How a history row is the child's, where that is not by ``child_id``.
_ABOUT = {"child": "id = %(child)s", "link": "id::text IN ({links})"}
_OTHER_CHILD = """(
SELECT concat_ws(' ', c.given_name, NULLIF(c.family_name, '')) FROM children_child c
 WHERE c.id = CASE WHEN h.first_id = %(child)s THEN h.second_id ELSE h.first_id END)"""
_LABELS = {
    "birth_date_known": "date of birth is",
    "words": "in words",
    "agreed": "a second person agrees",
    "ended_at": "ended",
    "ended_reason": "why it ended",
    "starts_on": "from",
    "ends_on": "until",
    "agency_name": "agency",
    "user": "person",
    "part": "what they do",
    "decided_on": "decided on",
    "approved_at": "approved",
    "refused_at": "refused",
    "set_aside_reason": "recorded by mistake",
    "taken_back_at": "taken back by a correction",
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


def changes_of(child: Child, user: Any, *, before: str | None = None) -> Changes:
    """A page of the history of everything this room keeps about a child; two queries.

    Of links with other children, those that this person sees.
    """
    cursor_date = _read_cursor(before)
    links, parameters = link_ids_sql(user, child)
    parameters |= {"child": child.pk, "limit": PAGE + 1}
    where = ""
    if cursor_date is not None:
        where = "WHERE (at, kind, history_id) < (%(at)s, %(kind)s, %(history)s)"
        parameters["at"], parameters["kind"], parameters["history"] = cursor_date
    sql = f"{_union(links)} SELECT * FROM kept {where} ORDER BY at DESC, kind DESC, history_id DESC LIMIT %(limit)s"  # noqa: S608, E501
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    names = _names(rows)
    saves = tuple(_save(row, names) for row in rows[:PAGE])
    return Changes(saves, saves[-1].cursor if len(rows) > PAGE else "")


def _union(links: str) -> str:
    """Every history row of the child with the row before it, as JSON."""
    parts = []
    for kind, (model, _, _) in _SHOWN.items():
        table = model.history.model._meta.db_table  # type: ignore[attr-defined]
        about = _ABOUT.get(kind, "child_id = %(child)s").format(links=links)
        beside = _OTHER_CHILD if model is ChildLink else "''"
        parts.append(
            f"SELECT '{kind}' AS kind, history_id, history_date AS at,"  # noqa: S608
            " COALESCE(history_user_id::text, '') AS who, history_change_reason AS reason,"
            " to_jsonb(h) AS now, lag(to_jsonb(h)) OVER (PARTITION BY id ORDER BY history_id)"
            f" AS before, {beside} AS beside FROM {table} h WHERE {about}"
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
            _label(kind, name),
            _words(model, name, before, names),
            _words(model, name, now, names),
        )
        for name in fields
    )
    return Save(
        at=at,
        by=names.get(who, "the service"),
        what=f"{what} with {row[7]}" if row[7] else what,
        is_new=not before,
        reason=reason,
        changes=tuple(change for change in changes if change.before != change.after),
        cursor=f"{at.isoformat()}~{kind}~{history_id}",
    )


def _label(kind: str, name: str) -> str:
    if name == "kind":
        return "legal status" if kind == "status" else "how they are linked"
    return _LABELS.get(name, name.replace("_", " "))


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

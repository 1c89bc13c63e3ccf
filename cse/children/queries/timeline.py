"""The child's timeline: acts in words, from the event log alone, newest first.

Acts on a link with another child are among them for whoever sees both.

Looks are on a page of their own. What changed is named, never what it said before and after. Two
queries whatever the kinds of record: the events, and the words for people and records.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.audit.models import ActorKind, Decision
from cse.children.models import Child, ChildLink
from cse.children.queries.links import link_ids_sql
from cse.children.queries.telling import PERSON, address_of, title_of, words_of

PAGE = 25
EDITED = "child's details changed"

#: A look is written under the capability it used, an act under what was done. Looks and refusals
#: are not part of the child's story; the page "who has looked" shows them.
LOOKS = tuple(capability.value for capability in Capability)
_kept_off: set[str] = set()
#: Who is kept away from the child is for those who decide about it.
ABOUT_CONFLICTS = ("exclusion declared", "exclusion ended", "refused attempts read")

_ARM = """
(SELECT id, at, act, actor_kind, actor_id, changed_fields, object_kind, object_id
   FROM audit_auditevent
  WHERE {about} AND decision = %(allowed)s AND NOT act = ANY(%(hidden)s) {where}
  ORDER BY at {way}, id {way} LIMIT {limit})
"""
_OF_CHILD = "child_id = %(child)s"
#: What is done with a link names neither child: it is told to those who see both.
_OF_LINKS = "child_id IS NULL AND object_kind = %(link)s AND object_id IN ({links})"
_SQL = "{own} UNION ALL {linked} ORDER BY at {way}, id {way} LIMIT {limit}"


@dataclass(frozen=True)
class Entry:
    """One act: ``title`` and ``by`` in words, ``changed`` the fields of the child that changed.

    ``href`` leads to where one can read on, empty where there is no such page.
    """

    id: int
    at: dt.datetime
    act: str
    title: str
    by: str
    changed: tuple[str, ...]
    href: str

    @property
    def cursor(self) -> str:
        """Where this entry stands in the order."""
        return f"{self.at.isoformat()}~{self.id}"


@dataclass(frozen=True)
class Timeline:
    """A page of entries, newest first, with the cursors of the pages beside it."""

    entries: tuple[Entry, ...]
    newer: str
    older: str


def keep_off_timeline(act: str) -> None:
    """Leave an act out: a room above says so of steps within a longer one, as saves of a draft."""
    _kept_off.add(act)


def timeline(
    child: Child, user: Any, *, before: str | None = None, after: str | None = None
) -> Timeline:
    """A page of a child's timeline; the child must already be visible to the user.

    ``before`` and ``after`` are cursors of older and newer pages; one that cannot be read gives
    the newest page.
    """
    older_than, newer_than = read_cursor(before), read_cursor(after)
    rows = _rows(child, user, older_than, newer_than)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if newer_than is not None:
        rows.reverse()
    people = [(PERSON, str(row[4])) for row in rows if row[4] is not None]
    words = words_of([*people, *((row[6], row[7]) for row in rows)])
    entries = tuple(_entry(row, words, child) for row in rows)
    if not entries:
        return Timeline((), "", "")
    has_newer = more if newer_than is not None else older_than is not None
    has_older = more if newer_than is None else True
    return Timeline(
        entries,
        newer=entries[0].cursor if has_newer else "",
        older=entries[-1].cursor if has_older else "",
    )


def _rows(child: Child, user: Any, older_than: Any, newer_than: Any) -> list[tuple[Any, ...]]:
    hidden = [*LOOKS, *sorted(_kept_off)]
    if Capability.EXCLUDE not in principals_of(user).acts:
        hidden += ABOUT_CONFLICTS
    parameters: dict[str, Any] = {
        "child": child.pk,
        "allowed": Decision.ALLOWED.value,
        "hidden": hidden,
    }
    where, way = "", "DESC"
    if newer_than is not None:
        where, way = "AND (at, id) > (%(at)s, %(id)s)", "ASC"
        parameters["at"], parameters["id"] = newer_than
    elif older_than is not None:
        where = "AND (at, id) < (%(at)s, %(id)s)"
        parameters["at"], parameters["id"] = older_than
    links, about = link_ids_sql(user, child)
    parameters |= {**about, "link": ChildLink._meta.label_lower}
    same = {"where": where, "way": way, "limit": PAGE + 1}
    own = _ARM.format(about=_OF_CHILD, **same)
    linked = _ARM.format(about=_OF_LINKS.format(links=links), **same)
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(own=own, linked=linked, **same), parameters)
        return list(cursor.fetchall())


def read_cursor(text: str | None) -> tuple[dt.datetime, int] | None:
    """The moment and event of a cursor; None if unreadable."""
    moment, found, event_id = (text or "").partition("~")
    if not found or not event_id.isascii() or not event_id.isdigit() or len(event_id) > 18:
        return None
    try:
        at = dt.datetime.fromisoformat(moment)
    except ValueError:
        return None
    return None if timezone.is_naive(at) else (at, int(event_id))


def _entry(row: tuple[Any, ...], words: dict[tuple[str, str], str], child: Child) -> Entry:
    event_id, at, act, kind, actor_id, changed, object_kind, object_id = row
    by = words.get((PERSON, str(actor_id)), "")
    if not by:
        by = "the service" if kind != ActorKind.PERSON else "somebody no longer listed"
    return Entry(
        id=event_id,
        at=at,
        act=act,
        title=title_of(act, words.get((object_kind, object_id), "")),
        by=by,
        changed=tuple(changed) if act == EDITED else (),
        href=address_of(object_kind, object_id, child.pk),
    )

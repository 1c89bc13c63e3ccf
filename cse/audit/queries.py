"""What the auditor's page lists: events by act, actor, decision and days; no child by name."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from cse.audit.models import AuditEvent

PAGE = 50
"""Events on a page."""


@dataclass(frozen=True)
class Filters:
    """What the auditor looks for; empty parts say nothing. Days are London's, both included."""

    act: str = ""
    decision: str = ""
    actor: uuid.UUID | None = None
    child: uuid.UUID | None = None
    from_day: dt.date | None = None
    until_day: dt.date | None = None


@dataclass(frozen=True)
class Page:
    """Events, newest first; ``older`` is the number to go on from, None at the end."""

    events: list[AuditEvent]
    older: int | None


def log_page(filters: Filters, before: int | None = None) -> Page:
    """One page of the log by keyset: any depth costs the same."""
    found = AuditEvent.objects.filter(_where(filters))
    if before is not None:
        found = found.filter(pk__lt=before)
    # By number: it rises with time, and its index serves every depth.
    rows = list(found.order_by("-id")[: PAGE + 1])
    return Page(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def _where(filters: Filters) -> Q:
    where = Q()
    if filters.act:
        where &= Q(act__icontains=filters.act)
    if filters.decision:
        where &= Q(decision=filters.decision)
    if filters.actor:
        where &= Q(actor_id=filters.actor)
    if filters.child:
        where &= Q(child_id=filters.child) | _about_two(filters.child)
    if filters.from_day:
        where &= Q(at__gte=_midnight(filters.from_day))
    if filters.until_day:
        where &= Q(at__lt=_midnight(filters.until_day + dt.timedelta(days=1)))
    return where


def _about_two(child_id: uuid.UUID) -> Q:
    """Events on a link of this child: they name neither child."""
    links: Any = apps.get_model("children", "ChildLink").objects
    found = links.filter(Q(first_id=child_id) | Q(second_id=child_id))
    ids = [str(pk) for pk in found.values_list("pk", flat=True)]
    return Q(child_id__isnull=True, object_kind="children.childlink", object_id__in=ids)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def actor_names(events: Iterable[AuditEvent]) -> dict[uuid.UUID, str]:
    """The names of those who acted: colleagues, never children."""
    people = get_user_model().objects.filter(pk__in={event.actor_id for event in events})
    return {person.pk: person.get_full_name() for person in people}


def about_whom(events: Iterable[AuditEvent]) -> dict[int, str]:
    """By event, the colleagues or the team that it gives something to, or takes it from."""
    ids = {event.pk: list(_principals(event)) for event in events}
    named = {each for found in ids.values() for each in found}
    users = {each for each in named if isinstance(each, uuid.UUID)}
    groups = {each for each in named if isinstance(each, int)}
    people = get_user_model().objects.filter(pk__in=users)
    names: dict[uuid.UUID | int, str] = {each.pk: each.get_full_name() for each in people}
    if groups:
        teams: Any = apps.get_model("people", "Team").objects
        for team in teams.filter(group_id__in=groups).select_related("agency"):
            names[team.group_id] = f"{team.name}, {team.agency.name}"
    return {
        pk: "; ".join(names[each] for each in found if each in names) for pk, found in ids.items()
    }


#: Under which an event names people by id, or a team by that of its group, beside who acted.
_NAMED = ("principal", "person", "name", "names")


def _principals(event: AuditEvent) -> Iterator[uuid.UUID | int]:
    """Whom an event names beside who acted; the account that it is about where it says nobody."""
    data = event.data if isinstance(event.data, dict) else {}
    found = [each for key in _NAMED for each in _listed(data.get(key))]
    if not found and event.object_kind == "people.user":
        found = [event.object_id]
    for each in found:
        if each.isdecimal():
            yield int(each)
            continue
        with suppress(ValueError):
            if uuid.UUID(each) != event.actor_id:
                yield uuid.UUID(each)


def _listed(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return [str(value)] if value else []


def references(events: Iterable[AuditEvent]) -> dict[int, str]:
    """By event, the references of the children concerned, and nothing else about them."""
    events = list(events)
    children: Any = apps.get_model("children", "Child").objects
    found = children.filter(pk__in={pk for event in events for pk in _children(event)})
    known = {str(pk): reference for pk, reference in found.values_list("pk", "reference")}
    return {
        event.pk: ", ".join(known[pk] for pk in _children(event) if pk in known) for event in events
    }


def _children(event: AuditEvent) -> list[str]:
    """The child of an event; both, where it is about two."""
    if event.child_id is not None:
        return [str(event.child_id)]
    both = event.data.get("children") if isinstance(event.data, dict) else None
    return list(both or [])


def child_with_reference(reference: str) -> uuid.UUID | None:
    """The child that a reference names, for the filter."""
    children: Any = apps.get_model("children", "Child").objects
    found: uuid.UUID | None = (
        children.filter(reference=reference).values_list("pk", flat=True).first()
    )
    return found

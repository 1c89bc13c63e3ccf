"""Episodes and interviews somebody may see, and the named lists the pages need."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Generic, TypeVar

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cse.access.capabilities import Capability
from cse.access.scope import visible
from cse.children.models import Child, LegalStatus, LegalStatusKind
from cse.clocks.models import Clock
from cse.clocks.transitions import OPEN as CLOCK_OPEN
from cse.missing.clocks import KEY
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.patterns import Pattern, Spell, pattern_of
from cse.missing.transitions import OPEN
from cse.worklist.queries import read_cursor

PAGE = 25
"""Rows of a page of the coordinator's lists."""


def whole() -> QuerySet[MissingEpisode]:
    """Episodes with what their page shows, before it is asked who may see them."""
    return with_later(MissingEpisode.objects.all()).select_related(
        "child__authority",
        "authority",
        "agency",
        "recorded_by",
        "return_recorded_by",
        "interview__interviewer",
        "interview__allocated_by",
        "interview__recorded_by",
    )


def with_later(rows: QuerySet[MissingEpisode]) -> QuerySet[MissingEpisode]:
    """``came_back``: whether a later episode says that the child came back, though not when."""
    return rows.annotate(came_back=Exists(later_ones()))


def later_ones() -> QuerySet[MissingEpisode]:
    """Of the row outside: the child's episodes that began after it."""
    return MissingEpisode.objects.filter(
        child_id=OuterRef("child_id"), started_at__gt=OuterRef("started_at"), set_aside_reason=""
    )


def episodes_of(user: Any, child_id: uuid.UUID) -> list[MissingEpisode]:
    """A child's episodes, the newest first, those set aside among them. One query."""
    found = visible(whole(), user, Capability.SEE_MISSING).filter(child_id=child_id)
    return list(found.order_by("-started_at", "id"))


def pattern_from(episodes: Sequence[MissingEpisode], now: dt.datetime) -> Pattern:
    """The pattern of a child's episodes, without those recorded by mistake."""
    counted = [each for each in episodes if not each.is_set_aside]
    return pattern_of([Spell(each.started_at, each.returned_at) for each in counted], now)


R = TypeVar("R", ReturnInterview, MissingEpisode)


@dataclass(frozen=True)
class Page(Generic[R]):
    """A page of a list; ``next`` is the cursor of the page after it, empty at the end."""

    rows: tuple[R, ...]
    next: str


def owed_to(user: Any, after: str | None = None) -> Page[ReturnInterview]:
    """Interviews still owed on children this person may allocate for, soonest due first.

    ``due_at`` is the target. Two queries: the person's posts, and the rows. ``after`` is a cursor;
    one that cannot be read starts from the beginning.
    """
    due = Clock.objects.filter(subject_id=OuterRef("episode_id"), kind=KEY, state__in=CLOCK_OPEN)
    found = ReturnInterview.objects.filter(
        state__in=sorted(OPEN), episode__set_aside_reason=""
    ).select_related("episode__child", "interviewer")
    seen = visible(found, user, Capability.ALLOCATE_INTERVIEW).annotate(
        due_at=Subquery(due.values("due_at")[:1]),
        place=Coalesce("due_at", "episode__returned_at"),
    )
    return _page(seen, after)


def missing_now(user: Any, after: str | None = None) -> Page[MissingEpisode]:
    """Children who are missing now, whom this person may allocate for; longest gone first."""
    open_ = MissingEpisode.objects.filter(returned_at__isnull=True, set_aside_reason="")
    found = open_.filter(~Exists(later_ones()))
    seen = visible(found.select_related("child", "agency"), user, Capability.ALLOCATE_INTERVIEW)
    return _page(seen.annotate(place=F("started_at")), after)


def _page(found: Any, after: str | None) -> Page[Any]:
    """The rows after a place in the order of ``place`` and id: none is lost or shown twice."""
    position = read_cursor(after)
    if position is not None:
        place, last = position
        found = found.filter(Q(place__gt=place) | Q(place=place, pk__gt=last))
    rows = list(found.order_by("place", "pk")[: PAGE + 1])
    cursor = f"{rows[PAGE - 1].place.isoformat()}~{rows[PAGE - 1].pk}" if rows[PAGE:] else ""
    return Page(tuple(rows[:PAGE]), cursor)


#: Why a row was saved where that was a step of its own and changed nothing said before.
STEPS = frozenset(
    {
        "recorded",
        "return recorded",
        "owed",
        "allocated",
        "offered",
        "held",
        "Declined by the child",
        "Not offered",
        "set aside",
    }
)


@dataclass(frozen=True)
class Changed:
    """One change of a record: who, when, why, and the fields that differ, as (field, was, is)."""

    at: dt.datetime
    by: str
    reason: str
    fields: tuple[tuple[str, Any, Any], ...]


def history_of(row: MissingEpisode | ReturnInterview) -> list[Any]:
    """A record as it was saved each time, in order. One query."""
    also = ("interviewer",) if isinstance(row, ReturnInterview) else ()
    return list(row.history.select_related("history_user", *also).order_by("history_id"))


@dataclass(frozen=True)
class Step:
    """Something that was done with an interview: when it was written down, by whom, and what."""

    at: dt.datetime
    by: str
    what: str
    when: dt.datetime | None
    words: str


def course_of(rows: Iterable[Any]) -> list[Step]:
    """What was done with an interview, in order, from its history: who was asked and why, each
    offer and what came of it. What the page shows of it is only how it stands now.
    """
    return [
        Step(row.history_date, _who(row), row.history_change_reason, *told(row))
        for row in rows
        if (told := _TOLD.get(row.history_change_reason or ""))
    ]


def _asked(row: Any) -> tuple[None, str]:
    person = row.interviewer.get_full_name() if row.interviewer else row.interviewer_outside
    return None, f"{person}: {row.allocation_reason}"


def _came_of_it(row: Any) -> tuple[dt.datetime | None, str]:
    return row.outcome_at, row.outcome_reason


_TOLD: Mapping[str, Callable[[Any], tuple[dt.datetime | None, str]]] = {
    "allocated": _asked,
    "offered": lambda row: (row.offered_at, row.offer_note),
    "held": lambda row: (row.outcome_at, ""),
    "Declined by the child": _came_of_it,
    "Not offered": _came_of_it,
}


def _who(row: Any) -> str:
    return row.history_user.get_full_name() if row.history_user else "the service"


def changes_of(rows: Sequence[Any], fields: Sequence[str]) -> list[Changed]:
    """How a record was changed after it was made, the newest first; ``rows`` of `history_of`."""
    found = []
    for before, now in pairwise(rows):
        differ = tuple(
            (name, getattr(before, name), getattr(now, name))
            for name in fields
            if getattr(before, name) != getattr(now, name)
        )
        why = now.history_change_reason or ""
        if differ and why not in STEPS:
            found.append(Changed(now.history_date, _who(now), why, differ))
    return found[::-1]


#: In which plan regular episodes are reviewed (W §6.2).
_PLANS = {
    LegalStatusKind.CIN.value: "child in need plan",
    LegalStatusKind.CP.value: "child protection plan",
    LegalStatusKind.S20.value: "care plan",
    LegalStatusKind.S31.value: "care plan",
}


def plan_of(child: Child, today: dt.date) -> str:
    """The plan in which this child's missing episodes are reviewed; empty where there is none."""
    found = LegalStatus.objects.filter(child=child, set_aside_reason="", starts_on__lte=today)
    status = found.exclude(ends_on__lt=today).order_by("-starts_on").first()
    return _PLANS.get(status.kind, "") if status else ""

"""What a team decided lately, also of children whom it sees no more: then without the child."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import BooleanField, Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.models import Exclusion, Seal
from cse.access.principals import principals_of
from cse.access.scope import InScope
from cse.people.models import Team
from cse.worklist.queries import read_cursor
from referrals.models import Delivery
from referrals.queries.board import PAGE
from referrals.queries.seen import with_people
from referrals.transitions import OPEN, State

LATELY: Final = dt.timedelta(days=30)
ENDED: Final = frozenset(State) - OPEN


@dataclass(frozen=True)
class Decided:
    """A delivery that waits no more. ``seen`` is false where the child is out of scope by now:
    then nothing of the child may be shown, nor why it was decided so.
    """

    delivery: Delivery
    ended_at: dt.datetime
    seen: bool


@dataclass(frozen=True)
class DecidedPage:
    """A page of them, newest first; ``next`` is the cursor of the page after it."""

    rows: tuple[Decided, ...]
    next: str


def decided_lately(user: Any, teams: list[Team], after: str | None = None) -> DecidedPage:
    """What these teams of this person decided or acknowledged in the last 30 days. One query.

    A child from whom this person is excluded, or that is sealed to them, is not there at all.
    """
    principals = principals_of(user)
    if Capability.TRIAGE not in principals.acts:
        return DecidedPage((), "")
    own = [team.pk for team in teams if team.group_id in principals.groups]
    found = _hidden_left_out(with_people().filter(team_id__in=own, state__in=ENDED), user)
    in_scope = When(InScope("referral__child_id", principals), then=Value(True))
    rows = found.annotate(
        ended_at=Coalesce("decided_at", "acknowledged_at", _withdrawn_at(), "received_at"),
        seen=Case(in_scope, default=Value(False), output_field=BooleanField()),
    ).filter(ended_at__gte=timezone.now() - LATELY)
    page = list(_after(rows, read_cursor(after)).order_by("-ended_at", "-id")[: PAGE + 1])
    shown = tuple(Decided(each, each.ended_at, each.seen) for each in page[:PAGE])
    last = shown[-1] if len(page) > PAGE else None
    return DecidedPage(shown, f"{last.ended_at.isoformat()}~{last.delivery.pk}" if last else "")


def _withdrawn_at() -> Case:
    """What was withdrawn never changes again: it ended with the newest row of its history."""
    rows = Delivery.history.filter(id=OuterRef("pk")).order_by("-history_id")
    newest = Subquery(rows.values("history_date")[:1])
    return Case(When(state=State.WITHDRAWN, then=newest))


def _hidden_left_out(found: QuerySet[Delivery], user: Any) -> QuerySet[Delivery]:
    excluded = Exclusion.objects.filter(user_id=user.pk, ended_at__isnull=True)
    named = Seal.objects.filter(names__user_id=user.pk, names__ended_at__isnull=True)
    sealed = Seal.objects.filter(lifted_at__isnull=True).exclude(pk__in=named.values("pk"))
    return found.exclude(referral__child_id__in=excluded.values("child_id")).exclude(
        referral__child_id__in=sealed.values("child_id")
    )


def _after(found: Any, position: tuple[dt.datetime, uuid.UUID] | None) -> Any:
    if position is None:
        return found
    at, last = position
    earlier = found.filter(ended_at__lt=at)
    return earlier | found.filter(ended_at=at, id__lt=last)

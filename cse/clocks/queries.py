"""What pages and acts ask: the calendar of an area, a subject's clocks, a person's notices."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.scope import visible
from cse.clocks.kinds import ClockKind
from cse.clocks.models import CalendarDay, Channel, Clock, DayKind, Delivery, Reminder
from cse.clocks.reckoning import Length
from cse.clocks.transitions import OPEN
from cse.people.models import Authority, Post
from cse.workdays import Calendar, calendar_of
from cse.worklist.models import WorkItem

MOST_NOTICES = 10


def calendar_for(authority: Authority) -> Calendar:
    """England's calendar with the days added for everybody and for this area. One query.

    A closure counts as a day off work only where the board has decided so (DEC-31).
    """
    return calendar_in(authority.pk)


def calendar_in(authority_id: uuid.UUID | None) -> Calendar:
    """The same by the area's id; None has the days added for everybody. One query."""
    return calendars_in([authority_id])[authority_id]


def calendars_in(authority_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID | None, Calendar]:
    """The calendars of several areas by the area's id; one query for all of them."""
    ids = set(authority_ids)
    added = CalendarDay.objects.filter(
        Q(authority__isnull=True) | Q(authority_id__in=ids - {None}), removed_at__isnull=True
    )
    days = list(added)
    return {
        area: _calendar(day for day in days if day.authority_id in (None, area)) for area in ids
    }


def _calendar(days: Iterable[CalendarDay]) -> Calendar:
    one_off: dict[dt.date, str] = {}
    closures: dict[dt.date, str] = {}
    for day in days:
        (one_off if day.moves_targets else closures)[day.on] = day.name
    return calendar_of(one_off, closures)


def length_for(kind: ClockKind, authority: Authority) -> Length:
    """How long this kind runs in this area: its own setting ("<kind>_days" or "_hours"), if any."""
    unit = "hours" if kind.length.unit == "hours" else "days"
    own = authority.clock_settings.get(f"{kind.key}_{unit}")
    return Length(own, kind.length.unit) if isinstance(own, int) else kind.length


def clocks_of(subject: models.Model) -> list[Clock]:
    """The clocks of one subject that is visible already, those still owed first. One query."""
    found = Clock.objects.filter(
        subject_id=subject.pk, subject_kind=subject._meta.label_lower
    ).select_related("authority", "late_by")
    return sorted(found, key=lambda clock: (not clock.is_open, clock.due_at))


def open_clock(subject: models.Model, kind: str) -> Clock | None:
    """The clock of this kind that is still owed on the subject, if there is one."""
    return Clock.objects.filter(subject_id=subject.pk, kind=kind, state__in=OPEN).first()


def notices_of(user: Any) -> list[Reminder]:
    """What somebody was told and has not put away, the newest of each clock, soonest due first.

    Only what is still owed on children in their scope, and not what waits for them on home
    anyway. Two queries: their posts, and the notices.
    """
    principals = principals_of(user)
    found = unseen(user)
    waits = WorkItem.objects.filter(
        Q(owner_id=user.pk) | Q(owner_group_id__in=principals.groups),
        subject_id=OuterRef("clock__subject_id"),
        subject_kind=OuterRef("clock__subject_kind"),
        # What is owed at once is due when the clock began.
        due_at__in=[OuterRef("clock__due_at"), OuterRef("clock__trigger_at")],
        closed_at__isnull=True,
    )
    newest = found.filter(~Exists(waits)).order_by("clock_id", "-due_at").distinct("clock_id")
    rows = Reminder.objects.filter(pk__in=newest.values("pk"))
    rows = rows.select_related("clock__child", "clock__authority")
    return list(rows.order_by("clock__due_at", "clock_id")[:MOST_NOTICES])


def unseen(user: Any) -> models.QuerySet[Reminder]:
    """A person's own notices that they have not put away, on what they may see and is owed."""
    mine = Reminder.objects.filter(
        user_id=user.pk,
        channel=Channel.IN_APP,
        delivery=Delivery.SENT,
        seen_at__isnull=True,
        clock__state__in=OPEN,
        clock_version=models.F("clock__version"),
    )
    return visible(mine, user, Capability.SEE_CHILD)


def members_of(group: Group) -> list[Any]:
    """The people with an account who hold a post in this team today."""
    posts = Post.objects.current(timezone.localdate()).filter(team__group=group)
    found = get_user_model().objects.filter(is_active=True, pk__in=posts.values("user_id"))
    return list(found.order_by("pk"))


def days_in(authority_ids: frozenset[uuid.UUID]) -> list[CalendarDay]:
    """Days added for everybody and for these areas, the coming ones first in order. One query."""
    found = CalendarDay.objects.filter(
        Q(kind=DayKind.BANK_HOLIDAY) | Q(authority_id__in=authority_ids)
    )
    return list(found.select_related("authority", "added_by").order_by("-on", "name"))

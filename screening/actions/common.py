"""What several acts of screening need: a locked screen, a due moment, whose turn it is."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from cse.access.actions import grant_by_rule
from cse.access.models import Basis
from cse.access.policies import NotVisible
from cse.clocks.queries import calendar_in
from cse.people.models import Team, TeamKind
from cse.workdays import due_on
from screening.models import Screen

ACCESS_DAYS = 365
"""Days of access that recording a screen gives; renewed by each screen."""
DRAFT_DAYS = 3
"""Working days in which a draft should be finished. Ours: no handbook gives a number."""
ANSWER_DAYS = 1
"""Working days for a countersignature or an approval. Ours; the referral does not wait for it."""


def lock(screen_id: uuid.UUID) -> Screen:
    """The screen, locked to the end of the transaction. Raises `NotVisible` for an unknown id."""
    wanted = (
        Screen.objects.select_for_update(of=("self",))
        .select_related("child", "tool_version__tool", "authority", "agency")
        .defer("tool_version__definition")
    )
    try:
        return wanted.get(pk=screen_id)
    except Screen.DoesNotExist:
        raise NotVisible from None


def due_in(working_days: int, child: Any) -> dt.datetime:
    """The end of the nth working day from today, by the calendar of the child's area (DEC-29)."""
    calendar = calendar_in(child.authority_id)
    return end_of(due_on(timezone.localdate(), working_days, calendar))


def end_of(day: dt.date) -> dt.datetime:
    """The last moment of a day in London."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))


def leads_of(agency_id: uuid.UUID) -> Group | None:
    """The circle of safeguarding leads of an agency, if it has one."""
    team = Team.objects.filter(agency_id=agency_id, kind=TeamKind.LEADS).select_related("group")
    found = team.first()
    return found.group if found else None


def let_leads_see(screen: Screen, by: Any) -> None:
    """The agency's safeguarding leads see what their own staff record (access-and-audit)."""
    leads = leads_of(screen.agency_id)
    if leads is not None:
        grant_by_rule(
            child=screen.child,
            basis=Basis.NAMED_LEAD,
            group=leads,
            by=by,
            days=ACCESS_DAYS,
            reason="A colleague of their agency screened this child",
        )

"""Opening a child in an emergency, and its review by somebody else."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from cse.access.actions.grants import _held, grant_by_rule, write_grant
from cse.access.capabilities import Capability
from cse.access.models import Basis, BreakGlass, Exclusion, Seal
from cse.access.policies import NotAllowed, NotVisible, OwnInterest, check, in_scope, need_reason
from cse.access.principals import principals_of
from cse.access.queries import people_in_team
from cse.access.wiring import wired
from cse.audit import events
from cse.people.models import Team, TeamKind
from cse.workdays import calendar_of, due_on

MINIMUM_EMERGENCY_REASON = 20
"""Characters of reason that an emergency opening needs (access-and-audit)."""

REVIEW_WITHIN = 1
"""Working days in which somebody else reviews it (access-and-audit)."""

REVIEW_BREAK_GLASS = "review_break_glass"
"""The kind of work (cse.worklist) that an opening not yet reviewed is."""

REVIEWERS_DAYS = 30


@transaction.atomic
def break_glass(*, child_id: uuid.UUID, by: Any, reason: str) -> BreakGlass:
    """Open an ordinary child for an hour at most; the lead is told in the same transaction.

    Raises ``NotVisible`` for a sealed child, for somebody excluded and for a made-up id alike,
    ``NotAllowed`` for a reason that says nothing or where access is there already. The caller
    must have re-authenticated the person.
    """
    if Capability.BREAK_GLASS not in principals_of(by).acts:
        raise NotAllowed("Your post does not include opening a child in an emergency.")
    if len(reason.strip()) < MINIMUM_EMERGENCY_REASON:
        raise NotAllowed(f"Give a reason of {MINIMUM_EMERGENCY_REASON} characters or more.")
    child = apps.get_model("children", "Child").objects.filter(pk=child_id).first()
    if child is None or _closed_to(child_id, by):
        raise NotVisible
    if in_scope(by, child_id):
        raise NotAllowed("You can open this child already: there is no emergency to record.")
    now = timezone.now()
    until = now + dt.timedelta(minutes=settings.BREAK_GLASS_MINUTES)
    row = BreakGlass(child_id=child_id, user=by, reason=reason, opened_at=now, expires_at=until)
    row.review_due_on = due_on(timezone.localdate(), REVIEW_WITHIN, calendar_of())
    row.save()
    write_grant(
        _held(child, Basis.BREAK_GLASS, user=by, group=None),
        child=child,
        basis=Basis.BREAK_GLASS,
        reason=reason,
        until=until,
        user=by,
        group=None,
        by=by,
    )
    events.record("opened in an emergency", by=by, child=child_id, obj=row, reason=reason)
    ask_for_review(row)
    return row


def _closed_to(child_id: uuid.UUID, user: Any) -> bool:
    sealed = Seal.objects.filter(child_id=child_id, lifted_at__isnull=True)
    excluded = Exclusion.objects.filter(child_id=child_id, user=user, ended_at__isnull=True)
    return sealed.exists() or excluded.exists()


@transaction.atomic
def ask_for_review(opening: BreakGlass) -> None:
    """Let the review wait for those who can do it; asked again, nothing changes."""
    group = _reviewers(opening)
    if group is None:
        return
    end = dt.datetime.combine(opening.review_due_on, dt.time(23, 59))
    wired("open_work")(
        kind=REVIEW_BREAK_GLASS,
        child=opening.child,
        subject=opening,
        due_at=timezone.make_aware(end),
        group=group,
    )


def _reviewers(opening: BreakGlass) -> Group | None:
    """The leads of the agency that recorded the child; where none but the opener is, a CSE team.

    A team that is asked and has no access yet gets it, to be able to judge.
    """
    leads = Team.objects.filter(
        agency_id=opening.child.created_by_agency_id, kind=TeamKind.LEADS
    ).first()
    if leads is not None and _can_judge(leads, opening):
        return leads.group
    specialists = Team.objects.filter(
        agency__authority_id=opening.child.authority_id, kind=TeamKind.CSE_TEAM
    ).order_by("name")
    for team in specialists:
        if _can_judge(team, opening):
            grant_by_rule(
                child=opening.child,
                basis=Basis.SIGNATORY,
                reason="Asked to review an emergency opening",
                days=REVIEWERS_DAYS,
                group=team.group,
            )
            return team.group
    return leads.group if leads is not None else None


def _can_judge(team: Team, opening: BreakGlass) -> bool:
    people = people_in_team(team)
    return any(
        Capability.REVIEW_BREAK_GLASS in person.acts and person.user_id != opening.user_id
        for person in people
    )


@transaction.atomic
def review_break_glass(*, opening: BreakGlass, by: Any, outcome: str, note: str) -> None:
    """Say whether an emergency opening was justified; never one's own (``OwnInterest``)."""
    check(by, Capability.REVIEW_BREAK_GLASS)
    if not in_scope(by, opening.child_id):
        raise NotVisible
    if opening.user_id == by.pk:
        raise OwnInterest("You cannot review your own emergency access.")
    need_reason(note)
    if opening.reviewed_at is not None:
        raise NotAllowed("This opening has been reviewed already.")
    opening.reviewed_at, opening.reviewed_by = timezone.now(), by
    opening.outcome, opening.review_note = outcome, note
    opening.save()
    wired("close_work")(subject=opening, kind=REVIEW_BREAK_GLASS)
    events.record(
        "emergency access reviewed",
        by=by,
        child=opening.child_id,
        obj=opening,
        rule=outcome,
        reason=note,
    )

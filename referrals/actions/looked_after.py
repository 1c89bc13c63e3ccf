"""The single assessment of a looked-after child at risk, of the team that is responsible (R12)."""

from __future__ import annotations

from cse.people.models import TeamKind
from cse.worklist import kinds
from cse.worklist.actions import open_item
from cse.worklist.models import WorkItem
from referrals.actions.common import ANSWER_DAYS
from referrals.models import Delivery
from referrals.transitions import State
from screening.actions.common import due_in
from screening.assessments.actions import owe_risks
from screening.assessments.queries import running_single_assessment, single_assessment_since
from screening.models import StatutoryAssessment, StatutoryKind


def owe_single_assessment(delivery: Delivery) -> None:
    """Of a looked-after child at risk, by the team that is responsible now (R12; W §10.4).

    Where one runs the risks go into that one. Its beginning, recorded, closes this, and the risks
    are owed in it.
    """
    team, child = delivery.team, delivery.referral.child
    if team is None or team.kind != TeamKind.CSE_TEAM or "R12" not in delivery.rules:
        return
    running = running_single_assessment(child.pk)
    if running is not None:
        owe_risks(running, team.group)
        return
    owed = WorkItem.objects.filter(kind=kinds.SINGLE_ASSESSMENT, subject_id=child.pk)
    if owed.filter(owner_group=team.group, closed_at__isnull=True).exists():
        # It waits since another referral, and its day is not put off by this one.
        return
    open_item(
        kind=kinds.SINGLE_ASSESSMENT,
        group=team.group,
        child=child,
        subject=child,
        due_at=due_in(ANSWER_DAYS, child),
    )


def single_assessment_taken_back(row: StatutoryAssessment) -> None:
    """One was recorded by mistake: who is responsible now owes it again (R12; W §10.4).

    Not to a team since whose taking over another ran.
    """
    if row.kind != StatutoryKind.SINGLE:
        return
    theirs = Delivery.objects.filter(
        referral__child=row.child_id, state__in=(State.ACCEPTED, State.ACKNOWLEDGED)
    )
    for delivery in theirs.select_related("referral__child", "team__group").order_by("id"):
        since = delivery.acknowledged_at or delivery.decided_at
        if since is not None and not single_assessment_since(row.child_id, since):
            owe_single_assessment(delivery)

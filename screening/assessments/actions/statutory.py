"""Recording what children's social care has begun, and what came of it (W §9.3 to §9.6)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any, Final

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from cse.access.principals import principals_of
from cse.audit import events
from cse.children.models import Child
from cse.people.models import Agency, AgencyType
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from cse.worklist.models import WorkItem
from screening.actions.common import due_in
from screening.assessments.actions.common import lock_child, lock_statutory, need
from screening.assessments.actions.contributions import withdraw_all
from screening.assessments.outcomes import OUTCOMES
from screening.assessments.policies import check_can_track
from screening.assessments.told import tell_taken_back
from screening.models import StatutoryAssessment, StatutoryKind
from screening.never_give_up import says_only_not_engaging
from screening.policies import Refused

NOT_ENGAGING = (
    "Not engaging, or refusing help, is never by itself a reason to end: say, in a sentence of its "
    "own, what has changed for the child"
)


RISKS_DAYS: Final = 10
"""Working days in which the risks should stand in a single assessment. Ours: no number is given."""


class StaleStatus(Exception):  # noqa: N818  (a clash of two people, not a mistake of either)
    """Somebody else changed it since the page was opened; ``found`` is what is stored."""

    def __init__(self, found: StatutoryAssessment) -> None:
        self.found = found
        super().__init__("changed by somebody else")


@transaction.atomic
def record_statutory(
    *, child: Child, kind: str, started_on: dt.date, by: Any
) -> StatutoryAssessment:
    """Record that an assessment or enquiry of children's social care was begun on a day.

    Sent twice it is one. Raises `Refused` for a day to come or before the birth, while one of the
    same kind runs, and where it would overlap with one of the same kind.
    """
    check_can_track(by, child)
    child = lock_child(child.pk)
    others = _of_kind(child, kind)
    same = next((each for each in others if each.started_on == started_on and each.is_open), None)
    if same is not None:
        return same
    _check_days(child, started_on, None, others)
    row = StatutoryAssessment(
        child=child,
        kind=kind,
        started_on=started_on,
        agency=_agency_of(by),
        recorded_by=by,
        recorded_at=timezone.now(),
    )
    row._change_reason = "recorded"  # type: ignore[attr-defined]
    row.save(force_insert=True)
    if kind == StatutoryKind.SINGLE:
        _begun(row)
    events.record("statutory assessment recorded", by=by, child=child, obj=row, data={"kind": kind})
    return row


def _begun(row: StatutoryAssessment) -> None:
    """The teams that waited for its beginning wait for the risks in it (W §10.4)."""
    waited = WorkItem.objects.filter(
        kind=kinds.SINGLE_ASSESSMENT, subject_id=row.child_id, closed_at__isnull=True
    )
    groups = [each.owner_group for each in waited.select_related("owner_group")]
    close_items(subject=row.child, kind=kinds.SINGLE_ASSESSMENT)
    for group in filter(None, groups):
        owe_risks(row, group)


def owe_risks(row: StatutoryAssessment, group: Group) -> None:
    """Let it wait for a team that the risks, and what agencies do, stand in a single assessment.

    Inside the act by which the team becomes responsible for a looked-after child at risk.
    """
    open_item(
        kind=kinds.ASSESSMENT_RISKS,
        group=group,
        child=row.child,
        subject=row,
        due_at=due_in(RISKS_DAYS, row.child),
    )


@transaction.atomic
def record_risks(
    *, statutory_id: uuid.UUID, risks: str, interventions: str, version: int, by: Any
) -> StatutoryAssessment:
    """Record that a single assessment was completed or updated with the risks, and with what each
    agency does about them (W §10.4). What was recorded before stays in the history.

    Raises `StaleStatus`, and `Refused` for another kind or where either is missing.
    """
    row = _lock(statutory_id, by)
    if row.kind != StatutoryKind.SINGLE:
        raise Refused("The risks are recorded with a single assessment.")
    if (row.risks, row.interventions) == (risks.strip(), interventions.strip()) and row.risks:
        return row
    if row.mistake_reason or row.version != version:
        raise StaleStatus(row)
    row.risks = need(risks, "Write which risks stand in it.")
    row.interventions = need(interventions, "Write what each agency does about them.")
    row.risks_on, row.risks_by = timezone.localdate(), by
    close_items(subject=row, kind=kinds.ASSESSMENT_RISKS)
    return _save(row, "risks recorded in a single assessment", "risks recorded", "", by)


@transaction.atomic
def conclude_statutory(
    *, statutory_id: uuid.UUID, outcome: str, on: dt.date, reason: str, version: int, by: Any
) -> StatutoryAssessment:
    """Record the outcome with its day and reason. Raises `StaleStatus`, `Refused`.

    A reason that only says that help was not taken up ends nothing (O-SHR-01).
    """
    row = _lock(statutory_id, by)
    if (row.outcome, row.outcome_on, row.outcome_reason) == (outcome, on, reason.strip()):
        return row
    if not row.is_open or row.version != version:
        raise StaleStatus(row)
    _set_outcome(row, outcome, on, reason, by)
    _check_days(row.child, row.started_on, on, _of_kind(row.child, row.kind, row))
    return _save(row, "statutory assessment concluded", "concluded", reason.strip(), by)


@transaction.atomic
def correct_statutory(
    *,
    statutory_id: uuid.UUID,
    started_on: dt.date,
    outcome: str,
    on: dt.date | None,
    outcome_reason: str,
    why: str,
    version: int,
    by: Any,
) -> StatutoryAssessment:
    """Put days, outcome or reason right, and say why; what stood there stays in the history.

    An outcome that was recorded too soon is taken back by giving none.
    """
    row = _lock(statutory_id, by)
    if row.mistake_reason or row.version != version:
        raise StaleStatus(row)
    why = need(why, "Say why it is corrected.")
    row.started_on = started_on
    if outcome:
        if on is None:
            raise Refused("Say on which day the outcome was.")
        _set_outcome(row, outcome, on, outcome_reason, by)
    else:
        row.outcome, row.outcome_on, row.outcome_reason, row.outcome_by = "", None, "", None
    last = row.outcome_on
    _check_days(row.child, started_on, last, _of_kind(row.child, row.kind, row))
    return _save(row, "statutory assessment corrected", f"corrected: {why}", why, by)


@transaction.atomic
def take_back_statutory(
    *, statutory_id: uuid.UUID, why: str, version: int, by: Any
) -> StatutoryAssessment:
    """It was recorded by mistake: it stays, marked so, and counts no longer.

    Nobody is asked for it any more; and what its beginning had closed is owed again where it is.
    """
    row = _lock(statutory_id, by)
    if row.mistake_reason or row.version != version:
        raise StaleStatus(row)
    row.mistake_reason = need(why, "Say what the mistake was.")
    _save(row, "statutory assessment taken back", "a mistake", row.mistake_reason, by)
    close_items(subject=row)
    withdraw_all(row, by, "It was recorded by mistake")
    tell_taken_back(row)
    return row


def _set_outcome(row: StatutoryAssessment, outcome: str, on: dt.date, reason: str, by: Any) -> None:
    if outcome not in OUTCOMES[row.kind]:
        raise Refused("This outcome does not belong to this kind of assessment.")
    reason = need(reason, "Say what the outcome rests on.")
    if says_only_not_engaging(reason):
        raise Refused(NOT_ENGAGING)
    row.outcome, row.outcome_on, row.outcome_reason, row.outcome_by = outcome, on, reason, by


def _save(
    row: StatutoryAssessment, act: str, change: str, reason: str, by: Any
) -> StatutoryAssessment:
    row.version += 1
    row._change_reason = change  # type: ignore[attr-defined]
    row.save()
    events.record(
        act,
        by=by,
        child=row.child_id,
        obj=row,
        reason=reason,
        data={"kind": row.kind, "outcome": row.outcome},
    )
    return row


def _check_days(
    child: Child,
    started_on: dt.date,
    ended_on: dt.date | None,
    others: Iterable[StatutoryAssessment],
) -> None:
    """Raise for days that contradict today, the birth, each other, or one of the same kind."""
    today = timezone.localdate()
    if started_on > today or (ended_on is not None and ended_on > today):
        raise Refused("The day must be today or in the past.")
    if child.date_of_birth is not None and started_on < child.date_of_birth:
        raise Refused("The day is before the child was born.")
    if ended_on is not None and ended_on < started_on:
        raise Refused("The outcome is before the beginning.")
    last = ended_on or dt.date.max
    for other in others:
        other_last = other.outcome_on or dt.date.max
        # One may begin on the day on which the one before it ended.
        within = other.started_on < last and started_on < other_last
        if within or other.started_on == started_on:
            raise Refused(
                f"Another {other.get_kind_display().lower()} runs, or ran, in these days: record "
                "its outcome first, or correct the days."
            )


def _of_kind(
    child: Child, kind: str, apart_from: StatutoryAssessment | None = None
) -> list[StatutoryAssessment]:
    found = StatutoryAssessment.objects.filter(child=child, kind=kind, mistake_reason="")
    return [each for each in found if apart_from is None or each.pk != apart_from.pk]


def _agency_of(by: Any) -> Agency:
    """The social-care agency that this person records for."""
    ids = principals_of(by).agency_ids
    return Agency.objects.filter(pk__in=ids, type=AgencyType.SOCIAL_CARE).order_by("name")[0]


def _lock(statutory_id: uuid.UUID, by: Any) -> StatutoryAssessment:
    row = lock_statutory(statutory_id)
    check_can_track(by, row.child_id)
    return row

"""Starting an assessment on the child's last screen, taking a newer one, setting a draft aside."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.principals import principals_of
from cse.audit import events
from cse.children.models import Child
from cse.people.models import Agency
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from screening.actions.common import due_in
from screening.assessments import local_form
from screening.assessments.actions.common import DRAFT_DAYS, lock, lock_child, need
from screening.assessments.actions.contributions import withdraw_all
from screening.assessments.policies import (
    check_can_save,
    check_can_set_aside,
    check_can_start,
    form_of,
)
from screening.models import RiskAssessment, Status
from screening.policies import Refused
from screening.queries import current_version, newest_screen

SAY_WHY = "Say why there is no screen yet. The assessment builds on one."


@transaction.atomic
def start_assessment(
    *, child: Child, by: Any, no_screen_reason: str = ""
) -> tuple[RiskAssessment, bool]:
    """Start a draft by the form of the child's area; gives it, and whether it is new.

    It rests on the child's last completed screen; without one it needs a reason. While a draft is
    open, whoever began it, that one is given. Raises `Refused` at 18 and over, and to somebody who
    is no specialist where the form is theirs.
    """
    check_can_start(by, child, timezone.localdate())
    lock_child(child.pk)
    found = RiskAssessment.objects.filter(
        child=child, status=Status.DRAFT, corrects__isnull=True
    ).first()
    if found is not None:
        return found, False
    draft = _new_draft(child, by, no_screen_reason)
    draft._change_reason = "started"  # type: ignore[attr-defined]
    draft.save(force_insert=True)
    events.record(
        "assessment started",
        by=by,
        child=child,
        obj=draft,
        reason=draft.no_screen_reason,
        data={"form": draft.form, "screen": str(draft.screen_id or "")},
    )
    open_item(
        kind=kinds.FINISH_ASSESSMENT,
        owner=by,
        child=child,
        subject=draft,
        due_at=due_in(DRAFT_DAYS, child),
    )
    return draft, True


def _new_draft(child: Child, by: Any, no_screen_reason: str) -> RiskAssessment:
    agency_id = principals_of(by).agency_id
    if agency_id is None:
        raise Refused("You hold no current post.")
    screen, now = newest_screen(child.pk), timezone.now()
    return RiskAssessment(
        child=child,
        form=form_of(child.authority.tool_key),
        form_version=local_form.VERSION,
        tool_version=screen.tool_version if screen else current_version(child.authority.tool_key),
        screen=screen,
        no_screen_reason="" if screen else need(no_screen_reason, SAY_WHY),
        authority=child.authority,
        agency=Agency.objects.get(pk=agency_id),
        created_by=by,
        created_at=now,
        saved_at=now,
    )


@transaction.atomic
def use_screen(*, assessment_id: uuid.UUID, screen_id: uuid.UUID, by: Any) -> RiskAssessment:
    """Let a draft rest on the child's newest screen; what was written stays.

    Asked again it is as it is. Raises `Refused` where ``screen_id`` is not the newest (any more),
    or was made with a tool whose domains are other ones.
    """
    draft = lock(assessment_id)
    check_can_save(by, draft)
    if draft.screen_id == screen_id:
        return draft
    newest = newest_screen(draft.child_id)
    if newest is None or newest.pk != screen_id:
        raise Refused("A newer screen was completed meanwhile. Open the draft again.")
    if newest.tool_version.tool_id != draft.tool_version.tool_id:
        raise Refused(
            "The newer screen was made with another area’s tool. Read it beside this one."
        )
    before = draft.screen_id
    draft.screen, draft.tool_version, draft.no_screen_reason = newest, newest.tool_version, ""
    draft.version += 1
    draft.saved_at = timezone.now()
    draft._change_reason = "rests on a newer screen"  # type: ignore[attr-defined]
    draft.save()
    events.record(
        "assessment rests on a newer screen",
        by=by,
        child=draft.child_id,
        obj=draft,
        changed=["screen"],
        data={"screens": [str(before or ""), str(newest.pk)]},
    )
    return draft


@transaction.atomic
def set_aside_assessment(*, assessment_id: uuid.UUID, by: Any, reason: str) -> RiskAssessment:
    """Put a draft away that should not have been started; it is kept, and says why.

    Nobody is asked to contribute any more; what was contributed is kept. Raises `Refused` to
    somebody who could not complete it either.
    """
    draft = lock(assessment_id)
    check_can_set_aside(by, draft)
    draft.set_aside_reason = need(reason, "Say why the draft is set aside.")
    withdraw_all(draft, by, "The assessment was set aside.")
    draft.status = Status.SET_ASIDE
    draft._change_reason = "set aside"  # type: ignore[attr-defined]
    draft.save()
    close_items(subject=draft)
    events.record(
        "assessment set aside", by=by, child=draft.child_id, obj=draft, reason=reason.strip()
    )
    return draft

"""Starting a screen, and setting a draft aside."""

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
from screening.actions.common import DRAFT_DAYS, due_in, let_leads_see, lock
from screening.answers import project
from screening.models import Screen, Status, ToolVersion
from screening.policies import Refused, check_can_save, check_can_start
from screening.queries import current_version, tool_of


@transaction.atomic
def start_screen(
    *, child: Child, by: Any, tool_key: str = "", tool_reason: str = ""
) -> tuple[Screen, bool]:
    """Start a draft with the tool of the child's authority, or another with a reason (DEC-25).

    Gives the draft and whether it is new: while the agency has a draft of this child open, that
    one is given, so that a double click makes one. The agency's leads can see it from now on.
    Raises `Refused` at 18 and over, and for another tool without a reason.
    """
    check_can_start(by, child, timezone.localdate())
    Child.objects.select_for_update(no_key=True).only("pk").get(pk=child.pk)
    agency = _agency_of(by)
    found = Screen.objects.filter(
        child=child, agency=agency, status=Status.DRAFT, corrects__isnull=True
    ).first()
    if found is not None:
        return found, False
    own_tool = child.authority.tool_key
    if tool_key and tool_key != own_tool and not tool_reason.strip():
        raise Refused("Say why you use another tool than your area’s.")
    version = current_version(tool_key or own_tool)
    return _new_draft(child, agency, version, by, tool_reason if tool_key != own_tool else ""), True


def _agency_of(by: Any) -> Agency:
    """The agency of the person's current post. Raises `Refused` for somebody without one."""
    agency_id = principals_of(by).agency_id
    if agency_id is None:
        raise Refused("You hold no current post.")
    return Agency.objects.get(pk=agency_id)


def _new_draft(
    child: Child, agency: Agency, version: ToolVersion, by: Any, tool_reason: str
) -> Screen:
    now = timezone.now()
    nothing = project({}, tool_of(version.pk))
    screen = Screen(
        child=child,
        tool_version=version,
        tool_reason=tool_reason,
        authority=child.authority,
        agency=agency,
        created_by=by,
        created_at=now,
        saved_at=now,
        projection=nothing,
    )
    screen._change_reason = "started"  # type: ignore[attr-defined]
    screen.save(force_insert=True)
    events.record(
        "screen started",
        by=by,
        child=child,
        obj=screen,
        reason=tool_reason,
        data={"tool": version.tool.key, "version": version.number},
    )
    let_leads_see(screen, by)
    open_item(
        kind=kinds.FINISH_DRAFT,
        owner=by,
        child=child,
        subject=screen,
        due_at=due_in(DRAFT_DAYS, child),
    )
    return screen


@transaction.atomic
def set_aside(*, screen_id: uuid.UUID, by: Any, reason: str) -> Screen:
    """Put a draft away that should not have been started; it is kept, and says why."""
    screen = lock(screen_id)
    check_can_save(by, screen)
    if not reason.strip():
        raise Refused("Say why the draft is set aside.")
    screen.status, screen.set_aside_reason = Status.SET_ASIDE, reason
    screen._change_reason = "set aside"  # type: ignore[attr-defined]
    screen.save()
    close_items(subject=screen)
    events.record("screen set aside", by=by, child=screen.child_id, obj=screen, reason=reason)
    return screen

"""Access of those who see a child only because they are asked to answer something.

It ends with the answer, and after 14 days at most.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from cse.access.actions.grants import Grant, grant_by_rule
from cse.access.models import Basis, ChildTeamGrant, ChildUserGrant
from cse.access.wiring import wired
from cse.audit import events

ASKED_DAYS = 14
"""Days at most that somebody who is asked can see the child. Ours: no handbook gives a number."""


def let_see_to_answer(
    *, child: Any, reason: str, by: Any = None, user: Any = None, group: Group | None = None
) -> Grant | None:
    """Let somebody (or a team) who is asked see the child, inside the act that asks them."""
    return grant_by_rule(
        child=child,
        basis=Basis.SIGNATORY,
        reason=reason,
        days=ASKED_DAYS,
        user=user,
        group=group,
        by=by,
    )


def let_contribute(
    *,
    child: Any,
    reason: str,
    days: int,
    by: Any = None,
    user: Any = None,
    group: Group | None = None,
) -> Grant | None:
    """Let somebody (or a team) who is asked to contribute see the request, inside that act.

    It opens the request and not the record, for ``days``, and ends with the answer.
    """
    return grant_by_rule(
        child=child,
        basis=Basis.CONTRIBUTOR,
        reason=reason,
        days=days,
        user=user,
        group=group,
        by=by,
    )


def let_read_signed(*, child: Any, reason: str, days: int, user: Any) -> Grant | None:
    """Let somebody read again what they sign, inside the act of signing; not the record."""
    return grant_by_rule(
        child=child, basis=Basis.SIGNED, reason=reason, days=days, user=user, by=user
    )


def end_asked_access(child: Any, by: Any) -> None:
    """End the access of those who were asked and have nothing left to answer for this child.

    Inside the act of the answer, after its work is closed.
    """
    asked = (Basis.SIGNATORY, Basis.CONTRIBUTOR)
    live = {"content_object": child, "basis__in": asked, "expires_at__gt": timezone.now()}
    for own in ChildUserGrant.objects.select_for_update(of=("self",)).filter(**live):
        if not wired("work_waits")(child_id=own.content_object_id, owner_id=own.user_id):
            _end(own, by)
    for team in ChildTeamGrant.objects.select_for_update(of=("self",)).filter(**live):
        if not wired("work_waits")(child_id=team.content_object_id, owner_group_id=team.group_id):
            _end(team, by)


def _end(grant: Grant, by: Any) -> None:
    grant.expires_at = max(timezone.now(), grant.starts_at)
    grant.ended_by, grant.ended_reason = by, "Answered"
    grant.save()
    events.record(
        "access ended",
        by=by,
        child=grant.content_object_id,
        obj=grant,
        rule=grant.basis,
        reason=grant.ended_reason,
        changed=["expires_at"],
    )

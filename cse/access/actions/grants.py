"""Giving and ending access to one child."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.models import Basis, ChildTeamGrant, ChildUserGrant, Exclusion
from cse.access.policies import (
    NotAllowed,
    OwnInterest,
    check,
    check_ordinary_access,
    need_reason,
    only_as_given,
    only_in_an_emergency,
    somebody_remains,
)
from cse.access.principals import principals_of
from cse.access.wiring import wired
from cse.audit import events

Grant = ChildUserGrant | ChildTeamGrant

OF_ONE_S_OWN: Final = frozenset({Basis.RECORDER, Basis.NAMED_LEAD})
"""What recording something about a child gives the recorder and the leads of their agency."""


@cache
def _permission() -> Permission:
    return Permission.objects.get(content_type__app_label="children", codename="view_child")


@transaction.atomic
def grant_by_rule(
    *,
    child: Any,
    basis: Basis,
    reason: str,
    days: int,
    user: Any = None,
    group: Group | None = None,
    by: Any = None,
) -> Grant | None:
    """Give access because a rule says so; a live or ended row of the same basis is renewed.

    ``days`` from now, at most ``GRANT_MAX_DAYS``. Exactly one of ``user`` and ``group``. A row
    that lasts longer already is left alone.

    None, and no access, where ``by`` would gain it for themselves or their agency's leads out of
    an emergency opening: it ends with its hour, and a colleague who sees the child gives more
    (access-and-audit 7). Nor for recording anything where a colleague gave access, with its end.
    """
    if (user is None) == (group is None):
        raise ValueError("A grant has one principal: a user or a group.")
    if by is not None and basis in OF_ONE_S_OWN and only_in_an_emergency(by, child):
        return None
    if user is not None and basis is Basis.RECORDER and only_as_given(user, child):
        return None
    until = timezone.now() + dt.timedelta(days=min(days, settings.GRANT_MAX_DAYS))
    held = _held(child, basis, user=user, group=group)
    if held is not None and held.expires_at > until:
        return held
    return write_grant(
        held, child=child, basis=basis, reason=reason, until=until, user=user, group=group, by=by
    )


def _held(child: Any, basis: Basis, *, user: Any, group: Group | None) -> Grant | None:
    """The one row of this principal, child and basis, held for change."""
    key: dict[str, Any] = {"user": user} if user is not None else {"group": group}
    model: Any = ChildUserGrant if user is not None else ChildTeamGrant
    rows = model.objects.select_for_update(of=("self",))
    found: Grant | None = rows.filter(content_object=child, basis=basis, **key).first()
    return found


def write_grant(
    held: Grant | None,
    *,
    child: Any,
    basis: Basis,
    reason: str,
    until: dt.datetime,
    user: Any,
    group: Group | None,
    by: Any,
) -> Grant:
    """Write a grant from now to ``until``, into the row held for it where there is one."""
    now = timezone.now()
    if held is None:
        key: dict[str, Any] = {"user": user} if user is not None else {"group": group}
        model: Any = ChildUserGrant if user is not None else ChildTeamGrant
        held = model(content_object=child, basis=basis, permission=_permission(), **key)
    held.reason, held.granted_by = reason, by
    held.starts_at, held.expires_at = now, until
    held.ended_by, held.ended_reason = None, ""
    held.save()
    events.record(
        "access granted",
        by=by,
        child=child,
        obj=held,
        rule=basis,
        reason=reason,
        data={"principal": str(getattr(user or group, "pk", "")), "until": until.isoformat()},
    )
    return held


@transaction.atomic
def give_access(
    *, child: Any, by: Any, reason: str, until: dt.date, user: Any = None, team: Any = None
) -> Grant:
    """Give a colleague or a team access to a child, with reason and last day.

    Nobody gives it to themselves or to a team they are in (``OwnInterest``), nor from an
    emergency opening, nor to somebody whose conflict is declared (``NotAllowed``).
    """
    check(by, Capability.GRANT_ACCESS, child)
    check_ordinary_access(by, child)
    own_team = team is not None and team.group_id in principals_of(by).groups
    if own_team or (user is not None and user.pk == by.pk):
        raise OwnInterest("You cannot give access to yourself, nor to a team that you are in.")
    need_reason(reason)
    now, end = timezone.now(), timezone.make_aware(dt.datetime.combine(until, dt.time.max))
    if end <= now:
        raise NotAllowed("The last day must be today or later.")
    if user is not None:
        _check_can_receive(user, child)
    group = team.group if team is not None else None
    return write_grant(
        _held(child, Basis.GIVEN, user=user, group=group),
        child=child,
        basis=Basis.GIVEN,
        reason=reason,
        until=min(end, now + dt.timedelta(days=settings.GRANT_MAX_DAYS)),
        user=user,
        group=group,
        by=by,
    )


def _check_can_receive(user: Any, child: Any) -> None:
    if Capability.SEE_CHILD not in principals_of(user).acts:
        raise NotAllowed("They have no current post in which they could see a child.")
    if Exclusion.objects.filter(child=child, user=user, ended_at__isnull=True).exists():
        raise NotAllowed(
            "They cannot be given access to this child. Ask the safeguarding lead why."
        )


@transaction.atomic
def end_by_rule(
    *, child: Any, basis: Basis, by: Any, reason: str, user: Any = None, group: Group | None = None
) -> bool:
    """End access that a rule gave a person or a team, inside the act that ends the need.

    Gives whether there was any.

    A grant on another basis stays.
    """
    held = _held(child, basis, user=user, group=group)
    if held is None or held.expires_at <= timezone.now():
        return False
    held.expires_at = max(timezone.now(), held.starts_at)
    held.ended_by, held.ended_reason = by, reason
    held.save()
    events.record(
        "access ended",
        by=by,
        child=child,
        obj=held,
        rule=basis,
        reason=reason,
        changed=["expires_at"],
        data=_whose(held),
    )
    wired("hand_over_work")(child_id=child.pk)
    return True


@transaction.atomic
def end_access(*, grant: Grant, by: Any, reason: str) -> None:
    """End a grant now; it is refused on the next request. The row stays.

    Refused for what has ended already, and where nobody who can act would be left.
    """
    child = grant.content_object
    check(by, Capability.GRANT_ACCESS, child)
    check_ordinary_access(by, child)
    need_reason(reason)
    # Another object than the caller's: a refusal leaves the page what stands.
    held = type(grant).objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if held.expires_at <= timezone.now():
        raise NotAllowed("This access has ended already.")
    held.expires_at = max(timezone.now(), held.starts_at)
    held.ended_by, held.ended_reason = by, reason
    with somebody_remains(child):
        held.save()
    events.record(
        "access ended",
        by=by,
        child=child,
        obj=held,
        reason=reason,
        changed=["expires_at"],
        data=_whose(held),
    )
    wired("hand_over_work")(child_id=child.pk)


def _whose(held: Grant) -> dict[str, str]:
    """Whose access it is, as the event of giving it says: a person, or a team by its group."""
    return {"principal": str(held.group_id if isinstance(held, ChildTeamGrant) else held.user_id)}

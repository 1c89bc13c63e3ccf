"""`can()` and `check()`: one decision for views, actions and templates."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone

from cse.access.capabilities import CHILD_ACTS, Capability
from cse.access.models import Basis, ChildTeamGrant, ChildUserGrant
from cse.access.principals import principals_of
from cse.access.scope import NARROW, scope_sql


class NotVisible(Exception):  # noqa: N818  named for what it means
    """The child is not in this person's scope; answered exactly as if it did not exist (404)."""


class NotAllowed(Exception):  # noqa: N818
    """The person's role lacks the act, or the state forbids it; says why, reveals no child."""


def can(user: Any, capability: Capability | str, child: Any = None) -> bool:
    """Whether this person may do this act now, on this child where the act is about one."""
    try:
        check(user, capability, child)
    except (NotVisible, NotAllowed):
        return False
    return True


def check(user: Any, capability: Capability | str, child: Any = None) -> None:
    """Raise `NotVisible` or `NotAllowed` unless this person may do this act.

    ``child`` is a child or its id. An act about a child without a child is a programming error
    and refused.
    """
    capability = Capability(capability)
    principals = principals_of(user)
    about_a_child = capability in CHILD_ACTS
    if about_a_child and (child is None or not _sees(user, capability, child)):
        raise NotVisible
    if capability not in principals.acts:
        raise NotAllowed(f"Your post does not include: {capability.value}.")


def _sees(user: Any, capability: Capability, child: Any) -> bool:
    return in_scope(user, getattr(child, "pk", child), act=capability)


def in_scope(user: Any, child_id: uuid.UUID, *, act: Capability | None = None) -> bool:
    """Whether the child is among those `visible()` would give, by the same SQL.

    ``act``: also where a grant opens no more than what that act is for.
    """
    principals = principals_of(user)
    if not principals.acts:
        return False
    sql, parameters = scope_sql(principals, only=child_id, act=act)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({sql})", parameters)
        return bool(cursor.fetchone()[0])


class OwnInterest(NotAllowed):
    """Somebody acts on their own access: refused, and the lead is told (bad-input.md)."""


def need_reason(reason: str) -> None:
    """Raise unless something is said. Every act on access has its reason."""
    if not reason.strip():
        raise NotAllowed("Say why.")


def check_ordinary_access(user: Any, child: Any) -> None:
    """Raise where only an emergency opening lets this person in.

    It is for seeing and helping, not for changing who else sees the child. Nor is a grant that
    opens a request or a referral alone.
    """
    if not sees_on(user, child):
        raise NotAllowed("An emergency opening does not let you change who sees a child.")


def sees_on(user: Any, child: Any) -> bool:
    """Whether something more than an emergency opening or a narrow grant lets this person in."""
    return bool(_live_bases(user, child) - {Basis.BREAK_GLASS, *NARROW.values()})


def only_in_an_emergency(user: Any, child: Any) -> bool:
    """Whether this person has opened the child in an emergency and sees it on no other ground."""
    return _live_bases(user, child) - {*NARROW.values()} == {Basis.BREAK_GLASS}


def only_as_given(user: Any, child: Any) -> bool:
    """Whether this person sees the child on no other ground than that a colleague gave access."""
    return _live_bases(user, child) - {*NARROW.values()} == {Basis.GIVEN}


def _live_bases(user: Any, child: Any) -> set[str]:
    """The grounds on which this person has access to the child now. One query."""
    now = timezone.now()
    live = {
        "content_object_id": getattr(child, "pk", child),
        "starts_at__lte": now,
        "expires_at__gt": now,
    }
    own = ChildUserGrant.objects.filter(user_id=user.pk, **live)
    teams = ChildTeamGrant.objects.filter(group_id__in=principals_of(user).groups, **live)
    return set(own.values_list("basis", flat=True).union(teams.values_list("basis", flat=True)))


@contextmanager
def somebody_remains(child: Any) -> Iterator[None]:
    """Raise where what is written inside leaves nobody who can act for the child (bad-input.md).

    Inside the act, so that the write is rolled back: another owner is named first.
    """
    from cse.access.queries import owners_of

    child_id = getattr(child, "pk", child)
    before = owners_of(child_id)
    yield
    after = owners_of(child_id)
    if any(had and not has for had, has in zip(before, after, strict=True)):
        raise NotAllowed(
            "Nobody would be left who can act for this child."
            " Give another safeguarding lead access first."
        )

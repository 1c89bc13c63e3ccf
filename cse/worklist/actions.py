"""Opening and closing what waits for somebody; always inside the caller's own act."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils import timezone

from cse.access.principals import principals_of
from cse.children.models import Child
from cse.worklist.kinds import kind_of
from cse.worklist.models import WorkItem


class OutsideTransaction(RuntimeError):  # noqa: N818  (a mistake of the caller, named for it)
    """Work was opened or closed outside the act that causes it."""


def open_item(
    *,
    kind: str,
    child: Child,
    subject: models.Model,
    due_at: dt.datetime,
    at_once: bool = False,
    owner: Any = None,
    group: Group | None = None,
) -> WorkItem:
    """Let something wait for a person (``owner``) or for a team (``group``); exactly one of them.

    The same work for the same principal is open only once: asked again, the open row is given
    back, with the new ``due_at`` (an aware moment) if that differs. ``at_once``: it stands before
    everything else, and ``due_at`` is the latest moment. Raises ``ValueError`` for an
    unknown kind, a date without a zone, or none or two principals.
    """
    _inside_the_act()
    kind_of(kind)
    if (owner is None) == (group is None):
        raise ValueError("Work waits for one principal: a user or a group.")
    if timezone.is_naive(due_at):
        raise ValueError("A moment needs a time zone.")
    # The child's row stands for the set of its open work: two acts at once take turns.
    Child.objects.select_for_update(no_key=True).only("pk").get(pk=child.pk)
    item = _open(subject, kind).filter(owner=owner, owner_group=group).first()
    if item is None:
        item = WorkItem(
            kind=kind,
            child=child,
            owner=owner,
            owner_group=group,
            subject_kind=subject._meta.label_lower,
            subject_id=subject.pk,
            opened_at=timezone.now(),
        )
    elif (item.due_at, item.at_once) == (due_at, at_once):
        return item
    item.due_at, item.at_once = due_at, at_once
    item.save()
    return item


def open_for_both(*, owner: Any, group: Group | None, **work: Any) -> None:
    """Let the same thing wait for a person and for a team; as `open_item`, once for each.

    Who is of the team has it with the team, and reads of it once.
    """
    if group is None or group.pk not in principals_of(owner).groups:
        open_item(owner=owner, **work)
    if group is not None:
        open_item(group=group, **work)


def move_items(*, subject: models.Model, before: dt.datetime, after: dt.datetime) -> None:
    """What waits on this subject until one moment waits until another: its target has moved."""
    _inside_the_act()
    for item in _open(subject, None).filter(due_at=before).select_for_update():
        item.due_at = after
        item.save()


def close_items(*, subject: models.Model, kind: str | None = None, but: str | None = None) -> int:
    """Close what waits on this subject: of one kind, or all, or all ``but`` one; how many."""
    _inside_the_act()
    for each in filter(None, (kind, but)):
        kind_of(each)
    now = timezone.now()
    items = list(_open(subject, kind).exclude(kind=but).select_for_update())
    for item in items:
        item.closed_at = now
        item.save()
    return len(items)


def _open(subject: models.Model, kind: str | None) -> models.QuerySet[WorkItem]:
    found = WorkItem.objects.filter(
        subject_kind=subject._meta.label_lower, subject_id=subject.pk, closed_at__isnull=True
    )
    return found.filter(kind=kind) if kind else found


def _inside_the_act() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise OutsideTransaction("Open and close work inside the act's transaction.")

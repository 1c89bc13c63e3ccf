"""The reminder to repeat a screen: one of a child and an agency, and none for ever (W §12.4)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import check
from cse.audit import events
from cse.children.models import Child
from cse.clocks.queries import calendar_in
from cse.workdays import review_on
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from screening.actions.common import end_of
from screening.models import Screen
from screening.policies import Refused, is_adult
from screening.queries import judged_on, reminders_of

REPEAT_MONTHS = 3
"""Months after which a screen is repeated at the latest (field.md §1; W §12.4)."""


def ask_to_repeat(screen: Screen, by: Any) -> None:
    """Let the repeat of a completed screen wait for whoever completed it.

    A new screen is the repeat that the agency's earlier ones asked for. A correction takes over
    the reminder of what it corrects with its day, if that still waits.
    """
    if screen.corrects is None:
        earlier = Screen.objects.filter(child=screen.child_id, agency=screen.agency_id)
        waiting = reminders_of(screen.child_id).values("subject_id")
        for each in earlier.filter(pk__in=waiting):
            close_items(subject=each, kind=kinds.REPEAT_SCREEN)
    elif not close_items(subject=screen.corrects, kind=kinds.REPEAT_SCREEN):
        return
    calendar = calendar_in(screen.child.authority_id)
    open_item(
        kind=kinds.REPEAT_SCREEN,
        owner=by,
        child=screen.child,
        subject=screen,
        due_at=end_of(review_on(judged_on(screen), REPEAT_MONTHS, calendar)),
    )


@transaction.atomic
def end_reminders(*, child: Child, by: Any) -> None:
    """Close one's own reminders to screen somebody who is 18: no screen can do it any more.

    The page has signposted adult services by then (DEC-25). Raises `Refused` for a child.
    """
    check(by, Capability.SCREEN, child)
    if not is_adult(child, timezone.localdate()):
        raise Refused("This is a child: the reminder ends with the next screen.")
    items = list(reminders_of(child.pk, of=by))
    for screen in Screen.objects.filter(pk__in=[item.subject_id for item in items]):
        close_items(subject=screen, kind=kinds.REPEAT_SCREEN)
        events.record("reminder to screen an adult closed", by=by, child=child, obj=screen)

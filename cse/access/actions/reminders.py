"""What waits because time has passed: seals to review, openings nobody has reviewed."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from cse.access.actions.openings import ask_for_review
from cse.access.actions.seals import REVIEW_SEAL
from cse.access.capabilities import Capability
from cse.access.models import BreakGlass, Seal
from cse.access.principals import principals_of_people
from cse.access.wiring import wired

REMIND_BEFORE = dt.timedelta(days=14)
"""A seal's review waits for its people this long before it is due."""


def remind_reviews() -> int:
    """Let every review that is due wait for its people; how many. Harmless when run again."""
    openings = BreakGlass.objects.filter(reviewed_at__isnull=True).select_related("child")
    for opening in openings:
        ask_for_review(opening)
    soon = timezone.localdate() + REMIND_BEFORE
    seals = Seal.objects.filter(lifted_at__isnull=True, review_on__lte=soon)
    for seal in seals.select_related("child"):
        _remind_of_seal(seal)
    return len(openings) + len(seals)


@transaction.atomic
def _remind_of_seal(seal: Seal) -> None:
    """For every person named who may review it: nobody else may even know of it."""
    named = seal.names.filter(ended_at__isnull=True).values_list("user_id", flat=True)
    people = principals_of_people(named)
    owners = [pk for pk, person in people.items() if Capability.SEAL in person.acts]
    end = dt.datetime.combine(seal.review_on, dt.time(23, 59))
    for owner in get_user_model().objects.filter(pk__in=owners):
        wired("open_work")(
            kind=REVIEW_SEAL,
            child=seal.child,
            subject=seal,
            due_at=timezone.make_aware(end),
            owner=owner,
        )

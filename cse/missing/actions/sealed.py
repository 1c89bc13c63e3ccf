"""Whoever owes the return interview of a sealed child is told, whatever became of the seal."""

from __future__ import annotations

import uuid

from django.db import transaction

from cse.access.models import Seal
from cse.missing import clocks
from cse.missing.actions.common import lock_interview
from cse.missing.models import ReturnInterview
from cse.missing.transitions import OPEN


def tell_those_inside() -> int:
    """Let each interview that is owed wait for the right people; how many did not.

    A child may be sealed, opened again, or its seal name others, after the return was recorded.
    Harmless when run again.
    """
    sealed_once = Seal.objects.values("child_id")
    owed = ReturnInterview.objects.filter(
        state__in=sorted(OPEN), episode__set_aside_reason="", episode__child_id__in=sealed_once
    )
    ids = list(owed.order_by("episode_id").values_list("episode_id", flat=True))
    return sum(_tell(episode_id) for episode_id in ids)


@transaction.atomic
def _tell(episode_id: uuid.UUID) -> int:
    interview = lock_interview(episode_id)
    gone = interview.stands_at not in OPEN or interview.episode.is_set_aside
    if gone or clocks.waits_for_its_people(interview):
        return 0
    clocks.run(interview, None)
    return 1

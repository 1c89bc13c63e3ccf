"""A return interview waits for somebody who can see to it, whatever became of those who could."""

from __future__ import annotations

import uuid

from django.db import transaction

from cse.access.models import ChildTeamGrant
from cse.missing import clocks
from cse.missing.actions.common import let_coordinators_see, lock_interview
from cse.missing.coordinators import coordinators_of, is_sealed, sees
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.transitions import OPEN
from cse.worklist.models import WorkItem


def ask_again() -> int:
    """Let each interview that is owed wait for the right people; how many did not.

    After the return was recorded the child may have been sealed or opened again, who was asked may
    have left or lost the child, and of the coordinating team everybody. Harmless when run again.
    """
    owed = ReturnInterview.objects.filter(state__in=sorted(OPEN), episode__set_aside_reason="")
    ids = list(owed.order_by("episode_id").values_list("episode_id", flat=True))
    return sum(_ask_again(episode_id) for episode_id in ids)


def ask_others(item: WorkItem) -> bool:
    """The same for one that nobody whom it waits for can see to (`cse.worklist.handing`)."""
    return bool(_ask_again(item.subject_id))


@transaction.atomic
def _ask_again(episode_id: uuid.UUID) -> int:
    interview = lock_interview(episode_id)
    if interview.stands_at not in OPEN or interview.episode.is_set_aside:
        return 0
    _let_see_again(interview.episode)
    if clocks.waits_for_its_people(interview):
        return 0
    clocks.run(interview, None)
    return 1


def _let_see_again(episode: MissingEpisode) -> None:
    """Where no coordinating team sees the child any more, though no seal keeps it out.

    Not where somebody ended the team's access: that stands.
    """
    team = coordinators_of(episode)
    if team is None or sees(team, episode.child_id) or is_sealed(episode.child_id):
        return
    ended = ChildTeamGrant.objects.filter(
        content_object=episode.child_id, group=team.group, ended_by__isnull=False
    )
    if not ended.exists():
        let_coordinators_see(episode, None)

"""What several acts need: locked rows, the child first, and a save that says why."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from cse.access.actions import end_by_rule, grant_by_rule
from cse.access.models import Basis
from cse.access.policies import NotVisible
from cse.audit import events
from cse.children.models import Child
from cse.missing.coordinators import coordinators_of
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.policies import Refused, Stale
from cse.missing.queries import STEPS

COORDINATOR_DAYS = 90
"""Days of access for the team that coordinates the interview, from each recording. Ours."""


def lock_episode(episode_id: uuid.UUID) -> MissingEpisode:
    """The episode and its child, locked. Raises `NotVisible` for an unknown id."""
    found = MissingEpisode.objects.filter(pk=episode_id)
    child_id = found.values_list("child_id", flat=True).first()
    if child_id is None:
        raise NotVisible
    lock_child(child_id)
    rows = MissingEpisode.objects.select_for_update(of=("self",))
    return rows.select_related("child", "authority").get(pk=episode_id)


def lock_interview(episode_id: uuid.UUID) -> ReturnInterview:
    """The interview of an episode, both locked. Raises `NotVisible` where there is none."""
    episode = lock_episode(episode_id)
    rows = ReturnInterview.objects.select_for_update(of=("self",))
    interview = rows.select_related("interviewer", "allocated_by").filter(episode=episode).first()
    if interview is None:
        raise NotVisible
    interview.episode = episode
    return interview


def lock_child(child_id: uuid.UUID) -> None:
    """The child's row stands for the set of its episodes: two acts at once take turns."""
    Child.objects.select_for_update(no_key=True).only("pk").get(pk=child_id)


def check_version(row: MissingEpisode | ReturnInterview, version: int) -> None:
    """Raise `Stale` where somebody saved since."""
    if row.version != version:
        raise Stale


def check_read(interview: ReturnInterview, version: int | None) -> None:
    """The same where the page says which version it showed."""
    if version is not None:
        check_version(interview, version)


def spoken(reason: str) -> str:
    """A typed reason for the history, never one of the words that say there which step it was."""
    text = reason.strip()
    return f"{text}." if text in STEPS else text


def check_passed(moment: dt.datetime, what: str) -> None:
    """Raise where a moment is still to come."""
    if moment > timezone.now():
        raise Refused(f"{what} cannot be in the future.")


def keep(row: MissingEpisode | ReturnInterview, because: str) -> None:
    """Save a row; its history says why."""
    row._change_reason = because  # type: ignore[union-attr]
    row.save()


def note(act: str, episode: MissingEpisode, by: Any, **more: Any) -> None:
    """The event of an act, about the episode."""
    events.record(act, by=by, child=episode.child_id, obj=episode, **more)


def end_interviewers_access(episode: MissingEpisode, user: Any, by: Any, why: str) -> None:
    """The interviewer no longer sees the child for this; what else lets them stays."""
    end_by_rule(child=episode.child, basis=Basis.INTERVIEWER, user=user, by=by, reason=why)


def let_coordinators_see(episode: MissingEpisode, by: Any) -> None:
    """The team that allocates the interview may see the child, for a reason and a time."""
    team = coordinators_of(episode)
    if team is not None:
        grant_by_rule(
            child=episode.child,
            basis=Basis.COORDINATOR,
            group=team.group,
            by=by,
            days=COORDINATOR_DAYS,
            reason="Coordinates the return interview of this child, who was missing",
        )

"""Recording that a child is missing and came back, and correcting what was recorded."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cse.access.actions import end_by_rule
from cse.access.capabilities import Capability
from cse.access.models import Basis
from cse.access.policies import check
from cse.access.principals import principals_of
from cse.children.models import Child
from cse.interface.words import datetime_words
from cse.missing import clocks
from cse.missing.actions.common import (
    check_passed,
    check_version,
    end_interviewers_access,
    keep,
    let_coordinators_see,
    lock_child,
    lock_episode,
    note,
    spoken,
)
from cse.missing.coordinators import coordinating_teams, coordinators_of, sees
from cse.missing.models import Grade, MissingEpisode, ReturnInterview
from cse.missing.policies import (
    Refused,
    SentAlready,
    check_can_change,
    check_can_return,
    check_can_set_aside,
)
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_for_both

START = (
    "started_at",
    "started_about",
    "missing_from",
    "reported_by",
    "police_told",
    "police_reference",
    "grade",
    "circumstances",
    "with_others",
)
"""What is recorded of an episode when a child is missing."""
RETURN = (
    "returned_at",
    "returned_about",
    "return_how",
    "found_where",
    "appearance",
    "said",
    "police_seen",
    "evidence_kept",
)
"""What is recorded when the child came back (O §7.5.7)."""
LOOK_AGAIN = dt.timedelta(hours=24)
"""After so long somebody looks whether a missing child is back. Ours: no handbook has a number."""


@transaction.atomic
def record(*, child: Child, by: Any, token: uuid.UUID, facts: Mapping[str, Any]) -> MissingEpisode:
    """Record that a child is missing, or was; ``facts`` are the fields of ``START``.

    The same form sent twice is one episode; where it says something else by now it is refused
    (`SentAlready`). The area's coordinating team may see the child from now on. Raises `Refused`
    where the time is to come or lies within an episode there is. One that was learned of late may
    lie before others: its return is recorded next.
    """
    check(by, Capability.RECORD_MISSING, child)
    lock_child(child.pk)
    agency_id = principals_of(by).agency_id
    assert agency_id is not None  # noqa: S101  an act needs a post, and a post has an agency
    found = MissingEpisode.objects.filter(recorded_by=by, token=token).first()
    if found is not None:
        if any(getattr(found, name) != facts[name] for name in START):
            raise SentAlready
        return found
    episode = MissingEpisode(
        token=token,
        child=child,
        authority=child.authority,
        agency_id=agency_id,
        recorded_by=by,
        recorded_at=timezone.now(),
        **{name: facts[name] for name in START},
    )
    _check_times(episode)
    keep(episode, "recorded")
    let_coordinators_see(episode, by)
    _wait_for_return(episode)
    note("missing episode recorded", episode, by, data={"grade": episode.grade})
    return episode


@transaction.atomic
def record_return(*, episode_id: uuid.UUID, by: Any, facts: Mapping[str, Any]) -> ReturnInterview:
    """Record that the child came back: the return interview is owed from that moment (W §7).

    The same sent twice is one.
    """
    episode = lock_episode(episode_id)
    same = all(getattr(episode, name) == facts[name] for name in RETURN)
    if same and episode.return_recorded_by == by and not episode.is_set_aside:
        return episode.interview
    check_can_return(by, episode)
    _set(episode, facts, RETURN)
    episode.return_recorded_by, episode.return_recorded_at = by, timezone.now()
    _check_times(episode)
    episode.version += 1
    keep(episode, "return recorded")
    close_items(subject=episode, kind=kinds.RECORD_RETURN)
    interview = ReturnInterview(episode=episode)
    keep(interview, "owed")
    let_coordinators_see(episode, by)
    note("return of a missing child recorded", episode, by)
    clocks.run(interview, by)
    return interview


@transaction.atomic
def correct(
    *, episode_id: uuid.UUID, by: Any, version: int, facts: Mapping[str, Any], reason: str
) -> MissingEpisode:
    """Correct what was recorded, for a reason; what it said before stays in the history.

    The clock follows a corrected return. Raises `Stale` where somebody saved since ``version``.
    """
    episode = lock_episode(episode_id)
    check_can_change(by, episode)
    check_version(episode, version)
    _need(reason)
    before = {name: getattr(episode, name) for name in (*START, *RETURN)}
    _set(episode, facts, (*START, *RETURN) if episode.is_over else START)
    changed = [name for name, value in before.items() if getattr(episode, name) != value]
    if not changed:
        return episode
    _check_times(episode)
    episode.version += 1
    keep(episode, spoken(reason))
    note("missing episode corrected", episode, by, changed=changed, reason=reason.strip())
    if "returned_at" in changed:
        clocks.return_corrected(_interview_of(episode), reason.strip(), by)
    return episode


@transaction.atomic
def grade_again(
    *, episode_id: uuid.UUID, by: Any, version: int, grade: str, reason: str
) -> MissingEpisode:
    """The police grade the risk anew: "absent" became missing, say (W §6.2). Not a correction."""
    episode = lock_episode(episode_id)
    check_can_change(by, episode)
    check_version(episode, version)
    _need(reason)
    if grade not in Grade.values or grade == episode.grade:
        raise Refused("Choose the new grade: it must differ from the one there is.")
    was, episode.grade = episode.grade, grade
    episode.version += 1
    keep(episode, spoken(reason))
    data = {"grade": [was, grade]}
    note("risk graded again", episode, by, changed=["grade"], reason=reason.strip(), data=data)
    return episode


@transaction.atomic
def set_aside(*, episode_id: uuid.UUID, by: Any, reason: str) -> MissingEpisode:
    """It was recorded by mistake: kept with the reason, and counted no more."""
    episode = lock_episode(episode_id)
    check_can_set_aside(by, episode)
    _need(reason)
    clocks.cancel(episode, reason.strip(), by)
    close_items(subject=episode, kind=kinds.RECORD_RETURN)
    episode.set_aside_reason = reason.strip()
    episode.version += 1
    keep(episode, "set aside")
    note("missing episode set aside", episode, by, reason=reason.strip())
    _take_access_back(episode, by)
    return episode


def _wait_for_return(episode: MissingEpisode) -> None:
    """The return waits for who recorded the episode, and for the team that coordinates.

    Forgotten, nobody would ask the child: the interview is owed from the return on.
    """
    team = coordinators_of(episode)
    open_for_both(
        owner=episode.recorded_by,
        group=team.group if team is not None and sees(team, episode.child_id) else None,
        kind=kinds.RECORD_RETURN,
        child=episode.child,
        subject=episode,
        due_at=episode.recorded_at + LOOK_AGAIN,
    )


def _set(episode: MissingEpisode, facts: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name in facts:
            setattr(episode, name, facts[name])


def _need(reason: str) -> None:
    if not reason.strip():
        raise Refused("Say why.")


def _check_times(episode: MissingEpisode) -> None:
    """In the past, in order, and not within another episode of the child."""
    check_passed(episode.started_at, "When the child was last seen")
    if episode.returned_at is not None:
        check_passed(episode.returned_at, "The return")
        if episode.returned_at <= episode.started_at:
            raise Refused("The return must be after they were last seen: check both times.")
        _check_not_after_interview(episode, episode.returned_at)
    overlap = Q(returned_at__isnull=True) | Q(returned_at__gt=episode.started_at)
    if episode.returned_at is not None:
        overlap &= Q(started_at__lt=episode.returned_at)
    else:
        # Before a later one that is over, they came back: the return is recorded next.
        overlap &= Q(returned_at__isnull=True) | Q(started_at__lte=episode.started_at)
    clash = _others(episode).filter(overlap).order_by("started_at").first()
    if clash is not None and not clash.is_over and clash.started_at > episode.started_at:
        raise Refused(
            f"The child is missing now, since {datetime_words(clash.started_at)}. Record the "
            "return from that first; until then tell of this one in its circumstances."
        )
    if clash is not None:
        since = datetime_words(clash.started_at)
        open_still = "" if clash.is_over else f" Record the return of that one first, of {since}."
        raise Refused(f"Another episode of this child covers that time already.{open_still}")


def came_back_since(episode: MissingEpisode) -> bool:
    """Whether a later episode says that the child came back from this one, though not when."""
    later = _others(episode).filter(started_at__gt=episode.started_at)
    return not episode.is_over and later.exists()


def _others(episode: MissingEpisode) -> QuerySet[MissingEpisode]:
    found = MissingEpisode.objects.filter(child_id=episode.child_id, set_aside_reason="")
    return found.exclude(pk=episode.pk)


def _check_not_after_interview(episode: MissingEpisode, returned_at: dt.datetime) -> None:
    interview = ReturnInterview.objects.filter(episode=episode).first()
    said = (interview.offered_at, interview.outcome_at) if interview else ()
    if any(moment is not None and moment < returned_at for moment in said):
        raise Refused("The return interview was offered or held before that: check the return.")


def _interview_of(episode: MissingEpisode) -> ReturnInterview:
    interview = ReturnInterview.objects.select_related("interviewer", "allocated_by").get(
        episode=episode
    )
    interview.episode = episode
    return interview


def _take_access_back(episode: MissingEpisode, by: Any) -> None:
    """What only this episode gave: the interviewer's, and the team's where no other stands."""
    why = "The missing episode was recorded by mistake"
    interview = ReturnInterview.objects.filter(episode=episode).first()
    if interview is not None and interview.interviewer is not None:
        end_interviewers_access(episode, interview.interviewer, by, why)
    if _others(episode).exists():
        return
    for team in coordinating_teams(episode):
        end_by_rule(
            child=episode.child, basis=Basis.COORDINATOR, group=team.group, by=by, reason=why
        )

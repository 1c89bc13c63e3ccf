"""The clock of a return interview: 72 hours of the clock from the return (W §7, DEC-24).

It runs on the episode. Held, it is met; declined or not offered, it is no longer owed and says
why; asked again, it runs again from the same return. A target, never a gate.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, Final

from cse.access.capabilities import Capability
from cse.access.policies import can
from cse.access.queries import exclusions_on, people_in_team
from cse.access.scope import people_in_scope
from cse.clocks.actions import (
    cancel_clock,
    correct_done,
    meet_clock,
    move_trigger,
    people_changed,
    start_clock,
)
from cse.clocks.kinds import HOURLY_OFFSETS, ClockKind, People, register_kind
from cse.clocks.models import Clock
from cse.clocks.queries import open_clock
from cse.clocks.reckoning import Length, Unit
from cse.clocks.transitions import State as ClockState
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.sealed import coordinators_inside, is_sealed
from cse.people.models import Team, TeamKind
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from cse.worklist.models import WorkItem

KEY: Final = "return_interview"
HOURS: Final = Length(72, Unit.HOURS)


def coordinating_teams(episode: MissingEpisode) -> list[Team]:
    """The teams that may allocate it: the coordinator sits at the front door (W §7), or where the
    area has none, in the specialist team.
    """
    teams = Team.objects.filter(
        agency__authority_id=episode.authority_id,
        kind__in=(TeamKind.FRONT_DOOR, TeamKind.CSE_TEAM),
    ).select_related("group", "agency")
    return sorted(teams, key=lambda team: (team.kind != TeamKind.FRONT_DOOR, team.name))


def coordinators_of(episode: MissingEpisode) -> Team | None:
    """The one that does: the first of them with somebody who sees the child, else the first with
    somebody who is not excluded from the child. None where nobody is there today.
    """
    excluded = set(exclusions_on(episode.child_id).values_list("user_id", flat=True))
    teams = coordinating_teams(episode)
    able = [team for team in teams if {each.user_id for each in people_in_team(team)} - excluded]
    seeing = (team for team in able if sees(team, episode.child_id))
    return next(seeing, able[0] if able else None)


def sees(team: Team, child_id: uuid.UUID) -> bool:
    """Whether somebody of the team sees the child."""
    return bool(people_in_scope(child_id, people_in_team(team)))


def who_owes(clock: Clock) -> People:
    """The interviewer, with the coordinators told; the coordinators until there is one, and where
    the interviewer can record nothing any more.
    """
    interview = ReturnInterview.objects.select_related(
        "interviewer", "allocated_by", "episode__authority", "episode__return_recorded_by"
    ).get(episode_id=clock.subject_id)
    return _people(interview)


def _people(interview: ReturnInterview) -> People:
    if is_sealed(interview.episode.child_id):
        return _people_inside(interview)
    team = coordinators_of(interview.episode)
    groups = (team.group,) if team else ()
    asked = _asked(interview)
    if asked is not None and can(asked, Capability.RECORD_INTERVIEW, interview.episode.child_id):
        return People(owners=(asked,), told=groups)
    return People(owners=groups or (interview.episode.return_recorded_by,))


def _people_inside(interview: ReturnInterview) -> People:
    """Of a sealed child: the same, and nobody but those who see the child."""
    child_id = interview.episode.child_id
    inside = tuple(coordinators_inside(child_id))
    asked = _asked(interview)
    if asked is not None and can(asked, Capability.RECORD_INTERVIEW, child_id):
        return People(owners=(asked,), told=inside)
    return People(owners=inside)


def _asked(interview: ReturnInterview) -> Any:
    """Who holds it, or writes down what somebody without an account tells; nobody at first."""
    return interview.allocated_by if interview.interviewer_outside else interview.interviewer


KIND: Final = ClockKind(
    key=KEY,
    title="Return interview",
    rule="DEC-24",
    source="W §7; DEC-24; today’s practice",
    length=HOURS,
    people=who_owes,
    capability=Capability.SEE_MISSING,
    url_name="missing:episode",
    offsets=HOURLY_OFFSETS,
    at_once=True,
)


def register() -> None:
    """Offer the kind; once, when the room starts."""
    register_kind(KIND)


def run(interview: ReturnInterview, by: Any) -> None:
    """Let the clock run from the return, for whoever owes the interview now, and let it wait."""
    episode = interview.episode
    assert episode.returned_at is not None  # noqa: S101  an interview is made at the return
    clock = open_clock(episode, KEY)
    if clock is None:
        clock = start_clock(
            kind=KEY,
            child=episode.child,
            subject=episode,
            trigger_at=episode.returned_at,
            by=by,
            authority=episode.authority,
        )
    else:
        clock = people_changed(clock=clock, by=by)
    _wait(interview, clock.due_at)


def meet(interview: ReturnInterview, at: dt.datetime, by: Any) -> None:
    """It was held at that moment, in time or late."""
    close_items(subject=interview.episode)
    clock = open_clock(interview.episode, KEY)
    if clock is not None:
        meet_clock(clock=clock, by=by, at=at)


def held_corrected(interview: ReturnInterview, at: dt.datetime, reason: str, by: Any) -> None:
    """It was held at another moment: the clock was met then, late or in time (DEC-29)."""
    met = Clock.objects.filter(
        subject_id=interview.episode_id, kind=KEY, state=ClockState.MET
    ).order_by("-started_at")
    for clock in met[:1]:
        correct_done(clock=clock, at=at, reason=reason, by=by)


def cancel(episode: MissingEpisode, reason: str, by: Any) -> None:
    """It is no longer owed, for that reason."""
    close_items(subject=episode)
    clock = open_clock(episode, KEY)
    if clock is not None:
        cancel_clock(clock=clock, reason=reason, by=by)


def return_corrected(interview: ReturnInterview, reason: str, by: Any) -> None:
    """The return was at another moment: the target follows; of what was met too (DEC-29)."""
    returned_at = interview.episode.returned_at
    assert returned_at is not None  # noqa: S101  it was corrected, not taken back
    found = Clock.objects.filter(subject_id=interview.episode_id, kind=KEY)
    for clock in found.exclude(state=ClockState.CANCELLED):
        moved = move_trigger(clock=clock, trigger_at=returned_at, reason=reason, by=by)
        if moved.is_open:
            _wait(interview, moved.due_at)


def _wait(interview: ReturnInterview, due_at: dt.datetime) -> None:
    """What waits on home: to allocate it, for the coordinators; to hold it, for who was asked."""
    episode = interview.episode
    kind, owners = _waits_for(interview)
    close_items(subject=episode)
    for owner in owners:
        whom = {"owner": owner} if hasattr(owner, "email") else {"group": owner}
        open_item(kind=kind, child=episode.child, subject=episode, due_at=due_at, **whom)


def _waits_for(interview: ReturnInterview) -> tuple[str, Sequence[Any]]:
    """The kind of work it is now, and for whom."""
    owners = _people(interview).owners
    asked = _asked(interview) in owners
    return kinds.HOLD_INTERVIEW if asked else kinds.ALLOCATE_INTERVIEW, owners


def waits_for_its_people(interview: ReturnInterview) -> bool:
    """Whether what is open on home is what should be: people and seals come and go."""
    kind, owners = _waits_for(interview)
    found = WorkItem.objects.filter(subject_id=interview.episode_id, closed_at__isnull=True)
    stands = {(item.kind, item.owner_id or item.owner_group_id) for item in found}
    return stands == {(kind, owner.pk) for owner in owners}

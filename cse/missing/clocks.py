"""The clock of a return interview: 72 hours of the clock from the return (W §7, DEC-24).

It runs on the episode. Held, it is met; declined or not offered, it is no longer owed and says
why; asked again, it runs again from the same return. A target, never a gate.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from cse.access.capabilities import Capability
from cse.access.policies import can
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
from cse.missing.coordinators import coordinators_of, is_sealed, stand_ins
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from cse.worklist.models import WorkItem

KEY: Final = "return_interview"
HOURS: Final = Length(72, Unit.HOURS)


def who_owes(clock: Clock) -> People:
    """The interviewer, with the coordinators told; the coordinators until there is one, and where
    the interviewer can record nothing any more.
    """
    interview = ReturnInterview.objects.select_related(
        "interviewer", "allocated_by", "episode__authority", "episode__return_recorded_by"
    ).get(episode_id=clock.subject_id)
    return _people(interview)


def _people(interview: ReturnInterview) -> People:
    """Of a sealed child nobody but those who see the child."""
    child_id = interview.episode.child_id
    team = None if is_sealed(child_id) else coordinators_of(interview.episode)
    able = (team.group,) if team else tuple(stand_ins(interview.episode))
    asked = _asked(interview)
    if asked is not None and can(asked, Capability.RECORD_INTERVIEW, child_id):
        return People(owners=(asked,), told=able)
    return People(owners=able)


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

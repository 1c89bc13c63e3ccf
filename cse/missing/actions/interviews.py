"""The return interview: allocated, offered, held; or declined, or not offered, and why (W §7)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.actions import grant_by_rule
from cse.access.capabilities import Capability
from cse.access.models import Basis
from cse.access.policies import can
from cse.interface.words import datetime_words
from cse.missing import clocks
from cse.missing.actions.common import (
    check_passed,
    check_read,
    check_version,
    end_interviewers_access,
    keep,
    lock_interview,
    note,
    spoken,
)
from cse.missing.coordinators import is_sealed
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.policies import Refused, check_interview
from cse.missing.transitions import Act, State

INTERVIEWER_DAYS = 30
"""Days of access for the interviewer: to prepare, to hold it and to write it down. Ours."""
GATHERED = ("reasons", "places_people", "harm", "needs", "passed_on")
"""What an interview gathers, in the order it is asked."""
NO_ACCESS = (
    "They cannot be given access to this child, or hold no post in which they could see one. "
    "Choose somebody else, or ask the safeguarding lead."
)
NOT_INSIDE = (
    "This child is sealed, and they cannot see it. Choose yourself, somebody who is named in the "
    "seal, or somebody without an account; or have them named in the seal first."
)


@transaction.atomic
def allocate(
    *,
    episode_id: uuid.UUID,
    by: Any,
    reason: str,
    is_independent: bool,
    why_not_independent: str = "",
    interviewer: Any = None,
    outside: str = "",
    version: int | None = None,
) -> ReturnInterview:
    """Ask somebody to hold the interview: a colleague, or somebody without an account here.

    ``reason`` says why they are the most appropriate person for the child (W §7). Somebody who is
    not independent of the child's care needs a reason, and may hold it all the same. A colleague
    may see the child from now on, for a time; who was asked before no longer does for this.
    ``version`` is the one that was on the page. Raises `Stale` where somebody saved since.
    """
    interview = lock_interview(episode_id)
    after = check_interview(by, interview, Act.ALLOCATE)
    check_read(interview, version)
    if (interviewer is None) == (not outside.strip()):
        raise Refused("Choose a colleague, or name somebody outside the service.")
    if not reason.strip():
        raise Refused("Say why they are the right person for this child.")
    if not is_independent and not why_not_independent.strip():
        raise Refused("Say why nobody independent of the child’s care holds it.")
    episode = interview.episode
    before = interview.interviewer
    if interviewer is not None:
        _let_see(episode, interviewer, by)
    _clear_outcome(interview)
    interview.state = after
    interview.interviewer, interview.interviewer_outside = interviewer, outside.strip()
    interview.is_independent = is_independent
    interview.why_not_independent = "" if is_independent else why_not_independent.strip()
    interview.allocation_reason = reason.strip()
    interview.allocated_by, interview.allocated_at = by, timezone.now()
    _save(interview, "allocated")
    data = {"interviewer": str(interviewer.pk) if interviewer else "outside the service"}
    note("return interview allocated", episode, by, reason=reason.strip(), data=data)
    clocks.run(interview, by)
    # Only now: nothing waits any more for who was asked before.
    if before is not None and before != interviewer:
        why = "Somebody else was asked to hold the return interview"
        end_interviewers_access(episode, before, by, why)
    return interview


@transaction.atomic
def offer(
    *,
    episode_id: uuid.UUID,
    by: Any,
    at: dt.datetime,
    note_text: str,
    version: int | None = None,
) -> ReturnInterview:
    """The child was asked, or asked again after they had declined; it is still owed."""
    interview = lock_interview(episode_id)
    interview.state = check_interview(by, interview, Act.OFFER)
    check_read(interview, version)
    _check_after_return(interview, at)
    _clear_outcome(interview)
    interview.offered_at, interview.offer_note = at, note_text.strip()
    _save(interview, "offered")
    note("return interview offered", interview.episode, by)
    clocks.run(interview, by)
    return interview


@transaction.atomic
def hold(
    *, episode_id: uuid.UUID, by: Any, version: int, at: dt.datetime, gathered: Mapping[str, str]
) -> ReturnInterview:
    """The interview was held at that moment; ``gathered`` are the texts of ``GATHERED``.

    The same sent twice is one; so it is where the child declined, or was not asked.
    """
    interview = lock_interview(episode_id)
    said = {name: gathered.get(name, "").strip() for name in GATHERED}
    if _is_so(interview, by, State.HELD, outcome_at=at, **said):
        return interview
    interview.state = check_interview(by, interview, Act.HOLD)
    check_version(interview, version)
    _check_after_offer(interview, at)
    _write(interview, gathered)
    _end(interview, at, by)
    _save(interview, "held")
    note("return interview held", interview.episode, by)
    clocks.meet(interview, at, by)
    return interview


@transaction.atomic
def decline(
    *, episode_id: uuid.UUID, by: Any, at: dt.datetime, reason: str, version: int | None = None
) -> ReturnInterview:
    """The child does not want it: an outcome, with what they said (DEC-24). It can be offered
    again."""
    return _without(episode_id, by, Act.DECLINE, at, reason, "Declined by the child", version)


@transaction.atomic
def do_not_offer(
    *, episode_id: uuid.UUID, by: Any, at: dt.datetime, reason: str, version: int | None = None
) -> ReturnInterview:
    """The coordinator decides that it is not offered, and says why (DEC-24)."""
    return _without(episode_id, by, Act.NOT_OFFER, at, reason, "Not offered", version)


@transaction.atomic
def correct_interview(
    *,
    episode_id: uuid.UUID,
    by: Any,
    version: int,
    at: dt.datetime,
    reason: str,
    gathered: Mapping[str, str],
) -> ReturnInterview:
    """Correct what was written of an interview that was held; what it said before is kept."""
    interview = lock_interview(episode_id)
    check_interview(by, interview, Act.CORRECT)
    check_version(interview, version)
    if not reason.strip():
        raise Refused("Say why it is corrected.")
    _check_after_offer(interview, at)
    before = {name: getattr(interview, name) for name in (*GATHERED, "outcome_at")}
    _write(interview, gathered)
    interview.outcome_at = at
    changed = [name for name, value in before.items() if getattr(interview, name) != value]
    if changed:
        _save(interview, spoken(reason))
        note(
            "return interview corrected",
            interview.episode,
            by,
            changed=changed,
            reason=reason.strip(),
        )
    if "outcome_at" in changed:
        clocks.held_corrected(interview, at, reason.strip(), by)
    return interview


def _without(
    episode_id: uuid.UUID,
    by: Any,
    act: Act,
    at: dt.datetime,
    reason: str,
    words: str,
    version: int | None,
) -> ReturnInterview:
    interview = lock_interview(episode_id)
    ended = State.DECLINED if act is Act.DECLINE else State.NOT_OFFERED
    if _is_so(interview, by, ended, outcome_reason=reason.strip(), outcome_at=at):
        return interview
    interview.state = check_interview(by, interview, act)
    check_read(interview, version)
    if not reason.strip():
        raise Refused("Say why.")
    check = _check_after_offer if act is Act.DECLINE else _check_after_return
    check(interview, at)
    interview.outcome_reason = reason.strip()
    _end(interview, at, by)
    _save(interview, words)
    note(f"return interview: {words.lower()}", interview.episode, by, reason=reason.strip())
    clocks.cancel(interview.episode, f"{words}. {reason.strip()}", by)
    return interview


def _is_so(interview: ReturnInterview, by: Any, state: State, **said: Any) -> bool:
    """Whether it stands so already by this person's hand: the second click of two."""
    same = all(getattr(interview, name) == value for name, value in said.items())
    return interview.stands_at is state and interview.recorded_by == by and same


def _write(interview: ReturnInterview, gathered: Mapping[str, str]) -> None:
    for name in GATHERED:
        setattr(interview, name, gathered.get(name, "").strip())
    if not any(getattr(interview, name) for name in GATHERED):
        raise Refused("Write down what the child said, if only that they said little.")


def _end(interview: ReturnInterview, at: dt.datetime, by: Any) -> None:
    interview.outcome_at = at
    interview.recorded_by, interview.recorded_at = by, timezone.now()


def _clear_outcome(interview: ReturnInterview) -> None:
    """What was declined or not offered is owed again; the outcome before stays in the history."""
    interview.outcome_at, interview.outcome_reason = None, ""
    interview.recorded_by = interview.recorded_at = None


def _save(interview: ReturnInterview, because: str) -> None:
    interview.version += 1
    keep(interview, because)


def _check_after_return(interview: ReturnInterview, at: dt.datetime) -> None:
    check_passed(at, "The interview")
    returned_at = interview.episode.returned_at
    if returned_at is not None and at < returned_at:
        raise Refused("That is before the child came back: check the date and time.")


def _check_after_offer(interview: ReturnInterview, at: dt.datetime) -> None:
    """What was held, or declined, was offered before."""
    _check_after_return(interview, at)
    offered_at = interview.offered_at
    if offered_at is not None and at < offered_at:
        raise Refused(
            f"That is before it was offered last, on {datetime_words(offered_at)}: check the date "
            "and time. If the offer was at another time, record the offer again first."
        )


def _let_see(episode: MissingEpisode, interviewer: Any, by: Any) -> None:
    """The interviewer may see the child; a declared conflict or a seal is stronger.

    Whoever takes it on themselves sees the child already: nobody gives access to themselves.
    """
    if interviewer.pk != by.pk:
        grant_by_rule(
            child=episode.child,
            basis=Basis.INTERVIEWER,
            user=interviewer,
            by=by,
            days=INTERVIEWER_DAYS,
            reason="Asked to hold the return interview of this child",
        )
    if not can(interviewer, Capability.RECORD_INTERVIEW, episode.child_id):
        raise Refused(NOT_INSIDE if is_sealed(episode.child_id) else NO_ACCESS)

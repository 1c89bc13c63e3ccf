"""What may be done with an episode or its interview now, and why not: acts and pages ask alike."""

from __future__ import annotations

from typing import Any

from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, can, check
from cse.access.principals import principals_of
from cse.interface.words import SENT_ALREADY
from cse.missing.coordinators import stands_in
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.transitions import Act, Actor, State, after


class Refused(NotAllowed):
    """The state does not allow the act; the message says what to do instead."""


OWED = (
    "A return interview is owed after this episode. A coordinator who did not record it says that "
    "it was a mistake: the front door or the specialist team of the area. Tell them why."
)


class Stale(Refused):
    """Somebody saved since the page was opened; nothing was written."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed this since you opened the page.")


class SentAlready(Refused):
    """The same form was sent before and said something else: that stands, and this is not kept."""

    def __init__(self) -> None:
        super().__init__(SENT_ALREADY)


def check_can_change(user: Any, episode: MissingEpisode) -> None:
    """Raise unless this person may correct the episode, grade it again or set it aside."""
    check(user, Capability.RECORD_MISSING, episode.child_id)
    if episode.is_set_aside:
        raise Refused("This was set aside as recorded by mistake, and can no longer change.")


def check_can_return(user: Any, episode: MissingEpisode) -> None:
    """Raise unless this person may record that the child came back."""
    check_can_change(user, episode)
    if episode.is_over:
        raise Refused("The return is recorded already. Correct it if it is wrong.")


def check_can_set_aside(user: Any, episode: MissingEpisode) -> None:
    """Raise where it is more than a slip: an interview was held after it, or is owed.

    What is owed ends by no one person's word: a coordinator who did not record it says so. Before
    the return it is for the agency that recorded it, or a coordinator.
    """
    check_can_change(user, episode)
    held = ReturnInterview.objects.filter(episode=episode, state=State.HELD)
    if held.exists():
        raise Refused("A return interview was held after this episode: correct it instead.")
    coordinates = can(user, Capability.ALLOCATE_INTERVIEW, episode.child_id) or stands_in(
        user, episode
    )
    own = episode.agency_id in principals_of(user).agency_ids
    if episode.is_over and (not coordinates or user.pk == episode.recorded_by_id):
        raise Refused(OWED)
    if not (coordinates or own):
        raise Refused("The agency that recorded it, or the coordinator, sets it aside. Tell them.")


def actors_of(user: Any, interview: ReturnInterview) -> frozenset[Actor]:
    """Who somebody is to an interview: a coordinator, the interviewer, both or nobody.

    Where no coordinator is inside a child's seal, those who answer for it there are (W §7).
    """
    found = set()
    child_id = interview.episode.child_id
    if can(user, Capability.ALLOCATE_INTERVIEW, child_id) or stands_in(user, interview.episode):
        found.add(Actor.COORDINATOR)
    if interview.interviewer_id == user.pk:
        found.add(Actor.INTERVIEWER)
    return frozenset(found)


def check_interview(user: Any, interview: ReturnInterview, act: Act) -> State:
    """The state after the act. Raises ``NotVisible``, ``NotAllowed`` or ``Refused``."""
    check(user, Capability.RECORD_INTERVIEW, interview.episode.child_id)
    check_can_change(user, interview.episode)
    actors = actors_of(user, interview)
    found = after(interview.stands_at, act, actors)
    if found is not None:
        return found
    if after(interview.stands_at, act, frozenset(Actor)) is not None:
        raise Refused(_WHO[act])
    raise Refused(f"{interview.get_state_display()}: that cannot be done with it now.")


def may(user: Any, interview: ReturnInterview) -> frozenset[Act]:
    """Every act this person may do with the interview now; for the page's buttons."""
    if interview.episode.is_set_aside:
        return frozenset()
    actors = actors_of(user, interview)
    return frozenset(act for act in Act if after(interview.stands_at, act, actors) is not None)


_COORDINATOR = "The coordinator decides this: the front door or the specialist team of the area."
_INTERVIEWER = "Only who was asked to hold the interview, or the coordinator, can record this."
_WHO = {
    Act.ALLOCATE: _COORDINATOR,
    Act.NOT_OFFER: _COORDINATOR,
    Act.OFFER: _INTERVIEWER,
    Act.HOLD: _INTERVIEWER,
    Act.DECLINE: _INTERVIEWER,
    Act.CORRECT: _INTERVIEWER,
}

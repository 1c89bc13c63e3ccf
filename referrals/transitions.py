"""What may become of a referral and of each of its deliveries, by whom. Pure.

A referral that was sent is never changed again: what happens to it happens to its deliveries, one
for each team that it was sent to. ``docs/referrals.md`` has the pictures drawn from these tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType


class Status(StrEnum):
    """A referral, before and after it is sent."""

    DRAFT = "draft"
    SENT = "sent"
    SET_ASIDE = "set_aside"


class State(StrEnum):
    """One delivery of a referral, to one team or contact.

    ``proposed`` waits for the second person (``second_person_needed``); ``sent_on`` waits for
    the specialist team to acknowledge it, and becomes ``passed`` (O-REF-10).
    """

    RECEIVED = "received"
    DECIDING = "deciding"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    SENT_ON = "sent_on"
    PASSED = "passed"
    ACKNOWLEDGED = "acknowledged"
    OTHER_OUTCOME = "other_outcome"
    BACK = "back"
    WITHDRAWN = "withdrawn"


class Actor(StrEnum):
    """Who somebody is to a referral or delivery; one person may be several of them."""

    REFERRER = "referrer"
    TEAM = "team"
    HOLDER = "holder"
    OTHER_OF_TEAM = "other_of_team"
    NEXT_TEAM = "next_team"
    ANSWERER = "answerer"


class Act(StrEnum):
    """What is done with a referral or a delivery."""

    SAVE = "save"
    SEND = "send"
    SET_ASIDE = "set aside"
    CLAIM = "claim"
    RELEASE = "release"
    ACCEPT = "accept"
    PASS_ON = "pass on"  # noqa: S105  (an act)
    PROPOSE = "propose"
    OTHER_OUTCOME = "other outcome"
    SEND_BACK = "send back"
    AGREE_OTHER = "agree to the other outcome"
    AGREE_BACK = "agree to sending back"
    DISAGREE = "do not agree"
    ACKNOWLEDGE = "acknowledge"
    TAKE_OVER = "take over"
    TELL = "tell"
    WITHDRAW = "withdraw"
    UPHOLD = "uphold a disagreement"


#: (from, act) to who may do it and the status after it. What is not here is refused.
OF_REFERRAL: Mapping[tuple[Status, Act], tuple[Actor, Status]] = MappingProxyType(
    {
        (Status.DRAFT, Act.SAVE): (Actor.REFERRER, Status.DRAFT),
        (Status.DRAFT, Act.SEND): (Actor.REFERRER, Status.SENT),
        (Status.DRAFT, Act.SET_ASIDE): (Actor.REFERRER, Status.SET_ASIDE),
    }
)

#: The same for deliveries. ``team`` is everybody of the team it was sent to, ``holder`` who has
#: claimed it, ``other_of_team`` any of them but who proposed the outcome. ``answerer`` is whoever
#: may answer a disagreement with its decision (`referrals.policies.check_can_answer`).
OF_DELIVERY: Mapping[tuple[State, Act], tuple[Actor, State]] = MappingProxyType(
    {
        (State.RECEIVED, Act.CLAIM): (Actor.TEAM, State.DECIDING),
        (State.RECEIVED, Act.ACKNOWLEDGE): (Actor.TEAM, State.ACKNOWLEDGED),
        (State.RECEIVED, Act.TELL): (Actor.REFERRER, State.ACKNOWLEDGED),
        (State.RECEIVED, Act.WITHDRAW): (Actor.REFERRER, State.WITHDRAWN),
        # Somebody who is away must not keep a child waiting: a colleague may give it back too.
        (State.DECIDING, Act.RELEASE): (Actor.TEAM, State.RECEIVED),
        (State.DECIDING, Act.ACCEPT): (Actor.HOLDER, State.ACCEPTED),
        (State.DECIDING, Act.PASS_ON): (Actor.HOLDER, State.SENT_ON),
        (State.DECIDING, Act.OTHER_OUTCOME): (Actor.HOLDER, State.OTHER_OUTCOME),
        (State.DECIDING, Act.SEND_BACK): (Actor.HOLDER, State.BACK),
        (State.DECIDING, Act.PROPOSE): (Actor.HOLDER, State.PROPOSED),
        (State.PROPOSED, Act.AGREE_OTHER): (Actor.OTHER_OF_TEAM, State.OTHER_OUTCOME),
        (State.PROPOSED, Act.AGREE_BACK): (Actor.OTHER_OF_TEAM, State.BACK),
        (State.PROPOSED, Act.DISAGREE): (Actor.OTHER_OF_TEAM, State.DECIDING),
        # Nor must one wait for a second person who is not there: the proposal is taken back.
        (State.PROPOSED, Act.RELEASE): (Actor.TEAM, State.RECEIVED),
        (State.SENT_ON, Act.TAKE_OVER): (Actor.NEXT_TEAM, State.PASSED),
        # The team is responsible, and goes on where who accepted it is away.
        (State.ACCEPTED, Act.PASS_ON): (Actor.TEAM, State.SENT_ON),
        # A decision that does not stand is taken anew by the team, in its own time again.
        (State.ACCEPTED, Act.UPHOLD): (Actor.ANSWERER, State.RECEIVED),
        (State.SENT_ON, Act.UPHOLD): (Actor.ANSWERER, State.RECEIVED),
        (State.PASSED, Act.UPHOLD): (Actor.ANSWERER, State.RECEIVED),
        (State.OTHER_OUTCOME, Act.UPHOLD): (Actor.ANSWERER, State.RECEIVED),
        (State.BACK, Act.UPHOLD): (Actor.ANSWERER, State.RECEIVED),
    }
)

OPEN = frozenset({State.RECEIVED, State.DECIDING, State.PROPOSED})
"""What still waits for a decision of the team it was sent to."""
HELD = frozenset({State.DECIDING, State.PROPOSED})
"""What somebody has claimed and not decided."""
NEEDS_ACCESS = OPEN | {State.ACCEPTED, State.SENT_ON, State.ACKNOWLEDGED}
"""While a team has one of these it has to see the child: it decides, is responsible, or was told
to act. What it decided otherwise, passed to another team or gave back it no longer needs."""
CAME_BACK = frozenset({State.OTHER_OUTCOME, State.BACK})
"""What ended without help by its team: whoever referred may add to it and send it again."""
WAITS_THERE = NEEDS_ACCESS - {State.ACKNOWLEDGED}
"""While a team has one of these, what is to be done with the referral is done by nobody else."""


def after_referral(status: Status, act: Act, actors: frozenset[Actor]) -> Status | None:
    """The status after the act by somebody who is ``actors``; None where it is refused."""
    actor, then = OF_REFERRAL.get((status, act), (None, None))
    return then if actor in actors else None


def after_delivery(state: State, act: Act, actors: frozenset[Actor]) -> State | None:
    """The state after the act by somebody who is ``actors``; None where it is refused."""
    actor, then = OF_DELIVERY.get((state, act), (None, None))
    return then if actor in actors else None


def second_person_needed(obligation: str, act: Act) -> bool:
    """Whether this decision needs somebody else's agreement: a mandatory duty ends without help.

    Ours: the handbooks ask for accountable decision-makers by name (W §4.8) and give no number.
    """
    return obligation == "mandatory" and act in (Act.OTHER_OUTCOME, Act.SEND_BACK)


def picture(table: Mapping[tuple[StrEnum, Act], tuple[Actor, StrEnum]]) -> str:
    """The table as a Mermaid state diagram, one line for each row."""
    return "\n".join(["stateDiagram-v2", *_lines(table)])


def _lines(table: Mapping[tuple[StrEnum, Act], tuple[Actor, StrEnum]]) -> Iterator[str]:
    for (before, act), (actor, after) in table.items():
        who = actor.value.replace("_", " ")
        yield f"    {before.value} --> {after.value}: {act.value} ({who})"

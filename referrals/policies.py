"""What may be done with a referral or a delivery now, and why not: acts and pages ask alike."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.models import Exclusion
from cse.access.policies import NotAllowed, NotVisible, check
from cse.access.principals import principals_of
from cse.children.models import Child
from cse.interface.words import SENT_ALREADY, datetime_words
from cse.people.models import AgencyType, Post, Role, User
from referrals.addressees import FRONT_DOOR
from referrals.models import DecisionNotToRefer, Delivery, Disagreement, Note, NoteKind, Referral
from referrals.parts import BY_KEY
from referrals.queries import is_visible, may_follow
from referrals.queries.beside import standing_of
from referrals.routing import Obligation
from referrals.transitions import (
    CAME_BACK,
    HELD,
    Act,
    Actor,
    State,
    Status,
    after_delivery,
    after_referral,
    second_person_needed,
)
from referrals.ways_out import LIVE
from screening.policies import is_adult

TOO_OLD = (
    "This person is 18 or older. A referral is for a child. Use adult safeguarding, and tell the "
    "police about any offence against them as a child."
)


NOT_ALONE = (
    "A rule asks for this referral, so that nobody takes it back alone. A safeguarding lead "
    "or senior manager of your agency who did not send it can; or ask the team that has it to send "
    "it back."
)

NOT_SET_ASIDE_ALONE = (
    "A rule makes a referral mandatory here, so that nobody sets its draft aside alone. A "
    "safeguarding lead or senior manager of your agency who did not begin it can; or whoever has "
    "another draft, or has sent a referral, of this child for the same reasons."
)
SAID_BEFORE = (
    "What this draft said before made a referral mandatory, so that nobody sets it aside alone. A "
    "safeguarding lead or senior manager of your agency who did not begin it can, or whoever has "
    "another draft, or has sent a referral, of this child for the same reasons."
)
NOT_DECIDED = (
    "A referral should be made here (R8). Who decides against it records a decision not to refer, "
    "which a safeguarding lead signs as well; then this draft is set aside. Or a safeguarding lead "
    "or senior manager who did not begin it sets it aside."
)
NOTHING_CONSIDERED = (
    "Write down first, under “What you considered”, what you considered about a discussion with "
    "other agencies and about a referral: that record is always made."
)


class Refused(NotAllowed):
    """The state does not allow the act; the message says what to do instead."""


class SentAlready(Refused):
    """The same form was sent before and said something else: that stands, and this is not kept."""

    def __init__(self) -> None:
        super().__init__(SENT_ALREADY)


class AlreadyBegun(Refused):
    """A draft of this child by the same agency is open, and nobody said that another is meant."""


class NoDraft(Refused):
    """The referral was sent or set aside, perhaps a moment ago by a second click."""


class TakenByAnother(Refused):
    """Somebody else has claimed it; ``holder`` is who."""

    def __init__(self, holder: Any) -> None:
        self.holder = holder
        super().__init__(f"{holder.get_full_name()} has this referral already.")


def check_can_start(user: Any, child: Child, today: dt.date) -> None:
    """Raise unless this person may refer this child: under 18 (O-REF-04, DEC-25)."""
    check(user, Capability.REFER, child)
    check_is_child(child, today)


def check_is_child(child: Child, today: dt.date) -> None:
    """Raise for somebody who is an adult by now (O-REF-04, DEC-25)."""
    if is_adult(child, today):
        raise Refused(TOO_OLD)


def check_follows(user: Any, referral: Referral) -> None:
    """Raise unless this person may write and follow it, as their own or their agency's."""
    check(user, Capability.OWN_REFERRAL, referral.child_id)
    if not may_follow(user, referral):
        raise NotVisible


def check_referral(user: Any, referral: Referral, act: Act) -> Status:
    """The status after the act. Raises ``NotVisible``, ``NoDraft`` or ``Refused``."""
    check_follows(user, referral)
    after = after_referral(Status(referral.status), act, actors_of_referral(user, referral))
    if after is not None:
        return after
    if referral.status == Status.SENT:
        raise NoDraft("This referral was sent and can no longer change. Make another one.")
    if referral.status == Status.SET_ASIDE:
        raise NoDraft("This draft was set aside. Start a new referral.")
    raise Refused("Only the agency that refers can change its draft.")


def check_delivery(user: Any, delivery: Delivery, act: Act) -> State:
    """The state after the act. Raises ``NotVisible``, ``TakenByAnother`` or ``Refused``."""
    if _capability(act) is Capability.OWN_REFERRAL:
        check_follows(user, delivery.referral)
    else:
        check(user, Capability.TRIAGE, delivery.referral.child_id)
        if not is_visible(user, delivery.referral):
            raise NotVisible
    after = after_delivery(delivery.stands_at, act, actors_of(user, delivery))
    if after is None:
        _say_why_not(user, delivery, act)
        raise Refused(f"{delivery.get_state_display()}: that cannot be done with it now.")
    _check_kind(delivery, act)
    return after


def acts_open_to(user: Any, delivery: Delivery) -> frozenset[Act]:
    """What this person may do with a delivery that they see already; as `check_delivery` says.

    No query beside their posts: a page asks it for every button at once.
    """
    actors = actors_of(user, delivery)
    capabilities = principals_of(user).acts
    return frozenset(act for act in Act if _is_open(delivery, act, actors, capabilities))


def _is_open(
    delivery: Delivery, act: Act, actors: frozenset[Actor], capabilities: frozenset[Capability]
) -> bool:
    if _capability(act) not in capabilities:
        return False
    if after_delivery(delivery.stands_at, act, actors) is None:
        return False
    try:
        _check_kind(delivery, act)
    except Refused:
        return False
    return True


def _capability(act: Act) -> Capability:
    return Capability.OWN_REFERRAL if act in (Act.TELL, Act.WITHDRAW) else Capability.TRIAGE


def _say_why_not(user: Any, delivery: Delivery, act: Act) -> None:
    """The words where there is more to say than the state."""
    if delivery.stands_at in HELD and act is not Act.RELEASE:
        if delivery.claimed_by_id != user.pk:
            raise TakenByAnother(delivery.claimed_by)
        if act is Act.CLAIM:
            raise Refused("You have this referral already.")
        if delivery.stands_at is State.PROPOSED:
            raise Refused("This waits for somebody else of your team to agree.")
    if delivery.stands_at is State.RECEIVED and act in _DECIDING:
        raise Refused("Claim the referral first: then it says who decides.")


_DECIDING = (Act.ACCEPT, Act.PASS_ON, Act.OTHER_OUTCOME, Act.SEND_BACK)


def _check_kind(delivery: Delivery, act: Act) -> None:
    """What depends on who it was sent to: a front door decides, a contact has no post here."""
    decides = any(name in FRONT_DOOR for name in delivery.routes)
    if act is Act.ACKNOWLEDGE and decides:
        raise Refused("A referral at the front door is decided, not only acknowledged.")
    if act is Act.PASS_ON and not decides:
        raise Refused("Only the front door passes a referral on to the specialist team.")
    if act is Act.TELL and delivery.team_id is not None:
        raise Refused("Their team acknowledges it.")
    second = second_person_needed(delivery.obligation, act)
    if second and act in (Act.OTHER_OUTCOME, Act.SEND_BACK):
        raise Refused("A rule makes this referral mandatory: propose it to a second person.")


def actors_of_referral(user: Any, referral: Referral) -> frozenset[Actor]:
    """Who somebody is to a referral: of the agency that makes it, or nobody."""
    mine = referral.agency_id in principals_of(user).agency_ids
    return frozenset({Actor.REFERRER}) if mine else frozenset()


def actors_of(user: Any, delivery: Delivery) -> frozenset[Actor]:
    """Everything that somebody is to a delivery."""
    found = set(actors_of_referral(user, delivery.referral))
    groups = principals_of(user).groups
    if delivery.team is not None and delivery.team.group_id in groups:
        found.add(Actor.TEAM)
        found.add(Actor.HOLDER if delivery.claimed_by_id == user.pk else Actor.OTHER_OF_TEAM)
    return frozenset(found)


OVERSEES: Final = (Role.SENIOR_MANAGER, Role.NAMED_LEAD)
"""The posts in which a line manager oversees a referral of probation (O §7.4.6)."""


def overseers_for(referral: Referral, *apart_from: uuid.UUID | None) -> QuerySet[User]:
    """The accounts that may oversee it: managers and leads of its agency, never who sends it.

    Nobody for an agency that is not probation.
    """
    if referral.agency.type != AgencyType.PROBATION:
        return User.objects.none()
    found = holders_of(OVERSEES, agency_id=referral.agency_id, child_id=referral.child_id)
    return found.exclude(pk__in=[each for each in apart_from if each])


def holders_of(
    roles: Iterable[Role], *, agency_id: uuid.UUID, child_id: uuid.UUID
) -> QuerySet[User]:
    """Who holds one of these posts in an agency today, and is not excluded from this child."""
    held = Post.objects.current(timezone.localdate()).filter(
        role__in=roles, team__agency_id=agency_id
    )
    kept_out = Exclusion.objects.filter(child_id=child_id, ended_at__isnull=True)
    found = User.objects.filter(pk__in=held.values("user_id"), is_active=True)
    return found.exclude(pk__in=kept_out.values("user_id"))


def check_can_oversee(user: Any, referral: Referral) -> None:
    """Raise unless this person may record their oversight of it now, as a manager (O §7.4.6)."""
    check_follows(user, referral)
    if referral.status != Status.SENT or referral.overseer_id is None:
        raise Refused("There is no referral here for a line manager to oversee.")
    able = overseers_for(referral, referral.made_by_id, referral.sent_by_id)
    if not able.filter(pk=user.pk).exists():
        raise Refused(
            "A senior manager or safeguarding lead who neither began nor sent it oversees it."
        )
    if referral.notes.filter(kind=NoteKind.OVERSIGHT).exists():
        raise Refused("It has been overseen already. Write a note to add to that.")


def asked_of(delivery: Delivery) -> str:
    """What a second person is asked, and on what it rests: the proposal, the rules, the notes.

    Another one is asked anew where any of it is another. One query.
    """
    asked = delivery.decided_at.isoformat() if delivery.decided_at else ""
    notes = Note.objects.filter(referral=delivery.referral_id).count()
    return f"{asked} {'-'.join(sorted(delivery.rules))} {notes}"


def check_was_read(about: str, asked: str) -> None:
    """Raise where somebody answers what they were asked before, and another thing is asked now.

    ``about`` is what stood on their page, ``asked`` what is asked now; empty ``about`` where
    nothing is known of it.
    """
    if about and about != asked:
        raise Refused(
            "What you are asked has changed since you opened the page: read it again, then answer. "
            "Nothing was saved."
        )


def check_can_withdraw(user: Any, referral: Referral, deliveries: Iterable[Delivery]) -> None:
    """Raise where a referral that a rule asks for would end by one person's word.

    Mandatory ones (DEC-10, DEC-13), and R8's, against which a lead decides too (DEC-42).
    """
    if not any(each.obligation == Obligation.MANDATORY or R8 in each.rules for each in deliveries):
        return
    may_sign = Capability.SIGN_DECISION in principals_of(user).acts
    if not may_sign or user.pk == referral.sent_by_id:
        raise Refused(NOT_ALONE)


def check_can_set_aside(user: Any, draft: Referral | DecisionNotToRefer) -> None:
    """Raise where a referral that a rule asks for would be forgotten by one person's word.

    Mandatory ones (DEC-10, DEC-13), and R8's (DEC-42). What was mandatory by anything that was said
    in the draft before counts too: taken out by one person, it ends by no one person's word
    (decision 0010). Not where the same agency has another draft, or has sent a referral since, that
    carries it; nor R8's beside a decision that is signed.
    """
    now = owed_in(draft.routing)
    owed = now | _owed_before(draft)
    second = Capability.SIGN_DECISION in principals_of(user).acts and user.pk != draft.made_by_id
    if not owed or second:
        return
    if owed == {R8} and _has_decided(draft):
        return
    since = Q(status=Status.DRAFT) | Q(status=Status.SENT, sent_at__gte=draft.made_at)
    others = Referral.objects.filter(since, child_id=draft.child_id, agency_id=draft.agency_id)
    others = others.exclude(pk=draft.pk).exclude(deliveries__state=State.WITHDRAWN)
    if not any(owed <= owed_in(each.routing) for each in others):
        if owed == {R8}:
            raise Refused(NOT_DECIDED)
        raise Refused(NOT_SET_ASIDE_ALONE if now - {R8} else SAID_BEFORE)


R8: Final = "R8"
"""The one rule against which an agency may decide: with a lead, and on record (DEC-42)."""


def owed_in(routing: Mapping[str, Any]) -> frozenset[str]:
    """The rules of a stored routing that make a referral mandatory, and R8."""
    rules = routing.get("rules", ())
    return frozenset(
        each["id"]
        for each in rules
        if each["obligation"] == Obligation.MANDATORY or each["id"] == R8
    )


def _owed_before(draft: Referral | DecisionNotToRefer) -> frozenset[str]:
    """The rules that made a referral mandatory by what the draft said before; R8's tick is free.

    One query.
    """
    saved = draft.history.order_by().values_list("routing", flat=True)
    return frozenset().union(*(owed_in(routing or {}) for routing in saved)) - {R8}


def _has_decided(draft: Referral | DecisionNotToRefer) -> bool:
    """Whether the agency's decision not to refer this child is signed, and stands or waits."""
    signed = DecisionNotToRefer.objects.filter(
        child_id=draft.child_id, agency_id=draft.agency_id, status="signed"
    )
    rows = signed.exclude(pk=draft.pk).prefetch_related("signatures").select_related("supersession")
    return any(standing_of(each) in LIVE for each in rows)


def check_considered(referral: Referral) -> None:
    """Raise where what R9 asks to be recorded is not: it is kept with a draft that is not sent."""
    fired = any(rule["id"] == "R9" for rule in referral.routing.get("rules", ()))
    if fired and not all(referral.sections.get(each) for each in BY_KEY["considered"].fields):
        raise Refused(NOTHING_CONSIDERED)


def check_can_add(user: Any, referral: Referral, today: dt.date) -> None:
    """Raise unless this person may refer the child, and the referral is theirs and came back."""
    check_follows(user, referral)
    check_can_start(user, referral.child, today)
    came_back = referral.deliveries.filter(state__in=CAME_BACK)
    if referral.status != Status.SENT or not came_back.exists():
        raise Refused("Nobody has sent this referral back. Write a note to add to it.")


def check_can_disagree(user: Any, delivery: Delivery) -> None:
    """Raise unless this person refers, and there is a decision to disagree with."""
    check_follows(user, delivery.referral)
    if not delivery.decision or delivery.stands_at is State.PROPOSED or delivery.team is None:
        raise Refused("There is no decision yet. Ask the team that has it.")
    again = Referral.objects.filter(follows=delivery.referral_id, status=Status.SENT).first()
    if again is not None and delivery.stands_at in CAME_BACK:
        raise Refused(
            f"It was added to and sent again on {datetime_words(again.sent_at)}: what is decided "
            "there is what counts now."
        )


def check_can_answer(user: Any, disagreement: Disagreement) -> None:
    """Raise unless this person is of a team that was asked, and decided none of it."""
    delivery = disagreement.delivery
    check(user, Capability.TRIAGE, delivery.referral.child_id)
    asked = {team.group_id for team in disagreement.teams_asked}
    if not asked & {*principals_of(user).groups}:
        raise NotVisible
    if disagreement.answered_at is not None:
        raise Refused("This has been answered already.")
    if user.pk in (delivery.decided_by_id, delivery.approved_by_id, disagreement.said_by_id):
        raise Refused("You decided this yourself: somebody else has to answer.")

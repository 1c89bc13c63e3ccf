"""Talks with children's social care before a referral: without a name, or for advice on a child."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, NotVisible, check
from cse.access.principals import principals_of
from cse.access.scope import visible
from cse.audit import events
from cse.children.models import Child
from cse.people.models import Agency, AgencyType
from referrals.actions.beside import (
    LONGEST,
    agency_of,
    draft_referral,
    let_agency_see,
    lock_child,
    made_before,
)
from referrals.actions.common import check_same, keep
from referrals.actions.owed import owe_referral
from referrals.actions.save import save_part, set_facts
from referrals.actions.start import start_from_child
from referrals.explain import read_facts
from referrals.facts import only_said
from referrals.identifying import Found, apart, identifying
from referrals.models import AdviceContact, Consultation, ConsultationUsed, Referral
from referrals.policies import Refused, check_can_start
from referrals.policies_beside import check_can_begin
from referrals.queries.beside import consultations_of
from referrals.queries.differences import gaps_of
from referrals.routing import Ages, Band, Routing, route
from referrals.routing.ages import UNDER_13
from referrals.signing import signer

TEXTS = ("question", "advice", "next_steps")
NOBODY_NAMED = (
    "Something here may identify the child. A consultation without a name must not, directly or "
    "indirectly: take it out, or make a referral."
)


class Identifies(Refused):
    """The text may tell who the child is. ``found``: field → what was found in it."""

    def __init__(self, found: Mapping[str, list[Found]]) -> None:
        self.found = found
        super().__init__(NOBODY_NAMED)


class NotWithoutName(Refused):
    """The rules leave no consultation without a name; ``routing`` is what they say."""

    def __init__(self, routing: Routing) -> None:
        self.routing = routing
        super().__init__(_because(routing.ages))


def _because(ages: Ages) -> str:
    """Why not, in plain words; the codes of rules and decisions stay in ``explain``."""
    only = "A consultation without a name is for 13 to 15 only."
    if ages.band is not Band.UNDER_13:
        return only
    if ages.now is None or ages.now < UNDER_13:
        return f"{only} Under 13 the child must be identified."
    return (
        "The activity may have happened before the 13th birthday, so the child must be identified. "
        "By the age in whole years the birthday may have been as late as today."
    )


def rules_without_name(
    by: Any, age: int, facts: Mapping[str, Any]
) -> tuple[Routing, dict[str, Any]]:
    """What the rules say of somebody whose age alone is known, and the facts as they read them.

    Raises ``cse.strict.Refused`` with every fact that contradicts another.
    """
    said = only_said(facts)
    area = agency_of(by).authority
    where = {"authority": area.key, "on": timezone.localdate().isoformat()}
    read = read_facts({**said, "estimated_age": age, **where})
    return route(read, gaps=gaps_of(area)), {**said, "age": age}


@transaction.atomic
def record_consultation(
    *, by: Any, token: uuid.UUID, age: int, facts: Mapping[str, Any], said: Mapping[str, Any]
) -> tuple[Consultation, bool]:
    """Keep a talk about somebody of 13 to 15 who is not identified (W §4.3.2, DEC-14).

    ``said``: the texts, ``advised_by`` and ``advised_on``. Raises `NotWithoutName` at another
    age, `Identifies` for a text that may name the child, and `SentAlready` where the same form
    said something else before: nothing is kept then.
    """
    if not consulting(by):
        raise NotAllowed("Your post does not include: consult without a name.")
    routing, known = rules_without_name(by, age, facts)
    made = Consultation.objects.filter(signed_by=by, token=token).first()
    if made is not None:
        check_same(made, facts=known, **_talk(said))
        return made, False
    if not routing.no_names_consultation.available:
        raise NotWithoutName(routing)
    found = dict(named_in(by, said))
    if found:
        raise Identifies(found)
    agency = agency_of(by)
    row = Consultation(
        token=token,
        authority=agency.authority,
        agency=agency,
        facts=known,
        routing=routing.as_json(),
        **_talk(said),
    )
    _signed(row, by)
    events.record("consulted without a name", by=by, obj=row, rule="DEC-14")
    return row, True


def consulting(by: Any) -> bool:
    """Whether somebody's post lets them consult without a name."""
    return Capability.CONSULT in principals_of(by).acts


def named_in(by: Any, said: Mapping[str, Any]) -> Iterator[tuple[str, list[Found]]]:
    """Each text that may identify, with what in it: names are those of the children one sees."""
    names, schools = list(_names(by)), _schools()
    for field in TEXTS:
        found = identifying(str(said.get(field, "")), names, schools)
        if found:
            yield field, found
    # Who advised is named there: a first name that a child has too is no slip, a whole one is.
    adviser = apart(str(said.get("advised_by", "")))
    slips = [
        Found(name, "the name of a child you can see")
        for name in _whole_names(by)
        if apart(name) in adviser
    ]
    if slips:
        yield "advised_by", slips


def _whole_names(by: Any) -> list[str]:
    children = visible(Child.objects.all(), by, Capability.SEE_CHILD)
    found = children.exclude(family_name="").values_list("given_name", "family_name")
    return [f"{given} {family}" for given, family in found]


def _schools() -> list[str]:
    """The schools there are, of either area: a child may go to one across the county's border."""
    schools = Agency.objects.filter(type=AgencyType.SCHOOL)
    return list(schools.values_list("name", flat=True))


def _names(by: Any) -> Iterator[str]:
    """Each name of a child, and the whole, without the others and with them: for its initials."""
    children = visible(Child.objects.all(), by, Capability.SEE_CHILD)
    for given, family, others in children.values_list("given_name", "family_name", "other_names"):
        yield from filter(None, (given, family, others))
        yield f"{given} {family}"
        yield f"{given} {others} {family}"


@transaction.atomic
def use_consultation(*, consultation_id: uuid.UUID, child: Child, by: Any) -> Referral:
    """Make a consultation part of a referral of a child: a draft, with what was said in it.

    The facts go along, so that the rules say at once what they said without a name (DEC-14).
    Raises ``Refused`` where it is part of a referral of another child already, and
    ``cse.strict.Refused`` where a day that was said cannot be of this child.
    """
    row = consultations_of(by).filter(pk=consultation_id).first()
    if row is None:
        raise NotVisible
    check_can_start(by, child, timezone.localdate())
    child = lock_child(child)
    used = ConsultationUsed.objects.filter(consultation=row).exclude(referral__status="set_aside")
    before = used.select_related("referral").first()
    if before is not None:
        if before.referral.child_id != child.pk:
            raise Refused("This consultation is part of a referral already.")
        return before.referral
    referral, _ = start_from_child(child=child, by=by, token=uuid.uuid4())
    # What the record says of the child's status comes before what was said without a name.
    facts = {**only_said(row.facts), **referral.facts}
    referral = set_facts(referral_id=referral.pk, facts=facts, version=0, by=by)
    referral = save_part(
        referral_id=referral.pk,
        part="situation",
        values={"situation": row.question},
        version=0,
        by=by,
    )
    referral = save_part(
        referral_id=referral.pk,
        part="recording",
        values={"recording": _as_told(row)},
        version=0,
        by=by,
    )
    keep(ConsultationUsed(consultation=row, referral=referral), "made part of a referral")
    events.record("consultation used", by=by, child=child, obj=referral)
    return referral


def _as_told(row: Consultation) -> str:
    """The consultation in words, as the referral keeps it."""
    return (
        f"Consulted without a name on {row.advised_on:%d %B %Y} with {row.advised_by}.\n"
        f"Advice: {row.advice}\nThen agreed: {row.next_steps}"
    )[:LONGEST]


@transaction.atomic
def record_advice(
    *, child: Child, by: Any, token: uuid.UUID, asks_for_referral: bool, said: Mapping[str, Any]
) -> tuple[AdviceContact, bool]:
    """Keep the advice that social care gave about a child (W §9.2, O §7.7.4).

    Where social care asks for a referral it is owed: it waits for who asked and for their leads.
    Raises `SentAlready` where the same form said something else before.
    """
    check(by, Capability.REFER, child)
    check_can_begin(by, child)
    child = lock_child(child)
    talk = _talk(said)
    made = made_before(AdviceContact.objects.all(), child, signed_by=by, token=token)
    if made is not None:
        check_same(made, asks_for_referral=asks_for_referral, **talk)
        return made, False
    agency = agency_of(by)
    if not asks_for_referral and not talk["next_steps"]:
        raise Refused("Say what happens next.")
    row = AdviceContact(
        token=token,
        child=child,
        authority=child.authority,
        agency=agency,
        asks_for_referral=asks_for_referral,
        **talk,
    )
    _signed(row, by)
    events.record("advice recorded", by=by, child=child, obj=row, rule="W §9.2")
    let_agency_see(child, agency, by, "Asked children’s social care for advice on this child")
    if asks_for_referral:
        owe_referral(row, by)
    return row, True


@transaction.atomic
def refer_after_advice(*, advice_id: uuid.UUID, by: Any) -> Referral:
    """The draft of the referral that social care asked for."""
    row = AdviceContact.objects.select_related("child").filter(pk=advice_id).first()
    if row is None:
        raise NotVisible
    lock_child(row.child_id)
    return draft_referral(child=row.child, key=row.pk, facts={}, by=by)


def _talk(said: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a talk, each held to what it may be."""
    texts = {name: str(said.get(name, "")).strip() for name in (*TEXTS, "advised_by")}
    if not all(texts[name] for name in ("question", "advice", "advised_by")):
        raise Refused("Say what you asked, who advised, and what they said.")
    if any(len(text) > LONGEST for text in texts.values()):
        raise Refused(f"A field holds {LONGEST:,} characters at most; nothing was saved.")
    day: dt.date = said["advised_on"]
    if day > timezone.localdate():
        raise Refused("The talk cannot have been in the future.")
    return {**texts, "advised_on": day}


def _signed(row: Consultation | AdviceContact, by: Any) -> None:
    for name, value in signer(by, row).items():
        setattr(row, name, value)
    row.save(force_insert=True)

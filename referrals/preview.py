"""What the rules say of a referral in words: what is owed, to whom it goes, what is to be held.

Of a draft it is what they say today; of a referral that was sent, what they said then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.utils import timezone

from cse.people.models import Authority
from cse.strict import Refused as FactsRefused
from referrals.addressees import CONTACTS, Addressee, receivers_of
from referrals.called import called
from referrals.models import Delivery, Referral
from referrals.on_record import ask_rules, trouble_of
from referrals.parts import raised_risk
from referrals.reading import disability_of
from referrals.routing import Obligation, Route
from referrals.targets import KEY, held_by, source_for

MUST: Final[Mapping[str, str]] = MappingProxyType(
    {
        Obligation.MANDATORY: "You must",
        Obligation.SHOULD: "You should",
        Obligation.CONSIDER: "Consider",
        Obligation.RECORD: "You must record",
        Obligation.MAY: "You may",
    }
)
#: The same where somebody else than the referrer reads it: on paper, and at the front door.
OWED: Final[Mapping[str, str]] = MappingProxyType(
    {
        Obligation.MANDATORY: "Must be done",
        Obligation.SHOULD: "Should be done",
        Obligation.CONSIDER: "To be considered",
        Obligation.RECORD: "To be recorded",
        Obligation.MAY: "May be done",
    }
)
MEETINGS: Final[Mapping[Route, str]] = MappingProxyType(
    {
        Route.STRATEGY_DISCUSSION: "Strategy discussion of the police, social care and others",
        Route.CSE_MEETING: "Multi-agency CSE meeting",
        Route.WRMG: "Wiltshire Risk Management Group",
    }
)
"""What is held, and not sent to anybody."""


@dataclass(frozen=True)
class Owed:
    """One rule that fired, in words; ``beside`` what it asks for less strictly.

    ``must`` speaks to the referrer, ``owed`` says the same to any reader.
    """

    id: str
    title: str
    must: str
    owed: str
    obligation: str
    why: str
    source: str
    to_do: tuple[str, ...]
    beside: tuple[str, ...]


@dataclass(frozen=True)
class Goes:
    """One team, or contact, that receives it; ``must`` is the strictest of what leads there."""

    name: str
    what: tuple[str, ...]
    must: str
    obligation: str
    rules: tuple[str, ...]
    is_contact: bool


@dataclass(frozen=True)
class Held:
    """A meeting that is owed, or open; ``due_on`` its outer target, which asks for today first.

    ``source``: where the number of days stands.
    """

    title: str
    must: str
    obligation: str
    due_on: dt.date | None
    working_days: int
    source: str


@dataclass(frozen=True)
class Preview:
    """Everything that stands beside a referral's answers, strictest first.

    ``disability`` is what the record says of it, as typed; of a sent referral, what it said then.
    ``trouble``: facts that contradict each other by now, in words; the rules are then those of the
    last save. ``nobody``: no team of the area can receive it. ``pregnant_all_the_same``: somebody
    said that there was no sexual activity, and the pregnancy is taken as activity (DEC-02).
    """

    rules: tuple[Owed, ...]
    goes: tuple[Goes, ...]
    held: tuple[Held, ...]
    prompts: tuple[Mapping[str, str], ...]
    raised: tuple[str, ...]
    disability: str
    danger: bool
    age: int | None
    screen_outstanding: bool
    may_decide_not_to: bool
    pregnant_all_the_same: bool = False
    trouble: tuple[str, ...] = ()

    @property
    def fired(self) -> frozenset[str]:
        """The ids of the rules that fired."""
        return frozenset(each.id for each in self.rules)

    @property
    def nobody(self) -> bool:
        """Whether no team and no contact would receive it."""
        return not self.goes

    @property
    def words(self) -> str:
        """What a screen reader and a telephone's foot are told; in danger, 999 first (R1)."""
        first = "Call 999 now. " if self.danger else ""
        if not self.rules:
            return f"{first}No rule applies to what is known so far."
        return f"{first}Rules that apply now: {'; '.join(each.title for each in self.rules)}."


def preview_of(referral: Referral, today: dt.date) -> Preview:
    """What holds of a draft today. Asks the rules again: age or record may have changed."""
    try:
        ask_rules(referral, today)
        found_wrong = trouble_of(referral, today)
    except FactsRefused as refused:
        found_wrong = refused.problems
    trouble = tuple(words for _, words in found_wrong)
    found = tuple(receivers_of(referral))
    return _preview(referral, referral.routing, referral.authority, today, found, trouble)


def said_preview(said: Referral, today: dt.date) -> Preview:
    """What holds of a draft by what was said alone (`on_record.as_said`): not asked again."""
    found = tuple(receivers_of(said))
    return _preview(said, said.routing, said.authority, today, found, ())


def kept_preview(referral: Referral, sent_on: dt.date) -> Preview:
    """What held when it was sent; whom it went to is said by its deliveries."""
    return _preview(referral, referral.routing, referral.authority, sent_on, (), ())


def kept_for(delivery: Delivery) -> Preview:
    """What held then, for those who received it: by the handbook of their own area (DEC-41)."""
    referral = delivery.referral
    there = bool(referral.placed_routing) and delivery.authority_id == referral.other_area_id
    routing = referral.placed_routing if there else referral.routing
    day = timezone.localdate(referral.sent_at)
    return _preview(referral, routing, delivery.authority, day, (), ())


def _preview(
    referral: Referral,
    routing: Mapping[str, Any],
    area: Authority,
    day: dt.date,
    receivers: tuple[Addressee, ...],
    trouble: tuple[str, ...],
) -> Preview:
    found = sorted(routing["rules"], key=lambda rule: Obligation(rule["obligation"]).rank)
    ids = {rule["id"] for rule in found}
    return Preview(
        rules=tuple(_owed(rule, area) for rule in found),
        goes=tuple(_goes(referral, each) for each in receivers),
        held=tuple(_held(routing, area, day)),
        prompts=tuple(routing["prompts"]),
        raised=raised_risk(referral.sections),
        disability=disability_of(referral),
        danger="R1" in ids,
        age=routing["age_now"],
        screen_outstanding=routing["screen_outstanding"],
        may_decide_not_to=any(
            routing[way]["available"] for way in ("decision_not_to_refer", "under_13_exception")
        ),
        pregnant_all_the_same=_pregnant_all_the_same(referral.facts),
        trouble=trouble,
    )


def _pregnant_all_the_same(facts: Mapping[str, Any]) -> bool:
    said_no = "sexual_activity" in facts and facts["sexual_activity"] is None
    return said_no and bool(facts.get("pregnant"))


def route_words(name: Route, area: Authority) -> str:
    """What a route is called in an area (DEC-41)."""
    if name in (Route.MASH, Route.ASSESSMENT_TEAM):
        return area.front_door_name
    if name in (Route.CSE_TEAM, Route.KINGFISHER):
        return area.cse_team_name
    if name is Route.SOCIAL_CARE:
        return "Children’s social care"
    return MEETINGS.get(name) or CONTACTS[name]


def _owed(rule: Mapping[str, Any], area: Authority) -> Owed:
    return Owed(
        id=rule["id"],
        title=rule["title"],
        must=MUST[rule["obligation"]],
        owed=OWED[rule["obligation"]],
        obligation=rule["obligation"],
        why=rule["why"],
        source=rule["source"],
        to_do=tuple(route_words(Route(name), area) for name in rule["route"]),
        beside=tuple(
            f"{route_words(Route(name), area)} ({_lower(OWED[owed])})"
            for name, owed in rule["beside"].items()
        ),
    )


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _goes(referral: Referral, each: Addressee) -> Goes:
    two = referral.is_of_two_areas
    name = called(each.team, each.contact, each.routes, each.authority, two_areas=two)
    what = dict.fromkeys(route_words(route, each.authority) for route in each.routes)
    return Goes(
        name=name,
        what=tuple(what),
        must=MUST[each.obligation],
        obligation=each.obligation.value,
        rules=each.rules,
        is_contact=each.team is None,
    )


def _held(routing: Mapping[str, Any], area: Authority, day: dt.date) -> Iterator[Held]:
    # A referral sent before they were kept has them counted from the day it was sent.
    targets = routing[KEY] if KEY in routing else held_by(routing, area, day)
    for name, title in MEETINGS.items():
        owed = routing["obligations"].get(name.value)
        if owed is None:
            continue
        target = targets.get(name.value, {})
        due = dt.date.fromisoformat(target["due_on"]) if target else None
        days = target.get("working_days", 0)
        yield Held(title, MUST[owed], owed, due, days, source_for(area) if due else "")

"""A referral as its readers see it: its parts with what was written, and the facts in words.

For every page and paper that shows a referral whole: who wrote it, who received it, who answers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cse.interface.words import date_words
from referrals.facts import together
from referrals.forms.facts import LEVELS, LOOKED_AFTER, NOW, OTHER, PLANS, WIDER
from referrals.models import DecisionNotToRefer, Delivery, Referral
from referrals.parts import BY_KEY, CHOICES, DAYS, parts_for
from referrals.routing import CHECKLIST


@dataclass(frozen=True)
class ReadPart:
    """One part: its title, the handbook's section, and (question, answer) of what was written."""

    key: str
    title: str
    source: str
    answers: tuple[tuple[str, str], ...]


def rules_of_referral(referral: Referral) -> list[dict[str, Any]]:
    """The rules that fired, by the handbook of the area, and of the other area where it has one."""
    found = {rule["id"]: rule for rule in referral.placed_routing.get("rules", ())}
    found |= {rule["id"]: rule for rule in referral.routing.get("rules", ())}
    return list(found.values())


def danger_said(referral: Referral) -> str:
    """What was said of the child when R1 held, in words for every reader; empty where it did not.

    Of a referral that was sent it is what was said then: the danger may be over, or greater. Only
    whoever refers says it, never the record: it is told to those who do not see that as well.
    """
    if not referral.in_danger:
        return ""
    if referral.facts.get("immediate_danger"):
        return "the child is in immediate danger"
    return "the child suffers significant harm, or is likely to"


def why_there(delivery: Delivery) -> str:
    """Why two authorities have a looked-after child's referral, to the readers of each (DEC-41)."""
    referral = delivery.referral
    there, here = referral.other_area, referral.authority
    if there is None:
        return ""
    is_there = delivery.authority_id == there.pk
    elsewhere = here.name if is_there else there.name
    looked_after_there = referral.placed_by is not None
    if is_there == looked_after_there:
        return f"Your area looks after the child, who lives in {elsewhere}."
    return f"The child lives in your area, and is looked after by {elsewhere}."


def read_parts(referral: Referral) -> tuple[ReadPart, ...]:
    """The parts that were asked, each with what was answered; an unasked answer is not lost.

    Why no screen goes along is not asked where one does.
    """
    rules = frozenset(rule["id"] for rule in rules_of_referral(referral))
    said = {key for key, value in referral.sections.items() if value}
    asked = {part.key for part in parts_for(rules, referral.agency.type)}
    if referral.screen_id is not None:
        asked.discard("screen")
    return tuple(
        ReadPart(part.key, part.title, part.source, tuple(_answers(referral, part.fields, said)))
        for part in BY_KEY.values()
        if part.key in asked or said & part.fields.keys()
    )


def _answers(
    referral: Referral, fields: Mapping[str, str], said: set[str]
) -> Iterator[tuple[str, str]]:
    for field, question in fields.items():
        if field in said:
            yield question, _in_words(field, _named(referral, field))


def _named(referral: Referral, field: str) -> str:
    """What is stored; of a manager who has an account, the name."""
    value = str(referral.sections[field])
    chosen = referral.overseer
    if field == "manager" and chosen is not None and value == str(chosen.pk):
        return chosen.get_full_name()
    return value


def _in_words(field: str, value: str) -> str:
    if field in CHOICES:
        return dict(CHOICES[field]).get(value, value)
    if field in DAYS:
        return _day(value)
    return value


def disability_of(record: Referral | DecisionNotToRefer) -> str:
    """What the child's record says of disability; of what is frozen, what it said then (W §4.5)."""
    if record.is_draft:
        return record.child.disability
    return str(record.child_facts.get("disability") or "")


def facts_in_words(referral: Referral) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What was said, recorded or screened that the rules read: (heading, what holds), no more."""
    facts = together(referral.facts, referral.record_facts, referral.screen_facts)
    found = (
        ("Now", _flags(facts, NOW)),
        ("Sexual activity", tuple(_activity(facts))),
        ("The other person", (*_other(facts), *_flags(facts, OTHER))),
        ("What else", _flags(facts, WIDER)),
        ("Level", _choice(facts, "level", LEVELS)),
        ("Looked after", _choice(facts, "looked_after", LOOKED_AFTER)),
        ("Lives in", (referral.placed_in.name,) if referral.placed_in else ()),
        ("Looked after by", (referral.placed_by.name,) if referral.placed_by else ()),
        ("Plan", _choice(facts, "care_planning", PLANS)),
        ("Checklist", tuple(CHECKLIST[each] for each in _ticked(referral))),
    )
    return tuple((heading, holds) for heading, holds in found if holds)


def _ticked(referral: Referral) -> list[str]:
    return [each for each in referral.routing.get("ticked_checklist", ()) if each in CHECKLIST]


def _flags(facts: Mapping[str, Any], flags: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(words for name, words in flags if facts.get(name))


def _choice(
    facts: Mapping[str, Any], name: str, choices: tuple[tuple[str, str], ...]
) -> tuple[str, ...]:
    value = facts.get(name)
    return (dict(choices).get(value, str(value)),) if value else ()


def _activity(facts: Mapping[str, Any]) -> Iterator[str]:
    activity = facts.get("sexual_activity")
    if activity and not (activity.get("from") or activity.get("to")):
        yield "Yes, or possibly; nobody knows when"
    elif activity:
        yield f"From {_day(activity.get('from'))} to {_day(activity.get('to'))}"
    if facts.get("pregnant"):
        yield "The child is pregnant"


def _other(facts: Mapping[str, Any]) -> Iterator[str]:
    other = facts.get("other_person") or {}
    if other.get("age") is not None:
        yield f"{other['age']} years old then"
    if other.get("date_of_birth"):
        yield f"Born {_day(other['date_of_birth'])}"


def _day(value: str | None) -> str:
    """A stored day in words; what was typed in another way stays as it is."""
    try:
        return date_words(dt.date.fromisoformat(value)) if value else "a day nobody knows"
    except ValueError:
        return str(value)

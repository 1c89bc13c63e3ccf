"""From what is stored to what the routing rules read: the child, the screen, what was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import reduce
from types import MappingProxyType
from typing import Any, Final

from cse.children.models import BirthDateKnown, Child, CseLevel, LegalStatus, LegalStatusKind
from cse.people.models import Authority
from referrals.explain import read_facts
from referrals.models import Referral
from referrals.queries.differences import gaps_of
from referrals.routing import Routing, route
from referrals.routing.checklist import AGE_IMBALANCE
from screening.models import Screen
from screening.queries import judged_on, latest_assessment

SAID: Final = frozenset(
    {
        *("level", "concerns_confirmed", "immediate_danger", "significant_harm"),
        *("sexual_activity", "pregnant", "other_person", "position_of_trust"),
        *("works_with_children", "foster_carer", "group_suspected", "trafficking"),
        *("offence_recorded", "looked_after", "professional_working", "care_planning"),
        *("checklist", "unticked"),
    }
)
"""What the person who refers may say. Day, area, age, consent and screen come from the record."""

RESTS_ON: Final = ("other_person", "sexual_activity")
"""What the difference in age is counted from."""
LOOKED_AFTER: Final = (LegalStatusKind.S20, LegalStatusKind.S31)
ORDERED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"level": tuple(CseLevel.values), "care_planning": ("cin", "cp", "lac")}
)
"""Facts of which the later word adds more duties: of two the later holds."""


def facts_of_child(child: Child) -> dict[str, Any]:
    """What the child's current legal status says, to begin with."""
    found = LegalStatus.objects.filter(child=child, set_aside_reason="")
    current = found.filter(ends_on__isnull=True).first()
    kind = current.kind if current else LegalStatusKind.NONE
    if kind in LOOKED_AFTER:
        return {"looked_after": str(kind), "care_planning": "lac"}
    return {} if kind == LegalStatusKind.NONE else {"care_planning": str(kind)}


def facts_of_screen(screen: Screen | None) -> dict[str, Any]:
    """What a completed screen's newest stored result says; nothing of a draft or none (DEC-28).

    While a lower level waits for approval the result still has the duties of the level before:
    a rule that stands there is a fact here.
    """
    if screen is None or not screen.is_complete:
        return {"screened": False}
    rules = {rule["id"] for rule in latest_assessment(screen).result["rules"]}
    confirmed = screen.sections.get("concerns_confirmed") == "yes"
    return {
        "screened": True,
        "screened_on": judged_on(screen).isoformat(),
        "level": screen.sections.get("level") or None,
        "concerns_confirmed": confirmed or "R4" in rules,
        "any_one_high": "R5" in rules,
    }


def route_of(
    referral: Referral, on: dt.date, *, area: Authority | None = None, strict: bool = False
) -> Routing:
    """What the rules say of a referral on a day, by the handbook of ``area`` or of its own.

    Raises ``cse.strict.Refused`` with every fact that contradicts another; unless ``strict``, not
    for days that a corrected date of birth contradicts by now (`before_birth`).
    """
    area = area or referral.authority
    document = as_document(referral, on, area)
    return route(read_facts(document if strict else readable(document)), gaps=gaps_of(area))


def before_birth(document: Mapping[str, Any]) -> dict[str, str]:
    """The days of a document that lie before its date of birth, by field, each an ISO date."""
    born = document.get("date_of_birth") or ""
    activity = document.get("sexual_activity") or {}
    days = {f"sexual_activity.{each}": activity.get(each) for each in ("from", "to")}
    days["screened_on"] = document.get("screened_on")
    return {field: day for field, day in days.items() if day and day < born}


def readable(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the rules to read, where a date of birth was corrected after a day was said.

    Such a day counts as one that is not known, and then the youngest age (DEC-02): no rule is lost
    by it, and nothing that has to be done now waits until somebody knows which of the two is right.
    """
    wrong = before_birth(document)
    found = {key: value for key, value in document.items() if key not in wrong}
    if activity := document.get("sexual_activity"):
        kept = {
            key: None if f"sexual_activity.{key}" in wrong else activity[key] for key in activity
        }
        found["sexual_activity"] = kept
    return found


def as_document(referral: Referral, on: dt.date, area: Authority) -> dict[str, Any]:
    """The facts as ``explain routing`` reads them."""
    return {
        **together(referral.facts, referral.record_facts, referral.screen_facts),
        **age_facts(referral.child, on),
        "authority": area.key,
        "on": on.isoformat(),
        "consent": referral.sections.get("consent") or "not_sought",
    }


def together(*sources: Mapping[str, Any]) -> dict[str, Any]:
    """Documents of facts in one: each adds, none takes away what another says (W §4.6.6 N.B.).

    Of two levels the higher, of two plans the one with more duties, of two flags the set one;
    else what the later document says.
    """
    return reduce(_both, sources, {})


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    found = {**one, **{key: value for key, value in other.items() if value is not None}}
    for key in one.keys() & other.keys():
        if isinstance(one[key], bool) and key != "screened":
            found[key] = one[key] or bool(other[key])
    for key, order in ORDERED.items():
        said = [each[key] for each in (one, other) if each.get(key)]
        if said:
            found[key] = max(said, key=lambda word: _rank(word, order))
    if one.get("any_one_high") and not other.get("any_one_high"):
        # The age that counts is the one at the screen that holds the High (DEC-02).
        found["screened_on"] = one.get("screened_on")
    return found


def _rank(word: Any, order: tuple[str, ...]) -> int:
    """The place of a word; one that is not understood is last, so that it is read and refused."""
    known = str(word).replace(" ", "_")
    return order.index(known) if known in order else len(order)


def age_facts(child: Child, on: dt.date) -> dict[str, Any]:
    """The date of birth where it is exact, else the youngest age it may mean (DEC-02)."""
    if child.date_of_birth is not None and child.birth_date_known == BirthDateKnown.EXACT:
        return {"date_of_birth": child.date_of_birth.isoformat()}
    return {"estimated_age": child.age_at(on)}


def said_anew(before: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """What is said in place of ``before``.

    Who took away the tick of the difference in age did so for the ages and days of then: where
    those change, the rules ask again (DEC-12).
    """
    said = only_said(facts)
    if before and any(before.get(each) != said.get(each) for each in RESTS_ON):
        unticked = [each for each in said.get("unticked", ()) if each != AGE_IMBALANCE]
        said = {key: value for key, value in said.items() if key != "unticked"}
        return {**said, "unticked": unticked} if unticked else said
    return said


def says_other_days(before: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether other days of activity are said than before: those are looked at, these were."""
    return bool(before.get("sexual_activity") != said.get("sexual_activity"))


def only_said(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``facts`` the person may say; everything else changes nothing (bad-input)."""
    return {key: value for key, value in facts.items() if key in SAID}

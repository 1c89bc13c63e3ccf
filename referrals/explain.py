"""``explain routing``: facts about a child as JSON, and what is owed (``docs/explain.md``)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cse.strict import OLDEST, Reader, Refused
from cse.workdays import LAST_YEAR, OutsideCalendar, calendar_of
from referrals.routing import (
    Activity,
    Authority,
    CarePlanning,
    Consent,
    Facts,
    LookedAfter,
    OtherPerson,
    Target,
    problems,
    route,
    targets,
)
from screening.rules import CseLevel

FLAGS = (
    "concerns_confirmed",
    "any_one_high",
    "immediate_danger",
    "significant_harm",
    "pregnant",
    "position_of_trust",
    "works_with_children",
    "foster_carer",
    "group_suspected",
    "trafficking",
    "offence_recorded",
    "professional_working",
)
"""Read as false where they are not given."""


def explain(facts: Any) -> dict[str, Any]:
    """What the routing rules say about ``facts``, with targets as if received that day.

    Raises ``Refused`` with every problem, each named by its field.
    """
    read = read_facts(facts)
    found = route(read)
    try:
        due = [_target(each) for each in targets(found, read.on, calendar_of())]
    except OutsideCalendar as error:
        raise Refused([("on", str(error))]) from None
    return found.as_json() | {"targets": due}


def read_facts(facts: Any) -> Facts:
    """The facts of a JSON document. Raises ``Refused`` with every problem, named by its field."""
    reader = Reader(facts)
    read = _facts(reader)
    reader.done()
    if read is not None and not reader.problems:
        for field, message in problems(read):
            reader.wrong(field, message)
    if read is None or reader.problems:
        raise Refused(reader.problems)
    return read


def _facts(reader: Reader) -> Facts | None:
    """The facts, or None where they cannot be made; problems stay with ``reader``."""
    authority = reader.choice("authority", Authority, required=True)
    on = reader.day("on", required=True)
    # A day that no calendar covers is refused itself: no age is counted from it.
    counted = on if on is not None and on.year <= LAST_YEAR else None
    parts: dict[str, Any] = {
        "date_of_birth": reader.birth("date_of_birth", counted),
        "estimated_age": reader.whole("estimated_age", low=0, high=OLDEST),
        "level": reader.choice("level", CseLevel, spaced=True),
        "screened": reader.boolean("screened") if reader.has("screened") else None,
        "screened_on": reader.day("screened_on"),
        "sexual_activity": _activity(reader),
        "other_person": _other_person(reader, counted),
        "looked_after": reader.choice("looked_after", LookedAfter),
        "care_planning": reader.choice("care_planning", CarePlanning),
        "checklist": frozenset(reader.texts("checklist")),
        "unticked": frozenset(reader.texts("unticked")),
        "consent": reader.choice("consent", Consent, spaced=True) or Consent.NOT_SOUGHT,
        **{name: reader.boolean(name) for name in FLAGS},
    }
    if reader.problems or authority is None or on is None:
        return None
    return Facts(authority=Authority(authority), on=on, **parts)


def _activity(reader: Reader) -> Activity | None:
    each = reader.object("sexual_activity")
    if each is None:
        return None
    if not each.gives("from"):
        each.wrong("from", "give the earliest day, or null where it is not known")
    found = Activity(each.day("from"), each.day("to"))
    each.done()
    return found


def _other_person(reader: Reader, on: dt.date | None) -> OtherPerson | None:
    each = reader.object("other_person")
    if each is None:
        return None
    if each.gives("age") == each.gives("date_of_birth"):
        each.wrong("age", "give age or date_of_birth, null where it is not known")
    found = OtherPerson(each.whole("age", low=0, high=OLDEST), each.birth("date_of_birth", on))
    each.done()
    return found


def _target(each: Target) -> dict[str, Any]:
    return {
        "route": each.route.value,
        "working_days": each.working_days,
        "due_on": each.due_on.isoformat(),
        "ask_for_today": each.ask_for_today,
        "because": list(each.because),
        "source": each.source,
    }

"""Clocks in every state on one page: what the tests look at."""

from __future__ import annotations

import datetime as dt
import uuid

from cse.clocks.models import Clock
from cse.clocks.pictures import picture_of
from cse.clocks.reckoning import due_at
from cse.people.models import Authority
from cse.workdays import calendar_of
from tests.clocks import kinds
from tests.clocks.conftest import at
from tests.interface import gallery
from tests.interface.gallery import HOSTILE, environment

WILTSHIRE = Authority(key="wiltshire")
CALENDAR = calendar_of(closures={dt.date(2026, 12, 29): "Office closed"})
PAGE = """{% extends "layouts/base.html" %}
{% from "clocks/picture.html" import clock %}
{% block title %}Clocks{% endblock %}
{% block content %}<h1 class="govuk-heading-l">Clocks</h1>
<h2 class="govuk-heading-m">In every state</h2>
{% for each in pictures %}{{ clock(each) }}{% endfor %}{% endblock %}"""
#: (kind, trigger, now, what else the clock holds)
CASES = [
    (kinds.DECISION, "2026-12-04 10:00", "2026-12-09 13:00", {}),
    (kinds.DECISION, "2026-12-23 10:00", "2026-12-29 15:00", {}),
    (kinds.DECISION, "2026-12-23 10:00", "2027-01-04 11:00", {}),
    (
        kinds.DECISION,
        "2026-12-23 10:00",
        "2027-01-04 11:00",
        {"state": "late", "late_code": "agency", "late_text": f"Waited. {HOSTILE}"},
    ),
    (
        kinds.DECISION,
        "2026-12-23 10:00",
        "2027-01-04 11:00",
        {"state": "met", "met_at": at("2026-12-24 12:00")},
    ),
    (
        kinds.DECISION,
        "2026-12-04 10:00",
        "2027-01-04 11:00",
        {"state": "met", "met_at": at("2026-12-11 12:00")},
    ),
    (
        kinds.DECISION,
        "2026-12-04 10:00",
        "2026-12-07 11:00",
        {"state": "cancelled", "cancelled_because": "Recorded for the wrong screen."},
    ),
    (kinds.INTERVIEW, "2027-03-26 22:15", "2027-03-28 12:00", {}),
    (kinds.INTERVIEW, "2027-03-26 22:15", "2027-03-30 12:00", {}),
    (kinds.DECISION, "2026-09-01 10:00", "2027-01-04 11:00", {}),  # too long for a bar
]


def pictures():
    """One picture for each case, of clocks that are in no database."""
    return [picture(*case) for case in CASES]


def picture(kind, trigger, now, more):
    """The picture of one clock that is in no database."""
    kinds.register()
    length = kind.length
    clock = Clock(
        id=uuid.uuid4(),
        authority=WILTSHIRE,
        kind=kind.key,
        rule=kind.rule,
        source=kind.source,
        amount=length.amount,
        unit=length.unit.value,
        trigger_at=at(trigger),
        due_at=due_at(at(trigger), length, CALENDAR),
        **more,
    )
    return picture_of(clock, now=at(now), may_explain=True, calendar=CALENDAR)


def html() -> str:
    """The whole page."""
    source = environment().from_string(PAGE)
    return source.render(gallery.context(form=None, pictures=pictures()))

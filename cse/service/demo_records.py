"""The demonstration's children, screens and referrals, recorded through everybody's own acts.

All invented. Ages are set from today, so that the demonstration does not grow old.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from cse.access.actions import give_access
from cse.audit.context import PERSON, Acting, act_as
from cse.children.actions.record import add_child
from cse.children.actions.status import record_legal_status
from cse.children.models import Child
from cse.people.models import User
from cse.service.demo_assessments import load_assessments
from cse.service.demo_beside import load_beside
from cse.service.demo_links import load_links
from cse.service.demo_missing import load_missing
from cse.service.demo_referrals import load_referrals
from screening.actions.complete import complete
from screening.actions.save import save_section
from screening.actions.start import start_screen
from screening.answers import Given
from screening.models import Screen
from screening.rules import Presence

MORGAN, DANA = "morgan.vale@thornmere.example.org", "dana.whitcombe@thornmere.example.org"
KIT, LIOR = "kit.ransome@ridgeway-youth.example.org", "lior.pemberton@ridgeway-youth.example.org"
JULES = "jules.okonedo@oxon-care.example.org"
NOOR = "noor.hartley@oxon-care.example.org"
Y, P, N = Presence.YES, Presence.POSSIBLE, Presence.NO


@dataclass(frozen=True)
class DemoChild:
    """An invented child: age in years and days, and what has been recorded."""

    given_name: str
    family_name: str
    years: int
    days: int
    by: str
    sex: str = ""
    legal_status: str = ""
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    completed: bool = False
    seen_by: tuple[str, ...] = ()


_OX_ANSWERS = {
    "domain.grooming": {
        "O-IND-GRO-01": Given(
            Y,
            evidence="Collected from the school gate twice by a driver staff do not know.",
            when="current",
        ),
        "O-IND-GRO-12": Given(
            Y, concern="Says the money is from a friend; seems worried when asked.", when="current"
        ),
        "O-IND-GRO-21": Given(P, note="Home later than agreed; parents not sure how often."),
    },
    "domain.behaviour": {"O-IND-BEH-02": Given(Y, evidence="Attendance 71 % this half term.")},
    "domain.e-safety": {"O-IND-ESA-10": Given(P, concern="Often tired; phone seen at night.")},
}

_OX_SECTIONS = {
    "section.harm": {"harm_happened": "possible"},
    "section.conclusion": {
        "concerns_confirmed": "yes",
        "professional_judgement": "Several changes together in six weeks, and money nobody can"
        " explain. I am worried about the adults in the car more than about any one sign.",
        "level": "at_risk",
    },
    "section.child_views": {
        "child_views": "Isla says she is fine and does not want her mother told.",
        "child_agrees": "partly",
    },
    "section.parent_views": {
        "parent_views_not_sought": "Isla asked for time; to be talked through with the lead.",
    },
    "section.strengths": {
        "strengths": "Close to an aunt; loves the athletics club; talks to the form tutor.",
    },
    "section.completed_with": {"completed_with": "With Isla, and then with the form tutor."},
}

CHILDREN: tuple[DemoChild, ...] = (
    DemoChild(
        "Isla",
        "Fenwick",
        14,
        260,
        DANA,
        "female",
        parts={**_OX_ANSWERS, **_OX_SECTIONS},
        completed=True,
        seen_by=(MORGAN, JULES),
    ),
    DemoChild("Finley", "Fenwick", 12, 90, DANA, "male", seen_by=(MORGAN, NOOR)),
    DemoChild("Rowan", "Ash", 15, 50, JULES, "male", "s31"),
    DemoChild(
        "Juno",
        "Pell",
        16,
        300,
        MORGAN,
        "female",
        "cin",
        parts={
            "domain.family-and-social": {"O-IND-FAM-08": Given(Y), "O-IND-FAM-11": Given(P)},
        },
    ),
    DemoChild("Bartholomew Maximilian", "Featherstonehaugh-Llewellyn", 12, 10, MORGAN, "male"),
    DemoChild(
        "Callum",
        "Reyes",
        13,
        300,
        KIT,
        "male",
        parts={
            "domain.missing": {
                "W-IND-MIS-02": Given(Y, evidence="Three times since September."),
                "impact": "serious",
                "likelihood": "likely",
            },
            "domain.grooming": {
                "W-IND-GRO-01": Given(P),
                "impact": "substantial",
                "likelihood": "likely",
            },
        },
        seen_by=(LIOR,),
    ),
    DemoChild("Mia", "Trent", 15, 150, KIT, "female"),
)


def load_records(accounts: dict[str, User]) -> int:
    """Record the children, their screens and referrals; returns how many children."""
    for child in CHILDREN:
        with as_person(accounts[child.by]) as by:
            record = _record(child, by)
        for email in child.seen_by:
            _let_see(record, accounts, child, accounts[email])
    load_referrals(accounts, as_person)
    load_beside(accounts, as_person)
    load_links(accounts, as_person)
    load_missing(accounts, as_person)
    load_assessments(accounts, as_person)
    return len(CHILDREN)


@contextmanager
def as_person(user: User) -> Iterator[User]:
    """Act as that person, as a request of theirs would."""
    with act_as(Acting(kind=PERSON, user_id=user.pk, request_id="demonstration")):
        yield user


def _record(child: DemoChild, by: User) -> Child:
    today = timezone.localdate()
    born = today.replace(year=today.year - child.years, day=1) - dt.timedelta(days=child.days)
    record = add_child(
        by=by,
        submission=uuid.uuid4(),
        facts={
            "given_name": child.given_name,
            "family_name": child.family_name,
            "date_of_birth": born,
            "birth_date_known": "exact",
            "sex": child.sex,
        },
    )
    if child.legal_status:
        record_legal_status(
            child=record, by=by, kind=child.legal_status, starts_on=today - dt.timedelta(days=200)
        )
    if child.parts:
        screen, _ = start_screen(child=record, by=by)
        screen = _fill(screen, child.parts, by)
        if child.completed:
            complete(screen_id=screen.pk, by=by, version=screen.version)
    return record


def _fill(screen: Screen, parts: Mapping[str, Mapping[str, Any]], by: User) -> Screen:
    for part, values in parts.items():
        version = screen.part_versions.get(part, 0)
        screen = save_section(screen_id=screen.pk, part=part, values=values, version=version, by=by)
    return screen


def _let_see(record: Child, accounts: dict[str, User], child: DemoChild, user: User) -> None:
    giver = accounts[DANA if child.by in {DANA, MORGAN} else LIOR]
    if giver.pk == user.pk:
        return
    with as_person(giver) as by:
        give_access(
            child=record,
            by=by,
            user=user,
            reason="Works with the child in the demonstration",
            until=timezone.localdate() + dt.timedelta(days=180),
        )

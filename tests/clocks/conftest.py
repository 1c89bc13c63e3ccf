"""A child with a worker who owes, a lead who is told, and the two kinds of clock."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from cse.clocks import actions
from cse.people.models import Role
from tests.clocks import kinds
from tests.factories import grant, make_agency, make_child, make_team, make_user

LONDON = ZoneInfo("Europe/London")


def at(text: str) -> dt.datetime:
    """``2026-12-23 10:00``, London time."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.fixture(autouse=True)
def _one_factor(settings) -> None:
    """The second factor has its own tests (tests/signin)."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture(autouse=True)
def _kinds():
    kinds.register()
    kinds.PEOPLE.update(owners=[], told=[])
    yield
    kinds.PEOPLE.update(owners=[], told=[])


class Scene:
    """One child, its worker and the agency's lead; ``start`` starts a clock on the child."""

    def __init__(self) -> None:
        self.agency = make_agency()
        self.team = make_team(self.agency)
        self.worker = make_user(Role.PRACTITIONER, team=self.team)
        self.lead = make_user(Role.NAMED_LEAD, agency=self.agency)
        self.child = make_child(by=self.worker)
        for person in (self.worker, self.lead):
            grant(person, self.child)
        self.owe(self.worker, told=[self.lead])

    def owe(self, *owners, told=()):
        kinds.PEOPLE.update(owners=list(owners), told=list(told))

    def start(self, trigger="2026-12-23 10:00", kind=kinds.DECISION, subject=None, **more):
        return actions.start_clock(
            kind=kind.key,
            child=self.child,
            subject=subject or self.child,
            trigger_at=at(trigger),
            by=more.pop("by", self.worker),
            **more,
        )


@pytest.fixture
def wednesday():
    """23 December 2026, 11am: the last days before Christmas."""
    with time_machine.travel(at("2026-12-23 11:00"), tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene(db, wednesday):
    return Scene()

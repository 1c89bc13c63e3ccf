"""Two kinds of clock for the tests; who owes one is asked of a list that the tests fill."""

from __future__ import annotations

from dataclasses import replace

from cse.access.capabilities import Capability
from cse.clocks.kinds import HOURLY_OFFSETS, ClockKind, People, register_kind
from cse.clocks.reckoning import Length, Offset, Unit
from cse.worklist import kinds as work

#: Who owes what runs and who is told, for all clocks of a test.
PEOPLE: dict[str, list] = {"owners": [], "told": []}


def people(_clock):
    return People(tuple(PEOPLE["owners"]), tuple(PEOPLE["told"]))


DECISION = ClockKind(
    key="test_decision",
    title="Decision on the referral",
    rule="R4",
    source="W §9.2",
    length=Length(3, Unit.WORKING_DAYS),
    people=people,
    capability=Capability.SEE_CHILD,
    url_name="children:child",
    work=work.COUNTERSIGN,
)
INTERVIEW = ClockKind(
    key="test_interview",
    title="Return interview",
    rule="Return interview",
    source="W §10.3",
    length=Length(72, Unit.HOURS),
    people=people,
    capability=Capability.EDIT_CHILD,
    url_name="children:child",
    offsets=HOURLY_OFFSETS,
)
#: Reminded of on the day itself, and when it is late; nothing waits on home.
ON_THE_DAY = replace(DECISION, key="test_on_the_day", offsets=(Offset(0),), work="")

#: Whoever owes it has an e-mail when it becomes theirs.
AT_ONCE = replace(DECISION, key="test_at_once", at_once=True, follows=Capability.OWN_REFERRAL)


def register() -> None:
    register_kind(DECISION)
    register_kind(INTERVIEW)
    register_kind(ON_THE_DAY)
    register_kind(AT_ONCE)

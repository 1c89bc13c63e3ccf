"""Screening in the hour of an emergency opening gives nobody access beyond it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from cse.access import actions
from cse.access.capabilities import Capability
from cse.access.models import Basis
from cse.access.policies import NotAllowed, can
from cse.people.models import TeamKind
from screening.actions import start_screen
from tests.factories import grant, make_team
from tests.prepared import prepared
from tests.screening.conftest import Place
from tests.screening.made import HIGH, completed, lowered

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-01")]

REASON = "She rang from a stairwell and I must know who looks after her"


@prepared
def place(tools):
    """Somebody who has opened the child of another agency, and their own agency's lead."""
    theirs = Place("oxfordshire", date_of_birth=dt.date(2014, 5, 6))
    made = Place("oxfordshire")
    made.child = theirs.child
    actions.break_glass(child_id=made.child.pk, by=made.worker, reason=REASON)
    return made


def test_a_screen_lets_nobody_else_see_the_child_and_nobody_longer(place):
    completed(place)
    assert not can(place.lead, Capability.SEE_CHILD, place.child)
    with pytest.raises(NotAllowed):
        actions.give_access(
            child=place.child,
            by=place.worker,
            reason="Works with her",
            until=timezone.localdate(),
            user=place.lead,
        )
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61), tick=False):
        assert not can(place.worker, Capability.SEE_CHILD, place.child)


@pytest.mark.requirement("DEC-04")
def test_who_is_asked_to_countersign_sees_the_child_until_they_have(place):
    completed(place, answers={HIGH: lowered()})
    assert can(place.lead, Capability.COUNTERSIGN, place.child)


def test_where_one_sees_the_child_on_another_ground_ones_leads_do_too(place):
    grant(place.worker, place.child)
    start_screen(child=place.child, by=place.worker)
    assert can(place.lead, Capability.SEE_CHILD, place.child)


def test_the_front_door_still_gets_what_is_sent_to_it(place):
    front_door = make_team(kind=TeamKind.FRONT_DOOR)
    given = actions.grant_by_rule(
        child=place.child,
        basis=Basis.FRONT_DOOR,
        reason="A referral was sent to this team",
        days=9,
        group=front_door.group,
        by=place.worker,
    )
    assert given is not None and given.expires_at > timezone.now() + dt.timedelta(days=8)

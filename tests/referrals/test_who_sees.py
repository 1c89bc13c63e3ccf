"""No referral is visible to a team it was not sent to, whatever else the team may see."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cse.access.principals import principals_of
from cse.children.queries.timeline import timeline
from referrals import actions, queries
from referrals.models import Delivery, Referral
from referrals.timeline import ACTS
from referrals.transitions import Act, Status
from screening.actions import load_shipped_tools
from tests.factories import grant
from tests.referrals.area import Area

FLAGS = ("concerns_confirmed", "trafficking", "group_suspected", "position_of_trust", "pregnant")
STEPS = ("leave", "claim", "pass", "acknowledge", "withdraw")

worlds = st.lists(
    st.tuples(
        st.sampled_from(["oxfordshire", "wiltshire"]),
        st.frozensets(st.sampled_from(FLAGS)),
        st.booleans(),
        st.sampled_from(STEPS),
    ),
    min_size=1,
    max_size=3,
)


def people_of(area):
    return [
        *(area.worker, area.colleague, area.lead, area.duty, area.other_duty, area.manager),
        *(area.specialist, area.officer, area.stranger),
    ]


def step(area, referral, what):
    """Let something happen to it at the front door, where it went there."""
    received = Delivery.objects.filter(referral=referral, team=area.front_door).first()
    if what == "withdraw":
        actions.withdraw(referral_id=referral.pk, by=area.lead, reason="Sent twice")
    elif received is not None and what != "leave":
        actions.claim(delivery_id=received.pk, by=area.duty)
        if what in ("pass", "acknowledge"):
            actions.decide(
                delivery_id=received.pk, by=area.duty, decision=Act.PASS_ON, reasons="So"
            )
        if what == "acknowledge":
            there = Delivery.objects.get(passed_by=received)
            actions.acknowledge(delivery_id=there.pk, by=area.specialist)


def test_every_event_of_the_room_is_kept_off_the_timeline():
    """Read from the acts' own text, so that a new event has to decide."""
    written = set()
    for path in (Path(django_settings.BASE_DIR) / "referrals" / "actions").glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in (
                "events.record",
                "_record",
            ):
                first = call.args[0]
                each = (first.body, first.orelse) if isinstance(first, ast.IfExp) else (first,)
                written |= {one.value for one in each if isinstance(one, ast.Constant)}
    # Early help is seen by everybody who sees the child: it stands on the timeline. The table of
    # age differences is about no child.
    written = {each for each in written if not each.startswith("early help")}
    assert written - {"age differences changed"} == set(ACTS)


@pytest.mark.django_db
def test_the_timeline_of_the_child_says_nothing_of_a_referral(oxfordshire):
    area = oxfordshire
    step(area, area.sent(), "acknowledge")
    grant(area.stranger, area.child)
    shown = timeline(area.child, area.stranger).entries
    assert shown
    assert not {each.act for each in shown} & set(ACTS)


@pytest.mark.requirement("D-SHR-01")
class TestWhoSees(TestCase):
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(world=worlds)
    def test_nobody_sees_what_was_not_sent_to_them(self, world):
        with self.settings(SECOND_FACTOR_REQUIRED=False):
            load_shipped_tools()
            areas = {key: Area(key) for key in ("oxfordshire", "wiltshire")}
            for key, flags, is_sent, what in world:
                area = areas[key]
                child = area.another_child()
                facts = dict.fromkeys(flags, True) or {"professional_working": True}
                if is_sent:
                    step(area, area.sent(child, **facts), what)
                else:
                    area.draft(child, **facts)
                # Whoever has access to the child for another reason still sees no referral.
                for person in (area.stranger, areas["wiltshire"].duty, area.officer):
                    grant(person, child)
            self._look(areas)

    def _look(self, areas):
        for person in (each for area in areas.values() for each in people_of(area)):
            groups, agencies = principals_of(person).groups, principals_of(person).agency_ids
            for referral in queries.visible_to(person):
                sent_here = referral.deliveries.filter(team__group_id__in=groups).exists()
                assert sent_here or referral.agency_id in agencies
                assert referral.status != Status.DRAFT or referral.agency_id in agencies
        assert not queries.visible_to(areas["oxfordshire"].stranger).exists()
        worker = areas["oxfordshire"].worker
        own = Referral.objects.filter(agency_id__in=principals_of(worker).agency_ids)
        assert set(queries.visible_to(worker)) == set(own)

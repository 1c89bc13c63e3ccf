"""A completed screen becomes a referral, is sent, claimed and decided, and the referrer sees it."""

from __future__ import annotations

import uuid

import pytest

from cse.access.capabilities import Capability
from cse.access.policies import can
from cse.audit.models import AuditEvent
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals import actions, queries
from referrals.models import Delivery
from referrals.transitions import Act, State, Status
from tests.screening.made import completed

pytestmark = pytest.mark.django_db


def waiting(kind, **whose):
    return WorkItem.objects.filter(kind=kind, closed_at__isnull=True, **whose)


@pytest.mark.requirement("O-REF-03", "O-REF-14", "W-REF-43")
def test_from_a_screen_to_an_outcome(oxfordshire):
    area = oxfordshire
    screen = completed(area)
    referral, new = actions.start_from_screen(screen=screen, by=area.worker, token=uuid.uuid4())
    assert new
    assert referral.screen == screen
    assert referral.screen_facts["level"] == "at_risk"
    assert "R4" in {rule["id"] for rule in referral.routing["rules"]}

    for part, values in (
        ("situation", {"situation": "Seen with adults nobody knows."}),
        ("expected_response", {"expected_response": "An assessment this week."}),
        ("consent", {"consent": "given"}),
    ):
        referral = actions.save_part(
            referral_id=referral.pk, part=part, values=values, version=0, by=area.worker
        )
    assert not can(area.duty, Capability.SEE_CHILD, area.child)
    referral = actions.send(referral_id=referral.pk, by=area.worker, version=referral.version)
    assert referral.status == Status.SENT
    assert referral.routing_version == "routing-4"
    assert {each.team for each in referral.deliveries.all()} == {
        area.front_door,
        area.lead.posts.get().team,
    }

    (row,) = queries.board_of(area.duty, queries.teams_of(area.duty)).rows
    received = area.at(referral, area.front_door)
    assert (row.id, row.child) == (received.pk, area.child)
    assert can(area.duty, Capability.SEE_REFERRAL, area.child)
    assert queries.referrals_of(area.duty, area.child.pk).get() == referral
    assert waiting(kinds.DECIDE_REFERRAL, owner_group=area.front_door.group).exists()
    assert list(queries.visible_to(area.specialist)) == []

    claimed = actions.claim(delivery_id=received.pk, by=area.duty)
    assert claimed.claimed_by == area.duty
    decided = actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="We assess now."
    )
    assert decided.state == State.ACCEPTED
    assert not waiting(kinds.DECIDE_REFERRAL).exists()

    (mine,) = queries.sent_by_agency_of(area.worker)
    outcome = next(each for each in mine.deliveries.all() if each.team == area.front_door)
    assert (outcome.decision, outcome.reasons, outcome.decided_by) == (
        Act.ACCEPT,
        "We assess now.",
        area.duty,
    )
    assert waiting(kinds.READ_OUTCOME, owner=area.worker).exists()
    actions.read_outcome(delivery_id=received.pk, by=area.worker)
    assert not waiting(kinds.READ_OUTCOME, owner=area.worker).exists()

    acts = set(AuditEvent.objects.values_list("act", flat=True))
    assert {"referral started", "referral sent", "referral claimed", "referral decided"} <= acts


@pytest.mark.requirement("O-REF-10", "O-REF-13", "O-REF-15")
def test_passing_on_hands_over_responsibility_and_takes_access_away(oxfordshire):
    area = oxfordshire
    referral = area.sent()
    received = area.at(referral, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.PASS_ON, reasons="Exploitation."
    )
    there = Delivery.objects.get(passed_by=received)
    assert there.team == area.specialists
    # Until somebody has answered, the front door is responsible and sees the child.
    assert can(area.duty, Capability.SEE_CHILD, area.child)
    actions.acknowledge(delivery_id=there.pk, by=area.specialist)
    received.refresh_from_db()
    assert (received.state, received.acknowledged_by) == (State.PASSED, area.specialist)
    assert not can(area.duty, Capability.SEE_CHILD, area.child)
    assert can(area.specialist, Capability.SEE_CHILD, area.child)
    assert list(queries.visible_to(area.duty)) == []

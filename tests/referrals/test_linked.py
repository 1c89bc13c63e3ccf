"""Linked children on the front door's page of a referral, within the reader's scope."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cse.access.models import ChildTeamGrant
from cse.children.actions.links import end_link, record_link
from cse.children.models import LevelEvent
from cse.people.models import Role
from referrals import actions
from referrals.queries.linked import linked_with
from tests.factories import grant, make_user
from tests.prepared import prepared

pytestmark = pytest.mark.django_db


def level(child, by, chosen, day, **more):
    at = timezone.now()
    given = {"decided_on": day, "decided_at": at, "decided_by": by, "judgement": "Test"}
    LevelEvent(child=child, level=chosen, **given | more).save()


def linked(area, *, seen=True, given_name="Sam", kind="siblings"):
    child = area.another_child(given_name=given_name, family_name="Linked")
    link = record_link(child=area.child, other=child, by=area.worker, kind=kind)
    if seen:
        grant(area.duty, child)
    return child, link


def page(area, delivery, user=None):
    answer = area.client(user or area.duty).get(reverse("referrals:delivery", args=[delivery.pk]))
    assert answer.status_code == 200
    return answer.text


@prepared
def delivery(oxfordshire):
    return oxfordshire.at(oxfordshire.sent(), oxfordshire.front_door)


def test_it_shows_level_and_open_referrals_of_whom_the_reader_sees(oxfordshire, delivery):
    area, today = oxfordshire, timezone.localdate()
    child, _ = linked(area)
    level(child, area.worker, "cse", today - dt.timedelta(days=9))
    level(child, area.worker, "vulnerable", today, needs_approval=True)
    area.sent(child)
    (row,) = linked_with(area.duty, area.child)
    assert (row.child, row.level.level) == (child, "cse")
    assert {each.team for each in row.deliveries} >= {area.front_door}
    said = page(area, delivery)
    for words in (
        "Sam Linked",
        "Brother or sister",
        f"/children/{child.pk}/",
        area.front_door.name,
    ):
        assert words in said


@pytest.mark.requirement("S02")
def test_a_linked_child_whom_the_reader_does_not_see_leaves_no_trace(oxfordshire, delivery):
    before = page(oxfordshire, delivery)
    child, link = linked(oxfordshire, seen=False)
    oxfordshire.sent(child)
    for held in ChildTeamGrant.objects.filter(content_object=child):
        held.expires_at = held.starts_at = timezone.now() - dt.timedelta(minutes=1)
        held.save()
    assert linked_with(oxfordshire.duty, oxfordshire.child) == ()
    after = page(oxfordshire, delivery)
    assert "No linked child whose record you may see." in before
    assert "No linked child whose record you may see." in after
    for telling in ("Sam Linked", child.reference, str(child.pk), str(link.pk)):
        assert telling not in after


def test_a_referral_that_is_over_or_of_others_is_not_open_to_the_reader(oxfordshire, delivery):
    area = oxfordshire
    child, _ = linked(area)
    received = area.at(area.sent(child), area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    elsewhere = linked_with(area.colleague, area.child)
    assert elsewhere == ()  # the colleague sees the one child only
    grant(area.stranger, child)
    grant(area.stranger, area.child)
    (row,) = linked_with(area.stranger, area.child)
    assert row.deliveries == ()  # sees both children, and neither's referral


def test_an_ended_link_is_not_shown_and_two_ways_are_one_child(oxfordshire, delivery):
    area = oxfordshire
    child, link = linked(area)
    record_link(child=child, other=area.child, by=area.worker, kind="missing")
    (row,) = linked_with(area.duty, area.child)
    assert len(row.links) == 2
    end_link(link_id=link.pk, by=area.worker, reason="No longer")
    (row,) = linked_with(area.duty, area.child)
    assert [each.kind for each in row.links] == ["missing"]


def test_who_sees_no_children_is_shown_none(oxfordshire):
    child, _ = linked(oxfordshire)
    officer = make_user(Role.INTELLIGENCE)
    grant(officer, child)
    grant(officer, oxfordshire.child)
    assert linked_with(officer, oxfordshire.child) == ()


def test_the_page_costs_the_same_with_one_linked_child_and_with_three(oxfordshire, delivery):
    area, costs = oxfordshire, []
    for names in (("Ada",), ("Bo", "Cy")):
        for name in names:
            child, _ = linked(area, given_name=name)
            level(child, area.worker, "at_risk", timezone.localdate())
            area.sent(child)
        page(area, delivery)
        with CaptureQueriesContext(connection) as queries:
            said = page(area, delivery)
        costs.append(len(queries))
        with CaptureQueriesContext(connection) as own:
            assert linked_with(area.duty, area.child)
        costs.append(len(own))
        assert f"{names[-1]} Linked" in said
    assert costs[0] == costs[2]
    assert costs[1] == costs[3]

"""The pages on which a referral is made, sent and followed by the agency that makes it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.urls import reverse

from cse.access.capabilities import Capability
from cse.access.policies import NotVisible, can
from cse.clocks.actions import say_why_late
from cse.clocks.queries import clocks_of
from referrals.models import Delivery, Referral
from referrals.transitions import Status
from tests.clocks.conftest import at
from tests.factories import grant
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
BORN_17 = dt.date(2010, 2, 11)
"""17 in April 2027."""


def page_of(referral, name, *more):
    return reverse(f"referrals:{name}", args=[referral.pk, *more])


def save(client, where, **changes):
    """Open a page, change some controls and press a button."""
    page = client.get(where)
    assert page.status_code == 200, page.status_code
    return client.post(where, controls(page) | {"act": "leave"} | changes)


def begin(client, child):
    """Begin a referral from a child's page; the draft."""
    where = reverse("referrals:start-from-child", args=[child.pk])
    page = client.get(where)
    assert page.status_code == 200
    answer = client.post(where, {"token": str(uuid.uuid4()), "screen": "none"})
    assert answer.status_code == 302, text_of(answer)
    return Referral.objects.get(child=child)


def write_all(client, draft):
    """Fill in what sending asks of an ordinary referral."""
    save(client, page_of(draft, "part", "situation"), situation="Seen with adults nobody knows.")
    save(client, page_of(draft, "part", "expected-response"), expected_response="An assessment.")
    save(client, page_of(draft, "part", "screen"), screen_reason="The worry came up today.")
    save(client, page_of(draft, "part", "consent"), consent="given")


def test_from_a_child_to_a_referral_that_was_sent(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    child = text_of(client.get(reverse("children:child", args=[area.child.pk])))
    assert "Make a referral" in child
    draft = begin(client, area.child)
    write_all(client, draft)
    answer = save(client, page_of(draft, "facts"), wider="concerns_confirmed")
    assert answer["Location"] == page_of(draft, "draft")
    page = text_of(client.get(page_of(draft, "draft")))
    assert "You must Concern that the child is at risk of, or experiencing, exploitation" in page
    checked = client.get(page_of(draft, "check"))
    assert area.front_door.name in text_of(checked)
    sent = client.post(page_of(draft, "check"), controls(checked))
    assert sent["Location"] == page_of(draft, "show")
    draft.refresh_from_db()
    assert draft.status == Status.SENT
    page = text_of(client.get(page_of(draft, "show")))
    assert f"{area.front_door.name}, {area.care.name} State: Received" in page
    assert "Decision on the referral, and the referrer told" in page
    listed = text_of(client.get(reverse("referrals:list")))
    assert f"{area.front_door.name}: received" in listed


@pytest.mark.requirement("DEC-32")
def test_a_late_clock_is_explained_only_by_who_sees_the_referral(wiltshire):
    """Seeing the child is not seeing the referral: the clock does not exist for the others."""
    area = wiltshire
    with time_machine.travel(at("2027-04-30 10:00"), tick=False):
        sent = area.sent(area.another_child(date_of_birth=BORN_17), position_of_trust=True)
        grant(area.stranger, sent.child)
    officer = Delivery.objects.get(referral=sent, team=None)
    (clock,) = clocks_of(officer)
    with time_machine.travel(at("2027-05-06 10:00"), tick=False):
        assert can(area.stranger, Capability.SEE_REFERRAL, sent.child)
        where = reverse("clocks:why-late", args=[clock.pk])
        said = {"code": "agency", "text": "Nobody answered the telephone"}
        for browser in (area.client(area.stranger), area.client(area.specialist)):
            assert browser.get(where).status_code == 404
            assert browser.post(where, said).status_code == 404
        with pytest.raises(NotVisible):
            say_why_late(clock=clock, by=area.stranger, **said)
        page = text_of(area.client().get(page_of(sent, "show")))
        assert "Say why it is late" in page
        assert area.client().get(where).status_code == 200

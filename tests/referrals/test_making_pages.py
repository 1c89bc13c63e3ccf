"""The pages on which a referral is made, sent and followed by the agency that makes it."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from referrals.models import Referral
from referrals.transitions import Status
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db


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

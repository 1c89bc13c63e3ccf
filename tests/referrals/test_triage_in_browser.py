"""The pages of triage in Chromium: in nobody's way, and no wider than the screen.

``CSE_PICTURES=<folder>`` keeps a picture of each.
"""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cse.children.actions.links import record_link
from cse.people.models import Role
from referrals import actions
from referrals.models import Delivery
from referrals.transitions import Act
from tests.factories import grant, make_user
from tests.interface.looking import in_the_way_of
from tests.referrals.area import Area
from tests.screening.made import completed

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LONG = "Word " * 120 + "averylongwordthatnobodywouldeverwritebutsomebodydoes" * 2


def fetch(person, address, typed=None):
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    answer = browser.get(address) if typed is None else browser.post(address, typed)
    assert answer.status_code in (200, 409), address
    return answer.content.decode()


def at(name, row):
    return reverse(f"referrals:{name}", args=[row.pk])


@pytest.fixture
def pages(oxfordshire):
    """What the server sent, by name: empty and full, with mistakes, in every kind of state."""
    area, duty, board = oxfordshire, oxfordshire.duty, reverse("referrals:board")
    found = {
        "board, empty": fetch(duty, board),
        "decided, empty": fetch(duty, reverse("referrals:decided")),
    }
    found |= deliveries(area) | placed(area, Area("wiltshire"))
    with time_machine.travel(timezone.now() - dt.timedelta(days=5)):
        for number in range(27):
            child = area.another_child(
                given_name="Bartholomew Maximilian" if number else "Ng",
                family_name="Featherstonehaugh-Llewellyn-Witherspoon",
            )
            said = {"trafficking": True, "looked_after": "s31", "immediate_danger": number < 2}
            area.sent(child, group_suspected=True, **said)
    found["board, full"] = fetch(duty, board)
    found["board, filtered"] = fetch(duty, f"{board}?rule=R11&looked_after=yes&stands=received")
    found["board, mistake"] = fetch(duty, f"{board}?rule=x")
    found["decided"] = fetch(duty, reverse("referrals:decided"))
    return found


def link_children(area):
    """Three whom the front door sees, one with a name as long as names get and a referral."""
    for number, kind in enumerate(("siblings", "adults", "other")):
        child = area.another_child(
            given_name="Bartholomew Maximilian" if number else "Ng",
            family_name="Featherstonehaugh-Llewellyn-Witherspoon",
        )
        words = "Same athletics club on Thursdays" if kind == "other" else ""
        record_link(child=area.child, other=child, by=area.worker, kind=kind, words=words)
        grant(area.duty, child)
    area.sent(child, group_suspected=True)


def placed(area, there):
    """A child in danger who lives in the other area, as its front door reads the referral."""
    draft = actions.set_facts(
        referral_id=area.draft(area.another_child()).pk,
        facts={"immediate_danger": True, "looked_after": "s20"},
        version=0,
        by=area.worker,
        placed_in=there.authority,
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    return {
        "placed": fetch(there.duty, at("delivery", area.at(sent, there.front_door))),
        "placed, as sent": fetch(there.duty, at("show", sent)),
    }


def deliveries(area):
    duty, other = area.duty, area.other_duty
    screen = completed(area)
    sent = area.sent(screen=screen, group_suspected=True, significant_harm=True, pregnant=False)
    received = area.at(sent, area.front_door)
    link_children(area)
    found = {"received": fetch(duty, at("delivery", received))}
    officer = make_user(Role.INTELLIGENCE, team=area.police)
    found["police"] = fetch(officer, at("delivery", area.at(sent, area.police)))
    actions.claim(delivery_id=received.pk, by=duty)
    found["taken by another"] = fetch(other, at("claim", received), {})
    found["deciding"] = fetch(duty, at("delivery", received))
    found["deciding, mistakes"] = fetch(duty, at("decide", received), {"reasons": LONG})
    found["stale"] = fetch(other, at("decide", received), {"reasons": LONG})
    propose = {"delivery_id": received.pk, "by": duty, "decision": Act.SEND_BACK}
    actions.decide(**propose, reasons=LONG)
    found["second person"] = fetch(other, at("second", received), {"note": "Only a note"})
    actions.refuse(delivery_id=received.pk, by=other, note="Not yet")
    actions.decide(
        delivery_id=received.pk, by=duty, decision=Act.PASS_ON, reasons="It is exploitation."
    )
    found["passed on"] = fetch(duty, at("delivery", received))
    there = Delivery.objects.get(passed_by=received)
    found["specialists"] = fetch(area.specialist, at("delivery", there))
    row = area.disagreed()
    found["disagreement"] = fetch(area.manager, at("disagreement", row))
    found["disagreement, mistakes"] = fetch(area.manager, at("disagreement", row), {})
    with transaction.atomic():
        grant(area.manager, area.child)
    actions.answer_disagreement(disagreement_id=row.pk, by=area.manager, answer=LONG)
    found["disagreement, too late"] = fetch(
        area.manager, at("disagreement", row), {"answer": "Another answer", "stands": "yes"}
    )
    found["accepted"] = fetch(duty, at("delivery", row.delivery))
    return found


def test_no_page_stands_in_anybodys_way(chromium, pages):
    assert in_the_way_of(chromium, pages) == ""
    assert len(pages) == 21

"""S04 in a real browser: a school nurse refers, the front door decides, the nurse reads it."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from referrals.models import Delivery, Referral
from tests.factories import grant, make_child
from tests.interface.looking import barriers, wide
from tests.referrals.area import Area

pytestmark = pytest.mark.browser
MONDAY = dt.datetime(2027, 2, 8, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
def tess(tools):
    """A child of twelve at a school of Wiltshire, and everybody a referral of her goes to."""
    with time_machine.travel(MONDAY), transaction.atomic():
        area = Area("wiltshire")
        area.tess = make_child(
            "Tess",
            "Okafor",
            by=area.worker,
            authority=area.authority,
            date_of_birth=dt.date(2014, 8, 3),
        )
        grant(area.worker, area.tess)
    return area


def clean(page):
    assert barriers(page) == [], page.url
    assert not wide(page), page.url


def write(page, link, *, day=None, **answers):
    """Fill in a part by its link in the task list, and come back."""
    page.get_by_role("link", name=link, exact=True).click()
    for label, text in answers.items():
        page.locator(f"#id_{label}").fill(text)
    if day is not None:
        for name, text in zip(("day", "month", "year"), day.split(), strict=True):
            page.locator(f"#id_lead_consulted_on-{name}").fill(text)
    clean(page)
    page.get_by_role("button", name="Save and come back later").click()


@pytest.mark.requirement("S04", "W-REF-20", "W-REF-31", "DEC-59", "D-REF-01")
@pytest.mark.parametrize("width", [1280, 320])
def test_s04_with_two_people(desk, tess, width):
    with time_machine.travel(MONDAY):
        nurse = desk.page_of(tess.worker, width=width)
        nurse.goto("/referrals/start/")
        expect(nurse.get_by_text("A child in danger does not wait for a form")).to_be_visible()
        clean(nurse)
        nurse.goto(f"/children/{tess.tess.pk}/")
        nurse.get_by_role("link", name="Make a referral").click()
        clean(nurse)
        nurse.get_by_role("button", name="Begin the referral").click()
        expect(nurse.get_by_role("heading", name="Referral draft")).to_be_visible()
        clean(nurse)

        nurse.get_by_role("link", name="What is known").click()
        nurse.get_by_label("Yes, or possibly").check()
        nurse.get_by_label("The child is pregnant").check()
        rules = nurse.locator("[data-live=rules]")
        # At once, with the autosave: no button was pressed.
        expect(rules).to_contain_text("Under 13 and pregnant", timeout=30_000)
        expect(rules).to_contain_text("at the latest by 11 February 2027")
        clean(nurse)
        nurse.get_by_role("button", name="Save and come back later").click()
        write(nurse, "Situation", situation="She is pregnant, and says nothing of the father.")
        write(
            nurse,
            "Assessment",
            day="8 2 2027",
            lead_consulted="Lee Dale",
            other_person="Not known",
        )
        write(nurse, "Screen", screen_reason="There was no time.")
        nurse.get_by_role("link", name="Consent", exact=True).click()
        nurse.get_by_label("Asked for, and refused").check()
        nurse.get_by_role("button", name="Save and come back later").click()
        nurse.get_by_role("button", name="Check and send").click()
        nurse.get_by_role("button", name="Send the referral").click()
        summary = nurse.locator(".govuk-error-summary")
        expect(summary).to_contain_text("Say what you expect to happen.")
        # Consent is asked for, and never stands in the way (DEC-50).
        expect(summary).not_to_contain_text("consent")
        assert nurse.title().startswith("Error: Check and send")
        clean(nurse)
        summary.get_by_role("link", name="Say what you expect to happen.").click()
        nurse.locator("#id_expected_response").fill("A discussion today.")
        nurse.get_by_role("button", name="Save and come back later").click()
        nurse.get_by_role("button", name="Check and send").click()
        expect(nurse.get_by_text("Record this too: it holds nothing up")).to_be_visible()
        nurse.get_by_role("link", name="Say why you share this without consent.").click()
        nurse.locator("#id_consent_reason").fill("She may be at risk at home.")
        nurse.get_by_role("button", name="Save and come back later").click()
        nurse.get_by_role("button", name="Check and send").click()
        clean(nurse)
        nurse.get_by_role("button", name="Send the referral").click()
        expect(nurse.get_by_text("The referral is sent.")).to_be_visible()
        clean(nurse)

        referral = Referral.objects.get()
        received = Delivery.objects.get(referral=referral, team=tess.front_door)
        duty = desk.page_of(tess.duty, width=width)
        duty.goto(f"/referrals/{referral.pk}/")
        expect(duty.get_by_text("She is pregnant, and says nothing of the father.")).to_be_visible()
        expect(duty.get_by_role("link", name="Withdraw this referral")).to_have_count(0)
        clean(duty)
        decide(duty, received)

        nurse.goto("/")
        nurse.get_by_role("link", name="Read what was decided on your referral").first.click()
        expect(nurse.get_by_text("The front door meets the police today.")).to_be_visible()
        clean(nurse)
        nurse.get_by_role("button", name="I have read this").click()
        expect(nurse.get_by_text("It is recorded that you have read the outcome.")).to_be_visible()
        nurse.get_by_role("link", name="I do not agree").first.click()
        clean(nurse)
        nurse.locator("#id_reason").fill("Her aunt has to be asked as well.")
        nurse.get_by_role("button", name="Say that I do not agree").click()
        expect(nurse.get_by_text("Her aunt has to be asked as well.")).to_be_visible()
        clean(nurse)


def decide(page, received):
    """The front door claims it on its board's page, and accepts it."""
    page.goto(reverse("referrals:delivery", args=[received.pk]))
    page.get_by_role("button", name="Claim this referral").click()
    page.locator("input[name=decision][value=accept]").check()
    page.locator("#id_reasons").fill("The front door meets the police today.")
    page.get_by_role("button", name="Keep my decision").click()
    page.wait_for_load_state()

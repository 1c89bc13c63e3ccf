"""S05 in a browser: two people decide not to refer; later a rule asks for the referral.

Then a third, another lead of the agency, finds what is owed, and reads who decided what before.
"""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from playwright.sync_api import expect

from cse.children.models import LevelEvent
from cse.people.models import Role
from referrals.models import DecisionNotToRefer, Referral
from tests.factories import grant, make_user
from tests.interface.looking import barriers, wide
from tests.referrals.area import Area
from tests.referrals.test_deciding_not import raise_level

pytestmark = pytest.mark.browser
MONDAY = dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
def mia(tools):
    with time_machine.travel(MONDAY - dt.timedelta(days=3)), transaction.atomic():
        area = Area("wiltshire")
        area.child = area.another_child(
            given_name="Mia", family_name="Trent", date_of_birth=dt.date(2011, 6, 20)
        )
        leads = area.lead.posts.get().team
        area.other_lead = make_user(Role.NAMED_LEAD, team=leads, given_name="Ola")
        grant(area.lead, area.child)
        grant(area.other_lead, area.child)
        LevelEvent(
            child=area.child,
            level="vulnerable",
            decided_on=dt.date(2026, 11, 2),
            decided_at=dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC),
            decided_by=area.lead,
            judgement="First worries",
        ).save()
    return area


def say_what_is_known(page):
    page.get_by_label("Yes, or possibly").check()
    began = page.get_by_role("group", name="When did it begin, at the earliest?")
    for part, value in (("Day", "1"), ("Month", "2"), ("Year", "2027")):
        began.get_by_label(part).fill(value)
    page.get_by_label("How old was the other person then, in years?").fill("16")
    page.get_by_label("Whether the other person is known to one of the agencies").check()
    page.get_by_role("button", name="See what the rules say").click()


@pytest.mark.requirement("S05", "DEC-13", "DEC-42", "W-REF-24", "W-REF-29", "W-REF-30")
def test_s05(desk, mia):
    with time_machine.travel(MONDAY):
        worker = desk.page_of(mia.worker)
        worker.goto(f"/children/{mia.child.pk}/")
        worker.get_by_role("link", name="Is a referral owed? Decide not to refer").click()
        say_what_is_known(worker)
        expect(worker.get_by_role("heading", name="Decision not to refer")).to_be_visible()
        expect(worker.get_by_text("Peers can abuse peers")).to_be_visible()
        assert barriers(worker) == []

        worker.get_by_role("button", name="Sign", exact=True).click()
        summary = worker.locator(".govuk-error-summary")
        for words in (
            "Give your reasons for not referring",
            "Name the safeguarding lead you consulted",
            "Tick the box to sign",
        ):
            expect(summary).to_contain_text(words)
        assert worker.title().startswith("Error: ")

        worker.get_by_label("Why is no referral made?").fill("Same year; she speaks freely of it.")
        worker.get_by_label("What did you consider of the factors?").fill("Known for a theft only.")
        lead_name = mia.lead.get_full_name()
        worker.get_by_label("Which safeguarding lead did you consult?").select_option(
            label=f"{lead_name}, Worker"
        )
        consulted = worker.get_by_role("group", name="On which day did you consult the lead?")
        for part, value in (("Day", "1"), ("Month", "3"), ("Year", "2027")):
            consulted.get_by_label(part).fill(value)
        worker.get_by_label("I sign this decision").check()
        worker.get_by_role("button", name="Sign", exact=True).click()
        expect(worker.get_by_text("Waits for a signature")).to_be_visible()
        here = worker.url

        lead = desk.page_of(mia.lead)
        lead.goto("/")
        lead.get_by_role("link", name="Sign a decision not to refer, or say why not").click()
        lead.get_by_label("I agree, and sign").check()
        lead.get_by_role("button", name="Keep my answer").click()
        expect(lead.get_by_text("You have signed.")).to_be_visible()
        lead.get_by_role("link", name="Decisions not to refer").click()
        expect(lead.get_by_role("row", name="Mia Trent")).to_contain_text("Stands")
        assert barriers(lead) == []

    with time_machine.travel(MONDAY + dt.timedelta(days=20)):
        raise_level(mia)
        third = desk.page_of(mia.other_lead)
        third.goto("/")
        third.get_by_role("link", name="Make the referral that is owed").first.click()
        assert third.url == here
        expect(third.get_by_role("heading", name="This decision no longer stands")).to_be_visible()
        for signed in (mia.worker, mia.lead):
            expect(third.get_by_text(signed.get_full_name()).first).to_be_visible()
        assert barriers(third) == []
        worker = desk.page_of(mia.worker)
        worker.goto("/")
        worker.get_by_role("link", name="Make the referral that is owed").first.click()
        assert worker.url == here
        expect(worker.get_by_role("heading", name="This decision no longer stands")).to_be_visible()
        expect(worker.get_by_text("she speaks freely of it")).to_be_visible()
        assert barriers(worker) == []
        worker.get_by_role("button", name="Make the referral").click()
        worker.wait_for_url("**/draft/")
        worker.goto(f"/children/{mia.child.pk}/")
        expect(worker.get_by_role("row", name="Decision not to refer")).to_contain_text(
            "No longer stands"
        )
    assert DecisionNotToRefer.objects.get().supersession.rules[0]["id"] == "R4"
    assert Referral.objects.get(child=mia.child).facts["checklist"] == ["W-CHK-14"]


@pytest.mark.parametrize("width", [320, 1280])
def test_without_scripts_and_on_a_telephone(desk, mia, width):
    with time_machine.travel(MONDAY):
        page = desk.page_of(mia.worker, width=width, scripts=False)
        page.goto(f"/referrals/child/{mia.child.pk}/not-referring/")
        assert not wide(page)
        say_what_is_known(page)
        assert not wide(page)
        page.get_by_label("Why is no referral made?").fill("Typed without scripts.")
        page.get_by_role("button", name="Save and sign later").click()
        expect(page.get_by_label("Why is no referral made?")).to_have_value(
            "Typed without scripts."
        )
        page.get_by_role("link", name="Change what is known").click()
        expect(page.get_by_label("Yes, or possibly")).to_be_checked()
        assert not wide(page)

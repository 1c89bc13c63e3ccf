"""The under-13 exception with three people, and a consultation without a name, in a browser."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from playwright.sync_api import expect

from cse.people.models import Role
from referrals.models import Consultation, DecisionNotToRefer, Referral
from tests.factories import grant, make_user
from tests.interface.looking import barriers, wide
from tests.referrals.area import Area

pytestmark = pytest.mark.browser
MONDAY = dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
def area(tools):
    with time_machine.travel(MONDAY - dt.timedelta(days=3)), transaction.atomic():
        area = Area("wiltshire")
        area.child = area.another_child(
            given_name="Pim", family_name="Adair", date_of_birth=dt.date(2014, 8, 3)
        )
        grant(area.lead, area.child)
        area.senior = make_user(
            Role.SENIOR_MANAGER, agency=area.agency, given_name="Sam", family_name="Ivers"
        )
    return area


def fill_day(group, day):
    for part, value in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(part).fill(str(value))


def say_what_is_known(page, age):
    page.get_by_label("Yes, or possibly").check()
    began = page.get_by_role("group", name="When did it begin, at the earliest?")
    fill_day(began, dt.date(2027, 2, 22))
    page.get_by_label("How old was the other person then, in years?").fill(str(age))


def agree(page, link):
    """Sign what waits at home, and look at the page."""
    page.goto("/")
    page.get_by_role("link", name=link).click()
    assert barriers(page) == []
    page.get_by_label("I agree, and sign").check()
    page.get_by_role("button", name="Keep my answer").click()
    expect(page.get_by_text("You have signed.")).to_be_visible()


@pytest.mark.requirement("DEC-10", "DEC-42", "W-REF-07", "W-REF-19")
@pytest.mark.parametrize("width", [1280, 320])
def test_three_people_sign_an_exception_and_the_referral_stays_owed_until_then(desk, area, width):
    with time_machine.travel(MONDAY):
        worker = desk.page_of(area.worker, width=width)
        worker.goto(f"/referrals/child/{area.child.pk}/not-referring/")
        say_what_is_known(worker, 12)
        worker.get_by_role("button", name="See what the rules say").click()
        expect(worker.get_by_role("heading", name="Under-13 exception")).to_be_visible()
        expect(worker.get_by_text("stays owed until three people have signed")).to_be_visible()
        assert Referral.objects.get(child=area.child).status == "draft"
        assert barriers(worker) == []
        assert not wide(worker)

        worker.get_by_role("button", name="Sign", exact=True).click()
        summary = worker.locator(".govuk-error-summary")
        expect(summary).to_contain_text("reasons")
        expect(summary).to_contain_text("senior manager")
        worker.get_by_label("Why is no referral made?").fill("What was said was a game of words.")
        worker.get_by_label("What did you consider of the factors?").fill("None of them holds.")
        worker.get_by_label("What is done so that the child is safe?").fill("Seen every day.")
        worker.get_by_label("Which designated lead").select_option(
            label=f"{area.lead.get_full_name()}, Worker"
        )
        fill_day(worker.get_by_role("group", name="On which day was the case discussed?"), MONDAY)
        worker.get_by_label("Which senior manager").select_option(label="Sam Ivers, Worker")
        worker.get_by_label("I sign this decision").check()
        worker.get_by_role("button", name="Sign", exact=True).click()
        expect(worker.get_by_text("Waits for").first).to_be_visible()
        assert not wide(worker)

        agree(desk.page_of(area.lead, width=width), "Sign an under-13 exception, or say why not")
        worker.reload()
        expect(worker.get_by_text("Waits for").first).to_be_visible()
        senior = desk.page_of(area.senior, width=width)
        agree(senior, "Sign an under-13 exception")
        expect(senior.get_by_text("What was said was a game of words.")).to_be_visible()
        assert senior.url.endswith("/signed/")
        assert barriers(senior) == []
        assert not wide(senior)
        worker.reload()
        expect(worker.get_by_text("Stands").first).to_be_visible()
        assert barriers(worker) == []
    decision = DecisionNotToRefer.objects.get()
    assert decision.signatures.values("signed_by").distinct().count() == 3


@pytest.mark.requirement("DEC-14", "W-REF-12")
@pytest.mark.parametrize("width", [1280, 320])
def test_a_consultation_names_nobody_and_loses_nothing(desk, area, width):
    with time_machine.travel(MONDAY):
        page = desk.page_of(area.worker, width=width)
        page.goto("/referrals/consultations/start/")
        page.get_by_label("How old is the young person, in years, at the youngest?").fill("14")
        say_what_is_known(page, 15)
        question = "Pim Adair, aged 14, talks of an older friend."
        page.locator("[name=question]").fill(question)
        page.locator("[name=advised_by]").fill("Duty social worker")
        fill_day(page.get_by_role("group", name="On which day?"), MONDAY)
        page.locator("[name=advice]").fill("Watch, and write down what is said.")
        page.locator("[name=next_steps]").fill("The tutor looks again in a week.")
        page.get_by_role("button", name="Record the consultation").click()
        expect(page.locator(".govuk-error-summary")).to_contain_text("Take out what may identify")
        assert page.locator("[name=question]").input_value() == question
        assert barriers(page) == []
        assert not wide(page)

        page.get_by_label("How old is the young person, in years, at the youngest?").fill("12")
        page.locator("[name=question]").fill("A young person of 12 talks of an older friend.")
        page.get_by_role("button", name="Record the consultation").click()
        expect(page.get_by_text("Not without a name")).to_be_visible()
        assert not Consultation.objects.exists()

        page.get_by_label("How old is the young person, in years, at the youngest?").fill("14")
        page.locator("[name=question]").fill("Somebody of 14 talks of an older friend.")
        page.get_by_role("button", name="Record the consultation").click()
        expect(page.get_by_role("heading", name="Consultation without a name")).to_be_visible()
        assert barriers(page) == []
    assert Consultation.objects.get().question == "Somebody of 14 talks of an older friend."

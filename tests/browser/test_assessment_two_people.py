"""A risk assessment in two browsers: one asks, another agency answers, the first completes it."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from cse.interface.words import date_words
from screening.models import RiskAssessment
from tests.factories import make_agency, make_team, make_user
from tests.interface.looking import barriers, wide
from tests.screening.assessing import analysed, at, write
from tests.screening.conftest import Place
from tests.screening.made import HIGH, YES, Given, completed

pytestmark = pytest.mark.browser
LONG = "Maximiliane-Josephine Featherstonehaugh-Llewellyn-Montgomery"


@pytest.fixture
@transaction.atomic
def place(tools):
    place = Place("oxfordshire", given_name=LONG, family_name=LONG)
    agency = make_agency("Ridge Health and Wellbeing Partnership of the Upper Valley")
    place.nurse = make_user(team=make_team(agency), given_name="Nia", family_name=LONG)
    completed(place, answers={HIGH: Given(YES, evidence="Seen by the nurse " * 30)})
    return place


def sound(page):
    """Nothing in anybody's way, at both widths."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert barriers(page) == []
        assert not wide(page)


@pytest.mark.requirement("O-MTG-12", "O-MTG-54")
def test_asked_answered_and_completed(desk, place):
    worker = desk.page_of(place.worker)
    worker.goto(f"/screens/assessments/child/{place.child.pk}/start/")
    sound(worker)
    worker.get_by_role("button", name="Start the assessment").click()
    sound(worker)
    worker.get_by_role("link", name="Ask for a contribution").click()
    worker.get_by_role("button", name="Ask them").click()
    sound(worker)
    worker.get_by_label("Find a person or a team").fill("Nia")
    worker.get_by_role("button", name="Find", exact=True).click()
    worker.get_by_label("Nia").check()
    worker.get_by_label("What you ask them for").fill("What you know of her health")
    due = timezone.localdate() + dt.timedelta(days=5)
    for box, typed in (("Day", due.day), ("Month", due.month), ("Year", due.year)):
        worker.get_by_label(box, exact=True).fill(str(typed))
    worker.get_by_role("button", name="Ask them").click()
    expect(worker.get_by_text(f"Waits until {date_words(due)}")).to_be_visible()
    nurse = desk.page_of(place.nurse)
    nurse.goto("/")
    nurse.get_by_role("link", name="Contribute to the assessment").click()
    sound(nurse)
    nurse.get_by_label("What you know").fill("Two appointments missed")
    nurse.get_by_label("This is what we know").check()
    nurse.get_by_role("button", name="Send my answer").click()
    expect(nurse.get_by_text("Your answer is kept under your name")).to_be_visible()
    worker.get_by_role("link", name="Health", exact=True).click()
    expect(worker.get_by_text("Two appointments missed")).to_be_visible()
    sound(worker)
    with transaction.atomic():
        draft = write(
            RiskAssessment.objects.get(), place.worker, _texts(RiskAssessment.objects.get())
        )
    worker.goto(at("assessment-check", draft))
    sound(worker)
    worker.get_by_role("button", name="Complete the assessment").click()
    expect(worker.get_by_text("The assessment is complete")).to_be_visible()
    sound(worker)


def _texts(draft):
    return analysed(draft, direction="static", strengths="An aunt. " * 60)

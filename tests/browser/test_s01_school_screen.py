"""S01 up to the completed screen, in a real browser: a school, Oxfordshire's tool, no level."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from playwright.sync_api import expect

from cse.children.models import LevelEvent
from screening.models import Screen
from screening.queries import latest_assessment
from tests.factories import grant
from tests.interface.looking import barriers
from tests.screening.conftest import Place

pytestmark = pytest.mark.browser
MONDAY = dt.datetime(2026, 12, 14, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
@transaction.atomic
def isla(tools):
    place = Place(
        "oxfordshire", given_name="Isla", family_name="Fenwick", date_of_birth=dt.date(2012, 3, 9)
    )
    grant(place.lead, place.child)
    return place


def answer(page, domain, rows):
    """Answer rows of a domain by keyboard and pointer, with what each rests on."""
    page.locator(".govuk-task-list").get_by_role("link", name=domain, exact=True).click()
    for indicator, presence, kind in rows:
        row = page.locator(f"#{indicator}")
        row.get_by_label(presence, exact=True).check()
        row.locator("summary").click()
        row.get_by_label(kind).fill(f"What there is to say about {indicator}")
    expect(page.locator("[data-autosave-status]")).to_contain_text("Saved at")


def counts(page):
    """The counts beside the answers."""
    return page.locator("[data-live=rules] .cse-rules__counts")


@pytest.mark.requirement("D-SCR-01", "O-SCR-19", "DEC-03", "DEC-06", "DEC-19")
def test_s01_to_the_completed_screen(desk, isla):
    with time_machine.travel(MONDAY):
        page = desk.page_of(isla.lead)
        page.goto(f"/screens/child/{isla.child.pk}/")
        page.get_by_role("button", name="Start a screen").click()
        page.get_by_role("button", name="Start the screen").click()
        evidence, concern = "Evidence", "Professional concern"
        answer(
            page,
            "Grooming",
            [
                ("O-IND-GRO-01", "Yes", evidence),
                ("O-IND-GRO-12", "Yes", evidence),
                ("O-IND-GRO-21", "Possible", concern),
            ],
        )
        expect(counts(page)).to_contain_text("3 (2 yes, 1 possible)")
        assert barriers(page) == []
        page.get_by_role("button", name="Save and come back later").click()
        answer(page, "Behaviour", [("O-IND-BEH-02", "Yes", evidence)])
        page.get_by_role("button", name="Save and come back later").click()
        answer(page, "E Safety", [("O-IND-ESA-10", "Possible", concern)])
        page.get_by_role("button", name="Save and come back later").click()
        page.get_by_role("link", name="Harm").click()
        page.get_by_label("Not known").check()
        page.get_by_role("button", name="Save and continue").first.click()
        page.get_by_role("group", name="Does the screen confirm concerns?").get_by_label(
            "Yes"
        ).check()
        page.get_by_label("Professional judgement").fill("Seen by two of us; I am worried.")
        assert barriers(page) == []
        page.get_by_role("button", name="Save and come back later").click()
        page.get_by_role("button", name="Check your answers").click()
        found = counts(page)
        expect(found).to_contain_text("High3 (2 yes, 1 possible)Medium2 (1 yes, 1 possible)")
        expect(found).to_contain_text("Not answered79")
        page.get_by_role("button", name="Complete the screen").click()
        expect(page.get_by_role("heading", name="Screen completed")).to_be_visible()
        rules = page.locator(".cse-rules")
        expect(rules).to_contain_text("Concern that the child is at risk of")
        expect(rules).not_to_contain_text("Any one high")
        assert barriers(page) == []
    screen = Screen.objects.get()
    result = latest_assessment(screen).result
    assert result["totals"]["high"] == {"yes": 2, "possible": 1}
    assert result["totals"]["medium"] == {"yes": 1, "possible": 1}
    assert result["totals"]["low"] == {"yes": 0, "possible": 0}
    assert result["unanswered"] == 79
    assert [(rule["id"], rule["obligation"]) for rule in result["rules"]] == [("R4", "mandatory")]
    assert not LevelEvent.objects.exists()
    assert screen.completed_on == dt.date(2026, 12, 14)

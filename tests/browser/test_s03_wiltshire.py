"""S03 in a real browser: a youth worker, the matrix, any one High at 13, a level that rises."""

import datetime as dt
import re

import pytest
import time_machine
from django.db import transaction
from playwright.sync_api import expect

from cse.children.models import LevelEvent
from screening.models import Screen
from screening.queries import latest_assessment
from tests.interface.looking import barriers, wide
from tests.screening.conftest import Place

pytestmark = pytest.mark.browser
FRIDAY = dt.datetime(2027, 1, 15, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
@transaction.atomic
def callum(tools):
    place = Place(
        "wiltshire", given_name="Callum", family_name="Reyes", date_of_birth=dt.date(2013, 1, 18)
    )
    LevelEvent(
        child=place.child,
        level="vulnerable",
        decided_on=dt.date(2026, 11, 2),
        decided_at=dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC),
        decided_by=place.lead,
        judgement="First worries",
    ).save()
    return place


def rate(page, domain, impact, likelihood, suggestion):
    """Rate a domain; the suggestion comes with the autosave, without a new page."""
    page.locator(".govuk-task-list").get_by_role("link", name=domain, exact=True).click()
    page.get_by_label(impact, exact=True).check()
    page.get_by_label(likelihood, exact=True).check()
    expect(page.locator("[data-live=suggestion]")).to_contain_text(
        f"The matrix suggests: {suggestion}."
    )
    expect(page.locator("[data-live=rules]")).to_contain_text(
        "Likely means it has happened — has exploitation already happened?"
    )


@pytest.mark.requirement("W-SCR-37", "DEC-01", "DEC-05", "DEC-06", "DEC-07", "DEC-09", "D-SCR-01")
def test_s03(desk, callum):
    with time_machine.travel(FRIDAY):
        page = desk.page_of(callum.worker)
        page.goto(f"/screens/child/{callum.child.pk}/start/")
        assert barriers(page) == []
        page.get_by_role("button", name="Start the screen").click()
        assert barriers(page) == []

        rate(page, "Grooming", "Substantial", "Likely", "Medium")
        assert barriers(page) == []
        page.get_by_role("button", name="Save and come back later").click()
        rate(page, "Missing", "Serious", "Likely", "High")
        expect(page.locator("[data-live=rules]")).not_to_contain_text("Any one high")
        page.get_by_role("button", name="Take High as the rating").click()
        expect(page.get_by_label("High", exact=True)).to_be_checked()
        expect(page.locator("[data-live=rules]")).to_contain_text(
            "Any one high risk factor at 13 or younger"
        )
        assert barriers(page) == []
        page.get_by_role("button", name="Save and come back later").click()

        page.get_by_role("link", name="Harm").click()
        page.get_by_label("Possibly").check()
        page.get_by_role("button", name="Save and come back later").click()
        page.get_by_role("link", name="3. Overall CSE level").click()
        expect(page.get_by_text("Level when previously reviewed")).to_contain_text("Vulnerable")
        page.get_by_label("At risk", exact=True).check()
        page.get_by_label("is static").check()
        page.get_by_role("button", name="Save and come back later").click()

        page.get_by_role("button", name="Check your answers").click()
        page.get_by_role("button", name="Complete the screen").click()
        summary = page.locator(".govuk-error-summary")
        expect(summary).to_contain_text("Write your professional judgement")
        expect(summary).to_contain_text("the risk has increased, not static")
        expect(page).to_have_title(re.compile("^Error: Check your answers"))
        assert barriers(page) == []

        summary.get_by_role("link", name="Write your professional judgement").click()
        page.get_by_label("Professional judgement").fill("He is being drawn in by older people.")
        page.get_by_role("button", name="Save and come back later").click()
        page.get_by_role("link", name="3. Overall CSE level").click()
        page.get_by_label("has increased").check()
        page.get_by_role("button", name="Save and come back later").click()
        page.get_by_role("button", name="Check your answers").click()
        assert barriers(page) == []
        page.get_by_role("button", name="Complete the screen").click()
        expect(page.get_by_role("heading", name="Screen completed")).to_be_visible()
        assert barriers(page) == []
        page.get_by_role("link", name="See the completed screen").click()
        assert barriers(page) == []

    screen = Screen.objects.get()
    result = latest_assessment(screen).result
    assert [rule["id"] for rule in result["rules"]] == ["R5", "R4"]
    event = LevelEvent.objects.get(subject_id=screen.pk)
    assert (event.level, event.previous_level, event.direction) == (
        "at_risk",
        "vulnerable",
        "increased",
    )


@pytest.mark.requirement("D-SCR-01")
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_of_a_draft_works_without_scripts(desk, callum, width):
    with time_machine.travel(FRIDAY):
        page = desk.page_of(callum.worker, width=width, scripts=False)
        page.goto(f"/screens/child/{callum.child.pk}/start/")
        page.get_by_role("button", name="Start the screen").click()
        page.locator(".govuk-task-list").get_by_role("link", name="Missing", exact=True).click()
        page.get_by_label("Serious", exact=True).check()
        page.get_by_label("Likely", exact=True).check()
        page.get_by_role("button", name="Save and show the suggestion").click()
        page.get_by_role("button", name="Take High as the rating").click()
        expect(page.get_by_label("High", exact=True)).to_be_checked()
        page.get_by_role("link", name="All parts of the screen").click()
        page.get_by_role("link", name="9. Actions to be taken").click()
        for number in (1, 2, 3):
            page.get_by_label(f"Row {number}: Action").fill(f"Action {number}")
        page.get_by_role("button", name="Save and add more rows").click()
        page.get_by_label("Row 6: Action").fill("The last")
        page.get_by_role("button", name="Save and come back later").click()
        page.get_by_role("link", name="9. Actions to be taken").click()
        expect(page.get_by_label("Row 4: Action")).to_have_value("The last")
    assert Screen.objects.get().sections["actions"][3][0] == "The last"


@pytest.mark.parametrize("width", [320, 375])
def test_no_page_of_a_draft_is_wider_than_a_telephone(desk, callum, width):
    with time_machine.travel(FRIDAY):
        page = desk.page_of(callum.worker, width=width)
        page.goto(f"/screens/child/{callum.child.pk}/start/")
        page.get_by_role("button", name="Start the screen").click()
        front = page.url.removesuffix("draft/")
        for path in (
            "draft/",
            "domain/missing/",
            "domain/other-indicators/",
            "section/level/",
            "section/actions/",
            "check/",
            "set-aside/",
        ):
            assert page.goto(front + path).status == 200, path
            assert not wide(page), path
            assert barriers(page) == [], path

"""A probation officer refers and the line manager oversees it, in a browser."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from cse.people.models import AgencyType, Role
from tests.factories import grant, make_agency, make_team, make_user
from tests.interface.looking import barriers, wide
from tests.referrals.area import Area

pytestmark = pytest.mark.browser


@pytest.fixture
def area(tools):
    with transaction.atomic():
        area = Area("oxfordshire")
        probation = make_agency(authority=area.authority, type=AgencyType.PROBATION)
        team = make_team(probation)
        area.worker = make_user(team=team, given_name="Oli", family_name="Hurst")
        area.senior = make_user(
            Role.SENIOR_MANAGER, team=team, given_name="Ash", family_name="Field"
        )
        grant(area.worker, area.child)
        area.ready = area.draft(concerns_confirmed=True)
    return area


def looked_at(page):
    """Nothing on it stands in anybody's way."""
    assert barriers(page) == []
    assert not wide(page)


@pytest.mark.requirement("O-REF-07")
@pytest.mark.parametrize("width", [1280, 320])
def test_the_manager_is_asked_when_it_is_sent_and_records_it(desk, area, width):
    officer = desk.page_of(area.worker, width=width)
    officer.goto(f"/referrals/{area.ready.pk}/part/oversight/")
    officer.get_by_label("Ash Field").check()
    day = officer.get_by_role("group", name="On which day did you raise it with them?")
    for part, number in (("Day", 2), ("Month", 11), ("Year", 2026)):
        day.get_by_label(part).fill(str(number))
    looked_at(officer)
    officer.get_by_role("button", name="Save and come back later").click()
    officer.get_by_role("button", name="Check and send").click()
    officer.get_by_role("button", name="Send the referral").click()
    expect(officer.get_by_text("Asked of Ash Field")).to_be_visible()

    manager = desk.page_of(area.senior, width=width)
    manager.goto("/")
    manager.get_by_role("link", name="Oversee a colleague’s referral").click()
    looked_at(manager)
    manager.get_by_role("button", name="Record it").click()
    expect(manager.locator(".govuk-error-summary")).to_be_visible()
    manager.get_by_label("What have you looked at").fill("Read whole. Right to send it today.")
    manager.get_by_role("button", name="Record it").click()
    expect(manager.get_by_text("Your oversight is recorded")).to_be_visible()
    expect(manager.get_by_text("These are the rules for what was said.").first).to_be_visible()
    looked_at(manager)
    officer.reload()
    expect(officer.get_by_role("heading", name="Line manager’s oversight")).to_be_visible()
    looked_at(officer)

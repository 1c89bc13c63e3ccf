"""A referral in three browsers: two of the front door, one of Kingfisher (O §10.2, O §7.7.5)."""

from __future__ import annotations

import pytest
from django.db import transaction
from playwright.sync_api import expect

from referrals.models import Delivery
from referrals.transitions import State
from tests.referrals.area import Area

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.requirement("O-REF-10", "O-REF-13", "O-REF-15", "W-REF-36")
def test_claimed_by_one_passed_on_and_acknowledged(desk):
    with transaction.atomic():
        area = Area("oxfordshire")
        sent = area.sent(concerns_confirmed=True)
    dot, eli, sky = (
        desk.page_of(person) for person in (area.duty, area.other_duty, area.specialist)
    )
    for page in (dot, eli):
        page.goto("/referrals/board/")
        page.get_by_role("link", name="Robin Example").click()
    dot.get_by_role("button", name="Claim this referral").click()
    expect(dot.get_by_text("You have it: the decision is yours.")).to_be_visible()
    eli.get_by_role("button", name="Claim this referral").click()
    expect(eli.get_by_role("alert")).to_contain_text("has this referral already.")
    dot.get_by_role("radio", name="Pass it to Kingfisher").check()
    dot.get_by_role("button", name="Keep my decision").click()
    expect(dot.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert dot.get_by_role("radio", name="Pass it to Kingfisher").is_checked()
    dot.get_by_label("Your reasons").fill("The screen and the school point to exploitation.")
    dot.get_by_role("button", name="Keep my decision").click()
    expect(dot.get_by_text("responsible until Kingfisher")).to_be_visible()
    sky.goto("/")
    assert "Acknowledge the referral" in sky.content(), sky.inner_text("main")[:600]
    sky.get_by_role("link", name="Acknowledge the referral").click()
    expect(sky.get_by_text("The screen and the school point to exploitation.")).to_be_visible()
    sky.get_by_role("button", name="Acknowledge").click()
    expect(sky.get_by_text("Acknowledged: your team has this referral.")).to_be_visible()
    response = dot.goto(f"/referrals/board/{area.at(sent, area.front_door).pk}/")
    assert response.status == 404
    states = dict(Delivery.objects.filter(referral=sent).values_list("team__name", "state"))
    assert states[area.front_door.name] == State.PASSED
    assert states[area.specialists.name] == State.ACKNOWLEDGED

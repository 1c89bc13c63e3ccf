"""A day that is half typed, in a real browser: the text beside it is saved, and one is told."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from referrals.models import Referral
from tests.interface.looking import barriers
from tests.referrals.area import Area

pytestmark = pytest.mark.browser
TYPED = "Seen with adults nobody knows"


@pytest.mark.requirement("D-SCR-01")
def test_a_half_typed_day_holds_up_no_text(desk):
    with transaction.atomic():
        area = Area("oxfordshire")
        draft = area.draft()
    page = desk.page_of(area.worker)
    page.goto(f"/referrals/{draft.pk}/part/assessment/")
    page.locator("#id_lead_consulted_on-day").fill("45")
    page.locator("#id_lead_consulted_on-month").fill("")
    page.locator("#id_lead_consulted_on-year").fill("")
    page.locator("#id_assessment").fill(TYPED)
    status = page.locator("[data-autosave-status]")
    expect(status).to_contain_text("except On which day:", timeout=30_000)
    expect(status).to_contain_text("Saved at")
    assert barriers(page) == []
    # Going away is asked about: the day would be lost. The text would not.
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/referrals/{draft.pk}/")
    assert Referral.objects.get(pk=draft.pk).sections["assessment"] == TYPED
    page.goto(f"/referrals/{draft.pk}/part/assessment/")
    expect(page.locator("#id_assessment")).to_have_value(TYPED)

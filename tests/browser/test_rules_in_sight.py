"""The rules stay in sight while somebody types: at a telephone's foot, and beside a wide page."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from playwright.sync_api import expect

from tests.referrals.area import Area, years_old

pytestmark = pytest.mark.browser


@pytest.fixture
@transaction.atomic
def area(tools):
    """An area with an empty draft, and one to which most rules apply."""
    area = Area("wiltshire", date_of_birth=years_old(12))
    area.empty = area.draft()
    area.full = area.draft(
        pregnant=True,
        position_of_trust=True,
        group_suspected=True,
        trafficking=True,
        looked_after="s20",
        checklist=["W-CHK-14"],
    )
    return area


def test_a_telephone_says_999_as_soon_as_danger_is_ticked(desk, area):
    page = desk.page_of(area.worker, width=375)
    page.set_viewport_size({"width": 375, "height": 667})
    page.goto(f"/referrals/{area.empty.pk}/facts/")
    page.get_by_label("The child is in immediate danger").check()
    bar = page.locator(".cse-rules-bar")
    expect(bar).to_contain_text(re.compile("^Call 999 now. Rules that apply now: "))
    expect(bar).to_be_in_viewport(ratio=1)
    expect(page.locator("#rules")).not_to_be_in_viewport()
    # Nothing that has the focus is behind it.
    for _ in range(30):
        page.keyboard.press("Tab")
        covered = page.evaluate(
            """() => {
                const mine = document.activeElement.getBoundingClientRect();
                const bar = document.querySelector(".cse-rules-bar").getBoundingClientRect();
                const same = document.activeElement.classList.contains("cse-rules-bar");
                return !same && mine.height > 0 && mine.top >= bar.top && bar.bottom > 600;
            }"""
        )
        assert not covered
        if bar.evaluate("bar => bar === document.activeElement"):
            break
    bar.click()
    expect(page.locator("#rules")).to_be_in_viewport()
    page.goto(f"/referrals/{area.empty.pk}/facts/")
    page.get_by_label("The child is in immediate danger").uncheck()
    expect(bar).not_to_contain_text("999")


def test_the_box_beside_a_wide_page_shows_its_end_and_can_be_scrolled(desk, area):
    page = desk.page_of(area.worker)
    page.set_viewport_size({"width": 1280, "height": 700})
    page.goto(f"/referrals/{area.full.pk}/facts/")
    expect(page.locator(".cse-rules-bar")).to_be_hidden()
    box = page.locator("#rules")
    page.evaluate("scrollTo(0, 600)")
    expect(box).to_be_in_viewport(ratio=1)
    assert box.evaluate("box => box.scrollHeight > box.clientHeight")
    box.focus()
    page.keyboard.press("End")
    expect(box.locator(":scope > :last-child")).to_be_in_viewport(ratio=1)

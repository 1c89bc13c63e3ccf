"""Two people at one draft of S01's school, in two browsers: nothing of either is lost."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from screening.actions import start_screen
from tests.interface.looking import barriers, wide
from tests.screening.conftest import Place

pytestmark = pytest.mark.browser


@pytest.fixture
@transaction.atomic
def draft(tools):
    place = Place("oxfordshire")
    screen, _ = start_screen(child=place.child, by=place.worker)
    return place, screen


@pytest.mark.requirement("D-SCR-01")
def test_both_texts_stand_side_by_side(desk, draft):
    place, screen = draft
    mine, theirs = desk.page_of(place.worker, width=320), desk.page_of(place.colleague)
    for page in (mine, theirs):
        page.goto(f"/screens/{screen.pk}/domain/looked-after-children/")
    theirs.get_by_label("Notes on").fill("What Cal heard on Sunday")
    theirs.get_by_role("button", name="Save and come back later").click()
    mine.get_by_label("Notes on").fill("What I saw on Monday")
    status = mine.locator("[data-autosave-status]")
    expect(status).to_contain_text("this section was changed meanwhile", timeout=30_000)
    mine.get_by_role("button", name="Save and come back later").click()
    texts = mine.locator(".cse-conflict__texts")
    expect(texts).to_contain_text("What Cal heard on Sunday")
    expect(texts).to_contain_text("What I saw on Monday")
    assert barriers(mine) == [] and not wide(mine)
    mine.get_by_label("The text to keep").fill("Sunday and Monday")
    mine.get_by_role("button", name="Save this").click()
    expect(mine.get_by_text("Cal Birch is working on this draft too")).to_be_visible()
    screen.refresh_from_db()
    assert screen.answers["n"] == {"looked-after-children": "Sunday and Monday"}

"""The room's pages in a real browser: wide and narrow, with and without scripts, with errors."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import expect

from cse.documents import actions
from cse.documents.models import Export
from screening.actions.start import start_screen
from tests.browser.conftest import desk, tools  # noqa: F401  fixtures
from tests.documents.test_register import complete_screen
from tests.factories import PASSWORD, grant, make_agency, make_child, make_user
from tests.interface.looking import barriers

pytestmark = [pytest.mark.browser, pytest.mark.requirement("D-SHR-03")]

LONG = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch "


@pytest.fixture
def scene(desk, sent, settings):  # noqa: F811
    with transaction.atomic():
        agency = make_agency("Riverside and Kennet Valley Community School")
        worker = make_user(agency=agency)
        lead = make_user(
            "named_lead", agency=agency, family_name="Price-" + "Featherstonehaugh" * 2
        )
        child = make_child("Marigold", LONG.strip(), by=worker, authority=agency.authority)
        grant(worker, child)
        grant(lead, child)
        draft, _ = start_screen(child=child, by=worker)
        screen = complete_screen(draft, worker)
    return desk, lead, screen


def wide_enough(page):
    """Nothing sticks out of the window."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def looked_at(page, where, **answers):
    """Open a page, perhaps send its form, and hold it against the rules."""
    page.goto(where)
    for name, value in answers.items():
        page.fill(f"[name={name}]", value)
    if answers:
        page.click("main form button[type=submit]")
    assert barriers(page) == [], where
    assert wide_enough(page), where
    return page


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (320, False)])
def test_a_lead_exports_waits_downloads_and_checks(scene, width, scripts):
    desk, lead, screen = scene  # noqa: F811
    page = desk.page_of(lead, width=width)
    if not scripts:
        # axe is a script itself, so ours are withheld rather than all switched off.
        page.route("**/*.js", lambda route: route.abort())
    looked_at(page, reverse("documents:home"))
    looked_at(page, reverse("documents:register"))
    page.goto(reverse("documents:request", args=["screen", screen.pk]))
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")
    expect(page.locator("h1")).to_contain_text("Export:")
    page.click("main form button[type=submit]")
    expect(page).to_have_title(re.compile("^Error:"))
    assert barriers(page) == []
    assert wide_enough(page)
    page.check("[value=referral]")
    page.fill("[name=purpose_text]", "W" * 120)
    page.fill("[name=recipient_name]", LONG + LONG)
    page.fill("[name=recipient_organisation]", "Assessment team")
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("being made")
    assert barriers(page) == []
    export = Export.objects.get()
    assert actions.make_document(export_id=export.pk)
    # The page asks for itself again; opening it at that moment would be interrupted.
    page.wait_for_selector("text=Download the PDF")
    assert barriers(page) == []
    assert wide_enough(page)
    with page.expect_download() as download:
        page.click("text=Download the PDF")
    assert export.code in download.value.suggested_filename
    for name in ("home", "register", "verify"):
        looked_at(page, reverse(f"documents:{name}"))
    looked_at(page, reverse("documents:verify"), code=export.code.lower())
    expect(page.locator("h1")).to_contain_text("This code is in the register")
    page.set_input_files("[name=file]", download.value.path())
    page.click("main form button[type=submit]")
    expect(page.locator("main")).to_contain_text("the one that was exported")
    assert barriers(page) == []
    looked_at(page, reverse("documents:verify"), code="BCDFGHJKMNPQRTVW")
    expect(page.locator("h1")).to_contain_text("not in the register")

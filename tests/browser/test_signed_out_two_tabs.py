"""Signed out in one tab while a draft is open in another: what was typed there is never lost."""

import pytest
from django.db import transaction
from playwright.sync_api import expect

from screening.actions import start_screen
from screening.answers import read_answers
from screening.rules import Presence
from tests.factories import PASSWORD
from tests.interface.looking import barriers, wide
from tests.screening.conftest import Place

pytestmark = pytest.mark.browser
NOTE = "What Wyn heard on Monday"


@pytest.fixture
@transaction.atomic
def draft(tools):
    place = Place("oxfordshire")
    screen, _ = start_screen(child=place.child, by=place.worker)
    return place, screen


def _sign_out(tab):
    tab.goto("/")
    tab.get_by_role("button", name="Sign out").click()
    expect(tab.get_by_role("heading", name="You have signed out")).to_be_visible()


def _sign_in(tab, user):
    tab.goto("/account/sign-in/")
    _enter(tab, user)


def _enter(tab, user):
    tab.fill("#id_login", user.email)
    tab.fill("#id_password", PASSWORD)
    tab.locator("main button:text-is('Sign in')").first.click()
    expect(tab.get_by_role("button", name="Sign out")).to_be_visible()


def _open_and_sign_out(desk, place, screen, *, scripts=True):
    """A draft with a row answered and a note typed; its person signed out in a second tab."""
    mine = desk.page_of(place.worker, scripts=scripts)
    mine.goto(f"/screens/{screen.pk}/domain/looked-after-children/")
    other = mine.context.new_page()
    _sign_out(other)
    mine.locator("input[type=radio][name$=-presence][value=yes]").first.check(force=True)
    mine.get_by_label("Notes on").fill(NOTE)
    return mine, other


def _yes(screen):
    screen.refresh_from_db()
    return [row for row in read_answers(screen.answers).values() if row.presence is Presence.YES]


def test_the_page_saves_itself_again_once_its_person_has_signed_in(desk, draft):
    place, screen = draft
    mine, other = _open_and_sign_out(desk, place, screen)
    status = mine.locator("[data-autosave-status]")
    expect(status).to_contain_text("you have been signed out", timeout=30_000)
    _sign_in(other, place.worker)
    expect(status).to_contain_text("Saved at", timeout=30_000)
    mine.get_by_label("Notes on").fill(f"{NOTE}, and again")
    mine.get_by_role("button", name="Save and come back later").click()
    expect(mine.get_by_role("heading", level=1)).not_to_contain_text("too long")
    mine.wait_for_url(f"**/screens/{screen.pk}/draft/")
    screen.refresh_from_db()
    assert screen.answers["n"] == {"looked-after-children": f"{NOTE}, and again"}
    assert _yes(screen)


@pytest.mark.parametrize("signs_in_first", [True, False])
def test_save_after_and_before_signing_in_loses_nothing(desk, draft, signs_in_first):
    """As in a browser whose script has not gone on: one button sends everything."""
    place, screen = draft
    mine, other = _open_and_sign_out(desk, place, screen, scripts=False)
    if signs_in_first:
        _sign_in(other, place.worker)
    mine.get_by_role("button", name="Save and come back later").click()
    if not signs_in_first:
        expect(mine.get_by_text("is kept too")).to_be_visible()
        _enter(mine, place.worker)
    expect(mine.get_by_role("heading", name="We kept what you typed")).to_be_visible()
    assert NOTE not in mine.url
    mine.get_by_role("button", name="Send it now").click()
    expect(mine.get_by_text("was sent")).to_be_visible()
    screen.refresh_from_db()
    assert screen.answers["n"] == {"looked-after-children": NOTE}
    assert _yes(screen)


def test_another_person_who_signs_in_sees_nothing_and_it_waits_for_its_own(desk, draft):
    place, screen = draft
    mine, other = _open_and_sign_out(desk, place, screen)
    status = mine.locator("[data-autosave-status]")
    expect(status).to_contain_text("you have been signed out", timeout=30_000)
    _sign_in(other, place.colleague)
    expect(status).to_contain_text("somebody else has signed in", timeout=30_000)
    mine.get_by_role("button", name="Save and come back later").click()
    expect(mine.get_by_role("heading", name="Somebody else opened this form")).to_be_visible()
    assert NOTE not in mine.content()
    assert barriers(mine) == [] and not wide(mine)
    screen.refresh_from_db()
    assert "n" not in screen.answers
    _sign_out(other)
    _sign_in(other, place.worker)
    assert other.get_by_role("heading", name="We kept what you typed").is_visible()
    assert barriers(other) == [] and not wide(other)
    other.get_by_role("button", name="Send it now").first.click()
    expect(other.get_by_text("was sent")).to_be_visible()
    screen.refresh_from_db()
    assert screen.answers["n"] == {"looked-after-children": NOTE}

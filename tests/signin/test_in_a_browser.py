"""Sign-in in the system's Chromium: a security key, and a form whose time ran out."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from cse.people.models import Role
from cse.signin.models import KeptForm
from tests.factories import PASSWORD, grant, make_child, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(chromium, django_db_setup, live_server):
    context = chromium.new_context(base_url=live_server.url)
    context.set_default_timeout(20_000)
    opened = context.new_page()
    opened.complaints = []
    opened.on("console", lambda m: opened.complaints.append(m.text) if m.type == "error" else 0)
    yield opened
    context.close()


def person(role=Role.PRACTITIONER):
    from django.db import transaction

    with transaction.atomic():
        return make_user(role)


def childs_record(user):
    from django.db import transaction

    with transaction.atomic():
        child = make_child("Robin", "Quillfeather", by=user)
        grant(user, child)
        return child


def enter(page, user):
    page.fill("#id_login", user.email)
    page.fill("#id_password", PASSWORD)
    page.click("main button:text-is('Sign in')")
    page.wait_for_load_state()


def test_a_security_key_is_added_and_signs_in(page):
    user = person()
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": True,
               "hasUserVerification": True, "isUserVerified": True}  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/account/sign-in/?next=/account/second-factor/keys/add/")
    enter(page, user)
    page.fill("#id_name", "blue key")
    assert not page.locator("[data-security-key-error]").is_visible()
    page.click("text=Add this key")
    page.wait_for_url("**/second-factor/codes/")
    assert Authenticator.objects.get(user=user, type="webauthn").wrap().name == "blue key"
    page.click("text=Sign out")
    page.goto("/account/sign-in/?next=/people/leads/")
    enter(page, user)
    page.wait_for_url("**/second-factor/check/")
    page.click("text=Use the security key")
    page.wait_for_url("**/people/leads/")
    assert page.complaints == []


def test_a_key_that_does_not_answer_is_said_in_words(page):
    page.goto("/account/sign-in/?next=/account/second-factor/keys/add/")
    enter(page, person())
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(Error('no key')) }")
    page.click("text=Add this key")
    page.locator("[data-security-key-error]").wait_for(state="visible")


def test_what_was_typed_when_the_time_ran_out_comes_back_after_sign_in(page, settings):
    settings.IDLE_SECONDS, settings.IDLE_WARNING_SECONDS = 8, 4
    user = person(Role.ADMINISTRATOR)
    page.goto("/account/sign-in/?next=/people/agencies/add/")
    enter(page, user)
    page.fill("#id_name", "Half-typed Surgery")
    page.locator("dialog").wait_for(state="visible")
    page.wait_for_url("**/account/ended/")
    assert page.locator("h1").inner_text() == "You were signed out"
    assert KeptForm.objects.get().user_id == user.pk
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    settings.IDLE_SECONDS, settings.IDLE_WARNING_SECONDS = 900, 120
    page.click("text=Sign in again")
    enter(page, user)
    assert page.locator("h1").inner_text() == "We kept what you typed"
    assert page.locator("textarea").first.input_value() == "Half-typed Surgery"
    page.click("text=Go on to your page")
    assert "/people/agencies/add/" in page.url


def test_going_back_finds_what_was_typed_and_after_signing_out_nothing(page):
    """Rows to fill in stay with the browser while somebody is signed in; then nothing does."""
    user = person()
    child = childs_record(user)
    shown, form = f"/children/{child.pk}/", "/access/emergency/"
    page.goto(f"/account/sign-in/?next={form}")
    enter(page, user)
    page.locator("main textarea").first.fill("Typed, and not sent")
    page.click("text=Home")
    page.go_back()
    assert page.locator("main textarea").first.input_value() == "Typed, and not sent"
    page.goto(shown)
    assert child.family_name in page.content()
    page.click("text=Sign out")
    page.wait_for_load_state()
    for _ in range(3):
        page.go_back()
        page.wait_for_load_state()
        assert child.family_name not in page.content()
        assert "Typed, and not sent" not in page.content()
    assert page.locator("main button:text-is('Sign in')").is_visible()

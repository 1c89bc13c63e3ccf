"""A form whose session is over by hand: kept for whoever typed it, and shown to nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cse.audit.extra import AUTHOR
from cse.audit.models import AuditEvent
from cse.signin import kept
from cse.signin.models import KeptForm
from screening.actions import load_shipped_tools, start_screen
from tests.factories import PASSWORD
from tests.screening.conftest import Place
from tests.screening.pages import controls

pytestmark = pytest.mark.django_db
OURS = {"Origin": "http://testserver"}
SCRIPT = {**OURS, "Accept": "application/json", "X-Requested-With": "autosave"}
NOTE = "Wyn heard it on Monday.\nNobody else did."


class Browser:
    """A browser with its cookies, whose pages check the form's token."""

    def __init__(self):
        self.client = Client(enforce_csrf_checks=True)

    def sign_in(self, user):
        page = controls(self.client.get(reverse("account_login")), having="login")
        page |= {"login": user.email, "password": PASSWORD}
        return self.client.post(reverse("account_login"), page, headers=OURS)

    def sign_out(self):
        page = controls(self.client.get(reverse("signin:account")), having="csrfmiddlewaretoken")
        return self.client.post(reverse("account_logout"), page, headers=OURS)


@pytest.fixture
def place():
    load_shipped_tools()
    return Place("oxfordshire")


@pytest.fixture
def typed(place):
    """A browser, the page of a draft's domain, and what its form says once it is filled in."""
    browser = Browser()
    browser.sign_in(place.worker)
    screen, _ = start_screen(child=place.child, by=place.worker)
    address = f"/screens/{screen.pk}/domain/looked-after-children/"
    form = controls(browser.client.get(address)) | {"notes": NOTE, "act": "leave"}
    first = next(name for name in form if name.endswith("-evidence"))
    form[first] = "Seen twice"
    row = first.removesuffix("-evidence")
    form[f"{row}-presence"] = "yes"
    return browser, screen, address, form, row


@pytest.mark.parametrize("signs_in_first", [True, False])
def test_a_form_is_sent_again_whole_after_signing_in_again(place, typed, signs_in_first):
    browser, screen, address, form, row = typed
    browser.sign_out()
    if signs_in_first:
        browser.sign_in(place.worker)
    answer = browser.client.post(address, form, headers=OURS)
    assert answer.status_code == 302
    assert "Wyn" not in answer["Location"]
    if not signs_in_first:
        assert answer["Location"].startswith(reverse("account_login"))
        assert "is kept too" in browser.client.get(answer["Location"]).content.decode()
        browser.sign_in(place.worker)
    page = browser.client.get(reverse("signin:kept"))
    assert "Notes on" in page.content.decode() and "Nobody else did." in page.content.decode()
    assert "Text 1 of" not in page.content.decode()
    again = controls(page)
    assert again["notes"].replace("\r\n", "\n") == NOTE
    assert again[f"{row}-presence"] == "yes"
    (given,) = kept.waiting_for(place.worker)
    sent = browser.client.post(f"{address}?kept={given.id}", again, headers=OURS)
    assert sent.status_code == 302
    screen.refresh_from_db()
    assert screen.answers["n"] == {"looked-after-children": NOTE}
    assert row in str(screen.answers)
    assert not KeptForm.objects.exists()


def test_the_script_goes_on_with_a_token_of_the_new_session(place, typed):
    browser, screen, address, form, _ = typed
    browser.sign_out()
    assert browser.client.post(address, form, headers=SCRIPT).status_code == 401
    browser.sign_in(place.worker)
    refused = browser.client.post(address, form, headers=SCRIPT)
    assert refused.status_code == 403
    fresh = form | {"csrfmiddlewaretoken": refused.json()["token"]}
    assert browser.client.post(address, fresh, headers=SCRIPT).status_code == 200
    screen.refresh_from_db()
    assert screen.answers["n"] == {"looked-after-children": NOTE}


@pytest.mark.parametrize("headers", [OURS, SCRIPT])
def test_whoever_else_signs_in_sees_nothing_of_it(place, typed, headers):
    browser, screen, address, form, _ = typed
    browser.sign_out()
    browser.sign_in(place.colleague)
    answer = browser.client.post(address, form, headers=headers)
    assert answer.status_code == 403
    assert "Monday" not in answer.content.decode() and "Seen twice" not in answer.content.decode()
    assert "token" not in answer.content.decode().replace("csrfmiddlewaretoken", "").replace(
        AUTHOR, ""
    )
    assert kept.waiting_for(place.colleague) == []
    assert browser.client.get(reverse("signin:kept"))["Location"] == "/"
    screen.refresh_from_db()
    assert "n" not in screen.answers
    (given,) = kept.waiting_for(place.worker)
    assert ("notes", NOTE) in given.fields
    assert AUTHOR not in dict(given.fields)
    assert "Monday" not in str(list(AuditEvent.objects.values()))


def test_a_form_of_the_first_is_not_kept_for_the_second_whose_session_ended(place, typed):
    browser, _, address, form, _ = typed
    browser.sign_out()
    browser.sign_in(place.colleague)
    browser.client.cookies.pop("sessionid")
    answer = browser.client.post(address, form, headers=OURS)
    assert answer["Location"].startswith(reverse("account_login"))
    assert [each.user_id for each in KeptForm.objects.all()] == [place.worker.pk]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Accept": "application/json"},
        {"Accept": "application/json", "Origin": "https://testserver"},
    ],
)
def test_what_does_not_come_from_a_page_of_ours_is_offered_for_nothing(place, typed, headers):
    browser, screen, address, form, _ = typed
    browser.sign_out()
    browser.sign_in(place.worker)
    answer = browser.client.post(address, form, headers=headers)
    assert answer.status_code == 403
    assert "<form" not in answer.content.decode() and "Send it now" not in answer.content.decode()
    assert not answer.headers["Content-Type"].startswith("application/json")
    assert not KeptForm.objects.exists()
    screen.refresh_from_db()
    assert "n" not in screen.answers


def test_a_forged_author_is_nobody(place, typed):
    browser, _, address, form, _ = typed
    browser.sign_out()
    forged = form | {AUTHOR: f"{place.colleague.pk}:{form[AUTHOR].split(':')[1]}"}
    browser.client.post(address, forged, headers=OURS)
    assert not KeptForm.objects.exists()

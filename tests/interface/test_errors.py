"""Error pages: calm, the same for every cause, and standing when everything else has fallen."""

import re

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from cse.access.routes import THIRD_PARTY
from cse.interface import errors
from cse.interface.methods import KNOWN, declared_methods
from tests.walk import routes

PAGES = [
    (errors.bad_request, 400, "Nothing was saved"),
    (errors.permission_denied, 403, "Your post does not include this"),
    (errors.page_not_found, 404, "There is nothing here that you can open"),
    (errors.method_not_allowed, 405, "Nothing was changed"),
    (errors.conflict, 409, "it was changed by another person"),
    (errors.too_large, 413, "Shorten the longest text"),
    (errors.server_error, 500, "everything saved before is safe"),
    (errors.unavailable, 503, "What was saved before is safe"),
    (errors.csrf_failure, 403, "This form was open too long"),
]
HANDLERS = [page[0] for page in PAGES]


def request(path="/", **kwargs):
    # No session, no user, no database: the middleware that makes them may be what failed.
    return RequestFactory().get(path, **kwargs)


@pytest.mark.parametrize(("handler", "status", "words"), PAGES)
def test_each_page_says_what_happened_and_what_to_do(handler, status, words):
    response = handler(request())
    html = response.content.decode()
    assert response.status_code == status
    assert words in html
    assert response["Cache-Control"] == "no-store"
    assert "<h1" in html
    assert "back button" in html or "home page" in html
    assert "csrf" not in html.lower()
    assert not re.search(r"Traceback|Exception", html)


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_page_is_the_same_bytes_for_every_cause_and_everybody(handler):
    first = handler(request("/children/1/"))
    second = handler(request("/children/0f0/?next=//evil", headers={"cookie": "sessionid=x"}))
    assert first.content == second.content


def test_not_found_never_repeats_the_address():
    html = errors.page_not_found(request("/children/Isla-Fenwick/<script>/")).content.decode()
    assert "Isla" not in html
    assert "<script>" not in html


def test_a_stale_form_gives_back_long_texts_and_no_secret():
    typed = {
        "when": "3",
        "known": "not_answered",
        "note": "A long narrative that took an hour </textarea><script>",
        "password": "a very long password indeed",
        "mfa_code": "12345678901234567890123",
        "csrfmiddlewaretoken": "t" * 64,
        "name": "Tam",
    }
    html = errors.csrf_failure(RequestFactory().post("/x", typed)).content.decode()
    assert "A long narrative that took an hour" in html
    assert "<script>" not in html
    assert "very long password" not in html
    assert "12345678901" not in html
    assert "tttt" not in html
    assert html.count("<textarea") == 2
    assert ">Tam</textarea>" in html
    assert "not_answered" not in html


@pytest.mark.parametrize("handler", HANDLERS)
def test_no_refusal_loses_what_was_typed(handler):
    typed = {"note": "She came in wet.\nShe said nothing."}
    html = handler(RequestFactory().post("/x", typed)).content.decode()
    assert "She came in wet.&#10;She said nothing.</textarea>" in html


def test_a_form_that_cannot_be_read_still_gets_the_page(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    posted = RequestFactory().post("/x", {"a": "x" * 30, "b": "y" * 30})
    assert errors.csrf_failure(posted).status_code == 403


def test_the_last_resort_needs_no_template(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(errors, "render", broken)
    for handler, status in ((errors.server_error, 500), (errors.unavailable, 503)):
        response = handler(request())
        assert response.status_code == status
        assert b"What was saved before is safe" in response.content


def test_refused_methods_are_named():
    assert errors.method_not_allowed(request(), ["GET", "HEAD"])["Allow"] == "GET, HEAD"
    assert errors.unavailable(request())["Retry-After"] == "60"


@pytest.mark.django_db
def test_too_much_says_how_much_a_form_takes(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024**2
    sent = {"note": "x" * (3 * 1024**2 + 1)}
    answer = Client().post(reverse("account_login"), sent)
    html = answer.content.decode()
    assert answer.status_code == 413
    assert "may be 3 megabytes" in html
    assert "up to 20,000 characters" in html


@pytest.mark.django_db
def test_too_many_fields_are_too_much(settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    sent = {f"field-{n}": "x" for n in range(5)}
    assert Client().post(reverse("account_login"), sent).status_code == 413


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/account/login/", "/no/such/page/"])
def test_a_method_that_no_page_sends_is_405_wherever_it_goes(method, path):
    """Without a query: whose session it is, and whether there is such a page, is not looked at."""
    answer = Client(enforce_csrf_checks=True).generic(method, path)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, POST"
    assert "cannot be used that way" in answer.content.decode()


def test_a_page_without_a_form_names_what_it_answers():
    answer = Client(enforce_csrf_checks=True).post(reverse("interface:guidance"))
    assert answer.status_code == 405
    assert answer["Allow"] == "GET"
    assert "cannot be used that way" in answer.content.decode()


def test_a_form_without_its_token_is_still_refused():
    browser = Client(enforce_csrf_checks=True)
    for name in ("interface:check-wording", "signin:extend", "account_login"):
        assert browser.post(reverse(name), {"text": "x"}).status_code == 403


def test_every_view_of_ours_says_which_methods_it_answers():
    ours = [view for name, view in routes() if name not in THIRD_PARTY]
    assert len(ours) > 50
    for view in ours:
        assert declared_methods(view), view
        assert set(declared_methods(view)) <= set(KNOWN)

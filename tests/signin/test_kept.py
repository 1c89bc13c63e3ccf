"""What was typed when a session ended comes back to the same person and to nobody else."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cse.signin import kept
from cse.signin.models import KeptForm
from tests.factories import make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
TYPED = "Robin came in wet and said nothing for a while.\nThen she asked for a towel."
FORM = "/people/leads/"


@pytest.fixture
def clock():
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def late(client, clock):
    """Somebody whose form arrives after their session has ended."""
    user = make_user()
    sign_in(client, user)
    client.get("/account/")
    clock.shift(dt.timedelta(minutes=20))
    answer = client.post(
        FORM, {"note": TYPED, "version": "3"}, headers={"Referer": f"http://testserver{FORM}?q=a"}
    )
    return user, answer


def test_a_form_that_comes_too_late_is_not_carried_out_and_not_lost(client, late):
    user, answer = late
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert "why=idle" in answer["Location"]
    row = KeptForm.objects.get()
    assert row.user_id == user.pk
    assert TYPED not in row.fields
    assert "towel" not in row.fields


def test_it_is_given_back_on_the_first_page_after_signing_in(client, late):
    user, _ = late
    answer = sign_in(client, user, next="/people/leads/?q=a")
    answer = client.get(answer["Location"])
    assert answer["Location"] == reverse("signin:kept") + "?next=%2Fpeople%2Fleads%2F%3Fq%3Da"
    page = client.get(answer["Location"]).content.decode()
    assert "We kept what you typed" in page
    assert "asked for a towel" in page
    row = KeptForm.objects.get()
    assert f'action="{FORM}?kept={row.pk}"' in page
    assert 'name="version" value="3"' in page
    # Once: the next page is the one that was wanted.
    assert client.get("/people/leads/?q=a").status_code == 200


def test_nobody_else_sees_it_not_even_in_the_same_browser(client, late):
    other = make_user()
    sign_in(client, other)
    assert client.get("/people/leads/").status_code == 200
    assert client.get(reverse("signin:kept"))["Location"] == "/"
    row = KeptForm.objects.get()
    assert client.post(reverse("signin:drop-kept", args=[row.pk])).status_code == 404
    assert KeptForm.objects.filter(pk=row.pk).exists()


def test_a_form_from_the_second_window_is_kept_too(client, late):
    client.post(FORM, {"note": "Second window, twenty more words."})
    assert KeptForm.objects.count() == 2


def test_a_page_that_saved_itself_and_was_then_sent_is_kept_once(client, late):
    user, _ = late
    KeptForm.objects.all().delete()
    script = {"Accept": "application/json", "X-Requested-With": "autosave"}
    client.post(FORM, {"note": "Robin came in", "when": "", "version": "3"}, headers=script)
    client.post(FORM, {"note": TYPED, "when": "", "version": "3", "act": "save"})
    (given,) = kept.waiting_for(user)
    assert given.can_send_again
    assert ("note", TYPED) in given.fields


def test_what_stands_only_in_the_first_of_two_forms_is_not_lost(client, late):
    client.post(FORM, {"note": "Something else.", "version": "3"})
    notes = {dict(each.fields)["note"] for each in kept.waiting_for(late[0])}
    assert notes == {"Something else.", TYPED}


def test_what_promises_to_forget_keeps_nothing(client, late):
    KeptForm.objects.all().delete()
    check = reverse("interface:check-wording")
    for headers in ({}, {"Accept": "application/json", "X-Requested-With": "language"}):
        assert client.post(check, {"text": TYPED}, headers=headers).status_code in (302, 401)
    assert not KeptForm.objects.exists()


def test_what_promises_to_forget_is_not_handed_in_either(client, clock):
    sign_in(client, make_user())
    check = reverse("interface:check-wording")
    answer = client.post(reverse("signin:keep"), {"kept_path": check, "text": TYPED})
    assert answer.json() == {"kept": False}
    assert not KeptForm.objects.exists()


def test_a_form_of_a_stranger_is_not_kept(late):
    stranger = Client()
    stranger.cookies["cse_former"] = f"{late[0].pk}:1tAbCd:forged"
    answer = stranger.post(FORM, {"note": TYPED})
    assert answer["Location"].startswith(reverse("account_login"))
    assert KeptForm.objects.count() == 1


def test_after_signing_out_by_hand_nothing_is_kept(client, clock):
    sign_in(client, make_user())
    client.get("/account/")
    client.post(reverse("account_logout"))
    client.post(FORM, {"note": TYPED})
    assert not KeptForm.objects.exists()


def test_a_form_without_its_token_is_refused_and_not_kept(clock):
    browser, user = Client(enforce_csrf_checks=True), make_user()
    browser.force_login(user)
    browser.get("/account/")
    clock.shift(dt.timedelta(minutes=20))
    assert browser.post(reverse("children:search"), {"name": TYPED}).status_code == 403
    assert not KeptForm.objects.exists()


def test_passwords_and_tokens_are_never_kept(late, client):
    KeptForm.objects.all().delete()
    client.post(FORM, {"password": "correct horse", "csrfmiddlewaretoken": "x" * 64, "note": TYPED})
    (given,) = kept.waiting_for(late[0])
    assert given.fields == (("note", TYPED),)


def test_sending_it_again_with_success_ends_the_keeping(client, late):
    user, _ = late
    row = KeptForm.objects.get()
    sign_in(client, user)
    answer = client.post(f"{reverse('signin:extend')}?kept={row.pk}", {"next": "/"})
    assert answer.status_code == 302
    assert not KeptForm.objects.exists()


def test_not_needing_it_deletes_it(client, late):
    user, _ = late
    sign_in(client, user)
    client.post(reverse("signin:drop-kept", args=[KeptForm.objects.get().pk]))
    assert not KeptForm.objects.exists()


def test_it_is_gone_after_a_day(late, clock):
    clock.shift(dt.timedelta(hours=24, minutes=1))
    assert kept.waiting_for(late[0]) == []
    kept.forget_expired()
    assert not KeptForm.objects.exists()


def test_the_table_cannot_be_filled_by_somebody_who_is_not_signed_in(late):
    for n in range(kept.MOST + 5):
        kept.keep(user_id=late[0].pk, path="/", page="/", fields={"note": [f"text {n}"]})
    assert KeptForm.objects.count() == kept.MOST


def test_the_page_hands_in_what_was_typed_just_before_the_end(client, clock):
    user = make_user()
    sign_in(client, user)
    clock.shift(dt.timedelta(minutes=14, seconds=50))
    answer = client.post(
        reverse("signin:keep"),
        {"kept_path": FORM, "kept_page": "/people/leads/?q=b", "note": TYPED},
    )
    assert answer.json() == {"kept": True}
    (given,) = kept.waiting_for(user)
    assert (given.path, given.page) == (FORM, "/people/leads/?q=b")
    assert given.fields == (("note", TYPED),)
    # Handing in is not activity: the session ends when it should.
    clock.shift(dt.timedelta(seconds=20))
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize(
    "path", ["https://elsewhere.example.net/", "//x", "/account/", "/nowhere/", ""]
)
def test_only_a_form_of_our_own_pages_is_taken(client, clock, path):
    sign_in(client, make_user())
    answer = client.post(reverse("signin:keep"), {"kept_path": path, "note": TYPED})
    assert answer.status_code == 404


def test_the_hourly_task_forgets_what_has_had_its_time(late, clock):
    from django.contrib.sessions.models import Session

    from cse.signin.tasks import forget_expired_sign_in

    sign_in(Client(), make_user())
    assert Session.objects.exists()
    clock.shift(dt.timedelta(hours=25))
    assert forget_expired_sign_in()["kept"] == 1
    assert not KeptForm.objects.exists()
    assert not Session.objects.exists()


def test_text_encrypted_with_another_key_is_left_out_and_no_error(late, settings):
    settings.SECRET_KEY = "another key altogether"
    assert kept.waiting_for(late[0]) == []

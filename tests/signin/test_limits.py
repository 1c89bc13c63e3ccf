"""15 minutes idle, 8 hours at most, a warning that can be answered, and why one was signed out."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from cse.audit.models import AuditEvent
from tests.factories import make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
PAGE = "/account/"


@pytest.fixture
def clock():
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def person(client, clock):
    user = make_user()
    assert sign_in(client, user).status_code == 302
    return user


def test_fifteen_minutes_are_allowed_and_no_more(client, person, clock):
    clock.shift(dt.timedelta(minutes=15))
    assert client.get(PAGE).status_code == 200
    clock.shift(dt.timedelta(minutes=15, seconds=6))
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert "why=idle" in answer["Location"]
    assert "next=%2Faccount%2F" in answer["Location"]
    page = client.get(answer["Location"]).content.decode()
    assert "15 minutes without activity" in page
    assert "What you had saved is kept" in page


def test_the_end_of_an_idle_session_is_written_down(client, person, clock):
    clock.shift(dt.timedelta(minutes=16))
    client.get(PAGE)
    event = AuditEvent.objects.get(act="signed out")
    assert (event.rule, event.object_id) == ("idle", str(person.pk))


def test_eight_hours_are_the_most_however_busy(client, person, clock):
    for _ in range(8 * 6 - 1):
        clock.shift(dt.timedelta(minutes=10))
        assert client.get(PAGE).status_code == 200
    clock.shift(dt.timedelta(minutes=10))
    answer = client.get(PAGE)
    assert "why=limit" in answer["Location"]
    assert "8 hours" in client.get(answer["Location"]).content.decode()


def test_after_signing_in_again_one_is_on_the_same_page(client, person, clock):
    clock.shift(dt.timedelta(minutes=16))
    where = client.get(PAGE)["Location"]
    assert f'name="next" value="{PAGE}"' in client.get(where).content.decode()
    assert sign_in(client, person, next=PAGE)["Location"] == PAGE


def test_staying_signed_in_starts_the_quarter_of_an_hour_again(client, person, clock):
    clock.shift(dt.timedelta(minutes=14))
    answer = client.post(reverse("signin:extend"), headers={"Accept": "application/json"})
    assert answer.json() == {"seconds_left": settings.IDLE_SECONDS}
    clock.shift(dt.timedelta(minutes=14))
    assert client.get(PAGE).status_code == 200


def test_staying_signed_in_does_not_pass_the_eight_hours(client, person, clock):
    for _ in range(33):
        clock.shift(dt.timedelta(minutes=14))
        client.get(PAGE)
    clock.shift(dt.timedelta(minutes=13))
    answer = client.post(reverse("signin:extend"), headers={"Accept": "application/json"})
    assert answer.json() == {"seconds_left": (8 * 60 - 33 * 14 - 13) * 60}


def test_without_a_script_staying_leads_back_to_the_page(client, person):
    answer = client.post(reverse("signin:extend"), {"next": "/people/leads/"})
    assert answer["Location"] == "/people/leads/"
    elsewhere = client.post(reverse("signin:extend"), {"next": "https://elsewhere.example.net/"})
    assert elsewhere["Location"] == "/"


def test_asking_how_far_a_job_is_keeps_nobody_signed_in_but_an_autosave_does(client, person, clock):
    clock.shift(dt.timedelta(minutes=10))
    client.get(PAGE, headers={"X-Requested-With": "poll"})
    clock.shift(dt.timedelta(minutes=6))
    assert client.get(PAGE).status_code == 302

    sign_in(client, person)
    clock.shift(dt.timedelta(minutes=10))
    client.get(PAGE, headers={"X-Requested-With": "autosave"})
    clock.shift(dt.timedelta(minutes=6))
    assert client.get(PAGE).status_code == 200


def test_a_script_is_told_in_its_own_language_that_the_session_is_over(client, person, clock):
    clock.shift(dt.timedelta(minutes=16))
    answer = client.post(reverse("signin:extend"), headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["signed_out"] is True
    assert answer.json()["why"] == "idle"


def test_the_page_that_time_takes_one_to_ends_the_session_and_leads_back(client, person, clock):
    clock.shift(dt.timedelta(minutes=15))
    page = client.get(
        reverse("signin:ended"), headers={"Referer": "http://testserver/people/leads/"}
    ).content.decode()
    assert "You were signed out" in page
    assert "?next=/people/leads/" in page
    assert "_auth_user_id" not in client.session


def test_a_quiet_window_does_not_end_the_work_in_another(client, person, clock):
    clock.shift(dt.timedelta(minutes=10))
    client.get(PAGE)  # the other window
    clock.shift(dt.timedelta(minutes=5))
    page = client.get(reverse("signin:ended")).content.decode()
    assert "You are still signed in" in page
    assert client.session["_auth_user_id"] == str(person.pk)


def test_every_page_says_how_long_the_session_lasts(client, person):
    page = client.get(PAGE).content.decode()
    assert 'data-idle-seconds="900"' in page
    assert 'data-idle-warning="120"' in page
    assert f'data-idle-extend="{reverse("signin:extend")}"' in page
    assert 'data-session-ends="2026-11-23T17:00:00' in page


def test_a_session_is_no_more_once_the_account_is_closed(client, person):
    person.is_active = False
    person.save()
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/", "private, no-store"),
        ("/account/", "private, no-store"),
        ("/access/emergency/", "private, no-cache"),
    ],
)
def test_a_browser_keeps_no_page_but_one_with_text_to_type(client, person, address, kept):
    assert client.get(address)["Cache-Control"] == kept


def test_whoever_signs_out_leaves_nothing_in_the_browser(client, person, clock):
    assert "Clear-Site-Data" not in client.get(PAGE).headers
    assert client.post(reverse("account_logout"))["Clear-Site-Data"] == '"cache"'
    sign_in(client, person)
    clock.shift(dt.timedelta(minutes=16))
    assert client.get(PAGE)["Clear-Site-Data"] == '"cache"'

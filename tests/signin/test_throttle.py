"""Guessing is slowed down, in the same way for accounts that exist and for those that do not."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.signin.cache import SteadyCache
from tests.factories import make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db
NINE = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


def guess(client, login, times=1, **headers):
    answer = None
    for _ in range(times):
        answer = client.post(
            reverse("account_login"), {"login": login, "password": "wrong"}, **headers
        )
    return answer


def test_the_fifth_wrong_try_locks_the_account_at_that_address(client):
    user = make_user()
    assert guess(client, user.email, 4).status_code == 200
    answer = guess(client, user.email)
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.content.decode()
    # Even the right password does not open it now.
    assert sign_in(client, user).status_code == 429
    assert "_auth_user_id" not in client.session


def test_an_address_without_an_account_is_locked_just_so(client):
    existing = guess(client, make_user().email, 5).content.decode()
    unknown = guess(client, "nobody@agency.example.org", 5).content.decode()
    assert existing == unknown


def test_it_opens_again_after_a_quarter_of_an_hour(client):
    user = make_user()
    with time_machine.travel(NINE, tick=False) as clock:
        guess(client, user.email, 5)
        clock.shift(dt.timedelta(minutes=14))
        assert sign_in(client, user).status_code == 429
        clock.shift(dt.timedelta(minutes=2))
        assert sign_in(client, user).status_code == 302


def test_the_real_person_elsewhere_still_gets_in(client):
    user = make_user()
    guess(client, user.email, 5)
    # However long somebody goes on at an address that is refused already.
    assert guess(client, user.email, 20).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert sign_in(elsewhere, user).status_code == 302


def test_guesses_spread_over_addresses_are_stopped_too():
    user = make_user()
    for n in range(10):
        guess(Client(REMOTE_ADDR=f"192.0.2.{n + 1}"), user.email)
    page = sign_in(Client(REMOTE_ADDR="192.0.2.200"), user)
    assert page.status_code == 200
    assert "There were too many tries" in page.content.decode()


def test_axes_never_holds_what_was_typed(client):
    user = make_user()
    guess(client, user.email, 3)
    for attempt in AccessAttempt.objects.all():
        kept = f"{attempt.username}{attempt.get_data}{attempt.post_data}{attempt.path_info}"
        assert user.email not in kept
        assert "wrong" not in kept


def test_the_lock_is_written_down_once_a_try(client):
    user = make_user()
    guess(client, user.email, 5)
    (event,) = AuditEvent.objects.filter(act="locked out")
    assert (event.decision, event.object_id) == ("refused", str(user.pk))
    assert AuditEvent.objects.filter(act="sign in", decision="refused").count() == 5


def test_signing_in_forgets_earlier_slips(client):
    user = make_user()
    guess(client, user.email, 4)
    assert sign_in(client, user).status_code == 302
    client.post(reverse("account_logout"))
    assert guess(client, user.email, 4).status_code == 200


def test_the_outermost_trusted_proxy_says_who_it_is_and_nobody_else(client, settings):
    user = make_user()
    forged = {"HTTP_X_FORWARDED_FOR": "198.51.100.9"}
    guess(client, user.email, 1, **forged)
    assert AuditEvent.objects.get(act="sign in").address == "127.0.0.1"
    settings.TRUSTED_PROXY_COUNT = 1
    guess(client, user.email, 1, HTTP_X_FORWARDED_FOR="203.0.113.5, 198.51.100.9")
    assert AuditEvent.objects.filter(act="sign in").latest("id").address == "198.51.100.9"


def test_sign_in_goes_on_while_redis_is_away(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "cse.signin.cache.SteadyCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    assert isinstance(cache._connections["default"], SteadyCache)
    user = make_user()
    assert guess(client, user.email).status_code == 200
    assert sign_in(client, user).status_code == 302
    assert cache.get("never-set") is None
    assert cache.add("there", 1)
    assert not cache.add("there", 2)

"""Authenticator app, security keys and recovery codes; and that nothing opens without one."""

from __future__ import annotations

import json
import re
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.people.changes import agree_to_change
from cse.people.models import AccountChange, Role
from tests.factories import PASSWORD, make_user
from tests.signin.helpers import code_now, give_app, sign_in

pytestmark = pytest.mark.django_db


def set_up_app(client):
    """Through the page, as a person does; the page that follows, and the app's key."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'class="cse-secret">([A-Z2-7 ]+)<', page).group(1).replace(" ", "")
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    return answer, secret


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(
    client, django_capture_on_commit_callbacks
):
    user = make_user()
    sign_in(client, user)
    with django_capture_on_commit_callbacks(execute=True):
        answer, secret = set_up_app(client)
    assert answer["Location"] == reverse("mfa_view_recovery_codes")
    assert AuditEvent.objects.filter(act="second factor added", actor_id=user.pk).exists()
    assert mail.outbox[0].subject == "Second factor added"
    assert user.email not in mail.outbox[0].body
    client.post(reverse("account_logout"))
    cache.clear()  # a code is taken once; the clock has not moved since the set-up

    assert sign_in(client, user)["Location"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert client.get("/account/").status_code == 302
    page = client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert "This code is not right" in page
    event = AuditEvent.objects.get(act="second factor")
    assert (event.decision, event.object_id) == ("refused", str(user.pk))
    assert client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})["Location"] == "/"
    assert client.get("/account/").status_code == 200
    assert AuditEvent.objects.filter(act="signed in").last().data == {"with": ["password", "totp"]}


def test_a_code_is_taken_once(client):
    user = make_user()
    secret = give_app(user)
    sign_in(client, user)
    code = code_now(secret)
    client.post(reverse("mfa_authenticate"), {"code": code})
    client.post(reverse("account_logout"))
    sign_in(client, user)
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200


def test_the_key_of_an_app_is_unreadable_in_the_database():
    user = make_user()
    secret = give_app(user)
    row = Authenticator.objects.get(user=user)
    assert secret not in json.dumps(row.data)
    assert row.wrap().validate_code(code_now(secret))


def test_recovery_codes_are_shown_once_can_be_downloaded_and_let_in_once(client):
    user = make_user()
    sign_in(client, user)
    answer, _ = set_up_app(client)
    page = client.get(answer["Location"]).content.decode()
    codes = re.findall(r"<code>([\w-]+)</code>", page)
    assert len(codes) == 10
    download = re.search(r'download="recovery-codes.txt" href="data:([^"]+)"', page).group(1)
    assert unquote(download).split(",", 1)[1].split() == codes
    again = client.get(answer["Location"]).content.decode()
    assert codes[0] not in again
    assert "10 codes left" in again

    client.post(reverse("account_logout"))
    sign_in(client, user)
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]})["Location"] == "/"
    client.post(reverse("account_logout"))
    sign_in(client, user)
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": codes[1]})["Location"] == "/"


def test_new_recovery_codes_replace_the_old(client, django_capture_on_commit_callbacks):
    user = make_user()
    sign_in(client, user)
    answer, _ = set_up_app(client)
    old = re.findall(r"<code>([\w-]+)</code>", client.get(answer["Location"]).content.decode())
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not set(old) & set(re.findall(r"<code>([\w-]+)</code>", page))
    assert AuditEvent.objects.filter(act="recovery codes made", actor_id=user.pk).exists()


def test_removing_the_app_is_written_down(client):
    user = make_user()
    sign_in(client, user)
    set_up_app(client)
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    assert AuditEvent.objects.filter(act="second factor removed", actor_id=user.pk).exists()


# -- Where the installation asks for one --------------------------------------------------------


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.ADMINISTRATOR])
def test_without_one_every_page_leads_to_setting_it_up(client, required, role):
    sign_in(client, make_user(role))
    for page in ("/account/", "/people/leads/", "/people/", "/people/add/"):
        assert client.get(page)["Location"] == reverse("mfa_index"), page
    page = client.get(reverse("mfa_index")).content.decode()
    assert "Set up a second factor now" in page
    answer, _ = set_up_app(client)
    assert answer.status_code == 302
    assert client.get("/people/leads/").status_code == 200


def test_a_script_without_one_is_refused_in_its_own_language(client, required):
    sign_in(client, make_user())
    answer = client.get("/people/leads/", headers={"X-Requested-With": "poll"})
    assert (answer.status_code, answer.json()) == (403, {"second_factor": reverse("mfa_index")})


def test_the_last_one_cannot_be_removed(client, required):
    user = make_user()
    sign_in(client, user)
    set_up_app(client)
    page = client.get(reverse("mfa_deactivate_totp")).content.decode()
    assert "It is your only second factor" in page
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=user, type="totp").exists()


def test_recovery_codes_alone_are_no_second_factor(client, required):
    user = make_user()
    sign_in(client, user)
    set_up_app(client)
    Authenticator.objects.filter(user=user, type="totp").delete()
    assert client.get("/people/leads/")["Location"] == reverse("mfa_index")


# -- Security keys ------------------------------------------------------------------------------


def test_the_page_for_a_key_holds_the_question_and_no_inline_script(client):
    sign_in(client, make_user())
    page = client.get(reverse("mfa_add_webauthn")).content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    options = re.search(r'data-options="([^"]+)"', page).group(1).replace("&#34;", '"')
    asked = json.loads(options)["creation_options"]["publicKey"]
    assert asked["rp"]["id"] == "testserver"
    assert len(asked["challenge"]) >= 22


@pytest.mark.parametrize("credential", ["", "{}", "not json", '{"id": "x"}', "[]"])
def test_a_wrong_answer_of_a_key_adds_nothing(client, credential):
    user = make_user()
    sign_in(client, user)
    client.get(reverse("mfa_add_webauthn"))
    answer = client.post(reverse("mfa_add_webauthn"), {"name": "blue", "credential": credential})
    assert answer.status_code == 200
    assert not Authenticator.objects.filter(user=user).exists()


@pytest.mark.parametrize("credential", ["", "{}", "not json", '{"id": "x"}', "[]", "null"])
def test_a_wrong_answer_of_a_key_lets_nobody_in(client, credential):
    user = make_user()
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    sign_in(client, user)
    client.get(reverse("mfa_authenticate"))
    answer = client.post(reverse("mfa_authenticate"), {"credential": credential})
    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


# -- Lost phone ---------------------------------------------------------------------------------


def test_two_people_take_a_lost_second_factor_away(client):
    boss, person = make_user(Role.ADMINISTRATOR), make_user()
    give_app(person)
    sign_in(client, boss)
    client.post(
        reverse("people:remove-factor", args=[person.pk]), {"reason": "phone lost, spoke by call"}
    )
    assert Authenticator.objects.filter(user=person).exists()
    second = make_user(Role.ADMINISTRATOR)
    agree_to_change(by=second, change=AccountChange.objects.get(person=person))
    assert not Authenticator.objects.filter(user=person).exists()
    event = AuditEvent.objects.get(act="second factor removed")
    assert (event.actor_id, event.object_id) == (second.pk, str(person.pk))
    assert event.data["asked_by"] == str(boss.pk)


# -- Confirming who one is ----------------------------------------------------------------------


def test_a_code_confirms_who_one_is_as_well_as_the_password(client):
    boss, person = make_user(Role.ADMINISTRATOR), make_user()
    secret = give_app(boss)
    client.force_login(boss)
    page = reverse("people:close", args=[person.pk])
    where = client.get(page)["Location"]
    assert where.startswith(reverse("account_reauthenticate"))
    assert reverse("mfa_reauthenticate") in client.get(where).content.decode()
    answer = client.post(reverse("mfa_reauthenticate"), {"code": code_now(secret), "next": page})
    assert answer["Location"] == page
    assert client.get(page).status_code == 200


def test_confirming_lasts_five_minutes(client):
    import datetime as dt

    import time_machine

    boss, person = make_user(Role.ADMINISTRATOR), make_user()
    with time_machine.travel(dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC), tick=False) as clock:
        sign_in(client, boss)
        page = reverse("people:close", args=[person.pk])
        clock.shift(dt.timedelta(minutes=4, seconds=59))
        assert client.get(page).status_code == 200
        clock.shift(dt.timedelta(seconds=2))
        where = client.get(page)["Location"]
        wrong = client.post(where, {"password": "wrong", "next": page})
        assert "This is not your password" in wrong.content.decode()
        assert client.post(where, {"password": PASSWORD, "next": page})["Location"] == page
        assert client.get(page).status_code == 200

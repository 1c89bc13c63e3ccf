"""A person's own security keys: given another name, taken away, and never anybody else's."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from cse.audit.models import AuditEvent
from tests.factories import make_user
from tests.signin.helpers import give_app, sign_in

pytestmark = pytest.mark.django_db


def give_key(user, name="blue key"):
    return Authenticator.objects.create(
        user=user, type="webauthn", data={"name": name, "credential": {}}
    )


def at(name, key):
    return reverse(f"mfa_{name}_webauthn", kwargs={"pk": key.pk})


@pytest.fixture
def person():
    return make_user()


@pytest.fixture
def key(person, client):
    """Added after sign-in: the test has no key to answer with."""
    sign_in(client, person)
    return give_key(person)


def name_of(key):
    key.refresh_from_db()
    return key.wrap().name


def test_a_key_gets_another_name(client, key):
    page = client.get(at("edit", key)).content.decode()
    assert 'value="blue key"' in page
    sent = client.post(at("edit", key), {"name": "key on my ring"})
    assert sent["Location"] == reverse("mfa_list_webauthn")
    assert name_of(key) == "key on my ring"
    assert "key on my ring" in client.get(sent["Location"]).content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter a name"),
        ("   ", "Enter a name"),
        ("x" * 101, "100 characters"),
        ("a\x00b", "Null characters are not allowed"),
    ],
)
def test_a_name_that_is_none_is_refused_and_the_old_one_stays(client, key, typed, words):
    answer = client.post(at("edit", key), {"name": typed})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert words in page
    assert "<title>Error:" in page
    assert name_of(key) == "blue key"


def test_a_name_is_printed_as_text(client, key):
    client.post(at("edit", key), {"name": "<img src=x>"})
    for page in (reverse("mfa_list_webauthn"), at("edit", key), at("remove", key)):
        assert "<img src=x>" not in client.get(page).content.decode()


def test_a_key_is_taken_away_after_asking_and_it_is_written_down(
    client, person, key, django_capture_on_commit_callbacks
):
    page = client.get(at("remove", key)).content.decode()
    assert "“blue key” will not be accepted any more" in page
    assert Authenticator.objects.filter(pk=key.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(at("remove", key))
    assert sent["Location"] == reverse("mfa_list_webauthn")
    assert not Authenticator.objects.filter(pk=key.pk).exists()
    event = AuditEvent.objects.get(act="second factor removed")
    assert (event.actor_id, event.data) == (person.pk, {"kind": "webauthn"})
    (message,) = mail.outbox
    assert person.email not in message.body and "blue key" not in message.body


def test_the_only_second_factor_stays_where_one_is_asked_for(client, person, key, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert "is your only second factor" in client.get(at("remove", key)).content.decode()
    answer = client.post(at("remove", key))
    assert answer.status_code == 200
    assert "is your only second factor" in answer.content.decode()
    assert Authenticator.objects.filter(pk=key.pk).exists()
    give_app(person)
    assert client.post(at("remove", key)).status_code == 302
    assert not Authenticator.objects.filter(pk=key.pk).exists()


@pytest.mark.parametrize("name", ["edit", "remove"])
def test_a_key_of_somebody_else_is_not_there(client, key, name):
    theirs = give_key(make_user(), "theirs")
    for ask in (client.get, client.post):
        hidden, nowhere = ask(at(name, theirs)), ask(at(name, Authenticator(pk=987654)))
        assert hidden.status_code == nowhere.status_code == 404
    assert name_of(theirs) == "theirs"


@pytest.mark.parametrize("name", ["edit", "remove"])
def test_changing_a_key_asks_again_who_it_is(client, person, name):
    key = give_key(person)
    client.force_login(person)
    where = client.get(at(name, key))["Location"]
    assert where.startswith(reverse("account_reauthenticate"))
    client.post(at(name, key), {"name": "taken over"})
    assert name_of(key) == "blue key"


@pytest.mark.parametrize("name", ["edit", "remove"])
def test_a_stranger_is_asked_to_sign_in(client, person, name):
    key = give_key(person)
    assert client.get(at(name, key))["Location"].startswith(reverse("account_login"))

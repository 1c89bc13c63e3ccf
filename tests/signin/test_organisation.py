"""The organisation's own sign-in by OpenID Connect: finds an account, makes none."""

from __future__ import annotations

import pytest
from django.urls import NoReverseMatch, reverse

from cse.audit.models import AuditEvent
from cse.people.models import User
from tests.factories import PASSWORD, make_user
from tests.signin.fake_issuer import CLIENT, ISSUER, FakeIssuer, state_of
from tests.signin.helpers import code_now, give_app

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(settings):
    settings.ROOT_URLCONF = "tests.signin.oidc_urls"
    settings.OIDC_NAME = "Example Trust"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "organisation", "name": "Example Trust", "client_id": CLIENT,
                    "secret": "s", "settings": {"server_url": ISSUER},
                }
            ],
        }
    }  # fmt: skip


def go(client, monkeypatch, issuer, next_page=""):
    """From the sign-in page to the issuer and back; what the service answers then."""
    monkeypatch.setattr(
        "allauth.socialaccount.adapter.DefaultSocialAccountAdapter.get_requests_session",
        lambda self: issuer,
    )
    query = f"?next={next_page}" if next_page else ""
    out = client.post(reverse("openid_connect_login", args=["organisation"]) + query)
    assert out["Location"].startswith(f"{ISSUER}/authorize?"), out.content.decode()
    back = reverse("openid_connect_callback", args=["organisation"])
    return client.get(back, {"code": "c", "state": state_of(out["Location"])})


def test_without_settings_it_is_not_offered_and_has_no_route(client):
    assert "Or sign in with" not in client.get(reverse("account_login")).content.decode()
    with pytest.raises(NoReverseMatch):
        reverse("openid_connect_login", args=["organisation"])


def test_a_verified_address_finds_the_account(client, offered, monkeypatch):
    user = make_user()
    assert "Or sign in with Example Trust" in client.get(reverse("account_login")).content.decode()
    issuer = FakeIssuer(email=user.email.upper())
    answer = go(client, monkeypatch, issuer, "/people/leads/")
    assert answer["Location"] == "/people/leads/"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert len(issuer.code_verifiers[0]) >= 43  # PKCE
    event = AuditEvent.objects.get(act="signed in")
    assert event.data == {"with": ["socialaccount"]}
    # The password stays what it was.
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_an_address_that_is_not_verified_finds_nobody(client, offered, monkeypatch):
    user = make_user()
    answer = go(client, monkeypatch, FakeIssuer(email=user.email, verified=False))
    assert "There is no account for you yet" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_an_unknown_address_makes_no_account_and_is_written_down(client, offered, monkeypatch):
    before = User.objects.count()
    answer = go(client, monkeypatch, FakeIssuer(email="new@elsewhere.example.net"))
    assert "There is no account for you yet" in answer.content.decode()
    assert User.objects.count() == before
    event = AuditEvent.objects.get(act="sign in")
    assert (event.decision, event.rule) == ("refused", "no account for this address")
    assert event.protected_text == "new@elsewhere.example.net"


def test_a_closed_account_stays_closed(client, offered, monkeypatch):
    user = make_user()
    user.is_active = False
    user.save()
    answer = go(client, monkeypatch, FakeIssuer(email=user.email))
    assert answer["Location"] == reverse("account_inactive")


def test_the_second_factor_is_asked_for_here_too(client, offered, monkeypatch):
    user = make_user()
    secret = give_app(user)
    answer = go(client, monkeypatch, FakeIssuer(email=user.email))
    assert answer["Location"] == reverse("mfa_authenticate")
    assert client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})["Location"] == "/"


def test_an_answer_for_another_service_is_refused(client, offered, monkeypatch):
    user = make_user()
    answer = go(client, monkeypatch, FakeIssuer(email=user.email, audience="another-service"))
    assert "did not work" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert AuditEvent.objects.get(act="sign in").decision == "refused"


def test_an_answer_nobody_asked_for_is_refused(client, offered, monkeypatch):
    monkeypatch.setattr(
        "allauth.socialaccount.adapter.DefaultSocialAccountAdapter.get_requests_session",
        lambda self: FakeIssuer(email=make_user().email),
    )
    back = reverse("openid_connect_callback", args=["organisation"])
    answer = client.get(back, {"code": "c", "state": "made-up"})
    assert "did not work" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_another_identity_is_not_tied_to_an_account(client, offered, monkeypatch):
    user = make_user()
    client.force_login(user)
    issuer = FakeIssuer(email="second@elsewhere.example.net")
    monkeypatch.setattr(
        "allauth.socialaccount.adapter.DefaultSocialAccountAdapter.get_requests_session",
        lambda self: issuer,
    )
    out = client.post(reverse("openid_connect_login", args=["organisation"]) + "?process=connect")
    back = reverse("openid_connect_callback", args=["organisation"])
    answer = client.get(back, {"code": "c", "state": state_of(out["Location"])})
    assert answer["Location"] == reverse("signin:account")
    assert not user.socialaccount_set.exists()
    assert AuditEvent.objects.filter(act="connect another identity", decision="refused").exists()

"""Signing in and out: by e-mail address and password, in the product's own pages."""

from __future__ import annotations

import re

import pytest
from django.urls import NoReverseMatch, reverse

from cse.audit.models import AuditEvent
from cse.people.models import User
from tests.factories import PASSWORD, make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db
NEW = "eleven green umbrellas"


def events_of(user):
    return list(
        AuditEvent.objects.filter(object_id=str(user.pk)).order_by("id").values_list("act", "rule")
    )


@pytest.mark.requirement("D-SHR-02")
def test_somebody_with_an_account_signs_in_and_out_and_both_are_written_down(client):
    user = make_user()
    assert "Sign in" in client.get(reverse("account_login")).content.decode()
    assert sign_in(client, user)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)
    answer = client.post(reverse("account_logout"))
    assert answer["Location"] == reverse("signin:signed-out")
    assert "You have signed out" in client.get(answer["Location"]).content.decode()
    assert "_auth_user_id" not in client.session
    assert events_of(user) == [("signed in", ""), ("signed out", "")]
    event = AuditEvent.objects.get(act="signed in")
    assert (event.actor_id, event.actor_kind, event.address) == (user.pk, "person", "127.0.0.1")
    assert event.data == {"with": ["password"]}


@pytest.mark.requirement("D-SHR-02")
def test_the_history_row_of_signing_in_names_the_person_as_actor(client):
    user = make_user()
    before = user.history.count()
    sign_in(client, user)
    assert user.history.count() == before + 1
    row = user.history.latest()
    assert (row.history_user_id, row.actor_kind) == (user.pk, "person")
    assert not hasattr(row, "last_login")
    assert not hasattr(row, "password")


def test_the_address_is_matched_whatever_its_case(client):
    user = make_user()
    assert sign_in(client, user, login=user.email.upper()).status_code == 302


def test_a_wrong_password_and_an_unknown_address_look_the_same(client):
    user = make_user()
    wrong = sign_in(client, user, "not the password").content.decode()
    unknown = client.post(
        reverse("account_login"), {"login": "nobody@agency.example.org", "password": "x"}
    ).content.decode()

    def plain(page, address):
        return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.replace(address, "…"))

    assert plain(wrong, user.email) == plain(unknown, "nobody@agency.example.org")
    assert "they do not belong together" in wrong
    assert "<title>Error:" in wrong


def test_a_failed_try_keeps_the_typed_address_in_the_protected_text_only(client):
    user = make_user()
    sign_in(client, user, "not the password")
    event = AuditEvent.objects.get(act="sign in")
    assert event.decision == "refused"
    assert event.protected_text == user.email
    rest = [event.rule, event.reason, event.object_id, str(event.data), event.act]
    assert not any(user.email in text for text in rest)
    assert event.object_id == str(user.pk)


def test_empty_boxes_say_what_to_do(client):
    page = client.post(reverse("account_login"), {"login": "", "password": ""}).content.decode()
    assert "Enter your e-mail address" in page
    assert "Enter your password" in page


@pytest.mark.parametrize(
    "typed", ["\0", "a" * 3000, "x@y\0z.example.org", "‮evil@example.org", "🙂"]
)
def test_nonsense_is_refused_and_never_an_error_of_ours(client, typed):
    answer = client.post(reverse("account_login"), {"login": typed, "password": typed})
    assert answer.status_code == 200


def test_paste_is_allowed_and_password_managers_are_told_what_is_what(client):
    page = client.get(reverse("account_login")).content.decode()
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example.net/", "//elsewhere.example.net", "javascript:1"]
)
def test_signing_in_never_leads_elsewhere(client, target):
    assert sign_in(client, make_user(), next=target)["Location"] == "/"


def test_nobody_signs_up(client):
    for name in (
        "account_signup",
        "account_email",
        "socialaccount_signup",
        "socialaccount_connections",
    ):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    assert client.get("/account/signup/").status_code == 404
    assert client.get("/account/email/").status_code == 404


def test_a_closed_account_is_told_so_after_the_right_password_only(client):
    user = make_user()
    user.is_active = False
    user.save()
    assert sign_in(client, user)["Location"] == reverse("account_inactive")
    assert "This account is closed" in client.get(reverse("account_inactive")).content.decode()
    assert "do not belong together" in sign_in(client, user, "wrong").content.decode()


def test_without_a_post_of_today_nothing_is_open_and_the_page_says_what_to_do(client):
    sign_in(client, make_user(None))
    answer = client.get("/account/")
    assert answer.status_code == 403
    assert "no post today" in answer.content.decode()
    event = AuditEvent.objects.get(act="use the service")
    assert (event.decision, event.rule) == ("refused", "no current post")


# -- A new password -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("short", "at least 12 characters"),
        ("password1234", "too common"),
        ("", "Enter a new password"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(client, typed, words):
    user = make_user()
    sign_in(client, user)
    page = client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": typed, "password2": typed},
    ).content.decode()
    assert words in page
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_long_words_without_any_composition_rule_are_enough(client):
    user = make_user()
    sign_in(client, user)
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert ("password changed", "") in events_of(user)
    # The other windows of the same person are signed out by it; this one goes on.
    assert client.get("/account/").status_code == 200


def test_ones_own_account_shows_who_signed_in_lately(client):
    user = make_user()
    sign_in(client, user, "wrong")
    sign_in(client, user)
    page = client.get("/account/").content.decode().replace("<wbr>", "")
    assert "Signed in" in page
    assert "Refused: address and password do not belong together" in page
    assert User.objects.get(pk=user.pk).email in page

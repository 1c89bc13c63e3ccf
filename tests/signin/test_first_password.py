"""The first password: from the link in an invitation, and after the organisation's sign-in."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cse.audit.models import AuditEvent
from cse.people.actions import invite
from cse.people.invitations import set_password_link
from cse.people.models import Role
from tests.factories import make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db
NEW = "a lamp and 3 spoons"
GONE = "This link does not work any more"


@pytest.fixture
def newcomer():
    """Somebody whom an administrator has just added: no password yet."""
    user = make_user()
    user.set_unusable_password()
    user.save()
    return user


def open_link(link, client=None):
    """Follow a link from an e-mail; the page it leads to."""
    return (client or Client()).get("/" + link.split("/", 3)[3], follow=True)


def send(page, password=NEW, again=None):
    typed = {"password1": password, "password2": password if again is None else again}
    return page.client.post(page.request["PATH_INFO"], typed)


def words(answer):
    return answer.content.decode()


@pytest.mark.requirement("DEC-51")
def test_the_link_of_an_invitation_sets_the_first_password(
    newcomer, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invite(by=make_user(Role.ADMINISTRATOR), person=newcomer)
    (message,) = mail.outbox
    link = next(line for line in message.body.splitlines() if line.startswith("http"))
    page = open_link(link)
    assert "Choose a new password" in words(page)
    # The token is not in the address of the form's page: it goes with no link and no referrer.
    assert link.rstrip("/").rsplit("-", 1)[1] not in page.request["PATH_INFO"]
    assert send(page)["Location"] == reverse("account_reset_password_from_key_done")
    assert "Your password is set" in words(
        page.client.get(reverse("account_reset_password_from_key_done"))
    )
    assert "_auth_user_id" not in page.client.session  # signing in asks for the second factor too
    assert sign_in(Client(), newcomer, NEW)["Location"] == "/"
    event = AuditEvent.objects.get(act="password changed")
    assert (event.object_id, event.changed_fields) == (str(newcomer.pk), ["password"])


def test_a_used_link_works_no_more(newcomer):
    link = set_password_link(newcomer)
    send(open_link(link))
    page = open_link(link)
    assert GONE in words(page)
    assert reverse("account_reset_password") in words(page)
    send(page, "another 3 tall lamps")
    assert sign_in(Client(), newcomer, NEW).status_code == 302


@pytest.mark.parametrize(("hours", "works"), [(71, True), (73, False)])
def test_a_link_works_for_three_days(newcomer, hours, works):
    link = set_password_link(newcomer)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=hours)):
        page = open_link(link)
        assert (GONE not in words(page)) is works
        send(page)
    newcomer.refresh_from_db()
    assert newcomer.check_password(NEW) is works


def test_a_page_that_was_open_when_the_link_ran_out_sets_nothing(newcomer):
    page = open_link(set_password_link(newcomer))
    with time_machine.travel(timezone.now() + dt.timedelta(hours=73)):
        assert GONE in words(send(page))
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()


@pytest.mark.parametrize("wrong", ["other", "cut", "nobody", "nonsense"])
def test_a_link_that_was_changed_sets_nothing(newcomer, wrong):
    link = set_password_link(newcomer)
    spoilt = {
        "other": link.replace(newcomer.pk.hex, make_user().pk.hex),
        "cut": link[:-6] + "/",
        "nobody": link.replace(newcomer.pk.hex, "0" * 32),
        "nonsense": link.replace(newcomer.pk.hex, "zz"),
    }[wrong]
    assert spoilt != link
    assert GONE in words(open_link(spoilt))
    newcomer.refresh_from_db()
    assert not newcomer.has_usable_password()


@pytest.mark.parametrize(
    ("password", "again", "says"),
    [
        ("", "", "Enter a new password"),
        ("shrt9", "shrt9", "at least 12 characters"),
        ("password1234", "password1234", "too common"),
        (NEW, "a lamp and 4 spoons", "same password each time"),
    ],
)
def test_a_weak_or_mistyped_one_is_refused_and_the_link_still_works(
    newcomer, password, again, says
):
    page = open_link(set_password_link(newcomer))
    answer = send(page, password, again)
    assert answer.status_code == 200
    assert says in words(answer)
    assert password not in words(answer) or not password
    assert send(page).status_code == 302


def test_a_closed_account_is_not_opened_by_an_old_link(newcomer):
    link = set_password_link(newcomer)
    newcomer.is_active = False
    newcomer.save()
    send(open_link(link))
    assert sign_in(Client(), newcomer, NEW)["Location"] != "/"


# -- Somebody who comes through their organisation ----------------------------------------------

FIRST = reverse("account_set_password")


def test_somebody_signed_in_without_a_password_sets_a_first_one(client, newcomer):
    client.force_login(newcomer)
    page = client.get(FIRST, follow=True)
    assert "Choose a password" in words(page)
    refused = client.post(FIRST, {"password1": "short", "password2": "short"})
    assert "at least 12 characters" in words(refused)
    assert client.post(FIRST, {"password1": NEW, "password2": NEW}).status_code == 302
    assert sign_in(Client(), newcomer, NEW)["Location"] == "/"
    assert AuditEvent.objects.filter(act="password changed", actor_id=newcomer.pk).exists()


def test_whoever_has_one_changes_it_by_saying_it(client):
    sign_in(client, make_user())
    assert client.get(FIRST)["Location"] == reverse("account_change_password")
    client.post(FIRST, {"password1": NEW, "password2": NEW})
    assert not AuditEvent.objects.filter(act="password changed").exists()


def test_a_stranger_sets_no_password(client):
    assert client.get(FIRST)["Location"].startswith(reverse("account_login"))

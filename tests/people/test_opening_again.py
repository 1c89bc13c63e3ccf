"""Opening a closed account again: by an administrator, with a reason, once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cse.access.policies import NotAllowed, NotVisible
from cse.access.principals import principals_of
from cse.audit.models import AuditEvent
from cse.people import actions
from cse.people.models import Role
from tests.factories import make_agency, make_authority, make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def office(client, boss):
    """A client in which an administrator has just signed in."""
    sign_in(client, boss)
    return client


@pytest.fixture
def closed(boss):
    person = make_user()
    actions.close_account(by=boss, person=person, reason="left the agency")
    person.refresh_from_db()
    return person


def at(person):
    return reverse("people:open", args=[person.pk])


def opened(person):
    person.refresh_from_db()
    return person.is_active


def test_the_page_of_a_closed_account_leads_to_opening_it_and_says_what_follows(office, closed):
    page = office.get(reverse("people:user", args=[closed.pk])).content.decode()
    assert "This account is closed" in page and at(closed) in page
    page = office.get(at(closed)).content.decode()
    assert "Posts that have not ended hold again at once" in page
    assert not opened(closed)


def test_an_opened_account_signs_in_and_its_posts_hold_as_they_were(office, boss, closed):
    kept = closed.posts.get()
    actions.give_post(
        by=boss, person=closed, team=kept.team, role=Role.BOARD, starts_on=timezone.localdate()
    )
    kept.ends_on = timezone.localdate() - dt.timedelta(days=1)
    kept.save()
    sent = office.post(at(closed), {"reason": "came back"})
    assert sent["Location"] == reverse("people:user", args=[closed.pk])
    assert opened(closed)
    assert sign_in(Client(), closed)["Location"] == "/"
    assert principals_of(closed).roles == {Role.BOARD}
    event = AuditEvent.objects.get(act="account opened")
    assert (event.actor_id, event.object_id) == (boss.pk, str(closed.pk))
    assert (event.reason, event.changed_fields) == ("came back", ["is_active"])


def test_sessions_from_before_do_not_come_back(office, boss):
    person, browser = make_user(), Client()
    sign_in(browser, person)
    actions.close_account(by=boss, person=person, reason="left")
    actions.open_account(by=boss, person=person, reason="came back")
    assert "_auth_user_id" not in browser.session
    assert browser.get("/account/").status_code == 302


def test_opening_needs_a_reason_and_keeps_what_was_typed(office, closed):
    page = office.post(at(closed), {"reason": "  "}).content.decode()
    assert "Say why, in one sentence" in page
    page = office.post(at(closed), {"reason": "x" * 3000}).content.decode()
    assert "There is a problem" in page and "x" * 3000 in page
    assert not opened(closed)


@pytest.mark.parametrize("act", ["open", "close"])
def test_a_double_click_is_one_act(office, act):
    person = make_user()
    person.is_active = act == "close"
    person.save()
    for _ in range(2):
        sent = office.post(reverse(f"people:{act}", args=[person.pk]), {"reason": "once"})
        assert sent.status_code == 302
    acts = {"open": "account opened", "close": "account closed"}
    assert AuditEvent.objects.filter(act=acts[act]).count() == 1
    assert opened(person) is (act == "open")


def test_nobody_opens_their_own_account_nor_one_of_another_authority(boss, closed):
    boss_of_other = make_user(
        Role.ADMINISTRATOR, agency=make_agency(authority=make_authority("wiltshire"))
    )
    with pytest.raises(NotVisible):
        actions.open_account(by=boss_of_other, person=closed, reason="x")
    with pytest.raises(NotAllowed):
        actions.open_account(by=boss, person=boss, reason="x")
    assert not opened(closed)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_opens_it(client, closed, role):
    sign_in(client, make_user(role))
    assert client.post(at(closed), {"reason": "x"}).status_code == 403
    assert not opened(closed)


def test_opening_asks_again_who_it_is(client, boss, closed):
    client.force_login(boss)
    where = client.post(at(closed), {"reason": "came back"})["Location"]
    assert where.startswith(reverse("account_reauthenticate"))
    assert not opened(closed)


def test_nothing_is_opened_when_the_event_cannot_be_written(boss, closed, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no log")

    monkeypatch.setattr("cse.people.actions.events.record", broken)
    with pytest.raises(RuntimeError):
        actions.open_account(by=boss, person=closed, reason="came back")
    assert not opened(closed)

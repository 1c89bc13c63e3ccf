"""A forgotten password: a link by e-mail that nobody learns anything from (DEC-51)."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from kombu.exceptions import OperationalError

from cse.audit.models import AuditEvent
from cse.signin import tasks
from tests.factories import make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db
NEW = "eleven green umbrellas"
UNKNOWN = "nobody@agency.example.org"


@pytest.fixture
def handed_on(monkeypatch):
    """What the worker was handed."""
    found: list = []
    monkeypatch.setattr(tasks.send_link, "apply_async", lambda args, **_: found.append(tuple(args)))
    return found


@pytest.fixture
def ask(client, handed_on, django_capture_on_commit_callbacks):
    """Ask for a link to an address."""

    def post(address):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(reverse("account_reset_password"), {"email": address})

    return post


@pytest.fixture
def work(handed_on, django_capture_on_commit_callbacks):
    """The worker takes what it was handed."""

    def take():
        with django_capture_on_commit_callbacks(execute=True):
            tasks.send_link(*handed_on.pop())

    return take


def link_in(message) -> str:
    return re.search(r"https?://[^/]+(/\S+)", message.body).group(1)


@pytest.mark.requirement("DEC-51")
def test_a_forgotten_password_is_replaced_by_a_link_that_says_nothing(
    ask, work, django_capture_on_commit_callbacks
):
    user = make_user(given_name="Verity", family_name="Plain")
    assert ask(user.email)["Location"] == reverse("account_reset_password_done")
    work()
    (message,) = mail.outbox
    for personal in (user.email, "Verity", "Plain", "Worker"):
        assert personal not in message.subject + message.body
    client = Client()
    page = client.get(link_in(message), follow=True)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert sign_in(Client(), user, NEW).status_code == 302
    acts = AuditEvent.objects.filter(object_id=str(user.pk)).values_list("act", flat=True)
    assert {"ask for a new password", "password changed"} <= set(acts)
    assert mail.outbox[-1].subject == "Your password was set"
    assert "does not work any more" in Client().get(link_in(message)).content.decode()


def test_no_answer_tells_whether_an_address_has_an_account(ask, handed_on):
    """The same page, the same headers, the same queries and one message to the worker."""
    left = make_user()
    left.is_active = False
    left.save()
    seen = []
    for address in (make_user().email, UNKNOWN, left.email):
        with CaptureQueriesContext(connection) as captured:
            answer = ask(address)
        statements = [re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in captured]
        headers = {name for name, _ in answer.items()}
        seen.append((answer.status_code, answer["Location"], answer.content, headers, statements))
        (handed,) = handed_on.pop()
        assert uuid.UUID(handed)
    assert seen[0] == seen[1] == seen[2]


def test_nothing_is_sent_while_somebody_waits_for_the_answer(ask, work, handed_on):
    user = make_user()
    ask(user.email)
    assert handed_on == [(str(user.pk),)]
    assert mail.outbox == []
    work()
    assert [message.to for message in mail.outbox] == [[user.email]]


@pytest.mark.parametrize("known", [True, False], ids=["closed", "unknown"])
def test_where_no_account_is_open_the_worker_sends_nothing_and_writes_it_down(ask, work, known):
    user = make_user()
    user.is_active = False
    user.save()
    ask(user.email if known else UNKNOWN)
    work()
    assert mail.outbox == []
    event = AuditEvent.objects.get(act="ask for a new password")
    assert (event.decision, event.rule) == ("refused", "no account for this address")


def test_a_mail_server_that_is_away_breaks_no_page_and_no_worker(ask, work, monkeypatch):
    def away(self, *args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", away)
    assert ask(make_user().email).status_code == 302
    work()


@pytest.mark.parametrize("known", [True, False])
def test_a_broker_that_is_away_breaks_no_page(ask, monkeypatch, known):
    def away(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr(tasks.send_link, "apply_async", away)
    answer = ask(make_user().email if known else UNKNOWN)
    assert answer["Location"] == reverse("account_reset_password_done")

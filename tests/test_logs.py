"""Logs, e-mails and task payloads carry operational data only, whatever is planted."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog
from celery.app.task import Task
from django.core import mail
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.children.models import Child
from cse.interface.middleware import LONGEST_METHOD
from cse.logs import ALLOWED_KEYS, OperationalOnly
from cse.people.models import Role, TeamKind
from screening.actions import load_shipped_tools
from screening.models import Screen
from tests.factories import PASSWORD, grant, make_agency, make_child, make_team, make_user
from tests.screening.pages import fill

pytestmark = pytest.mark.django_db

#: Words that occur nowhere but where a test puts them; typed in mixed case, searched in lower.
CHILD = ("Quintessa", "Zzyzxwood", "Wobblegate", "Flummerton", "1999888")
STAFF = ("Ottoline", "Vexworth")
REASON = "Wobblegate lane, Flummerton: the lodger rang Quintessa on 1999888"


@pytest.fixture(autouse=True)
def _without_second_factor(settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def logged():
    """Everything that the process's log handlers write from here on."""
    stream = io.StringIO()
    handlers = [
        handler
        for handler in logging.getLogger().handlers
        if any(isinstance(each, OperationalOnly) for each in handler.filters)
    ]
    assert handlers
    former = [(handler, handler.setStream(stream)) for handler in handlers]
    yield stream
    for handler, before in former:
        handler.setStream(before)


@pytest.fixture
def payloads(monkeypatch):
    """What is handed to the broker."""
    sent: list[Any] = []

    def keep(self, args=None, kwargs=None, **options):
        sent.append([self.name, args, kwargs, {k: str(v) for k, v in options.items()}])

    monkeypatch.setattr(Task, "apply_async", keep)
    return sent


@pytest.fixture
def worker():
    agency = make_agency()
    make_user(Role.NAMED_LEAD, team=make_team(agency, kind=TeamKind.LEADS))
    return make_user(
        agency=agency,
        given_name=STAFF[0],
        family_name=STAFF[1],
        email="ottoline.vexworth@agency.example.org",
    )


def lines(stream) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def assert_none_of(words, text):
    held = text.lower()
    assert [word for word in words if word.lower() in held] == []


def assert_operational(stream, at_least=1):
    """Every line is one JSON object of known keys, and none of the planted words is in any."""
    found = lines(stream)
    assert len(found) >= at_least
    assert {key for line in found for key in line} <= ALLOWED_KEYS
    assert_none_of(CHILD + STAFF, stream.getvalue())
    return found


def browser(user) -> Client:
    client = Client(raise_request_exception=False)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def add_a_child(client) -> Child:
    said = {
        "name": "Quintessa Zzyzxwood",
        "date_of_birth-day": "23",
        "date_of_birth-month": "7",
        "date_of_birth-year": "2012",
    }
    answer = client.post(reverse("children:search"), said)
    assert answer.status_code == 302, answer.content.decode()
    assert client.get(answer["Location"]).status_code == 200
    token = answer["Location"].rstrip("/").split("/")[-1]
    facts = {
        "given_name": "Quintessa",
        "family_name": "Zzyzxwood",
        "birth_date_known": "exact",
        "address": "1 Wobblegate Lane, Flummerton",
        **said,
    }
    answer = client.post(reverse("children:add", args=[token]), facts)
    assert answer.status_code == 302, answer.content.decode()
    return Child.objects.get(given_name="Quintessa")


def test_a_day_of_work_leaves_no_name_in_the_log(logged, payloads, worker):
    tools = load_shipped_tools()
    assert tools
    client = browser(worker)
    child = add_a_child(client)
    client.get(reverse("children:child", args=[child.pk]))
    answer = client.post(reverse("screening:start", args=[child.pk]), {"tool": "oxfordshire"})
    screen = Screen.objects.filter(child=child).first()
    assert screen is not None, answer.content.decode()
    saved = fill(client, screen, "section", "conclusion", professional_judgement=REASON)
    assert saved.status_code == 302
    screen.refresh_from_db()
    assert "Wobblegate" in str(vars(screen))
    client.post(reverse("access:declare", args=[child.pk]), {"reason": REASON})
    client.get(f"/children/{CHILD[0]} {CHILD[1]}/?name={CHILD[0]}")
    client.get(reverse("children:search") + f"?name={CHILD[0]}")
    client.post(reverse("account_logout"))
    found = assert_operational(logged, at_least=20)
    assert any(line.get("request") == "GET children/<uuid:child_id>/" for line in found)
    assert_none_of(CHILD + STAFF, json.dumps(payloads))
    assert_none_of(CHILD, "".join(str(message.message()) for message in mail.outbox))
    # The words are where they belong, so the test has looked for something real.
    assert AuditEvent.objects.filter(protected_text__icontains="quintessa").exists()


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("PUT", "PUT"),
        ("PROPFIND", "PROPFIND"),
        ("brew", "BREW"),
        ("X" * 4000, "X" * LONGEST_METHOD),
        ('GET"}\n1999888', "GET"),
        ("Ф", ""),
    ],
)
def test_a_refused_method_leaves_one_line_without_its_address(logged, method, said):
    where = f"/children/{CHILD[0]} {CHILD[1]}/?name={CHILD[0]}"
    assert Client().generic(method, where).status_code == 405
    (line,) = lines(logged)
    assert (line["event"], line["level"]) == ("method_refused", "warning")
    assert (line["method"], line["status"]) == (said, 405)
    assert_operational(logged)


def test_a_failed_sign_in_leaves_no_address_in_the_log(logged, worker):
    client = Client()
    for typed in ("quintessa.zzyzxwood@nowhere.example.org", worker.email):
        for _ in range(7):  # far enough to be locked out
            client.post(reverse("account_login"), {"login": typed, "password": "Wobblegate"})
    assert_operational(logged, at_least=14)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"{REASON}\n{REASON}"),
        IntegrityError(f"duplicate key\nDETAIL:  Key (given_name)=({CHILD[0]}) {REASON}"),
        KeyError(CHILD[0]),
        UnicodeDecodeError("utf-8", REASON.encode(), 0, 1, CHILD[1]),
    ],
)
def test_an_error_in_a_view_is_logged_by_kind_and_place_only(logged, monkeypatch, worker, error):
    child = make_child(CHILD[0], CHILD[1], by=worker)
    grant(worker, child)
    client = browser(worker)

    def fail(*args):
        raise error

    monkeypatch.setattr("cse.access.queries.why", fail)
    answer = client.get(reverse("access:why", args=[child.pk]) + f"?q={CHILD[0]}")
    assert answer.status_code == 500
    assert_none_of(CHILD, answer.content.decode())
    failed = [line for line in assert_operational(logged) if line["event"] == "request_failed"]
    assert failed[-1]["error_type"] == type(error).__name__
    assert failed[-1]["exception"].startswith("tests.test_logs:")


def test_what_a_library_or_a_careless_line_logs_is_kept_without_its_text(logged):
    library = logging.getLogger("some.library")
    library.warning("no such person: %s", CHILD[0])
    library.warning({"event": CHILD[0], "name": CHILD[1]})
    library.error("Task %s raised unexpected: %r", "a.task", ValueError(REASON))
    try:
        raise ValueError(REASON)
    except ValueError:
        library.exception(REASON, stack_info=True)
        structlog.get_logger("ours").exception("failed", name=CHILD[0], reason=REASON)
    structlog.get_logger("ours").warning(f"{CHILD[0]} has gone", given_name=CHILD[0])
    structlog.get_logger("ours").info("opened", child_id="0b5f", reason=REASON)
    found = assert_operational(logged, at_least=7)
    assert {line["logger"] for line in found} == {"some.library", "ours"}
    assert [line["error_type"] for line in found if "error_type" in line] == ["ValueError"] * 2
    assert found[-1] | {"timestamp": ""} == {
        "event": "opened",
        "child_id": "0b5f",
        "level": "info",
        "logger": "ours",
        "timestamp": "",
    }


def test_celerys_line_about_a_task_says_which_and_when_and_nothing_of_what_it_was_given(logged):
    from celery.app import trace

    for name in ("celery.worker.strategy", "celery.beat", "celery.apps.worker"):
        logging.getLogger(name).info("Task %s received", "a.task")
    given = {
        "id": "7c1",
        "name": "cse.audit.tasks.seal_events",
        "args": REASON,
        "return_value": REASON,
    }
    trace.info("Task %(name)s[%(id)s] succeeded: %(return_value)s", given)
    (line,) = assert_operational(logged)
    assert line["task"] == "cse.audit.tasks.seal_events"
    assert line["task_id"] == "7c1"
    assert line["timestamp"]


def test_no_logger_writes_past_the_filter():
    """Django's own handlers would mail a failed request to ADMINS; Celery's would print it."""
    known = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    with_handlers = {
        logger.name: logger.handlers
        for logger in known
        if any(not isinstance(each, logging.NullHandler) for each in logger.handlers)
    }
    assert with_handlers == {}


def test_celery_leaves_our_logging_alone():
    from celery.signals import setup_logging

    import cse.celery

    assert cse.celery.app.main == "cse"
    # Celery sets its own logging up only where nobody listens to this signal.
    assert setup_logging.has_listeners()


def test_e_mails_name_no_child_and_repeat_nothing_typed(
    logged, worker, django_capture_on_commit_callbacks
):
    admin = make_user(Role.ADMINISTRATOR, agency=make_agency())
    client = browser(admin)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("people:invite", args=[worker.pk]))
    Client().post(reverse("account_reset_password"), {"email": worker.email})
    child = make_child(CHILD[0], CHILD[1], by=worker)
    opener = make_user()
    browser(opener).post(
        reverse("access:break-glass"), {"reference": child.reference, "reason": REASON}
    )
    assert mail.outbox
    for message in mail.outbox:
        assert_none_of(CHILD, f"{message.subject} {message.body} {message.message()}")
    assert_operational(logged)


def test_exports_hand_the_broker_an_id_only(payloads):
    from cse.documents.tasks import render_export

    render_export.apply_async(["0b5f0a3e-0000-4000-8000-000000000000"])
    ((name, args, kwargs, _),) = payloads
    assert name == "cse.documents.tasks.render_export"
    assert (args, kwargs) == (["0b5f0a3e-0000-4000-8000-000000000000"], None)

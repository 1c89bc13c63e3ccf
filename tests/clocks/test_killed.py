"""Worker and beat are killed twenty times while 520 reminders are due: none missed, none twice."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
import time_machine
from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone

from cse import embedded
from cse.clocks import actions
from cse.clocks.models import Channel, Delivery, Reminder
from tests.clocks import kinds
from tests.clocks.conftest import Scene
from tests.clocks.mail_server import MailServer
from tests.factories import grant, make_user

KILLS, CLOCKS, PEOPLE = 20, 13, 10
LONGEST = 240
"""Seconds: a machine that does much else at once is slow, and what is waited for comes."""

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mail_server():
    server = MailServer(slow=0.02)
    yield server
    server.close()


def environment(mail_server) -> dict[str, str]:
    """What leads a process to this test's database, queue and mail server."""
    name = connections["default"].settings_dict["NAME"]
    url = os.environ.get("DATABASE_URL") or embedded.app_database_url()
    return {
        **os.environ,
        "DATABASE_URL": f"{url.rpartition('/')[0]}/{name}",
        "CLOCKS_TEST_QUEUE": f"clocks {name}",
        "SECOND_FACTOR_REQUIRED": "0",
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail_server.port),
    }


class Workers:
    """Workers, each with its beat, in sessions of their own so that all of one can be killed."""

    def __init__(self, folder, env) -> None:
        self.running, self.started = [], 0
        self.source = subprocess.Popen(
            [sys.executable, "-m", "tests.clocks.processes", str(folder)],
            cwd=settings.BASE_DIR,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def start(self) -> None:
        self.started += 1
        self.source.stdin.write(f"{self.started}\n")
        self.running.append(int(self.source.stdout.readline()))

    def kill(self) -> None:
        """The one that has run longest: worker, its pool and beat at once."""
        os.killpg(self.running.pop(0), signal.SIGKILL)

    def end(self) -> None:
        while self.running:
            self.kill()
        self.source.stdin.close()
        self.source.wait()
        self.source.stdout.close()


def due_reminders() -> Scene:
    """13 clocks of which 10 people are told: two reminders by two channels, 520, due days ago."""
    with transaction.atomic():
        scene = Scene()
        people = [make_user(team=scene.team, family_name="Plantedname") for _ in range(PEOPLE)]
        for person in people:
            grant(person, scene.child)
        scene.owe(told=people)
        with time_machine.travel(timezone.now() - dt.timedelta(days=14)):
            trigger = timezone.localtime().strftime("%Y-%m-%d %H:%M")
            for _ in range(CLOCKS):
                subject = make_user(role=None)
                scene.start(trigger, kind=kinds.ON_THE_DAY, subject=subject, by=None)
    return scene


def waiting() -> int:
    return Reminder.objects.filter(delivery=Delivery.WAITING).count()


@pytest.mark.requirement("DEC-51")
def test_killed_twenty_times_none_missed_and_none_twice(tmp_path, mail_server):
    scene = due_reminders()
    due = list(Reminder.objects.filter(delivery=Delivery.WAITING))
    assert len(due) == 2 * CLOCKS * PEOPLE * len(Channel) >= 500
    env, kills = environment(mail_server), 0
    step, deadline = len(due) // (KILLS + 2), time.monotonic() + LONGEST
    workers = Workers(tmp_path, env)
    try:
        workers.start()
        workers.start()
        seen = waiting()
        while (left := waiting()) and time.monotonic() < deadline:
            if kills < KILLS and left <= seen - step:
                workers.kill()
                workers.start()
                kills, seen = kills + 1, left
            time.sleep(0.02)
    finally:
        workers.end()
    assert (waiting(), kills) == (0, KILLS)
    _nothing_missed_nothing_twice(due, mail_server)
    _nothing_personal(scene, mail_server, env)


def _nothing_missed_nothing_twice(due, mail_server) -> None:
    sent = Reminder.objects.filter(pk__in=[row.pk for row in due])
    assert set(sent.values_list("delivery", flat=True)) == {Delivery.SENT}
    # In the service: one row a person and reminder, made and sent once each in its history.
    notices = [row.pk for row in due if row.channel == Channel.IN_APP]
    written = Reminder.history.filter(id__in=notices).values_list("id", flat=True)
    assert set(Counter(written).values()) == {2}
    # By e-mail: each at least once, and what came twice can be told by its Message-ID.
    expected = {str(row.pk): row.user.email for row in due if row.channel == Channel.MAIL}
    found = {
        message["Message-ID"].removeprefix("<reminder.").split("@")[0]: to
        for to, message in mail_server.messages
    }
    assert found == expected


def _nothing_personal(scene, mail_server, env) -> None:
    personal = (scene.child.given_name, scene.child.family_name, scene.child.reference)
    personal += ("Plantedname", str(scene.child.pk), "Decision on the referral")
    for _, raw in mail_server.received:
        assert not [each for each in personal if each in raw.decode()]
    import redis

    broker = redis.Redis.from_url(settings.REDIS_URL)
    payloads = b"".join(broker.lrange(env["CLOCKS_TEST_QUEUE"], 0, -1))
    assert not [each for each in personal if each.encode() in payloads]
    broker.delete(env["CLOCKS_TEST_QUEUE"])


@pytest.mark.requirement("DEC-51")
def test_a_real_mail_server_receives_the_message(mail_server, settings):
    with transaction.atomic():
        scene = Scene()
        with time_machine.travel(timezone.now() - dt.timedelta(days=14)):
            scene.start(timezone.localtime().strftime("%Y-%m-%d %H:%M"), by=None)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    actions.run_due()
    received = mail_server.messages
    assert {to for to, _ in received} == {scene.worker.email, scene.lead.email}
    for _, message in received:
        text = message.get_payload(decode=True).decode()
        assert message["Subject"] == "Something waits for you"
        assert settings.SITE_URL in text
        assert scene.child.given_name not in text and scene.child.family_name not in text


def test_no_mail_server_at_all_delays_and_loses_nothing(settings):
    with transaction.atomic():
        scene = Scene()
        with time_machine.travel(timezone.now() - dt.timedelta(days=14)):
            scene.start(timezone.localtime().strftime("%Y-%m-%d %H:%M"), by=None)
    gone = MailServer()
    gone.close()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", gone.port
    ran = actions.run_due()
    assert ran.put_off == 1 and ran.sent == 6
    mails = Reminder.objects.filter(channel=Channel.MAIL, due_at__lte=timezone.now())
    assert set(mails.values_list("delivery", flat=True)) == {Delivery.WAITING}
    assert scene.child.pk

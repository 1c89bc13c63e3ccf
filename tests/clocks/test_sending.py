"""Reminders: written with the clock, sent when due, once in the service, rights asked again."""

import dataclasses
import datetime as dt
import threading

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from cse.access.actions import end_exclusion, exclude
from cse.audit.models import AuditEvent
from cse.clocks import actions
from cse.clocks.kinds import register_kind
from cse.clocks.models import Channel, Clock, Delivery, Dropped, Reminder
from cse.clocks.queries import notices_of
from cse.clocks.tasks import run_due as task
from cse.people.models import Role
from tests.clocks import kinds
from tests.clocks.conftest import Scene, at
from tests.factories import grant, make_team, make_user

pytestmark = pytest.mark.django_db


def rows(**which):
    found = Reminder.objects.filter(**which).order_by("due_at")
    return list(found.values_list("offset", "channel", "delivery"))


def offsets(user, **which):
    found = Reminder.objects.filter(user=user, channel=Channel.IN_APP, **which)
    return set(found.values_list("offset", flat=True))


@pytest.mark.requirement("DEC-32")
def test_reminders_are_written_with_the_clock_for_each_person_and_channel(scene):
    scene.start("2026-12-23 10:00")  # due Wednesday the 30th
    moments = {row.offset: row.due_at for row in Reminder.objects.filter(user=scene.lead)}
    assert moments == {
        "-1d": at("2026-12-29 09:00"),
        "0d": at("2026-12-30 09:00"),
        "+1d": at("2026-12-31 09:00"),
    }
    assert Reminder.objects.count() == 2 * 2 * 3


def test_the_same_reminder_exists_once(scene):
    scene.start()
    row = Reminder.objects.first()
    row.pk = row.id = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_what_has_passed_is_not_reminded_of_afterwards(scene, wednesday):
    scene.start("2026-12-18 10:00")  # due on the 23rd, today, at 5pm: both mornings are over
    assert offsets(scene.worker) == {"+1d"}


def test_nothing_is_sent_before_its_time(scene):
    scene.start()
    assert actions.run_due() == actions.Ran()
    assert mail.outbox == []


@pytest.mark.requirement("DEC-32")
def test_one_day_before_on_the_day_and_each_working_day_it_is_late(scene, wednesday):
    scene.start()
    seen = []
    for day in range(23, 23 + 15):
        wednesday.move_to(at("2026-12-01 10:00") + dt.timedelta(days=day - 1))
        before = offsets(scene.lead, delivery=Delivery.SENT)
        actions.run_due()
        new = offsets(scene.lead, delivery=Delivery.SENT) - before
        if new:
            seen.append((day, *sorted(new)))
    assert seen == [
        (29, "-1d"),
        (30, "0d"),
        (31, "+1d"),
        (35, "+2d"),  # Monday 4 January: New Year's Day and a weekend lie between
        (36, "+3d"),
        (37, "+4d"),
    ]
    assert len(mail.outbox) == 6 * 2


@pytest.mark.requirement("DEC-32")
def test_what_was_explained_is_still_owed_and_still_reminded_of(scene, wednesday):
    clock = scene.start()
    wednesday.move_to(at("2026-12-31 08:00"))
    actions.say_why_late(clock=clock, code="agency", text="Waited", by=scene.worker)
    wednesday.move_to(at("2026-12-31 10:00"))
    actions.run_due()
    assert "+1d" in offsets(scene.worker, delivery=Delivery.SENT)


@pytest.mark.requirement("DEC-32")
def test_whoever_owes_it_no_more_is_not_reminded_of_it(scene, wednesday):
    """Asked before, and somebody else since: only who owes it then, and who is told, hear of it."""
    clock = scene.start()
    colleague = make_user(Role.PRACTITIONER, agency=scene.worker.posts.get().team.agency)
    grant(colleague, scene.child)
    kinds.PEOPLE["owners"] = [colleague]
    actions.people_changed(clock=clock, by=scene.worker)
    wednesday.move_to(at("2026-12-31 10:00"))
    actions.run_due()
    assert offsets(scene.worker, delivery=Delivery.SENT) == set()
    assert offsets(colleague, delivery=Delivery.SENT) >= {"0d", "+1d"}
    assert offsets(scene.lead, delivery=Delivery.SENT) >= {"0d", "+1d"}
    dropped = Reminder.objects.filter(user=scene.worker, delivery=Delivery.DROPPED)
    assert {each.dropped for each in dropped} == {Dropped.NOT_THEIRS}
    assert scene.worker.email not in {each.to[0] for each in mail.outbox}
    # Theirs again, they hear of what is to come.
    kinds.PEOPLE["owners"] = [scene.worker]
    actions.people_changed(clock=clock, by=colleague)
    wednesday.move_to(at("2027-01-04 10:00"))
    actions.run_due()
    assert offsets(scene.worker, delivery=Delivery.SENT) == {"+2d"}


def test_a_team_that_owes_it_no_more_is_not_told(scene, wednesday):
    team = make_team(scene.worker.posts.get().team.agency)
    kinds.PEOPLE["owners"] = [team.group]
    clock = scene.start()
    kinds.PEOPLE["owners"] = [scene.worker]
    actions.people_changed(clock=clock, by=scene.worker)
    wednesday.move_to(at("2026-12-30 10:00"))
    actions.run_due()
    left = Reminder.objects.filter(group=team.group, due_at__lte=at("2026-12-30 10:00"))
    assert {(each.delivery, each.dropped) for each in left} == {
        (Delivery.DROPPED, Dropped.NOT_THEIRS)
    }


@pytest.mark.parametrize("end", ["met", "cancelled", "moved"])
def test_what_is_no_longer_owed_is_not_sent_and_that_is_written_down(scene, wednesday, end):
    clock = scene.start()
    if end == "met":
        actions.meet_clock(clock=clock, by=scene.worker)
    elif end == "cancelled":
        actions.cancel_clock(clock=clock, reason="In error", by=scene.worker)
    else:
        actions.move_trigger(
            clock=clock, trigger_at=at("2026-12-22 10:00"), reason="Typo", by=scene.worker
        )
    wednesday.move_to(at("2026-12-29 10:00"))
    ran = actions.run_due()
    sent = Reminder.objects.filter(clock_version=1, delivery=Delivery.SENT)
    assert not sent.exists() and ran.dropped == 4
    assert AuditEvent.objects.filter(act="send a reminder", rule=Dropped.NOT_OWED).count() == 4
    # What is over starts no further day of reminders.
    assert offsets(scene.worker, clock_version=1) == {"-1d", "0d", "+1d"}


@pytest.mark.requirement("D-SHR-01")
@pytest.mark.parametrize("why", ["excluded", "account closed", "access ended"])
def test_rights_are_asked_again_when_it_is_sent(scene, wednesday, why):
    scene.start()
    if why == "excluded":
        exclude(child=scene.child, user=scene.worker, ground="other", reason="Own", by=scene.lead)
    elif why == "account closed":
        scene.worker.is_active = False
        scene.worker.save()
    wednesday.move_to(at("2026-12-29 10:00"))
    if why == "access ended":
        held = scene.worker.childusergrant_set.get(content_object=scene.child)
        held.expires_at = at("2026-12-29 09:00")
        held.save()
    actions.run_due()
    assert [each.to for each in mail.outbox] == [[scene.lead.email]]
    dropped = Reminder.objects.filter(user=scene.worker, offset="-1d")
    assert {row.dropped for row in dropped} == {Dropped.NO_ACCESS}
    refusals = AuditEvent.objects.filter(act="send a reminder", rule=Dropped.NO_ACCESS)
    assert refusals.count() == 2
    assert notices_of(scene.worker) == []


@pytest.mark.requirement("DEC-51")
def test_the_mail_says_that_something_waits_and_nothing_else(scene, wednesday, settings):
    settings.SITE_URL = "https://service.example.org"
    scene.start()
    wednesday.move_to(at("2026-12-29 10:00"))
    actions.run_due()
    message = mail.outbox[0].message()
    text = message.as_string()
    for personal in (
        scene.child.given_name,
        scene.child.family_name,
        scene.child.reference,
        str(scene.child.pk),
        scene.worker.given_name + " ",
        "Decision on the referral",
        "R4",
    ):
        assert personal not in text.replace(scene.worker.email, "").replace(scene.lead.email, "")
    assert "https://service.example.org\n" in text
    assert message["Auto-Submitted"] == "auto-generated"


def test_one_message_has_the_same_id_each_time_it_is_sent(scene, wednesday):
    scene.start()
    wednesday.move_to(at("2026-12-29 10:00"))
    actions.run_due()
    row = Reminder.objects.get(user=scene.worker, channel=Channel.MAIL, offset="-1d")
    with transaction.atomic():  # as if the machine had fallen after sending
        row.delivery, row.done_at = Delivery.WAITING, None
        row.save()
    actions.run_due()
    to_worker = [each.message() for each in mail.outbox if each.to == [scene.worker.email]]
    assert len(to_worker) == 2
    assert len({each["Message-ID"] for each in to_worker}) == 1
    assert len({each.message()["Message-ID"] for each in mail.outbox}) == 2


class Broken:
    """A mail server in a bad state: what it raises, and how often."""

    def __init__(self, error, times):
        self.error, self.left, self.sent = error, times, []

    def open(self):
        pass

    def close(self):
        pass

    def send_messages(self, messages):
        if self.left:
            self.left -= 1
            raise self.error
        self.sent += messages


def test_a_mail_server_that_is_away_puts_off_and_loses_nothing(scene, wednesday, monkeypatch):
    scene.start()
    wednesday.move_to(at("2026-12-29 10:00"))
    server = Broken(ConnectionRefusedError(), 1)
    monkeypatch.setattr("cse.clocks.actions.sending.get_connection", lambda: server)
    ran = actions.run_due()
    # One attempt, not one for each message: the run ends there. Notices do not wait for mail.
    assert (ran.sent, ran.put_off, server.sent) == (2, 1, [])
    wednesday.move_to(at("2026-12-29 10:02"))
    assert actions.run_due().sent == 2
    assert len(server.sent) == 2


def test_a_message_that_is_refused_holds_up_no_other(scene, wednesday, monkeypatch):
    from smtplib import SMTPRecipientsRefused

    scene.start()
    wednesday.move_to(at("2026-12-29 10:00"))
    server = Broken(SMTPRecipientsRefused({}), 1)
    monkeypatch.setattr("cse.clocks.actions.sending.get_connection", lambda: server)
    ran = actions.run_due()
    assert (ran.put_off, len(server.sent)) == (1, 1)
    put_off = Reminder.objects.get(attempts=1)
    assert put_off.try_at == at("2026-12-29 10:01") and put_off.due_at == at("2026-12-29 09:00")


def test_a_team_is_told_as_it_is_then_and_nobody_twice(scene, wednesday):
    team = make_team(scene.agency)
    grant(None, scene.child, team=team)
    both = make_user(Role.PRACTITIONER, team=team)
    scene.owe(team.group, told=[both])
    scene.start()
    late_comer = make_user(Role.PRACTITIONER, team=team)
    wednesday.move_to(at("2026-12-29 10:00"))
    ran = actions.run_due()
    assert (ran.sent, ran.passed_on) == (4, 2)
    assert sorted(each.to[0] for each in mail.outbox) == sorted([both.email, late_comer.email])
    assert actions.run_due() == actions.Ran()


def test_the_task_and_the_command_do_the_same(scene, wednesday, capsys):
    scene.start()
    wednesday.move_to(at("2026-12-29 10:00"))
    task()
    assert len(mail.outbox) == 2
    wednesday.move_to(at("2026-12-30 10:00"))
    call_command("run_due")
    assert "4 sent" in capsys.readouterr().out
    assert len(mail.outbox) == 4
    written_by = Reminder.history.model.objects.filter(delivery=Delivery.SENT)
    assert {row.actor_kind for row in written_by} == {"task"}


def test_a_kind_that_is_gone_is_dropped(scene, wednesday, monkeypatch):
    scene.start()
    wednesday.move_to(at("2026-12-29 10:00"))
    monkeypatch.setattr("cse.clocks.kinds._kinds", {})
    assert actions.run_due().dropped == 4
    assert set(Reminder.objects.exclude(dropped="").values_list("dropped", flat=True)) == {
        Dropped.KIND_GONE
    }


def test_one_that_cannot_be_dealt_with_holds_up_no_other(scene, wednesday, monkeypatch):
    """A room's own code is asked who owes it: its mistake stays with its own clock."""
    broken = scene.start("2026-12-22 10:00", kind=kinds.INTERVIEW)
    scene.start()
    honest = kinds.people

    def people(clock):
        if clock.pk == broken.pk:
            raise KeyError("the subject is gone")
        return honest(clock)

    for kind in (kinds.DECISION, kinds.INTERVIEW):
        register_kind(dataclasses.replace(kind, people=people))
    wednesday.move_to(at("2026-12-31 10:00"))
    ran = actions.run_due()
    assert offsets(scene.worker, delivery=Delivery.SENT) >= {"-1d", "0d", "+1d"}
    put_off = Reminder.objects.filter(attempts=1)
    assert ran.put_off == 2 * 1 and set(put_off.values_list("clock", flat=True)) == {broken.pk}
    assert actions.run_due() == actions.Ran()
    for kind in (kinds.DECISION, kinds.INTERVIEW):
        register_kind(kind)
    wednesday.move_to(at("2026-12-31 10:02"))
    assert actions.run_due().sent == 2


def test_what_fails_while_it_is_written_down_is_not_taken_for_sent(scene, wednesday, monkeypatch):
    scene.start()
    wednesday.move_to(at("2026-12-29 10:00"))
    save, failures = Reminder.save, []

    def fails_once(row, **more):
        if row.delivery == Delivery.SENT and not failures:
            failures.append(row.pk)
            raise RuntimeError
        save(row, **more)

    monkeypatch.setattr(Reminder, "save", fails_once)
    assert actions.run_due().put_off == 1
    row = Reminder.objects.get(pk=failures[0])
    assert (row.delivery, row.attempts, row.done_at) == (Delivery.WAITING, 1, None)


# -- At once ------------------------------------------------------------------------------------


def to(outbox):
    return sorted(each.to[0] for each in outbox)


def test_who_owes_it_has_an_email_when_it_starts_and_who_is_told_has_none(scene):
    scene.start(kind=kinds.AT_ONCE, by=None)
    actions.run_due()
    assert to(mail.outbox) == [scene.worker.email]
    assert rows(offset="begun") == [("begun", "mail", "sent")]
    assert scene.child.given_name not in mail.outbox[0].message().as_string()
    # Nothing but that: the service shows the work itself, and each day has its own reminder.
    assert notices_of(scene.worker) == [] and actions.run_due() == actions.Ran()


def test_whose_it_is_again_before_they_were_told_is_told(scene):
    clock = scene.start(kind=kinds.AT_ONCE, by=None)
    out = exclude(child=scene.child, user=scene.worker, ground="other", reason="Own", by=scene.lead)
    actions.run_due()
    mine = Reminder.objects.get(user=scene.worker, offset="begun")
    assert mine.delivery == Delivery.DROPPED
    end_exclusion(exclusion=out, by=scene.lead, reason="A slip")
    actions.people_changed(clock=clock, by=None)
    actions.run_due()
    mine.refresh_from_db()
    assert mine.delivery == Delivery.SENT
    assert scene.worker.email in {each.to[0] for each in mail.outbox}


def test_it_is_late_already_and_still_told_at_once(scene, wednesday):
    scene.start("2026-12-18 10:00", kind=kinds.AT_ONCE, by=None)
    wednesday.move_to(at("2026-12-23 18:00"))
    actions.run_due()
    assert to(mail.outbox) == [scene.worker.email]


def test_whose_it_becomes_has_an_email_and_whoever_takes_it_themselves_has_none(scene):
    clock = scene.start(kind=kinds.AT_ONCE, by=None)
    actions.run_due()
    scene.owe(scene.lead)
    actions.people_changed(clock=clock, by=scene.lead)
    assert actions.run_due() == actions.Ran()
    scene.owe(scene.worker)
    actions.people_changed(clock=clock, by=scene.lead)
    other = make_user(Role.PRACTITIONER)
    grant(other, scene.child)
    scene.owe(other)
    actions.people_changed(clock=clock, by=scene.lead)
    actions.run_due()
    assert to(mail.outbox) == sorted([scene.worker.email, other.email])


def test_a_corrected_date_takes_nothing_from_who_was_to_know_at_once(scene):
    clock = scene.start(kind=kinds.AT_ONCE, by=None)
    actions.move_trigger(
        clock=clock, trigger_at=at("2026-12-22 10:00"), reason="Typo", by=scene.worker
    )
    actions.run_due()
    assert to(mail.outbox) == [scene.worker.email]


@pytest.mark.parametrize("why", ["done", "excluded"])
def test_at_once_asks_again_too(scene, why):
    clock = scene.start(kind=kinds.AT_ONCE, by=None)
    if why == "done":
        actions.meet_clock(clock=clock, by=scene.worker)
    else:
        exclude(child=scene.child, user=scene.worker, ground="other", reason="Own", by=scene.lead)
    actions.run_due()
    assert mail.outbox == []
    dropped = Reminder.objects.get(offset="begun").dropped
    assert dropped == {"done": Dropped.NOT_OWED, "excluded": Dropped.NO_ACCESS}[why]


def test_who_waits_for_it_has_an_email_when_it_is_done(scene):
    clock = scene.start()
    follows, closed = make_user(Role.PRACTITIONER), make_user(Role.PRACTITIONER)
    grant(follows, scene.child)
    actions.meet_clock(clock=clock, by=scene.worker, inform=(follows, closed, scene.worker))
    actions.run_due()
    actions.run_due()
    assert to(mail.outbox) == [follows.email]
    assert Reminder.objects.get(user=closed).dropped == Dropped.NO_ACCESS


# -- What stands on home ------------------------------------------------------------------------


def test_a_notice_for_who_is_told_and_none_for_whom_it_waits_anyway(scene, wednesday):
    scene.start()
    wednesday.move_to(at("2026-12-30 10:00"))
    actions.run_due()
    (notice,) = notices_of(scene.lead)
    assert notice.clock.child == scene.child
    assert notices_of(scene.worker) == []


def test_put_away_until_the_next_reminder(scene, wednesday):
    clock = scene.start()
    wednesday.move_to(at("2026-12-30 10:00"))
    actions.run_due()
    assert actions.put_away(clock_id=clock.pk, by=scene.lead) == 2  # the day before, and today
    assert notices_of(scene.lead) == []
    wednesday.move_to(at("2026-12-31 10:00"))
    actions.run_due()
    assert len(notices_of(scene.lead)) == 1
    actions.meet_clock(clock=clock, by=scene.worker)
    assert notices_of(scene.lead) == []


def test_home_costs_the_same_for_one_notice_and_for_three(scene, wednesday):
    counts = []
    for made in (1, 2):
        for _ in range(made):
            other = make_user(Role.PRACTITIONER)
            scene.start(subject=other)
        with wednesday_later(wednesday):
            actions.run_due()
            with CaptureQueries() as found:
                assert len(notices_of(scene.lead)) == {1: 1, 2: 3}[made]
            counts.append(len(found))
    # Posts and second factor, the notices.
    assert counts[0] == counts[1] <= 3


class wednesday_later:  # noqa: N801  (reads as a block)
    def __init__(self, traveller):
        self.traveller = traveller

    def __enter__(self):
        self.traveller.move_to(at("2026-12-30 10:00"))

    def __exit__(self, *exc):
        self.traveller.move_to(at("2026-12-23 11:00"))


def CaptureQueries():  # noqa: N802
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


# -- Two at once --------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_scanners_at_once_send_each_reminder_once(wednesday):
    with transaction.atomic():
        scene = Scene()
        for _ in range(15):
            scene.start(subject=make_user(role=None))
    wednesday.move_to(at("2026-12-29 10:00"))
    together, ran = threading.Barrier(4), []

    def scan():
        together.wait()
        ran.append(actions.run_due())
        connection.close()

    threads = [threading.Thread(target=scan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.sent for each in ran) == 15 * 4
    assert len(mail.outbox) == 30
    done = Reminder.objects.filter(delivery=Delivery.SENT)
    assert done.count() == 60
    # Written once each: made, and sent.
    assert Reminder.history.filter(id__in=done.values("pk")).count() == 120


@pytest.mark.django_db(transaction=True)
def test_scanners_at_once_write_the_next_day_once(wednesday):
    with transaction.atomic():
        scene = Scene()
        scene.start()
    wednesday.move_to(at("2026-12-31 10:00"))
    threads = [
        threading.Thread(target=lambda: (actions.run_due(), connection.close())) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert offsets(scene.worker) == {"-1d", "0d", "+1d", "+2d"}
    assert Clock.objects.get().kind == kinds.DECISION.key
    assert not Reminder.objects.filter(offset="+2d", delivery=Delivery.SENT).exists()

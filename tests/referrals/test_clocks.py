"""The clocks a sent referral starts: one working day for a decision, and for the LADO (S07)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import mail

from cse.clocks.actions import run_due
from cse.clocks.models import Reminder
from cse.clocks.queries import clocks_of
from cse.worklist.models import WorkItem
from referrals import actions
from referrals.models import Delivery
from referrals.transitions import Act
from tests.clocks.conftest import at

pytestmark = pytest.mark.django_db


def due(delivery):
    (clock,) = clocks_of(delivery)
    return clock


@pytest.mark.requirement("S07", "DEC-16")
def test_over_the_bank_holiday_in_may(wiltshire):
    area = wiltshire
    with time_machine.travel(at("2027-04-30 10:00"), tick=False):
        child = area.another_child(date_of_birth=dt.date(2010, 2, 11))
        sent = area.sent(child, position_of_trust=True)
    officer = Delivery.objects.get(referral=sent, team=None)
    decision = area.at(sent, area.front_door)
    for delivery in (officer, decision):
        assert due(delivery).due_at.astimezone().date() == dt.date(2027, 5, 4)
        work = WorkItem.objects.get(subject_id=delivery.pk, closed_at__isnull=True)
        assert work.due_at == due(delivery).due_at
    with time_machine.travel(at("2027-05-04 09:30"), tick=False):
        actions.tell_contact(delivery_id=officer.pk, by=area.worker, note="By telephone")
        actions.claim(delivery_id=decision.pk, by=area.duty)
        assert due(decision).state == "running"
        actions.decide(delivery_id=decision.pk, by=area.duty, decision=Act.ACCEPT, reasons="Today")
    assert {due(each).state for each in (officer, decision)} == {"met"}


def test_a_proposal_keeps_the_clock_running_and_a_withdrawal_ends_it(oxfordshire):
    area = oxfordshire
    received = area.at(area.sent(), area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.SEND_BACK, reasons="Sent twice"
    )
    assert due(received).state == "running"
    told = Reminder.objects.filter(clock=due(received), delivery="waiting")
    assert area.duty in {each.user for each in told}
    actions.agree(delivery_id=received.pk, by=area.other_duty, note="Yes")
    assert due(received).state == "met"
    again = area.at(area.sent(), area.front_door)
    actions.withdraw(referral_id=again.referral_id, by=area.lead, reason="Sent twice")
    assert due(again).state == "cancelled"


@pytest.mark.requirement("O-REF-10")
def test_the_specialists_acknowledge_within_a_working_day_of_receiving_it(oxfordshire):
    area = oxfordshire
    with time_machine.travel(at("2027-04-29 10:00"), tick=False):
        received = area.at(area.sent(area.another_child()), area.front_door)
        actions.claim(delivery_id=received.pk, by=area.duty)
    with time_machine.travel(at("2027-04-30 15:00"), tick=False):
        actions.decide(
            delivery_id=received.pk, by=area.duty, decision=Act.PASS_ON, reasons="Exploitation"
        )
        there = Delivery.objects.get(passed_by=received)
        # Over the weekend and the bank holiday of 3 May.
        assert due(there).due_at.astimezone().date() == dt.date(2027, 5, 4)
        assert due(received).state == "met"
    with time_machine.travel(at("2027-05-04 16:00"), tick=False):
        actions.acknowledge(delivery_id=there.pk, by=area.specialist)
    assert due(there).state == "met"


def emailed():
    """To whom e-mails went since this was asked last; each once."""
    run_due()
    found = sorted(each.to[0] for each in mail.outbox)
    mail.outbox.clear()
    return found


@pytest.mark.requirement("DEC-51")
def test_whoever_receives_it_is_emailed_at_once_and_so_is_the_referrer_of_what_was_decided(
    oxfordshire,
):
    area = oxfordshire
    emailed()
    received = area.at(area.sent(), area.front_door)
    first = emailed()
    assert {area.duty.email, area.other_duty.email} <= {*first}
    assert len(first) == len({*first}) and area.worker.email not in first
    assert area.stranger.email not in first
    actions.claim(delivery_id=received.pk, by=area.duty)
    assert emailed() == []
    actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.PASS_ON, reasons="Known")
    # What was decided for whoever referred, what is now theirs for the specialists.
    assert emailed() == sorted([area.worker.email, area.specialist.email])
    assert emailed() == []


def test_a_proposal_tells_the_referrer_nothing_until_it_is_agreed_to(oxfordshire):
    area = oxfordshire
    received = area.at(area.sent(), area.front_door)
    emailed()
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.SEND_BACK, reasons="Sent twice"
    )
    assert emailed() == []
    actions.agree(delivery_id=received.pk, by=area.other_duty, note="Yes")
    assert emailed() == [area.worker.email]


def test_a_front_door_that_is_only_a_contact_is_told_within_a_working_day(wiltshire):
    area = wiltshire
    for post in area.front_door.posts.all():
        post.ends_on = dt.date(2027, 4, 1)
        post.save()
    with time_machine.travel(at("2027-04-30 10:00"), tick=False):
        sent = area.sent(area.another_child())
        told = Delivery.objects.get(referral=sent, contact="Front door")
        assert due(told).kind == "front_door_told"
        assert due(told).due_at.astimezone().date() == dt.date(2027, 5, 4)
        work = WorkItem.objects.get(subject_id=told.pk, closed_at__isnull=True)
        assert (work.kind, work.owner, work.due_at) == (
            "tell_contact",
            area.worker,
            due(told).due_at,
        )
        assert area.worker.email in emailed()
        actions.tell_contact(delivery_id=told.pk, by=area.worker, note="By telephone")
    assert due(told).state == "met"

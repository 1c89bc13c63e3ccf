"""Many people at once, on connections of their own: one winner, and one referral a form."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from cse.access.policies import NotVisible
from cse.audit.models import AuditEvent
from cse.people.models import Role
from referrals import actions
from referrals.models import Delivery, Referral
from referrals.policies import NoDraft, Refused, TakenByAnother
from referrals.transitions import State
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)

NO = (Refused, NotVisible)
"""A team whose referral was withdrawn a moment ago no longer sees the child."""
AT_ONCE = 10
"""Connections at the same time: the embedded server has few."""


def all_at_once(jobs):
    """What each job gave or raised; they start together, as many as there are connections for."""
    start = threading.Barrier(AT_ONCE)

    def run(number_and_job):
        number, job = number_and_job
        if number < AT_ONCE:
            start.wait(30)
        try:
            return job()
        except NO as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, enumerate(jobs)))


def test_fifty_claim_and_one_has_it(oxfordshire):
    area = oxfordshire
    received = area.at(area.sent(), area.front_door)
    with transaction.atomic():
        people = [make_user(Role.FRONT_DOOR, team=area.front_door) for _ in range(50)]
    answers = all_at_once(
        [lambda who=who: actions.claim(delivery_id=received.pk, by=who) for who in people]
    )
    (winner,) = [each for each in answers if isinstance(each, Delivery)]
    told = [each for each in answers if isinstance(each, TakenByAnother)]
    assert len(told) == 49
    assert {each.holder for each in told} == {winner.claimed_by}
    received.refresh_from_db()
    assert (received.state, received.claimed_by) == (State.DECIDING, winner.claimed_by)
    assert AuditEvent.objects.filter(act="referral claimed").count() == 1


def test_two_hundred_forms_sent_twice_make_two_hundred_referrals(oxfordshire):
    area = oxfordshire
    children = [area.child, *(area.another_child() for _ in range(9))]
    tokens = [uuid.uuid4() for _ in range(200)]

    def start(number):
        child = children[number % len(children)]
        return actions.start_from_child(child=child, by=area.worker, token=tokens[number])

    answers = all_at_once(
        [lambda number=number: start(number) for number in range(200) for _ in range(2)]
    )
    assert Referral.objects.count() == 200
    assert Counter(new for _, new in answers) == {True: 200, False: 200}
    assert Counter(referral.token for referral, _ in answers) == dict.fromkeys(tokens, 2)
    assert AuditEvent.objects.filter(act="referral started").count() == 200


def test_sent_by_ten_at_once_is_sent_once(oxfordshire):
    area = oxfordshire
    draft = area.draft(concerns_confirmed=True)
    answers = all_at_once(
        [
            lambda: actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
            for _ in range(AT_ONCE)
        ]
    )
    assert Counter(type(each) for each in answers) == {Referral: 1, NoDraft: AT_ONCE - 1}
    assert Delivery.objects.filter(team=area.front_door).count() == 1


def test_claimed_or_withdrawn_and_never_both(oxfordshire):
    area = oxfordshire
    for _ in range(5):
        sent = area.sent()
        received = area.at(sent, area.front_door)
        jobs = [
            lambda pk=received.pk: actions.claim(delivery_id=pk, by=area.duty),
            lambda pk=sent.pk: actions.withdraw(referral_id=pk, by=area.lead, reason="Twice"),
        ]
        answers = all_at_once([*jobs, *[lambda: None] * (AT_ONCE - 2)])
        assert sum(isinstance(each, NO) for each in answers) == 1
        received.refresh_from_db()
        assert (received.state == State.WITHDRAWN) == isinstance(answers[0], NO)

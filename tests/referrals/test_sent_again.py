"""A form that was sent, changed by way of "Back", and sent once more: neither text is lost."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from cse.missing.models import MissingEpisode
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals.models import AdviceContact, Consultation, DecisionNotToRefer, EarlyHelp, Note
from tests.missing.test_thin_path import EPISODE
from tests.missing.test_thin_path import moment as moment_of
from tests.referrals.beside import talk
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db
BEFORE = "You sent this page before"


def today(name):
    day = timezone.localdate()
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def said(**more):
    return {key: text for key, text in talk().items() if key != "advised_on"} | {
        **today("advised_on"),
        **more,
    }


#: The page, what is typed first, what it is changed into, and what is made.
PAGES = {
    "advice": (
        "referrals:record-advice",
        said(asks_for_referral="no"),
        {"advice": "They ask for one after all", "asks_for_referral": "yes"},
        AdviceContact,
    ),
    "note": (
        "referrals:child-note",
        {"kind": "evidence", "text": "A coat in a clean bag", **today("happened_on")},
        {"kind": "police_protection", "text": "Taken to a place of safety"},
        Note,
    ),
    "decision": (
        "referrals:decide-not-to-refer",
        {"activity": "no", "checklist": ["W-CHK-14"]},
        {"pregnant": "on"},
        DecisionNotToRefer,
    ),
    "consultation": (
        "referrals:start-consultation",
        said(age="14", activity="no"),
        {"advice": "Speak to them today"},
        Consultation,
    ),
    "missing": (
        "missing:record",
        EPISODE | moment_of("started", "6", "2", "2026", "21:40"),
        {"circumstances": "She was seen getting into a car"},
        MissingEpisode,
    ),
}


def token_in(page):
    return re.search(r'name="token" value="([^"]+)"', page.content.decode()).group(1)


def address_of(name, area):
    about_nobody = name == "referrals:start-consultation"
    return reverse(name, args=[] if about_nobody else [area.child.pk])


@pytest.mark.parametrize("page", PAGES)
def test_what_is_sent_once_more_is_one_and_what_is_changed_is_told(wiltshire, page):
    name, typed, changed, made = PAGES[page]
    where, client = address_of(name, wiltshire), wiltshire.client()
    typed = typed | {"token": token_in(client.get(where))}
    first = client.post(where, typed)
    assert first.status_code == 302, text_of(first)
    again = client.post(where, typed)
    assert (again.status_code, made.objects.count()) == (302, 1)
    answer = client.post(where, typed | changed)
    shown = text_of(answer)
    assert answer.status_code == 200 and BEFORE in shown and made.objects.count() == 1
    for text in changed.values():
        assert text in answer.content.decode()
    assert token_in(answer) != typed["token"]


def test_what_is_sent_on_from_there_is_recorded_as_well(wiltshire):
    name, typed, changed, made = PAGES["advice"]
    where, client = address_of(name, wiltshire), wiltshire.client()
    typed = typed | {"token": token_in(client.get(where))}
    client.post(where, typed)
    told = client.post(where, typed | changed)
    assert client.post(where, typed | changed | {"token": token_in(told)}).status_code == 302
    assert made.objects.count() == 2
    # Social care asks for a referral: it is owed.
    assert WorkItem.objects.filter(kind=kinds.REFER_AFTER_ADVICE, owner=wiltshire.worker).exists()


def test_early_help_that_is_open_already_is_told_too(wiltshire):
    where = reverse("referrals:start-early-help", args=[wiltshire.child.pk])
    client = wiltshire.client()
    typed = {
        "token": token_in(client.get(where)),
        "taken_up": "yes",
        "needs": "Somebody to talk to",
        **today("assessed_on"),
        **today("review_on"),
    }
    assert client.post(where, typed).status_code == 302
    assert client.post(where, typed).status_code == 302
    told = client.post(where, typed | {"needs": "A way home from school"})
    assert BEFORE in text_of(told) and "A way home from school" in told.content.decode()
    sent = client.post(where, typed | {"needs": "A way home", "token": token_in(told)})
    assert "early help open for this child" in text_of(sent)
    assert EarlyHelp.objects.get().needs == "Somebody to talk to"

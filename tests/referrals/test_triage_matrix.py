"""Every act by everybody in every state, through the pages: (from, who, act) → to, and no other."""

from __future__ import annotations

import itertools

import pytest
from django.db import transaction
from django.urls import reverse

from referrals import actions
from referrals.models import Delivery
from referrals.transitions import Act, State
from tests.factories import grant
from tests.referrals.test_triage import PATHS, bring

pytestmark = [pytest.mark.django_db, pytest.mark.walk]

#: What each button sends, and where.
POSTS = {
    "claim": ("claim", {}),
    "acknowledge": ("acknowledge", {}),
    "give back": ("release", {"reason": "Away today"}),
    "accept": ("decide", {"decision": Act.ACCEPT.value, "reasons": "We see the child"}),
    "pass on": ("decide", {"decision": Act.PASS_ON.value, "reasons": "Exploitation"}),
    "other outcome": ("decide", {"decision": Act.OTHER_OUTCOME.value, "reasons": "Helped"}),
    "send back": ("decide", {"decision": Act.SEND_BACK.value, "reasons": "Sent twice"}),
    "agree": ("second", {"answer": "agree", "note": "I read it too"}),
    "do not agree": ("second", {"answer": "disagree", "note": "I read it too"}),
}
#: The whole of what may happen to a mandatory referral at a front door, written a second time.
FRONT_DOOR = {
    ("received", "holder", "claim"): "deciding",
    ("received", "colleague", "claim"): "deciding",
    ("deciding", "holder", "give back"): "received",
    ("deciding", "colleague", "give back"): "received",
    ("deciding", "holder", "accept"): "accepted",
    ("deciding", "holder", "pass on"): "sent_on",
    ("deciding", "holder", "other outcome"): "proposed",
    ("deciding", "holder", "send back"): "proposed",
    ("proposed", "holder", "give back"): "received",
    ("proposed", "colleague", "give back"): "received",
    ("proposed", "colleague", "agree"): "other_outcome",
    ("proposed", "colleague", "do not agree"): "deciding",
    ("accepted", "holder", "pass on"): "sent_on",
    ("accepted", "colleague", "pass on"): "sent_on",
}
#: And with a team that acknowledges.
ACKNOWLEDGING = {
    ("received", "specialist", "claim"): "deciding",
    ("received", "specialist", "acknowledge"): "acknowledged",
    ("deciding", "specialist", "give back"): "received",
    ("deciding", "specialist", "accept"): "accepted",
    ("deciding", "specialist", "other outcome"): "proposed",
    ("deciding", "specialist", "send back"): "proposed",
}
#: And to one whose decision the referrer does not agree with, by the answer to that.
DISAGREED = {
    ("accepted", "lead", "uphold"): "received",
    ("sent_on", "lead", "uphold"): "received",
    ("passed", "lead", "uphold"): "received",
    ("other_outcome", "lead", "uphold"): "received",
    ("back", "lead", "uphold"): "received",
}
ANSWERS = {
    "uphold": {"stands": "no", "answer": "It was wrong"},
    "let stand": {"stands": "yes", "answer": "It was right"},
}


def everybody(area):
    """Who presses the buttons; the outsiders have access to the child for another reason."""
    for person in (area.stranger, area.officer):
        grant(person, area.child)
    return {
        "holder": area.duty,
        "colleague": area.other_duty,
        "referrer": area.worker,
        "specialist": area.specialist,
        "officer": area.officer,
        "stranger": area.stranger,
        "lead": area.manager,
    }


def pressed(area, delivery, buttons=None):
    """(who, act) → the state after it, for each that changes anything."""
    found = {}
    people = {who: area.client(person) for who, person in everybody(area).items()}
    buttons = buttons or {
        act: (reverse(f"referrals:{name}", args=[delivery.pk]), sent)
        for act, (name, sent) in POSTS.items()
    }
    for (who, browser), act in itertools.product(people.items(), buttons):
        address, sent = buttons[act]
        with transaction.atomic():
            answer = browser.post(address, sent)
            after = Delivery.objects.get(pk=delivery.pk).state
            transaction.set_rollback(True)
        assert answer.status_code in (200, 302, 404, 409), (who, act)
        if after != delivery.state:
            assert answer.status_code == 302, (who, act)
            found[who, act] = after
    return found


def expected(table, state):
    return {(who, act): after for (before, who, act), after in table.items() if before == state}


@pytest.mark.parametrize("state", [state.value for state in PATHS])
def test_at_the_front_door(oxfordshire, state):
    area = oxfordshire
    received = area.at(area.sent(), area.front_door)
    delivery = bring(area, received, State(state))
    assert pressed(area, delivery) == expected(FRONT_DOOR, state)


@pytest.mark.parametrize("state", ["received", "deciding", "acknowledged"])
def test_with_a_team_that_acknowledges(wiltshire, state):
    """R12: Wiltshire's specialists receive it from the referrer, beside the front door."""
    area = wiltshire
    sent = area.sent(concerns_confirmed=True, looked_after="s20")
    delivery = area.at(sent, area.specialists)
    if state == "deciding":
        delivery = actions.claim(delivery_id=delivery.pk, by=area.specialist)
    elif state == "acknowledged":
        delivery = actions.acknowledge(delivery_id=delivery.pk, by=area.specialist)
    assert delivery.state == state
    assert pressed(area, delivery) == expected(ACKNOWLEDGING, state)


@pytest.mark.parametrize("state", sorted({before for before, _, _ in DISAGREED}))
def test_with_a_disagreement(oxfordshire, state):
    """What falls goes to the team as received; what stands changes nothing, whoever answers."""
    area = oxfordshire
    delivery = bring(area, area.at(area.sent(), area.front_door), State(state))
    row = actions.disagree(delivery_id=delivery.pk, by=area.worker, reasons="It cannot wait")
    address = reverse("referrals:disagreement", args=[row.pk])
    buttons = {act: (address, sent) for act, sent in ANSWERS.items()}
    assert pressed(area, delivery, buttons) == expected(DISAGREED, state)
    # While somebody does not agree, everything else is as it was.
    assert pressed(area, delivery) == expected(FRONT_DOOR, state)


def test_nobody_disagrees_before_there_is_a_decision():
    decided = {before for before, _, _ in DISAGREED}
    assert decided == {state.value for state in PATHS} - {
        "received",
        "deciding",
        "proposed",
        "withdrawn",
    }

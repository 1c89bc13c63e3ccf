"""The tables whole: every state, act and actor, by tables of their own; and the pictures."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from django.conf import settings

from referrals import transitions
from referrals.transitions import (
    OF_DELIVERY,
    OF_REFERRAL,
    OPEN,
    Act,
    Actor,
    State,
    Status,
    after_delivery,
    after_referral,
    second_person_needed,
)

#: (from, to, actor, act): all that may happen, written down a second time.
DELIVERY = """
received      deciding       team           claim
received      acknowledged   team           acknowledge
received      acknowledged   referrer       tell
received      withdrawn      referrer       withdraw
deciding      received       team           release
deciding      accepted       holder         accept
deciding      sent_on        holder         pass on
deciding      other_outcome  holder         other outcome
deciding      back           holder         send back
deciding      proposed       holder         propose
proposed      other_outcome  other_of_team  agree to the other outcome
proposed      back           other_of_team  agree to sending back
proposed      deciding       other_of_team  do not agree
proposed      received       team           release
sent_on       passed         next_team      take over
accepted      sent_on        team           pass on
accepted      received       answerer       uphold a disagreement
sent_on       received       answerer       uphold a disagreement
passed        received       answerer       uphold a disagreement
other_outcome received       answerer       uphold a disagreement
back          received       answerer       uphold a disagreement
"""
REFERRAL = """
draft  draft      referrer  save
draft  sent       referrer  send
draft  set_aside  referrer  set aside
"""


def rows(text):
    return {tuple(line.split(None, 3)) for line in text.strip().splitlines()}


@pytest.mark.parametrize(
    ("states", "ask", "text"),
    [(State, after_delivery, DELIVERY), (Status, after_referral, REFERRAL)],
    ids=["delivery", "referral"],
)
def test_every_act_by_every_actor_in_every_state(states, ask, text):
    possible = set()
    for state, act, actor in itertools.product(states, Act, Actor):
        after = ask(state, act, frozenset({actor}))
        if after is not None:
            possible.add((state.value, after.value, actor.value, act.value))
    assert possible == rows(text)


def test_nobody_can_do_anything():
    for state, act in itertools.product(State, Act):
        assert after_delivery(state, act, frozenset()) is None


def test_what_has_ended_stays_ended():
    ended = {State.PASSED, State.ACKNOWLEDGED, State.OTHER_OUTCOME, State.BACK, State.WITHDRAWN}
    again = {before for before, act in OF_DELIVERY if act is Act.UPHOLD}
    assert not ended & {before for before, act in OF_DELIVERY if act is not Act.UPHOLD}
    # What was decided falls where a disagreement is upheld; nobody decided what was told or taken
    # back, and nothing falls before it is decided.
    assert ended - again == {State.ACKNOWLEDGED, State.WITHDRAWN}
    assert not again & OPEN
    assert {before for before, _ in OF_REFERRAL} == {Status.DRAFT}


@pytest.mark.requirement("W-REF-28")
def test_only_a_mandatory_duty_that_ends_without_help_needs_two():
    needed = {
        (obligation, act)
        for obligation in ("mandatory", "should", "consider", "record", "may")
        for act in Act
        if second_person_needed(obligation, act)
    }
    assert needed == {("mandatory", Act.OTHER_OUTCOME), ("mandatory", Act.SEND_BACK)}


def test_the_pictures_are_those_of_the_tables():
    text = (Path(settings.BASE_DIR) / "docs" / "referrals.md").read_text()
    for table in (OF_REFERRAL, OF_DELIVERY):
        assert f"```mermaid\n{transitions.picture(table)}\n```" in text

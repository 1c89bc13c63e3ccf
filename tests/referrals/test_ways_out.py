"""The table of a decision not to refer, whole: where it stands, what closes it (DEC-10, DEC-13)."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from django.conf import settings

from referrals.ways_out import (
    DECISION,
    EXCEPTION,
    LIVE,
    NEEDED,
    TABLE,
    Act,
    Standing,
    closing,
    missing,
    picture,
    standing,
    way_of,
)


def test_the_picture_in_the_docs_is_the_tables():
    text = (Path(settings.BASE_DIR) / "docs" / "referrals.md").read_text()
    assert f"```mermaid\n{picture()}\n```" in text


@pytest.mark.requirement("DEC-10", "DEC-42")
@pytest.mark.parametrize("way", [DECISION, EXCEPTION])
def test_it_stands_only_with_every_signature(way):
    needed = NEEDED[way]
    for given in itertools.product((None, True, False), repeat=len(needed)):
        answers = {name: each for name, each in zip(needed, given, strict=True) if each is not None}
        found = standing(way, "signed", answers, superseded=False)
        if False in given:
            assert found is Standing.REFUSED
        elif None in given:
            assert found is Standing.WAITING
        else:
            assert found is Standing.STANDS
        if False not in given:
            assert standing(way, "signed", answers, superseded=True) is Standing.SUPERSEDED


def test_a_draft_stands_for_nothing():
    for status in ("draft", "set_aside"):
        assert standing("", status, {}, superseded=False) is Standing(status)
        assert Standing(status) not in LIVE


@pytest.mark.requirement("DEC-13")
def test_every_live_standing_can_be_overtaken_and_nothing_comes_back():
    for each in LIVE:
        assert TABLE[(each, Act.OVERTAKE)][1] is Standing.SUPERSEDED
    ends = {Standing.SUPERSEDED, Standing.REFUSED, Standing.SET_ASIDE}
    assert not ends & {before for before, _ in TABLE}


def routing(*rules, decision=False, exception=False):
    return {
        "rules": [{"id": each} for each in rules],
        "decision_not_to_refer": {"available": decision},
        "under_13_exception": {"available": exception},
    }


@pytest.mark.requirement("DEC-13")
@pytest.mark.parametrize(
    ("rules", "closed_by"),
    [
        (("R8",), []),
        (("R8", "R13"), []),
        (("R8", "R14"), []),
        (("R9",), []),
        ((), []),
        (("R1", "R8"), ["R1"]),
        (("R4", "R8"), ["R4"]),
        (("R5", "R8"), ["R5"]),
        (("R7", "R8", "R13"), ["R7"]),
        (("R12", "R8"), ["R12"]),
        (("DEC-17", "R8"), ["DEC-17"]),
        (("R3",), ["R3"]),
    ],
)
def test_what_closes_a_decision(rules, closed_by):
    assert [each["id"] for each in closing(routing(*rules), DECISION)] == closed_by


def test_which_way_is_open():
    assert way_of(routing(decision=True)) == DECISION
    assert way_of(routing(exception=True)) == EXCEPTION
    assert way_of(routing("R4")) == ""


@pytest.mark.requirement("DEC-42")
def test_only_the_exception_asks_for_a_manager():
    assert {each.field for each in missing(EXCEPTION, ())} - {
        each.field for each in missing(DECISION, ())
    } == {"manager"}
    assert list(missing(DECISION, ("reasons", "factors_considered", "lead", "consulted_on"))) == []

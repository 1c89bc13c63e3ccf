"""What episodes show together: counts and times, and no verdict."""

import datetime as dt

import pytest

from cse.missing.patterns import Spell, length_words, overnight, pattern_of
from tests.clocks.conftest import at

NOW = at("2027-02-09 10:00")


def spell(start, end=None):
    return Spell(at(start), at(end) if end else None)


def test_nothing():
    assert pattern_of([], NOW).words == "No missing episode is recorded."


def test_recent_longest_overnight_and_now():
    found = pattern_of(
        [
            spell("2026-05-01 18:00", "2026-05-03 19:30"),
            spell("2026-11-11 09:00", "2026-11-11 10:00"),  # 90 days ago to the hour
            spell("2027-01-10 20:00", "2027-01-11 02:59"),
            spell("2027-02-08 23:00"),
        ],
        NOW,
    )
    assert (found.total, found.recent, found.overnight) == (4, 3, 2)
    assert found.missing_since == at("2027-02-08 23:00")
    assert found.words == (
        "3 episodes in the last 90 days, 4 in all. The longest lasted 2 days 1 hour."
        " Away overnight 2 times."
    )


def test_one_second_longer_ago_is_not_recent():
    end = NOW - dt.timedelta(days=90, seconds=1)
    assert pattern_of([Spell(end - dt.timedelta(hours=1), end)], NOW).recent == 0


@pytest.mark.parametrize(
    ("start", "end", "is_night"),
    [
        ("2027-01-10 20:00", "2027-01-11 03:00", True),
        ("2027-01-10 20:00", "2027-01-11 02:59", False),
        ("2027-01-11 03:01", "2027-01-11 22:00", False),
        ("2027-01-11 02:00", "2027-01-11 04:00", True),
        ("2027-03-27 23:00", "2027-03-28 03:00", True),  # the night is an hour shorter
    ],
)
def test_away_at_three_in_the_morning(start, end, is_night):
    assert overnight(at(start), at(end)) is is_night


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (dt.timedelta(minutes=25), "25 minutes"),
        (dt.timedelta(hours=5, minutes=10), "5 hours 10 minutes"),
        (dt.timedelta(days=1), "1 day"),
        (dt.timedelta(days=2, hours=4, minutes=59), "2 days 4 hours"),
        (dt.timedelta(seconds=40), "less than a minute"),
    ],
)
def test_lengths_in_words(length, words):
    assert length_words(length) == words

"""A day and a time in London as one moment, on every minute of the nights the clocks change."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cse.clocks.reckoning import due_at
from cse.missing.clocks import HOURS
from cse.missing.times import CameTwice, NoSuchTime, came_twice, moment_of, read_time
from cse.workdays import calendar_of
from tests.clocks.conftest import at

LONDON = ZoneInfo("Europe/London")
ENGLAND = calendar_of()
FORWARD, BACK = dt.date(2027, 3, 28), dt.date(2027, 10, 31)
MINUTES = [dt.time(hour, minute) for hour in range(24) for minute in range(60)]


def moments(day):
    """Every minute of a day with what it is: moments, "skipped" or "twice"."""
    found = {}
    for time in MINUTES:
        try:
            found[time] = moment_of(day, time)
        except NoSuchTime:
            found[time] = "skipped"
        except CameTwice:
            found[time] = "twice"
    return found


@pytest.mark.requirement("DEC-24")
def test_the_hour_that_did_not_exist():
    found = moments(FORWARD)
    assert [time for time, is_ in found.items() if is_ == "skipped"] == [
        dt.time(1, minute) for minute in range(60)
    ]
    assert "twice" not in found.values()
    assert found[dt.time(0, 59)] + dt.timedelta(minutes=1) == found[dt.time(2, 0)]


@pytest.mark.requirement("DEC-24")
def test_the_hour_that_came_twice():
    found = moments(BACK)
    twice = [time for time, is_ in found.items() if is_ == "twice"]
    assert twice == [dt.time(1, minute) for minute in range(60)]
    for time in twice:
        first, second = (moment_of(BACK, time, second=which) for which in (False, True))
        assert second - first == dt.timedelta(hours=1)
        assert (came_twice(first), came_twice(second)) == (False, True)


@given(st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31)), st.integers(0, 24 * 60 - 1))
def test_any_moment_reads_on_the_wall_as_it_was_typed(day, minute):
    time = MINUTES[minute]
    for second in (False, True):
        try:
            moment = moment_of(day, time, second=second)
        except NoSuchTime:
            continue
        local = moment.astimezone(LONDON)
        assert (local.date(), local.time()) == (day, time)
        # And back: the same three answers give the same moment.
        assert moment_of(day, time, second=came_twice(moment)) == moment


@pytest.mark.requirement("DEC-24")
@given(st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2040, 12, 1)))
def test_72_hours_are_72_hours_that_pass(naive):
    returned = naive.replace(tzinfo=dt.UTC)
    assert due_at(returned, HOURS, ENGLAND) - returned == dt.timedelta(hours=72)


@pytest.mark.requirement("DEC-24")
@pytest.mark.parametrize(
    ("returned", "due"),
    [
        ("2027-03-26 22:00", "2027-03-29 23:00"),  # an hour was skipped on the way
        ("2027-03-25 00:30", "2027-03-28 00:30"),  # due before it is
        ("2027-03-25 01:30", "2027-03-28 02:30"),
        ("2027-10-29 22:00", "2027-11-01 21:00"),  # an hour came twice on the way
        ("2027-10-28 00:30", "2027-10-31 00:30"),
        ("2027-12-24 23:00", "2027-12-27 23:00"),  # Christmas counts like any other day
    ],
)
def test_the_target_on_the_wall_over_the_change(returned, due):
    assert due_at(at(returned), HOURS, ENGLAND) == at(due).astimezone(dt.UTC)


def test_the_target_within_the_hour_that_comes_twice():
    returned = moment_of(dt.date(2027, 10, 28), dt.time(1, 30))
    due = due_at(returned, HOURS, ENGLAND)
    assert came_twice(due) is False  # 72 hours later it is 1:30 for the first time


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("21:40", "21:40"), ("21.40", "21:40"), ("2140", "21:40"), ("9.40pm", "21:40"),
        ("9:40 PM", "21:40"), ("9pm", "21:00"), ("12am", "00:00"), ("12pm", "12:00"),
        ("12:30 a.m.", "00:30"), ("midnight", "00:00"), ("Midday", "12:00"), ("0:05", "00:05"),
        ("09:15", "09:15"), ("  7 pm ", "19:00"),
    ],
)  # fmt: skip
def test_times_as_people_write_them(typed, meant):
    assert read_time(typed) == dt.time.fromisoformat(meant)


@pytest.mark.parametrize(
    "typed",
    ["", "9", "25:00", "21:60", "13pm", "0pm", "late", "21:4", "9:15 am pm", "２１:40", "940"],
)
def test_what_is_no_time(typed):
    assert read_time(typed) is None


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        came_twice(dt.datetime(2027, 1, 1))

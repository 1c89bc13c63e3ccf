"""When something is due and what is left, in words (DEC-24, DEC-29, DEC-31, DEC-32)."""

import datetime as dt
from bisect import bisect_right

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cse.clocks.reckoning import (
    DAY_BEGINS,
    LONDON,
    Length,
    Offset,
    Unit,
    due_at,
    left,
    next_when_late,
    remind_at,
    working_time,
)
from cse.workdays import OutsideCalendar, calendar_of
from tests.clocks.conftest import at
from tests.test_workdays import BANK_HOLIDAYS, WORKED

ENGLAND = calendar_of()
DAYS, HOURS = Unit.WORKING_DAYS, Unit.HOURS
MOMENTS = st.datetimes(dt.datetime(2024, 1, 3), dt.datetime(2030, 11, 1)).map(
    lambda moment: moment.replace(tzinfo=dt.UTC)
)


@pytest.mark.requirement("DEC-29", "DEC-31")
@pytest.mark.parametrize(
    ("trigger", "number", "due"),
    [
        ("2026-12-04 16:59", 3, "2026-12-09 17:00"),
        ("2026-12-04 23:59", 3, "2026-12-09 17:00"),  # no time-of-day cut-off
        ("2026-12-24 09:00", 3, "2026-12-31 17:00"),
        ("2026-12-14 10:00", 1, "2026-12-15 17:00"),  # S01 front door
        ("2027-04-30 10:00", 1, "2027-05-04 17:00"),  # S07 over the May bank holiday
        ("2027-03-25 10:00", 3, "2027-04-01 17:00"),  # over Easter and the change of the clocks
        ("2027-02-14 00:01", 3, "2027-02-17 17:00"),  # a Sunday
        ("2026-12-04 10:00", 0, "2026-12-04 17:00"),
    ],
)
def test_working_days_end_with_the_working_day(trigger, number, due):
    assert due_at(at(trigger), Length(number, DAYS), ENGLAND) == at(due)


def test_what_is_owed_the_same_evening_is_due_before_midnight():
    trigger = at("2026-12-04 20:00")
    due = due_at(trigger, Length(0, DAYS), ENGLAND)
    assert trigger < due < at("2026-12-05 00:00")


@pytest.mark.requirement("DEC-24")
@pytest.mark.parametrize(
    ("trigger", "due"),
    [
        ("2026-12-24 22:15", "2026-12-27 22:15"),  # Christmas and a Sunday count
        ("2027-03-26 12:00", "2027-03-29 13:00"),  # the hour that is skipped on 28 March 2027
        ("2026-10-23 12:00", "2026-10-26 11:00"),  # the hour that comes twice on 25 October 2026
    ],
)
def test_72_clock_hours_across_the_change_of_the_clocks(trigger, due):
    assert due_at(at(trigger), Length(72, HOURS), ENGLAND) == at(due)


@pytest.mark.requirement("DEC-24")
@given(trigger=MOMENTS, hours=st.integers(0, 500))
def test_hours_are_hours_whatever_the_season(trigger, hours):
    due = due_at(trigger.astimezone(LONDON), Length(hours, HOURS), ENGLAND)
    assert due.timestamp() - trigger.timestamp() == hours * 3600


@pytest.mark.requirement("DEC-29", "DEC-31")
@settings(deadline=None)
@given(trigger=MOMENTS, number=st.integers(1, 25))
def test_working_days_agree_with_an_independent_count(trigger, number):
    due = due_at(trigger, Length(number, DAYS), ENGLAND).astimezone(LONDON)
    day = trigger.astimezone(LONDON).date().toordinal()
    assert due.date().toordinal() == WORKED[bisect_right(WORKED, day) + number - 1]
    assert (due.hour, due.minute) == (17, 0)


@pytest.mark.requirement("DEC-29", "DEC-31")
def test_every_bank_holiday_is_counted_round_on_every_side():
    for holiday in BANK_HOLIDAYS[1:-2]:
        for shift in range(-4, 3):
            day = dt.date.fromisoformat(holiday) + dt.timedelta(days=shift)
            late = dt.datetime.combine(day, dt.time(23, 59), LONDON)
            for number in (1, 2, 3, 5):
                found = due_at(late, Length(number, DAYS), ENGLAND).astimezone(LONDON).date()
                place = bisect_right(WORKED, day.toordinal())
                assert found.toordinal() == WORKED[place + number - 1], (day, number)


@pytest.mark.parametrize("trigger", [dt.datetime(2026, 12, 4, 10)])
def test_a_moment_without_a_zone_is_refused(trigger):
    for unit in Unit:
        with pytest.raises(ValueError, match="time zone"):
            due_at(trigger, Length(1, unit), ENGLAND)


def test_what_no_calendar_covers_is_refused():
    for unit in Unit:
        with pytest.raises(OutsideCalendar):
            due_at(at("1999-12-01 10:00"), Length(1, unit), ENGLAND)
        with pytest.raises(ValueError):
            due_at(at("2026-12-01 10:00"), Length(-1, unit), ENGLAND)


DUE = "2026-12-30 17:00"


@pytest.mark.requirement("DEC-32")
@pytest.mark.parametrize(
    ("now", "words", "is_late"),
    [
        ("2026-12-30 13:00", "4 working hours left", False),
        ("2026-12-30 15:30", "1 working hour left", False),
        ("2026-12-30 16:01", "less than 1 working hour left", False),
        ("2026-12-30 16:59", "less than 1 working hour left", False),
        ("2026-12-30 17:00", "no working time left", False),
        ("2026-12-30 07:00", "8 working hours left", False),
        ("2026-12-29 15:00", "10 working hours left", False),
        ("2026-12-28 10:00", "2 working days left", False),  # a bank holiday: the next day is 29th
        ("2026-12-24 16:00", "2 working days and 1 hour left", False),
        ("2026-12-26 12:00", "2 working days left", False),  # Boxing Day, then a substitute day
        ("2026-12-23 11:00", "3 working days left", False),
        ("2026-12-30 17:01", "late since the end of today’s working day", True),
        ("2026-12-31 08:00", "late by 1 working day", True),
        ("2027-01-02 08:00", "late by 1 working day", True),  # a bank holiday, a Saturday
        ("2027-01-04 08:00", "late by 2 working days", True),
    ],
)
def test_working_time_left_in_words(now, words, is_late):
    said = left(at(now), at(DUE), DAYS, ENGLAND)
    assert (said.words, said.is_late) == (words, is_late)


@pytest.mark.requirement("DEC-32")
def test_late_on_a_weekend_after_a_friday_is_late_by_less_than_a_working_day():
    said = left(at("2026-12-12 10:00"), at("2026-12-11 17:00"), DAYS, ENGLAND)
    assert (said.words, said.is_late) == ("late by less than 1 working day", True)


@pytest.mark.requirement("DEC-24")
@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-12-24 22:15", "3 days left"),
        ("2026-12-25 19:15", "2 days and 3 hours left"),
        ("2026-12-27 20:00", "2 hours left"),
        ("2026-12-27 21:30", "less than 1 hour left"),
        ("2026-12-27 22:30", "late by less than 1 hour"),
        ("2026-12-27 23:20", "late by 1 hour"),
        ("2026-12-29 22:00", "late by 47 hours"),
        ("2026-12-30 23:00", "late by 3 days"),
    ],
)
def test_clock_hours_left_in_words(now, words):
    assert left(at(now), at("2026-12-27 22:15"), HOURS, ENGLAND).words == words


@settings(deadline=None)
@given(start=MOMENTS, minutes=st.integers(0, 20 * 24 * 60))
def test_working_time_agrees_with_counting_every_quarter_of_an_hour(start, minutes):
    start = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    end = start + dt.timedelta(minutes=minutes // 15 * 15)
    quarters, moment = 0, start
    while moment < end:
        local = moment.astimezone(LONDON)
        quarters += 9 <= local.hour < 17 and local.date().toordinal() in WORKED_SET
        moment += dt.timedelta(minutes=15)
    assert working_time(start, end, ENGLAND) == quarters * dt.timedelta(minutes=15)


WORKED_SET = set(WORKED)


def minutes_left_by_hand(now, due):
    """Each minute on the wall clock from 9 to 5 of a day in the list written by hand."""
    minutes, moment = 0, now
    while moment < due:
        local = moment.astimezone(LONDON)
        minutes += 9 <= local.hour < 17 and local.date().toordinal() in WORKED_SET
        moment += dt.timedelta(minutes=1)
    return minutes


@pytest.mark.requirement("DEC-31", "DEC-32")
@settings(deadline=None)
@given(trigger=MOMENTS, passed=st.integers(0, 24 * 60 * 6))
@example(trigger=at("2027-03-25 15:00"), passed=24 * 60 * 3)  # Easter and the change of the clocks
@example(trigger=at("2027-10-29 18:00"), passed=24 * 60 + 30)  # the clocks go back
@example(trigger=at("2026-12-24 10:00"), passed=24 * 60)
@example(trigger=at("2026-11-27 10:00"), passed=24 * 60 + 90)  # a Saturday
def test_what_is_due_by_the_next_working_day_has_as_many_hours_as_minutes_counted(trigger, passed):
    trigger = trigger.replace(second=0, microsecond=0)
    due = due_at(trigger, Length(1, DAYS), ENGLAND)
    now = min(trigger + dt.timedelta(minutes=passed), due)
    hours, rest = divmod(minutes_left_by_hand(now, due), 60)
    words = f"{hours} working hour{'' if hours == 1 else 's'} left"
    if not hours:
        words = "less than 1 working hour left" if rest else "no working time left"
    assert left(now, due, DAYS, ENGLAND).words == words


@pytest.mark.requirement("DEC-32")
@settings(deadline=None)
@given(now=MOMENTS, number=st.integers(2, 4))
@example(now=at("2024-04-02 09:00") + dt.timedelta(microseconds=1), number=2)
def test_what_is_due_later_is_said_in_working_days(now, number):
    due = due_at(now, Length(number, DAYS), ENGLAND)
    said = left(now, due, DAYS, ENGLAND)
    # What is left of the minute that has begun makes no hour full.
    minute = now.replace(second=0, microsecond=0)
    next_minute = minute if minute == now else minute + dt.timedelta(minutes=1)
    hours, _ = divmod(minutes_left_by_hand(next_minute, due), 60)
    days = hours // 8
    assert said.words.startswith(f"{days} working day") and "hour left" not in said.words[:16]
    assert not said.is_late and said.tone == "plain"


@pytest.mark.requirement("DEC-32")
@pytest.mark.parametrize(
    ("offset", "moment"),
    [
        (Offset(-1), "2026-12-29 09:00"),
        (Offset(-3), "2026-12-23 09:00"),
        (Offset(0), "2026-12-30 09:00"),
        (Offset(1), "2026-12-31 09:00"),
        (Offset(2), "2027-01-04 09:00"),
        (Offset(-24, HOURS), "2026-12-29 17:00"),
    ],
)
def test_when_a_reminder_is_sent(offset, moment):
    assert remind_at(offset, at(DUE), ENGLAND) == at(moment)


@pytest.mark.requirement("DEC-32")
@settings(deadline=None)
@given(due=MOMENTS, passed=st.integers(-100, 1000))
def test_the_next_reminder_of_what_is_late_is_on_the_next_working_morning(due, passed):
    now = due + dt.timedelta(hours=passed)
    moment = remind_at(next_when_late(now, due, ENGLAND), due, ENGLAND).astimezone(LONDON)
    assert moment > max(now, due)
    assert moment.time() == DAY_BEGINS
    earlier = WORKED[bisect_right(WORKED, moment.date().toordinal()) - 2]
    before = dt.datetime.combine(dt.date.fromordinal(earlier), DAY_BEGINS, LONDON)
    # The working morning before it has passed, or was not yet after the day it was due.
    assert before <= now or before.date() <= due.astimezone(LONDON).date()


def test_lengths_and_offsets_in_words():
    assert Length(1, DAYS).words == "1 working day"
    assert Length(72, HOURS).words == "72 hours"
    keys = [Offset(-1).key, Offset(0).key, Offset(2).key, Offset(-24, HOURS).key]
    assert keys == ["-1d", "0d", "+2d", "-24h"]

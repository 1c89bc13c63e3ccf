"""Working days, review dates and ages (DEC-02, DEC-29, DEC-31, DEC-37)."""

import datetime as dt
from bisect import bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cse.workdays import (
    LAST_YEAR,
    Calendar,
    OutsideCalendar,
    age_on,
    birthday_on,
    calendar_of,
    due_on,
    last_working_day,
    months_on,
    review_on,
    working_days_left,
)

ENGLAND = calendar_of()

# Written down by hand, not computed: the days off work that are not at a weekend.
BY_HAND = """
2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26
2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26
2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28
2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26
2029-01-01 2029-03-30 2029-04-02 2029-05-07 2029-05-28 2029-08-27 2029-12-25 2029-12-26
2030-01-01 2030-04-19 2030-04-22 2030-05-06 2030-05-27 2030-08-26 2030-12-25 2030-12-26
"""
BANK_HOLIDAYS = BY_HAND.split()


def day(text):
    """``04 Dec 2026`` or an ISO date."""
    if text[4:5] == "-":
        return dt.date.fromisoformat(text)
    return dt.datetime.strptime(text, "%d %b %Y").replace(tzinfo=dt.UTC).date()


@pytest.mark.requirement("DEC-29", "DEC-31")
@pytest.mark.parametrize(
    ("trigger", "number", "target"),
    [
        ("04 Dec 2026", 3, "09 Dec 2026"),
        ("23 Dec 2026", 3, "30 Dec 2026"),
        ("24 Dec 2026", 3, "31 Dec 2026"),
        ("31 Dec 2026", 3, "06 Jan 2027"),
        ("29 Dec 2026", 5, "06 Jan 2027"),
        ("14 Feb 2027", 3, "17 Feb 2027"),
        ("23 Mar 2027", 3, "30 Mar 2027"),
        ("25 Mar 2027", 3, "01 Apr 2027"),
        ("30 Mar 2027", 5, "06 Apr 2027"),
        ("29 Apr 2027", 3, "05 May 2027"),
        ("29 Apr 2027", 5, "07 May 2027"),
        ("27 May 2027", 3, "02 Jun 2027"),
        ("28 May 2027", 5, "07 Jun 2027"),
        ("27 Aug 2027", 3, "02 Sep 2027"),
    ],
)
def test_the_working_day_table(trigger, number, target):
    assert due_on(day(trigger), number, ENGLAND) == day(target)


@pytest.mark.requirement("DEC-29", "DEC-31")
@pytest.mark.parametrize(
    ("trigger", "number", "target"),
    [
        ("14 Dec 2026", 1, "15 Dec 2026"),  # S01 front door
        ("31 Mar 2027", 5, "07 Apr 2027"),  # S02 Juno
        ("08 Feb 2027", 3, "11 Feb 2027"),  # S04
        ("30 Apr 2027", 1, "04 May 2027"),  # S07
        ("27 May 2027", 3, "02 Jun 2027"),  # S10 strategy discussion
        ("02 Jun 2027", 5, "09 Jun 2027"),  # S10 meeting
        ("31 Dec 2027", 1, "04 Jan 2028"),  # over Monday 3 January
        ("23 Dec 2027", 2, "29 Dec 2027"),  # two substitute days
    ],
)
def test_targets_of_the_scenarios(trigger, number, target):
    assert due_on(day(trigger), number, ENGLAND) == day(target)


@pytest.mark.requirement("DEC-37")
@pytest.mark.parametrize(
    ("held", "months", "same_day", "review"),
    [
        ("05 Jan 2027", 3, "05 Apr 2027", "05 Apr 2027"),
        ("01 Feb 2027", 3, "01 May 2027", "30 Apr 2027"),
        ("30 Nov 2026", 3, "28 Feb 2027", "26 Feb 2027"),
        ("02 Mar 2027", 3, "02 Jun 2027", "02 Jun 2027"),
        ("06 Apr 2027", 3, "06 Jul 2027", "06 Jul 2027"),  # S02
        ("09 Jun 2027", 3, "09 Sep 2027", "09 Sep 2027"),  # S10
        ("30 Nov 2027", 3, "29 Feb 2028", "29 Feb 2028"),  # leap year
        ("25 Sep 2027", 3, "25 Dec 2027", "24 Dec 2027"),  # Saturday, and Christmas
        (
            "28 Sep 2026",
            3,
            "28 Dec 2026",
            "24 Dec 2026",
        ),  # bank holiday after a weekend and another
        ("31 Jan 2027", 1, "28 Feb 2027", "26 Feb 2027"),
    ],
)
def test_a_review_is_rolled_back_to_a_working_day(held, months, same_day, review):
    assert months_on(day(held), months) == day(same_day)
    assert review_on(day(held), months, ENGLAND) == day(review)


@pytest.mark.requirement("DEC-31")
def test_the_library_agrees_with_the_list_written_by_hand():
    first, last = dt.date(2024, 1, 1), dt.date(2030, 12, 31)
    found = [
        each.isoformat()
        for each in sorted(ENGLAND.bank_holidays)
        if first <= each <= last and each.weekday() < 5
    ]
    assert found == BANK_HOLIDAYS


@pytest.mark.requirement("DEC-31")
def test_one_off_bank_holidays_of_the_past_are_known():
    for known in ("2022-06-03", "2022-09-19", "2023-05-08", "2020-05-08"):
        assert not ENGLAND.is_working_day(day(known))
    assert ENGLAND.is_working_day(day("2020-05-04"))


def _worked():
    """Every working day 2024 to 2030 by another way: a set difference, then sorted."""
    start = dt.date(2024, 1, 1).toordinal()
    every = set(range(start, dt.date(2031, 1, 1).toordinal()))
    weekend = {each for each in every if each % 7 in (6, 0)}  # ordinal 1 is a Monday
    off = {day(each).toordinal() for each in BANK_HOLIDAYS}
    return sorted(every - weekend - off)


WORKED = _worked()
IN_RANGE = st.dates(dt.date(2024, 1, 1), dt.date(2030, 11, 15))


@pytest.mark.requirement("DEC-29", "DEC-31")
@settings(deadline=None)
@given(trigger=IN_RANGE, number=st.integers(1, 25))
def test_due_on_agrees_with_an_independent_count(trigger, number):
    expected = WORKED[bisect_right(WORKED, trigger.toordinal()) + number - 1]
    assert due_on(trigger, number, ENGLAND).toordinal() == expected


@pytest.mark.requirement("DEC-29", "DEC-31")
def test_due_on_agrees_for_every_single_day():
    for ordinal in range(WORKED[0], dt.date(2030, 12, 1).toordinal()):
        place = bisect_right(WORKED, ordinal)
        for number in (1, 3, 5):
            found = due_on(dt.date.fromordinal(ordinal), number, ENGLAND)
            assert found.toordinal() == WORKED[place + number - 1]


@pytest.mark.requirement("DEC-32")
@settings(deadline=None)
@given(today=IN_RANGE, due=IN_RANGE)
def test_days_left_agree_with_an_independent_count(today, due):
    left = working_days_left(today, due, ENGLAND)
    one, two = bisect_right(WORKED, today.toordinal()), bisect_right(WORKED, due.toordinal())
    if today <= due:
        assert left == two - one
    else:
        assert left == -(one - two)


@pytest.mark.requirement("DEC-32")
def test_late_days_agree_with_counting_them_one_by_one_from_2024_to_2030():
    """After the due day up to and including today, for every due day and six weeks after it."""
    worked = set(WORKED)
    for due in range(dt.date(2024, 1, 1).toordinal(), dt.date(2030, 11, 15).toordinal()):
        late = 0
        for today in range(due + 1, due + 43):
            late += today in worked
            days = dt.date.fromordinal(today), dt.date.fromordinal(due)
            assert working_days_left(*days, ENGLAND) == -late, days


@pytest.mark.requirement("DEC-32")
@pytest.mark.parametrize(
    ("today", "left"),
    [
        ("2026-12-23", 3),
        ("2026-12-24", 2),
        ("2026-12-25", 2),
        ("2026-12-28", 2),
        ("2026-12-29", 1),
        ("2026-12-30", 0),
        ("2026-12-31", -1),
        ("2027-01-01", -1),  # a bank holiday, then a weekend: no working day has passed
        ("2027-01-03", -1),
        ("2027-01-04", -2),
        ("2027-01-05", -3),
    ],
)
def test_days_left_across_christmas(today, left):
    assert working_days_left(day(today), day("2026-12-30"), ENGLAND) == left


@pytest.mark.requirement("DEC-32")
def test_a_weekend_makes_nothing_later():
    thursday = day("2026-11-19")
    days = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"]
    left = [working_days_left(day(today), thursday, ENGLAND) for today in days]
    assert left == [-1, -1, -1, -2, -3]
    friday = day("2026-12-11")
    days = ["2026-12-12", "2026-12-13", "2026-12-14", "2026-12-15"]
    left = [working_days_left(day(today), friday, ENGLAND) for today in days]
    assert left == [0, 0, -1, -2]


@pytest.mark.requirement("DEC-37")
@settings(deadline=None)
@given(held=IN_RANGE, months=st.integers(1, 6))
def test_a_review_is_never_later_and_always_worked(held, months):
    review = review_on(held, months, ENGLAND)
    same_day = months_on(held, months)
    assert ENGLAND.is_working_day(review)
    assert review <= same_day
    # Nothing worked lies between: the roll back stops at the first working day.
    between = range(review.toordinal() + 1, same_day.toordinal() + 1)
    assert not any(ENGLAND.is_working_day(dt.date.fromordinal(each)) for each in between)


@settings(deadline=None)
@given(held=IN_RANGE, months=st.integers(0, 24))
def test_months_on_keeps_the_day_or_takes_the_last(held, months):
    found = months_on(held, months)
    assert (found.year - held.year) * 12 + found.month - held.month == months
    assert found.day == held.day or (found + dt.timedelta(days=1)).day == 1


@pytest.mark.requirement("DEC-31")
def test_a_one_off_bank_holiday_moves_a_target():
    with_one_off = calendar_of({day("2026-12-07"): "One-off"})
    assert due_on(day("2026-12-04"), 3, ENGLAND) == day("2026-12-09")
    assert due_on(day("2026-12-04"), 3, with_one_off) == day("2026-12-10")


@pytest.mark.requirement("DEC-31")
def test_a_closure_is_shown_and_moves_a_target_only_if_the_board_says_so():
    closures = {day("2026-12-07"): "Office closed"}
    shown = calendar_of(closures=closures)
    moving = calendar_of(closures=closures, closures_move_targets=True)
    assert due_on(day("2026-12-04"), 3, shown) == day("2026-12-09")
    assert due_on(day("2026-12-04"), 3, moving) == day("2026-12-10")
    assert shown.crossed(day("2026-12-04"), day("2026-12-09")) == {
        day("2026-12-07"): "Office closed"
    }
    assert review_on(day("2026-09-07"), 3, shown) == day("2026-12-07")
    assert review_on(day("2026-09-07"), 3, moving) == day("2026-12-04")


@pytest.mark.requirement("DEC-31")
def test_crossed_names_the_bank_holidays_on_the_way():
    crossed = ENGLAND.crossed(day("2026-12-23"), day("2026-12-30"))
    # The 26th is a Saturday: a bank holiday by name, and its substitute is Monday the 28th.
    assert list(crossed) == [day("2026-12-25"), day("2026-12-26"), day("2026-12-28")]
    assert all(crossed.values())


@pytest.mark.requirement("DEC-29")
def test_the_version_follows_the_days_and_nothing_else():
    closed = {day("2026-12-07"): "Office closed"}
    assert calendar_of().version == ENGLAND.version
    assert calendar_of(closures=closed).version == calendar_of(closures=dict(closed)).version
    versions = {
        ENGLAND.version,
        calendar_of(closures=closed).version,
        calendar_of(closed).version,
        calendar_of(closures=closed, closures_move_targets=True).version,
    }
    assert len(versions) == 4


def test_a_calendar_cannot_be_changed():
    with pytest.raises(TypeError):
        ENGLAND.bank_holidays[day("2026-12-07")] = "x"
    with pytest.raises(AttributeError):
        ENGLAND.version = "x"
    assert isinstance(ENGLAND, Calendar)


@pytest.mark.requirement("DEC-29")
def test_no_working_days_is_the_day_itself_and_nonsense_is_refused():
    assert due_on(day("2026-12-26"), 0, ENGLAND) == day("2026-12-26")
    for number in (-1, 1001):
        with pytest.raises(ValueError, match="working days"):
            due_on(day("2026-12-04"), number, ENGLAND)
    for months in (0, -3, 121):
        with pytest.raises(ValueError, match="months"):
            review_on(day("2026-12-04"), months, ENGLAND)


@pytest.mark.parametrize("edge", [dt.date(1999, 12, 31), dt.date(1, 1, 1), dt.date(2061, 1, 3)])
def test_days_outside_the_calendar_are_refused(edge):
    with pytest.raises(OutsideCalendar):
        ENGLAND.is_working_day(edge)


def test_a_review_outside_the_calendar_is_refused():
    with pytest.raises(OutsideCalendar):
        review_on(day("1999-12-29"), 3, ENGLAND)
    with pytest.raises(OutsideCalendar):
        review_on(day("2060-12-01"), 3, ENGLAND)


@pytest.mark.parametrize("edge", [dt.date(1, 1, 1), dt.date(LAST_YEAR, 12, 31), dt.date.max])
def test_targets_outside_the_calendar_are_refused(edge):
    with pytest.raises(OutsideCalendar):
        due_on(edge, 3, ENGLAND)


def test_a_trigger_outside_the_calendar_is_refused_even_for_the_same_day():
    for edge in (day("1999-12-31"), dt.date(LAST_YEAR + 1, 1, 1)):
        for number in (0, 3):
            with pytest.raises(OutsideCalendar):
                due_on(edge, number, ENGLAND)


def test_the_working_days_beside_a_weekend():
    assert last_working_day(day("2026-12-28"), ENGLAND) == day("2026-12-24")
    assert last_working_day(day("2026-12-24"), ENGLAND) == day("2026-12-24")


@pytest.mark.requirement("DEC-02")
@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2013-01-18", "2027-01-15", 13),  # S03
        ("2013-01-18", "2027-01-17", 13),
        ("2013-01-18", "2027-01-18", 14),  # S03, 14th birthday
        ("2014-05-06", "2026-12-01", 12),
        ("2012-02-29", "2026-02-28", 13),
        ("2012-02-29", "2026-03-01", 14),  # 1 March in a common year
        ("2012-02-29", "2028-02-28", 15),
        ("2012-02-29", "2028-02-29", 16),
        ("2012-03-01", "2026-02-28", 13),
        ("2012-12-31", "2012-12-31", 0),
        ("2012-12-31", "2013-01-01", 0),
    ],
)
def test_age(born, on, age):
    assert age_on(day(born), day(on)) == age


@pytest.mark.requirement("DEC-02")
@settings(deadline=None)
@given(born=st.dates(dt.date(2000, 1, 1), dt.date(2030, 12, 31)), years=st.integers(0, 25))
def test_someone_turns_n_on_their_nth_birthday_and_not_before(born, years):
    birthday = birthday_on(born, years)
    assert age_on(born, birthday) == years
    if years:
        assert age_on(born, birthday - dt.timedelta(days=1)) == years - 1
    if (born.month, born.day) != (2, 29):
        assert (birthday.month, birthday.day) == (born.month, born.day)


def test_there_is_no_age_before_birth():
    with pytest.raises(ValueError, match="before"):
        age_on(day("2014-05-06"), day("2014-05-05"))

"""Dates of birth that are taken for one another, without a database."""

import datetime as dt

import pytest

from cse.children.births import DIGIT_OFF, SAME, SWAPPED, YEAR_OFF, near_dates


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (dt.date(2012, 4, 3), SAME),
        (dt.date(2012, 3, 4), SWAPPED),
        (dt.date(2011, 4, 3), YEAR_OFF),
        (dt.date(2013, 4, 3), YEAR_OFF),
        (dt.date(2012, 4, 13), DIGIT_OFF),
        (dt.date(2012, 4, 8), DIGIT_OFF),
        (dt.date(2018, 4, 3), DIGIT_OFF),
        (dt.date(2012, 5, 3), DIGIT_OFF),
    ],
)
def test_a_slip_of_the_pen_is_near(other, why):
    assert near_dates(dt.date(2012, 4, 3))[other] == why


@pytest.mark.parametrize("other", [dt.date(2012, 5, 4), dt.date(2014, 3, 4), dt.date(2012, 12, 25)])
def test_two_slips_are_not_near(other):
    assert other not in near_dates(dt.date(2012, 4, 3))


def test_a_day_that_cannot_be_a_month_is_not_swapped():
    assert SWAPPED not in near_dates(dt.date(2012, 4, 27)).values()


def test_a_leap_day_has_only_real_neighbours():
    near = near_dates(dt.date(2012, 2, 29))
    assert near[dt.date(2012, 2, 29)] == SAME
    assert dt.date(2016, 2, 29) in near
    assert YEAR_OFF not in near.values()


def test_the_first_years_of_the_calendar_do_not_fail():
    assert near_dates(dt.date(1, 1, 1))[dt.date(1, 1, 1)] == SAME

"""Screens of one day can be told apart wherever they are named."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from cse.interface.words import short_date, time_words
from screening.models import Screen
from screening.naming import days_of
from tests.screening.made import completed, corrected
from tests.screening.pages import text_of


def at(*moments):
    """Screens completed at these moments of 1 December 2026, in London as in UTC; by id."""
    day = dt.date(2026, 12, 1)
    screens = []
    for moment in moments:
        at = dt.datetime.combine(day, dt.time(*moment), dt.UTC)
        screens.append(Screen(id=uuid.uuid4(), completed_on=day, completed_at=at))
        screens[-1].occasion_at = at
    return screens


def test_one_screen_of_a_day_has_the_day_alone():
    [screen] = at((9, 5))
    draft = Screen(id=uuid.uuid4())
    assert days_of([screen, draft]) == {screen.pk: "1 December 2026"}


def test_two_of_a_day_have_the_time_and_two_of_a_minute_a_number():
    early, late, later = at((9, 5, 1), (14, 30, 1), (14, 30, 9))
    named = days_of([later, early, late], short_date)
    assert named == {
        early.pk: "1 Dec 2026, 9:05am",
        late.pk: "1 Dec 2026, 2:30pm",
        later.pk: "1 Dec 2026, 2:30pm (2)",
    }


@pytest.mark.django_db
@pytest.mark.requirement("W-SCR-11")
def test_the_pages_tell_two_screens_of_one_day_apart(oxfordshire):
    first = completed(oxfordshire, answers={})
    second = corrected(first, by=oxfordshire.worker, harm_happened="yes")
    client = oxfordshire.client()
    times = {time_words(each.completed_at) for each in (first, second)}
    for name in ("screening:child", "screening:compare", "children:child"):
        page = text_of(client.get(reverse(name, args=[oxfordshire.child.pk])))
        for time in times:
            assert time in page, (name, time)

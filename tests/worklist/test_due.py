"""How long is left, in words."""

import datetime as dt

import pytest

from cse.workdays import calendar_of
from cse.worklist.due import due_in_words

CALENDAR = calendar_of()
MONDAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("due", "today", "words", "is_late"),
    [
        (MONDAY, MONDAY, "due today", False),
        (dt.date(2026, 11, 24), MONDAY, "1 working day left", False),
        (dt.date(2026, 11, 25), MONDAY, "2 working days left", False),
        (dt.date(2026, 11, 30), MONDAY, "5 working days left", False),
        (dt.date(2026, 11, 20), MONDAY, "late by 1 working day", True),
        (dt.date(2026, 11, 19), MONDAY, "late by 2 working days", True),
        (dt.date(2026, 11, 20), dt.date(2026, 11, 21), "late by less than 1 working day", True),
        (dt.date(2026, 11, 19), dt.date(2026, 11, 22), "late by 1 working day", True),
        (dt.date(2026, 11, 22), dt.date(2026, 11, 21), "no working day left", False),
        (dt.date(2026, 12, 29), dt.date(2026, 12, 24), "1 working day left", False),
        (dt.date(2199, 1, 1), MONDAY, "not due yet", False),
        (dt.date(1999, 1, 1), MONDAY, "late", True),
    ],
)
def test_words(due, today, words, is_late):
    said = due_in_words(due, today, CALENDAR)
    assert (said.words, said.is_late, said.on) == (words, is_late, due)

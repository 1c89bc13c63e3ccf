"""Dates of birth that are easily taken for one another. Pure: dates in, words out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

SAME = "same date of birth"
SWAPPED = "day and month the other way round"
YEAR_OFF = "date of birth one year apart"
DIGIT_OFF = "one digit of the date of birth differs"

#: Places of two digits of the year in ddmmyyyy.
_MILLENNIUM, _CENTURY = 4, 5


def near_dates(day: dt.date) -> dict[dt.date, str]:
    """The dates that a slip of the pen makes of ``day``, each with why, the best reason first.

    Same, day and month swapped, a year either way, one digit of ddmmyyyy different.
    """
    found: dict[dt.date, str] = {day: SAME}
    for why, dates in (
        (SWAPPED, _swapped(day)),
        (YEAR_OFF, _years_apart(day)),
        (DIGIT_OFF, _digits_off(day)),
    ):
        for near in dates:
            found.setdefault(near, why)
    return found


def _swapped(day: dt.date) -> Iterator[dt.date]:
    yield from _real(day.year, day.day, day.month)


def _years_apart(day: dt.date) -> Iterator[dt.date]:
    for year in (day.year - 1, day.year + 1):
        yield from _real(year, day.month, day.day)


def _digits_off(day: dt.date) -> Iterator[dt.date]:
    text = f"{day.day:02}{day.month:02}{day.year:04}"
    for at, digit in enumerate(text):
        if at in (_MILLENNIUM, _CENTURY):
            continue  # nobody is born there
        for other in "0123456789":
            if other != digit:
                near = text[:at] + other + text[at + 1 :]
                yield from _real(int(near[4:]), int(near[2:4]), int(near[:2]))


def _real(year: int, month: int, day: int) -> Iterator[dt.date]:
    try:
        yield dt.date(year, month, day)
    except ValueError:
        return

"""What a completed screen is called among the others of its child: the day of its occasion, the day
of a correction, and the time where a day would not tell two apart.

The screens are those of ``screening.queries.in_time``: each knows its ``occasion_at``.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from cse.interface.words import date_words, in_london, time_words

Words = Callable[[Any], str]


def occasions_of(screens: Iterable[Any], words: Words = date_words) -> dict[uuid.UUID, str]:
    """By completed screen, the day on which the child was screened, whichever version it is."""
    completed = [each for each in screens if each.completed_at]
    days = _busy_days(each.occasion_at for each in completed)
    return {each.pk: _day(each.occasion_at, words, days) for each in completed}


def days_of(screens: Iterable[Any], words: Words = date_words) -> dict[uuid.UUID, str]:
    """By completed screen, its occasion and, of a correction, its own day; no two are the same.

    Those of one minute have a number, the earliest first.
    """
    completed = sorted(
        (each for each in screens if each.completed_at), key=lambda each: each.completed_at
    )
    days = _busy_days(
        moment for each in completed for moment in (each.occasion_at, each.completed_at)
    )
    named = {each.pk: _named(each, words, days) for each in completed}
    seen: Counter[str] = Counter()
    for key, name in named.items():
        seen[name] += 1
        if seen[name] > 1:
            named[key] = f"{name} ({seen[name]})"
    return named


def version_words(screen: Any) -> str:
    """A screen's tool, its version, and which correction it is."""
    pinned, number = screen.tool_version, screen.correction_number
    return f"{pinned.tool.name}, version {pinned.number}" + (
        f", correction {number}" if number else ""
    )


def _named(screen: Any, words: Words, days: set[dt.date]) -> str:
    name = _day(screen.occasion_at, words, days)
    if not screen.correction_number:
        return name
    return f"{name}, corrected {_day(screen.completed_at, words, days)}"


def _busy_days(moments: Iterable[dt.datetime]) -> set[dt.date]:
    """The days on which more than one version was completed."""
    found = Counter(in_london(moment).date() for moment in set(moments))
    return {day for day, number in found.items() if number > 1}


def _day(moment: dt.datetime, words: Words, busy: set[dt.date]) -> str:
    day = in_london(moment).date()
    return f"{words(day)}, {time_words(moment)}" if day in busy else words(day)

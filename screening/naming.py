"""What a completed screen is called among the others of its child: its day, and the time if two
were completed on that day."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from cse.interface.words import date_words, time_words
from screening.models import Screen


def days_of(
    screens: Iterable[Screen], words: Callable[[Any], str] = date_words
) -> dict[uuid.UUID, str]:
    """By completed screen, its day in words; no two are the same.

    Screens of one day have the time too, and those of one minute a number, the earliest first.
    """
    completed = sorted(
        (each for each in screens if each.completed_at), key=lambda each: each.completion[1]
    )
    on_day = Counter(each.completed_on for each in completed)
    named = {each.pk: _named(each, words, on_day) for each in completed}
    seen: Counter[str] = Counter()
    for key, name in named.items():
        seen[name] += 1
        if seen[name] > 1:
            named[key] = f"{name} ({seen[name]})"
    return named


def _named(screen: Screen, words: Callable[[Any], str], on_day: Counter[Any]) -> str:
    day, moment = screen.completion
    return words(day) if on_day[day] == 1 else f"{words(day)}, {time_words(moment)}"

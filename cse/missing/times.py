"""A day and a time of day in London, as one moment. Pure.

On the night the clocks go back an hour comes twice, and on the night they go forward one does not
come at all: neither is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
_TIME: Final = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*([ap])?\.?m?\.?", re.ASCII)
_FOUR: Final = re.compile(r"(\d{2})(\d{2})", re.ASCII)
_NAMED: Final = {"midnight": dt.time(0), "midday": dt.time(12), "noon": dt.time(12)}


class NoSuchTime(ValueError):  # noqa: N818  (what it means, not what went wrong)
    """The clocks went forward over this time of day: it did not exist."""


class CameTwice(ValueError):  # noqa: N818
    """The clocks went back: this time of day came twice, and nobody said which it was."""


def moment_of(day: dt.date, time: dt.time, *, second: bool | None = None) -> dt.datetime:
    """The moment in UTC. ``second``: of a time that came twice the later one (winter time).

    Raises `NoSuchTime`, and `CameTwice` where ``second`` is None and it matters.
    """
    early, late = (dt.datetime.combine(day, time, LONDON).replace(fold=fold) for fold in (0, 1))
    first, last = early.astimezone(dt.UTC), late.astimezone(dt.UTC)
    if first == last:
        return first
    if first > last:  # a gap: both readings fall beside it
        raise NoSuchTime
    if second is None:
        raise CameTwice
    return last if second else first


def came_twice(moment: dt.datetime) -> bool | None:
    """Whether the time on the wall at this moment was the second of two; None where it came once.

    Raises ValueError for a moment without a zone.
    """
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    local = moment.astimezone(LONDON)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return None
    return bool(local.fold)


def read_time(text: str) -> dt.time | None:
    """A time as people write it: 21:40, 21.40, 2140, 9.40pm, 9pm, midnight. None for none.

    Without am or pm it is the 24-hour clock.
    """
    text = " ".join(text.casefold().split())
    if text in _NAMED:
        return _NAMED[text]
    four = _FOUR.fullmatch(text)
    if four:
        return _time(int(four[1]), int(four[2]))
    found = _TIME.fullmatch(text)
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] is None:
        return _time(hour, minute) if text[-1].isdigit() else None
    if not 1 <= hour <= 12:
        return None
    return _time(hour % 12 + (12 if found[3] == "p" else 0), minute)


def _time(hour: int, minute: int) -> dt.time | None:
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None

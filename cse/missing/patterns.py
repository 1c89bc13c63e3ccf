"""What a child's missing episodes show together. Pure; counts and times, and no verdict (DEC-06).

No handbook says how many are many: W §6.2 speaks of "regularly", O §7.5.8 of "persistently". So
nothing here fires at a number; people judge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
RECENT: Final = dt.timedelta(days=90)
"""How far back "recently" looks. Ours: three months, as a CSE review does."""
NIGHT: Final = dt.time(3)
"""Somebody who is away at this time of day was away overnight. Ours."""


@dataclass(frozen=True)
class Spell:
    """One time of being missing; ``returned_at`` is None while the child is still missing."""

    started_at: dt.datetime
    returned_at: dt.datetime | None = None


@dataclass(frozen=True)
class Pattern:
    """Of all episodes: how many, how many recently, the longest, and how many went overnight."""

    total: int = 0
    recent: int = 0
    longest: dt.timedelta = dt.timedelta()
    overnight: int = 0
    missing_since: dt.datetime | None = None

    @property
    def words(self) -> str:
        """As in "3 episodes in the last 90 days, 5 in all. The longest: 2 days 4 hours. …"."""
        if not self.total:
            return "No missing episode is recorded."
        recent = f"{_count(self.recent, 'episode')} in the last {RECENT.days} days"
        said = [f"{recent}, {self.total} in all." if self.total > self.recent else f"{recent}."]
        said.append(f"The longest lasted {length_words(self.longest)}.")
        if self.overnight:
            said.append(f"Away overnight {_count(self.overnight, 'time')}.")
        return " ".join(said)


def pattern_of(spells: Sequence[Spell], now: dt.datetime) -> Pattern:
    """The pattern as of ``now``; one that is still running counts up to then.

    Of one whose return is not recorded, though the child was missing again later, nobody knows how
    long it was: it counts, and is no longer running.
    """
    last = max((spell.started_at for spell in spells), default=now)
    still = [
        spell.started_at
        for spell in spells
        if spell.returned_at is None and spell.started_at == last
    ]
    ends = [
        (spell.started_at, spell.returned_at or (now if still else spell.started_at))
        for spell in spells
    ]
    return Pattern(
        total=len(spells),
        recent=sum(end >= now - RECENT for _, end in ends),
        longest=max((end - start for start, end in ends), default=dt.timedelta()),
        overnight=sum(overnight(start, end) for start, end in ends),
        missing_since=min(still, default=None),
    )


def overnight(start: dt.datetime, end: dt.datetime) -> bool:
    """Whether 3am in London passed in between."""
    local = start.astimezone(LONDON)
    night = dt.datetime.combine(local.date(), NIGHT, LONDON)
    if night.astimezone(dt.UTC) < start:
        night = dt.datetime.combine(local.date() + dt.timedelta(days=1), NIGHT, LONDON)
    return night.astimezone(dt.UTC) <= end


def length_words(length: dt.timedelta) -> str:
    """ "2 days 4 hours", "5 hours 10 minutes", "25 minutes": hours that really passed."""
    minutes = max(0, int(length.total_seconds() // 60))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "day"), (hours, "hour"), *([] if days else [(minutes, "minute")])]
    return " ".join(_count(many, noun) for many, noun in parts if many) or "less than a minute"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

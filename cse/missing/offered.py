"""What missing episodes and return interviews say, as pieces that a screen may take as evidence.

A room above shows them; a person copies one. Nothing here writes into a screen (W §7: interviews
are held to understand the child, and to see patterns).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.patterns import length_words
from cse.missing.queries import episodes_of, pattern_from
from cse.missing.transitions import State

LONDON = ZoneInfo("Europe/London")
PARTS: Final = 4
"""How many parts of a text would fill the room that there is: several can be taken into one row."""
_BREAKS: Final = tuple(re.compile(each) for each in (r"\n\s*\n", r"\n", r"(?<=[.!?])\s+", r"\s+"))
"""Where a text may be cut, the best place first."""


class Topic(StrEnum):
    """What a piece is about; the room above knows which of its questions ask for that."""

    PATTERN = "pattern"
    LONG = "long"
    INTERVIEW = "interview"
    PLACES = "places"
    APPEARANCE = "appearance"
    OTHERS = "others"


@dataclass(frozen=True)
class Piece:
    """Words to offer: ``key`` finds it again, ``source`` says in words where it stands."""

    key: str
    topic: Topic
    text: str
    source: str
    episode_id: uuid.UUID

    @property
    def words(self) -> str:
        """What is copied: the text, and where it comes from."""
        return f"{self.text.strip()} [{self.source}]"

    @property
    def mark(self) -> str:
        """What a page sends back of the words that it showed: another mark, other words."""
        return hashlib.sha256(self.words.encode()).hexdigest()


def pieces_for(user: Any, child_id: uuid.UUID, now: dt.datetime, *, longest: int) -> list[Piece]:
    """Everything that may be offered about a child, the newest episode first. One query.

    ``longest``: the characters that there is room for. What is longer with its source comes in
    parts that each say where they come from; together they are the whole text.
    """
    episodes = [each for each in episodes_of(user, child_id) if not each.is_set_aside]
    whole = [*_pattern(episodes, now), *(piece for each in episodes for piece in _of(each))]
    return [part for piece in whole for part in _fitting(piece, longest)]


def _fitting(piece: Piece, longest: int) -> Iterator[Piece]:
    if len(piece.words) <= longest:
        yield piece
        return
    room = longest // PARTS - len(f" [{piece.source}, part 99 of 99]")
    texts = list(_cut(piece.text.strip(), room))
    for number, text in enumerate(texts, 1):
        source = f"{piece.source}, part {number} of {len(texts)}"
        yield replace(piece, key=f"{piece.key}.{number}", text=text, source=source)


def _cut(text: str, longest: int) -> Iterator[str]:
    """The text in order, cut between paragraphs, lines, sentences or words where that can be."""
    while len(text) > longest:
        # An early break would make many small parts.
        found = (list(each.finditer(text, longest // 2, longest + 1)) for each in _BREAKS)
        last = next((each[-1] for each in found if each), None)
        end, start = last.span() if last else (longest, longest)
        yield text[:end]
        text = text[start:].lstrip()
    yield text


def _pattern(episodes: Sequence[MissingEpisode], now: dt.datetime) -> Iterator[Piece]:
    if episodes:
        text = pattern_from(episodes, now).words
        source = f"Missing episodes recorded up to {_day(now)}"
        yield Piece("pattern", Topic.PATTERN, text, source, episodes[0].pk)


def _of(episode: MissingEpisode) -> Iterator[Piece]:
    when = f"Missing episode of {_day(episode.started_at)}"
    for name, topic, text in (
        ("with_others", Topic.OTHERS, episode.with_others),
        ("found_where", Topic.PLACES, episode.found_where),
        ("appearance", Topic.APPEARANCE, episode.appearance),
        ("said", Topic.INTERVIEW, episode.said),
    ):
        if text:
            yield Piece(f"{name}.{episode.pk}", topic, text, when, episode.pk)
    if episode.returned_at is not None:
        length = length_words(episode.returned_at - episode.started_at)
        text = f"Missing for {length}. {episode.circumstances}"
        yield Piece(f"length.{episode.pk}", Topic.LONG, text, when, episode.pk)
    interview = getattr(episode, "interview", None)
    if interview is not None and interview.stands_at is State.HELD:
        yield from _gathered(episode, interview)


def _gathered(episode: MissingEpisode, interview: ReturnInterview) -> Iterator[Piece]:
    assert interview.outcome_at is not None  # noqa: S101  it was held
    source = (
        f"Return interview of {_day(interview.outcome_at)}, held by {interview.interviewer_name}"
    )
    for name, topic in (
        ("reasons", Topic.INTERVIEW),
        ("places_people", Topic.PLACES),
        ("harm", Topic.INTERVIEW),
        ("needs", Topic.INTERVIEW),
    ):
        text = getattr(interview, name)
        if text:
            yield Piece(f"{name}.{episode.pk}", topic, text, source, episode.pk)


def _day(moment: dt.datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B} {local.year}"

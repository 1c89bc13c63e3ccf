"""What missing episodes and return interviews say, as pieces that a screen may take as evidence.

A room above shows them; a person copies one. Nothing here writes into a screen (W §7: interviews
are held to understand the child, and to see patterns).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.patterns import length_words
from cse.missing.queries import episodes_of, pattern_from
from cse.missing.transitions import State

LONDON = ZoneInfo("Europe/London")


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
        return f"{self.text} [{self.source}]"


def pieces_for(user: Any, child_id: uuid.UUID, now: dt.datetime) -> list[Piece]:
    """Everything that may be offered about a child, the newest episode first. One query."""
    episodes = [each for each in episodes_of(user, child_id) if not each.is_set_aside]
    return [*_pattern(episodes, now), *(piece for each in episodes for piece in _of(each))]


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

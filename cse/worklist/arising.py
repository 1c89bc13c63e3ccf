"""What a thing that waits arises from, in words: two of a kind for one child do not look alike.

A room registers in its ``AppConfig.ready``; this room knows none of their tables.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Origin:
    """What a thing arises from; ``mark`` is said in a badge beside it, and never in colour alone.

    Lists are no look at a record: neither ever quotes what somebody wrote.
    """

    words: str
    mark: str = ""


Arising = Callable[[Any, Collection[uuid.UUID]], Mapping[uuid.UUID, Origin]]
"""``(user, subject ids)`` → the origin of those subjects that this person may see."""
_makers: dict[str, Arising] = {}


class Thing(Protocol):
    """What waits, by its kind and what it is about."""

    @property
    def kind(self) -> str: ...
    @property
    def subject_id(self) -> uuid.UUID: ...


def register_arising(kind: str, make: Arising) -> None:
    """Say by ``make`` what work of this kind arises from; one query for all that a page shows."""
    _makers[kind] = make


def arising(user: Any, things: Iterable[Thing]) -> dict[tuple[str, uuid.UUID], Origin]:
    """(kind, subject) → what it arises from, where its room says so. A query for each kind met."""
    of_kind: dict[str, set[uuid.UUID]] = defaultdict(set)
    for thing in things:
        if thing.kind in _makers:
            of_kind[thing.kind].add(thing.subject_id)
    return {
        (kind, subject): origin
        for kind, subjects in of_kind.items()
        for subject, origin in _makers[kind](user, subjects).items()
    }

"""Who of a team has taken what waits for all of it: to them it is theirs, to others that person's.

A room registers in its ``AppConfig.ready``; this room knows none of their tables.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from cse.worklist.arising import Thing

Holders = Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, Any]]
"""Subject ids → the account of who has taken it, for those that somebody has."""
_makers: dict[str, Holders] = {}


def register_held(kind: str, make: Holders) -> None:
    """Say by ``make`` who has taken work of this kind; one query for all that a page shows."""
    _makers[kind] = make


def holders_of(things: Iterable[Thing]) -> dict[uuid.UUID, Any]:
    """Subject → who has taken it, where its room says so. A query for each room met."""
    of_room: dict[Holders, set[uuid.UUID]] = defaultdict(set)
    for thing in things:
        if thing.kind in _makers:
            of_room[_makers[thing.kind]].add(thing.subject_id)
    return {
        subject: person
        for make, subjects in of_room.items()
        for subject, person in make(subjects).items()
    }


def held_words(holder: Any, user: Any) -> str:
    """With whom it is then, to this reader."""
    if holder.pk == user.pk:
        return "You have claimed it"
    return f"{holder.get_full_name()} has claimed it, of your team"

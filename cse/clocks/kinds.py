"""The kinds of clock: none here, a room above registers its own in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse

from cse.access.capabilities import Capability
from cse.clocks.reckoning import Length, Offset, Unit

if TYPE_CHECKING:
    from cse.clocks.models import Clock

#: DEC-32: with one working day left, on the day itself; each working day once it is late.
USUAL_OFFSETS = (Offset(-1), Offset(0))
#: For hours that also pass at night and at weekends.
HOURLY_OFFSETS = (Offset(-24, Unit.HOURS), Offset(-4, Unit.HOURS))


@dataclass(frozen=True)
class People:
    """Who owes it (``owners``) and who is told as well; users, and groups of teams."""

    owners: Sequence[Any] = ()
    told: Sequence[Any] = ()


def _with_the_child(_user: Any, _subject_id: UUID) -> bool:
    """Whoever sees the child sees the subject."""
    return True


@dataclass(frozen=True)
class ClockKind:
    """One kind of thing that is owed by a time.

    ``rule`` and ``source`` say where the target comes from ("R6", "DEC-16"); ``people`` is asked
    when the clock starts, when it moves and each day it is late; ``capability`` is what somebody
    needs on the child to act on it and to be told; ``url_name`` is the page it belongs to and
    takes the subject's id; ``work`` is a kind of ``cse.worklist.kinds`` that waits for the owners
    while it runs, or empty where the room opens that itself. ``sees`` says whether somebody who
    sees the child sees the subject as well: access to a child opens no referral of it. Where it is
    to be known ``at_once``, whoever owes it has an e-mail when it becomes theirs: what is owed
    within a day has no morning before the last. ``follows`` is what somebody needs on the child to
    have one when it is done, and to say that it is owed no longer; by default ``capability``.
    """

    key: str
    title: str
    rule: str
    source: str
    length: Length
    people: Callable[[Clock], People]
    capability: Capability
    url_name: str
    work: str = ""
    offsets: Sequence[Offset] = USUAL_OFFSETS
    sees: Callable[[Any, UUID], bool] = _with_the_child
    at_once: bool = False
    follows: Capability | None = None

    def address(self, subject_id: UUID) -> str:
        """The page the clock belongs to; empty while no room serves it."""
        try:
            return reverse(self.url_name, args=[subject_id])
        except NoReverseMatch:
            return ""


_kinds: dict[str, ClockKind] = {}


def register_kind(kind: ClockKind) -> None:
    """Offer a kind of clock; registered again under the same key it is replaced."""
    _kinds[kind.key] = kind


def kind_of(key: str) -> ClockKind:
    """The kind with that key. Raises ``ValueError`` for one that no room has registered."""
    try:
        return _kinds[key]
    except KeyError:
        raise ValueError(f"{key!r} is no kind of clock") from None


def title_of(key: str) -> str:
    """What people call the kind; empty for one that no room has registered any more."""
    return _kinds[key].title if key in _kinds else ""

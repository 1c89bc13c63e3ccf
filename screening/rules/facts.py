"""What a screen says, as the rules read it. Frozen; words are checked, texts are kept.

Every enum is a string enum: a stored ``"yes"`` is as good as ``Presence.YES``. A wrong word
raises ValueError when the fact is made, so that no rule ever sees one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from screening.tools.definition import CseLevel, Impact, Level, Likelihood


class Presence(StrEnum):
    """What is answered to an indicator. Not answered is not "no" (DEC-19)."""

    YES = "yes"
    POSSIBLE = "possible"
    NO = "no"
    NOT_ANSWERED = "not_answered"

    @property
    def is_present(self) -> bool:
        """Yes, or possible: if you cannot rule it out, rule it in (DEC-03)."""
        return self in (Presence.YES, Presence.POSSIBLE)

    @property
    def strength(self) -> int:
        """0 not answered, 1 no, 2 possible, 3 yes: to choose the stronger of two answers."""
        return ("not_answered", "no", "possible", "yes").index(self.value)


class TimeFrame(StrEnum):
    """When the indicator was seen (``field.md`` §1)."""

    CURRENT = "current"
    LAST_6_MONTHS = "last_6_months"
    HISTORIC = "historic"
    UNKNOWN = "unknown"


class Harm(StrEnum):
    """Has harm already happened? (O §6.6, W §13)."""

    YES = "yes"
    POSSIBLE = "possible"
    NO = "no"
    NOT_KNOWN = "not_known"


class Direction(StrEnum):
    """How the risk has moved since the last review (W App 1 s3)."""

    INCREASED = "increased"
    DECREASED = "decreased"
    STATIC = "static"


@dataclass(frozen=True)
class Answer:
    """One indicator's answer.

    ``amended_level`` replaces the tool's suggested level and needs a ``reason``.
    ``countersigned``: the safeguarding lead, a different person, agreed to the amended level.
    ``evidence`` and ``professional_concern`` say what the answer rests on; both may be true.
    """

    indicator: str
    presence: Presence = Presence.NOT_ANSWERED
    amended_level: Level | None = None
    reason: str = ""
    countersigned: bool = False
    evidence: bool = False
    professional_concern: bool = False
    time_frame: TimeFrame = TimeFrame.UNKNOWN
    note: str = ""

    def __post_init__(self) -> None:
        _set(self, "presence", Presence(self.presence))
        _set(self, "time_frame", TimeFrame(self.time_frame))
        if self.amended_level is not None:
            _set(self, "amended_level", Level(self.amended_level))


@dataclass(frozen=True)
class DomainRating:
    """How a domain is rated (W App 1 s1, Annex 1.1). ``domain`` is its key.

    ``rating`` is the worker's own, or the matrix suggestion once the worker accepted it; None
    while no rating is accepted.
    """

    domain: str
    impact: Impact | None = None
    likelihood: Likelihood | None = None
    rating: Level | None = None

    def __post_init__(self) -> None:
        if self.impact is not None:
            _set(self, "impact", Impact(self.impact))
        if self.likelihood is not None:
            _set(self, "likelihood", Likelihood(self.likelihood))
        if self.rating is not None:
            _set(self, "rating", Level(self.rating))


@dataclass(frozen=True)
class LevelEvent:
    """A level that the child had from a day on (W §1.10)."""

    level: CseLevel
    on: dt.date

    def __post_init__(self) -> None:
        _set(self, "level", CseLevel(self.level))


@dataclass(frozen=True)
class Facts:
    """Everything that the rules of a screen read.

    ``date_of_birth`` may be approximate: give the latest plausible day and
    ``date_of_birth_certain=False``. ``estimated_age`` is the youngest plausible age in whole years
    on ``completed_on``, read where there is no date of birth. ``history`` is the child's levels
    before this screen, in any order. ``level_approved``: a second person agreed to a level lower
    than the one before (DEC-09). ``overall`` is the matrix used once for the whole (DEC-07).
    ``held`` are domains that the version before rated high and a correction lower, while nobody
    else has answered for that (DEC-04, DEC-05).
    """

    completed_on: dt.date
    date_of_birth: dt.date | None = None
    date_of_birth_certain: bool = True
    estimated_age: int | None = None
    answers: tuple[Answer, ...] = ()
    domains: tuple[DomainRating, ...] = ()
    overall: DomainRating | None = None
    level: CseLevel | None = None
    level_approved: bool = False
    history: tuple[LevelEvent, ...] = ()
    direction: Direction | None = None
    level_reason: str = ""
    professional_judgement: str = ""
    concerns_confirmed: bool | None = None
    harm_happened: Harm | None = None
    held: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.level is not None:
            _set(self, "level", CseLevel(self.level))
        if self.direction is not None:
            _set(self, "direction", Direction(self.direction))
        if self.harm_happened is not None:
            _set(self, "harm_happened", Harm(self.harm_happened))


def _set(fact: object, name: str, value: object) -> None:
    """Replace a word by its enum member while a frozen fact is being made."""
    object.__setattr__(fact, name, value)

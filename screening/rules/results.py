"""What the rules answer. Frozen, and serialisable: a completed screen stores it as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from screening.rules.facts import Presence
from screening.tools.definition import CseLevel, Level, Route


class Obligation(StrEnum):
    """How strictly a rule binds (decisions, section 0)."""

    MANDATORY = "mandatory"
    MANDATORY_TO_OFFER = "mandatory_to_offer"


class AgeBasis(StrEnum):
    """What the age rests on (DEC-02)."""

    DATE_OF_BIRTH = "date_of_birth"
    APPROXIMATE = "approximate"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class AgeFinding:
    """The age on the day of completion: whole years, youngest plausible; None if unknown.

    ``thirteen_or_younger`` is what R5 asks, and is true where the age is unknown (DEC-02).
    """

    years: int | None
    basis: AgeBasis
    thirteen_or_younger: bool

    @property
    def flagged(self) -> bool:
        """Whether the page says that the age is not certain."""
        return self.basis is not AgeBasis.DATE_OF_BIRTH


@dataclass(frozen=True)
class Count:
    """How many indicators are present: always shown as "n (x yes, y possible)" (DEC-03)."""

    yes: int = 0
    possible: int = 0

    @property
    def present(self) -> int:
        """Yes and possible together: a count of rows, not a score."""
        return self.yes + self.possible


@dataclass(frozen=True)
class DomainFinding:
    """One domain: how many rows wait for an answer, and its rating where the tool has one.

    ``suggested`` is what the matrix says of impact and likelihood; ``rating`` what the worker
    accepted or chose. Neither is an overall result.
    """

    key: str
    title: str
    unanswered: int
    totals: Mapping[Level, Count]
    suggested: Level | None = None
    rating: Level | None = None


@dataclass(frozen=True)
class Prompt:
    """Something to consider: text for the practitioner, never a result.

    ``because`` names indicators (ids) or domains (titles); empty for the whole screen.
    """

    id: str
    text: str
    source: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleResult:
    """A rule that fired: what is owed, to whom, why, and where the handbook says so."""

    id: str
    title: str
    obligation: Obligation
    because: tuple[str, ...]
    why: str
    source: str
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class Problem:
    """What stands in the way: the field, what to do, and why."""

    field: str
    message: str
    source: str


@dataclass(frozen=True)
class LevelChange:
    """How a chosen level relates to the one before (DEC-09).

    ``changed`` is None where there is no earlier level. ``directions`` are those allowed.
    ``lowering`` needs a reason and the approval of the lead, a second person; ``peak`` is the
    highest level that the child ever had before.
    """

    previous: CseLevel | None
    chosen: CseLevel
    changed: bool | None
    directions: tuple[str, ...]
    lowering: bool
    peak: CseLevel | None


@dataclass(frozen=True)
class RowState:
    """One shown row after duplicates are merged: what counts for totals and for the strip."""

    indicator: str
    presence: Presence
    level: Level | None

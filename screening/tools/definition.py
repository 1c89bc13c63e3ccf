"""What a screening tool is: immutable, as its data file says.

A screen is pinned to one version for ever; a changed tool is a new file with a higher version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class Level(StrEnum):
    """The level of an indicator, a domain or a matrix cell. Never an overall result (DEC-06)."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 2 for high: for comparing two levels, never for adding them up."""
        return ("low", "medium", "high").index(self.value)


class CseLevel(StrEnum):
    """The three levels of exploitation (W §1.8, O §7.8.4). There is no "no risk" (W-SCR-01)."""

    VULNERABLE = "vulnerable"
    AT_RISK = "at_risk"
    CSE = "cse"

    @property
    def rank(self) -> int:
        """0 for vulnerable, 2 for CSE."""
        return ("vulnerable", "at_risk", "cse").index(self.value)


class Impact(StrEnum):
    """How harmful (W Annex 1.1)."""

    SERIOUS = "serious"
    SUBSTANTIAL = "substantial"
    MODERATE = "moderate"
    LOW = "low"


class Likelihood(StrEnum):
    """How imminent (W Annex 1.1)."""

    VERY_UNLIKELY = "very_unlikely"
    UNLIKELY = "unlikely"
    LIKELY = "likely"
    VERY_LIKELY = "very_likely"


class Tag(StrEnum):
    """What an indicator is, beside its level."""

    HARM = "harm"
    """A sign that harm has already happened (O §6.6)."""
    CIRCUMSTANCE = "circumstance"
    """A circumstance or vulnerability, not behaviour (DEC-22)."""
    CONTESTED = "contested"
    """Its wording or its place in the tool is contested (DEC-22)."""


@dataclass(frozen=True)
class Choice:
    """One answer that a field offers."""

    key: str
    title: str


@dataclass(frozen=True)
class Message:
    """Something the tool says, with the section of the handbook it comes from."""

    text: str
    source: str


@dataclass(frozen=True)
class Indicator:
    """One row of the paper tool.

    ``source_text`` is the handbook's own text, verbatim; ``display_text`` is what a page and a PDF
    show (DEC-21, DEC-22). ``source_row`` counts the paper rows from 1. ``same_row_as`` names the
    indicator whose row on the page stands for this one too (DEC-18: the keys); ``linked_to``
    names the row that says the same in another domain. ``also_under`` are hints only (DEC-23).
    """

    id: str
    domain: str
    source_row: int
    source_text: str
    display_text: str
    suggested_level: Level | None
    tags: frozenset[Tag] = frozenset()
    practice_note: str = ""
    same_row_as: str = ""
    linked_to: str = ""
    also_under: tuple[str, ...] = ()
    retired: bool = False
    retired_reason: str = ""

    @property
    def shown(self) -> bool:
        """Whether the row appears on a page: not a repeat of another row, not retired."""
        return not self.same_row_as and not self.retired


@dataclass(frozen=True)
class Domain:
    """A group of indicators, in the handbook's order. Every domain has notes (DEC-23)."""

    key: str
    title: str
    has_notes_in_source: bool
    indicators: tuple[Indicator, ...]

    @cached_property
    def shown(self) -> tuple[Indicator, ...]:
        """The rows of the page."""
        return tuple(indicator for indicator in self.indicators if indicator.shown)


@dataclass(frozen=True)
class Definition:
    """An impact or a likelihood with the handbook's definition of it."""

    key: str
    title: str
    definition: str
    has_happened: bool = False
    """For a likelihood: its definition begins "has happened"."""


@dataclass(frozen=True)
class Matrix:
    """Impact × likelihood → low, medium or high (W Annex 1.1), all 16 cells."""

    source: str
    impacts: tuple[Definition, ...]
    likelihoods: tuple[Definition, ...]
    cells: Mapping[tuple[str, str], Level]

    def level(self, impact: str, likelihood: str) -> Level:
        """What the cell says. Raises KeyError for a pair that the matrix does not have."""
        return self.cells[impact, likelihood]

    def has_happened(self, likelihood: str) -> bool:
        """Whether this likelihood says that it has happened."""
        return any(each.has_happened for each in self.likelihoods if each.key == likelihood)


@dataclass(frozen=True)
class LevelChoice:
    """One of the three levels, as this tool words it."""

    key: CseLevel
    title: str
    help: str
    source: str


@dataclass(frozen=True)
class Route:
    """Where a rule leads. ``key`` is resolved to a team by the authority's profile (DEC-41)."""

    key: str
    title: str
    source: str


@dataclass(frozen=True)
class RuleText:
    """What this tool's handbook says about a rule: its section and its routes."""

    id: str
    source: str
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class Field:
    """Something the screen asks beside the indicators.

    ``kind`` is one of ``FIELD_KINDS``. ``columns`` are the columns of a table.
    """

    key: str
    title: str
    kind: str
    required: bool = False
    help: str = ""
    choices: tuple[Choice, ...] = ()
    columns: tuple[Choice, ...] = ()


FIELD_KINDS = (
    "indicators",
    "ratings",
    "notes",
    "text",
    "choice",
    "yes_no",
    "level",
    "direction",
    "derived",
    "table",
)


@dataclass(frozen=True)
class Section:
    """A section of the screen; ``number`` is the paper's, where it has one."""

    number: str
    key: str
    title: str
    source: str
    in_source: bool
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Footnote:
    """The warning not to delay. ``contact_points`` are keys of the authority's profile (DEC-51)."""

    text: str
    source: str
    contact_points: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """The handbook that the tool is in; ``short`` is how a rule cites it."""

    document: str
    section: str
    short: str


@dataclass(frozen=True)
class Tool:
    """One version of one screening tool. ``content_hash`` is SHA-256 over its canonical JSON."""

    key: str
    version: int
    title: str
    source: Source
    label: str
    marking: str
    warn_under: int
    primary_ages: tuple[int, int] | None
    intro: tuple[Message, ...]
    footnote: Footnote
    levels: tuple[LevelChoice, ...]
    time_frames: tuple[Choice, ...]
    matrix: Matrix | None
    rules: tuple[RuleText, ...]
    domains: tuple[Domain, ...]
    sections: tuple[Section, ...]
    content_hash: str

    @property
    def name(self) -> str:
        """``oxfordshire-v1``: what a screen is pinned to."""
        return f"{self.key}-v{self.version}"

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """Every paper row by its id, in the paper's order, repeats and retired rows included."""
        return {row.id: row for domain in self.domains for row in domain.indicators}

    @cached_property
    def shown(self) -> tuple[Indicator, ...]:
        """The rows of the pages, in order."""
        return tuple(row for domain in self.domains for row in domain.shown)

    @cached_property
    def domains_by_key(self) -> Mapping[str, Domain]:
        """The domains by key."""
        return {domain.key: domain for domain in self.domains}

    @cached_property
    def repeats(self) -> Mapping[str, tuple[Indicator, ...]]:
        """For each shown row, the paper rows that it stands for: itself and its repeats."""
        found: dict[str, list[Indicator]] = {row.id: [row] for row in self.shown}
        for row in self.indicators.values():
            if row.same_row_as in found and not row.retired:
                found[row.same_row_as].append(row)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field of every section by its key."""
        return {field.key: field for section in self.sections for field in section.fields}

    def rule(self, rule_id: str) -> RuleText:
        """This tool's text for a rule. Raises KeyError for a rule that it does not have."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

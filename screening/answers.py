"""The one document a screen's answers are, read and written.

``{"i": {indicator: "y"}, "n": {domain: notes}, "d": {domain: rating}}``. An answer of presence
alone is one letter (``y`` yes, ``p`` possible, ``n`` no; a row that is missing is not answered);
with more it is an object: ``p`` presence, ``l`` amended level, ``r`` reason, ``b`` who amended it,
``a`` who had amended it before,
``e`` evidence, ``c`` professional concern, ``t`` time frame, ``o`` note, ``x`` filled in from a
linked row. A rating has ``i`` impact, ``l`` likelihood, ``r`` rating. The short keys keep a
version of 100 answers within 4 KiB (design/performance.md). Pure: no model, no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from screening.rules import Answer, DomainRating, Impact, Level, Likelihood, Presence, TimeFrame
from screening.tools.definition import Tool

_LETTER = {Presence.YES: "y", Presence.POSSIBLE: "p", Presence.NO: "n", Presence.NOT_ANSWERED: ""}
_STRENGTH = {letter: presence.strength for presence, letter in _LETTER.items()}
_PRESENCE = {letter: presence for presence, letter in _LETTER.items()}
_KEYS = {
    "l": "level",
    "r": "reason",
    "b": "amended_by",
    "a": "also_by",
    "e": "evidence",
    "c": "concern",
    "t": "when",
    "o": "note",
}


@dataclass(frozen=True)
class Given:
    """What is written down for one indicator; ``level`` is the amended level, else empty.

    ``amended_by`` is the id of the person who chose that level or wrote its reason last, and
    ``also_by`` the ids, with spaces between, of those before: somebody else countersigns.
    """

    presence: Presence = Presence.NOT_ANSWERED
    level: str = ""
    reason: str = ""
    amended_by: str = ""
    also_by: str = ""
    evidence: str = ""
    concern: str = ""
    when: str = ""
    note: str = ""
    prefilled: bool = False

    @property
    def amenders(self) -> tuple[str, ...]:
        """The ids of everybody who had a hand in the amended level, the last one first."""
        return (self.amended_by, *self.also_by.split()) if self.amended_by else ()

    @property
    def answered(self) -> bool:
        """Whether somebody answered it. Not answered is not "no" (DEC-19)."""
        return self.presence is not Presence.NOT_ANSWERED

    @property
    def is_left_open(self) -> bool:
        """Whether nobody answered it, though something is written: never swept up (DEC-03)."""
        return not self.answered and any(getattr(self, name) for name in _KEYS.values())

    def stored(self) -> str | dict[str, Any]:
        """As the document holds it; the empty string where there is nothing to keep."""
        more: dict[str, Any] = {
            key: value for key, name in _KEYS.items() if (value := getattr(self, name))
        }
        if self.prefilled:
            more["x"] = 1
        if not more:
            return _LETTER[self.presence]
        return {"p": _LETTER[self.presence], **more}

    def fact(self, indicator: str, *, countersigned: bool = False) -> Answer:
        """As the rules read it."""
        return Answer(
            indicator=indicator,
            presence=self.presence,
            amended_level=Level(self.level) if self.level else None,
            reason=self.reason,
            countersigned=countersigned,
            evidence=bool(self.evidence.strip()),
            professional_concern=bool(self.concern.strip()),
            time_frame=TimeFrame(self.when) if self.when else TimeFrame.UNKNOWN,
            note=self.note,
        )


NOTHING = Given()


def read_answer(stored: Any) -> Given:
    """One answer from the document."""
    if isinstance(stored, str):
        return Given(presence=_PRESENCE[stored])
    values = {name: str(stored[key]) for key, name in _KEYS.items() if key in stored}
    return Given(presence=_PRESENCE[stored["p"]], prefilled=bool(stored.get("x")), **values)


def read_answers(document: Mapping[str, Any]) -> dict[str, Given]:
    """Every answer in the document, by indicator."""
    return {key: read_answer(stored) for key, stored in document.get("i", {}).items()}


def read_notes(document: Mapping[str, Any], domain: str) -> str:
    """The notes of a domain."""
    return str(document.get("n", {}).get(domain, ""))


def read_rating(document: Mapping[str, Any], domain: str) -> DomainRating:
    """The rating of a domain; each part None while it is not chosen."""
    stored = document.get("d", {}).get(domain, {})
    return DomainRating(
        domain=domain,
        impact=Impact(stored["i"]) if stored.get("i") else None,
        likelihood=Likelihood(stored["l"]) if stored.get("l") else None,
        rating=Level(stored["r"]) if stored.get("r") else None,
    )


def read_ratings(document: Mapping[str, Any]) -> tuple[DomainRating, ...]:
    """The ratings of all domains that have one."""
    return tuple(read_rating(document, domain) for domain in document.get("d", {}))


def write_answers(
    document: Mapping[str, Any], answers: Mapping[str, Given], tool: Tool
) -> dict[str, Any]:
    """The document with these answers in place of the old ones, in the tool's order.

    Raises KeyError for an indicator that this version of the tool does not show.
    """
    shown = {row.id for row in tool.shown}
    if unknown := sorted(set(answers) - shown):
        raise KeyError(f"{tool.name} does not ask {unknown[0]}")
    merged = dict(document.get("i", {}))
    merged |= {key: given.stored() for key, given in answers.items()}
    ordered = {row.id: merged[row.id] for row in tool.shown if merged.get(row.id)}
    return {**document, "i": ordered}


def write_notes(document: Mapping[str, Any], domain: str, notes: str) -> dict[str, Any]:
    """The document with a domain's notes; empty notes leave nothing behind."""
    return {**document, "n": _put(document.get("n", {}), domain, notes)}


def write_rating(document: Mapping[str, Any], rating: DomainRating) -> dict[str, Any]:
    """The document with a domain's rating; what is not chosen is left out."""
    chosen = {"i": rating.impact, "l": rating.likelihood, "r": rating.rating}
    stored = {key: str(value) for key, value in chosen.items() if value}
    return {**document, "d": _put(document.get("d", {}), rating.domain, stored)}


def _put(mapping: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    rest = {each: kept for each, kept in mapping.items() if each != key}
    return {**rest, key: value} if value else rest


def project(document: Mapping[str, Any], tool: Tool) -> list[int]:
    """The presences in the tool's order as small numbers: 0 not answered, 1 no, 2 possible, 3 yes.

    For the board's figures; a category and never added up (DEC-06).
    """
    stored = document.get("i", {})
    given = [stored.get(row.id, "") for row in tool.shown]
    return [_STRENGTH[each if isinstance(each, str) else each["p"]] for each in given]


def facts_of_answers(
    document: Mapping[str, Any], countersigned: Iterable[str] = ()
) -> tuple[Answer, ...]:
    """The answers as the rules read them; ``countersigned`` names the rows the lead agreed to."""
    agreed = set(countersigned)
    return tuple(
        given.fact(key, countersigned=key in agreed)
        for key, given in read_answers(document).items()
    )

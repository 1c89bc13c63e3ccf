"""The paper form of a completed screen: every row, every reason, in the tool's own order.

There is no score, no percentage and no colour that ranks (DEC-06). What nobody answered says so
and never reads as "no" (DEC-19). Pure: a record in, frozen dataclasses of words out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from screening.answers import NOTHING, Given
from screening.documents.record import ScreenRecord, Signed
from screening.documents.sections import Part, parts
from screening.documents.words import (
    OBLIGATION,
    PRESENCE,
    age_words,
    count_words,
    cse_level_words,
    level_words,
    list_words,
)
from screening.parts import Part as Asked
from screening.progress import empty_sections
from screening.rules import MAY_BE_LOWERED, DomainRating, Presence
from screening.tools.definition import Domain, Indicator, Level, Tool

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Row:
    """One indicator. ``details`` are what is written down for it, by label."""

    text: str
    answer: str
    suggested: str
    level: str
    when: str
    details: Pairs = ()

    @property
    def is_present(self) -> bool:
        """Whether it was answered yes, or possible."""
        return self.answer in (PRESENCE[Presence.YES], PRESENCE[Presence.POSSIBLE])


@dataclass(frozen=True)
class Area:
    """One domain with its rows, its notes and, where the tool has one, its rating."""

    title: str
    rows: tuple[Row, ...]
    notes: str
    summary: str
    rating: Pairs = ()


@dataclass(frozen=True)
class Duty:
    """A rule that fired: what is owed, why, and where the handbook says so."""

    title: str
    obligation: str
    why: str
    source: str
    routes: Pairs


@dataclass(frozen=True)
class Counts:
    """Counts by level beside what the same answers give on the paper tool (DEC-18)."""

    rows: tuple[tuple[str, str, str], ...]
    paper_rows: str
    explanation: str


@dataclass(frozen=True)
class ScreenDocument:
    """Everything the template of a completed screen prints."""

    tool: Tool
    record: ScreenRecord
    age: str
    in_short: Pairs
    duties: tuple[Duty, ...]
    considered: Pairs
    areas: tuple[Area, ...]
    concerns: tuple[tuple[str, tuple[str, ...]], ...]
    strengths: str
    counts: Counts | None
    unanswered: str
    parts: tuple[Part, ...]
    signed: tuple[tuple[str, Signed], ...]


def screen_document(record: ScreenRecord) -> ScreenDocument:
    """The paper form of a completed screen."""
    tool, result = record.tool, record.assessment
    return ScreenDocument(
        tool=tool,
        record=record,
        age=age_words(record.age or result["age"]),
        in_short=tuple(_in_short(record)),
        duties=tuple(_duty(rule) for rule in result["rules"]),
        considered=tuple(_considered(record)),
        areas=areas_of(record),
        concerns=tuple(_concerns(record)),
        strengths=str(record.sections.get("strengths", "")),
        counts=_counts(record) if tool.matrix is None else None,
        unanswered=_unanswered(result["unanswered"], len(tool.shown)),
        parts=tuple(parts(record)),
        signed=tuple(
            (tool.indicators[key].display_text, each) for key, each in record.signed.items()
        ),
    )


def _in_short(record: ScreenRecord) -> Iterator[tuple[str, str]]:
    """What a reader wants first; each is said in full further on."""
    tool, result = record.tool, record.assessment
    change = result["level_change"] or {}
    this = "this correction" if record.correction else "this screen"
    yield "Level chosen", cse_level_words(change.get("chosen"), tool) or "No level was chosen"
    if change:
        yield f"Level before {this}", _previous(change, tool)
    if change.get("peak"):
        yield f"Highest level before {this}", cse_level_words(change["peak"], tool)
    harm = tool.fields.get("harm_happened")
    if harm is not None:
        titles = {choice.key: choice.title for choice in harm.choices}
        yield harm.title, titles.get(str(record.sections.get("harm_happened")), "Not recorded")
    yield (
        "Duties that follow",
        list_words(
            f"{rule['title']} ({OBLIGATION[rule['obligation']].lower()})"
            for rule in result["rules"]
        )
        or "No rule of this tool asks for more; judgement may",
    )
    yield "Not answered", _unanswered(result["unanswered"], len(tool.shown))
    empty = empty_sections(tool, record.sections)
    if empty:
        yield "Sections not answered", list_words(_heading(each) for each in empty)


def _heading(part: Asked) -> str:
    return f"{part.number}. {part.title}" if part.number else part.title


def _previous(change: Mapping[str, Any], tool: Tool) -> str:
    if not change["previous"]:
        return "None: this is the first"
    return cse_level_words(change["previous"], tool)


def _unanswered(count: int, of: int) -> str:
    if not count:
        return f"None of {of} indicators"
    return f"{count} of {of} indicators. Not answered does not mean no."


def _duty(rule: Mapping[str, Any]) -> Duty:
    return Duty(
        title=rule["title"],
        obligation=OBLIGATION[rule["obligation"]],
        why=rule["why"],
        source=rule["source"],
        routes=tuple((route["title"], route["source"]) for route in rule["routes"]),
    )


def _considered(record: ScreenRecord) -> Iterator[tuple[str, str]]:
    """What the tool asked to be considered, equal prompts once with all they are about."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for prompt in record.assessment["prompts"]:
        if prompt["id"] == MAY_BE_LOWERED:
            continue
        about = grouped.setdefault((prompt["text"], prompt["source"]), [])
        about += [_named(each, record.tool) for each in prompt["because"]]
    for (text, source), about in grouped.items():
        yield (f"{text} ({list_words(about)})" if about else text), source


def _named(key: str, tool: Tool) -> str:
    """An indicator by its text; a domain is named by its title already."""
    return tool.indicators[key].display_text if key in tool.indicators else key


def areas_of(record: ScreenRecord) -> tuple[Area, ...]:
    """Every domain with all its rows, in the tool's order."""
    return tuple(_area(domain, record) for domain in record.tool.domains)


def _area(domain: Domain, record: ScreenRecord) -> Area:
    found = next(each for each in record.assessment["domains"] if each["key"] == domain.key)
    rows = tuple(_row(row, record) for row in domain.shown)
    return Area(
        title=domain.title,
        rows=rows,
        notes=record.notes.get(domain.key, ""),
        summary=_summary(record, domain, found["unanswered"]),
        rating=tuple(_rating(record.ratings.get(domain.key), found, record.tool)),
    )


def _summary(record: ScreenRecord, domain: Domain, unanswered: int) -> str:
    present = [
        given.presence
        for row in domain.shown
        if (given := record.answers.get(row.id, NOTHING)).presence.is_present
    ]
    words = {"yes": present.count(Presence.YES), "possible": present.count(Presence.POSSIBLE)}
    return f"{count_words(words)} present of {len(domain.shown)} rows; {unanswered} not answered"


def _rating(
    rating: DomainRating | None, found: Mapping[str, Any], tool: Tool
) -> Iterator[tuple[str, str]]:
    """The domain's rating by the practitioner, beside what the matrix suggests (W Annex 1.1)."""
    if tool.matrix is None:
        return
    yield "Rated by the practitioner", level_words(found["rating"]) or "Not rated"
    if rating is not None and (rating.impact or rating.likelihood):
        impacts = {each.key: each.title for each in tool.matrix.impacts}
        likely = {each.key: each.title for each in tool.matrix.likelihoods}
        impact = impacts[rating.impact] if rating.impact else "not chosen"
        likelihood = likely[rating.likelihood] if rating.likelihood else "not chosen"
        suggests = level_words(found["suggested"]) or "nothing"
        yield (
            "Impact and likelihood",
            f"{impact}; {likelihood}. Together they suggest {suggests.lower()}.",
        )


def _row(row: Indicator, record: ScreenRecord) -> Row:
    given = record.answers.get(row.id, NOTHING)
    frames = {frame.key: frame.title for frame in record.tool.time_frames}
    return Row(
        text=row.display_text,
        answer=PRESENCE[given.presence],
        suggested=level_words(row.suggested_level),
        level=level_words(given.level or row.suggested_level),
        when=frames.get(given.when, ""),
        details=tuple(_details(row, given, record)),
    )


def _details(row: Indicator, given: Given, record: ScreenRecord) -> Iterator[tuple[str, str]]:
    if given.level and given.level != row.suggested_level:
        names = (record.names.get(each, "") for each in given.amenders)
        who = " and, before, ".join(filter(None, names))
        by = f" by {who}" if who else ""
        changed = f"{level_words(row.suggested_level)} to {level_words(given.level)}{by}"
        yield f"Level changed from {changed}", given.reason or "No reason recorded"
    if given.evidence:
        yield "Evidence", given.evidence
    if given.concern:
        yield "Professional concern", given.concern
    if given.note:
        yield "Note", given.note
    if row.id in record.signed:
        yield "Countersignature", _signed_words(record.signed[row.id])
    elif row.id in record.assessment["waiting"]:
        yield "Countersignature", "Not countersigned yet: until then the referral stays mandatory"
    if given.prefilled and row.linked_to:
        yield "Filled in", "from the same row in another domain; counted once"


def _signed_words(signed: Signed) -> str:
    what = "agreed to the lower level" if signed.agrees else "did not agree to the lower level"
    post = f" ({signed.post})" if signed.post else ""
    return f"{signed.by}{post} {what}: {signed.reason}"


def _concerns(record: ScreenRecord) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is present, domain by domain, to stand beside the strengths."""
    for domain in record.tool.domains:
        found = tuple(
            row.display_text + (" (possible)" if given.presence == "possible" else "")
            for row in domain.shown
            if (given := record.answers.get(row.id, NOTHING)).presence.is_present
        )
        if found:
            yield domain.title, found


def _counts(record: ScreenRecord) -> Counts:
    tool, result = record.tool, record.assessment
    paper = [row for row in tool.indicators.values() if not row.retired]
    rows = []
    for level in reversed(Level):
        of = sum(row.suggested_level == level for row in paper)
        rows.append(
            (
                level_words(level),
                count_words(result["totals"][level.value]),
                f"{result['paper_totals'][level.value]} of {of} rows",
            )
        )
    numbers = ", ".join(str(each) for each in result["paper_rows"])
    return Counts(tuple(rows), numbers or "none", _reconciled(tool, len(paper)))


def _reconciled(tool: Tool, paper: int) -> str:
    """Why the two columns can differ (DEC-18), and why the paper's can exceed its own total."""
    repeated = [rows[0].display_text for rows in tool.repeats.values() if len(rows) > 1]
    linked = {min(row.id, row.linked_to): row.display_text for row in tool.shown if row.linked_to}
    same = list_words(f"“{each}”" for each in [*repeated, *linked.values()])
    return (
        f"The paper tool has {paper} rows. This screen counts a concern once where the paper "
        f"prints it twice ({same}), and counts each at the level the practitioner gave it; the "
        "last column counts every paper row, at that same level."
    )

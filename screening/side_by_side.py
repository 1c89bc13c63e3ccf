"""Two screens of a child side by side, in words (W §12.4, §12.6). Pure but for what it is given.

What ``rules.compare`` finds, with the words a reader needs: each row's answer as the tool words
it, what was written beside it, each domain's rating, and the texts. Two tools are set beside each
other and never converted into each other (DEC-25).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from screening.answers import NOTHING, Given, read_answers, read_notes
from screening.facts import facts_of
from screening.forms import choices_of
from screening.models import Screen
from screening.parts import parts_of
from screening.rules import Change, Comparison, DatedScreen, RowChange, RowState, compare
from screening.tools.definition import Field, Level, Tool

PRESENCE_WORDS: Final = {
    "yes": "Yes", "possible": "Possible", "no": "No", "not_answered": "Not answered",
}  # fmt: skip
CHANGE_WORDS: Final = {
    Change.NEW: "New",
    Change.STRONGER: "Stronger",
    Change.LEVEL: "Level changed",
    Change.WEAKER: "Weaker",
    Change.GONE: "Gone",
    Change.NOT_SEEN_AGAIN: "Not answered this time: that is not “no”",
    Change.ANSWERED: "Answered differently, not present in either",
    Change.NOT_ASKED: "Asked by one of them only",
    Change.SAME: "The same",
}
"""In the order in which the page shows them: what is new first."""
WRITTEN: Final = (
    ("evidence", "Evidence"),
    ("concern", "Professional concern"),
    ("reason", "Reason for the level"),
    ("note", "Note"),
    ("when", "Time frame"),
)


@dataclass(frozen=True)
class Side:
    """One of the two screens with its tool."""

    screen: Screen
    tool: Tool

    @cached_property
    def dated(self) -> DatedScreen:
        """As the rules read it; a completed screen only."""
        assert self.screen.completed_on is not None  # noqa: S101  a completed screen
        facts = facts_of(self.screen, on=self.screen.completed_on)
        return DatedScreen(self.screen.completed_on, facts, self.tool)

    @property
    def ratings(self) -> list[tuple[str, str]]:
        """Each domain with its rating in words; none where the tool rates no domain."""
        if self.tool.matrix is None:
            return []
        given = {each.domain: each.rating for each in self.dated.facts.domains}
        return [(each.title, rating_words(given.get(each.key))) for each in self.tool.domains]

    @cached_property
    def answers(self) -> dict[str, Given]:
        """What is written down for each indicator."""
        return read_answers(self.screen.answers)

    def written(self, indicator: str) -> Iterator[tuple[str, str, str]]:
        """Key, name and text of everything written beside an answer."""
        given = self.answers.get(indicator, NOTHING)
        frames = {frame.key: frame.title for frame in self.tool.time_frames}
        for key, name in WRITTEN:
            text = str(getattr(given, key))
            yield key, name, frames.get(text, text) if key == "when" else text


@dataclass(frozen=True)
class ComparedRow:
    """One indicator in both: answers in words, what changed, and the texts that differ."""

    text: str
    domain: str
    change: Change
    words: str
    before: str
    after: str
    texts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True)
class ComparedText:
    """One thing asked beside the indicators; a side is None where that tool does not ask it."""

    label: str
    before: str | None
    after: str | None

    @property
    def changed(self) -> bool:
        """Whether it differs; what only one of them asks does not count as a change."""
        return self.before != self.after and None not in (self.before, self.after)


@dataclass(frozen=True)
class SideBySide:
    """Two screens, the earlier one first, as the page shows them."""

    before: Side
    after: Side

    @cached_property
    def found(self) -> Comparison:
        """What the rules say of the two."""
        return compare(self.before.dated, self.after.dated)

    @property
    def same_tool(self) -> bool:
        """Whether both use the same tool, in whatever version."""
        return self.found.same_tool

    @property
    def same_version(self) -> bool:
        """Whether both are pinned to the same version of the same tool."""
        return self.found.same_version

    @property
    def is_correction(self) -> bool:
        """Whether the later one corrects the earlier one, directly."""
        return self.after.screen.corrects_id == self.before.screen.pk

    @cached_property
    def rows(self) -> tuple[ComparedRow, ...]:
        """Every row of either, in the order of the later one's tool."""
        return tuple(self._row(row) for row in self.found.rows)

    @cached_property
    def changed(self) -> tuple[ComparedRow, ...]:
        """The rows whose answer changed, what is new first."""
        order = list(CHANGE_WORDS)
        apart = (Change.SAME, Change.NOT_ASKED)
        rows = [row for row in self.rows if row.change not in apart]
        return tuple(sorted(rows, key=lambda row: order.index(row.change)))

    @property
    def reworded(self) -> tuple[ComparedRow, ...]:
        """The rows with the same answer and other words beside it."""
        return tuple(row for row in self.rows if row.change is Change.SAME and row.texts)

    @property
    def same(self) -> tuple[ComparedRow, ...]:
        """The rows that differ in nothing."""
        return tuple(row for row in self.rows if row.change is Change.SAME and not row.texts)

    @property
    def asked_once(self) -> tuple[ComparedRow, ...]:
        """The rows that only one of the two asks."""
        return tuple(row for row in self.rows if row.change is Change.NOT_ASKED)

    @property
    def ratings(self) -> list[tuple[str, str, str, bool]]:
        """Each domain with both ratings and whether they differ; none for two tools (DEC-25)."""
        if not self.same_tool:
            return []
        return [
            (each.domain, rating_words(each.before), rating_words(each.after), each.changed)
            for each in self.found.domains
        ]

    @cached_property
    def texts(self) -> tuple[ComparedText, ...]:
        """Everything asked beside the indicators, in the order of the later one's tool."""
        before, after = dict(_texts(self.before)), dict(_texts(self.after))
        keys = dict.fromkeys([*after, *before])
        return tuple(_text(before.get(key), after.get(key)) for key in keys)

    def _row(self, row: RowChange) -> ComparedRow:
        texts: tuple[tuple[str, str, str], ...] = ()
        if row.change is not Change.NOT_ASKED:
            one, two = self.before.written(row.indicator), self.after.written(row.indicator)
            texts = tuple(
                (name, was, now)
                for (_, name, was), (_, _, now) in zip(one, two, strict=True)
                if was != now
            )
        return ComparedRow(
            text=row.text,
            domain=row.domain,
            change=row.change,
            words=CHANGE_WORDS[row.change],
            before=state_words(row.before, self.before, row.indicator),
            after=state_words(row.after, self.after, row.indicator),
            texts=texts,
        )


def state_words(state: RowState | None, side: Side, indicator: str) -> str:
    """An answer in words: "Yes, low (the tool suggests high)"; never a number."""
    if state is None:
        return "Not asked"
    words = PRESENCE_WORDS[state.presence.value]
    if state.level is None or not state.presence.is_present:
        return words
    suggested = side.tool.indicators[indicator].suggested_level
    amended = suggested is not None and suggested is not state.level
    more = f" (the tool suggests {suggested.value})" if amended and suggested else ""
    return f"{words}, {state.level.value}{more}"


def rating_words(level: Level | None) -> str:
    """A domain's rating in words."""
    return level.value.capitalize() if level else "Not rated"


def _text(before: tuple[str, str] | None, after: tuple[str, str] | None) -> ComparedText:
    label = (after or before or ("", ""))[0]
    return ComparedText(label, before[1] if before else None, after[1] if after else None)


def _texts(side: Side) -> Iterator[tuple[str, tuple[str, str]]]:
    """Key → label and value in words, judgement and level first, then as the tool orders them."""
    fields = [field for part in parts_of(side.tool) for field in part.fields]
    first = ("level", "harm_happened", "professional_judgement")
    fields.sort(key=lambda field: first.index(field.key) if field.key in first else len(first))
    for field in fields:
        yield (
            field.key,
            (field.title, value_words(field, side.screen.sections.get(field.key), side.tool)),
        )
    for domain in side.tool.domains:
        notes = read_notes(side.screen.answers, domain.key)
        yield f"notes.{domain.key}", (f"Notes: {domain.title}", notes)


def value_words(field: Field, value: Any, tool: Tool) -> str:
    """A stored value as a page says it: text as typed, a choice by the tool's title for it."""
    if not value:
        return ""
    if field.kind == "level":
        return {level.key.value: level.title for level in tool.levels}[str(value)]
    if field.kind == "table":
        return "\n".join("; ".join(cell for cell in row if cell) for row in value)
    if field.kind == "text":
        return str(value)
    return dict(choices_of(field)).get(str(value), str(value))

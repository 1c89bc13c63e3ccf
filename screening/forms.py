"""What a page of a screen says, read from what was posted. Nothing representable is refused.

The indicator rows are read by hand: a Form with a field for every control of 26 rows costs fifty
times the page (performance.md). What does not belong to the page is named in ``ignored``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from cse.audit.extra import OF_EVERY_FORM
from cse.interface.forms import PlainForm
from cse.interface.typed import refuse_unreadable
from screening.answers import Given
from screening.parts import Part
from screening.rules import Direction, Impact, Level, Likelihood, Presence, TimeFrame
from screening.tools.definition import Field, Indicator, Tool

LONGEST_TEXT = 20_000
"""Characters of a narrative."""
LONGEST_NOTE = 4_000
"""Characters of what is written for one indicator."""
MOST_ROWS = 100
"""Rows of an actions table."""
LONGEST_CELL = 1_000
SURPLUS = (*OF_EVERY_FORM, "version", "act")
ROW_TEXTS = {
    "reason": "reason for another level",
    "evidence": "evidence",
    "concern": "professional concern",
    "note": "note",
}
RATING = {"impact": Impact, "likelihood": Likelihood, "rating": Level}


@dataclass(frozen=True)
class Read:
    """What was posted, as values for the act; ``errors`` by control name stop the save."""

    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    def without_wrong(self, stored: Mapping[str, Given]) -> Read:
        """The same with every text that is wrong as it is ``stored``: what can be saved."""
        right = {name: value for name, value in self.values.items() if name not in self.errors}
        for name in self.errors:
            row, _, text = name.rpartition("-")
            if row in right:
                kept = getattr(stored.get(row, Given()), text)
                right[row] = dataclasses.replace(right[row], **{text: kept})
        return Read(right, ignored=self.ignored)


def read_version(posted: QueryDict) -> int:
    """The part's version that the page was opened with; a wrong one counts as stale."""
    text = posted.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def read_domain(posted: QueryDict, part: Part, tool: Tool, stored: Mapping[str, Given]) -> Read:
    """A domain's page. A row whose answer was not posted keeps what is stored."""
    assert part.domain is not None  # noqa: S101  the caller asked
    reader = _Reader(posted)
    values: dict[str, Any] = {
        row.id: reader.row(row, stored.get(row.id, Given())) for row in part.domain.shown
    }
    if "notes" in posted:
        values["notes"] = reader.text("notes", LONGEST_TEXT)
        if "notes" in reader.errors:
            reader.errors["notes"] = f"Notes: {reader.errors['notes']}"
    if tool.matrix is not None:
        for name, allowed in RATING.items():
            if name in posted:
                values[name] = reader.choice(name, allowed, "")
    return Read(values, reader.errors, reader.surplus())


class _Reader:
    """Reads controls one by one and remembers which it has seen."""

    def __init__(self, posted: QueryDict) -> None:
        self.posted, self.seen = posted, set(SURPLUS)
        self.errors: dict[str, str] = {}
        self.wrong: list[str] = []

    def text(self, name: str, longest: int, missing: str = "") -> str:
        """A text as typed; too long or unreadable it stays as it is and stands in ``errors``."""
        self.seen.add(name)
        value = self.posted.get(name)
        if value is None:
            return missing
        # A vertical tab is how word processors end a line inside a paragraph.
        value = value.replace("\r\n", "\n").replace("\x0b", "\n")
        if len(value) > longest:
            self.errors[name] = (
                f"Shorten the text to {longest:,} characters (it has {len(value):,})"
            )
        else:
            try:
                refuse_unreadable(value)
            except ValidationError as error:
                self.errors[name] = str(error.message)
        return value if value.strip() else ""

    def choice(self, name: str, allowed: Iterable[str], missing: str) -> str:
        """One of the words, or nothing; any other word counts as not posted."""
        self.seen.add(name)
        value = self.posted.get(name, missing)
        if value in ("", missing) or value in tuple(str(each) for each in allowed):
            return value
        self.wrong.append(name)
        return missing

    def row(self, row: Indicator, old: Given) -> Given:
        """One indicator's row."""
        name = row.id
        presence = Presence(self.choice(f"{name}-presence", Presence, old.presence.value))
        shown = f"{name}-prefilled" in self.posted
        self.seen.add(f"{name}-prefilled")
        if old.prefilled and presence is Presence.NOT_ANSWERED and not shown:
            # It was filled in from a linked row after this page was opened.
            presence = old.presence
        level = ""
        if row.suggested_level is not None:
            level = self.choice(f"{name}-level", Level, old.level)
        texts = {
            each: self.text(f"{name}-{each}", LONGEST_NOTE, getattr(old, each))
            for each in ROW_TEXTS
        }
        for each, title in ROW_TEXTS.items():
            if message := self.errors.get(f"{name}-{each}"):
                self.errors[f"{name}-{each}"] = f"{row.display_text}, {title}: {message}"
        return Given(
            presence=presence,
            level="" if level == row.suggested_level else level,
            when=self.choice(f"{name}-when", TimeFrame, old.when),
            prefilled=old.prefilled and presence is old.presence and not shown,
            **texts,
        )

    def surplus(self) -> tuple[str, ...]:
        """What was posted and means nothing here: ignored, and written down."""
        return (*sorted(set(self.posted) - self.seen), *self.wrong)


class SectionForm(PlainForm):
    """One section of a screen, its fields as the tool names them. None is required in a draft."""

    def __init__(self, part: Part, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part = part
        for each in part.fields:
            if each.kind != "table":
                self.fields[each.key] = _form_field(each)
        self.say_plainly()

    @property
    def surplus(self) -> tuple[str, ...]:
        """What was posted and means nothing here."""
        known = {*self.fields, *SURPLUS, "add_row"}
        tables = tuple(f"{each.key}-" for each in self.part.fields if each.kind == "table")
        return tuple(
            sorted(n for n in self.data if n not in known and not (tables and n.startswith(tables)))
        )


def _form_field(each: Field) -> forms.Field:
    if each.kind == "text":
        return NarrativeField(
            label=each.title,
            help_text=each.help,
            required=False,
            max_length=LONGEST_TEXT,
            widget=forms.Textarea(attrs={"rows": 6}),
            strip=False,
        )
    choices = choices_of(each)
    if not each.required:
        # A radio that was chosen by mistake has no other way back to nothing.
        choices.append(("", "Not chosen"))
    return forms.ChoiceField(
        label=each.title,
        help_text=each.help,
        required=False,
        choices=choices,
        widget=forms.RadioSelect,
    )


class NarrativeField(forms.CharField):
    """A text kept exactly as typed; only spaces counts as nothing."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).replace("\r\n", "\n")
        return text if text.strip() else ""


YES_NO = (("yes", "Yes"), ("no", "No"))
LEVELS = (("vulnerable", "Vulnerable"), ("at_risk", "At risk"), ("cse", "CSE"))
DIRECTIONS = tuple((each.value, each.value.capitalize()) for each in Direction)


def choices_of(each: Field) -> list[tuple[str, str]]:
    """The answers a field offers; the tool's own words where it has them."""
    if each.choices:
        return [(choice.key, choice.title) for choice in each.choices]
    return list({"yes_no": YES_NO, "level": LEVELS, "direction": DIRECTIONS}[each.kind])


def read_table(posted: QueryDict, each: Field) -> tuple[list[list[str]], dict[str, str]]:
    """The rows of a table as typed, empty ones left out, and what is wrong by control name.

    The names are those of the page that shows these rows again. No row is dropped: too many of
    them are an error.
    """
    reader = _Reader(posted)
    rows: list[list[str]] = []
    errors: dict[str, str] = {}
    for number in count():
        names = [f"{each.key}-{number}-{column.key}" for column in each.columns]
        if not any(name in posted for name in names):
            break
        cells = [reader.text(name, LONGEST_CELL) for name in names]
        if not any(cells):
            continue
        for name, column in zip(names, each.columns, strict=True):
            if name in reader.errors:
                shown = f"{each.key}-{len(rows)}-{column.key}"
                errors[shown] = f"Row {len(rows) + 1}, {column.title}: {reader.errors[name]}"
        rows.append(cells)
    if len(rows) > MOST_ROWS:
        first = f"{each.key}-{MOST_ROWS}-{each.columns[0].key}"
        errors[first] = f"Keep to {MOST_ROWS} rows (there are {len(rows)}): put some together"
    return rows, errors


class StartForm(PlainForm):
    """Which tool, and why if it is not the area's own."""

    tool = forms.ChoiceField(label="Screening tool", widget=forms.RadioSelect)
    tool_reason = forms.CharField(
        label="Why you use another tool than your area’s",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, tools: list[tuple[str, str]], own: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = own
        self.fields["tool"].choices = tools  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        other = cleaned.get("tool") not in (None, self.own)
        if other and not cleaned.get("tool_reason", "").strip():
            self.add_error("tool_reason", "Say why you use another tool than your area’s")
        return cleaned


class UseForm(PlainForm):
    """Which offered piece goes into the evidence of which row: a button, nothing is typed."""

    indicator = forms.CharField(widget=forms.HiddenInput)
    piece = forms.CharField(widget=forms.HiddenInput)
    read = forms.CharField(widget=forms.HiddenInput)


class ReasonForm(PlainForm):
    """A reason in words: for a correction, for setting a draft aside."""

    reason = forms.CharField(
        label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

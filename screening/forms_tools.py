"""A tool's data file as uploaded, and the reasons that changing a tool takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.db.models import CharField, Model

from cse.interface.forms import PlainForm
from cse.strict import LONGEST_INPUT, Refused, parse_json
from screening.models import Countersignature, Tool
from screening.tools.definition import Tool as Definition
from screening.tools.loader import load_tool

LONGEST_REASON: Final = 1_000
"""Characters of a reason."""
TOO_LARGE: Final = (
    f"The file is larger than {LONGEST_INPUT // 1_000_000} megabytes. A tool file has about 40"
    " kilobytes: check that you chose the right one"
)
NOT_TEXT: Final = "The file is not text. Choose the JSON file of a tool, saved as UTF-8"


class ReasonForm(PlainForm):
    """Why a row is retired, or a version put in use: kept with the version and in the log."""

    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the version. Name no child here.",
        error_messages={"required": "Say why"},
    )


class ToolFileForm(PlainForm):
    """A file with one version of a tool. ``problems`` names everything that is wrong in it."""

    file = forms.FileField(
        label="Tool file (JSON)",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"required": "Choose the JSON file of a tool"},
    )
    note = forms.CharField(
        label="What is new in this version, and who decided it",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is new in this version, and who decided it"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: tuple[tuple[str, str], ...] = ()
        self.definition: Mapping[str, Any] = {}

    def clean_file(self) -> Any:
        """The file, read and checked whole; ``definition`` is then what it holds."""
        file = self.cleaned_data["file"]
        text = _text_of(file)
        try:
            definition = parse_json(text)
            if not isinstance(definition, Mapping):
                raise Refused([("input", "one object is needed, the tool itself")])
            self._refuse_unstorable(definition, load_tool(definition))
        except Refused as refusal:
            self.problems = refusal.problems
            raise forms.ValidationError(_how_many(len(self.problems))) from None
        self.definition = definition
        return file

    def _refuse_unstorable(self, definition: Mapping[str, Any], tool: Definition) -> None:
        if problems := [*_too_long(tool), *_unstorable(definition)]:
            raise Refused(problems)


def _text_of(file: Any) -> str:
    if file.size > LONGEST_INPUT:
        raise forms.ValidationError(TOO_LARGE)
    try:
        text = str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise forms.ValidationError(NOT_TEXT) from None
    if "\0" in text:
        raise forms.ValidationError(NOT_TEXT)
    if not text.strip():
        raise forms.ValidationError("The file is empty. Choose the JSON file of a tool")
    return text


def _how_many(count: int) -> str:
    what = "1 mistake" if count == 1 else f"{count:,} mistakes"
    return f"The file has {what}. Nothing was loaded: each is named below with its place"


def _too_long(tool: Definition) -> Iterator[tuple[str, str]]:
    """What is longer than the places it is kept in (characters)."""
    indicator = _longest(Countersignature, "indicator")
    places = [
        ("key", tool.key, _longest(Tool, "key")),
        ("title", tool.title, _longest(Tool, "name")),
        *((row, row, indicator) for row in tool.indicators),
    ]
    for place, text, longest in places:
        if len(text) > longest:
            yield place[:60], f"has {len(text)} characters; {longest} at most"


def _longest(model: type[Model], name: str) -> int:
    field = model._meta.get_field(name)
    assert isinstance(field, CharField) and field.max_length  # noqa: S101  a column of ours
    return field.max_length


def _unstorable(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A character that the database cannot keep, wherever in the file it stands."""
    text = json.dumps(definition, ensure_ascii=False)
    if "\\u0000" in text or any("\ud800" <= character <= "\udfff" for character in text):
        yield "input", "holds a character that cannot be stored"

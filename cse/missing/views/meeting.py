"""A form that meets what somebody else saved since it was opened: neither text is lost.

What only they changed is taken over; what both changed is marked, with one's own in the box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from cse.interface.forms import DayMonthYearWidget
from cse.missing.forms import Moments
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.times import read_time
from cse.missing.views.words import label_of, value_of

BOTH = "Somebody else changed this too, as it says above. Yours is in the box."
OF_NOBODY = frozenset({"version", "reason", "token"})
"""What a form asks for and no record holds."""
HOLDS = {"held": "outcome_at"}
"""The stem of a moment → the field that holds it, where that is not called the same."""


@dataclass(frozen=True)
class Met:
    """The form on the newest version, and what others changed meanwhile: (label, what it is)."""

    form: Any
    theirs: tuple[tuple[str, str], ...]


def onto_newest(
    form: Moments,
    row: MissingEpisode | ReturnInterview,
    initial_of: Callable[[Any], Mapping[str, Any]],
    words: str,
    *,
    kind: type[Moments] | None = None,
) -> Met:
    """What was typed into a valid form, on ``row`` as it is now; ``words`` say what happened.

    ``kind``: the form that goes on, where it is another. Two queries.
    """
    was = _at(row, form.cleaned_data["version"])
    before, now = initial_of(was) if was else {}, initial_of(row)
    typed = form.cleaned_data
    data: Any = dict(form.data.items())
    theirs, both = [], []
    for field, names in _units(form):
        if not _differ(before, now, names):
            continue
        theirs.append((label_of(field), value_of(row, field, getattr(row, field))))
        if _differ(typed, before, names) and _differ(typed, now, names):
            both.append(names[0])
        else:
            for name in names:
                _put(data, form.fields[name].widget, name, now.get(name))
    data["version"] = str(row.version)
    found = (kind or type(form))(data)
    for name in both:
        found.add_error(name, BOTH)
    found.add_error(None, words)
    return Met(found, tuple(theirs))


def _units(form: Moments) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The field of the record, and those of the form that hold it: a moment has three."""
    parts = {f"{stem}_{part}" for stem in form.MOMENTS for part in ("on", "time", "twice")}
    for stem in form.MOMENTS:
        names = (f"{stem}_on", f"{stem}_time", f"{stem}_twice")
        yield HOLDS.get(stem, f"{stem}_at"), names
    for name in form.fields:
        if name not in parts | OF_NOBODY:
            yield name, (name,)


def _at(row: Any, version: int) -> Any:
    """The record as it was at that version."""
    then = row.history.filter(version=version).order_by("-history_id").first()
    return then.instance if then else None


def _differ(one: Mapping[str, Any], other: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    return any(_read(one.get(name)) != _read(other.get(name)) for name in names)


def _read(value: Any) -> Any:
    """A value as it is compared: a time of day however it was typed, a text however it was sent."""
    if not isinstance(value, str):
        return value or ""
    text = value.replace("\r\n", "\n").strip()
    return read_time(text) or text


def _put(data: Any, widget: forms.Widget, name: str, value: Any) -> None:
    if isinstance(widget, DayMonthYearWidget):
        for part, text in zip(widget.PARTS, widget.decompress(value), strict=True):
            data[f"{name}-{part}"] = text
    elif isinstance(widget, forms.CheckboxInput):
        data.pop(name, None)
        if value:
            data[name] = "on"
    else:
        data[name] = "" if value is None else str(value)

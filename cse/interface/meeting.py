"""A form that meets what somebody else saved since it was opened: neither text is lost.

What only they changed is taken over; what both changed is marked, with one's own in the box.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from cse.interface.forms import DayMonthYearWidget

BOTH = "Somebody else changed this too, as it says above. Yours is in the box."
Values = Mapping[str, Any]
Unit = tuple[str, ...]
"""Fields of a form that are one thing, such as a day and its time."""


@dataclass(frozen=True)
class Met:
    """The form that goes on, and the units that somebody else changed meanwhile."""

    form: Any
    theirs: tuple[Unit, ...]


def meet(
    form: Any,
    was: Values,
    now: Values,
    *,
    again: Callable[[Any], Any],
    units: Sequence[Unit],
    words: str,
    same: Callable[[str], Any] = str.strip,
) -> Met:
    """What was typed into a valid ``form``, on what is stored ``now``; ``was``: when it was opened.

    Both as the form's initial values. ``again`` makes the form that goes on of its data; ``words``
    are said above it. ``same`` reads a text as it is compared.
    """
    typed, data = form.cleaned_data, dict(form.data.items())
    # The form that goes on may ask for more than the one that was typed into.
    asked = again(None).fields

    def differ(one: Values, other: Values, names: Unit) -> bool:
        return any(_read(one.get(name), same) != _read(other.get(name), same) for name in names)

    theirs, both = [], []
    for names in units:
        if not differ(was, now, names):
            continue
        theirs.append(names)
        if differ(typed, was, names) and differ(typed, now, names):
            both.append(names[0])
        else:
            for name in names:
                _put(data, asked[name].widget, name, now.get(name))
    data["version"] = str(now["version"])
    found = again(data)
    for name in both:
        found.add_error(name, BOTH)
    found.add_error(None, words)
    return Met(found, tuple(theirs))


def _read(value: Any, same: Callable[[str], Any]) -> Any:
    if not isinstance(value, str):
        return value or ""
    return same(value.replace("\r\n", "\n"))


def _put(data: dict[str, Any], widget: forms.Widget, name: str, value: Any) -> None:
    if isinstance(widget, DayMonthYearWidget):
        for part, text in zip(widget.PARTS, widget.decompress(value), strict=True):
            data[f"{name}-{part}"] = text
    elif isinstance(widget, forms.CheckboxInput):
        data.pop(name, None)
        if value:
            data[name] = "on"
    else:
        data[name] = "" if value is None else str(value)

"""A correction that meets somebody else's: `cse.interface.meeting`, with moments as one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cse.interface.meeting import Unit, meet
from cse.missing.forms import Moments
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.times import read_time
from cse.missing.views.words import label_of, value_of

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
    again = kind or type(form)
    fields = {names: field for field, names in _units(again())}
    then = row.history.filter(version=form.cleaned_data["version"]).order_by("-history_id").first()
    met = meet(
        form,
        initial_of(then.instance) if then else {},
        initial_of(row),
        again=again,
        units=list(fields),
        words=words,
        # A time of day is the same however it was typed.
        same=lambda text: read_time(text) or text.strip(),
    )
    changed = [fields[names] for names in met.theirs]
    theirs = ((label_of(each), value_of(row, each, getattr(row, each))) for each in changed)
    return Met(met.form, tuple(theirs))


def _units(form: Moments) -> Iterator[tuple[str, Unit]]:
    """The field of the record, and those of the form that hold it: a moment has three."""
    parts = {f"{stem}_{part}" for stem in form.MOMENTS for part in ("on", "time", "twice")}
    for stem in form.MOMENTS:
        names = (f"{stem}_on", f"{stem}_time", f"{stem}_twice")
        yield HOLDS.get(stem, f"{stem}_at"), names
    for name in form.fields:
        if name not in parts | OF_NOBODY:
            yield name, (name,)

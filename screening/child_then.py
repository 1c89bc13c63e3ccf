"""Who a screen is about, as it was recorded when the screen was completed.

A completed screen keeps these facts with itself: its page, its PDF and every rule that is asked
again read them, and never what the child's record says by then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from cse.children.models import BirthDateKnown, Child
from cse.children.told import BIRTH
from cse.interface.words import date_words
from screening.models import Screen

FACTS: Final = (
    *("reference", "given_name", "family_name", "other_names", "sex", "address"),
    *BIRTH,
)
"""What page and PDF print of the child, and what the rules need to know the age."""
_DAYS: Final = ("date_of_birth", "estimated_on")


def facts_to_keep(child: Child, names: Iterable[str] = FACTS) -> dict[str, Any]:
    """The child's facts as plain values for a JSON column."""
    found = {name: getattr(child, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in found.items()
    }


def child_as(kept: Mapping[str, Any]) -> Child:
    """A child with the facts that were kept: to be read, and never saved."""
    days = {name: dt.date.fromisoformat(kept[name]) for name in _DAYS if kept.get(name)}
    return Child(**{**kept, **dict.fromkeys(_DAYS), **days})


def child_then(screen: Screen) -> Child:
    """The child as recorded when the screen was completed; of a draft, as recorded now."""
    return child_as(screen.child_facts) if screen.child_facts else screen.child


def birth_words(child: Child) -> str:
    """The date of birth and how it is known, in words."""
    if child.date_of_birth is None and child.estimated_age is not None:
        return (
            f"Not known; age estimated on {date_words(child.estimated_on)}: {child.estimated_age}"
        )
    approximate = child.birth_date_known == BirthDateKnown.APPROXIMATE
    return date_words(child.date_of_birth, "Not known") + (" (approximate)" if approximate else "")

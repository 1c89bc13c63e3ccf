"""One value in three versions, where two people changed the same page at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def three_ways(
    name: str,
    label: str,
    *,
    is_text: bool,
    base: Any,
    theirs: Any,
    mine: Any,
    words: Mapping[str, str],
) -> dict[str, Any]:
    """What the page was opened with, what is stored now, what was typed; and which to keep.

    ``clash``: both changed it, so the person decides; else ``kept`` is the one that was changed.
    ``words`` are those of a chosen answer.
    """
    base, theirs, mine = str(base), str(theirs), str(mine)
    return {
        "name": name,
        "label": label,
        "is_text": is_text,
        "theirs": theirs,
        "mine": mine,
        "kept": theirs if mine == base else mine,
        "clash": theirs != mine and base not in (theirs, mine),
        "differs": theirs != mine,
        "theirs_words": _words(theirs, words),
        "mine_words": _words(mine, words),
    }


def _words(value: str, words: Mapping[str, str]) -> str:
    if value == "":
        return "Nothing chosen"
    return words.get(value) or value.replace("_", " ").capitalize()

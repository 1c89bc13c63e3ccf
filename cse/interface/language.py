"""Finds wording that blames a child or hides who does the harm (O §4, DEC-15). Pure.

It only finds: nothing here blocks, rewrites, logs or keeps anything. Terms come from a list that
the administrator edits; each has phrases in a small notation:

* a space between words matches spaces, line breaks and hyphens: `child prostitution`
* a hyphen also matches nothing at all: `street-wise` finds street wise, street-wise, streetwise
* `*` at the end of a word matches any ending: `abscond*`
* `...` between words matches up to three words in between: `refus* ... help`

Capital letters, curly and missing apostrophes and accents written either way make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

SHORTEST_PHRASE, LONGEST_PHRASE = 3, 80
MOST_PHRASES = 30
MOST_GAPS = 2
APOSTROPHES = "'’‘ʼ＇`´"
_HYPHENS = r"\-\u00ad\u2010-\u2015"
_BETWEEN = rf"[\s{_HYPHENS}]{{1,5}}"
_MAYBE = rf"[\s{_HYPHENS}]{{0,5}}"
# Up to three words of any kind; no sentence ends in between.
_GAP = r"(?:[^\w.!?]{1,5}[\w'’]{1,30}){0,3}[^\w.!?]{1,5}"


class PhraseError(ValueError):
    """A phrase that the notation cannot read; the message says what to do."""


@dataclass(frozen=True)
class Term:
    """One expression to think about: its phrases, why, and another wording."""

    label: str
    phrases: tuple[str, ...]
    why: str
    alternative: str
    source: str = ""


@dataclass(frozen=True)
class Hint:
    """Where a term stands in a text (`start`, `end` in characters) and what to say about it."""

    start: int
    end: int
    found: str
    term: str
    why: str
    alternative: str
    source: str


def find_terms(text: str, terms: Iterable[Term]) -> list[Hint]:
    """Every place where one of the terms stands, in the order of the text.

    Where two overlap, the longer one speaks.
    """
    hints = [hint for term in terms for hint in _places(text, term)]
    hints.sort(key=lambda hint: (hint.start, -hint.end))
    kept: list[Hint] = []
    for hint in hints:
        if kept and hint.start < kept[-1].end:
            if hint.end - hint.start > kept[-1].end - kept[-1].start:
                kept[-1] = hint
            continue
        kept.append(hint)
    return kept


def first_of_each(hints: Iterable[Hint]) -> list[Hint]:
    """The first place of every term: a page explains an expression once."""
    seen: dict[str, Hint] = {}
    for hint in hints:
        seen.setdefault(hint.term, hint)
    return list(seen.values())


def _places(text: str, term: Term) -> Iterable[Hint]:
    for match in pattern_of(term.phrases).finditer(text):
        yield Hint(
            start=match.start(),
            end=match.end(),
            found=match.group(),
            term=term.label,
            why=term.why,
            alternative=term.alternative,
            source=term.source,
        )


@lru_cache(maxsize=512)
def pattern_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for all phrases of a term. Raises PhraseError for what cannot be read."""
    if not phrases:
        raise PhraseError("Write at least one phrase")
    if len(phrases) > MOST_PHRASES:
        raise PhraseError(f"Write at most {MOST_PHRASES} phrases for one term")
    # The longest phrase first, so that "consensual sexual" is not cut short by "consensual".
    ordered = sorted(phrases, key=len, reverse=True)
    body = "|".join(_expression(phrase) for phrase in ordered)
    return re.compile(rf"(?<!\w)(?:{body})(?!\w)", re.IGNORECASE)


def read_phrases(text: str) -> tuple[str, ...]:
    """The phrases of a text box, one a line, blank lines left out."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _expression(phrase: str) -> str:
    if len(phrase) > LONGEST_PHRASE:
        raise PhraseError(f"“{phrase[:20]}…” is longer than {LONGEST_PHRASE} characters")
    pieces = phrase.replace("…", "...").split()
    if sum(letter.isalnum() for letter in phrase) < SHORTEST_PHRASE:
        raise PhraseError(f"“{phrase}” is too short: write at least {SHORTEST_PHRASE} letters")
    if pieces.count("...") > MOST_GAPS:
        raise PhraseError(f"“{phrase}” has more than {MOST_GAPS} gaps")
    if not pieces or pieces[0] == "..." or pieces[-1] == "...":
        raise PhraseError(f"“{phrase}” must begin and end with a word")
    expression = ""
    for index, piece in enumerate(pieces):
        if piece == "...":
            expression += _GAP
            continue
        if index and pieces[index - 1] != "...":
            expression += _BETWEEN
        expression += _MAYBE.join(_word(part, phrase) for part in piece.split("-"))
    return expression


def _word(word: str, phrase: str) -> str:
    stem = word.removesuffix("*")
    letters = sum(letter.isalnum() for letter in stem)
    if "*" in stem or letters < (2 if word.endswith("*") else 1):
        raise PhraseError(f"“{phrase}”: * stands only at the end of a word of at least two letters")
    ending = r"\w{0,20}" if word.endswith("*") else ""
    return "".join(_letter(letter) for letter in unicodedata.normalize("NFC", stem)) + ending


def _letter(letter: str) -> str:
    if letter in APOSTROPHES:
        return f"[{APOSTROPHES}]?"
    apart = unicodedata.normalize("NFD", letter)
    if apart == letter:
        return re.escape(letter)
    return f"(?:{re.escape(letter)}|{re.escape(apart)})"

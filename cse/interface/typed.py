"""What people type, kept exactly or refused with a reason: never altered in between."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.core.exceptions import ValidationError

#: Marks in a row on one letter. Vietnamese and pointed Hebrew need three, Tibetan four.
MOST_MARKS = 6
_LINE_CHARACTERS = "\n\r\t"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
#: Invisible characters that turn the text behind them round: a name reads as another on paper.
#: The marks that Arabic and Hebrew typing leaves (U+200E, U+200F) turn nothing but themselves.
_TURN_ROUND = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HALF = re.compile("[\ud800-\udfff\ufffd]")


def refuse_unreadable(text: str) -> None:
    """Refuse what cannot be stored or shown: raises ``ValidationError`` that says what to do.

    NUL and other control characters, those that turn the reading direction, and half a character (a
    lone surrogate, or what a broken encoding left behind).
    """
    if _CONTROL.search(text):
        raise ValidationError("Remove the invisible control character, or type the text again")
    if _TURN_ROUND.search(text):
        raise ValidationError(
            "Remove the invisible character that turns the text round, or type the text again"
        )
    if _HALF.search(text):
        raise ValidationError("One character did not arrive whole: type the text again")


def refuse_heaps(text: str) -> None:
    """Refuse a letter under a heap of marks, which would hide what stands around a name."""
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) == "Mn" else 0
        if marks > MOST_MARKS:
            raise ValidationError(f"Use at most {MOST_MARKS} accents or marks on one letter")


def refuse_lines(text: str) -> None:
    """Refuse line breaks and tabs where one line is asked for."""
    if any(character in text for character in _LINE_CHARACTERS):
        raise ValidationError("Write this on one line")


TYPED: Final = (refuse_unreadable, refuse_heaps, refuse_lines)
"""The checks here; a form says of which field each speaks."""

"""What people type, kept exactly or refused with a reason: never altered in between."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError

#: Marks in a row on one letter. Vietnamese and pointed Hebrew need three, Tibetan four.
MOST_MARKS = 6
_LINE_CHARACTERS = "\n\r\t"
#: Invisible characters that turn the text behind them round: a name reads as another on paper.
#: The marks that Arabic and Hebrew typing leaves (U+200E, U+200F) turn nothing but themselves.
_TURN_ROUND = frozenset(map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]))


def refuse_unreadable(text: str) -> None:
    """Refuse what cannot be stored or shown: raises ``ValidationError`` that says what to do.

    NUL and other control characters, those that turn the reading direction, half a character (a
    lone surrogate, or what a broken encoding left behind), and a letter under a heap of marks.
    """
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category == "Cc" and character not in _LINE_CHARACTERS:
            raise ValidationError("Remove the invisible control character, or type the text again")
        if character in _TURN_ROUND:
            raise ValidationError(
                "Remove the invisible character that turns the text round, or type the text again"
            )
        if category == "Cs" or character == "�":
            raise ValidationError("One character did not arrive whole: type the text again")
        marks = marks + 1 if category == "Mn" else 0
        if marks > MOST_MARKS:
            raise ValidationError(f"Use at most {MOST_MARKS} accents or marks on one letter")


def refuse_lines(text: str) -> None:
    """Refuse line breaks and tabs where one line is asked for."""
    if any(character in text for character in _LINE_CHARACTERS):
        raise ValidationError("Write this on one line")

"""Verification codes: short enough to read over a telephone, too long to guess."""

from __future__ import annotations

import secrets

#: Letters that are not taken for another letter or a digit; no vowels, so no words.
ALPHABET = "BCDFGHJKMNPQRTVWXYZ"
GROUPS, GROUP = 4, 4


def new_code() -> str:
    """A code such as ``KMTR-QWXZ-BDGH-PNTV``: 19^16, about 68 bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP))
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def normal_code(typed: str) -> str:
    """What somebody typed as the register writes it; empty where it cannot be a code."""
    letters = "".join(each for each in typed.upper() if each.isalnum())
    if len(letters) != GROUPS * GROUP or any(each not in ALPHABET for each in letters):
        return ""
    return "-".join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))

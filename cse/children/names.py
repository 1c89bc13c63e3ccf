"""Names as the search compares them: without case, accents or punctuation. Pure."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d"})
_NOT_NAME = re.compile(r"[^\w]+|_+")


def normalise(name: str) -> str:
    """Lower case, no accents, apostrophes closed up, other punctuation as one space.

    ``O'Neill`` and ``ONeill`` compare equal; ``Ann-Marie`` and ``Ann Marie`` too.
    """
    text = name.casefold().replace("'", "").replace("’", "").translate(_LETTERS)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    return _NOT_NAME.sub(" ", text).strip()

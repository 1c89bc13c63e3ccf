"""What can go wrong with the embedded servers, in words for the person at the keyboard."""

from __future__ import annotations


class EmbeddedError(Exception):
    """One line that says what is wrong and what to do about it; shown without a traceback."""

"""What every installation needs, loaded room by room."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from cse.interface.reference import load_language_terms
from cse.people.reference import load_authorities
from screening.actions.tools import load_shipped_tools


@transaction.atomic
def load_reference() -> list[str]:
    """Load authorities, tools and terms; returns a line for each kind, in words.

    Adds what is missing and changes nothing that is there, so that it may run again at any time.
    """
    return list(_load())


def _load() -> Iterator[str]:
    yield f"Authorities: {len(load_authorities())}"
    yield f"Tool versions: {len(load_shipped_tools())}"
    yield f"Terms of the language helper: {len(load_language_terms())}"

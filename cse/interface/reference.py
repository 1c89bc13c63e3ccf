"""The terms the helper begins with: O §4, the 2024 guide and plain recording practice."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from cse.interface.models import LanguageTerm

SHIPPED = Path(__file__).with_name("language_terms.json")


@transaction.atomic
def load_language_terms() -> list[LanguageTerm]:
    """Add the shipped terms that are missing; what an administrator changed is left alone."""
    known = set(LanguageTerm.objects.values_list("label", flat=True))
    added = [
        LanguageTerm(**entry | {"phrases": "\n".join(entry["phrases"])})
        for entry in json.loads(SHIPPED.read_text("utf-8"))
        if entry["label"] not in known
    ]
    for term in added:
        term.full_clean()
        term.save()
    return added

"""The terms in use, the hints for a text, and whom to contact."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from cse.access.principals import principals_of
from cse.audit.context import acting
from cse.interface.language import Hint, Term, find_terms, first_of_each
from cse.interface.models import LanguageTerm
from cse.people.models import Authority

# A narrative is far shorter; what is beyond is saved as ever, only not looked at for wording.
LONGEST_TEXT = 100_000


def all_terms() -> QuerySet[LanguageTerm]:
    """Every term, those in use first. One query."""
    return LanguageTerm.objects.order_by(F("retired_at").asc(nulls_first=True), "label")


def terms_in_use() -> list[Term]:
    """The terms the helper looks for; read once in a request. One query."""
    cache = acting().cache
    if "language_terms" not in cache:
        found = LanguageTerm.objects.filter(retired_at__isnull=True)
        cache["language_terms"] = [term.as_term() for term in found]
    return list(cache["language_terms"])


def hints_for(text: str) -> list[Hint]:
    """What to think about in this text, each expression once. Keeps nothing of it."""
    if not text.strip():
        return []
    return first_of_each(find_terms(text[:LONGEST_TEXT], terms_in_use()))


def contacts_of(user: Any) -> list[tuple[Authority, list[tuple[str, str, str]]]]:
    """The contact points of the person's own area first, then of the others. Two queries.

    Each as the contact panel shows it: what, value ("" while it is a placeholder), note.
    """
    own = principals_of(user).authority_id
    areas = list(Authority.objects.prefetch_related("contact_points"))
    areas.sort(key=lambda area: area.pk != own)
    return [
        (
            area,
            [
                (point.label, "" if point.is_placeholder else point.value, "")
                for point in area.contact_points.all()
            ],
        )
        for area in areas
    ]

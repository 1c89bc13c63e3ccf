"""Search before create: who in the user's own scope might be this child, and why each.

A child outside the scope changes nothing: not the rows, not the words, not the number of
queries (access-and-audit).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Greatest

from cse.access.capabilities import Capability
from cse.access.scope import visible
from cse.children.births import SAME, SWAPPED, near_dates
from cse.children.models import BirthDateKnown, Child, phonetic_codes
from cse.children.names import normalise

MOST_RESULTS = 25
"""Rows shown. More means: type more of the name."""
_CANDIDATES = 100
_YEAR = dt.timedelta(days=366)
#: Likeness of two words, 0 to 1, from which they count as a spelling of each other.
_ALIKE = 0.65


@dataclass(frozen=True)
class Terms:
    """What somebody searches for: a name or reference, a date of birth, or both."""

    name: str = ""
    date_of_birth: dt.date | None = None

    @property
    def normalised(self) -> str:
        """The name as it is compared."""
        return normalise(self.name)

    @property
    def text(self) -> str:
        """What was typed, in one line, for the protected part of the search's event."""
        born = self.date_of_birth.isoformat() if self.date_of_birth else ""
        return " | ".join(part for part in (self.name, born) if part)


@dataclass(frozen=True)
class Match:
    """A child that the terms may mean, with why; ``weight`` orders them and is never shown."""

    child: Child
    reasons: tuple[str, ...]
    weight: float

    @property
    def is_likely(self) -> bool:
        """Near enough to ask "is this the same child?" before another is added."""
        return self.weight >= 3


def search_children(user: Any, terms: Terms) -> list[Match]:
    """The children in scope that the terms may mean, the likeliest first; two queries.

    Somebody who may not see children finds nobody.
    """
    codes = phonetic_codes(terms.normalised)
    near = near_dates(terms.date_of_birth) if terms.date_of_birth else {}
    found = visible(Child.objects.all(), user, Capability.SEE_CHILD).filter(
        _condition(terms, codes, near)
    )
    candidates = _ranked(found, terms)[:_CANDIDATES]
    matches = (_match(child, terms, set(codes), near) for child in candidates)
    ordered = sorted(matches, key=lambda match: (-match.weight, match.child.reference))
    return ordered[:MOST_RESULTS]


def _condition(terms: Terms, codes: Sequence[str], near: dict[dt.date, str]) -> Q:
    reference = terms.name.strip().upper()
    condition = Q(reference=reference)
    name = terms.normalised
    if name:
        condition |= Q(search_name__contains=name) | Q(search_name__trigram_word_similar=name)
    if codes:
        condition |= Q(phonetic_codes__overlap=list(codes))
    if near:
        # With a name the far-fetched dates would only be noise: they then count as reasons.
        wanted = [day for day, why in near.items() if not name or why in (SAME, SWAPPED)]
        condition |= Q(date_of_birth__in=wanted)
    return condition


def _ranked(found: QuerySet[Child], terms: Terms) -> QuerySet[Child]:
    """The likeliest first, as far as the database can say; Python gives the reasons."""
    name, day = terms.normalised, terms.date_of_birth
    born = Q(date_of_birth=day) if day else Q(pk__isnull=True)
    return found.annotate(
        likeness=Greatest(
            TrigramSimilarity("search_name", name), TrigramWordSimilarity(name, "search_name")
        ),
        same_birth=ExpressionWrapper(born, output_field=BooleanField()),
    ).order_by("-same_birth", "-likeness", "pk")


def _match(child: Child, terms: Terms, codes: set[str], near: dict[dt.date, str]) -> Match:
    reasons: list[str] = []
    weight = 0.0
    if terms.name.strip().upper() == child.reference:
        reasons.append("same reference")
        weight += 5
    if terms.normalised:
        why, points = _name_reason(child, terms.normalised, codes)
        reasons += why
        weight += points
    if terms.date_of_birth:
        why, points = _birth_reason(child, terms.date_of_birth, near)
        reasons += why
        weight += points
    return Match(child, tuple(reasons), weight)


def _name_reason(child: Child, name: str, codes: set[str]) -> tuple[list[str], float]:
    likeness = float(getattr(child, "likeness", 0))
    typed = set(name.split())
    if typed in (set(child.search_name.split()), set(normalise(child.name).split())):
        return ["same name"], 3
    if name in child.search_name:
        return ["contains what you typed"], 2 + likeness
    shared = codes & set(child.phonetic_codes)
    alike = _words_alike(name, child.search_name)
    if alike == len(name.split()):
        return ["name spelt alike"], 1.5 + likeness
    if shared and len(shared) >= len(codes):
        return ["name sounds alike"], 1 + likeness
    if alike or shared:
        return ["part of the name is alike"], likeness
    return [], 0


def _words_alike(name: str, other: str) -> int:
    """How many words of ``name`` have a spelling among the words of ``other``."""
    return sum(
        any(SequenceMatcher(None, word, theirs).ratio() >= _ALIKE for theirs in other.split())
        for word in name.split()
    )


def _birth_reason(child: Child, day: dt.date, near: dict[dt.date, str]) -> tuple[list[str], float]:
    born = child.date_of_birth
    if born is None:
        return ["date of birth not known"], 0.5
    if born in near:
        return [near[born]], 2 if near[born] == SAME else 1.2
    if child.birth_date_known == BirthDateKnown.APPROXIMATE and abs(born - day) <= _YEAR:
        return ["approximate date of birth within a year"], 1
    return [], 0

"""Search before create: who in the user's own scope might be this child, and why each.

A child outside the scope changes nothing: not the rows, not the words, not the number of
queries (access-and-audit).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.access.scope import scope_sql
from cse.children.births import SAME, SWAPPED, near_dates
from cse.children.models import CODES_SQL, BirthDateKnown, Child
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


#: What a candidate has to fulfil, in the order in which the database asks: the cheapest first. A
#: name that sounds alike always counts.
_SQL = """
WITH typed AS MATERIALIZED ({codes})
SELECT c.*, (SELECT codes FROM typed) AS typed_codes,
       GREATEST(similarity(c.search_name, %(name)s), word_similarity(%(name)s, c.search_name))
         AS likeness
  FROM children_child c
 WHERE c.id = ANY(ARRAY({scope}))
   AND (c.reference = %(reference)s
        OR c.phonetic_codes && (SELECT codes::varchar[] FROM typed)
        OR {more})
 ORDER BY c.date_of_birth IS NOT DISTINCT FROM %(born)s::date DESC, likeness DESC, c.id
 LIMIT %(most)s
"""
_SPELT = "(c.search_name LIKE %(contains)s OR c.search_name %%> %(name)s)"
_BORN = "c.date_of_birth = ANY(%(near)s::date[])"
#: Spelling costs the most to compare: with a date of birth it is asked only of those whose own is
#: near or not certain; and the far-fetched dates alone would only be noise beside a name.
_SPELT_AND_BORN = (
    f"(({_BORN} OR c.birth_date_known <> '{BirthDateKnown.EXACT}')"
    f" AND (c.date_of_birth = ANY(%(meant)s::date[]) OR {_SPELT}))"
)


def search_children(user: Any, terms: Terms) -> list[Match]:
    """The children in scope that the terms may mean, the likeliest first; one query.

    Somebody who may not see children finds nobody.
    """
    principals = principals_of(user)
    if Capability.SEE_CHILD not in principals.acts:
        return []
    near = near_dates(terms.date_of_birth) if terms.date_of_birth else {}
    scope, parameters = scope_sql(principals)
    name = terms.normalised
    parameters |= {
        "name": name,
        "contains": f"%{name}%",
        "reference": terms.name.strip().upper(),
        "born": terms.date_of_birth,
        "near": list(near),
        "meant": [day for day, why in near.items() if why in (SAME, SWAPPED)],
        "most": _CANDIDATES,
    }
    statement = _SQL.format(codes=CODES_SQL, scope=scope, more=_more(name, near))
    candidates = Child.objects.raw(statement, parameters)
    matches = [_match(child, terms, near) for child in candidates]
    matches.sort(key=lambda match: (-match.weight, match.child.reference))
    return matches[:MOST_RESULTS]


def _more(name: str, near: dict[dt.date, str]) -> str:
    """What makes somebody a candidate besides reference and sound, by what was typed."""
    if name and near:
        return _SPELT_AND_BORN
    if near:
        return _BORN
    return _SPELT if name else "false"


def _match(child: Child, terms: Terms, near: dict[dt.date, str]) -> Match:
    reasons: list[str] = []
    weight = 0.0
    if terms.name.strip().upper() == child.reference:
        reasons.append("same reference")
        weight += 5
    if terms.normalised:
        why, points = _name_reason(child, terms.normalised)
        reasons += why
        weight += points
    if terms.date_of_birth:
        why, points = _birth_reason(child, terms.date_of_birth, near)
        reasons += why
        weight += points
    return Match(child, tuple(reasons), weight)


def _name_reason(child: Child, name: str) -> tuple[list[str], float]:
    # Two columns that the search adds to the child's own.
    likeness, codes = float(child.likeness), set(child.typed_codes)  # type: ignore[attr-defined]
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

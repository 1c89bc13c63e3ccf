"""What the timeline says of each act: a sentence, what the act was about, and where to read on.

What an act was about is read from the record it names: one query for all of a page's records and
people, whatever their kinds (performance.md, "Timeline").
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.db.models import Case, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat, Trim
from django.urls import NoReverseMatch, reverse

from cse.children.models import CseLevel, LegalStatusKind

#: Acts whose name in the event log is not what a reader would call it.
TITLES: Mapping[str, str] = MappingProxyType(
    {
        "child added": "Child recorded",
        "child's details changed": "Details changed",
        "access granted": "Access given to",
        "access ended": "Access ended of",
        "legal status recorded": "Legal status recorded:",
        "legal status ended": "Legal status ended:",
        "legal status set aside": "Legal status recorded by mistake:",
        "team member added": "Joined the team around the child:",
        "team member left": "Left the team around the child:",
        "children linked": "Link with another child recorded:",
        "link proposed": "Link with another child proposed:",
        "link agreed": "Link with another child agreed:",
        "link not agreed": "Link with another child not agreed:",
        "link corrected": "Link with another child changed:",
        "link ended": "Link with another child ended:",
        "level chosen": "CSE level chosen:",
        "lowered level approved": "Lowered CSE level approved:",
        "lowered level refused": "Lowered CSE level refused:",
        "opened in an emergency": "Opened in an emergency",
        "emergency access reviewed": "Emergency access reviewed",
        "work handed over": "Work handed over, because its owner no longer sees the child",
    }
)


@dataclass(frozen=True)
class Told:
    """How records of one kind are told: the page to read on, and words where it needs some.

    ``of_child``: the page takes the child's id, not the record's. ``columns`` are what ``words``
    makes a text of: two, or none where the act says enough.
    """

    url_name: str = ""
    of_child: bool = True
    columns: tuple[Any, ...] = ()
    words: Callable[[str, str], str] = lambda first, second: f"{first} {second}".strip()


def _one_of(choices: Any) -> Callable[[str, str], str]:
    labels = dict(choices)
    return lambda value, _: str(labels.get(value, value))


def _listed(first: str, second: str) -> str:
    return ", ".join(part for part in (first, second) if part)


def _both(first: str, second: str) -> str:
    return f"{first} and {second}"


def _name(path: str) -> Trim:
    return Trim(Concat(f"{path}given_name", Value(" "), f"{path}family_name"))


PERSON = "people.user"
_NOTHING = Value("")
_told: dict[str, Told] = {
    PERSON: Told(columns=(_name(""), _NOTHING)),
    "children.child": Told("children:changes"),
    "children.levelevent": Told(
        "children:levels", columns=(F("level"), _NOTHING), words=_one_of(CseLevel.choices)
    ),
    "children.legalstatus": Told(
        "children:statuses", columns=(F("kind"), _NOTHING), words=_one_of(LegalStatusKind.choices)
    ),
    "children.teammember": Told(
        "children:team",
        columns=(
            Case(When(user__isnull=False, then=_name("user__")), default=F("name")),
            F("part"),
        ),
        words=_listed,
    ),
    # Only those who see both are told of it at all (cse.children.queries.timeline).
    "children.childlink": Told(
        "children:links", columns=(_name("first__"), _name("second__")), words=_both
    ),
    "access.childusergrant": Told("access:who", columns=(_name("user__"), _NOTHING)),
    "access.childteamgrant": Told(
        "access:who",
        columns=(F("group__team__name"), F("group__team__agency__name")),
        words=_listed,
    ),
    "access.exclusion": Told("access:who"),
    "access.breakglass": Told("access:who"),
}


def tell_on_timeline(kind: str, told: Told) -> None:
    """Say how acts on records of this kind (``app.model``) are told: for the rooms above."""
    _told[kind] = told


def words_of(records: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The words of these records, by (kind, id): one query, whatever the kinds."""
    by_kind: dict[str, set[str]] = {}
    for kind, pk in records:
        if kind in _told and _told[kind].columns:
            by_kind.setdefault(kind, set()).add(pk)
    parts = [_texts(kind, ids) for kind, ids in sorted(by_kind.items())]
    if not parts:
        return {}
    found = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return {(kind, pk): _told[kind].words(first, second) for kind, pk, first, second in found}


def _texts(kind: str, ids: set[str]) -> QuerySet[Any, tuple[str, str, str, str]]:
    first, second = (Cast(column, TextField()) for column in _told[kind].columns)
    rows = apps.get_model(kind)._default_manager.filter(pk__in=ids).order_by()
    return rows.annotate(  # type: ignore[no-any-return]
        told_kind=Value(kind, output_field=TextField()),
        told_id=Cast("pk", TextField()),
        told_first=first,
        told_second=second,
    ).values_list("told_kind", "told_id", "told_first", "told_second")


def title_of(act: str, words: str) -> str:
    """A sentence for an act; without words of what it was about, the act alone."""
    title = TITLES.get(act, act[:1].upper() + act[1:])
    if words:
        return f"{title} {words}" if title.endswith((":", " to", " of")) else f"{title}: {words}"
    return title.removesuffix(" to").removesuffix(" of").rstrip(":")


def address_of(kind: str, record_id: str, child_id: uuid.UUID) -> str:
    """Where to read on; empty where there is no such page."""
    told = _told.get(kind)
    if told is None:
        return ""
    try:
        return reverse(told.url_name, args=[child_id if told.of_child else record_id])
    except NoReverseMatch:
        return ""

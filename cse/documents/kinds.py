"""The kinds of document there are. Rooms above register theirs in their AppConfig's ``ready``.

This room renders, records and confirms; what a document shows is known only to the room whose
document it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cse.access.capabilities import Capability


@dataclass(frozen=True)
class Subject:
    """What is to be exported, as the export pages name it.

    ``child`` is None for a document about nobody. ``version`` says which version of the tool and
    of the record it shows. ``marking`` and ``handling`` are the authority's (DEC-26). ``back`` is
    the page the subject is read on.
    """

    title: str
    version: str
    marking: str
    handling: str = ""
    child: Any = None
    back: str = ""


@dataclass(frozen=True)
class DocumentKind:
    """One kind of document.

    ``find(subject_id, user)`` gives the subject or raises ``NotVisible``; it is asked again when
    the document is rendered and each time it is fetched. ``build(subject_id, user)`` gives the
    template's context beside ``about``, and raises ``NotVisible`` too. ``superseded(subject_id)``
    says in words what has taken the document's place since, or "" (it names no child).
    ``offered()`` lists id and title of what everybody with the capability may take: blank tools.
    """

    key: str
    title: str
    template: str
    capability: Capability
    find: Callable[[uuid.UUID, Any], Subject]
    build: Callable[[uuid.UUID, Any], Mapping[str, Any]]
    superseded: Callable[[uuid.UUID], str] = lambda _subject_id: ""
    offered: Callable[[], tuple[tuple[uuid.UUID, str], ...]] = tuple


_KINDS: dict[str, DocumentKind] = {}


class UnknownKind(LookupError):  # noqa: N818  (named for what it is)
    """No room has registered a document of that name."""


def register(kind: DocumentKind) -> None:
    """Add a kind; a second of the same key is a programming error (``ValueError``)."""
    if _KINDS.get(kind.key, kind) != kind:
        raise ValueError(f"The document kind {kind.key} is registered twice.")
    _KINDS[kind.key] = kind


def kind_of(key: str) -> DocumentKind:
    """The kind with that key. Raises ``UnknownKind``."""
    try:
        return _KINDS[key]
    except KeyError:
        raise UnknownKind(key) from None


def offered_to_all() -> list[tuple[DocumentKind, uuid.UUID, str]]:
    """Everything that is about nobody: kind, id and title, in the order of registration."""
    return [(kind, *each) for kind in _KINDS.values() for each in kind.offered()]


def kind_title(key: str) -> str:
    """How a kind is called; its key where its room is gone."""
    return _KINDS[key].title if key in _KINDS else key

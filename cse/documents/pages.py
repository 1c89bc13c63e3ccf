"""What the room's pages show, worked out of rows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from markupsafe import Markup

from cse.access.capabilities import Capability
from cse.access.policies import can
from cse.documents.codes import normal_code
from cse.documents.kinds import UnknownKind, kind_of, kind_title, offered_to_all
from cse.documents.models import Export, Purpose, State
from cse.documents.queries import own_exports
from cse.interface.jinja import link
from cse.interface.words import datetime_words


def blank_links(user: Any) -> list[dict[str, str]]:
    """Title and address of each blank tool this person may print."""
    return [
        {
            "title": title,
            "href": reverse("documents:request-blank", args=[kind.key, subject_id]),
        }
        for kind, subject_id, title in offered_to_all()
        if can(user, kind.capability)
    ]


def own_rows(user: Any) -> list[list[Any]]:
    """The person's latest exports as table rows."""
    rows = []
    for export in own_exports(user):
        address = reverse("documents:status", args=[export.pk])
        reference = export.child.reference if export.child else "No child"
        rows.append(
            [
                link(kind_title(export.kind), address, f"of {datetime_words(export.requested_at)}"),
                reference,
                datetime_words(export.requested_at),
                State(export.state).label,
            ]
        )
    return rows


def steps(export: Export) -> list[dict[str, str]]:
    """The way of a document: in the queue, being made, ready; each done, now or to come."""
    order = [State.QUEUED, State.RUNNING, State.READY]
    words = ["In the queue", "Being made", "Ready to download"]
    at = order.index(State(export.state)) if export.state in order else len(order)
    done = ["done" if place < at or at == 2 else "now" if place == at else "" for place in range(3)]
    return [{"words": word, "state": state} for word, state in zip(words, done, strict=True)]


def register_rows(exports: Iterable[Export], named: bool) -> list[list[Any]]:
    """Table rows of the register; without names for who sees no child.

    A purpose in somebody's own words, or a recipient, may name a person: then only their kind.
    """
    rows = []
    for export in exports:
        if export.child is None if named else export.child_id is None:
            about = "No child"
        elif named and export.child is not None:
            about = f"{export.child.name}, {export.child.reference}"
        else:
            about = "A child"
        post = export.post
        by = f"{export.exported_by.get_full_name()}, {post.team.agency.name}"
        recipient = (export.recipient if named else export.recipient_organisation) or "Nobody named"
        purpose = export.purpose_words if named else Purpose(export.purpose).label
        rows.append(
            [
                f"{kind_title(export.kind)}, {export.code}",
                *(wrapped(each) for each in (about, purpose, recipient, by)),
                f"{datetime_words(export.requested_at)}. {_fetched(export)}.",
            ]
        )
    return rows


def wrapped(text: str) -> Markup:
    """Text that may break anywhere: a word as long as a line must not widen a table."""
    return Markup('<span class="cse-wrap">{}</span>').format(text)


def _fetched(export: Export) -> str:
    """What became of it, in words."""
    words = State(export.state).label
    if export.downloads == 1:
        return f"{words}; downloaded once"
    if export.downloads:
        return f"{words}; downloaded {export.downloads} times"
    return f"{words}; not downloaded"


def confirmation(export: Export, user: Any) -> dict[str, Any]:
    """What the register confirms. The child only to somebody who may see the child."""
    child = export.child
    if child is not None and not can(user, Capability.SEE_CHILD, child):
        child = None
    post = export.post
    try:
        superseded = kind_of(export.kind).superseded(export.subject_id)
    except UnknownKind:
        superseded = ""
    return {
        "export": export,
        "superseded": superseded,
        "kind_words": kind_title(export.kind),
        "by": f"{post.get_role_display()}, {post.team.agency.name}",
        "child": child,
    }


def code_in_address(code: str) -> str:
    """A code as part of an address; what cannot be one becomes a code nobody has."""
    return normal_code(code) or "unknown"


def key_of(export: Export) -> str:
    """Where the next page of the register begins."""
    return f"{export.requested_at.astimezone(dt.UTC):%Y%m%dT%H%M%S.%f}_{export.pk}"


def read_key(text: str) -> tuple[dt.datetime | None, uuid.UUID | None]:
    """The key of a page; anything else is the first page."""
    at, _, last = text.partition("_")
    try:
        moment = dt.datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=dt.UTC)
        return moment, uuid.UUID(last)
    except ValueError:
        return None, None

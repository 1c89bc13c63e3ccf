"""Who may fetch a document: the person who asked for it, while they may still export it."""

from __future__ import annotations

from typing import Any

from cse.access.policies import NotAllowed, NotVisible, check
from cse.audit import events
from cse.documents.kinds import DocumentKind, Subject, UnknownKind, kind_of
from cse.documents.models import Export


def check_can_export(user: Any, kind: DocumentKind, subject: Subject) -> None:
    """Raise unless the person may export this subject now, by role and by scope."""
    check(user, kind.capability, subject.child)


def check_can_fetch(user: Any, export: Export) -> Subject:
    """The export's subject, if the person asked for it themselves and may still export it.

    Nobody fetches what somebody else asked for: they ask themselves, with their own purpose.
    Raises ``NotVisible`` (also where the document's room is gone); the refusal is written down.
    """
    rule = "own exports" if export.exported_by_id != user.pk else ""
    try:
        if rule:
            raise NotVisible
        kind = kind_of(export.kind)
        subject = kind.find(export.subject_id, user)
        check_can_export(user, kind, subject)
    except (NotVisible, NotAllowed, UnknownKind) as error:
        events.refused(
            "fetch a document", rule=rule or "scope", child_id=export.child_id, obj=export
        )
        raise NotVisible from error
    return subject

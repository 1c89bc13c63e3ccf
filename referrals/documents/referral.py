"""A referral that was sent, with its screen, as a document of the export register."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.policies import NotVisible
from cse.documents.kinds import DocumentKind, Subject
from cse.interface.words import date_words
from referrals.documents.paper import (
    ReferralDocument,
    later_words,
    placed_rules,
    receiver,
    sent_rows,
)
from referrals.models import Delivery, Disagreement, Referral
from referrals.preview import kept_preview
from referrals.queries import decided_before, visible_to, with_people
from referrals.queries.notes import notes_of
from referrals.reading import facts_in_words, read_parts
from referrals.screen_sent import completed_since, went_complete, words_of
from referrals.transitions import State, Status
from screening.child_then import child_as
from screening.documents.contacts import contact_rows
from screening.documents.copy import record_of_copy
from screening.documents.identity import child_rows
from screening.documents.paper import ScreenDocument, screen_document
from screening.documents.screen import record_of
from screening.models import Screen, ScreenCopy


def find(subject_id: uuid.UUID, user: Any) -> Subject:
    """A sent referral this person may see and export. Raises ``NotVisible`` for any other."""
    referral = _referral(subject_id, user)
    return Subject(
        title=f"Referral of {referral.child.reference}",
        version=f"Sent {date_words(referral.sent_at)}; rules {referral.routing_version}",
        marking=referral.authority.marking,
        handling=referral.authority.handling,
        child=referral.child,
        back=reverse("referrals:show", args=[referral.pk]),
    )


def build(subject_id: uuid.UUID, user: Any) -> dict[str, Any]:
    """What the PDF of a referral shows. Raises ``NotVisible``."""
    referral = _referral(subject_id, user)
    return {
        "document": document_of(referral, user),
        "screen": _screen_as_sent(referral),
        "emergency": referral.authority.emergency_text,
        "contacts": contact_rows(referral.authority),
    }


def superseded(subject_id: uuid.UUID) -> str:
    """That the referral was withdrawn, in words that name no child; or nothing."""
    withdrawn = Delivery.objects.filter(referral_id=subject_id, state=State.WITHDRAWN)
    return "This referral was withdrawn after it was sent." if withdrawn.exists() else ""


def document_of(referral: Referral, user: Any) -> ReferralDocument:
    """A sent referral with everything its PDF needs; a fixed number of queries."""
    deliveries = list(with_people().filter(referral=referral).order_by("received_at", "id"))
    said = list(
        Disagreement.objects.filter(delivery__referral=referral).select_related(
            "said_by", "answered_by"
        )
    )
    before = decided_before(said)
    preview = kept_preview(referral, timezone.localdate(referral.sent_at))
    return ReferralDocument(
        referral=referral,
        child=child_rows(child_as(referral.child_facts)),
        sent=sent_rows(referral),
        rules=preview.rules,
        placed=placed_rules(referral),
        raised=preview.raised,
        disability=preview.disability,
        held=preview.held,
        facts=facts_in_words(referral),
        parts=read_parts(referral),
        receivers=tuple(receiver(each, said, before) for each in deliveries),
        notes=tuple(notes_of(referral)),
        screen_words=words_of(referral),
        screen_later=later_words(referral, completed_since(referral, user)),
    )


def _referral(referral_id: uuid.UUID, user: Any) -> Referral:
    found = visible_to(user, Capability.EXPORT).filter(pk=referral_id, status=Status.SENT).first()
    if found is None:
        raise NotVisible
    return found


def _screen_as_sent(referral: Referral) -> ScreenDocument | None:
    """The screen that was complete when the referral went, or the copy of one that was not."""
    if referral.screen_copy_id is not None:
        copies = ScreenCopy.objects.select_related("screen__agency", "screen__created_by")
        return screen_document(record_of_copy(copies.get(pk=referral.screen_copy_id)))
    if referral.screen is None or not went_complete(referral):
        return None
    whole = Screen.objects.select_related(
        "child", "authority", "agency", "completed_by", "corrects", "tool_version__tool"
    )
    return screen_document(record_of(whole.get(pk=referral.screen.pk)))


KIND = DocumentKind(
    key="referral",
    title="Referral with its screen",
    template="documents/pdf/referral.html",
    capability=Capability.EXPORT,
    find=find,
    build=build,
    superseded=superseded,
)

"""A decision not to refer, or an under-13 exception, as a document of the export register."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any, cast

from django.urls import reverse

from cse.access.capabilities import Capability
from cse.access.policies import NotVisible
from cse.documents.kinds import DocumentKind, Subject
from cse.interface.words import date_words
from referrals.models import DecisionNotToRefer, Referral, Supersession, Way
from referrals.queries.beside import decisions_visible_to, standing_of
from referrals.reading import disability_of, facts_in_words
from referrals.signing import content_of, hash_of
from referrals.ways_out import Standing
from screening.child_then import birth_words, child_as
from screening.documents.contacts import contact_rows

WORDS = {
    Standing.WAITING: "Not everybody has signed: until then the referral is owed.",
    Standing.REFUSED: "Somebody who had to sign did not agree: the referral is owed.",
    Standing.STANDS: "Everybody who has to has signed: it stands.",
}


def find(subject_id: uuid.UUID, user: Any) -> Subject:
    """A signed decision this person may export. Raises ``NotVisible`` for any other."""
    decision = _decision(subject_id, user)
    return Subject(
        title=f"{decision.get_way_display()} about {decision.child.reference}",
        version=f"Signed {date_words(decision.saved_at)}; {decision.routing_version}",
        marking=decision.authority.marking,
        handling=decision.authority.handling,
        child=decision.child,
        back=reverse("referrals:decision", args=[decision.pk]),
    )


def build(subject_id: uuid.UUID, user: Any) -> dict[str, Any]:
    """What the PDF shows. Raises ``NotVisible``."""
    decision = _decision(subject_id, user)
    child, signatures = child_as(decision.child_facts), list(decision.signatures.all())
    return {
        "decision": decision,
        "exception": decision.way == Way.EXCEPTION,
        "child": (
            ("Child’s name", child.name),
            ("Date of birth", birth_words(child)),
            ("Reference", decision.child.reference),
        ),
        "now": superseded(subject_id) or WORDS[standing_of(decision)],
        "known": known_of(decision),
        "signatures": signatures,
        "whole": {each.signed_hash for each in signatures} == {hash_of(content_of(decision))},
        "emergency": decision.authority.emergency_text,
        "contacts": contact_rows(decision.authority),
    }


def known_of(decision: DecisionNotToRefer) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What was said and recorded when it was decided, in words: (heading, what holds)."""
    as_referral = SimpleNamespace(
        facts=decision.facts,
        record_facts=decision.record_facts,
        screen_facts={},
        routing=decision.routing,
        placed_in=None,
        placed_by=None,
    )
    disability = disability_of(decision)
    return (
        *facts_in_words(cast("Referral", as_referral)),
        *((("Disability, on record", (disability,)),) if disability else ()),
    )


def superseded(subject_id: uuid.UUID) -> str:
    """That it no longer stands, since when and by which rules; it names no child."""
    after = Supersession.objects.filter(decision_id=subject_id).first()
    if after is None:
        return ""
    rules = ", ".join(rule["id"] for rule in after.rules)
    return (
        f"This decision no longer stands since {date_words(after.at)}: "
        f"{after.get_because_display().lower()}{f' ({rules})' if rules else ''}."
    )


def _decision(subject_id: uuid.UUID, user: Any) -> DecisionNotToRefer:
    found = decisions_visible_to(user, Capability.EXPORT).filter(pk=subject_id, status="signed")
    decision = found.first()
    if decision is None:
        raise NotVisible
    return decision


KIND = DocumentKind(
    key="decision-not-to-refer",
    title="Decision not to refer",
    template="documents/pdf/decision_not_to_refer.html",
    capability=Capability.EXPORT,
    find=find,
    build=build,
    superseded=superseded,
)

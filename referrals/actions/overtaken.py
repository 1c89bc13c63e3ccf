"""A later rule makes a referral owed: what was decided before is superseded, and stays to be read.

Asked wherever something new is known of a child: a level, a screen, a date of birth, a referral.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils import timezone

from cse.access.actions import end_asked_access
from cse.audit import events
from cse.children.models import Child, LevelEvent
from cse.worklist.actions import close_items
from referrals.actions.owed import owe_referral, referral_made
from referrals.models import AdviceContact, DecisionNotToRefer, Referral, Supersession
from referrals.on_record import facts_on_record, route_on
from referrals.queries.beside import drafts_against, standing_of
from referrals.ways_out import LIVE, closing
from screening.assessments.told import News, What
from screening.models import RiskAssessment, Screen


def level_changed(event: LevelEvent, by: Any) -> None:
    """A level of the child took effect; that of an assessment is told with the assessment."""
    if event.subject_kind != RiskAssessment._meta.label_lower:
        look_again(event.child, "level", event, by)


def screen_assessed(screen: Screen, because: str, by: Any) -> None:
    """The rules were asked of a completed screen, at completion or again."""
    look_again(screen.child, "birth" if because == "date of birth" else "screen", screen, by)


def assessment_changed(news: News) -> None:
    """An assessment was completed, or a correction of one: what it says of harm is a concern."""
    if news.what in (What.COMPLETED, What.CORRECTED):
        look_again(news.assessment.child, "assessment", news.assessment, news.by)


def birth_changed(child: Child, before: Mapping[str, Any], by: Any) -> None:
    """The child's date of birth was corrected."""
    look_again(child, "birth", None, by)


def look_again(child: Child, because: str, subject: models.Model | None, by: Any) -> None:
    """Ask the rules again for each decision that is signed, with what the record says now."""
    live = _live(child)
    if not live:
        return
    recorded, today = facts_on_record(child), timezone.localdate()
    for decision in live:
        found = route_on(
            decision.facts, recorded, child=child, area=decision.authority, on=today
        ).as_json()
        closed_by = closing(found, decision.way)
        if closed_by:
            supersede(decision, because, subject, found, closed_by, by)
            owe_referral(decision, decision.made_by)


def referral_sent(referral: Referral, by: Any) -> None:
    """A referral of the child went: what was owed is done, and no decision stands against it.

    A decision of another agency stands only beside R8 (DEC-13). It is superseded where the rules
    of the referral close its way out, and a referral is owed by that agency as well: its people
    learn that a referral was sent, and not by whom or of what, which they do not see.
    """
    child = referral.child
    for decision in _live(child):
        if decision.agency_id == referral.agency_id:
            rules = referral.routing["rules"]
            supersede(decision, "referral", referral, referral.routing, rules, by)
        elif closing(referral.routing, decision.way):
            supersede(decision, "elsewhere", None, {}, [], by)
            owe_referral(decision, decision.made_by)
    same: dict[str, Any] = {"child": child, "agency_id": referral.agency_id}
    for decision in DecisionNotToRefer.objects.filter(status="signed", **same):
        referral_made(decision)
    for advice in AdviceContact.objects.filter(asks_for_referral=True, **same):
        referral_made(advice)


def draft_said(referral: Referral) -> None:
    """What a draft says may take a decision of its agency away: then a referral is owed.

    The decision is superseded when the draft is sent: what is typed may be a slip, and three people
    have signed. Until then its page says so.
    """
    for decision in _live(referral.child):
        if decision.agency_id == referral.agency_id:
            if drafts_against(decision):
                owe_referral(decision, referral.made_by)
            else:
                referral_made(decision)


def supersede(
    decision: DecisionNotToRefer,
    because: str,
    subject: models.Model | None,
    routing: Mapping[str, Any],
    rules: list[Mapping[str, Any]],
    by: Any,
) -> Supersession:
    """Write that a decision no longer stands, and why; the decision itself stays as it was."""
    row = Supersession(
        decision=decision,
        because=because,
        rules=[{key: rule[key] for key in ("id", "title", "source", "why")} for rule in rules],
        routing=dict(routing),
        subject_kind=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        by=by,
        at=timezone.now(),
    )
    row.save(force_insert=True)
    close_items(subject=decision)
    end_asked_access(decision.child, by)
    events.record(
        "decision not to refer superseded",
        by=by,
        child=decision.child_id,
        obj=decision,
        rule=" ".join(rule["id"] for rule in rules),
        data={"because": because},
    )
    return row


def _live(child: Child) -> list[DecisionNotToRefer]:
    rows = (
        DecisionNotToRefer.objects.filter(child=child, status="signed", supersession__isnull=True)
        .select_related("child__authority", "authority", "agency", "made_by")
        .prefetch_related("signatures")
    )
    return [each for each in rows if standing_of(each) in LIVE]

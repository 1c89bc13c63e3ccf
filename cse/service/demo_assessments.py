"""The demonstration's one assessment, what was contributed to it, and what social care began."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from cse.children.models import Child
from cse.people.models import User
from cse.service.demo_referrals import AsPerson
from screening.assessments.actions import (
    ask_contribution,
    complete_assessment,
    give_contribution,
    record_statutory,
    save_part,
    start_assessment,
)
from screening.models import RiskAssessment

_JULES = "jules.okonedo@oxon-care.example.org"
_ELLIS, _SACHA = "ellis.marchbank@thornmere.example.org", "sacha.lindqvist@oxon-police.example.org"

TEXTS: dict[str, dict[str, str]] = {
    "behaviour": {
        "analysis-behaviour": "Attendance fell in the same weeks in which the car was first seen. "
        "The school and her mother date it alike.",
    },
    "grooming": {
        "analysis-grooming": "The driver, the money and the late evenings belong together. Nobody "
        "yet knows who the adults are. Two things were seen by staff; one is what Isla says.",
    },
    "e-safety": {
        "analysis-e-safety": "The phone at night may be how she is reached. Not known: with whom "
        "she writes. To be talked about with her, not checked behind her back.",
    },
    "history": {
        "history_abuse": "not_known",
        "history_exclusion": "possible",
        "history_exclusion_note": "Two half days missed unnoticed in October.",
    },
    "strengths": {"strengths": "Her aunt, the athletics club, and the form tutor she talks to."},
    "views": {
        "child_views": "“They were nice to me first. I do not know how to stop it now.”",
        "child_agrees": "partly",
        "parent_views": "Her mother is frightened and wants to be told everything.",
    },
    "conclusion": {
        "harm_happened": "possible",
        "significant_harm": "likely",
        "professional_judgement": "Adults are preparing to exploit her, and may have begun. The "
        "risk lies with them and with the place at the gate, not with what Isla does.",
        "needs": "Somebody at the gate each afternoon; one worker whom she chooses; the driver "
        "identified.",
        "level": "at_risk",
        "direction": "static",
        "without_contributions": "The police still look for the car; the rest cannot wait.",
    },
}


def load_assessments(accounts: dict[str, User], as_person: AsPerson) -> None:
    """One completed assessment with a contribution, and requests that still wait."""
    child = Child.objects.select_related("authority").get(given_name="Isla")
    today = timezone.localdate()
    with as_person(accounts[_JULES]) as by:
        begun = today - dt.timedelta(days=3)
        single = record_statutory(child=child, kind="single", started_on=begun, by=by)
        ask_contribution(
            statutory_id=single.pk,
            by=by,
            name="Dr Ines Marr",
            agency_name="Ridge Surgery",
            question="When she was last seen, and by whom.",
            due_on=today + dt.timedelta(days=4),
        )
        draft, _ = start_assessment(child=child, by=by)
        asked = [
            ask_contribution(
                assessment_id=draft.pk,
                by=by,
                user=accounts[email],
                question=question,
                due_on=today + dt.timedelta(days=days),
            )
            for email, question, days in (
                (_ELLIS, "Attendance since September, and who has collected her.", 1),
                (_SACHA, "What is known of a grey car at the school gate.", 3),
            )
        ]
    with as_person(accounts[_ELLIS]) as by:
        give_contribution(
            contribution_id=asked[0].pk,
            answer="given",
            text="71 % this half term, 94 % the one before. Collected twice by a driver whom the "
            "office did not know; the second time a teacher asked and he drove off.",
            version=1,
            by=by,
        )
    with as_person(accounts[_JULES]) as by:
        _complete(draft, by)


def _complete(draft: RiskAssessment, by: User) -> None:
    for slug, values in TEXTS.items():
        draft = save_part(assessment_id=draft.pk, slug=slug, values=values, version=0, by=by)
    complete_assessment(assessment_id=draft.pk, by=by, version=draft.version)

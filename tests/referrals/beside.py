"""Records beside a referral, made through their acts, for tests of what comes after."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from referrals.actions import advising, deciding_not, helping

FACTS = {
    "sexual_activity": {"from": None, "to": None},
    "other_person": {"age": 16},
    "checklist": ["W-CHK-14"],
}


def began(days=30):
    """A day some time ago, as a document says it."""
    return (timezone.localdate() - dt.timedelta(days=days)).isoformat()


def peers(**more):
    """What is known of two young people close in age, with one factor of the checklist."""
    return {**FACTS, "sexual_activity": {"from": began(), "to": None}, **more}


def talk(**more):
    """A talk with social care that names nobody."""
    return {
        "question": "Whether a referral is owed for a young person who has an older friend.",
        "advised_by": "Ash Field, duty social worker, front door",
        "advised_on": timezone.localdate(),
        "advice": "Keep talking; look again when more is known.",
        "next_steps": "We speak again next week.",
        **more,
    }


def decision(area, facts=None):
    """A draft of a decision not to refer."""
    found, _ = deciding_not.start_decision(
        child=area.child, facts=facts or peers(), by=area.worker, token=uuid.uuid4()
    )
    return found


def signing(decision):
    """What the page of a whole draft posts when its worker signs it."""
    consulted = decision.consulted_on
    return {
        "version": decision.version,
        "act": "sign",
        "sign": "on",
        "reasons": decision.reasons,
        "factors_considered": decision.factors_considered,
        "lead": str(decision.lead_id),
        "consulted_on-day": consulted.day,
        "consulted_on-month": consulted.month,
        "consulted_on-year": consulted.year,
    }


def consultation(area, facts=None, **more):
    """A consultation about somebody of 14."""
    found, _ = advising.record_consultation(
        by=area.worker, token=uuid.uuid4(), age=14, facts=facts or {}, said=talk(**more)
    )
    return found


def advice(area, *, asks=False):
    """Advice on the area's child."""
    found, _ = advising.record_advice(
        child=area.child, by=area.worker, token=uuid.uuid4(), asks_for_referral=asks, said=talk()
    )
    return found


def offered(area, **more):
    """Early help that was not taken up."""
    said = {
        "not_taken_up_reason": "Not yet: they want to think about it.",
        "review_on": timezone.localdate() + dt.timedelta(days=7),
        **more,
    }
    found, _ = helping.offer_help(
        child=area.child, by=area.worker, token=uuid.uuid4(), taken_up=False, said=said
    )
    return found


def plan(area, **more):
    """Early help with its assessment."""
    said = {
        "assessed_on": timezone.localdate(),
        "needs": "Somebody to talk to, and safe ways home.",
        "strengths": "A grandmother nearby.",
        "child_views": "Wants to be asked first.",
        "review_on": timezone.localdate() + dt.timedelta(days=28),
        **more,
    }
    found, _ = helping.offer_help(
        child=area.child, by=area.worker, token=uuid.uuid4(), taken_up=True, said=said
    )
    return found


def outcome(row, by):
    """Something that is to be different."""
    return helping.add_outcome(
        help_id=row.pk, by=by, wanted="Home safely every evening", known_by="A month without worry"
    )


def action(found, by, **more):
    """What somebody does towards an outcome, due in two weeks."""
    due_on = timezone.localdate() + dt.timedelta(days=14)
    whose = more or {"owner": by}
    return helping.add_action(
        outcome_id=found.pk, by=by, what="Walk the way home together", due_on=due_on, **whose
    )


def meeting(row, by, **more):
    """A meeting of the team around the child, today."""
    said = {
        "held_on": timezone.localdate(),
        "present": "The child, the grandmother, the school",
        "family_part": "Both spoke first.",
        "decided": "Go on as planned.",
        "next_on": timezone.localdate() + dt.timedelta(days=28),
        **more,
    }
    return helping.record_meeting(help_id=row.pk, by=by, version=row.version, said=said)

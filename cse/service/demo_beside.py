"""What stands beside the demonstration's referrals; all invented.

A decision that waits for its lead, early help, a consultation without a name, advice.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils import timezone

from cse.children.models import Child
from cse.people.models import User
from cse.service.demo_referrals import AsPerson
from referrals.actions import advising, deciding_not, helping

KIT, LIOR = "kit.ransome@ridgeway-youth.example.org", "lior.pemberton@ridgeway-youth.example.org"
MORGAN = "morgan.vale@thornmere.example.org"


def load_beside(accounts: Mapping[str, User], as_person: AsPerson) -> None:
    """Record all of it through the acts of those who would."""
    with as_person(accounts[KIT]) as kit:
        mia = Child.objects.get(given_name="Mia")
        _decide(mia, kit, accounts[LIOR])
        _help(mia, kit)
    with as_person(accounts[MORGAN]) as morgan:
        _consult(morgan)
        advising.record_advice(
            child=Child.objects.get(given_name="Bartholomew Maximilian"),
            by=morgan,
            token=uuid.uuid4(),
            asks_for_referral=False,
            said=_talk(
                "Whether what the school sees is enough for a referral.",
                "Refer if you are worried; nobody has to be sure first.",
                "The school speaks with the family tomorrow and decides the same day.",
            ),
        )


def _talk(question: str, advice: str, next_steps: str) -> dict[str, object]:
    return {
        "question": question,
        "advised_by": "Duty social worker, front door",
        "advised_on": timezone.localdate(),
        "advice": advice,
        "next_steps": next_steps,
    }


def _decide(child: Child, by: User, lead: User) -> None:
    today = timezone.localdate()
    decision, _ = deciding_not.start_decision(
        child=child,
        by=by,
        token=uuid.uuid4(),
        facts={
            "sexual_activity": {"from": (today - dt.timedelta(days=40)).isoformat(), "to": None},
            "other_person": {"age": 16},
            "checklist": ["W-CHK-14"],
        },
    )
    deciding_not.sign_decision(
        decision_id=decision.pk,
        by=by,
        version=decision.version,
        values={
            "reasons": "Both are in the same circle of friends. Mia speaks of it freely, to her "
            "aunt as well, and nothing points to pressure, gifts or secrecy.",
            "factors_considered": "He is known to the youth project because he was missing once. "
            "That is why it was talked over with the lead.",
            "safety": "Mia meets her youth worker every week and knows whom to call.",
            "lead": lead.pk,
            "consulted_on": today,
        },
    )


def _help(child: Child, by: User) -> None:
    today = timezone.localdate()
    plan, _ = helping.offer_help(
        child=child,
        by=by,
        token=uuid.uuid4(),
        taken_up=True,
        said={
            "assessed_on": today - dt.timedelta(days=3),
            "needs": "Somewhere to be in the evenings, and an adult outside the family to talk to.",
            "strengths": "An aunt whom she trusts; good at drawing.",
            "child_views": "Mia wants to be asked before anybody is told.",
            "review_on": today + dt.timedelta(days=28),
        },
    )
    outcome = helping.add_outcome(
        help_id=plan.pk,
        by=by,
        wanted="Evenings in places where Mia feels safe",
        known_by="Mia says so herself for four weeks",
    )
    for what, owner, name in (
        ("Find a drawing group with her", by, ""),
        ("Fetch her on Fridays", None, "Mia’s aunt"),
    ):
        helping.add_action(
            outcome_id=outcome.pk,
            by=by,
            what=what,
            due_on=today + dt.timedelta(days=10),
            owner=owner,
            owner_name=name,
        )


def _consult(by: User) -> None:
    advising.record_consultation(
        by=by,
        token=uuid.uuid4(),
        age=14,
        facts={},
        said=_talk(
            "A young person of 14 has a friend of 17 and asks us to tell nobody.",
            "Keep talking, ask about gifts and phones, and look again after the weekend.",
            "The pastoral team meets the young person twice this week.",
        ),
    )

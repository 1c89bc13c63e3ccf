"""The demonstration's referrals, each with a team in another state; all invented."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol

from cse.children.models import Child
from cse.people.models import TeamKind, User
from referrals import actions
from referrals.models import Delivery, Referral
from referrals.transitions import Act
from screening.models import Screen, Status


@dataclass(frozen=True)
class DemoReferral:
    """What is referred, by whom, and how far it has come: ``claim`` or a decision of the team."""

    child: str
    by: str
    sections: Mapping[str, Mapping[str, str]]
    facts: Mapping[str, Any] = field(default_factory=dict)
    claimed_by: str = ""
    decision: Act | None = None
    reasons: str = ""


class AsPerson(Protocol):
    """Acts as somebody, as a request of theirs would."""

    def __call__(self, user: User) -> AbstractContextManager[User]: ...


_NOOR = "noor.hartley@oxon-care.example.org"
_MORGAN, _DANA = "morgan.vale@thornmere.example.org", "dana.whitcombe@thornmere.example.org"
_KIT = "kit.ransome@ridgeway-youth.example.org"


def _sections(situation: str, expected: str, **more: Mapping[str, str]) -> dict[str, Any]:
    return {
        "situation": {"situation": situation},
        "expected_response": {"expected_response": expected},
        "consent": {"consent": "given"},
        **more,
    }


_NO_SCREEN = {"screen": {"screen_reason": "The worry came up today; the screen follows."}}

REFERRALS: tuple[DemoReferral, ...] = (
    DemoReferral(
        "Isla",
        _DANA,
        _sections(
            "Collected from school twice by a driver nobody knows; has money she cannot explain.",
            "An assessment, and somebody to speak to Isla whom she can trust.",
        ),
        claimed_by=_NOOR,
        decision=Act.PASS_ON,
        reasons="The screen and what the school saw point to exploitation. For Kingfisher.",
    ),
    DemoReferral(
        "Juno",
        _MORGAN,
        _sections(
            "Two friends told the form tutor about a flat where adults give out phones.",
            "A discussion with the police today.",
            **_NO_SCREEN,
        ),
        facts={"concerns_confirmed": True, "group_suspected": True},
    ),
    DemoReferral(
        "Bartholomew Maximilian",
        _MORGAN,
        _sections(
            "Out late with older young people several nights; tired and withdrawn in lessons.",
            "Advice on what the school should do next, and a visit to the family.",
            **_NO_SCREEN,
        ),
        facts={"concerns_confirmed": True},
        claimed_by=_NOOR,
    ),
    DemoReferral(
        "Callum",
        _KIT,
        _sections(
            "Missing three times since September, and not willing to say where he was.",
            "An assessment, with a youth worker he knows beside him.",
            **_NO_SCREEN,
        ),
        facts={"concerns_confirmed": True},
    ),
)


def load_referrals(accounts: Mapping[str, User], as_person: AsPerson) -> int:
    """Refer the children and let their teams answer; returns how many referrals."""
    for demo in REFERRALS:
        with as_person(accounts[demo.by]) as by:
            sent = _sent(demo, by)
        if demo.claimed_by:
            with as_person(accounts[demo.claimed_by]) as by:
                _answer(demo, sent, by)
    return len(REFERRALS)


def _sent(demo: DemoReferral, by: User) -> Referral:
    child = Child.objects.get(given_name=demo.child)
    screen = Screen.objects.filter(child=child, status=Status.COMPLETE).first()
    token = uuid.uuid4()
    if screen is None:
        draft, _ = actions.start_from_child(child=child, by=by, token=token)
    else:
        draft, _ = actions.start_from_screen(screen=screen, by=by, token=token)
    if demo.facts:
        draft = actions.set_facts(referral_id=draft.pk, facts=demo.facts, version=0, by=by)
    for part, values in demo.sections.items():
        draft = actions.save_part(referral_id=draft.pk, part=part, values=values, version=0, by=by)
    return actions.send(referral_id=draft.pk, by=by, version=draft.version)


def _answer(demo: DemoReferral, sent: Referral, by: User) -> None:
    received = Delivery.objects.get(referral=sent, team__kind=TeamKind.FRONT_DOOR)
    actions.claim(delivery_id=received.pk, by=by)
    if demo.decision is not None:
        actions.decide(delivery_id=received.pk, by=by, decision=demo.decision, reasons=demo.reasons)

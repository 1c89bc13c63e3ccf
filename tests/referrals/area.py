"""An area with everybody a referral can go to, and one child known to a school of it."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from cse.people.models import AgencyType, Role, TeamKind
from referrals import actions
from referrals.actions.common import keep
from referrals.models import Delivery
from referrals.transitions import Act
from tests.factories import (
    Wanted,
    grant,
    make_agencies,
    make_child,
    make_teams,
    make_users,
)
from tests.screening.conftest import Place

TEXTS = {
    "situation": {"situation": "Seen with adults nobody knows, more than once."},
    "expected_response": {"expected_response": "An assessment this week."},
    "screen": {"screen_reason": "The worry came up today."},
    "considered": {
        "discussion_considered": "With the school nurse, who knows nothing more.",
        "referral_considered": "It speaks for it that nobody else has looked.",
    },
    "consent": {"consent": "refused", "consent_reason": "The child may be at risk."},
    "assessment": {
        "lead_consulted": "Lee Dale",
        "lead_consulted_on": "2026-11-02",
        "other_person": "Not known",
    },
}


class Area(Place):
    """A school as in the tests of screening, and around it the teams that rules name."""

    def __init__(self, area="oxfordshire", **child):
        super().__init__(area, **child)
        self.care, self.police_agency, elsewhere = make_agencies(
            self.authority, AgencyType.SOCIAL_CARE, AgencyType.POLICE, AgencyType.SCHOOL
        )
        self.front_door, self.care_leads, self.specialists, self.police, others = make_teams(
            (self.care, TeamKind.FRONT_DOOR),
            (self.care, TeamKind.LEADS),
            (self.care, TeamKind.CSE_TEAM),
            (self.police_agency, TeamKind.WORKING),
            (elsewhere, TeamKind.WORKING),
        )
        (
            self.duty,
            self.other_duty,
            self.manager,
            self.specialist,
            self.officer,
            self.stranger,
        ) = make_users(
            Wanted(Role.FRONT_DOOR, self.front_door, "Dot"),
            Wanted(Role.FRONT_DOOR, self.front_door, "Eli"),
            Wanted(Role.NAMED_LEAD, self.care_leads, "May"),
            Wanted(Role.CSE_TEAM, self.specialists, "Sky"),
            Wanted(Role.PRACTITIONER, self.police, "Pat"),
            Wanted(Role.PRACTITIONER, others),
        )

    def another_child(self, **fields):
        """Another child recorded by the worker, who may refer them."""
        with transaction.atomic():
            child = make_child(by=self.worker, authority=self.authority, **fields)
            grant(self.worker, child)
        return child

    def draft(self, child=None, screen=None, **facts):
        """A draft with its texts, and with these facts."""
        if screen is not None:
            draft, _ = actions.start_from_screen(screen=screen, by=self.worker, token=uuid.uuid4())
        else:
            draft, _ = actions.start_from_child(
                child=child or self.child, by=self.worker, token=uuid.uuid4()
            )
        # All but the last at one go: test_saves_itself saves each by itself.
        *first, last = TEXTS
        for part in first:
            draft.sections |= TEXTS[part]
            draft.part_versions[part] = 1
            draft.version += 1
        with transaction.atomic():
            keep(draft, "saved the first parts")
        draft = actions.save_part(
            referral_id=draft.pk, part=last, values=TEXTS[last], version=0, by=self.worker
        )
        if facts:
            draft = actions.set_facts(referral_id=draft.pk, facts=facts, version=0, by=self.worker)
        return draft

    def sent(self, child=None, screen=None, **facts):
        """A referral that was sent."""
        facts = facts or ({} if screen else {"concerns_confirmed": True})
        draft = self.draft(child, screen, **facts)
        return actions.send(referral_id=draft.pk, by=self.worker, version=draft.version)

    def at(self, referral, team) -> Delivery:
        """What a team received of a referral."""
        return Delivery.objects.get(referral=referral, team=team)

    def disagreed(self):
        """A decision that the worker does not agree with, for a lead to answer."""
        received = self.at(self.sent(), self.front_door)
        actions.claim(delivery_id=received.pk, by=self.duty)
        actions.decide(
            delivery_id=received.pk, by=self.duty, decision=Act.ACCEPT, reasons="Next week"
        )
        return actions.disagree(delivery_id=received.pk, by=self.worker, reasons="It cannot wait.")


def years_old(years: int) -> dt.date:
    """A date of birth that makes somebody that old today, for some weeks yet."""
    return dt.date.today() - dt.timedelta(days=round(years * 365.25) + 60)

"""An area with a coordinator at the front door, a worker, a child; episodes made by the acts."""

from __future__ import annotations

import datetime as dt
import uuid

from django.utils import timezone

from cse.missing import actions
from cse.people.models import AgencyType, Role, TeamKind
from tests.clocks.conftest import at
from tests.factories import make_agency, make_team, make_user
from tests.screening.conftest import Place

START = {
    "started_about": False,
    "missing_from": "home",
    "reported_by": "Mother",
    "police_told": "yes",
    "police_reference": "",
    "grade": "medium",
    "circumstances": "Left after a telephone call; did not say where to.",
    "with_others": "Another child of the year above",
}
BACK = {
    "returned_about": False,
    "return_how": "self",
    "found_where": "At the bus station with two adults",
    "appearance": "Tired; new shoes",
    "said": "Did not want to say",
    "police_seen": "asked",
    "evidence_kept": "",
}
SAID = {
    "reasons": "Wanted to see friends.",
    "places_people": "A flat above a shop; somebody called Jay with a grey car.",
    "harm": "",
    "needs": "Somebody to ring at night.",
    "passed_on": "The police, the same evening.",
}


def just_back(child, by):
    """A child who was missing yesterday and came back an hour ago; the interview is owed."""
    now = timezone.now()
    episode = actions.record(
        child=child,
        by=by,
        token=uuid.uuid4(),
        facts={**START, "started_at": now - dt.timedelta(hours=20)},
    )
    returned = {**BACK, "returned_at": now - dt.timedelta(hours=1)}
    actions.record_return(episode_id=episode.pk, by=by, facts=returned)
    return episode


class Scene(Place):
    """A school as in the tests of screening, and the area's front door beside it."""

    def __init__(self, area="wiltshire", **child):
        super().__init__(area, **child)
        self.care = make_agency(authority=self.authority, type=AgencyType.SOCIAL_CARE)
        self.front_door = make_team(self.care, kind=TeamKind.FRONT_DOOR)
        self.coordinator = make_user(Role.FRONT_DOOR, team=self.front_door, given_name="Coe")
        youth = make_agency(authority=self.authority, name=f"Youth project {area}")
        self.interviewer = make_user(
            Role.PRACTITIONER, team=make_team(youth), given_name="Ivy", family_name="Lorne"
        )
        self.stranger = make_user(Role.PRACTITIONER, team=make_team(youth))

    def missing(self, start="2027-02-06 21:40", *, child=None, by=None, **facts):
        return actions.record(
            child=child or self.child,
            by=by or self.worker,
            token=uuid.uuid4(),
            facts={**START, "started_at": at(start), **facts},
        )

    def back(self, episode, when="2027-02-07 09:15", *, by=None, **facts):
        return actions.record_return(
            episode_id=episode.pk,
            by=by or self.worker,
            facts={**BACK, "returned_at": at(when), **facts},
        )

    def returned(self, start="2027-02-06 21:40", when="2027-02-07 09:15", **more):
        """An episode that is over, and its interview."""
        episode = self.missing(start, **more)
        return episode, self.back(episode, when)

    def allocated(self, episode, **more):
        return actions.allocate(
            episode_id=episode.pk,
            by=self.coordinator,
            **{
                "interviewer": self.interviewer,
                "reason": "Knows her from the youth club",
                "is_independent": True,
                **more,
            },
        )

    def held(self, episode, when="2027-02-08 16:00", **more):
        interview = self.allocated(episode)
        return actions.hold(
            episode_id=episode.pk,
            by=self.interviewer,
            version=interview.version,
            at=at(when),
            gathered={**SAID, **more},
        )

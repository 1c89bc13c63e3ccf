"""The demonstration's missing episodes: one with its interview held, one owed, one going on."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from cse.children.models import Child
from cse.missing import actions
from cse.missing.models import MissingEpisode
from cse.people.models import User
from cse.service.demo_referrals import AsPerson

_KIT, _LIOR = "kit.ransome@ridgeway-youth.example.org", "lior.pemberton@ridgeway-youth.example.org"
_ROBYN, _JULES = "robyn.adeyemi@wilts-care.example.org", "jules.okonedo@oxon-care.example.org"

_GONE: dict[str, Any] = {
    "started_about": False,
    "missing_from": "home",
    "reported_by": "Mother",
    "police_told": "yes",
    "police_reference": "",
    "grade": "medium",
    "circumstances": "Left after a telephone call in the evening and did not say where to.",
    "with_others": "",
}
_BACK: dict[str, Any] = {
    "returned_about": True,
    "return_how": "self",
    "found_where": "",
    "appearance": "Tired and hungry; a telephone that nobody at home knows.",
    "said": "“I was at a friend’s.”",
    "police_seen": "asked",
    "evidence_kept": "",
}
_SAID = {
    "reasons": "Somebody rang and said there was a party.",
    "places_people": "A flat near the station; two men who drove him there in a silver car.",
    "harm": "He says nothing happened. He did not want to talk about the telephone.",
    "needs": "To be able to ring Lior when he is told to come.",
    "passed_on": "The police were told of the car the same day.",
}


def load_missing(accounts: dict[str, User], as_person: AsPerson) -> None:
    """Record them through the same acts as everybody's; times are set from today."""
    callum = _episode("Callum", accounts[_KIT], as_person, gone=62, back=50)
    with as_person(accounts[_ROBYN]) as by:
        interview = actions.allocate(
            episode_id=callum.pk,
            by=by,
            interviewer=accounts[_LIOR],
            reason="He knows Lior from the youth project and asked for him.",
            is_independent=True,
        )
    with as_person(accounts[_LIOR]) as by:
        actions.hold(
            episode_id=callum.pk,
            by=by,
            version=interview.version,
            at=timezone.now(),
            gathered=_SAID,
        )
    _episode("Mia", accounts[_KIT], as_person, gone=30, back=20, reported_by="An aunt", grade="low")
    _episode(
        "Rowan",
        accounts[_JULES],
        as_person,
        gone=14,
        missing_from="residential",
        reported_by="Night staff of the home",
        grade="high",
    )


def _episode(
    name: str, user: User, as_person: AsPerson, *, gone: int, back: int = 0, **facts: Any
) -> MissingEpisode:
    """An episode of the child with that name; ``gone`` and ``back`` are hours ago."""
    now, child = timezone.now(), Child.objects.get(given_name=name)
    with as_person(user) as by:
        episode = actions.record(
            child=child,
            by=by,
            token=uuid.uuid4(),
            facts={**_GONE, **facts, "started_at": now - dt.timedelta(hours=gone)},
        )
        if back:
            returned_at = now - dt.timedelta(hours=back)
            actions.record_return(
                episode_id=episode.pk, by=by, facts={**_BACK, "returned_at": returned_at}
            )
    return episode

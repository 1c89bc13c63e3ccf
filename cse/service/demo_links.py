"""The demonstration's links between children: a brother and sister known to the school."""

from __future__ import annotations

from collections.abc import Mapping

from cse.children.actions.links import record_link
from cse.children.models import Child
from cse.people.models import User
from cse.service.demo_referrals import AsPerson

DANA, MORGAN = "dana.whitcombe@thornmere.example.org", "morgan.vale@thornmere.example.org"


def load_links(accounts: Mapping[str, User], as_person: AsPerson) -> None:
    """Record them as the school does; the front door sees all three, and so reads of both links."""
    isla, finley, juno = (Child.objects.get(given_name=name) for name in ("Isla", "Finley", "Juno"))
    with as_person(accounts[DANA]) as dana:
        record_link(
            child=isla,
            other=finley,
            by=dana,
            kind="siblings",
            note="They walk to school together. Finley worries when Isla is late.",
        )
    with as_person(accounts[MORGAN]) as morgan:
        record_link(
            child=juno,
            other=isla,
            by=morgan,
            kind="other",
            words="Same athletics club on Thursdays",
        )

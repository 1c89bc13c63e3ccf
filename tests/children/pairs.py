"""Two children, and people who see both, one, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from cse.access.models import Exclusion
from cse.people.models import Role, TeamKind, User
from tests.factories import grant, make_agency, make_child, make_team, make_user


@dataclass
class Pair:
    """Rowan and Juno: the worker and both leads see both, each carer sees one."""

    rowan: Any
    juno: Any
    worker: User
    colleague: User
    lead: User
    other_lead: User
    rowans_carer: User
    junos_lead: User
    leads: Any

    @property
    def children(self) -> tuple[Any, Any]:
        return self.rowan, self.juno


def make_pair() -> Pair:
    """Everybody holds their own grant, so that a test can end one."""
    agency = make_agency()
    leads = make_team(agency, kind=TeamKind.LEADS)
    worker = make_user(Role.PRACTITIONER, agency=agency, given_name="Wyn")
    colleague = make_user(Role.PRACTITIONER, agency=agency, given_name="Cal")
    lead = make_user(Role.NAMED_LEAD, team=leads, given_name="Lee")
    other_lead = make_user(Role.NAMED_LEAD, team=leads, given_name="Ola")
    carer = make_user(Role.PRACTITIONER, given_name="Fern")
    # In the leads' circle too: work that waits for the team is on nobody's home by that alone.
    junos_lead = make_user(Role.NAMED_LEAD, team=leads, given_name="Nia")
    rowan = make_child("Rowan", "Ash", by=worker)
    juno = make_child("Juno", "Pell", by=worker)
    for person in (worker, colleague, lead, other_lead):
        for child in (rowan, juno):
            grant(person, child)
    grant(carer, rowan)
    grant(junos_lead, juno)
    return Pair(rowan, juno, worker, colleague, lead, other_lead, carer, junos_lead, leads)


def keep_out(child: Any, by: User) -> Exclusion:
    """Somebody is kept from one child: who may see the two is then not the same."""
    row = Exclusion(
        child=child,
        user=make_user(),
        ground="relative",
        reason="For the test",
        declared_by=by,
        starts_at=timezone.now(),
    )
    row.save()
    return row

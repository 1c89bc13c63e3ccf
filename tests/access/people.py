"""A child with its practitioner and lead, as recording it makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cse.access.actions import grant_by_rule
from cse.access.models import Basis
from cse.people.models import Role, TeamKind
from tests.factories import make_agency, make_child, make_team, make_user


@dataclass
class Case:
    """Who is around one child: recorder and two leads see it; the stranger does not."""

    child: Any
    worker: Any
    lead: Any
    other_lead: Any
    stranger: Any
    leads: Any


def make_case(**names: str) -> Case:
    """A child of one agency; the leads' circle has two people."""
    agency = make_agency()
    worker = make_user(Role.PRACTITIONER, agency=agency, given_name="Wanda", family_name="Worker")
    leads = make_team(agency, kind=TeamKind.LEADS)
    lead = make_user(Role.NAMED_LEAD, team=leads, given_name="Lena", family_name="Lead")
    other = make_user(Role.NAMED_LEAD, team=leads, given_name="Olu", family_name="Other")
    stranger = make_user(Role.PRACTITIONER, given_name="Stan", family_name="Stranger")
    child = make_child(by=worker, **names)
    grant_by_rule(
        child=child, basis=Basis.RECORDER, reason="Recorded this child", days=300, user=worker
    )
    grant_by_rule(
        child=child,
        basis=Basis.NAMED_LEAD,
        reason="Leads see what their agency recorded",
        days=300,
        group=leads.group,
    )
    return Case(child, worker, lead, other, stranger, leads)

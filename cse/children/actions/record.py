"""Adding a child and correcting what is known about them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from cse.access.actions import grant_by_rule
from cse.access.capabilities import Capability
from cse.access.models import Basis
from cse.access.policies import NotAllowed, check
from cse.access.principals import principals_of
from cse.audit import events
from cse.children.models import Child, LegalStatus, TeamMember
from cse.children.policies import Stale, check_born_before, check_can_be_a_child
from cse.children.told import birth_facts, tell_birth
from cse.people.models import Agency, Team, TeamKind, User

#: What a form may set; anything else in ``facts`` is a mistake of the caller.
FACTS = frozenset(
    {
        *("given_name", "family_name", "other_names", "date_of_birth", "birth_date_known"),
        *("estimated_age", "sex", "ethnicity", "disability", "first_language", "address"),
    }
)


def child_id_for(user: Any, submission: uuid.UUID) -> uuid.UUID:
    """The id that this person's submission gives the child: sent twice, it is the same child."""
    return uuid.uuid5(submission, f"child added by {user.pk}")


@transaction.atomic
def add_child(*, by: User, submission: uuid.UUID, facts: Mapping[str, Any]) -> Child:
    """Record a child, and let the recorder and their agency's safeguarding leads see them.

    ``submission`` names the form that was sent: the same one sent again gives back the child it
    made, whatever it says now (``differing``). Raises ``NotAllowed`` without the act or an agency,
    ``NotPossible`` for an adult.
    """
    check(by, Capability.ADD_CHILD)
    pk = child_id_for(by, submission)
    _wait_for_the_first(pk)
    made = Child.objects.filter(pk=pk).first()
    if made is not None:
        return made
    agency_id = principals_of(by).agency_id
    if agency_id is None:
        raise NotAllowed("Your account has no post in an agency.")
    agency = Agency.objects.get(pk=agency_id)
    child = Child(pk=pk, authority_id=agency.authority_id, created_by=by, created_by_agency=agency)
    _set(child, facts)
    child.save(force_insert=True)
    events.record("child added", by=by, child=child, obj=child, changed=sorted(facts))
    _open_to_recorder_and_leads(child, by, agency)
    _first_in_the_team(child, by, agency)
    return child


@transaction.atomic
def edit_child(*, child: Child, by: User, version: int, facts: Mapping[str, Any]) -> Child:
    """Correct a child's record. Raises ``Stale`` when ``version`` is not the saved one."""
    check(by, Capability.EDIT_CHILD, child)
    current = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
    changed = differing(current, facts)
    if current.version != version:
        raise Stale
    if not changed:
        return current
    before = birth_facts(current)
    _set(current, facts)
    current.version += 1
    current.save()
    events.record("child's details changed", by=by, child=current, obj=current, changed=changed)
    tell_birth(current, before, by)
    return current


def differing(child: Child, facts: Mapping[str, Any]) -> list[str]:
    """The names of the facts that the record does not say."""
    return sorted(name for name in facts if getattr(child, name) != facts[name])


def _wait_for_the_first(pk: uuid.UUID) -> None:
    """Of two identical submissions at once the second waits here until the first is kept."""
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [pk.int >> 65])


def _set(child: Child, facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - FACTS
    if unknown:
        raise ValueError(f"not facts about a child: {sorted(unknown)}")
    before = (child.date_of_birth, child.estimated_age)
    for name, value in facts.items():
        setattr(child, name, value)
    if before == (child.date_of_birth, child.estimated_age):
        return  # somebody who has turned 18 since keeps a record that can be corrected
    today = timezone.localdate()
    if child.estimated_age != before[1]:
        child.estimated_on = None if child.estimated_age is None else today
    field = "date_of_birth" if child.date_of_birth else "estimated_age"
    check_can_be_a_child(child.age_at(today), field)
    if child.date_of_birth and child.birth_date_known == "exact" and not child._state.adding:
        kept = LegalStatus.objects.filter(child_id=child.pk, set_aside_reason="")
        check_born_before(child.date_of_birth, kept.aggregate(first=Min("starts_on"))["first"])


def _open_to_recorder_and_leads(child: Child, by: User, agency: Agency) -> None:
    days = settings.GRANT_MAX_DAYS
    grant_by_rule(
        child=child, basis=Basis.RECORDER, reason="Recorded this child", days=days, user=by, by=by
    )
    leads = Team.objects.filter(agency=agency, kind=TeamKind.LEADS).first()
    if leads is not None:
        grant_by_rule(
            child=child,
            basis=Basis.NAMED_LEAD,
            reason="Safeguarding leads see what their agency recorded",
            days=days,
            group=leads.group,
            by=by,
        )


def _first_in_the_team(child: Child, by: User, agency: Agency) -> None:
    TeamMember(
        child=child,
        user=by,
        agency_name=agency.name,
        part="Recorded the child",
        starts_on=timezone.localdate(),
    ).save()

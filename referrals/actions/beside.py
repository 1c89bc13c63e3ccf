"""What the acts on records beside a referral share: the draft that is owed, access, the lock."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from cse.access.actions import grant_by_rule
from cse.access.models import Basis
from cse.access.policies import NotVisible
from cse.access.principals import principals_of
from cse.children.models import Child
from cse.people.models import Agency
from referrals.actions.common import RESPONSIBLE_DAYS
from referrals.actions.save import set_facts
from referrals.actions.start import start_from_child
from referrals.models import Referral
from referrals.policies import Refused
from screening.actions.common import leads_of

M = TypeVar("M", bound=models.Model)
LONGEST = 20_000
"""Characters of one text of a record."""


def lock_child(child: Child | uuid.UUID) -> Child:
    """The child, held to the end of the act: what is decided about one child takes turns."""
    return (
        Child.objects.select_for_update(no_key=True, of=("self",))
        .select_related("authority")
        .get(pk=getattr(child, "pk", child))
    )


def lock(rows: models.QuerySet[M], pk: uuid.UUID) -> M:
    """A row of one child and that child, locked. Raises ``NotVisible`` for an unknown id."""
    path = str(getattr(rows.model, "CHILD_PATH", "child_id"))
    child_id = rows.model._default_manager.filter(pk=pk).values_list(path, flat=True).first()
    if child_id is None:
        raise NotVisible
    lock_child(child_id)
    return rows.select_for_update(of=("self",)).get(pk=pk)


def agency_of(by: Any) -> Agency:
    """The agency that somebody acts for. Raises ``Refused`` without a current post."""
    agency_id = principals_of(by).agency_id
    if agency_id is None:
        raise Refused("You hold no current post.")
    return Agency.objects.select_related("authority").get(pk=agency_id)


def made_before(rows: models.QuerySet[M], child: Child, **of: Any) -> M | None:
    """The row that the same form made already, of this child; ``of`` names person and token."""
    found = rows.filter(**of).first()
    if found is not None and found.child_id != child.pk:  # type: ignore[attr-defined]
        raise Refused("This form was used for another child. Open it again.")
    return found


def let_agency_see(child: Child, agency: Agency, by: Any, reason: str) -> None:
    """Who records sees the child on, and so do the safeguarding leads of their agency."""
    rule: dict[str, Any] = {"child": child, "by": by, "days": RESPONSIBLE_DAYS, "reason": reason}
    grant_by_rule(basis=Basis.RECORDER, user=by, **rule)
    leads = leads_of(agency.pk)
    if leads is not None:
        grant_by_rule(basis=Basis.NAMED_LEAD, group=leads, **rule)


@transaction.atomic
def draft_referral(*, child: Child, key: uuid.UUID, facts: Mapping[str, Any], by: Any) -> Referral:
    """The draft of the referral that a record leads to, with the facts that were said there.

    ``key`` is the record's id, so that asked twice there is one; a draft that was set aside since
    gives way to another.
    """
    before = Referral.objects.filter(token=key, made_by=by).first()
    again = before is not None and before.status == "set_aside"
    referral, new = start_from_child(child=child, by=by, token=uuid.uuid4() if again else key)
    if new and facts:
        referral = set_facts(
            referral_id=referral.pk,
            facts={**referral.facts, **facts},
            version=0,
            by=by,
            said_now=False,
        )
    return referral

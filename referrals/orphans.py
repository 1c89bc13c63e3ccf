"""A referral that a rule makes mandatory waits for somebody, also where everybody has left.

An agency may have no lead, and the one person who saw the child may have gone. The duty is known
all the same: it goes to those who would have received the referral, who see the child from then on
for that reason (decision 0023).
"""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import Group

from cse.access.actions import grant_by_rule
from cse.access.models import Basis
from cse.access.queries import seal_on
from cse.children.models import Child
from cse.worklist import kinds
from cse.worklist.handing import register_last_resort
from cse.worklist.models import WorkItem
from referrals.actions.common import RECEIVED_DAYS
from referrals.addressees import front_door_of

MANDATORY: Final = (
    kinds.REFER_AFTER_SCREEN,
    kinds.REFER_AFTER_LEVEL,
    kinds.REFER_AFTER_ASSESSMENT,
)
OF_AN_AGENCY: Final = (
    kinds.REFER_AFTER_DECISION,
    kinds.REFER_AFTER_ADVICE,
    kinds.REFER_AFTER_BIRTH,
)
"""What the agency that is gone recorded is not for others to open: the duty is, without it."""
REASON: Final = "A referral of this child is owed, and nobody who saw the child is left to make it"


def register() -> None:
    """Say so for each kind; once, when the room starts."""
    for kind in (*MANDATORY, kinds.REFER_LEFT):
        register_last_resort(kind, _front_door)
    for kind in OF_AN_AGENCY:
        register_last_resort(kind, _without_the_record)


def _without_the_record(item: WorkItem) -> Group | None:
    """The same, to be made from the child's own page."""
    group = _front_door(item)
    if group is not None:
        item.kind, item.subject_id = kinds.REFER_LEFT, item.child_id
        item.subject_kind = Child._meta.label_lower
    return group


def _front_door(item: WorkItem) -> Group | None:
    """The front door of the child's area, with access; nobody outside a seal."""
    if seal_on(item.child_id) is not None:
        return None
    team = front_door_of(item.child.authority, item.child_id)
    if team is None:
        return None
    grant_by_rule(
        child=item.child,
        basis=Basis.FRONT_DOOR,
        group=team.group,
        days=RECEIVED_DAYS,
        reason=REASON,
    )
    return team.group

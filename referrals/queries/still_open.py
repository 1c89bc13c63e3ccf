"""What is still open where early help is to end: a warning to whoever asks or agrees, no gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q

from cse.access.principals import principals_of
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals.models import EarlyHelp

OWED: Final = (
    kinds.REFER_AFTER_ADVICE,
    kinds.REFER_AFTER_DECISION,
    kinds.REFER_AFTER_SCREEN,
    kinds.REFER_AFTER_LEVEL,
    kinds.REFER_AFTER_ASSESSMENT,
    kinds.REFER_AFTER_BIRTH,
    kinds.REFER_LEFT,
)
"""The referrals that wait to be made."""


@dataclass(frozen=True)
class StillOpen:
    """``outcomes``: what is wanted, with no action done for it. ``owed``: referrals, in words."""

    outcomes: tuple[str, ...]
    owed: tuple[str, ...]

    @property
    def is_any(self) -> bool:
        """Whether there is anything to warn of."""
        return bool(self.outcomes or self.owed)


def still_open(row: EarlyHelp, user: Any, *, reached: bool = True) -> StillOpen:
    """What is open of a plan that is to end; one query beside the plan's own.

    Outcomes only where it may end because they are ``reached``. What an agency owes is told to
    its own people.
    """
    return StillOpen(
        tuple(
            each.wanted
            for each in row.outcomes.all()
            if reached and all(action.state != "done" for action in each.actions.all())
        ),
        tuple(_owed(row)) if row.agency_id in principals_of(user).agency_ids else (),
    )


def _owed(row: EarlyHelp) -> list[str]:
    """The kinds of referral that the agency of the plan owes for the child, each once."""
    theirs = Q(owner_group__team__agency=row.agency_id) | Q(
        owner__posts__team__agency=row.agency_id
    )
    waiting = WorkItem.objects.filter(
        theirs, child=row.child_id, kind__in=OWED, closed_at__isnull=True
    )
    found = set(waiting.values_list("kind", flat=True))
    return [kinds.kind_of(kind).words for kind in OWED if kind in found]

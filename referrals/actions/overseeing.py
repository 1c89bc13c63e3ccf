"""Line management oversight of probation's referrals: asked at sending, recorded after (O §7.4.6).

Nothing waits for it: the referral is with its teams when the manager reads of it.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.actions import grant_by_rule
from cse.access.models import Basis
from cse.audit import events
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from referrals.actions.common import (
    ANSWER_DAYS,
    RESPONSIBLE_DAYS,
    keep,
    lock_referral,
)
from referrals.actions.notes import new_note
from referrals.models import Note, NoteKind, Referral
from referrals.policies import Refused, check_can_oversee, overseers_for
from screening.actions.common import due_in


def name_overseer(referral: Referral) -> None:
    """Inside the save of a draft: the account that its text names.

    A name alone stands where the agency has no account to choose.
    """
    named = str(referral.sections.get("manager", ""))
    offered = {str(each.pk): each for each in overseers_for(referral, referral.made_by_id)}
    referral.overseer = offered.get(named)
    if named and offered and referral.overseer is None:
        raise Refused("Choose one of the managers listed.")


def name_overseer_again(referral: Referral, before: Referral) -> None:
    """The manager of the referral that this one follows, where they may still be chosen.

    What was sent keeps a name where a draft keeps the account.
    """
    offered = list(overseers_for(referral, referral.made_by_id))
    if before.overseer in offered:
        referral.overseer = before.overseer
        referral.sections["manager"] = str(before.overseer_id)
    elif offered:
        referral.sections.pop("manager", None)


def settle_overseer(referral: Referral, by: Any) -> None:
    """Inside sending: who is asked. The one named; another where that is the sender, or nobody.

    What was written keeps the name of whom it named.
    """
    named = referral.overseer
    if named is not None:
        referral.sections = {**referral.sections, "manager": named.get_full_name()}
    able = overseers_for(referral, referral.made_by_id, by.pk)
    if named is None or not able.filter(pk=named.pk).exists():
        referral.overseer = able.order_by("family_name", "given_name", "pk").first()


def ask_overseer(referral: Referral, by: Any) -> None:
    """Inside sending: it waits for the manager, who sees this referral and not the record."""
    if referral.overseer is None:
        return
    grant_by_rule(
        child=referral.child,
        basis=Basis.REFERRER,
        user=referral.overseer,
        by=by,
        days=RESPONSIBLE_DAYS,
        reason="Oversees a colleague’s referral of this child",
    )
    open_item(
        kind=kinds.OVERSEE_REFERRAL,
        owner=referral.overseer,
        child=referral.child,
        subject=referral,
        due_at=due_in(ANSWER_DAYS, referral.child),
    )


@transaction.atomic
def oversee(*, referral_id: uuid.UUID, by: Any, note: str) -> Note:
    """Record, as the line manager, that one has overseen a referral that was sent, and what of it.

    Another manager or lead of the agency may, where the one who is asked is away.
    """
    referral = lock_referral(referral_id)
    check_can_oversee(by, referral)
    if not note.strip():
        raise Refused("Say what you looked at, and what you say to it.")
    row = new_note(
        referral.child,
        by,
        uuid.uuid4(),
        kind=NoteKind.OVERSIGHT,
        happened_on=timezone.localdate(),
        text=note,
    )
    row.referral = referral
    keep(row, "written")
    close_items(subject=referral, kind=kinds.OVERSEE_REFERRAL)
    events.record("referral overseen", by=by, child=referral.child_id, obj=referral, reason=note)
    return row

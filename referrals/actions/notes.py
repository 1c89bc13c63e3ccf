"""Notes beside a referral, and beside none: what was done comes first, no form before it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cse.access.actions import end_asked_access
from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, NotVisible, check
from cse.access.principals import principals_of
from cse.audit import events
from cse.children.models import Child
from cse.worklist import kinds
from cse.worklist.actions import close_items
from cse.worklist.models import WorkItem
from referrals.actions.common import check_same, keep
from referrals.models import Note, NoteKind, Referral
from referrals.policies import Refused
from referrals.queries import is_visible, may_follow
from screening.models import Screen

NAMES_WHO = {
    NoteKind.JOINT_CONSULTATION: "Name who consulted: of the Designated Officer’s service, and of "
    "social care",
    NoteKind.LEAD_DISCUSSION: "Name the safeguarding lead you spoke to",
    NoteKind.MANAGER_DISCUSSION: "Name the manager you spoke to",
    NoteKind.ESCALATED: "Name whom you told, and of which agency",
}
"""Notes that say with whom, and what is asked where they do not (W §4.2.2, §4.7, O Annexe 2)."""

BY_ITS_OWN_ACT = frozenset({NoteKind.SCREEN, NoteKind.OVERSIGHT})
"""Notes that nobody writes by hand: a screen completed, a referral overseen."""


@transaction.atomic
def write_note(
    *,
    child: Child,
    by: Any,
    token: uuid.UUID,
    kind: str,
    happened_on: dt.date,
    text: str,
    at_time: dt.time | None = None,
    with_whom: str = "",
    referral: Referral | None = None,
) -> tuple[Note, bool]:
    """Write down what was done or learned, beside a referral or beside none (O §7.3.6).

    Gives the note and whether it is new: the same ``token``, from a form sent twice, makes one.
    Raises `SentAlready` where that form said something else before.
    """
    _check(by, child, referral)
    Child.objects.select_for_update(no_key=True).only("pk").get(pk=child.pk)
    before = Note.objects.filter(by=by, token=token).first()
    if before is not None:
        if before.child_id != child.pk:
            raise Refused("This form was used for another child. Open it again.")
        check_same(
            before,
            kind=kind,
            happened_on=happened_on,
            at_time=at_time,
            text=text,
            with_whom=with_whom.strip(),
            referral=referral,
        )
        return before, False
    if kind in BY_ITS_OWN_ACT:
        raise Refused("A note of this kind is written by the act that it is of.")
    if kind in NAMES_WHO and not with_whom.strip():
        raise Refused(f"{NAMES_WHO[NoteKind(kind)]}.")
    if not text.strip():
        raise Refused("Say what was done or learned.")
    note = new_note(child, by, token, kind=NoteKind(kind), happened_on=happened_on, text=text)
    note.at_time, note.with_whom, note.referral = at_time, with_whom.strip(), referral
    keep(note, "written")
    events.record("note written beside a referral", by=by, child=child, obj=note)
    if referral is not None and kind == NoteKind.ESCALATED and may_follow(by, referral):
        close_items(subject=referral, kind=kinds.ESCALATE_DISAGREEMENT)
        end_asked_access(child, by)
    return note, True


def _check(by: Any, child: Child, referral: Referral | None) -> None:
    """Whoever refers or answers may write; a referral has to be one that they see."""
    if referral is not None and referral.child_id == child.pk and may_follow(by, referral):
        return
    try:
        check(by, Capability.REFER, child)
    except NotAllowed:
        check(by, Capability.TRIAGE, child)
        if referral is None:
            raise
    if referral is not None and (referral.child_id != child.pk or not is_visible(by, referral)):
        raise NotVisible


def new_note(child: Child, by: Any, token: uuid.UUID, **fields: Any) -> Note:
    """A note of somebody's agency, not saved yet."""
    agency_id = principals_of(by).agency_id
    if agency_id is None:
        raise Refused("You hold no current post.")
    return Note(child=child, agency_id=agency_id, by=by, token=token, at=timezone.now(), **fields)


def screen_completed(screen: Screen, because: str, by: Any) -> None:
    """A screen that was outstanding is complete: it stands beside the referral (O §6.2, DEC-28).

    Of the agency that referred, or of the front door where that has it to do; of a correction the
    referral has the screen already.
    """
    if because != "completed":
        return
    outstanding = WorkItem.objects.filter(
        kind=kinds.SCREEN_OUTSTANDING, child_id=screen.child_id, closed_at__isnull=True
    )
    asked = outstanding.filter(owner_group__team__agency_id=screen.agency_id)
    wanted = Referral.objects.filter(
        Q(agency_id=screen.agency_id) | Q(pk__in=asked.values("subject_id")),
        pk__in=outstanding.values("subject_id"),
    )
    for referral in wanted.order_by("pk"):
        close_items(subject=referral, kind=kinds.SCREEN_OUTSTANDING)
        for each in _with_what_it_adds_to(referral):
            _stands_beside(each, screen, by)


def _with_what_it_adds_to(referral: Referral) -> Iterator[Referral]:
    """Whoever was sent the first and not the second waits for the same screen."""
    yield referral
    before = referral.follows
    while before is not None:
        if before.routing["screen_outstanding"] or before.screen_copy is not None:
            yield before
        before = before.follows


def _stands_beside(referral: Referral, screen: Screen, by: Any) -> None:
    note = new_note(
        screen.child,
        by,
        uuid.uuid4(),
        kind=NoteKind.SCREEN,
        happened_on=screen.completed_on,
        text="The screen that was outstanding is complete, and can be read with the referral.",
    )
    note.referral, note.screen = referral, screen
    keep(note, "written")
    events.record("note written beside a referral", by=by, child=screen.child_id, obj=note)

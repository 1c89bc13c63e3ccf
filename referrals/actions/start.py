"""Beginning a referral: from a screen, from the child alone, or from one that came back."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cse.access.actions import grant_by_rule
from cse.access.models import Basis
from cse.access.policies import NotVisible, only_as_given, only_in_an_emergency
from cse.access.principals import principals_of
from cse.audit import events
from cse.children.models import Child
from cse.people.models import Agency, Team, TeamKind
from cse.strict import Refused as BadFacts
from cse.worklist import kinds
from cse.worklist.actions import close_items, open_item
from referrals.actions.common import DRAFT_DAYS, RESPONSIBLE_DAYS, keep, lock_referral
from referrals.actions.overseeing import name_overseer_again
from referrals.actions.overtaken import draft_said
from referrals.facts import facts_of_child, facts_of_screen
from referrals.models import Referral
from referrals.on_record import ask_rules
from referrals.policies import (
    AlreadyBegun,
    Refused,
    check_can_add,
    check_can_set_aside,
    check_can_start,
    check_considered,
    check_referral,
)
from referrals.queries import drafts_of
from referrals.transitions import Act, Status
from screening.actions.common import due_in
from screening.models import Screen
from screening.models import Status as Completed
from screening.queries import visible_to as screens_visible_to

BEGUN = (
    "Your agency has begun a referral of this child that is not sent yet. Go on with it, or say "
    "that you mean another one."
)


def start_from_screen(
    *, screen: Screen, by: Any, token: uuid.UUID, beside_a_draft: bool = True
) -> tuple[Referral, bool]:
    """A draft with the facts of a screen's stored result; the screen goes with it as it is.

    The screen may be a draft still: a worry does not wait for it (DEC-28). Gives the referral and
    whether it is new: the same ``token``, from a form sent twice, makes one. Without
    ``beside_a_draft`` it raises `AlreadyBegun` where the agency has another draft of the child.
    """
    if not screens_visible_to(by).filter(pk=screen.pk).exists():
        raise NotVisible
    return _start(screen.child, screen, by, token, beside_a_draft)


def start_from_child(
    *, child: Child, by: Any, token: uuid.UUID, beside_a_draft: bool = True
) -> tuple[Referral, bool]:
    """A draft without a screen; as `start_from_screen` in everything else."""
    return _start(child, None, by, token, beside_a_draft)


@transaction.atomic
def _start(
    child: Child, screen: Screen | None, by: Any, token: uuid.UUID, beside_a_draft: bool
) -> tuple[Referral, bool]:
    check_can_start(by, child, timezone.localdate())
    # Two forms at once about one child take turns.
    child = (
        Child.objects.select_for_update(no_key=True, of=("self",))
        .select_related("authority")
        .get(pk=child.pk)
    )
    found = _made_before(child, by, token)
    if found is not None:
        return found, False
    if not beside_a_draft and drafts_of(by).filter(child_id=child.pk).exists():
        raise AlreadyBegun(BEGUN)
    referral = _new(child, screen, by, token)
    try:
        with transaction.atomic():
            keep(referral, "started")
    except IntegrityError:
        # One token for two children at once: no page of ours does that.
        raise Refused("This form was used for another child. Open it again.") from None
    _begun(referral, by)
    return referral, True


def _begun(referral: Referral, by: Any) -> None:
    """What follows when a draft is there: its agency sees the child, and it waits to be sent."""
    data = {"follows": str(referral.follows_id)} if referral.follows_id else {}
    events.record("referral started", by=by, child=referral.child, obj=referral, data=data)
    _let_agency_see(referral, by)
    open_item(
        kind=kinds.FINISH_REFERRAL,
        owner=by,
        child=referral.child,
        subject=referral,
        due_at=due_in(DRAFT_DAYS, referral.child),
    )


@transaction.atomic
def start_again(*, referral_id: uuid.UUID, by: Any) -> tuple[Referral, bool]:
    """A draft with all that a referral said which came back, to add to it and send it again.

    What was sent stays as it is; the draft says which it follows. Gives the draft and whether it is
    new: whoever asks twice, or after a colleague, has the one that was begun or sent.
    """
    before = lock_referral(referral_id)
    today = timezone.localdate()
    check_can_add(by, before, today)
    found = before.followed_by.exclude(status=Status.SET_ASIDE).first()
    if found is not None:
        return found, False
    referral = _new(before.child, _screen_now(before.screen, by), by, uuid.uuid4())
    referral.follows, referral.agency = before, before.agency
    referral.placed_in, referral.placed_by = before.placed_in, before.placed_by
    referral.facts, referral.sections = {**before.facts}, {**before.sections}
    referral.part_versions = dict.fromkeys(before.part_versions, 1)
    name_overseer_again(referral, before)
    ask_rules(referral, today)
    keep(referral, "started again")
    _begun(referral, by)
    return referral, True


def _screen_now(screen: Screen | None, by: Any) -> Screen | None:
    """The screen that went along, as it was corrected since; None where this person sees none."""
    while screen is not None:
        later = screen.corrections.filter(status=Completed.COMPLETE).first()
        if later is None:
            break
        screen = later
    seen = screen is not None and screens_visible_to(by).filter(pk=screen.pk).exists()
    return screen if seen else None


def _made_before(child: Child, by: Any, token: uuid.UUID) -> Referral | None:
    found = Referral.objects.filter(made_by=by, token=token).first()
    if found is not None and found.child_id != child.pk:
        raise Refused("This form was used for another child. Open it again.")
    return found


def _new(child: Child, screen: Screen | None, by: Any, token: uuid.UUID) -> Referral:
    now = timezone.now()
    agency_id = principals_of(by).agency_id
    if agency_id is None:
        raise Refused("You hold no current post.")
    referral = Referral(
        token=token,
        child=child,
        authority=child.authority,
        agency=Agency.objects.get(pk=agency_id),
        screen=screen,
        facts=facts_of_child(child),
        screen_facts=facts_of_screen(screen),
        made_by=by,
        made_at=now,
        saved_at=now,
    )
    ask_rules(referral, timezone.localdate(now))
    return referral


def _let_agency_see(referral: Referral, by: Any) -> None:
    """Who refers can follow it; so can the agency's leads, for what their own staff record.

    Where they see the child for an hour, or until the day that a colleague gave them, it is the
    referral alone that they go on to see; out of an emergency the leads see nothing.
    """
    for_a_time = only_in_an_emergency(by, referral.child) or only_as_given(by, referral.child)
    grant_by_rule(
        child=referral.child,
        basis=Basis.REFERRER if for_a_time else Basis.RECORDER,
        user=by,
        by=by,
        days=RESPONSIBLE_DAYS,
        reason="Began a referral of this child",
    )
    leads = Team.objects.filter(agency=referral.agency, kind=TeamKind.LEADS)
    team = leads.select_related("group").first()
    if team is not None:
        grant_by_rule(
            child=referral.child,
            basis=Basis.NAMED_LEAD,
            group=team.group,
            by=by,
            days=RESPONSIBLE_DAYS,
            reason="A colleague of their agency refers this child",
        )


@transaction.atomic
def set_aside(*, referral_id: uuid.UUID, by: Any, reason: str) -> Referral:
    """Put a draft away that should not have been begun; it is kept, and says why.

    A mandatory referral is not forgotten by one person's word, and what R9 asks to be recorded is
    there before. Raises ``Refused`` for either.
    """
    referral = lock_referral(referral_id)
    check_referral(by, referral, Act.SET_ASIDE)
    with suppress(BadFacts):  # what contradicts by now leaves the rules of then
        ask_rules(referral, timezone.localdate())
    check_can_set_aside(by, referral)
    check_considered(referral)
    if not reason.strip():
        raise Refused("Say why the draft is set aside.")
    return _put_away(referral, by, reason)


@transaction.atomic
def put_away_signed(*, referral_id: uuid.UUID, by: Any) -> Referral:
    """Put the draft away that the under-13 exception takes the place of: all three have signed."""
    return _put_away(lock_referral(referral_id), by, "Everybody has signed the exception")


def _put_away(referral: Referral, by: Any, reason: str) -> Referral:
    referral.status = check_referral(by, referral, Act.SET_ASIDE).value
    referral.set_aside_reason = reason
    keep(referral, "set aside")
    close_items(subject=referral)
    events.record("referral set aside", by=by, child=referral.child_id, obj=referral, reason=reason)
    draft_said(referral)
    return referral

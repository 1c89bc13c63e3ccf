"""What a draft, a referral, or one that is owed arises from: two of one child differ in a list."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from cse.children.models import CseLevel
from cse.interface.words import date_words, datetime_words
from cse.worklist import kinds
from cse.worklist.arising import Origin, register_arising
from referrals import queries
from referrals.models import Delivery, Disagreement, Referral
from referrals.on_record import as_said
from referrals.queries.beside import advice_visible_to, decisions_visible_to
from referrals.reading import rules_of_referral
from referrals.routing import Obligation
from referrals.routing.rules import DANGER_MARK
from referrals.transitions import CAME_BACK
from screening.models import Screen
from screening.queries import visible_to as screens_visible_to
from screening.standing import ChosenLevel, level_states


def register() -> None:
    """Tell home and the child's page; once, when the room starts."""
    register_arising(kinds.FINISH_REFERRAL, _of_drafts)
    register_arising(kinds.TELL_CONTACT, _of_contacts)
    for kind in (kinds.DECIDE_REFERRAL, kinds.ACKNOWLEDGE_REFERRAL, kinds.AGREE_OUTCOME):
        register_arising(kind, _of_received)
    register_arising(kinds.READ_OUTCOME, _of_outcomes)
    register_arising(kinds.ANSWER_DISAGREEMENT, _of_disagreements)
    register_arising(kinds.REFER_AFTER_SCREEN, _of_screens)
    register_arising(kinds.REFER_AFTER_DECISION, _of_decisions)
    register_arising(kinds.REFER_AFTER_ADVICE, _of_advice)


def arises_from(referral: Referral, level: ChosenLevel | None = None) -> str:
    """The referral it adds to, the screen that goes along, else whether anything was told.

    Never the words that were told: lists are no look at a record, and what is said of a child is
    for its page. Whoever does not see the child's record (decision 0009) reads of no screen.
    """
    if referral.follows is not None:
        return f"Adds to the referral of {datetime_words(referral.follows.sent_at)}"
    if referral.screen is not None and sees_record(referral):
        return screen_words(referral.screen, level)
    told = referral.sections.get("situation", "").strip()
    return "A worry that was told" if told else "A worry, nothing written of it yet"


def sees_record(referral: Any) -> bool:
    """What ``queries.own_of`` says of each: whether its reader sees the child's record too.

    Who sees a referral by another way sees the record with it.
    """
    return getattr(referral, "sees_record", True)


def screen_words(screen: Screen, level: ChosenLevel | None = None) -> str:
    """A screen by its moment and level; ``level`` says what became of it, where that is known."""
    if screen.completed_at is None:
        return f"A screen not finished, begun on {datetime_words(screen.created_at)}"
    words = f"The screen of {datetime_words(screen.completed_at)}"
    if level is not None and level.stands:
        return f"{words}: {level.stands} stands; {level.words} {level.state}"
    chosen = screen.sections.get("level")
    return f"{words}: {CseLevel(chosen).label}" if chosen else words


def _of_drafts(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Origin]:
    found = list(queries.drafts_of(user).filter(pk__in=ids))
    levels = level_states(each.screen for each in found if each.screen and sees_record(each))
    return {
        each.pk: _of_draft(each, levels.get(each.screen.pk) if each.screen else None)
        for each in found
    }


def _of_draft(draft: Referral, level: ChosenLevel | None) -> Origin:
    """With what its writer must do by the rules; from the record only for whoever sees that."""
    read = draft if sees_record(draft) else as_said(draft, timezone.localdate())
    musts = [
        rule["title"]
        for rule in rules_of_referral(read)
        if rule["obligation"] == Obligation.MANDATORY
    ]
    must = f"You must: {'; '.join(musts)}. " if musts else ""
    words = f"{must}{arises_from(draft, level)}; begun on {datetime_words(draft.made_at)}"
    return Origin(words, _mark(draft))


def _of_contacts(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Origin]:
    """Which post, and of which county: of one child there may be several to tell."""
    found = Delivery.objects.filter(pk__in=ids, referral__in=queries.own_of(user))
    return {
        each.pk: Origin(f"{each.contact}, {each.authority.name}", _mark(each.referral))
        for each in found.select_related("authority", "referral")
    }


def _of_received(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Origin]:
    """Who referred and when: of one child a team may have two to decide."""
    found = Delivery.objects.filter(pk__in=ids, referral__in=queries.visible_to(user))
    return {
        each.pk: Origin(
            f"From {each.referral.agency.name}, {datetime_words(each.received_at)}",
            _mark(each.referral),
        )
        for each in found.select_related("referral__agency")
    }


def _of_outcomes(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Origin]:
    """Which referral; marked where it came back of a child in danger, and nobody has it now."""
    found = Delivery.objects.filter(pk__in=ids, referral__in=queries.own_of(user))
    return {
        each.pk: Origin(
            f"The referral of {datetime_words(each.referral.sent_at)}",
            _mark(each.referral) if each.stands_at in CAME_BACK else "",
        )
        for each in found.select_related("referral")
    }


def _of_disagreements(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Origin]:
    visible = queries.visible_to(user)
    found = Disagreement.objects.filter(pk__in=ids, delivery__referral__in=visible)
    return {
        each.pk: Origin(f"Said on {datetime_words(each.said_at)}", _mark(each.delivery.referral))
        for each in found.select_related("delivery__referral")
    }


def _mark(referral: Referral) -> str:
    """The same as on the board (R1)."""
    return DANGER_MARK if referral.in_danger else ""


def _of_screens(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Origin]:
    found = list(screens_visible_to(user).filter(pk__in=ids))
    levels = level_states(found)
    return {each.pk: Origin(screen_words(each, levels.get(each.pk))) for each in found}


def _of_decisions(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Origin]:
    found = decisions_visible_to(user).filter(pk__in=ids).prefetch_related(None)
    return {each.pk: Origin(f"The decision of {datetime_words(each.saved_at)}") for each in found}


def _of_advice(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Origin]:
    found = advice_visible_to(user).filter(pk__in=ids)
    return {
        each.pk: Origin(
            f"Advice of {date_words(each.advised_on)}, written down on "
            f"{datetime_words(each.signed_at)}"
        )
        for each in found
    }

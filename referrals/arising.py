"""What a draft, a referral, or one that is owed arises from: two of one child differ in a list."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from cse.children.models import CseLevel
from cse.interface.words import date_words, datetime_words
from cse.worklist import kinds
from cse.worklist.arising import register_arising
from referrals import queries
from referrals.models import Referral
from referrals.queries.beside import advice_visible_to, decisions_visible_to
from screening.models import Screen
from screening.queries import visible_to as screens_visible_to


def register() -> None:
    """Tell home and the child's page; once, when the room starts."""
    register_arising(kinds.FINISH_REFERRAL, _of_drafts)
    register_arising(kinds.REFER_AFTER_SCREEN, _of_screens)
    register_arising(kinds.REFER_AFTER_DECISION, _of_decisions)
    register_arising(kinds.REFER_AFTER_ADVICE, _of_advice)


def arises_from(referral: Referral) -> str:
    """The referral it adds to, the screen that goes along, else whether anything was told.

    Never the words that were told: lists are no look at a record, and what is said of a child is
    for its page. Whoever does not see the child's record (decision 0009) reads of no screen.
    """
    if referral.follows is not None:
        return f"Adds to the referral of {datetime_words(referral.follows.sent_at)}"
    if referral.screen is not None and sees_record(referral):
        return screen_words(referral.screen)
    told = referral.sections.get("situation", "").strip()
    return "A worry that was told" if told else "A worry, nothing written of it yet"


def sees_record(referral: Any) -> bool:
    """What ``queries.own_of`` says of each: whether its reader sees the child's record too.

    Who sees a referral by another way sees the record with it.
    """
    return getattr(referral, "sees_record", True)


def screen_words(screen: Screen) -> str:
    """A screen by its moment and level."""
    if screen.completed_at is None:
        return f"A screen not finished, begun on {datetime_words(screen.created_at)}"
    level = screen.sections.get("level")
    words = f"The screen of {datetime_words(screen.completed_at)}"
    return f"{words}: {CseLevel(level).label}" if level else words


def _of_drafts(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    found = queries.drafts_of(user).filter(pk__in=ids)
    return {
        each.pk: f"{arises_from(each)}; begun on {datetime_words(each.made_at)}" for each in found
    }


def _of_screens(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    found = screens_visible_to(user).filter(pk__in=ids)
    return {each.pk: screen_words(each) for each in found}


def _of_decisions(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    found = decisions_visible_to(user).filter(pk__in=ids).prefetch_related(None)
    return {each.pk: f"The decision of {datetime_words(each.saved_at)}" for each in found}


def _of_advice(user: Any, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    found = advice_visible_to(user).filter(pk__in=ids)
    return {
        each.pk: f"Advice of {date_words(each.advised_on)}, written down on "
        f"{datetime_words(each.signed_at)}"
        for each in found
    }

"""Saving a part of a draft, and what is said of the facts: the routes follow at once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.access.policies import NotVisible
from cse.audit import events
from cse.children.models import Child
from cse.people.models import Authority
from cse.strict import Refused as BadFacts
from referrals.actions.common import keep, lock_referral
from referrals.actions.overseeing import name_overseer
from referrals.actions.overtaken import draft_said
from referrals.facts import facts_of_screen, said_anew, says_other_days
from referrals.models import Referral
from referrals.on_record import ask_rules
from referrals.parts import BY_KEY, CHOICES, LONGEST, OVERSIGHT, Part
from referrals.policies import Refused, check_referral
from referrals.transitions import Act
from screening.models import Screen
from screening.queries import visible_to as screens_visible_to

FACTS = "facts"
"""The part that the facts are, in versions and history."""
SCREEN = "screen"
"""The part that says which screen goes along."""


class StaleSave(Exception):  # noqa: N818  (a clash of two people, not a mistake of either)
    """Somebody else saved this part since the page was opened; nothing was written.

    ``referral`` is what is stored now, ``part`` the part's key, ``values`` what was typed.
    """

    def __init__(self, referral: Referral, part: str, values: Mapping[str, Any]) -> None:
        self.referral, self.part, self.values = referral, part, values
        super().__init__(f"{part} was saved by somebody else")


@transaction.atomic
def save_part(
    *, referral_id: uuid.UUID, part: str, values: Mapping[str, Any], version: int, by: Any
) -> Referral:
    """Save the text of one part; fields that are not the part's change nothing.

    ``version`` is the part's version that the page was opened with; an older one raises
    `StaleSave`. Nothing that is missing is refused here: that is said at sending.
    """
    found = BY_KEY.get(part)
    if found is None:
        raise Refused("A referral has no such part.")
    referral = _to_change(referral_id, part, values, version, by)
    referral.sections = _written(referral.sections, found, values)
    if part == OVERSIGHT:
        name_overseer(referral)
    return _save(referral, part, by)


@transaction.atomic
def set_facts(
    *,
    referral_id: uuid.UUID,
    facts: Mapping[str, Any],
    version: int,
    by: Any,
    placed_in: Authority | None = None,
    placed_by: Authority | None = None,
    said_now: bool = True,
) -> Referral:
    """Say what is known, in the words of ``explain routing``; it replaces what was said before.

    ``placed_in``: the other area in which a looked-after child lives; ``placed_by``: the one that
    looks after a child who lives here (DEC-41); not both. What comes from the record or the screen
    is not said here and not lost. Raises `cse.strict.Refused` with every fact that is not
    understood or contradicts another, and `StaleSave`; of a day before the date of birth only where
    it is ``said_now``, and not what stood there before (decision 0022).
    """
    referral = _to_change(referral_id, FACTS, facts, version, by)
    before, referral.facts = referral.facts, said_anew(referral.facts, facts)
    strict = said_now and says_other_days(before, referral.facts)
    referral.placed_in = _another(placed_in, referral)
    referral.placed_by = _another(placed_by, referral)
    if referral.other_area is not None and not referral.facts.get("looked_after"):
        raise Refused("Only a looked-after child is placed in another area: say so as well.")
    return _save(referral, FACTS, by, strict=strict)


def _another(area: Authority | None, referral: Referral) -> Authority | None:
    return area if area and area.pk != referral.authority_id else None


@transaction.atomic
def attach_screen(
    *, referral_id: uuid.UUID, screen: Screen | None, reason: str, version: int, by: Any
) -> Referral:
    """Say which screen of the child goes with it, as it is; or none, and why (O §6.2, DEC-28).

    Raises `NotVisible` for a screen of another child, or one that this person may not see.
    """
    values = {"screen_reason": reason, "screen": str(screen.pk) if screen else ""}
    referral = _to_change(referral_id, SCREEN, values, version, by)
    if screen is not None:
        mine = screens_visible_to(by).filter(pk=screen.pk, child_id=referral.child_id)
        if not mine.exists():
            raise NotVisible
    referral.screen, referral.screen_facts = screen, facts_of_screen(screen)
    referral.sections = _written(referral.sections, BY_KEY[SCREEN], {"screen_reason": reason})
    return _save(referral, SCREEN, by)


def ask_again(child: Child, by: Any) -> None:
    """Something new is known of a child: the rules are asked again of each draft, inside that act.

    Nobody sets aside what they ask for by now. Sending asks them once more: what is sent from a
    page that was opened before goes to everybody whom they name.
    """
    drafts = Referral.objects.filter(child=child, status="draft").order_by("pk")
    for referral_id in drafts.values_list("pk", flat=True):
        referral = lock_referral(referral_id)
        before = (referral.routing, referral.placed_routing)
        try:
            ask_rules(referral, timezone.localdate())
        except BadFacts:
            continue  # said at its own page, when it is saved or sent
        if (referral.routing, referral.placed_routing) != before:
            keep(referral, "rules asked again")
            events.record("referral saved", by=by, child=child, obj=referral, changed=["rules"])
            draft_said(referral)


def _to_change(
    referral_id: uuid.UUID, part: str, values: Mapping[str, Any], version: int, by: Any
) -> Referral:
    referral = lock_referral(referral_id)
    check_referral(by, referral, Act.SAVE)
    if referral.part_versions.get(part, 0) != version:
        raise StaleSave(referral, part, values)
    return referral


def _save(referral: Referral, part: str, by: Any, *, strict: bool = False) -> Referral:
    saved = referral.part_versions.get(part, 0) + 1
    now = timezone.now()
    referral.part_versions = {**referral.part_versions, part: saved}
    referral.version += 1
    referral.saved_at = now
    ask_rules(referral, timezone.localdate(now), strict=strict)
    keep(referral, f"saved {part}")
    events.record("referral saved", by=by, child=referral.child_id, obj=referral, changed=[part])
    draft_said(referral)
    return referral


def _written(sections: Mapping[str, Any], part: Part, values: Mapping[str, Any]) -> dict[str, Any]:
    """The sections with this part's fields; what is empty is left out."""
    own = {key: str(values[key]).strip() for key in part.fields if key in values}
    for key, text in own.items():
        if key in CHOICES and text not in ("", *(value for value, _ in CHOICES[key])):
            raise Refused("Choose one of the answers.")
    if any(len(text) > LONGEST for text in own.values()):
        raise Refused(f"A field holds {LONGEST:,} characters at most; nothing was saved.")
    together = {**sections, **own}
    return {key: text for key, text in together.items() if text}

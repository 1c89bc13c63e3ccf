"""Taking a piece of the record of missing episodes as evidence: copied once, by a person."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from cse.audit import events
from screening.actions.common import lock
from screening.actions.save import save_section
from screening.answers import NOTHING, read_answers
from screening.evidence_offered import LONGEST_EVIDENCE, Offered, offered_rows
from screening.models import Screen
from screening.parts import find_part
from screening.policies import Refused, check_can_save
from screening.queries import tool_of

CHANGED = "This is no longer offered: the record has changed. Look at the page again."


@transaction.atomic
def use_offered(
    *,
    screen_id: uuid.UUID,
    part: str,
    indicator: str,
    piece: str,
    version: int,
    by: Any,
    read: str = "",
) -> Screen:
    """Copy a piece behind what stands in a row's evidence; the answer itself is left alone.

    The event says from which episode it came; ``read`` is the mark of the words that a page showed,
    where one did, and other words by now are refused. Raises `StaleSave` where somebody saved the
    part since ``version``, and `Refused` for a piece that is not (or no longer) offered to this
    row, or one for which there is no room.
    """
    screen = lock(screen_id)
    check_can_save(by, screen)
    offer = _offer(screen, part, indicator, piece, by)
    if read and read != offer.piece.mark:
        raise Refused(CHANGED)
    if offer.is_used:
        return screen
    found, old = offer.piece, read_answers(screen.answers).get(indicator, NOTHING)
    evidence = f"{old.evidence.rstrip()}\n\n{found.words}".strip()
    if len(evidence) > LONGEST_EVIDENCE:
        raise Refused(
            f"The evidence of this row would be longer than {LONGEST_EVIDENCE:,} characters. "
            "Shorten it, or write down what matters most in your own words."
        )
    given = dataclasses.replace(old, evidence=evidence)
    saved = save_section(
        screen_id=screen_id, part=part, values={indicator: given}, version=version, by=by
    )
    events.record(
        "evidence taken from the record",
        by=by,
        child=screen.child_id,
        obj=saved,
        data={"indicator": indicator, "piece": found.key, "episode": str(found.episode_id)},
    )
    return saved


def _offer(screen: Screen, part_key: str, indicator: str, key: str, by: Any) -> Offered:
    part = find_part(tool_of(screen.tool_version_id), part_key)
    rows = offered_rows(screen, part, by, timezone.now()) if part else []
    for row in rows:
        for offer in row.offers:
            if row.indicator.id == indicator and offer.piece.key == key:
                return offer
    raise Refused(CHANGED)

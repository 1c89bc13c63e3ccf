"""From what is stored to what the rules read: a screen, its child and the child's levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from cse.children.models import BirthDateKnown, Child, LevelEvent
from cse.children.queries.levels import is_in_effect
from screening.answers import facts_of_answers, read_ratings
from screening.child_then import child_then
from screening.models import Screen
from screening.queries import judged_on
from screening.rules import (
    CseLevel,
    Direction,
    DomainRating,
    Facts,
    Harm,
    Impact,
    Likelihood,
    age_of,
)
from screening.rules import LevelEvent as Level

YES_NO = {"yes": True, "no": False}


def facts_of(
    screen: Screen,
    *,
    on: dt.date,
    history: Iterable[LevelEvent] = (),
    countersigned: Iterable[str] = (),
    level_approved: bool = False,
    child: Child | None = None,
    held: Iterable[str] = (),
) -> Facts:
    """The screen's facts on the day by which it is judged (``queries.judged_on``, DEC-02).

    ``history`` are the child's level events; those that wait for approval or were refused do not
    count. ``countersigned`` names the indicators that the lead agreed to lower (DEC-04);
    ``level_approved`` says that a second person agreed to a lower level (DEC-09). ``child`` has
    other facts of birth than those that the screen keeps. ``held``: `queries.held_domains`.
    """
    sections = screen.sections
    level, direction = sections.get("level"), sections.get("direction")
    harm = sections.get("harm_happened")
    return Facts(
        completed_on=on,
        answers=facts_of_answers(screen.answers, countersigned),
        domains=read_ratings(screen.answers),
        held=tuple(held),
        overall=_overall(sections),
        history=levels_of(history),
        level=CseLevel(level) if level else None,
        level_approved=level_approved,
        direction=Direction(direction) if direction else None,
        level_reason=sections.get("level_reason", ""),
        professional_judgement=sections.get("professional_judgement", ""),
        concerns_confirmed=YES_NO.get(sections.get("concerns_confirmed", "")),
        harm_happened=Harm(harm) if harm else None,
        **_birth(child or child_then(screen), on),
    )


def is_young(screen: Screen, child: Child) -> bool:
    """Whether this child was, or may have been, 13 or younger when a screen was completed.

    ``child`` has the facts of birth to judge by (DEC-02).
    """
    on = judged_on(screen)
    return age_of(facts_of(screen, on=on, child=child)).thirteen_or_younger


def levels_of(history: Iterable[LevelEvent]) -> tuple[Level, ...]:
    """The levels that stand, oldest first: of two on one day the later one counts."""
    standing = [event for event in history if is_in_effect(event)]
    standing.sort(key=lambda event: (event.decided_on, event.decided_at))
    return tuple(Level(CseLevel(event.level), event.decided_on) for event in standing)


def _overall(sections: dict[str, Any]) -> DomainRating | None:
    impact, likelihood = sections.get("overall_impact"), sections.get("overall_likelihood")
    if not impact and not likelihood:
        return None
    return DomainRating(
        domain="",
        impact=Impact(impact) if impact else None,
        likelihood=Likelihood(likelihood) if likelihood else None,
    )


def _birth(child: Child, on: dt.date) -> dict[str, Any]:
    """What is known of the age; an estimate where the date of birth is unknown (DEC-02)."""
    if child.date_of_birth is None:
        return {"estimated_age": child.age_at(on)}
    certain = child.birth_date_known == BirthDateKnown.EXACT
    # A birth recorded later that is after the screen is a slip: the child counts as newly born.
    return {"date_of_birth": min(child.date_of_birth, on), "date_of_birth_certain": certain}

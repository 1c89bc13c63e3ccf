"""Completed screens made through the acts themselves, for tests of what comes after them."""

from __future__ import annotations

from cse.audit.context import PERSON, Acting, act_as
from screening.actions import complete, correct_screen, save_section, start_screen
from screening.answers import Given
from screening.facts import levels_of
from screening.parts import parts_of
from screening.queries import level_history, tool_of
from screening.rules import Presence, previous_level
from screening.rules.levels import level_change
from screening.tools.definition import CseLevel

HIGH, OTHER_HIGH = "O-IND-HEA-03", "O-IND-HEA-02"
"""Two rows that Oxfordshire's tool suggests as high."""
YES, POSSIBLE, NO = Presence.YES, Presence.POSSIBLE, Presence.NO
TYPED = {
    "harm_happened": "possible",
    "concerns_confirmed": "yes",
    "professional_judgement": "Several changes in a short time.",
    "level": "at_risk",
}


def lowered(by_level="medium", **more):
    """A high that was lowered with a reason."""
    given = {
        "presence": YES,
        "level": by_level,
        "reason": "A single bruise from hockey, seen by the coach",
        "evidence": "Coach's note of 3 November",
        **more,
    }
    return Given(**given)


def fill_in(screen, by, answers=None, texts=None):
    """Save answers and texts, each in its part."""
    tool = tool_of(screen.tool_version_id)
    given = {**(answers or {}), **(texts or {})}
    for part in parts_of(tool):
        if part.domain is not None:
            known = {row.id for row in part.domain.shown}
            own = {key: value for key, value in given.items() if key in known}
            own |= (
                given.get(part.domain.key, {})
                if isinstance(given.get(part.domain.key), dict)
                else {}
            )
        else:
            keys = {field.key for field in part.fields}
            own = {key: value for key, value in given.items() if key in keys}
        if own:
            version = screen.part_versions.get(part.key, 0)
            with act_as(Acting(kind=PERSON, user_id=by.pk)):
                screen = save_section(
                    screen_id=screen.pk, part=part.key, values=own, version=version, by=by
                )
    return screen


def completed(place, *, by=None, answers=None, tool="", **texts):
    """A completed screen of the place's child; a direction is filled in where one is due."""
    by = by or place.worker
    screen, _ = start_screen(
        child=place.child, by=by, tool_key=tool, tool_reason="For the test" if tool else ""
    )
    texts = _with_direction(place, {**TYPED, **texts})
    screen = fill_in(screen, by, answers, texts)
    return complete(screen_id=screen.pk, by=by, version=screen.version)


def corrected(screen, *, by, answers=None, reason="A slip of the mouse", **texts):
    """A completed correction."""
    draft = correct_screen(screen_id=screen.pk, by=by, reason=reason)
    draft = fill_in(draft, by, answers, texts)
    return complete(screen_id=draft.pk, by=by, version=draft.version)


def _with_direction(place, texts):
    history = levels_of(level_history(place.child.pk))
    if previous_level(history) is None or not texts.get("level"):
        return texts
    change = level_change(CseLevel(texts["level"]), history)
    found = {"direction": str(change.directions[0])}
    if change.lowering:
        found["level_reason"] = "The adults concerned have been charged and moved away"
    return {**found, **texts}

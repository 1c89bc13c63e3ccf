"""The overall level: chosen by a person, compared with the one before (W App 1 s3, DEC-09)."""

from __future__ import annotations

from collections.abc import Sequence

from screening.never_give_up import SOURCE as NEVER_GIVE_UP
from screening.never_give_up import says_only_not_engaging, words_of_not_engaging
from screening.rules.facts import Direction, LevelEvent
from screening.rules.results import LevelChange, Problem
from screening.tools.definition import CseLevel

SOURCE = "W App 1 s3; DEC-09"


def previous_level(history: Sequence[LevelEvent]) -> CseLevel | None:
    """The latest level; of several on one day, the last given."""
    if not history:
        return None
    latest = max(event.on for event in history)
    return [event.level for event in history if event.on == latest][-1]


def peak_level(history: Sequence[LevelEvent]) -> CseLevel | None:
    """The highest level that the child ever had."""
    return max((event.level for event in history), key=lambda level: level.rank, default=None)


def allowed_directions(previous: CseLevel | None, chosen: CseLevel) -> tuple[Direction, ...]:
    """The directions that agree with the two levels: one if changed, any if not, none if first."""
    if previous is None:
        return ()
    if chosen.rank > previous.rank:
        return (Direction.INCREASED,)
    if chosen.rank < previous.rank:
        return (Direction.DECREASED,)
    return tuple(Direction)


def level_change(chosen: CseLevel, history: Sequence[LevelEvent]) -> LevelChange:
    """What is derived from the chosen level and the child's history."""
    previous = previous_level(history)
    return LevelChange(
        previous=previous,
        chosen=chosen,
        changed=None if previous is None else previous is not chosen,
        directions=allowed_directions(previous, chosen),
        lowering=previous is not None and chosen.rank < previous.rank,
        peak=peak_level(history),
    )


def level_that_counts(
    chosen: CseLevel | None, history: Sequence[LevelEvent], *, approved: bool
) -> CseLevel | None:
    """The level that duties follow: the one before, while a lowering waits for approval (DEC-09).

    None where no level was chosen.
    """
    before = previous_level(history)
    if chosen is None or before is None or approved or chosen.rank >= before.rank:
        return chosen
    return before


def check_level_change(
    change: LevelChange, direction: Direction | None, reason: str = ""
) -> list[Problem]:
    """What is wrong with the direction, and with the reason of a lowering. Names the field.

    The approval of a lowering is another person's act: see ``LevelChange.lowering``.
    """
    return [*_direction_problems(change, direction), *_reason_problems(change, reason)]


def _direction_problems(change: LevelChange, direction: Direction | None) -> list[Problem]:
    problems = []
    if change.previous is None and direction is not None:
        problems.append(
            Problem("direction", "There is no earlier level to compare with: leave it out", SOURCE)
        )
    elif change.changed and direction is None:
        needed = change.directions[0]
        problems.append(Problem("direction", f"The level has changed: say {needed}", SOURCE))
    elif direction is not None and direction not in change.directions:
        needed = change.directions[0]
        problems.append(
            Problem(
                "direction",
                f"From {level_word(change.previous)} to {level_word(change.chosen)} the risk has "
                f"{needed}, not {direction}",
                SOURCE,
            )
        )
    return problems


def _reason_problems(change: LevelChange, reason: str) -> list[Problem]:
    """A lowering without a reason, or with one that only says that help was not taken up."""
    if not change.lowering:
        return []
    if not reason.strip():
        peak = f" The highest so far was {level_word(change.peak)}." if change.peak else ""
        return [
            Problem("level_reason", f"Say why the level is lowered.{peak}", "DEC-09, field.md §1")
        ]
    if says_only_not_engaging(reason):
        words = words_of_not_engaging(reason)[0]
        message = (
            f"“{words}” is never by itself a reason to lower a level: say, in a sentence of its "
            "own, what has become less in the risk to the child"
        )
        return [Problem("level_reason", message, NEVER_GIVE_UP)]
    return []


def level_word(level: CseLevel | None) -> str:
    """The level as people say it; empty for none."""
    names = {CseLevel.VULNERABLE: "Vulnerable", CseLevel.AT_RISK: "At risk", CseLevel.CSE: "CSE"}
    return names[level] if level else ""

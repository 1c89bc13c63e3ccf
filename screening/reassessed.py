"""What a changed date of birth made of a completed screen, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cse.interface.words import date_words
from screening.child_then import birth_words, child_as
from screening.facts import is_young
from screening.models import Screen, ScreenAssessment


@dataclass(frozen=True)
class Reassessed:
    """One change of the date of birth after the screen: who, when, and what the rules said then.

    ``added`` are the titles of duties that it added; ``kept`` those that stand although the child
    was older than 13 by the later date.
    """

    by: str
    at: dt.datetime
    before: str
    after: str
    added: tuple[str, ...]
    kept: tuple[str, ...]

    @property
    def words(self) -> str:
        """All of it, in sentences."""
        said = (
            f"{self.by} changed the date of birth in the child’s record on {date_words(self.at)}, "
            f"from “{self.before}” to “{self.after}”. The rules were asked again."
        )
        if self.added:
            said += f" This adds a duty: {'; '.join(self.added)}."
        if self.kept:
            said += (
                f" This duty was found with the earlier date, and stays: {'; '.join(self.kept)}. "
                "An older age never takes a duty off by itself; a correction of the screen can."
            )
        if not self.added and not self.kept:
            said += " No duty was added, and none was taken off."
        return said


AGE_RULE = "R5"
"""The only rule of a screen that reads the age."""


def reassessed_of(screen: Screen) -> list[Reassessed]:
    """Every change of the date of birth after a completed screen, the earliest first; one query."""
    found: list[Reassessed] = []
    said: dict[str, str] = {}
    rows = ScreenAssessment.objects.filter(screen=screen).select_related("made_by")
    for row in rows.order_by("made_at"):
        rules = {rule["id"]: rule["title"] for rule in row.result["rules"]}
        if row.birth:
            found.append(_reassessed(screen, row, rules, said))
        said = rules
    return found


def _reassessed(
    screen: Screen, row: ScreenAssessment, rules: dict[str, str], said: dict[str, str]
) -> Reassessed:
    after = child_as(row.birth["after"])
    older = not is_young(screen, after)
    return Reassessed(
        by=row.made_by.get_full_name(),
        at=row.made_at,
        before=birth_words(child_as(row.birth["before"])),
        after=birth_words(after),
        added=tuple(title for key, title in rules.items() if key not in said),
        kept=tuple(title for key, title in rules.items() if older and key == AGE_RULE),
    )

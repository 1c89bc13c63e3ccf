"""What an assessment carries forward from the screen it rests on, and what changed before that.

Read, never copied: a completed screen is frozen, and so is what is said of it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from screening import queries as screens
from screening.assessments import queries
from screening.models import RiskAssessment, Screen
from screening.side_by_side import ComparedRow, Side, SideBySide


@dataclass
class Carried:
    """The screen that an assessment rests on, and the one that it is compared with."""

    assessment: RiskAssessment
    user: Any

    @property
    def screen(self) -> Screen | None:
        """The screen, if there is one."""
        return self.assessment.screen

    @cached_property
    def before(self) -> Screen | None:
        """The screen that the last assessment rested on; else the screen before this one."""
        if self.screen is None:
            return None
        last = queries.assessment_before(self.assessment)
        if last is not None and last.screen_id not in (None, self.screen.pk):
            return last.screen
        return screens.screen_before(self.user, self.screen)

    @cached_property
    def compared(self) -> SideBySide | None:
        """Both screens, the earlier one first; None where there is only one."""
        if self.screen is None or self.before is None:
            return None
        one, two = (
            Side(each, screens.tool_of(each.tool_version_id)) for each in (self.before, self.screen)
        )
        return SideBySide(one, two)

    def changed_in(self, domain: str) -> tuple[ComparedRow, ...]:
        """What changed in a domain, by its title, since the screen before."""
        if self.compared is None:
            return ()
        return tuple(row for row in self.compared.changed if row.domain == domain)

"""The rules are asked again of drafts, wherever something new is known of a child.

Of decisions, and of referrals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cse.children.models import Child, LevelEvent
from referrals.actions import deciding_not, save
from screening.assessments.told import News
from screening.models import Screen


def level_changed(event: LevelEvent, by: Any) -> None:
    """A level of the child took effect."""
    _ask_again(event.child, by)


def screen_assessed(screen: Screen, because: str, by: Any) -> None:
    """The rules were asked of a completed screen."""
    _ask_again(screen.child, by)


def birth_changed(child: Child, before: Mapping[str, Any], by: Any) -> None:
    """The child's date of birth was corrected."""
    _ask_again(child, by)


def assessment_changed(news: News) -> None:
    """An assessment was completed, or corrected."""
    _ask_again(news.assessment.child, news.by)


def _ask_again(child: Child, by: Any) -> None:
    deciding_not.ask_again(child, by)
    save.ask_again(child, by)

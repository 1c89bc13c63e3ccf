"""The screen that went with a referral, for every page and paper that shows the referral.

A screen that was complete never changes and is read on its own page. Of one that was not, the
referral has the copy that was kept at sending (DEC-28); what its draft became stands beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cse.access.capabilities import Capability
from cse.access.policies import can
from cse.interface.words import date_words
from referrals.models import Referral
from screening.models import Screen, ScreenCopy
from screening.queries import standing_in_time, tool_of, visible_to
from screening.reading import ReadPart, parts_to_read
from screening.tools.definition import Tool


@dataclass(frozen=True)
class ReadCopy:
    """A copy of an unfinished screen to read; ``unanswered`` says its count in words."""

    copy: ScreenCopy
    tool: Tool
    parts: tuple[ReadPart, ...]
    unanswered: str

    @property
    def present(self) -> int:
        """How many rows were answered yes or possible; a count, not a score."""
        return sum(len(each.present) for each in self.parts)


@dataclass(frozen=True)
class ScreenSent:
    """What went along, in ``words``, and for whoever may read screens what can be read of it.

    ``went`` is a screen that was complete; ``copy`` one that was not, as it stood; ``later`` the
    completed screen of the child that there is since.
    """

    words: str
    went: Screen | None = None
    copy: ReadCopy | None = None
    later: Screen | None = None


def screen_sent(referral: Referral, user: Any) -> ScreenSent:
    """The screen of a sent referral that this person sees already. Four queries at most."""
    if referral.screen is None:
        return ScreenSent(words_of(referral))
    may_read = can(user, Capability.SEE_SCREEN, referral.child_id)
    if went_complete(referral):
        return ScreenSent(words_of(referral), went=referral.screen if may_read else None)
    if not may_read:
        return ScreenSent(words_of(referral))
    copy = referral.screen_copy
    return ScreenSent(
        words_of(referral),
        copy=_read(copy) if copy else None,
        later=completed_since(referral, user),
    )


def went_complete(referral: Referral) -> bool:
    """Whether the screen was complete when the referral went; a correction is another screen."""
    screen, sent_at = referral.screen, referral.sent_at
    if screen is None or screen.completed_at is None or sent_at is None:
        return False
    return screen.completed_at <= sent_at


def completed_since(referral: Referral, user: Any) -> Screen | None:
    """Beside an unfinished screen: itself, if it was completed since, else what stands of the
    child's newest screening since: a correction of an earlier screen is none. Only what this
    person may see. One query at most.
    """
    if referral.screen is None or went_complete(referral):
        return None
    seen = visible_to(user).filter(child_id=referral.child_id)
    if referral.screen.is_complete:
        return seen.filter(pk=referral.screen.pk).first()
    return standing_in_time(seen).filter(occasion_at__gt=referral.sent_at).first()


def words_of(referral: Referral) -> str:
    """What went along, in one sentence without a name."""
    if referral.screen is None:
        return "No screen went with this referral."
    if went_complete(referral):
        day = date_words(referral.screen.completed_on)
        return (
            f"The screen completed on {day} went with this referral. A completed screen never "
            "changes; a correction stands beside it."
        )
    words = "A screen that was not finished went with this referral."
    if referral.screen_copy is None:
        return f"{words} No copy of it was kept."
    return f"{words} {unanswered(referral.screen_copy)}"


def unanswered(copy: ScreenCopy) -> str:
    """How many rows nobody had answered, and that this does not mean no (DEC-19)."""
    shown, left = len(tool_of(copy.tool_version_id).shown), copy.result["unanswered"]
    if not left:
        return f"All {shown} indicators were answered."
    return f"{left} of {shown} indicators were not answered. Not answered does not mean no."


def _read(copy: ScreenCopy) -> ReadCopy:
    tool = tool_of(copy.tool_version_id)
    return ReadCopy(copy, tool, tuple(parts_to_read(copy, tool)), unanswered(copy))

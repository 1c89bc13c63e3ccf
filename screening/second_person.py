"""What the second person sees before answering: the lowered highs, and what the rule says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cse.access.policies import NotAllowed
from screening import queries
from screening.answers import NOTHING, Given, read_answers
from screening.models import Countersignature, Screen, ScreenAssessment
from screening.policies import check_can_countersign
from screening.tools.definition import Indicator, Tool

RULE = "R5"


@dataclass(frozen=True)
class LoweredRow:
    """One high that was lowered on a child of 13 or younger, and the answer to it, if any.

    ``why_not`` says why this person cannot answer; empty where they can.
    """

    indicator: Indicator
    given: Given
    amended_by: str
    answer: Countersignature | None = None
    why_not: str = ""

    @property
    def waits(self) -> bool:
        """Whether nobody has answered yet."""
        return self.answer is None


@dataclass(frozen=True)
class RuleState:
    """What any-one-High said of the screen at one moment: whether it applies, and why."""

    applies: bool
    because: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class RuleStates:
    """Any-one-High when the screen was completed and now."""

    before: RuleState
    now: RuleState


def lowered_rows(screen: Screen, tool: Tool, user: Any) -> list[LoweredRow]:
    """The lowered highs of a completed screen, in the tool's order.

    As many queries for one as for several.
    """
    given = read_answers(screen.answers)
    signed = {row.indicator: row for row in queries.countersignatures_of(screen)}
    waited = {row for each in screen.assessments.all() for row in each.result["waiting"]}
    rows = [row for row in tool.indicators.values() if row.id in waited | set(signed)]
    names = queries.names_of({each for row in rows for each in given[row.id].amenders})
    # Asked once for one's own rows and once for the others, however many there are.
    own = str(user.pk)
    why_not = {mine: _why_not(user, screen, [own] if mine else []) for mine in (False, True)}
    return [
        LoweredRow(
            indicator=row,
            given=given.get(row.id, NOTHING),
            amended_by=_all_names(given[row.id], names),
            answer=signed.get(row.id),
            why_not="" if row.id in signed else why_not[own in given[row.id].amenders],
        )
        for row in rows
    ]


def rule_states(screen: Screen, tool: Tool) -> RuleStates:
    """Any-one-High before and after the countersignatures (DEC-04). Two queries."""
    now = queries.latest_assessment(screen)
    return RuleStates(_state(queries.first_assessment(screen), tool), _state(now, tool))


def _state(assessment: ScreenAssessment, tool: Tool) -> RuleState:
    rules: list[Mapping[str, Any]] = assessment.result["rules"]
    for rule in rules:
        if rule["id"] == RULE:
            return RuleState(
                True, tuple(_words(each, tool) for each in rule["because"]), rule["why"]
            )
    return RuleState(False)


def _words(because: str, tool: Tool) -> str:
    """An indicator in words; a domain's title as it is."""
    row = tool.indicators.get(because)
    return row.display_text if row else because


def _all_names(given: Given, names: Mapping[str, str]) -> str:
    found = (names.get(each, "Somebody without an account now") for each in given.amenders)
    return " and, before, ".join(found)


def _why_not(user: Any, screen: Screen, amenders: Collection[str]) -> str:
    try:
        check_can_countersign(user, screen, amenders)
    except NotAllowed as refusal:
        return str(refusal)
    return ""

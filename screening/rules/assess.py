"""One screen's facts in, everything the rules say about it out, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from screening.rules.age import age_of, age_problems, age_prompts
from screening.rules.counting import paper_rows, reconcile_paper, row_states, totals, unanswered
from screening.rules.facts import DomainRating, Facts, Harm
from screening.rules.levels import level_change, level_word
from screening.rules.matrix import WHOLE_SCREEN, matrix_prompts, open_suggestion, suggested_level
from screening.rules.obligations import (
    CONCERN_LEVELS,
    any_one_high,
    concern,
    early_help,
    fired_rows,
    waiting_for_countersignature,
)
from screening.rules.results import (
    AgeFinding,
    Count,
    DomainFinding,
    LevelChange,
    Problem,
    Prompt,
    RowState,
    RuleResult,
)
from screening.tools.definition import CseLevel, Domain, Level, Tag, Tool

MAY_BE_LOWERED = "high-may-be-lowered"
"""The prompt that says what may still be done in a draft; a completed screen does not repeat it."""


@dataclass(frozen=True)
class Assessment:
    """What the rules say about a screen. It is stored as :meth:`as_json` when one is completed.

    ``paper_rows`` are the numbers of the paper's rows that are present, ``paper_totals`` the
    totals the paper would show. ``overall_suggested`` is the matrix used once for the whole, and
    no level. ``waiting`` names the lowered highs that the lead has yet to countersign.
    ``blocked`` says why the tool cannot be used at all (18 or older).
    """

    tool: str
    tool_hash: str
    age: AgeFinding
    totals: Mapping[Level, Count]
    unanswered: int
    paper_rows: tuple[int, ...]
    paper_totals: Mapping[Level, int]
    domains: tuple[DomainFinding, ...]
    overall_suggested: Level | None
    rules: tuple[RuleResult, ...]
    prompts: tuple[Prompt, ...]
    waiting: tuple[str, ...]
    level_change: LevelChange | None
    blocked: tuple[Problem, ...]

    @property
    def matrix(self) -> dict[str, Level]:
        """What the matrix suggests, by domain title."""
        return {found.title: found.suggested for found in self.domains if found.suggested}

    def as_json(self) -> dict[str, Any]:
        """Plain values that ``json.dumps`` takes as they are."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def assess(facts: Facts, tool: Tool) -> Assessment:
    """Apply every rule of a screen.

    Raises ``UnknownIndicator`` for an answer this version does not ask, KeyError for a domain it
    does not have, ValueError for a day before the birth.
    """
    states = row_states(facts.answers, tool)
    age = age_of(facts)
    ratings = {tool.domains_by_key[rating.domain].key: rating for rating in facts.domains}
    fired = (any_one_high(facts, tool, age), concern(facts, tool), early_help(facts, tool))
    return Assessment(
        tool=tool.name,
        tool_hash=tool.content_hash,
        age=age,
        totals=totals(states, tool.shown),
        unanswered=unanswered(states, tool.shown),
        paper_rows=paper_rows(states, tool),
        paper_totals=reconcile_paper(states, tool),
        domains=tuple(_domain(each, states, ratings.get(each.key), tool) for each in tool.domains),
        overall_suggested=suggested_level(facts.overall, tool) if facts.overall else None,
        rules=tuple(rule for rule in fired if rule),
        prompts=tuple(_prompts(facts, tool, age, states)),
        waiting=waiting_for_countersignature(facts.answers, tool, age),
        level_change=level_change(facts.level, facts.history) if facts.level else None,
        blocked=tuple(age_problems(age)),
    )


def _domain(
    domain: Domain, states: Mapping[str, RowState], rating: DomainRating | None, tool: Tool
) -> DomainFinding:
    return DomainFinding(
        key=domain.key,
        title=domain.title,
        unanswered=unanswered(states, domain.shown),
        totals=totals(states, domain.shown),
        suggested=suggested_level(rating, tool) if rating else None,
        rating=rating.rating if rating else None,
    )


def _prompts(
    facts: Facts, tool: Tool, age: AgeFinding, states: Mapping[str, RowState]
) -> Iterator[Prompt]:
    yield from age_prompts(age, tool)
    for rating in facts.domains:
        title = tool.domains_by_key[rating.domain].title
        yield from open_suggestion(rating, title, tool, young=age.thirteen_or_younger)
        yield from matrix_prompts(rating, title, tool)
    if facts.overall:
        yield from matrix_prompts(facts.overall, WHOLE_SCREEN, tool)
    yield from _harm_prompts(states, tool)
    if facts.level in CONCERN_LEVELS and facts.concerns_confirmed is False:
        yield Prompt(
            "level-and-concerns",
            f"The level is {level_word(facts.level)}, and the screen says that it confirms no "
            "concerns. The level alone makes a referral owed: look at both again.",
            "O Annexe 2, W §13",
        )
    if facts.harm_happened is Harm.YES and facts.level is CseLevel.VULNERABLE:
        yield Prompt(
            "level-and-harm",
            "The screen says that harm has already happened, and the level is Vulnerable. Harm is "
            "not risk, and makes a referral owed by itself: look at both again.",
            "O §6.6, W §13",
        )
    highs = fired_rows(facts, tool, age)
    if highs:
        yield Prompt(
            MAY_BE_LOWERED,
            "If a high level is wrong for this child, lower it with a reason: the rule stops when "
            "the safeguarding lead countersigns.",
            "DEC-04",
            highs,
        )
    waiting = waiting_for_countersignature(facts.answers, tool, age)
    if waiting:
        yield Prompt(
            "waits-for-countersignature",
            "A high level was lowered. The referral stays mandatory unless the safeguarding lead, "
            "a different person, countersigns.",
            "DEC-04",
            waiting,
        )
    if unanswered(states, tool.shown):
        yield Prompt(
            "unanswered",
            f"{unanswered(states, tool.shown)} indicators are not answered. That is not “no”.",
            "DEC-19",
        )


def _harm_prompts(states: Mapping[str, RowState], tool: Tool) -> Iterator[Prompt]:
    """Indicators that are signs of harm rather than of risk (O §6.6)."""
    present: Iterable[str] = (
        state.indicator
        for state in states.values()
        if state.presence.is_present and Tag.HARM in tool.indicators[state.indicator].tags
    )
    because = tuple(present)
    if because:
        yield Prompt(
            "harm-sign",
            "These can be signs that harm has already happened. If it has, the child is suffering "
            "significant harm and is not “at risk”: say so, and see that protection is planned.",
            "O §6.6, W §13",
            because,
        )


def _plain(value: Any) -> Any:
    """``value`` with every enum, tuple and frozenset as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, str) else value

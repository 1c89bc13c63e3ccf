"""What stands between an assessment and its completion, and what a completed one leads to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from screening.assessments.local_form import analysis_of
from screening.rules import CseLevel, Direction, LevelEvent, Problem, Prompt
from screening.rules.levels import check_level_change, level_change, level_that_counts
from screening.tools.definition import Tool

OXFORDSHIRE, WILTSHIRE = "oxfordshire", "wiltshire"
AT_RISK: Final = (CseLevel.AT_RISK, CseLevel.CSE)
HARMED: Final = ("suffering", "likely")
HARM_SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "harm_happened": {
        "yes": "the child has already been harmed",
        "possible": "the child may already have been harmed",
    },
    "significant_harm": {
        "suffering": "the child is suffering significant harm",
        "likely": "the child is likely to suffer significant harm",
    },
}
"""What is said of harm, by field and answer."""
NEEDED: Final = (
    ("harm_happened", "Say whether the child has already been harmed", "O §6.6, W §13"),
    ("significant_harm", "Say what you conclude about significant harm", "W §9.3"),
    ("professional_judgement", "Write your professional judgement", "DEC-06"),
    ("level", "Choose the level: nothing works it out for you", "O §7.8.4, W App 1 s3"),
)


@dataclass(frozen=True)
class Facts:
    """What an assessment says, as the rules read it.

    ``present`` is how many indicators the screen found (yes or possible) in each domain, by key;
    ``rated`` are the domains that it rates high, where its tool rates domains.
    ``waiting`` is how many who were asked have not answered. ``history`` are the child's levels.
    """

    sections: Mapping[str, str]
    present: Mapping[str, int]
    waiting: int = 0
    history: Sequence[LevelEvent] = ()
    rated: Collection[str] = ()

    def says(self, field: str) -> str:
        """What is written or chosen; empty for nothing."""
        return str(self.sections.get(field, "")).strip()

    @property
    def level(self) -> CseLevel | None:
        """The level that was chosen."""
        return CseLevel(self.says("level")) if self.says("level") else None


def completion_problems(facts: Facts, tool: Tool) -> tuple[Problem, ...]:
    """Everything to put right before completing; empty when it can be completed.

    A domain needs its analysis where the screen found something in it, or rates it high.
    """
    return (
        *_domains(facts, tool),
        *_views(facts),
        *(Problem(*each) for each in NEEDED if not facts.says(each[0])),
        *_level(facts),
        *_contributions(facts),
    )


def _domains(facts: Facts, tool: Tool) -> Iterator[Problem]:
    for domain in tool.domains:
        found = facts.present.get(domain.key, 0)
        if facts.says(analysis_of(domain.key)):
            continue
        if found:
            said = "1 indicator" if found == 1 else f"{found} indicators"
            message = f"Write the analysis of {domain.title}: the screen found {said}"
            yield Problem(analysis_of(domain.key), message, "DEC-27")
        elif domain.key in facts.rated:
            message = f"Write the analysis of {domain.title}: the screen rates it high"
            yield Problem(analysis_of(domain.key), message, "DEC-27")


def _views(facts: Facts) -> Iterator[Problem]:
    if not (facts.says("child_views") or facts.says("child_views_not_sought")):
        message = "Write the child’s views, or why they were not sought"
        yield Problem("child_views", message, "W App 1 s5")


def _level(facts: Facts) -> Iterator[Problem]:
    chosen = facts.says("direction")
    direction = Direction(chosen) if chosen else None
    if facts.level is not None:
        change = level_change(facts.level, facts.history)
        yield from check_level_change(change, direction, facts.says("level_reason"))
    elif direction is not None:
        yield Problem("direction", "Choose a level first", "DEC-09")


def _contributions(facts: Facts) -> Iterator[Problem]:
    if facts.waiting and not facts.says("without_contributions"):
        who = "1 contribution has" if facts.waiting == 1 else f"{facts.waiting} contributions have"
        message = f"Say why you complete it although {who} not come"
        yield Problem("without_contributions", message, "O §10.2")


def prompts_of(facts: Facts, tool: Tool) -> tuple[Prompt, ...]:
    """What to look at again before completing: it prompts and stops nothing (DEC-07, DEC-08).

    Harm beside the lowest level, or none; and a form in which no domain is analysed.
    """
    return (*_harm_and_level(facts), *_nothing_analysed(facts, tool))


def harm_said(sections: Mapping[str, str]) -> tuple[str, ...]:
    """What an assessment says of harm, in words; empty where it says of none (O §6.6, W §13).

    With any a referral must be made, whatever level is chosen (R4), as after a screen.
    """
    return tuple(
        words
        for field in ("harm_happened", "significant_harm")
        if (words := HARM_SAID[field].get(str(sections.get(field, ""))))
    )


def _harm_and_level(facts: Facts) -> Iterator[Prompt]:
    said = harm_said(facts.sections)
    if not said or facts.level in AT_RISK:
        return
    level = "no level is chosen" if facts.level is None else "the level is Vulnerable"
    yield Prompt(
        "harm-and-level",
        f"It is said that {' and '.join(said)}, and {level}. Look at the level again: does it "
        "fit? A person chooses it, and the professional judgement says why. A referral must be "
        "made either way.",
        "O §6.6, W §13; DEC-08",
    )


def _nothing_analysed(facts: Facts, tool: Tool) -> Iterator[Prompt]:
    if not any(facts.says(analysis_of(domain.key)) for domain in tool.domains):
        yield Prompt(
            "nothing-analysed",
            "No domain has an analysis. Write one wherever something is known, or say in the "
            "professional judgement why there is none.",
            "O §20, W §12.10; DEC-27",
        )


@dataclass(frozen=True)
class StrategyDiscussion:
    """Whether a strategy discussion follows, and why; ``source`` says where that stands."""

    follows: bool
    why: str
    source: str


def strategy_discussion(area: str, facts: Facts) -> StrategyDiscussion:
    """Whether an assessment in this area (the key of its tool) leads to a strategy discussion.

    Oxfordshire: the child is at risk of or involved in exploitation; a lower level counts only
    once it is approved. Wiltshire: at risk of, or suffering, significant harm (DEC-59). Significant
    harm leads to one in either area.
    """
    level = level_that_counts(facts.level, facts.history, approved=False)
    if facts.says("significant_harm") in HARMED:
        why = "It finds that the child is suffering, or likely to suffer, significant harm."
        return StrategyDiscussion(True, why, "W §9.3, O §11.1")
    if area == OXFORDSHIRE and level in AT_RISK:
        why = "The child is at risk of exploitation, or is being exploited."
        return StrategyDiscussion(True, why, "O §11.1")
    why = "The assessment by itself leads to no strategy discussion."
    return StrategyDiscussion(False, why, "O §11.1" if area == OXFORDSHIRE else "W §9.3")

"""What stands between a draft and a completed screen. Unanswered rows do not (DEC-19)."""

from __future__ import annotations

from collections.abc import Iterator

from screening.rules.age import age_of, age_problems
from screening.rules.facts import Answer, Facts
from screening.rules.levels import check_level_change, level_change
from screening.rules.results import Problem
from screening.tools.definition import Tool


def completion_problems(facts: Facts, tool: Tool) -> tuple[Problem, ...]:
    """Everything to put right before completing; empty when the screen can be completed."""
    return (
        *_age(facts),
        *(problem for answer in facts.answers for problem in answer_problems(answer, tool)),
        *_required(facts, tool),
        *_level(facts),
    )


def answer_problems(answer: Answer, tool: Tool) -> Iterator[Problem]:
    """What is wrong with one answer: an amended level without a reason, or nothing to amend."""
    indicator = tool.indicators[answer.indicator]
    if answer.amended_level is None:
        return
    if indicator.suggested_level is None:
        yield Problem(
            f"{answer.indicator}.amended_level",
            "This tool suggests no level for an indicator: rate the domain instead",
            "W App 1 s1, DEC-05",
        )
    elif answer.amended_level is not indicator.suggested_level and not answer.reason.strip():
        yield Problem(
            f"{answer.indicator}.reason",
            f"Say why “{indicator.display_text}” is {answer.amended_level.value} for this child",
            "W §12.9, O §6.4, DEC-04",
        )


def _age(facts: Facts) -> Iterator[Problem]:
    if facts.date_of_birth and facts.completed_on < facts.date_of_birth:
        yield Problem("completed_on", "This day is before the date of birth", "DEC-02")
    else:
        yield from age_problems(age_of(facts))


def _required(facts: Facts, tool: Tool) -> Iterator[Problem]:
    """The fields that this version of the tool requires and that the rules know."""
    missing = {
        "professional_judgement": not facts.professional_judgement.strip(),
        "level": facts.level is None,
        "concerns_confirmed": facts.concerns_confirmed is None,
        "harm_happened": facts.harm_happened is None,
    }
    messages = {
        "professional_judgement": ("Write your professional judgement", "DEC-06"),
        "level": ("Choose the level: nothing works it out for you", "W App 1 s3, DEC-06"),
        "concerns_confirmed": ("Say whether the screen confirms concerns", "O Annexe 2"),
        "harm_happened": ("Say whether harm has already happened", "O §6.6, W §13"),
    }
    for key, absent in missing.items():
        if absent and key in tool.fields and tool.fields[key].required:
            yield Problem(key, *messages[key])


def _level(facts: Facts) -> Iterator[Problem]:
    if facts.level is not None:
        change = level_change(facts.level, facts.history)
        yield from check_level_change(change, facts.direction, facts.level_reason)
    elif facts.direction is not None:
        yield Problem("direction", "Choose a level first", "DEC-09")

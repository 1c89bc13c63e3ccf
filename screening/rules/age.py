"""The age that the rules read, and what the tool says about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cse.workdays import age_on
from screening.rules.facts import Facts
from screening.rules.results import AgeBasis, AgeFinding, Problem, Prompt
from screening.tools.definition import Tool

ANY_ONE_HIGH_MAX_AGE: Final = 13
"""13 included, to the day before the 14th birthday (DEC-01). Never shared with "under 13"."""
ADULT_FROM: Final = 18


def age_of(facts: Facts) -> AgeFinding:
    """The age on the day of completion, and what it rests on (DEC-02).

    Raises ValueError where the screen was completed before the date of birth.
    """
    if facts.date_of_birth is not None:
        years = age_on(facts.date_of_birth, facts.completed_on)
        certain = facts.date_of_birth_certain
        basis = AgeBasis.DATE_OF_BIRTH if certain else AgeBasis.APPROXIMATE
        return AgeFinding(years, basis, years <= ANY_ONE_HIGH_MAX_AGE)
    if facts.estimated_age is not None:
        young = facts.estimated_age <= ANY_ONE_HIGH_MAX_AGE
        return AgeFinding(facts.estimated_age, AgeBasis.ESTIMATED, young)
    return AgeFinding(None, AgeBasis.UNKNOWN, thirteen_or_younger=True)


def age_prompts(age: AgeFinding, tool: Tool) -> Iterator[Prompt]:
    """What the page says about the age: uncertain, or younger than the tool is made for."""
    if age.basis is AgeBasis.UNKNOWN:
        yield Prompt(
            "age-unknown",
            "The age is not known. The rule for children aged 13 or younger is applied until it "
            "is. Estimate the age, youngest plausible first.",
            "DEC-02",
        )
    elif age.flagged:
        yield Prompt(
            "age-uncertain",
            "The age is not certain. The youngest plausible age is used.",
            "DEC-02",
        )
    if age.years is not None and age.years < tool.warn_under:
        yield Prompt(
            "age-young",
            f"This child is under {tool.warn_under}. The tool may be used, and was made for older "
            "children: ask the safeguarding lead as well.",
            f"{tool.source.short}; O §6.5, DEC-25",
        )


def age_problems(age: AgeFinding) -> Iterator[Problem]:
    """Someone of 18 or more is not screened with a tool for children (DEC-25)."""
    if age.years is not None and age.years >= ADULT_FROM:
        yield Problem(
            "date_of_birth",
            "This person was 18 or older on that day. A screen is for a child. Use adult "
            "safeguarding, and tell the police about any offence against them as a child.",
            "DEC-25, O §7.2.5",
        )

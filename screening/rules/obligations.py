"""The rules that a screen shows: R4, R5 and R13 of the routing table.

They add obligations and never take one away; none of them reads consent, and none chooses a level
(DEC-06). Routing proper (R1 to R14) stands on these in the referral room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from screening.rules.counting import higher_level
from screening.rules.facts import Answer, Facts, Harm
from screening.rules.levels import level_that_counts, level_word
from screening.rules.results import AgeFinding, Obligation, RuleResult
from screening.tools.definition import CseLevel, Level, Tool

CONCERN_LEVELS = (CseLevel.AT_RISK, CseLevel.CSE)


def any_one_high(facts: Facts, tool: Tool, age: AgeFinding) -> RuleResult | None:
    """R5: a child of 13 or younger with any one high risk factor is referred, or None.

    Yes and possible both count (DEC-03); the higher of suggested and amended level (DEC-04); in a
    tool that rates domains, a domain rated high by the worker (DEC-05), also where a correction
    lowered it and nobody else has answered for that yet.
    """
    if not age.thirteen_or_younger:
        return None
    rows = fired_rows(facts, tool, age)
    domains = [
        rating.domain
        for rating in facts.domains
        if tool.matrix is not None and rating.rating is Level.HIGH
    ]
    held = [key for key in facts.held if key not in domains]
    if not rows and not domains and not held:
        return None
    text = tool.rule("R5")
    titles = [tool.domains_by_key[key].title for key in (*domains, *held)]
    because = tuple(dict.fromkeys([*rows, *titles]))
    return RuleResult(
        id="R5",
        title="Any one high risk factor at 13 or younger",
        obligation=Obligation.MANDATORY,
        because=because,
        why=_why_high(age, rows, domains, held, tool),
        source=text.source,
        routes=text.routes,
    )


def fired_rows(facts: Facts, tool: Tool, age: AgeFinding) -> tuple[str, ...]:
    """The rows that are a high risk factor for R5; none where the child is older than 13."""
    if not age.thirteen_or_younger:
        return ()
    return tuple(answer.indicator for answer in facts.answers if fires_high(answer, tool))


def fires_high(answer: Answer, tool: Tool) -> bool:
    """Whether this answer is a high risk factor for R5 (the age aside)."""
    indicator = tool.indicators[answer.indicator]
    if not answer.presence.is_present or higher_level(indicator, answer) is not Level.HIGH:
        return False
    return not is_cleared(answer, tool)


def lowers_high(answer: Answer, tool: Tool) -> bool:
    """Whether a suggested high was amended to less."""
    suggested = tool.indicators[answer.indicator].suggested_level
    return suggested is Level.HIGH and answer.amended_level in (Level.LOW, Level.MEDIUM)


def is_cleared(answer: Answer, tool: Tool) -> bool:
    """A high that was lowered with a reason and the lead's countersignature (DEC-04)."""
    return lowers_high(answer, tool) and bool(answer.reason.strip()) and answer.countersigned


def waiting_for_countersignature(
    answers: Iterable[Answer], tool: Tool, age: AgeFinding
) -> tuple[str, ...]:
    """Highs lowered on a child of 13 or younger, with a reason, that the lead has yet to sign."""
    if not age.thirteen_or_younger:
        return ()
    return tuple(
        answer.indicator
        for answer in answers
        if answer.presence.is_present
        and lowers_high(answer, tool)
        and answer.reason.strip()
        and not answer.countersigned
    )


def _why_high(
    age: AgeFinding, rows: Sequence[str], domains: list[str], held: list[str], tool: Tool
) -> str:
    """The rows and domains by name, so that a high can be amended where it is wrong (DEC-22)."""
    names = [f"“{tool.indicators[row].display_text}”" for row in dict.fromkeys(rows)]
    title = {key: each.title for key, each in tool.domains_by_key.items()}
    names += [f"the domain {title[key]} (rated high)" for key in domains]
    names += [
        f"the domain {title[key]} (rated high before a correction that a second person has yet to "
        "answer for)"
        for key in held
    ]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    what = "a high risk factor" if len(names) == 1 else "high risk factors"
    who = f"aged {age.years}" if age.years is not None else "of unknown age"
    return (
        f"The child is {who}, and {listed} {'is' if len(names) == 1 else 'are'} {what}. Any one "
        "at 13 or younger means a referral."
    )


def concern(facts: Facts, tool: Tool) -> RuleResult | None:
    """R4: a concern that the child is at risk of, or experiencing, exploitation, or None.

    The level that a person chose, or the higher one that stands until a second person approves the
    lower (DEC-09); confirmed concerns (O Annexe 2), or harm that has happened or
    cannot be ruled out (W §13, O §6.6, O §2), whatever level was chosen.
    """
    because = []
    level = _level(facts)
    if level in CONCERN_LEVELS:
        because.append("level")
    if facts.concerns_confirmed:
        because.append("concerns_confirmed")
    if facts.harm_happened in (Harm.YES, Harm.POSSIBLE):
        because.append("harm_happened")
    if not because:
        return None
    text = tool.rule("R4")
    return RuleResult(
        id="R4",
        title="Concern that the child is at risk of, or experiencing, exploitation",
        obligation=Obligation.MANDATORY,
        because=tuple(because),
        why=" ".join(_why_concern(facts, because)),
        source=text.source,
        routes=text.routes,
    )


def _why_concern(facts: Facts, because: list[str]) -> Iterator[str]:
    if "level" in because:
        yield _why_level(facts)
    if "concerns_confirmed" in because:
        yield "The screen confirms concerns: a referral must be made, with a copy of the screen."
    if "harm_happened" in because:
        word = "has" if facts.harm_happened is Harm.YES else "may have"
        yield (
            f"Harm {word} already happened. That is significant harm, not risk: the child needs "
            "protection and a way out of the abuse."
        )


def _why_level(facts: Facts) -> str:
    level = _level(facts)
    if level is facts.level:
        return f"The level chosen is {level_word(level)}: a referral must be made."
    return (
        f"The level chosen, {level_word(facts.level)}, is lower than {level_word(level)}, and "
        "it is not approved: the level before it stands, and a referral must be made."
    )


def _level(facts: Facts) -> CseLevel | None:
    return level_that_counts(facts.level, facts.history, approved=facts.level_approved)


def early_help(facts: Facts, tool: Tool) -> RuleResult | None:
    """R13: a vulnerable child is offered early help through the safeguarding lead, or None."""
    if _level(facts) is not CseLevel.VULNERABLE:
        return None
    text = tool.rule("R13")
    return RuleResult(
        id="R13",
        title="Vulnerable: early help",
        obligation=Obligation.MANDATORY_TO_OFFER,
        because=("level",),
        why="The level chosen is Vulnerable. Early help must be offered; say why if it is not.",
        source=text.source,
        routes=text.routes,
    )

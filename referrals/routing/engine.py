"""All rules over one set of facts: the union of routes, the strictest obligation of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from cse.workdays import Calendar, due_on
from referrals.routing.ages import (
    SCREEN_FROM,
    UNDER_13,
    UNDER_16,
    AgeGaps,
    Ages,
    Band,
    age_gap,
    ages_of,
)
from referrals.routing.case import Case
from referrals.routing.checklist import AGE_IMBALANCE
from referrals.routing.facts import Facts, problems
from referrals.routing.prompts import prompts_of
from referrals.routing.results import Availability, Finding, Obligation, Route, Routing, Target
from referrals.routing.rules import FOR_ANYBODY, RULES

VERSION: Final = "routing-4"
"""Stored with every referral; raised with every change of what a rule says or when it fires."""

STANDARD_GAPS: Final = AgeGaps()
BESIDE_ANY: Final = frozenset({"R13", "R14"})
"""Rules that owe no referral of concern: they stand in the way of no exception (DEC-13)."""
SPECIALISTS: Final = (Route.CSE_TEAM, Route.KINGFISHER)


def route(facts: Facts, *, gaps: AgeGaps = STANDARD_GAPS) -> Routing:
    """What the rules say of ``facts``, with the administrator's table of age differences.

    Raises ValueError where the facts contradict themselves (``problems``).
    """
    wrong = list(problems(facts))
    if wrong:
        raise ValueError("; ".join(f"{field}: {message}" for field, message in wrong))
    ages = ages_of(facts)
    gap = age_gap(facts, ages)
    prefilled = _prefilled(ages, gap, gaps)
    case = Case(
        facts=facts,
        ages=ages,
        considerable_gap=_considerable(ages, gap, gaps),
        factors=facts.checklist | (prefilled - facts.unticked),
    )
    findings = tuple(_findings(case))
    fired = tuple(each.id for each in findings)
    return Routing(
        version=VERSION,
        age_gaps=gaps,
        ages=ages,
        gap=gap,
        findings=findings,
        obligations=_obligations(findings),
        passed_on=_passed_on(findings),
        prefilled=tuple(sorted(prefilled)),
        factors=tuple(sorted(case.factors)),
        decision_not_to_refer=_way_out("R8", fired, needs=("safeguarding_lead",)),
        under_13_exception=_way_out("R3", fired, needs=("designated_lead", "senior_manager")),
        no_names_consultation=_no_names(ages),
        screen_outstanding=_screen_outstanding(facts, ages),
        prompts=tuple(prompts_of(case, fired)),
    )


def targets(found: Routing, received_on: dt.date, calendar: Calendar) -> Iterator[Target]:
    """By when, where the rules ask for it without waiting for an assessment.

    A strategy discussion: today, at the outside 3 working days after the referral was received
    (DEC-59). The Designated Officer: one working day (DEC-16). Raises ``OutsideCalendar``.
    """
    for asked, days, source in TARGETS:
        because = tuple(
            each.id
            for each in found.findings
            if asked in each.route and each.obligation is Obligation.MANDATORY
        )
        if because:
            yield Target(
                route=asked,
                working_days=days,
                due_on=due_on(received_on, days, calendar),
                ask_for_today=asked is Route.STRATEGY_DISCUSSION,
                because=because,
                source=source,
            )


TARGETS: Final = (
    (Route.STRATEGY_DISCUSSION, 3, "DEC-59; O §11.2"),
    (Route.DESIGNATED_OFFICER, 1, "DEC-16; today’s practice"),
)
"""Route, working days from receipt, and where that stands."""


def _findings(case: Case) -> Iterator[Finding]:
    for rule in RULES:
        if case.ages.adult and rule not in FOR_ANYBODY:
            continue
        found = rule(case)
        if found:
            yield found


def _prefilled(ages: Ages, gap: int | None, gaps: AgeGaps) -> frozenset[str]:
    """W-CHK-06, from the table's lowest difference on; the checklist ends at 16 (W §4.6.5)."""
    small = gap is None or gap < gaps.pre_tick
    if small or not ages.activity or ages.band not in (Band.UNDER_13, Band.FROM_13):
        return frozenset()
    return frozenset({AGE_IMBALANCE})


def _considerable(ages: Ages, gap: int | None, gaps: AgeGaps) -> bool:
    if gap is None or ages.youngest is None or not UNDER_13 <= ages.youngest <= 15:
        return False
    return gaps.is_considerable(gap, ages.youngest)


def _obligations(findings: Iterable[Finding]) -> dict[Route, Obligation]:
    """The strictest obligation of each route, in the order of ``Route``."""
    strictest: dict[Route, Obligation] = {}
    for name, obligation in (duty for found in findings for duty in found.duties):
        held = strictest.get(name, obligation)
        strictest[name] = min(held, obligation, key=lambda each: each.rank)
    return {name: strictest[name] for name in Route if name in strictest}


def _passed_on(findings: Iterable[Finding]) -> tuple[Route, ...]:
    """Specialist teams that only R4 names: the front door passes the referral on (DEC-41)."""
    by_rule = {each.id: each.route for each in findings}
    addressed = {name for rule, names in by_rule.items() if rule != "R4" for name in names}
    return tuple(
        name for name in by_rule.get("R4", ()) if name in SPECIALISTS and name not in addressed
    )


def _way_out(rule: str, fired: tuple[str, ...], *, needs: tuple[str, ...]) -> Availability:
    """Open where ``rule`` is the only live reason to refer (DEC-10, DEC-13).

    What may not be departed from stays owed, so that any other rule but R13 and R14 closes it.
    """
    if rule not in fired:
        others = [each for each in fired if each not in BESIDE_ANY and each != "R9"]
        return Availability(False, ", ".join(others) or f"{rule} does not apply")
    others = [each for each in fired if each != rule and each not in BESIDE_ANY]
    if others:
        return Availability(False, ", ".join(others))
    return Availability(True, rule, needs)


def _no_names(ages: Ages) -> Availability:
    """A consultation that names nobody: for 13 to 15 only (W §4.3.2, DEC-14).

    That is the age at the consultation. At the activity the child was 13 as well, at the youngest
    that the facts leave open (DEC-02): of a whole age nobody knows how long ago the birthday was.
    """
    if ages.band is Band.UNDER_13:
        return Availability(False, "Under 13 the child is identified (W §4.6.2, DEC-14)")
    if ages.now is None or ages.now >= UNDER_16:
        return Availability(False, "For 13 to 15 only (DEC-14)")
    return Availability(True, "13 to 15; nothing may identify the child (W §4.3.2)")


def _screen_outstanding(facts: Facts, ages: Ages) -> bool:
    """A task and never a block (DEC-25, DEC-28). Of an unknown age: a screen may be owed."""
    old_enough = ages.now is None or ages.now >= SCREEN_FROM
    return old_enough and not ages.adult and not facts.has_screen

"""What the page says beside the rules: things to ask, say or consider. Never a result."""

from __future__ import annotations

from collections.abc import Iterator

from referrals.routing.case import Case
from screening.rules import AgeBasis, Prompt


def prompts_of(case: Case, fired: tuple[str, ...]) -> Iterator[Prompt]:
    """The prompts for a case in which the rules ``fired``."""
    yield from _about_age(case)
    if "R4" in fired and case.wiltshire:
        yield Prompt(
            "no-adviser",
            "Where the agency has no safeguarding adviser, social care says what to do next.",
            "W §9.2",
        )
    if "R3" in fired:
        yield Prompt(
            "partner-identity",
            "Who is the other person? Give the name if it is known; “not known” is an answer. "
            "Name the lead it was discussed with, and the day.",
            "W §4.6.2, §4.2.2",
        )
    if case.facts.checklist and not case.ages.activity and not case.ages.adult:
        yield Prompt(
            "activity-not-said",
            "The checklist is ticked. Say whether there has been sexual activity, or may have "
            "been: the checklist is read with it.",
            "W §4.6.5, §4.6.6",
        )
    if {"R8", "R9"} & set(fired):
        yield from _at_13_to_15(case)
    if "R6" in fired:
        yield Prompt(
            "joint-consultation",
            "Record the joint consultation of the Designated Officer and social care.",
            "W §4.7 NB",
        )
    yield from _about_crime(case, fired)
    if "R12" in fired:
        yield Prompt("care-plan", "The care plan is updated with the risks.", "W §10.3, O §12.2")


def _about_age(case: Case) -> Iterator[Prompt]:
    ages = case.ages
    if ages.basis is AgeBasis.UNKNOWN:
        yield Prompt(
            "age-unknown",
            "The age is not known. The rules for under 13 are applied until it is.",
            "DEC-02",
        )
    elif ages.basis is AgeBasis.ESTIMATED:
        yield Prompt(
            "age-estimated", "The age is estimated. The youngest possible age is used.", "DEC-02"
        )
    if ages.adult:
        yield Prompt(
            "adult",
            "This person is 18 or older. The rules for children do not apply: use adult "
            "safeguarding, and tell the police about any offence, also one against the child they "
            "were.",
            "O §7.2.5; DEC-11, DEC-25",
        )
    elif ages.activity and ages.youngest is not None and ages.youngest >= 16:
        yield Prompt(
            "16-and-17",
            "Over the age of consent, and still a child: ask about exploitation and about a "
            "position of trust.",
            "W §4.1.1, §4.1.2",
        )


def _at_13_to_15(case: Case) -> Iterator[Prompt]:
    yield Prompt(
        "peers",
        "Children can be abused by other children. Closeness in age never means that it is safe.",
        "W §4.8.2",
    )
    yield Prompt(
        "younger",
        f"The younger the child, the stronger the presumption of concern: this child was "
        f"{case.ages.youngest}.",
        "W §4.3.2",
    )


def _about_crime(case: Case, fired: tuple[str, ...]) -> Iterator[Prompt]:
    if {"R10", "R11"} & set(fired) and not case.concern and not case.ages.adult:
        yield Prompt(
            "concern-not-said",
            "Say whether there is concern that this child is at risk of exploitation, or is being "
            "exploited: then a referral goes to the front door too.",
            case.by_handbook("W §9.1, §13", "O §10.1"),
        )
    harmed = case.facts.significant_harm and not case.wiltshire
    if "R10" in fired or harmed:
        yield Prompt("legal-advice", "Seek legal advice in line with usual practice.", "O §7.7.6")
    if "R11" in fired:
        yield Prompt(
            "nrm",
            "Consider the national referral mechanism. Write down people, vehicles, days and "
            "times, and what the child and other children said.",
            "O §3.5; today’s practice",
        )

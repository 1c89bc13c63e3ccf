"""R1 to R14, one function each (decisions, section 0), in the order of the table.

Each takes the case and answers a ``Finding`` or None. None of them reads consent, and none looks
at what another found: they accumulate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from referrals.routing.ages import UNDER_13
from referrals.routing.case import CONCERN_LEVELS, Case
from referrals.routing.checklist import CHECKLIST
from referrals.routing.results import Finding, Instead, Obligation, Route
from screening.rules import ANY_ONE_HIGH_MAX_AGE, CseLevel

DANGER: Final = "Immediate danger or significant harm now"
"""The title of R1, by which lists know it."""
DANGER_MARK: Final = "Immediate danger or harm now"
"""The same in a list, short enough for a badge."""


def danger_now(case: Case) -> Finding | None:
    """R1: 999 and the front door at once, before any form."""
    if not case.harm_now:
        return None
    what = "is in immediate danger" if case.facts.immediate_danger else "suffers significant harm"
    return Finding(
        id="R1",
        title=DANGER,
        route=(Route.POLICE, case.front_door),
        obligation=Obligation.MANDATORY,
        source=case.by_handbook("W §4.7, §4.3.3, §13", "O §7.3.6"),
        why=f"It was said that the child {what}. Call 999, and tell the front door straight away, "
        "out of hours the emergency duty team. No form comes first.",
        beside=_after_harm(case) if case.facts.significant_harm else (),
    )


def _after_harm(case: Case) -> tuple[tuple[Route, Obligation], ...]:
    """A strategy discussion: it should be held after sexual activity at 13 to 15 (W §4.3.3)."""
    how = Obligation.SHOULD if case.active_13_to_15 else Obligation.CONSIDER
    return ((Route.STRATEGY_DISCUSSION, how),)


def pregnant_under_13(case: Case) -> Finding | None:
    """R2: under 13 and pregnant. There is no exception."""
    if not (case.facts.pregnant and case.active_under_13):
        return None
    return Finding(
        id="R2",
        title="Under 13 and pregnant",
        route=(case.front_door, Route.POLICE, Route.STRATEGY_DISCUSSION),
        obligation=Obligation.MANDATORY,
        source="W §4.6.4; DEC-02, DEC-59",
        why=f"The child is pregnant, and {_young(case)}. A referral must be made, and a strategy "
        "discussion is held with the police and others. There is no exception.",
    )


def active_under_13(case: Case) -> Finding | None:
    """R3: any sexual activity before the 13th birthday, whatever the age of the other person."""
    if not case.active_under_13:
        return None
    return Finding(
        id="R3",
        title="Sexual activity under 13",
        route=(
            Route.SAFEGUARDING_LEAD,
            case.front_door,
            Route.POLICE,
            Route.STRATEGY_DISCUSSION,
        ),
        obligation=Obligation.MANDATORY,
        source="W §4.6.2, §4.2.1, §4.2.2, §4.6.1; DEC-02, DEC-10",
        why=f"There has been sexual activity, and {_young(case)}. A child under 13 cannot consent "
        "in law: an offence has been committed, which is taken to mean that the child suffers or "
        "is likely to suffer significant harm. It is discussed with the designated lead; a "
        "referral and a full assessment must follow, and the child is identified.",
        instead=Instead.UNDER_13_EXCEPTION,
    )


def concern(case: Case) -> Finding | None:
    """R4: a concern that the child is at risk of, or experiencing, exploitation, at any age."""
    why = _why_concern(case)
    if not why:
        return None
    return Finding(
        id="R4",
        title="Concern that the child is at risk of, or experiencing, exploitation",
        route=(Route.SAFEGUARDING_LEAD, case.front_door, case.specialists),
        obligation=Obligation.MANDATORY,
        source=case.by_handbook(
            "W §4.6.6 N.B., §9.1, §9.3, §13, App 1 s3", "O §10.1, §10.2, Annexe 2; DEC-41"
        ),
        why=f"{why} A referral is always made to the front door, with the screen if there is one; "
        "exploitation is passed on to the specialist team.",
    )


def _why_concern(case: Case) -> str:
    if case.facts.level in CONCERN_LEVELS:
        word = "CSE" if case.facts.level is CseLevel.CSE else "At risk"
        return f"The level is {word}."
    if case.facts.concerns_confirmed:
        return "There is concern that the child is at risk of, or experiencing, exploitation."
    if case.wiltshire and case.facts.care_planning and case.facts.significant_harm:
        return (
            "The child has a plan, and significant harm has appeared: the risk management group "
            "does not stand in place of a referral."
        )
    return ""


def any_one_high(case: Case) -> Finding | None:
    """R5: one high risk factor at 13 or younger, 13 included, when the screen was completed."""
    age = case.ages.at_screen
    if not case.facts.any_one_high or (age is not None and age > ANY_ONE_HIGH_MAX_AGE):
        return None
    who = "The age is not known" if age is None else f"The child was {age} at the screen"
    return Finding(
        id="R5",
        title="Any one high risk factor at 13 or younger",
        route=(Route.SOCIAL_CARE,),
        obligation=Obligation.MANDATORY,
        source=case.by_handbook("W §12.7; DEC-01, DEC-04", "O Annexe 2; DEC-01, DEC-04"),
        why=f"{who}, and the screen holds a high risk factor. Any one at 13 or younger means a "
        "referral. If the level is wrong for this child, lower it in the screen with a reason, "
        "countersigned by the safeguarding lead.",
        instead=Instead.LOWER_THE_HIGH,
    )


def position_of_trust(case: Case) -> Finding | None:
    """R6: the person works with children, is in a position of trust, or is a foster carer."""
    said = {
        "in a position of trust": case.facts.position_of_trust,
        "working with children": case.facts.works_with_children,
        "an approved foster carer": case.facts.foster_carer,
    }
    who = " and ".join(words for words, true in said.items() if true)
    if not who:
        return None
    return Finding(
        id="R6",
        title="Position of trust, works with children, or foster carer",
        route=(Route.DESIGNATED_OFFICER, Route.SOCIAL_CARE),
        obligation=Obligation.MANDATORY,
        source="W §4.7, §4.1.2, §4.6.6; DEC-16",
        why=f"The person is said to be {who}. The Designated Officer (LADO) and social care are "
        "both told, and consult each other. This holds to the 18th birthday.",
    )


def considerable_gap(case: Case) -> Finding | None:
    """R7: 13 to 15 and a considerable age difference."""
    if not (case.active_13_to_15 and case.considerable_gap):
        return None
    return Finding(
        id="R7",
        title="13 to 15, and a considerable age difference",
        route=(Route.SAFEGUARDING_LEAD, case.front_door),
        obligation=Obligation.MANDATORY,
        source="W §4.3.1, §4.3.2; DEC-12",
        why=f"The child was {case.ages.youngest}, and the difference in age is considerable. It is "
        "always discussed with other agencies and referred.",
    )


def factor_at_13_to_15(case: Case) -> Finding | None:
    """R8: 13 to 15, sexual activity, and at least one factor of the checklist."""
    if not (case.active_13_to_15 and case.factors):
        return None
    return Finding(
        id="R8",
        title="Sexual activity at 13 to 15, with a factor of the checklist",
        route=(Route.SOCIAL_CARE,),
        obligation=Obligation.SHOULD,
        source="W §4.6.5, §4.3.2, §4.8.1; DEC-13",
        why=f"The child was {case.ages.youngest}, and this of the checklist applies: "
        f"{'; '.join(CHECKLIST[each] for each in sorted(case.factors))}. It is discussed with "
        "the designated lead. A referral should be made; a strategy discussion could follow.",
        beside=(
            (Route.SAFEGUARDING_LEAD, Obligation.SHOULD),
            (Route.STRATEGY_DISCUSSION, Obligation.CONSIDER),
        ),
        instead=Instead.DECISION_NOT_TO_REFER,
    )


def no_factor_at_13_to_15(case: Case) -> Finding | None:
    """R9: 13 to 15, sexual activity, no factor: what was considered is recorded."""
    if not case.active_13_to_15 or case.factors:
        return None
    return Finding(
        id="R9",
        title="Sexual activity at 13 to 15, no factor of the checklist",
        route=(),
        obligation=Obligation.RECORD,
        source="W §4.3.1, §4.3.3",
        why=f"The child was {case.ages.youngest}, and no factor of the checklist is ticked. It is "
        "recorded that a discussion with other agencies and a referral were considered, and what "
        "was decided.",
        beside=((Route.SOCIAL_CARE, Obligation.CONSIDER),),
    )


def group(case: Case) -> Finding | None:
    """R10: a gang, a ring or an organised group is suspected."""
    if not case.facts.group_suspected:
        return None
    return Finding(
        id="R10",
        title="Gang, ring or organised group suspected",
        route=(Route.POLICE, Route.STRATEGY_DISCUSSION),
        obligation=Obligation.MANDATORY,
        source=case.by_handbook("W §11; DEC-59", "O §7.7.6, §13.3; DEC-59"),
        why="An organised group is suspected. The police are told, and convene a strategy "
        "discussion with social care.",
    )


def trafficking(case: Case) -> Finding | None:
    """R11: a concern that the child is moved for exploitation, however short the way."""
    if not case.facts.trafficking:
        return None
    return Finding(
        id="R11",
        title="Trafficking",
        route=(Route.POLICE,),
        obligation=Obligation.MANDATORY,
        source="O §3.4, §3.2",
        why="The child may be moved about to be exploited: from one street to the next is enough. "
        "This is always reported to the police.",
    )


def looked_after(case: Case) -> Finding | None:
    """R12: a looked-after child at risk or harmed."""
    if not case.looked_after or not (case.concern or case.harm_now):
        return None
    if case.wiltshire:
        return Finding(
            id="R12",
            title="Looked after, and at risk or harmed",
            route=(Route.CSE_TEAM,),
            obligation=Obligation.MANDATORY,
            source="W §10.1, §10.3, §10.4",
            why="The child is looked after, and at risk or harmed. It goes directly to the social "
            "care team for sexual exploitation; the care plan is updated, and a single assessment "
            "completed or updated with the risks and what each agency does about them.",
            beside=((Route.STRATEGY_DISCUSSION, Obligation.CONSIDER),),
        )
    return Finding(
        id="R12",
        title="Looked after, and at risk or harmed",
        route=(Route.CSE_MEETING,),
        obligation=Obligation.SHOULD,
        source="O §12.2",
        why="The child is in care, and at risk or harmed. A multi-agency CSE meeting should be "
        "held, and the care plan updated. Give a reason if it is not.",
        instead=Instead.REASON,
    )


def vulnerable(case: Case) -> Finding | None:
    """R13: early help must be offered to a vulnerable child."""
    if case.facts.level is not CseLevel.VULNERABLE:
        return None
    return Finding(
        id="R13",
        title="Vulnerable: early help",
        route=(Route.SAFEGUARDING_LEAD, Route.EARLY_HELP),
        obligation=Obligation.MANDATORY,
        source=case.by_handbook("W §8.1, App 1 s3", "O §7.8.4; DEC-06"),
        why="The level is Vulnerable. The safeguarding lead is consulted. Early help (an "
        "assessment and a team around the child) must be offered: say why if it is not.",
        instead=Instead.REASON,
    )


def risk_management_group(case: Case) -> Finding | None:
    """R14: Wiltshire's risk management group may be asked as well; never instead (W §11.1)."""
    facts = case.facts
    by_form = (
        facts.level is CseLevel.AT_RISK
        and facts.professional_working
        and not facts.significant_harm
    )
    if not case.wiltshire or not (by_form or facts.care_planning):
        return None
    return Finding(
        id="R14",
        title="Wiltshire Risk Management Group",
        route=(Route.WRMG,),
        obligation=Obligation.MAY,
        source="W §11; DEC-39",
        why=(
            "The child has a plan: the allocated social worker may refer after consulting the "
            "manager for exploitation and missing children. "
            if facts.care_planning
            else "The child is at risk, not suffering significant harm, and a professional is "
            "already working with the child. "
        )
        + "The group never stands in place of a referral.",
    )


def recorded_offence(case: Case) -> Finding | None:
    """DEC-17: the police are told of any offence on record."""
    if not case.facts.offence_recorded:
        return None
    return Finding(
        id="DEC-17",
        title="Offence recorded",
        route=(Route.POLICE,),
        obligation=Obligation.MANDATORY,
        source="W §13; DEC-17",
        why="An offence is recorded. The police are told.",
    )


def _young(case: Case) -> str:
    """In what way the child is, or counts as, under 13."""
    ages = case.ages
    if ages.now is None:
        return "the age is not known, so that the rules for under 13 hold"
    if ages.now < UNDER_13:
        return f"the child is {ages.now}"
    if ages.youngest is None:
        return "nobody knows when it began, so that the rules for under 13 hold"
    return f"the child, now {ages.now}, may have been {ages.youngest} when it began"


RULES: Final[tuple[Callable[[Case], Finding | None], ...]] = (
    danger_now,
    pregnant_under_13,
    active_under_13,
    concern,
    any_one_high,
    position_of_trust,
    considerable_gap,
    factor_at_13_to_15,
    no_factor_at_13_to_15,
    group,
    trafficking,
    looked_after,
    vulnerable,
    risk_management_group,
    recorded_offence,
)
FOR_ANYBODY: Final = frozenset({danger_now, group, trafficking, recorded_offence})
"""Rules that hold for somebody of 18 or older too; all the others are about a child (DEC-11)."""

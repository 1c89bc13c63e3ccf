"""R1 to R14, row by row: when each fires, for whom, how strictly, and what may stand instead."""

import datetime as dt
from dataclasses import replace

import pytest

from cse.workdays import calendar_of
from referrals.routing import (
    CHECKLIST,
    Activity,
    Facts,
    Instead,
    Obligation,
    Route,
    route,
    targets,
)
from screening.rules import AgeBasis
from tests.referrals.routing import ON, born_for, facts, prompts, routed, rules

MUST, SHOULD, MAY = Obligation.MANDATORY, Obligation.SHOULD, Obligation.MAY
BOTH = pytest.mark.parametrize(
    ("authority", "front_door"), [("wiltshire", Route.MASH), ("oxfordshire", Route.ASSESSMENT_TEAM)]
)


def assert_owes(found, rule, *routes, how=MUST, instead=None):
    one = rules(found)[rule]
    assert set(one.route) == set(routes)
    assert (one.obligation, one.instead) == (how, instead)
    assert set(routes) <= set(found.routes)
    for name in routes:
        assert found.obligations[name].rank <= how.rank
    return one


@BOTH
@pytest.mark.parametrize("said", ["immediate_danger", "significant_harm"])
@pytest.mark.requirement("W-REF-26", "W-REF-13")
def test_r1_police_and_front_door_at_once_at_any_age(authority, front_door, said):
    for age in (None, 9, 13, 17, 19):
        found = routed(age, authority=authority, **{said: True})
        one = assert_owes(found, "R1", Route.POLICE, front_door)
        assert "999" in one.why and "It was said that the child" in one.why
        assert (Route.STRATEGY_DISCUSSION in dict(one.beside)) == (said == "significant_harm")
    at_14 = routed(14, active=True, authority=authority, significant_harm=True)
    assert at_14.obligations[Route.STRATEGY_DISCUSSION] is SHOULD


@BOTH
@pytest.mark.requirement("W-REF-20")
def test_r2_pregnant_under_13_has_no_exception(authority, front_door):
    found = routed(12, pregnant=True, authority=authority)
    assert_owes(found, "R2", front_door, Route.POLICE, Route.STRATEGY_DISCUSSION)
    assert "R3" in found.fired
    assert not found.under_13_exception.available
    assert "R2" in found.under_13_exception.because
    assert not found.decision_not_to_refer.available
    assert not found.no_names_consultation.available
    assert "R2" not in routed(14, pregnant=True).fired
    assert "R2" not in routed(12, active=True).fired


@pytest.mark.requirement("DEC-02")
def test_a_pregnancy_is_activity_that_began_at_most_42_weeks_ago():
    birthday = dt.date(2027, 2, 8)
    for weeks, fired in ((0, {"R2", "R3"}), (42, {"R9"})):
        on = birthday + dt.timedelta(weeks=weeks)
        for before, expected in ((1, {"R2", "R3"}), (0, fired)):
            found = route(
                Facts(
                    authority="wiltshire",
                    on=on - dt.timedelta(days=before),
                    date_of_birth=dt.date(2014, 2, 8),
                    pregnant=True,
                )
            )
            assert set(found.fired) == expected


@pytest.mark.requirement("W-REF-20", "DEC-02")
def test_a_day_too_late_for_the_pregnancy_takes_no_rule_away():
    on = dt.date(2027, 2, 8)
    said = Facts(authority="wiltshire", on=on, date_of_birth=dt.date(2014, 1, 8), pregnant=True)
    assert {"R2", "R3"} <= set(route(said).fired)
    for days, is_too_late in ((0, True), (13, True), (14, False), (30, False)):
        began = Activity(on - dt.timedelta(days=days))
        found = route(replace(said, sexual_activity=began))
        assert ("R2" in found.fired) is ("R3" in found.fired) is is_too_late
        assert found.ages.at_activity == 13


@BOTH
@pytest.mark.requirement("W-REF-04", "W-REF-05", "W-REF-06", "W-REF-17", "W-REF-18")
def test_r3_any_activity_under_13(authority, front_door):
    found = routed(12, active=True, authority=authority)
    one = assert_owes(
        found, "R3", Route.SAFEGUARDING_LEAD, front_door, Route.POLICE, Route.STRATEGY_DISCUSSION,
        instead=Instead.UNDER_13_EXCEPTION,
    )  # fmt: skip
    assert one.source.startswith("W §4.6.2")
    assert "full assessment" in one.why
    assert "likely to suffer significant harm" in one.why
    assert "partner-identity" in prompts(found)
    assert "identified" in found.no_names_consultation.because


@pytest.mark.requirement("DEC-01", "DEC-02", "W-REF-01")
def test_r3_reads_the_youngest_age_at_the_time():
    born, birthday = dt.date(2014, 1, 20), dt.date(2027, 1, 20)
    for began, rule in ((birthday - dt.timedelta(days=1), "R3"), (birthday, "R9")):
        found = routed(
            date_of_birth=born, sexual_activity=Activity(began, dt.date(2027, 1, 24))
        )  # fmt: skip
        assert found.ages.now == 13
        assert rule in found.fired
        assert found.ages.at_activity == (12 if rule == "R3" else 13)
        assert found.ages.band == ("under_13" if rule == "R3" else "13_15")
        assert found.no_names_consultation.available == (rule == "R9")
    undated = routed(15, sexual_activity=Activity())
    assert "R3" in undated.fired
    assert undated.ages.at_activity is None


@pytest.mark.parametrize(
    ("authority", "routes"),
    [
        ("wiltshire", (Route.SAFEGUARDING_LEAD, Route.MASH, Route.CSE_TEAM)),
        ("oxfordshire", (Route.SAFEGUARDING_LEAD, Route.ASSESSMENT_TEAM, Route.KINGFISHER)),
    ],
)
@pytest.mark.requirement(
    "W-REF-24",
    "W-REF-34",
    "W-REF-35",
    "W-REF-41",
    "W-REF-42",
    "O-REF-03",
    "O-REF-14",
    "DEC-06",
    "DEC-41",
)
def test_r4_a_concern_at_any_age_under_18(authority, routes):
    said = ({"level": "at_risk"}, {"level": "cse"}, {"concerns_confirmed": True},
            {"level": "vulnerable", "concerns_confirmed": True})  # fmt: skip
    for more in said:
        for age in (None, 5, 12, 13, 15, 17):
            found = routed(age, authority=authority, **more)
            assert_owes(found, "R4", *routes)
            assert found.passed_on == routes[2:]
            assert ("no-adviser" in prompts(found)) == (authority == "wiltshire")
    for more in ({}, {"level": "vulnerable"}):
        assert "R4" not in routed(15, authority=authority, **more).fired


@pytest.mark.requirement("O-REF-04", "DEC-11", "DEC-25")
def test_at_18_the_rules_for_children_end_and_those_about_danger_do_not():
    said = {"level": "cse", "position_of_trust": True, "any_one_high": True, "looked_after": "s31"}
    danger = {"immediate_danger": True, "group_suspected": True, "trafficking": True,
              "offence_recorded": True}  # fmt: skip
    for born, age in ((dt.date(2009, 2, 9), 17), (dt.date(2009, 2, 8), 18)):
        found = routed(date_of_birth=born, **said, **danger)
        assert found.ages.now == age
        assert ("R4" in found.fired) == ("R6" in found.fired) == (age == 17)
        assert {"R1", "R10", "R11", "DEC-17"} <= set(found.fired)
        assert ("adult" in prompts(found)) == (age == 18)


@pytest.mark.parametrize("authority", ["wiltshire", "oxfordshire"])
@pytest.mark.requirement("DEC-01", "DEC-02")
def test_r5_any_one_high_at_13_or_younger_on_the_day_of_the_screen(authority):
    born, before = dt.date(2013, 2, 8), dt.date(2027, 2, 7)
    found = route(
        Facts(authority=authority, on=before, date_of_birth=born, any_one_high=True)
    )  # fmt: skip
    assert_owes(found, "R5", Route.SOCIAL_CARE, instead=Instead.LOWER_THE_HIGH)
    later = Facts(authority=authority, on=ON, date_of_birth=born, any_one_high=True)
    assert "R5" not in route(later).fired
    on_screen = facts(
        authority=authority, date_of_birth=born, any_one_high=True, screened_on=before
    )
    assert "R5" in route(on_screen).fired
    assert "R5" not in routed(12, authority=authority).fired


@pytest.mark.parametrize("said", ["position_of_trust", "works_with_children", "foster_carer"])
@pytest.mark.parametrize("authority", ["wiltshire", "oxfordshire"])
@pytest.mark.requirement("W-REF-03", "W-REF-23", "W-REF-25", "W-REF-27", "DEC-16")
def test_r6_designated_officer_and_social_care(said, authority):
    for age in (None, 9, 13, 16, 17):
        found = routed(age, authority=authority, **{said: True})
        assert_owes(found, "R6", Route.DESIGNATED_OFFICER, Route.SOCIAL_CARE)
        assert "joint-consultation" in prompts(found)


@pytest.mark.requirement("W-REF-02")
def test_16_and_17_suppress_nothing():
    everything = {"level": "cse", "immediate_danger": True, "works_with_children": True,
                  "group_suspected": True, "trafficking": True, "looked_after": "s20"}  # fmt: skip
    for age in (16, 17):
        found = routed(age, active=True, **everything)
        assert set(found.fired) == {"R1", "R4", "R6", "R10", "R11", "R12"}
        assert "16-and-17" in prompts(found)


@pytest.mark.requirement("W-REF-11", "W-REF-15", "W-REF-21", "W-REF-22")
@pytest.mark.parametrize(
    "factor", [pytest.param(each, marks=pytest.mark.requirement(each)) for each in CHECKLIST]
)
def test_r8_any_one_factor_of_the_checklist(factor):
    found = routed(15, active=True, checklist={factor})
    one = assert_owes(
        found, "R8", Route.SOCIAL_CARE, how=SHOULD, instead=Instead.DECISION_NOT_TO_REFER
    )
    assert CHECKLIST[factor] in one.why
    assert found.obligations[Route.SAFEGUARDING_LEAD] is SHOULD
    assert found.obligations[Route.STRATEGY_DISCUSSION] is Obligation.CONSIDER
    assert Route.STRATEGY_DISCUSSION not in found.routes
    assert found.decision_not_to_refer.available
    unsaid = routed(15, checklist={factor})
    assert unsaid.fired == () and "activity-not-said" in prompts(unsaid)
    assert "activity-not-said" not in prompts(found)
    assert "R8" not in routed(16, active=True, checklist={factor}).fired


def test_the_checklist_has_the_handbooks_fourteen_factors():
    assert list(CHECKLIST) == [f"W-CHK-{number:02}" for number in range(1, 15)]
    assert len(set(CHECKLIST.values())) == 14


@pytest.mark.requirement("W-REF-10", "W-REF-30")
def test_r9_records_what_was_considered():
    for age in (13, 14, 15):
        found = routed(age, active=True)
        assert found.fired == ("R9",)
        one = rules(found)["R9"]
        assert (one.route, one.obligation) == ((), Obligation.RECORD)
        assert "discussion with other agencies" in one.why
        assert "referral" in one.why
        assert found.routes == ()
        assert found.obligations == {Route.SOCIAL_CARE: Obligation.CONSIDER}
        assert {"peers", "younger"} <= set(prompts(found))
        younger = next(each for each in found.prompts if each.id == "younger")
        assert str(age) in younger.text
    assert routed(16, active=True).fired == ()
    assert routed(14).fired == ()


@pytest.mark.requirement("W-REF-39", "O-REF-11")
@pytest.mark.parametrize("authority", ["wiltshire", "oxfordshire"])
def test_r10_a_group_goes_to_the_police_and_a_strategy_discussion(authority):
    found = routed(17, authority=authority, group_suspected=True)
    assert_owes(found, "R10", Route.POLICE, Route.STRATEGY_DISCUSSION)
    assert "legal-advice" in prompts(found)
    harmed = routed(17, authority=authority, significant_harm=True)
    assert ("legal-advice" in prompts(harmed)) == (authority == "oxfordshire")


@pytest.mark.requirement("O-REF-01")
@pytest.mark.parametrize("authority", ["wiltshire", "oxfordshire"])
def test_r11_trafficking_goes_to_the_police(authority):
    found = routed(17, authority=authority, trafficking=True)
    assert_owes(found, "R11", Route.POLICE)
    assert "nrm" in prompts(found)


@pytest.mark.requirement("W-REF-24")
@pytest.mark.parametrize("said", ["group_suspected", "trafficking"])
def test_who_suspects_a_group_or_trafficking_is_asked_whether_there_is_concern(said):
    """The police are told, and only with the concern (R4) the front door is as well."""
    assert "concern-not-said" in prompts(routed(14, **{said: True}))
    with_concern = routed(14, concerns_confirmed=True, **{said: True})
    assert "R4" in with_concern.fired and "concern-not-said" not in prompts(with_concern)
    assert "concern-not-said" not in prompts(routed(14))


@pytest.mark.requirement("W-REF-37")
@pytest.mark.parametrize("status", ["s20", "s31"])
@pytest.mark.parametrize(
    "said", [{"level": "at_risk"}, {"concerns_confirmed": True}, {"significant_harm": True}]
)
def test_r12_a_looked_after_child_at_risk_or_harmed(said, status):
    found = routed(15, looked_after=status, **said)
    one = assert_owes(found, "R12", Route.CSE_TEAM)
    assert one.beside == ((Route.STRATEGY_DISCUSSION, Obligation.CONSIDER),)
    assert "single assessment completed or updated" in one.why.replace("  ", " ")
    assert found.passed_on == ()
    assert "care-plan" in prompts(found)
    found = routed(15, authority="oxfordshire", looked_after=status, **said)
    assert_owes(found, "R12", Route.CSE_MEETING, how=SHOULD, instead=Instead.REASON)
    assert "R12" in routed(15, care_planning="lac", **said).fired
    assert "R12" not in routed(15, looked_after=status, level="vulnerable").fired
    assert "R12" not in routed(15, **said).fired


@pytest.mark.requirement("W-REF-32", "W-REF-42")
@pytest.mark.parametrize("authority", ["wiltshire", "oxfordshire"])
def test_r13_early_help_must_be_offered(authority):
    found = routed(15, authority=authority, level="vulnerable")
    assert found.fired == ("R13",)
    assert_owes(found, "R13", Route.SAFEGUARDING_LEAD, Route.EARLY_HELP, instead=Instead.REASON)


@pytest.mark.requirement("DEC-39", "W-MTG-16", "W-MTG-12")
def test_r14_the_risk_management_group_may_be_asked_and_never_instead():
    by_form = {"level": "at_risk", "professional_working": True}
    found = routed(15, **by_form)
    assert_owes(found, "R14", Route.WRMG, how=MAY)
    assert "R4" in found.fired
    for change in ({"professional_working": False}, {"level": "cse"}, {"level": "vulnerable"},
                   {"significant_harm": True}, {"authority": "oxfordshire"}):  # fmt: skip
        assert "R14" not in routed(15, **by_form | change).fired
    for plan in ("cin", "cp", "lac"):
        assert routed(15, care_planning=plan).fired == ("R14",)
        harmed = routed(15, care_planning=plan, significant_harm=True)
        assert set(harmed.fired) - {"R12"} == {"R1", "R4", "R14"}
        assert ("R12" in harmed.fired) == (plan == "lac")
        assert routed(15, care_planning=plan, authority="oxfordshire").fired == ()


@pytest.mark.requirement("DEC-17")
def test_a_recorded_offence_goes_to_the_police():
    assert_owes(routed(15, offence_recorded=True), "DEC-17", Route.POLICE)


@pytest.mark.requirement("DEC-25", "DEC-28")
def test_a_screen_is_outstanding_at_10_and_over():
    for age, owed in ((9, False), (10, True), (17, True), (18, False), (None, True)):
        assert routed(age, trafficking=True).screen_outstanding == owed
    for said in ({"level": "vulnerable"}, {"concerns_confirmed": True}, {"any_one_high": True},
                 {"screened": True}):  # fmt: skip
        assert not routed(12, **said).screen_outstanding
    assert routed(12, level="at_risk", screened=False).screen_outstanding


@pytest.mark.requirement("DEC-02")
def test_an_estimated_age_is_flagged_and_read_as_the_youngest_possible():
    same_day = routed(None, estimated_age=13, active=True)
    assert same_day.ages.basis is AgeBasis.ESTIMATED
    assert "age-estimated" in prompts(same_day)
    assert same_day.fired == ("R9",)
    earlier = routed(None, estimated_age=13, sexual_activity=Activity(ON - dt.timedelta(days=1)))
    assert (earlier.ages.now, earlier.ages.at_activity) == (13, 12)
    assert "R3" in earlier.fired
    long_ago = routed(None, estimated_age=2, sexual_activity=Activity(dt.date(2020, 1, 1)))
    assert long_ago.ages.at_activity == 0
    known = routed(16, estimated_age=9)
    assert (known.ages.now, known.ages.basis) == (16, AgeBasis.DATE_OF_BIRTH)


@pytest.mark.requirement("DEC-59", "DEC-16")
def test_what_is_owed_by_when():
    calendar = calendar_of()
    pregnant = facts(date_of_birth=dt.date(2014, 8, 3), pregnant=True)
    (one,) = targets(route(pregnant), pregnant.on, calendar)
    assert (one.route, one.due_on) == (Route.STRATEGY_DISCUSSION, dt.date(2027, 2, 11))
    assert one.ask_for_today
    assert one.because == ("R2", "R3")
    group = routed(14, group_suspected=True)
    (one,) = targets(group, dt.date(2027, 5, 27), calendar)
    assert (one.due_on, one.because) == (dt.date(2027, 6, 2), ("R10",))
    coach = routed(17, position_of_trust=True)
    (one,) = targets(coach, dt.date(2027, 4, 30), calendar)
    assert (one.route, one.due_on) == (Route.DESIGNATED_OFFICER, dt.date(2027, 5, 4))
    assert not one.ask_for_today
    only_to_consider = routed(15, looked_after="s20", level="cse")
    assert list(targets(only_to_consider, ON, calendar)) == []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"date_of_birth": ON + dt.timedelta(days=1)}, "date_of_birth"),
        ({"checklist": {"W-CHK-15"}}, "checklist"),
        ({"checklist": {"W-CHK-06"}, "unticked": {"W-CHK-06"}}, "unticked"),
        (
            {"sexual_activity": Activity(born_for(15) - dt.timedelta(days=1))},
            "sexual_activity.from",
        ),
    ],
)
def test_facts_that_contradict_themselves_are_not_routed(more, field):
    with pytest.raises(ValueError, match=field):
        routed(15, **more)
    with pytest.raises(ValueError, match="nowhere"):
        facts(15, authority="nowhere")

"""The ways out of a referral, and what closes each: DEC-10, DEC-13, DEC-14."""

import pytest

from referrals.routing import OtherPerson
from tests.referrals.routing import routed

CLOSING = {
    "R1": {"immediate_danger": True},
    "R4": {"level": "at_risk"},
    "R6": {"foster_carer": True},
    "R7": {"other_person": OtherPerson(age=30)},
    "R10": {"group_suspected": True},
    "R11": {"trafficking": True},
    "R12": {"looked_after": "s20", "level": "at_risk"},
    "DEC-17": {"offence_recorded": True},
}


@pytest.mark.requirement("DEC-13", "W-REF-24")
@pytest.mark.parametrize("rule", CLOSING)
def test_a_decision_not_to_refer_only_where_r8_alone_is_live(rule):
    peers = {"active": True, "other": 16, "checklist": {"W-CHK-14"}}
    for beside in ({}, {"level": "vulnerable"}, {"care_planning": "cin"}):
        found = routed(15, **peers, **beside)
        assert found.decision_not_to_refer.available
        assert found.decision_not_to_refer.because == "R8"
        assert found.decision_not_to_refer.needs == ("safeguarding_lead",)
    more = {key: value for key, value in peers.items() if key != "other"} | CLOSING[rule]
    found = routed(15, **more)
    assert not found.decision_not_to_refer.available
    assert rule in found.decision_not_to_refer.because.split(", ")
    none_ticked = routed(15, active=True).decision_not_to_refer
    assert (none_ticked.available, none_ticked.because) == (False, "R8 does not apply")


@pytest.mark.requirement("DEC-13", "DEC-10")
def test_r5_closes_both_ways_out():
    twelve = routed(12, active=True, any_one_high=True)
    assert (twelve.under_13_exception.available, twelve.under_13_exception.because) == (False, "R5")
    thirteen = routed(13, active=True, checklist={"W-CHK-14"}, any_one_high=True)
    assert "R8" in thirteen.fired
    assert thirteen.decision_not_to_refer.because == "R5"


@pytest.mark.requirement("DEC-10", "W-REF-07", "W-REF-19")
@pytest.mark.parametrize("rule", [each for each in CLOSING if each != "R7"])
def test_the_under_13_exception_needs_three_people_and_nothing_else_live(rule):
    for beside in ({}, {"other": 40}, {"level": "vulnerable"}, {"care_planning": "cp"}):
        found = routed(12, active=True, **beside)
        assert found.under_13_exception.available
        assert found.under_13_exception.needs == ("designated_lead", "senior_manager")
    found = routed(12, active=True, **CLOSING[rule])
    assert not found.under_13_exception.available
    assert found.under_13_exception.needs == ()
    assert not routed(13, active=True).under_13_exception.available


@pytest.mark.requirement("DEC-14", "W-REF-12")
def test_no_names_for_13_to_15_only():
    expected = {None: False, 12: False, 13: True, 15: True, 16: False, 18: False}
    for age, available in expected.items():
        found = routed(age).no_names_consultation
        assert found.available == available
        assert found.because

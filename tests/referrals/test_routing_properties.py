"""What holds for all facts: worries only add, consent and a difference in age take nothing."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referrals.routing import (
    CHECKLIST,
    Activity,
    Authority,
    CarePlanning,
    Consent,
    Facts,
    LookedAfter,
    Obligation,
    OtherPerson,
    Route,
    route,
)
from screening.rules import CseLevel

ON = dt.date(2027, 2, 8)
QUICK = settings(deadline=None, max_examples=70)
OWED = {Obligation.MANDATORY, Obligation.SHOULD, Obligation.CONSIDER}
FRONT_DOORS = {Route.MASH, Route.ASSESSMENT_TEAM}
WORRIES = (
    "concerns_confirmed", "any_one_high", "immediate_danger", "significant_harm", "pregnant",
    "position_of_trust", "works_with_children", "foster_carer", "group_suspected", "trafficking",
    "offence_recorded",
)  # fmt: skip

births = st.dates(ON.replace(year=2007), ON.replace(year=2018))
activities = st.builds(Activity, st.none() | st.dates(ON.replace(year=2025), ON))
others = st.builds(OtherPerson, age=st.none() | st.integers(8, 60)) | st.builds(
    OtherPerson, date_of_birth=st.dates(ON.replace(year=1970), ON.replace(year=2018))
)
factors = st.frozensets(st.sampled_from(sorted(CHECKLIST)), max_size=2)


any_birth = st.none() | births


@st.composite
def all_facts(draw, born=any_birth):
    checklist = draw(factors)
    return Facts(
        authority=draw(st.sampled_from(Authority)),
        on=ON,
        date_of_birth=draw(born),
        estimated_age=draw(st.none() | st.integers(8, 19)),
        level=draw(st.none() | st.sampled_from(CseLevel)),
        sexual_activity=draw(st.none() | activities),
        other_person=draw(st.none() | others),
        looked_after=draw(st.none() | st.sampled_from(LookedAfter)),
        care_planning=draw(st.none() | st.sampled_from(CarePlanning)),
        professional_working=draw(st.booleans()),
        checklist=checklist,
        unticked=draw(st.sampled_from([frozenset(), frozenset({"W-CHK-06"}) - checklist])),
        **{name: draw(st.booleans()) for name in WORRIES},
    )


def strictness(found, name):
    """How strictly a route is owed, 9 where it is not. The front door is social care's own."""
    names = {name} | (FRONT_DOORS if name is Route.SOCIAL_CARE else set())
    return min((found.obligations[each].rank for each in names & set(found.obligations)), default=9)


def assert_nothing_is_lost(less, more):
    for name, obligation in less.obligations.items():
        if obligation in OWED:
            assert strictness(more, name) <= obligation.rank, (name, less.fired, more.fired)


@pytest.mark.requirement("DEC-13", "DEC-06")
@QUICK
@given(one=all_facts(), worry=st.sampled_from(WORRIES))
def test_another_worry_takes_no_obligation_away(one, worry):
    one = replace(one, **{worry: False})
    assert_nothing_is_lost(route(one), route(replace(one, **{worry: True})))


@QUICK
@given(one=all_facts(), factor=st.sampled_from(sorted(CHECKLIST)))
def test_another_tick_takes_no_obligation_away(one, factor):
    more = replace(one, checklist=one.checklist | {factor}, unticked=one.unticked - {factor})
    assert_nothing_is_lost(route(one), route(more))


@QUICK
@given(one=all_facts(), activity=activities)
def test_activity_takes_no_obligation_away(one, activity):
    # Of a pregnancy there is activity already; a day for it says more, it is no other worry.
    less = replace(one, sexual_activity=None, pregnant=False)
    assert_nothing_is_lost(route(less), route(replace(less, sexual_activity=activity)))


@QUICK
@given(one=all_facts(), level=st.sampled_from([CseLevel.AT_RISK, CseLevel.CSE]))
def test_a_level_of_concern_takes_no_obligation_away(one, level):
    assert_nothing_is_lost(route(replace(one, level=None)), route(replace(one, level=level)))


@QUICK
@given(one=all_facts(), status=st.sampled_from(LookedAfter), plan=st.sampled_from(CarePlanning))
def test_a_legal_status_takes_no_obligation_away(one, status, plan):
    less = replace(one, looked_after=None, care_planning=None)
    assert_nothing_is_lost(route(less), route(replace(less, looked_after=status)))
    assert_nothing_is_lost(route(less), route(replace(less, care_planning=plan)))


@pytest.mark.requirement("W-REF-31", "DEC-50")
@QUICK
@given(one=all_facts())
def test_consent_changes_nothing_at_all(one):
    said = [route(replace(one, consent=each)).as_json() for each in Consent]
    assert all(each == said[0] for each in said)


@pytest.mark.requirement("DEC-12")
@QUICK
@given(one=all_facts(), other=others)
def test_no_difference_in_age_excludes_a_route(one, other):
    less = replace(one, other_person=None, unticked=frozenset())
    assert_nothing_is_lost(route(less), route(replace(less, other_person=other)))


@pytest.mark.requirement("DEC-12")
@QUICK
@given(one=all_facts(births), years=st.integers(10, 60), more=st.integers(1, 20))
def test_a_greater_difference_takes_no_obligation_away(one, years, more):
    one = replace(one, unticked=frozenset())
    near = route(replace(one, other_person=OtherPerson(age=years)))
    far = route(replace(one, other_person=OtherPerson(age=years + more)))
    if near.gap is not None and years >= (near.ages.youngest or 0):
        assert_nothing_is_lost(near, far)


@pytest.mark.requirement("DEC-02")
@QUICK
@given(one=all_facts(st.none()), born=st.dates(ON.replace(year=2015), ON.replace(year=2016)))
def test_an_unknown_age_is_routed_as_under_13(one, born):
    unknown = route(replace(one, estimated_age=None, other_person=None))
    young = route(replace(one, date_of_birth=born, other_person=None))
    assert (unknown.ages.now, unknown.ages.at_activity) == (None, None)
    assert unknown.ages.band == young.ages.band == "under_13"
    assert unknown.fired == young.fired
    assert unknown.obligations == young.obligations
    assert unknown.under_13_exception == young.under_13_exception
    assert not unknown.no_names_consultation.available


@QUICK
@given(one=all_facts())
def test_what_is_said_hangs_together(one):
    found = route(one)
    named = {name for each in found.findings for name, _ in each.duties}
    assert set(found.obligations) == named
    assert {name for each in found.findings for name in each.route} <= set(found.routes)
    assert set(found.passed_on) <= set(found.routes)
    for each in found.findings:
        assert each.why.endswith(".")
        assert each.source.startswith(("W ", "O "))
        assert all(found.obligations[name].rank <= each.obligation.rank for name in each.route)
    for way_out in (found.decision_not_to_refer, found.under_13_exception):
        assert bool(way_out.needs) == way_out.available
        assert way_out.because
    assert not (found.decision_not_to_refer.available and found.under_13_exception.available)
    assert route(one) == found

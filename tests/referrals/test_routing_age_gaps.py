"""The difference in age (DEC-12): S06 whole, its table, the tick and its taking away."""

import datetime as dt

import pytest

from referrals.routing import Activity, AgeGaps, OtherPerson, Route, route
from tests.referrals.routing import ON, born_for, facts, prompts, routed, rules

S06 = [
    (13, 17, {"R7", "R8"}),
    (15, 21, {"R7", "R8"}),
    (14, 19, {"R7", "R8"}),
    (14, 18, {"R8"}),
    (15, 19, {"R8"}),
    (15, 17, {"R9"}),
    (12, 13, {"R3"}),
    (16, 30, set()),
]


@pytest.mark.requirement("S06", "DEC-12", "W-REF-09", "W-CHK-06")
@pytest.mark.parametrize(("child", "other", "fired"), S06)
def test_s06(child, other, fired):
    found = routed(child, active=True, other=other)
    assert set(found.fired) == fired
    ticked = ("W-CHK-06",) if "R8" in fired else ()
    assert (found.prefilled, found.factors) == (ticked, ticked)
    assert found.decision_not_to_refer.available == (fired == {"R8"})
    if "R7" in fired:
        one = rules(found)["R7"]
        assert (one.obligation, one.instead) == ("mandatory", None)
        assert set(one.route) == {Route.SAFEGUARDING_LEAD, Route.MASH}
        assert "other agencies" in one.why
        assert found.decision_not_to_refer.because == "R7"


@pytest.mark.requirement("S06")
def test_s06_at_16_the_level_and_trust_are_still_asked():
    found = routed(16, active=True, other=30)
    assert "16-and-17" in prompts(found)
    asked = routed(16, active=True, other=30, level="cse", position_of_trust=True)
    assert set(asked.fired) == {"R4", "R6"}


@pytest.mark.requirement("S06", "DEC-12")
def test_s06_changing_the_table_rewrites_no_outcome():
    one = facts(14, active=True, other=18)
    before = route(one)
    after = route(one, gaps=AgeGaps(at_14=4))
    assert set(before.fired) == {"R8"}
    assert set(after.fired) == {"R7", "R8"}
    assert before.as_json()["age_gaps"]["at_14"] == 5
    assert after.as_json()["age_gaps"]["at_14"] == 4
    assert route(one, gaps=AgeGaps(pre_tick=5)).fired == ("R9",)
    with pytest.raises(ValueError, match="one year"):
        AgeGaps(at_13=0)


@pytest.mark.requirement("DEC-12")
def test_unticking_takes_only_what_came_from_the_tick():
    unticked = {"unticked": {"W-CHK-06"}}
    assert routed(14, active=True, other=18, **unticked).fired == ("R9",)
    assert routed(14, active=True, other=18, **unticked).prefilled == ("W-CHK-06",)
    considerable = routed(14, active=True, other=19, **unticked)
    assert set(considerable.fired) == {"R7", "R9"}
    with_another = routed(14, active=True, other=18, checklist={"W-CHK-02"}, **unticked)
    assert (with_another.fired, with_another.factors) == (("R8",), ("W-CHK-02",))
    by_worker = routed(14, active=True, checklist={"W-CHK-06"})
    assert (by_worker.fired, by_worker.prefilled) == (("R8",), ())


@pytest.mark.requirement("DEC-12")
@pytest.mark.parametrize(("offset", "fired"), [(-1, {"R8"}), (0, {"R7", "R8"})])
def test_dates_of_birth_count_to_the_day(offset, fired):
    """Born four years apart less a day: whole ages may say four, dates of birth say three."""
    born = dt.date(2013, 6, 15)
    theirs = dt.date(2009, 6, 15) - dt.timedelta(days=offset)
    one = facts(date_of_birth=born, active=True, other_person=OtherPerson(date_of_birth=theirs))
    assert set(route(one).fired) == fired
    assert route(one).gap == (4 if offset == 0 else 3)


@pytest.mark.requirement("DEC-12")
def test_whole_ages_where_one_date_of_birth_is_missing():
    """Both as they were when it began, whatever either is today."""
    began = ON - dt.timedelta(days=500)
    one = facts(
        None, estimated_age=15, sexual_activity=Activity(began),
        other_person=OtherPerson(date_of_birth=born_for(19)),
    )  # fmt: skip
    found = route(one)
    assert (found.ages.at_activity, found.gap) == (13, 4)
    assert "R7" in found.fired
    unknown_child = routed(None, active=True, other=40)
    assert (unknown_child.gap, unknown_child.fired) == (None, ("R3",))
    unknown_other = routed(15, active=True, other_person=OtherPerson())
    assert (unknown_other.gap, unknown_other.fired) == (None, ("R9",))


@pytest.mark.requirement("DEC-12")
def test_the_difference_counts_whoever_is_older():
    assert set(routed(15, active=True, other=9).fired) == {"R7", "R8"}
    assert set(routed(15, active=True, other=12).fired) == {"R8"}


def test_no_activity_no_difference():
    found = routed(14, other=40)
    assert (found.fired, found.prefilled) == ((), ())


@pytest.mark.requirement("S04")
def test_s04_routing():
    found = routed(date_of_birth=dt.date(2014, 8, 3), pregnant=True, consent="refused")
    assert set(found.fired) == {"R2", "R3"}
    assert {Route.MASH, Route.POLICE, Route.STRATEGY_DISCUSSION, Route.SAFEGUARDING_LEAD} == set(
        found.routes
    )
    for way_out in (
        found.decision_not_to_refer, found.under_13_exception, found.no_names_consultation
    ):  # fmt: skip
        assert not way_out.available
    assert "partner-identity" in prompts(found)


@pytest.mark.requirement("S05")
def test_s05_routing():
    born, on = dt.date(2011, 6, 20), dt.date(2027, 3, 1)
    said = {"date_of_birth": born, "on": on, "other": 16, "checklist": {"W-CHK-14"}}
    found = routed(level="vulnerable", sexual_activity=Activity(on), **said)
    assert set(found.fired) == {"R8", "R13"}
    assert found.decision_not_to_refer.available
    assert "peers" in prompts(found)
    later = routed(level="at_risk", sexual_activity=Activity(on), **said)
    assert {"R4", "R8"} <= set(later.fired)
    assert later.decision_not_to_refer.because == "R4"


@pytest.mark.requirement("S07")
def test_s07_routing():
    found = routed(
        date_of_birth=dt.date(2010, 2, 11), on=dt.date(2027, 4, 30), position_of_trust=True
    )
    assert (found.ages.now, found.fired) == (17, ("R6",))
    assert set(found.routes) == {Route.DESIGNATED_OFFICER, Route.SOCIAL_CARE}
    assert set(found.obligations.values()) == {"mandatory"}
    assert found.decision_not_to_refer.because == "R6"

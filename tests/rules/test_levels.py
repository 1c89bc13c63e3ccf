"""The chosen level beside the one before: DEC-09, its table whole."""

import datetime as dt
from itertools import product

import pytest

from screening.rules import (
    LevelEvent,
    allowed_directions,
    assess,
    check_level_change,
    completion_problems,
    level_change,
    peak_level,
    previous_level,
)
from tests.rules.facts import OXFORDSHIRE, WILTSHIRE, facts, fired

LEVELS = ("vulnerable", "at_risk", "cse")
DIRECTIONS = ("increased", "decreased", "static")
DAY = dt.date(2026, 11, 2)

# (previous, chosen) → changed, the directions allowed, lowering. Written down, not computed.
TABLE = {
    (None, "vulnerable"): (None, "", False),
    (None, "at_risk"): (None, "", False),
    (None, "cse"): (None, "", False),
    ("vulnerable", "vulnerable"): (False, "increased decreased static", False),
    ("vulnerable", "at_risk"): (True, "increased", False),
    ("vulnerable", "cse"): (True, "increased", False),
    ("at_risk", "vulnerable"): (True, "decreased", True),
    ("at_risk", "at_risk"): (False, "increased decreased static", False),
    ("at_risk", "cse"): (True, "increased", False),
    ("cse", "vulnerable"): (True, "decreased", True),
    ("cse", "at_risk"): (True, "decreased", True),
    ("cse", "cse"): (False, "increased decreased static", False),
}


def history(*levels):
    """One level a week, the last the latest."""
    return tuple(LevelEvent(level, DAY + dt.timedelta(weeks=n)) for n, level in enumerate(levels))


@pytest.mark.requirement("W-SCR-26", "W-SCR-27", "W-SCR-28", "DEC-09")
@pytest.mark.parametrize(("previous", "chosen"), tuple(product((None, *LEVELS), LEVELS)))
def test_changed_is_derived_and_the_direction_must_agree(previous, chosen):
    changed, allowed, lowering = TABLE[previous, chosen]
    change = level_change(chosen_level(chosen), history(previous) if previous else ())
    assert change.changed is changed
    assert list(change.directions) == allowed.split()
    assert change.lowering is lowering
    for direction in (None, *DIRECTIONS):
        problems = check_level_change(change, direction, reason="Something is better")
        wrong = (direction is None and changed is True) or (
            direction is not None and direction not in allowed.split()
        )
        assert [problem.field for problem in problems] == (["direction"] if wrong else [])


def chosen_level(word):
    return LevelEvent(word, DAY).level


@pytest.mark.requirement("DEC-09")
def test_static_contradicts_a_change_and_the_message_says_which_word_fits():
    change = level_change(chosen_level("at_risk"), history("vulnerable"))
    problem = check_level_change(change, "static")[0]
    assert problem.field == "direction"
    assert "From Vulnerable to At risk the risk has increased, not static" in problem.message
    assert problem.source == "W App 1 s3; DEC-09"


@pytest.mark.requirement("DEC-09")
@pytest.mark.parametrize("reason", ["", " \n"])
def test_lowering_needs_a_reason_and_shows_the_peak(reason):
    change = level_change(chosen_level("vulnerable"), history("cse", "at_risk"))
    assert change.previous == "at_risk"
    assert change.peak == "cse"
    problems = check_level_change(change, "decreased", reason)
    assert [problem.field for problem in problems] == ["level_reason"]
    assert "The highest so far was CSE." in problems[0].message
    assert check_level_change(change, "decreased", "Two quiet months") == []


@pytest.mark.requirement("DEC-09", "W-SCR-02")
def test_the_same_level_below_the_peak_is_not_lowering_and_still_shows_the_peak():
    change = level_change(chosen_level("vulnerable"), history("cse", "vulnerable"))
    assert not change.lowering
    assert change.peak == "cse"


@pytest.mark.requirement("W-SCR-02")
def test_the_previous_level_is_the_latest_whatever_the_order():
    events = history("cse", "vulnerable", "at_risk")
    assert previous_level(events) == "at_risk"
    assert previous_level(tuple(reversed(events))) == "at_risk"
    same_day = (LevelEvent("vulnerable", DAY), LevelEvent("cse", DAY))
    assert previous_level(same_day) == "cse"
    assert previous_level(()) is None
    assert peak_level(events) == "cse"
    assert peak_level(()) is None


@pytest.mark.requirement("DEC-09")
def test_no_direction_without_an_earlier_level():
    assert allowed_directions(None, chosen_level("cse")) == ()


@pytest.mark.requirement("DEC-06", "W-SCR-06")
@pytest.mark.parametrize(
    ("level", "rules"),
    [(None, []), ("vulnerable", ["R13"]), ("at_risk", ["R4"]), ("cse", ["R4"])],
)
@pytest.mark.parametrize("tool", [OXFORDSHIRE, WILTSHIRE], ids=lambda tool: tool.key)
@pytest.mark.parametrize("age", [0, 13, 14, 17])
def test_the_level_that_a_person_chose_makes_the_referral_or_the_offer(tool, level, rules, age):
    found = fired(assess(facts(age=age, level=level), tool))
    assert list(found) == rules
    if "R4" in found:
        assert found["R4"].obligation == "mandatory"
        assert found["R4"].because == ("level",)
    if "R13" in found:
        assert found["R13"].obligation == "mandatory_to_offer"
        assert {"safeguarding_lead", "early_help"} == {route.key for route in found["R13"].routes}


@pytest.mark.requirement("W-SCR-06")
def test_wiltshires_referral_goes_by_the_lead_to_the_front_door_with_the_screen():
    rule = fired(assess(facts(level="at_risk"), WILTSHIRE))["R4"]
    assert [route.key for route in rule.routes] == ["safeguarding_lead", "front_door"]
    assert "with this screen attached" in rule.routes[1].title
    assert [route.source for route in rule.routes] == ["W §9.1", "W §12.1, App 1 s3"]


@pytest.mark.requirement("DEC-06")
@pytest.mark.parametrize("level", [None, *LEVELS])
def test_a_referral_stays_mandatory_whatever_level_is_chosen(level):
    found = fired(assess(facts(("O-IND-HEA-01", "yes"), age=12, level=level), OXFORDSHIRE))
    assert found["R5"].obligation == "mandatory"


@pytest.mark.requirement("O-SCR-06")
@pytest.mark.parametrize(
    ("harm", "fires"),
    [(None, False), ("no", False), ("not_known", False), ("possible", True), ("yes", True)],
)
@pytest.mark.parametrize("level", [None, "vulnerable"])
def test_harm_that_has_happened_or_may_have_means_a_referral(harm, fires, level):
    found = fired(assess(facts(harm_happened=harm, level=level), OXFORDSHIRE))
    assert ("R4" in found) == fires
    if fires:
        assert found["R4"].because == ("harm_happened",)
        assert "significant harm, not risk" in found["R4"].why
    assert ("R13" in found) == (level == "vulnerable")


@pytest.mark.parametrize(("confirmed", "fires"), [(None, False), (False, False), (True, True)])
def test_confirmed_concerns_mean_a_referral(confirmed, fires):
    found = fired(assess(facts(concerns_confirmed=confirmed), OXFORDSHIRE))
    assert ("R4" in found) == fires
    if fires:
        assert found["R4"].because == ("concerns_confirmed",)
        assert "copy of this screen" in found["R4"].routes[0].title


@pytest.mark.requirement("DEC-09")
def test_lowering_is_part_of_completing():
    one = facts(
        level="vulnerable",
        history=history("at_risk"),
        direction="decreased",
        professional_judgement="Calmer",
        harm_happened="no",
    )
    assert [problem.field for problem in completion_problems(one, WILTSHIRE)] == ["level_reason"]
    assert assess(one, WILTSHIRE).level_change.lowering


@pytest.mark.requirement("DEC-09", "DEC-06")
@pytest.mark.parametrize("approved", [False, True])
@pytest.mark.parametrize(("previous", "chosen"), tuple(product((None, *LEVELS), LEVELS)))
def test_duties_follow_the_higher_level_until_a_lower_one_is_approved(previous, chosen, approved):
    lowering = TABLE[previous, chosen][2]
    counts = previous if lowering and not approved else chosen
    found = fired(
        assess(
            facts(
                level=chosen,
                level_approved=approved,
                history=history(previous) if previous else (),
            ),
            WILTSHIRE,
        )
    )
    assert list(found) == (["R13"] if counts == "vulnerable" else ["R4"])
    if lowering and not approved:
        assert "it is not approved: the level before it stands" in found["R4"].why

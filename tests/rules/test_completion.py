"""What stands between a draft and a completed screen."""

import dataclasses

import pytest

from screening.rules import Answer, Facts, assess, completion_problems
from tests.rules.facts import ON, OXFORDSHIRE, WILTSHIRE, born_for, facts, prompts

DONE = {"professional_judgement": "She is not safe", "harm_happened": "not_known"}


def wiltshire(**more):
    return facts(**{"level": "vulnerable", **DONE, **more})


def oxfordshire(*answers, **more):
    return facts(*answers, **{"concerns_confirmed": False, **DONE, **more})


def fields(one, tool):
    return [problem.field for problem in completion_problems(one, tool)]


@pytest.mark.requirement("DEC-19")
def test_unanswered_rows_do_not_stand_in_the_way():
    assert fields(wiltshire(), WILTSHIRE) == []
    assert fields(oxfordshire(), OXFORDSHIRE) == []


@pytest.mark.requirement("DEC-06", "W-SCR-24", "W-SCR-25", "O-SCR-06")
@pytest.mark.parametrize("blank", ["professional_judgement", "level", "harm_happened"])
def test_wiltshire_names_each_missing_part(blank):
    empty = "" if blank == "professional_judgement" else None
    assert fields(wiltshire(**{blank: empty}), WILTSHIRE) == [blank]


@pytest.mark.requirement("DEC-06", "O-SCR-06")
@pytest.mark.parametrize("blank", ["professional_judgement", "concerns_confirmed", "harm_happened"])
def test_oxfordshire_names_each_missing_part(blank):
    empty = "" if blank == "professional_judgement" else None
    assert fields(oxfordshire(**{blank: empty}), OXFORDSHIRE) == [blank]


@pytest.mark.requirement("DEC-06")
@pytest.mark.parametrize("text", ["", " ", "\n\t"])
@pytest.mark.parametrize("level", ["vulnerable", "at_risk", "cse"])
def test_no_level_without_judgement(text, level):
    one = wiltshire(level=level, professional_judgement=text)
    assert fields(one, WILTSHIRE) == ["professional_judgement"]


@pytest.mark.requirement("DEC-04", "W-SCR-15", "O-SCR-04", "O-SCR-23")
@pytest.mark.parametrize(
    ("amended", "reason", "wrong"),
    [
        (None, "", False),
        ("high", "", True),
        ("high", " ", True),
        ("high", "She is ten", False),
        ("low", "", True),
        ("medium", "", False),  # the suggested level itself: nothing is amended
    ],
)
def test_an_amended_level_needs_a_reason(amended, reason, wrong):
    answer = Answer("O-IND-HEA-04", "yes", amended, reason)
    expected = ["O-IND-HEA-04.reason"] if wrong else []
    assert fields(oxfordshire(answer), OXFORDSHIRE) == expected


@pytest.mark.requirement("DEC-05")
def test_a_wiltshire_indicator_has_no_level_to_amend():
    one = dataclasses.replace(wiltshire(), answers=(Answer("W-IND-MIS-01", "yes", "high", "Why"),))
    assert fields(one, WILTSHIRE) == ["W-IND-MIS-01.amended_level"]


@pytest.mark.requirement("DEC-25")
@pytest.mark.parametrize(
    ("age", "blocked"), [(0, False), (7, False), (17, False), (18, True), (40, True)]
)
def test_eighteen_and_older_is_blocked_with_a_signpost(age, blocked):
    one = wiltshire(date_of_birth=born_for(age))
    assert fields(one, WILTSHIRE) == (["date_of_birth"] if blocked else [])
    found = assess(one, WILTSHIRE)
    assert bool(found.blocked) == blocked
    if blocked:
        assert "adult safeguarding" in found.blocked[0].message


@pytest.mark.requirement("DEC-25", "O-SCR-05")
@pytest.mark.parametrize(
    ("age", "warned"), [(0, True), (7, True), (8, False), (9, False), (17, False)]
)
@pytest.mark.parametrize("tool", [OXFORDSHIRE, WILTSHIRE], ids=lambda tool: tool.key)
def test_under_eight_is_warned_of_and_not_blocked(tool, age, warned):
    found = assess(facts(age=age), tool)
    assert bool(prompts(found, "age-young")) == warned
    assert found.blocked == ()


@pytest.mark.requirement("DEC-02")
def test_a_day_before_birth_is_named():
    one = dataclasses.replace(wiltshire(), date_of_birth=ON.replace(year=2027))
    assert fields(one, WILTSHIRE) == ["completed_on"]
    with pytest.raises(ValueError, match="before"):
        assess(one, WILTSHIRE)


@pytest.mark.requirement("DEC-09")
def test_a_direction_without_a_level_is_named():
    one = oxfordshire(direction="static")
    assert fields(one, OXFORDSHIRE) == ["direction"]


def test_every_problem_is_named_at_once_with_its_source():
    one = Facts(ON, born_for(19), answers=(Answer("O-IND-HEA-04", "yes", "high"),))
    problems = completion_problems(one, OXFORDSHIRE)
    assert [problem.field for problem in problems] == [
        "date_of_birth",
        "O-IND-HEA-04.reason",
        "professional_judgement",
        "concerns_confirmed",
        "harm_happened",
    ]
    assert all(problem.source and problem.message for problem in problems)


@pytest.mark.requirement("O-SCR-06")
def test_signs_of_harm_are_named_where_present():
    found = assess(facts(("O-IND-HEA-01", "possible"), ("O-IND-GRO-06", "no")), OXFORDSHIRE)
    said = prompts(found, "harm-sign")
    assert [prompt.because for prompt in said] == [("O-IND-HEA-01",)]
    assert "significant harm" in said[0].text
    assert not prompts(assess(facts(("O-IND-GRO-01", "yes")), OXFORDSHIRE), "harm-sign")
    both = assess(facts(("W-IND-SAF-03", "yes"), ("W-IND-OTH-04", "possible")), WILTSHIRE)
    assert prompts(both, "harm-sign")[0].because == ("W-IND-SAF-03", "W-IND-OTH-04")


@pytest.mark.parametrize("level", [None, "vulnerable", "at_risk", "cse"])
@pytest.mark.parametrize("harm", [None, "yes", "not_known", "no"])
def test_harm_beside_the_lowest_level_is_to_be_looked_at(level, harm):
    found = assess(facts(level=level, harm_happened=harm), OXFORDSHIRE)
    said = prompts(found, "level-and-harm")
    assert bool(said) is (level == "vulnerable" and harm == "yes")


@pytest.mark.parametrize("level", [None, "vulnerable", "at_risk", "cse"])
@pytest.mark.parametrize("confirmed", [None, False, True])
def test_a_level_of_concern_beside_no_concern_is_to_be_looked_at(level, confirmed):
    """Both stay as they were said; that one of them is a slip is for a person to see."""
    found = assess(facts(level=level, concerns_confirmed=confirmed), OXFORDSHIRE)
    said = prompts(found, "level-and-concerns")
    assert bool(said) is (level in ("at_risk", "cse") and confirmed is False)
    for prompt in said:
        assert {"at_risk": "At risk", "cse": "CSE"}[level] in prompt.text

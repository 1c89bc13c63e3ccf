"""Impact × likelihood: a suggestion and prompts, never a level (DEC-06, DEC-07, DEC-08)."""

from itertools import product

import pytest

from screening.rules import assess, is_incoherent
from tests.rules.facts import OXFORDSHIRE, WILTSHIRE, facts, fired, prompts, rated

IMPACTS = ("serious", "substantial", "moderate", "low")
LIKELIHOODS = ("very_unlikely", "unlikely", "likely", "very_likely")
TABLE = {
    "serious": ("low", "medium", "high", "high"),
    "substantial": ("low", "medium", "medium", "high"),
    "moderate": ("low", "low", "medium", "medium"),
    "low": ("low", "low", "low", "low"),
}
CELLS = [
    (impact, likelihood, TABLE[impact][place])
    for impact in IMPACTS
    for place, likelihood in enumerate(LIKELIHOODS)
]


def rate(impact=None, likelihood=None, rating=None, **more):
    """The Missing domain rated, and what the rules say."""
    domains = (rated("missing", impact, likelihood, rating),)
    return assess(facts(domains=domains, **more), WILTSHIRE)


@pytest.mark.requirement("W-SCR-37", "DEC-07")
@pytest.mark.parametrize(("impact", "likelihood", "level"), CELLS)
def test_every_cell_is_a_suggestion_and_prompts_without_choosing(impact, likelihood, level):
    found = rate(impact, likelihood)
    assert found.matrix == {"Missing": level}
    assert found.domains[0].rating is None
    assert found.level_change is None
    assert not found.rules
    text = {"low": "consider Vulnerable", "medium": "consider At risk", "high": "consider At risk"}
    said = prompts(found, "matrix-low") + prompts(found, "matrix-raised")
    assert [text[level] in prompt.text for prompt in said] == [True]
    assert said[0].because == ("Missing",)


@pytest.mark.requirement("DEC-07", "W-SCR-38")
@pytest.mark.parametrize(("impact", "likelihood"), tuple(product((None, *IMPACTS), LIKELIHOODS)))
def test_likely_asks_whether_exploitation_has_already_happened(impact, likelihood):
    said = prompts(rate(impact, likelihood), "has-happened")
    if likelihood in ("likely", "very_likely"):
        word = "Likely" if likelihood == "likely" else "Very likely"
        assert [prompt.text for prompt in said] == [
            f"{word} means it has happened — has exploitation already happened? If so the level "
            "is CSE."
        ]
    else:
        assert said == []


@pytest.mark.requirement("DEC-08")
@pytest.mark.parametrize(("impact", "likelihood"), tuple(product(IMPACTS, LIKELIHOODS)))
def test_low_impact_of_what_has_happened_is_warned_of(impact, likelihood):
    expected = impact in ("low", "moderate") and likelihood in ("likely", "very_likely")
    said = prompts(rate(impact, likelihood), "matrix-incoherent")
    assert bool(said) == expected
    assert is_incoherent(rated("missing", impact, likelihood), WILTSHIRE) == expected
    if expected:
        assert "a referral is required" in said[0].text
        assert said[0].source.startswith("W §13")


@pytest.mark.requirement("W-SCR-37")
@pytest.mark.parametrize(
    ("impact", "likelihood"), [(None, None), ("serious", None), (None, "likely")]
)
def test_half_a_rating_suggests_nothing(impact, likelihood):
    assert rate(impact, likelihood).matrix == {}


@pytest.mark.requirement("W-SCR-15", "DEC-07")
@pytest.mark.parametrize("rating", ["low", "medium", "high"])
def test_a_worker_may_rate_otherwise_and_is_asked_why_when_lower(rating):
    found = rate("serious", "very_likely", rating)
    assert found.domains[0].suggested == "high"
    assert found.domains[0].rating == rating
    assert bool(prompts(found, "matrix-lowered")) == (rating != "high")
    assert not prompts(rate("low", "unlikely", rating), "matrix-lowered")


@pytest.mark.requirement("DEC-07")
def test_the_matrix_used_once_for_the_whole_prompts_and_fires_nothing():
    overall = rated("", "serious", "very_likely", "high")
    found = assess(facts(age=12, overall=overall), WILTSHIRE)
    assert found.overall_suggested == "high"
    assert prompts(found, "has-happened")[0].because == ("The whole screen",)
    assert not fired(found)
    assert found.level_change is None


def test_a_tool_without_a_matrix_suggests_nothing():
    found = assess(facts(overall=rated("", "serious", "likely")), OXFORDSHIRE)
    assert found.matrix == {}
    assert found.overall_suggested is None
    assert not prompts(found, "has-happened")


def test_a_domain_that_there_is_not_is_refused():
    with pytest.raises(KeyError, match="weather"):
        assess(facts(domains=(rated("weather", "low", "likely"),)), WILTSHIRE)


@pytest.mark.requirement("DEC-05", "W-SCR-37")
@pytest.mark.parametrize("age", [12, 13, 14, 17])
@pytest.mark.parametrize(("impact", "likelihood", "level"), CELLS)
def test_a_suggestion_that_nobody_answered_is_an_open_question(impact, likelihood, level, age):
    [said] = prompts(rate(impact, likelihood, age=age), "matrix-open")
    assert f"The matrix suggests {level}" in said.text and said.because == ("Missing",)
    assert ("means a referral" in said.text) == (level == "high" and age <= 13)
    for rating in ("low", "medium", "high"):
        assert not prompts(rate(impact, likelihood, rating, age=age), "matrix-open")


def test_without_a_suggestion_nothing_is_open():
    assert not prompts(rate("serious", None), "matrix-open")
    overall = rated("", "serious", "likely")
    assert not prompts(assess(facts(overall=overall), WILTSHIRE), "matrix-open")

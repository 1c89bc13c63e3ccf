"""S01 up to the completed screen and S03 whole, as far as they are rules."""

import dataclasses
import datetime as dt

import pytest

from cse.workdays import calendar_of, due_on
from screening.rules import Answer, DomainRating, Facts, LevelEvent, assess, completion_problems
from tests.rules.facts import OXFORDSHIRE, WILTSHIRE, fired, prompts

ISLA = Facts(
    completed_on=dt.date(2026, 12, 14),
    date_of_birth=dt.date(2012, 3, 9),
    answers=(
        Answer("O-IND-GRO-01", "yes", evidence=True),
        Answer("O-IND-GRO-12", "yes", evidence=True),
        Answer("O-IND-BEH-02", "yes", evidence=True),
        Answer("O-IND-GRO-21", "possible", professional_concern=True),
        Answer("O-IND-ESA-10", "possible", professional_concern=True),
    ),
    concerns_confirmed=True,
    harm_happened="not_known",
    professional_judgement="Seen by two members of staff; I am worried about her.",
)

CALLUM = Facts(
    completed_on=dt.date(2027, 1, 15),
    date_of_birth=dt.date(2013, 1, 18),
    domains=(
        DomainRating("grooming", "substantial", "likely"),
        DomainRating("missing", "serious", "likely"),
    ),
    history=(LevelEvent("vulnerable", dt.date(2026, 11, 2)),),
    harm_happened="possible",
)


@pytest.mark.requirement("O-SCR-19", "DEC-03", "DEC-06", "DEC-19")
def test_s01_totals_and_no_level():
    found = assess(ISLA, OXFORDSHIRE)
    assert found.age.years == 14
    counts = {
        level: (each.present, each.yes, each.possible) for level, each in found.totals.items()
    }
    assert counts == {"high": (3, 2, 1), "medium": (2, 1, 1), "low": (0, 0, 0)}
    assert found.unanswered == 79
    assert found.level_change is None
    assert found.matrix == {}
    assert completion_problems(ISLA, OXFORDSHIRE) == ()


@pytest.mark.requirement("DEC-01", "O-SCR-21")
def test_s01_only_the_concern_makes_the_referral_mandatory():
    found = fired(assess(ISLA, OXFORDSHIRE))
    assert list(found) == ["R4"]
    assert found["R4"].obligation == "mandatory"
    assert found["R4"].because == ("concerns_confirmed",)
    assert "copy of this screen" in found["R4"].routes[0].title
    at_thirteen = dataclasses.replace(ISLA, date_of_birth=dt.date(2012, 12, 15))
    assert list(fired(assess(at_thirteen, OXFORDSHIRE))) == ["R5", "R4"]


@pytest.mark.requirement("DEC-29", "DEC-31")
def test_s01_dates_across_christmas():
    england = calendar_of()
    assert due_on(dt.date(2026, 12, 14), 1, england) == dt.date(2026, 12, 15)
    assert due_on(dt.date(2026, 12, 23), 3, england) == dt.date(2026, 12, 30)
    assert due_on(dt.date(2026, 12, 29), 5, england) == dt.date(2027, 1, 6)


@pytest.mark.requirement("W-SCR-37", "DEC-07")
def test_s03_the_matrix_suggests_and_the_other_domains_stay_unrated():
    found = assess(CALLUM, WILTSHIRE)
    assert found.age.years == 13
    assert found.matrix == {"Missing": "high", "Grooming": "medium"}
    assert [domain.rating for domain in found.domains] == [None] * 8
    said = prompts(found, "has-happened")
    assert {prompt.because for prompt in said} == {("Grooming",), ("Missing",)}
    assert "has exploitation already happened?" in said[0].text
    assert "R5" not in fired(found)


def accepted(**more):
    """Callum's screen once high is accepted for Missing."""
    domains = (CALLUM.domains[0], dataclasses.replace(CALLUM.domains[1], rating="high"))
    return dataclasses.replace(CALLUM, domains=domains, **more)


@pytest.mark.requirement("W-SCR-13", "DEC-05", "DEC-01")
def test_s03_accepting_high_fires_any_one_high_at_thirteen():
    rule = fired(assess(accepted(), WILTSHIRE))["R5"]
    assert rule.because == ("Missing",)
    assert rule.source.startswith("W §12.7")


@pytest.mark.requirement("W-SCR-24", "DEC-06")
def test_s03_at_risk_without_judgement_is_refused():
    one = accepted(level="at_risk", direction="increased")
    assert [problem.field for problem in completion_problems(one, WILTSHIRE)] == [
        "professional_judgement"
    ]


@pytest.mark.requirement("W-SCR-26", "W-SCR-27", "W-SCR-28", "DEC-09")
@pytest.mark.parametrize(
    ("direction", "wrong"),
    [("increased", False), ("static", True), ("decreased", True), (None, True)],
)
def test_s03_changed_is_derived_and_static_refused(direction, wrong):
    one = accepted(level="at_risk", direction=direction, professional_judgement="Older adults")
    problems = completion_problems(one, WILTSHIRE)
    assert [problem.field for problem in problems] == (["direction"] if wrong else [])
    change = assess(one, WILTSHIRE).level_change
    assert change.changed is True
    assert change.directions == ("increased",)
    assert not change.lowering


@pytest.mark.requirement("W-SCR-06")
def test_s03_routes_are_the_lead_and_the_front_door_with_the_screen():
    one = accepted(level="at_risk", direction="increased", professional_judgement="Older adults")
    found = fired(assess(one, WILTSHIRE))
    assert list(found) == ["R5", "R4"]
    assert [route.key for route in found["R4"].routes] == ["safeguarding_lead", "front_door"]
    assert [route.key for route in found["R5"].routes] == ["childrens_social_care"]


@pytest.mark.requirement("DEC-01", "DEC-02")
def test_s03_on_the_fourteenth_birthday_only_the_concern_is_left():
    one = accepted(
        completed_on=dt.date(2027, 1, 18),
        level="at_risk",
        direction="increased",
        professional_judgement="Older adults",
    )
    assert list(fired(assess(one, WILTSHIRE))) == ["R4"]

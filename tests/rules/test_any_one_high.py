"""R5: at 13 or younger, any one high risk factor means a referral.

Every combination is run against an oracle that shares no code with the rule.
"""

import datetime as dt
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.rules import MAY_BE_LOWERED, Answer, Facts, assess
from tests.rules.facts import ON, OXFORDSHIRE, WILTSHIRE, born_for, facts, fired, prompts, rated

ROWS = {"high": "O-IND-HEA-03", "medium": "O-IND-HEA-04", "low": "O-IND-BEH-14"}
PRESENCES = ("yes", "possible", "no", "not_answered")
LEVELS = ("low", "medium", "high")
REASONS = ("", "  \n", "She is seen weekly by the nurse")
AGES = tuple(range(18))


def oracle(age, presence, suggested, amended, reason, countersigned):
    """Whether R5 fires, as decisions DEC-01 to DEC-04 say it, in a table of "no"s."""
    if age is not None and age > 13:
        return False
    if presence in ("no", "not_answered"):
        return False
    if suggested == "high":
        lowered = amended in ("low", "medium")
        return not (lowered and reason.strip() != "" and countersigned)
    return amended == "high"


@pytest.mark.requirement("W-SCR-13", "O-SCR-21", "DEC-01", "DEC-03", "DEC-04")
@pytest.mark.parametrize("age", [*AGES, None])
def test_every_age_presence_level_reason_and_countersignature(age):
    born = None if age is None else born_for(age)
    combinations = product(PRESENCES, LEVELS, (None, *LEVELS), REASONS, (True, False))
    count = 0
    for presence, suggested, amended, reason, countersigned in combinations:
        answer = Answer(ROWS[suggested], presence, amended, reason, countersigned)
        found = assess(Facts(ON, born, answers=(answer,)), OXFORDSHIRE)
        expected = oracle(age, presence, suggested, amended, reason, countersigned)
        assert ("R5" in fired(found)) == expected, (age, answer)
        if expected:
            assert fired(found)["R5"].because == (ROWS[suggested],)
        count += 1
    assert count == 4 * 3 * 4 * 3 * 2


@pytest.mark.requirement("DEC-05", "W-SCR-13")
@pytest.mark.parametrize("age", AGES)
def test_every_rating_of_a_wiltshire_domain(age):
    impacts = (None, "serious", "substantial", "moderate", "low")
    likelihoods = (None, "very_unlikely", "unlikely", "likely", "very_likely")
    for impact, likelihood, rating in product(impacts, likelihoods, (None, *LEVELS)):
        given_facts = facts(age=age, domains=(rated("missing", impact, likelihood, rating),))
        found = fired(assess(given_facts, WILTSHIRE))
        # Only what the worker rated or accepted counts, whatever the matrix suggests.
        assert ("R5" in found) == (age <= 13 and rating == "high")
        if "R5" in found:
            assert found["R5"].because == ("Missing",)


@st.composite
def some_answers(draw):
    """Answers to any rows of the Oxfordshire tool, each at most once."""
    rows = draw(st.lists(st.sampled_from(sorted(OXFORDSHIRE.indicators)), unique=True, max_size=30))
    return tuple(
        Answer(
            row,
            draw(st.sampled_from(PRESENCES)),
            draw(st.sampled_from((None, *LEVELS))),
            draw(st.sampled_from(REASONS)),
            draw(st.booleans()),
        )
        for row in rows
    )


@pytest.mark.requirement("W-SCR-13", "O-SCR-21", "DEC-22")
@settings(max_examples=300, deadline=None)
@given(answers=some_answers(), born=st.dates(dt.date(2006, 1, 1), dt.date(2026, 11, 30)))
def test_the_rule_names_exactly_the_rows_that_fire(answers, born):
    found = fired(assess(Facts(ON, born, answers=answers), OXFORDSHIRE))
    # Counted birthday by birthday, up to the day of completion, 1 December 2026.
    passed = [year for year in range(born.year + 1, 2026)]
    age = len(passed) + ((born.month, born.day) <= (12, 1) and born.year < 2026)
    expected = [
        each.indicator
        for each in answers
        if oracle(
            age,
            each.presence.value,
            OXFORDSHIRE.indicators[each.indicator].suggested_level.value,
            each.amended_level and each.amended_level.value,
            each.reason,
            each.countersigned,
        )
    ]
    assert ("R5" in found) == bool(expected)
    if expected:
        assert list(found["R5"].because) == expected
        for row in expected:
            assert OXFORDSHIRE.indicators[row].display_text in found["R5"].why


@pytest.mark.requirement("DEC-03")
@settings(deadline=None)
@given(answers=some_answers(), row=st.sampled_from(sorted(OXFORDSHIRE.indicators)))
def test_one_more_answer_never_stops_the_rule(answers, row):
    before = assess(Facts(ON, born_for(12), answers=answers), OXFORDSHIRE)
    others = tuple(each for each in answers if each.indicator != row)
    after = assess(
        Facts(ON, born_for(12), answers=(*others, Answer(row, "yes", "high"))), OXFORDSHIRE
    )
    assert "R5" in fired(after)
    assert "R5" not in fired(before) or set(fired(before)["R5"].because) - {row} <= set(
        fired(after)["R5"].because
    )


@pytest.mark.requirement("DEC-01", "DEC-02")
@pytest.mark.parametrize(
    ("born", "on", "fires"),
    [
        ("2013-01-18", "2027-01-15", True),  # S03: 13 is included
        ("2013-01-18", "2027-01-17", True),  # the day before the 14th birthday
        ("2013-01-18", "2027-01-18", False),  # the 14th birthday
        ("2012-02-29", "2026-02-28", True),  # born 29 February: 14 on 1 March
        ("2012-02-29", "2026-03-01", False),
    ],
)
def test_thirteen_is_inside_to_the_day_before_the_fourteenth_birthday(born, on, fires):
    one = Facts(
        dt.date.fromisoformat(on),
        dt.date.fromisoformat(born),
        answers=(Answer("O-IND-HEA-01", "possible"),),
    )
    assert ("R5" in fired(assess(one, OXFORDSHIRE))) == fires


@pytest.mark.requirement("DEC-02")
def test_an_unknown_age_counts_as_thirteen_or_younger_and_is_flagged():
    found = assess(Facts(ON, None, answers=(Answer("O-IND-HEA-01", "yes"),)), OXFORDSHIRE)
    assert found.age.years is None
    assert found.age.thirteen_or_younger
    assert found.age.flagged
    assert "of unknown age" in fired(found)["R5"].why
    assert prompts(found, "age-unknown")


@pytest.mark.requirement("DEC-02")
@pytest.mark.parametrize(("estimated", "fires"), [(12, True), (13, True), (14, False)])
def test_an_estimate_is_the_youngest_plausible_age_and_is_flagged(estimated, fires):
    """The pages ask for the youngest (tests/children/test_adding.py): nothing is taken off here."""
    one = Facts(ON, None, estimated_age=estimated, answers=(Answer("O-IND-HEA-01", "yes"),))
    found = assess(one, OXFORDSHIRE)
    assert ("R5" in fired(found)) == fires
    assert found.age.basis == "estimated"
    assert prompts(found, "age-uncertain")


@pytest.mark.requirement("DEC-02")
def test_a_known_date_of_birth_is_read_before_an_estimate():
    one = Facts(ON, born_for(12), estimated_age=16, answers=(Answer("O-IND-HEA-01", "yes"),))
    found = assess(one, OXFORDSHIRE)
    assert found.age.years == 12
    assert not found.age.flagged
    approximate = Facts(ON, born_for(12), date_of_birth_certain=False)
    assert assess(approximate, OXFORDSHIRE).age.basis == "approximate"


@pytest.mark.requirement("DEC-04", "W-SCR-15", "O-SCR-23")
def test_the_amended_level_counts_at_once_and_only_the_rule_waits():
    lowered = Answer("O-IND-HEA-03", "yes", "medium", "Planned with the family")
    found = assess(facts(lowered, age=12), OXFORDSHIRE)
    assert found.totals["high"].present == 0
    assert found.totals["medium"].yes == 1
    assert "R5" in fired(found)
    assert found.waiting == ("O-IND-HEA-03",)
    assert prompts(found, "waits-for-countersignature")[0].because == ("O-IND-HEA-03",)

    signed = Answer("O-IND-HEA-03", "yes", "medium", "Planned with the family", countersigned=True)
    after = assess(facts(signed, age=12), OXFORDSHIRE)
    assert "R5" not in fired(after)
    assert after.waiting == ()
    assert after.totals == found.totals

    older = assess(facts(lowered, age=14), OXFORDSHIRE)
    assert older.waiting == ()
    assert "R5" not in fired(older)


@pytest.mark.requirement("DEC-04")
def test_a_low_raised_to_high_fires_with_or_without_a_countersignature():
    for countersigned in (True, False):
        raised = Answer("O-IND-BEH-14", "yes", "high", "He is ten", countersigned)
        assert "R5" in fired(assess(facts(raised, age=10), OXFORDSHIRE))


@pytest.mark.requirement("DEC-22")
def test_the_reason_names_the_row_and_how_to_amend_it():
    found = assess(
        facts(("O-IND-FAM-02", "possible"), ("O-IND-HEA-01", "yes"), age=12), OXFORDSHIRE
    )
    rule = fired(found)["R5"]
    assert rule.because == ("O-IND-FAM-02", "O-IND-HEA-01")
    assert "unable to be open about their sexual orientation" in rule.why
    assert "Physical injuries such as bruising" in rule.why
    how = [each for each in found.prompts if each.id == MAY_BE_LOWERED]
    assert [each.because for each in how] == [rule.because]
    assert "lower it with a reason" in how[0].text and "countersigns" in how[0].text
    assert rule.source.startswith("O Annexe 2")
    assert [route.key for route in rule.routes] == ["childrens_social_care"]
    assert rule.obligation == "mandatory"


@pytest.mark.requirement("DEC-18")
def test_the_repeated_row_fires_as_the_row_it_repeats():
    found = assess(facts(("O-IND-GRO-14", "possible"), age=13), OXFORDSHIRE)
    assert fired(found)["R5"].because == ("O-IND-GRO-14",)


@pytest.mark.requirement("DEC-05")
def test_a_domain_and_its_rating_are_named():
    found = assess(facts(age=13, domains=(rated("missing", rating="high"),)), WILTSHIRE)
    rule = fired(found)["R5"]
    assert "Missing (rated high)" in rule.why
    assert not [each for each in found.prompts if each.id == MAY_BE_LOWERED]
    assert rule.source.startswith("W §12.7")

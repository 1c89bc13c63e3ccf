"""Counts by level as on paper, and nothing that would be a score (DEC-06, DEC-18, DEC-19)."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.rules import Answer, UnknownIndicator, assess, linked_answer
from tests.rules.facts import OXFORDSHIRE, WILTSHIRE, facts, prompts

ROWS = sorted(OXFORDSHIRE.indicators)
PRESENCES = ("yes", "possible", "no", "not_answered")


def counted(found):
    """The totals as numbers of yes and possible."""
    return {level: (count.yes, count.possible) for level, count in found.totals.items()}


def every(presence, rows=None):
    return facts(*(Answer(row, presence) for row in rows or ROWS))


@pytest.mark.requirement("O-SCR-19", "DEC-18")
def test_all_rows_present_are_83_concerns_and_the_papers_85():
    shown = [row.id for row in OXFORDSHIRE.shown]
    for rows in (ROWS, shown):
        found = assess(every("yes", rows), OXFORDSHIRE)
        assert counted(found) == {"high": (38, 0), "medium": (41, 0), "low": (4, 0)}
        assert found.paper_rows == tuple(range(1, 86))
        assert found.paper_totals == {"high": 39, "medium": 42, "low": 4}
        assert found.unanswered == 0


@pytest.mark.requirement("DEC-03", "O-SCR-01")
def test_possible_is_counted_apart_and_as_present():
    found = assess(every("possible"), OXFORDSHIRE)
    assert counted(found) == {"high": (0, 38), "medium": (0, 41), "low": (0, 4)}
    assert found.totals["high"].present == 38


@pytest.mark.requirement("DEC-19")
def test_not_answered_is_not_no():
    nothing = assess(facts(), OXFORDSHIRE)
    assert nothing.unanswered == 84
    assert [domain.unanswered for domain in nothing.domains] == [10, 14, 25, 4, 12, 19]
    assert prompts(nothing, "unanswered")[0].text.startswith("84 ")
    no = assess(every("no"), OXFORDSHIRE)
    assert no.unanswered == 0
    assert no.paper_rows == ()
    assert not prompts(no, "unanswered")
    assert assess(every("not_answered"), OXFORDSHIRE).unanswered == 84
    assert assess(facts(), WILTSHIRE).unanswered == 45


@pytest.mark.requirement("DEC-18")
@pytest.mark.parametrize(
    ("row", "rows"),
    [
        ("O-IND-HEA-03", (3,)),
        ("O-IND-GRO-11", (35, 38)),
        ("O-IND-GRO-14", (35, 38)),
        ("O-IND-GRO-26", (50,)),
        ("O-IND-ESA-16", (82,)),
    ],
)
def test_the_paper_rows_of_one_answer(row, rows):
    found = assess(facts((row, "yes")), OXFORDSHIRE)
    assert found.paper_rows == rows
    assert found.unanswered == 83
    assert sum(count.present for count in found.totals.values()) == 1


@pytest.mark.requirement("DEC-18")
@pytest.mark.parametrize("one", PRESENCES)
@pytest.mark.parametrize("other", PRESENCES)
@pytest.mark.parametrize(
    ("pair", "level"),
    [
        (("O-IND-GRO-11", "O-IND-GRO-14"), "high"),
        (("O-IND-GRO-26", "O-IND-ESA-16"), "medium"),
    ],
)
def test_a_pair_answered_differently_counts_once_as_the_stronger(one, other, pair, level):
    found = assess(facts((pair[0], one), (pair[1], other)), OXFORDSHIRE)
    stronger = "yes" if "yes" in (one, other) else "possible" if "possible" in (one, other) else ""
    expected = {"high": (0, 0), "medium": (0, 0), "low": (0, 0)}
    if stronger:
        expected[level] = (1, 0) if stronger == "yes" else (0, 1)
    assert counted(found) == expected


@pytest.mark.requirement("DEC-18", "DEC-04")
def test_a_pair_amended_differently_counts_at_the_higher_level_of_those_present():
    raised = Answer("O-IND-GRO-26", "possible", "high", "Twice this week")
    found = assess(facts(raised, ("O-IND-ESA-16", "yes")), OXFORDSHIRE)
    assert counted(found)["high"] == (1, 0)
    assert counted(found)["medium"] == (0, 0)
    absent = Answer("O-IND-GRO-26", "no", "high", "Twice this week")
    assert counted(assess(facts(absent, ("O-IND-ESA-16", "yes")), OXFORDSHIRE))["medium"] == (1, 0)
    keys = Answer("O-IND-GRO-11", "yes", "low", "Her grandmother's")
    assert counted(assess(facts(keys, ("O-IND-GRO-14", "yes")), OXFORDSHIRE))["high"] == (1, 0)


@pytest.mark.requirement("DEC-18", "DEC-04", "W-SCR-15", "O-SCR-23")
@pytest.mark.parametrize("row", ["O-IND-HEA-03", "O-IND-HEA-04", "O-IND-BEH-14"])
@pytest.mark.parametrize("amended", ["low", "medium", "high"])
def test_totals_use_the_effective_level(row, amended):
    found = assess(facts(Answer(row, "yes", amended, "Known to us")), OXFORDSHIRE)
    assert [level for level, count in counted(found).items() if count == (1, 0)] == [amended]


@st.composite
def answers(draw):
    rows = draw(st.lists(st.sampled_from(ROWS), unique=True, max_size=85))
    return [
        Answer(
            row,
            draw(st.sampled_from(PRESENCES)),
            draw(st.sampled_from((None, "low", "medium", "high"))),
        )
        for row in rows
    ]


@pytest.mark.requirement("DEC-18", "O-SCR-19")
@settings(deadline=None)
@given(given_answers=answers())
def test_totals_agree_with_a_count_by_texts(given_answers):
    """The oracle knows nothing of links: two rows are one concern where the paper's text is one."""
    found = assess(facts(*given_answers), OXFORDSHIRE)
    by_text = {}
    for each in given_answers:
        row = OXFORDSHIRE.indicators[each.indicator]
        if each.presence in ("yes", "possible"):
            level = each.amended_level or row.suggested_level
            by_text.setdefault(row.source_text, []).append((each.presence.value, level.value))
    expected = Counter()
    for concern in by_text.values():
        order = ["low", "medium", "high"]
        level = max((level for _, level in concern), key=order.index)
        expected[level, "yes" if "yes" in {one for one, _ in concern} else "possible"] += 1
    assert counted(found) == {
        level: (expected[level, "yes"], expected[level, "possible"])
        for level in ("high", "medium", "low")
    }


@pytest.mark.requirement("DEC-19")
@settings(deadline=None)
@given(given_answers=answers())
def test_unanswered_and_domains_agree(given_answers):
    found = assess(facts(*given_answers), OXFORDSHIRE)
    answered = {
        "O-IND-GRO-11" if each.indicator == "O-IND-GRO-14" else each.indicator
        for each in given_answers
        if each.presence != "not_answered"
    }
    assert found.unanswered == 84 - len(answered)
    assert found.unanswered == sum(domain.unanswered for domain in found.domains)


@pytest.mark.requirement("W-SCR-23")
def test_wiltshire_counts_no_levels():
    rows = [row.id for row in WILTSHIRE.shown]
    found = assess(facts(*((row, "yes") for row in rows)), WILTSHIRE)
    assert counted(found) == {"high": (0, 0), "medium": (0, 0), "low": (0, 0)}
    assert found.paper_rows == tuple(range(1, 46))


def test_an_answer_the_tool_does_not_ask_is_refused():
    for row, tool in (("O-IND-HEA-99", OXFORDSHIRE), ("W-IND-MIS-01", OXFORDSHIRE)):
        with pytest.raises(UnknownIndicator, match=row):
            assess(facts((row, "yes")), tool)
    with pytest.raises(KeyError):
        assess(facts(domains=()), OXFORDSHIRE).totals["extreme"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"presence": "maybe"},
        {"presence": ""},
        {"presence": "yes", "amended_level": "huge"},
        {"presence": "yes", "time_frame": "soon"},
    ],
)
def test_a_wrong_word_never_becomes_a_fact(wrong):
    with pytest.raises(ValueError, match="is not a valid"):
        Answer("O-IND-HEA-01", **wrong)


@pytest.mark.requirement("DEC-18")
def test_answering_one_linked_row_prefills_the_other_and_overwrites_nothing():
    one = Answer("O-IND-GRO-26", "possible", "high", "Why", evidence=True, time_frame="current")
    filled = linked_answer(one, [one], OXFORDSHIRE)
    assert filled == Answer("O-IND-ESA-16", "possible", evidence=True, time_frame="current")
    back = linked_answer(filled, [filled], OXFORDSHIRE)
    assert back.indicator == "O-IND-GRO-26"
    assert linked_answer(one, [one, Answer("O-IND-ESA-16", "no")], OXFORDSHIRE) is None
    open_row = [one, Answer("O-IND-ESA-16", "not_answered")]
    assert linked_answer(one, open_row, OXFORDSHIRE) == filled
    assert linked_answer(Answer("O-IND-HEA-01", "yes"), [], OXFORDSHIRE) is None

"""``explain screening``: facts as JSON in, the rules' outcome out, every wrong field named."""

import io
import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cse.explain import KINDS, MOST_PROBLEMS, one_line, outcome
from cse.explain.__main__ import main
from cse.strict import Refused
from screening.tools.loader import FOLDER
from tests.screening.explaining import EXAMPLE, RATED, changed, explained, problems, schema


@pytest.mark.requirement("DEC-04", "DEC-18", "O-SCR-21")
def test_the_example():
    found = explained("screening", EXAMPLE)
    assert found["age"] == 12
    assert found["totals"] == {
        "high": {"yes": 0, "possible": 0},
        "medium": {"yes": 1, "possible": 0},
        "low": {"yes": 0, "possible": 0},
    }
    assert found["unanswered"] == 83
    assert found["paper_rows"] == 1
    assert found["matrix"] == {}
    assert [(rule["id"], rule["obligation"], rule["because"]) for rule in found["rules"]] == [
        ("R5", "mandatory", ["O-IND-HEA-03"])
    ]
    assert found["rules"][0]["source"].startswith("O Annexe 2")
    assert found["waiting"] == ["O-IND-HEA-03"]
    signed = changed(EXAMPLE, ["answers", 0, "countersigned"], True)
    assert explained("screening", signed)["rules"] == []


@pytest.mark.requirement("DEC-05", "W-SCR-37")
def test_the_wiltshire_example():
    found = explained("screening", RATED)
    assert found["matrix"] == {"Missing": "high"}
    assert [(rule["id"], rule["because"]) for rule in found["rules"]] == [("R5", ["Missing"])]
    not_accepted = changed(RATED, ["domains", 0, "rating"], None)
    found = explained("screening", not_accepted)
    assert found["matrix"] == {"Missing": "high"}
    assert found["rules"] == []
    assert explained("screening", changed(RATED, ["domains", 0, "rating"], ...))["rules"] == []


@pytest.mark.requirement("DEC-18")
def test_the_keys_stand_for_two_paper_rows():
    for row in ("O-IND-GRO-11", "O-IND-GRO-14"):
        found = explained(
            "screening", changed(EXAMPLE, ["answers", 0], {"indicator": row, "presence": "yes"})
        )
        assert found["paper_rows"] == 2
        assert found["unanswered"] == 83
        assert found["totals"]["high"] == {"yes": 1, "possible": 0}
    every = [
        {"indicator": row["id"], "presence": "possible"}
        for domain in json.loads((FOLDER / "oxfordshire-v1.json").read_text("utf-8"))["domains"]
        for row in domain["indicators"]
    ]
    found = explained("screening", changed(EXAMPLE, ["answers"], every))
    assert found["paper_rows"] == 85
    assert found["unanswered"] == 0
    assert found["paper_totals"] == {"high": 39, "medium": 42, "low": 4}
    assert [found["totals"][level]["possible"] for level in ("high", "medium", "low")] == [
        38,
        41,
        4,
    ]


@pytest.mark.requirement("DEC-02")
def test_the_age_in_each_of_its_states():
    unknown = explained("screening", changed(EXAMPLE, ["date_of_birth"], None))
    assert (unknown["age"], unknown["age_basis"]) == (None, "unknown")
    assert [rule["id"] for rule in unknown["rules"]] == ["R5"]
    estimated = changed(EXAMPLE, ["date_of_birth"], ...) | {"estimated_age": 14}
    found = explained("screening", estimated)
    assert (found["age"], found["age_basis"], found["rules"]) == (14, "estimated", [])
    about = explained("screening", EXAMPLE | {"date_of_birth_certain": False})
    assert about["age_basis"] == "approximate"
    adult = explained("screening", changed(EXAMPLE, ["date_of_birth"], "2008-12-01"))
    assert adult["age"] == 18
    assert adult["blocked"][0]["field"] == "date_of_birth"


def test_everything_that_can_be_given():
    full = RATED | {
        "tool_version": 1,
        "date_of_birth_certain": True,
        "estimated_age": None,
        "answers": [
            {
                "indicator": "W-IND-MIS-01",
                "presence": "not answered",
                "amended_level": None,
                "reason": "",
                "countersigned": False,
                "evidence": True,
                "professional_concern": True,
                "time_frame": "last_6_months",
                "note": "x",
            }
        ],
        "overall": {"impact": "moderate", "likelihood": "very likely", "rating": "medium"},
        "level": "at risk",
        "history": [{"level": "vulnerable", "on": "2026-11-02"}],
        "direction": "increased",
        "level_reason": "x",
        "professional_judgement": "x",
        "concerns_confirmed": False,
        "harm_happened": "not_known",
    }
    found = explained("screening", full)
    assert found["overall_matrix"] == "medium"
    assert found["unanswered"] == 45
    assert found["level_change"]["changed"] is True
    assert [rule["id"] for rule in found["rules"]] == ["R5", "R4"]
    assert found["to_complete"] == []
    assert explained("screening", changed(RATED, ["answers"], ...))["unanswered"] == 45
    by_key = changed(RATED, ["domains", 0, "domain"], "missing")
    assert explained("screening", by_key)["matrix"] == {"Missing": "high"}


ANSWER = ["answers", 0]
DOMAIN = ["domains", 0]
# (facts, where, what, the field that must be named)
WRONG = [
    (EXAMPLE, ["tool"], "narnia", "tool"),
    (EXAMPLE, ["tool"], None, "tool"),
    (EXAMPLE, ["tool"], 3, "tool"),
    (EXAMPLE, ["tool"], ..., "tool"),
    (EXAMPLE, ["tool_version"], 99, "tool_version"),
    (EXAMPLE, ["tool_version"], "1", "tool_version"),
    (EXAMPLE, ["date_of_birth"], "2014-02-30", "date_of_birth"),
    (EXAMPLE, ["date_of_birth"], "20140506", "date_of_birth"),
    (EXAMPLE, ["date_of_birth"], "2014-W19-2", "date_of_birth"),
    (EXAMPLE, ["date_of_birth"], "6 May 2014", "date_of_birth"),
    (EXAMPLE, ["date_of_birth"], "２０１４-05-06", "date_of_birth"),
    (EXAMPLE, ["date_of_birth"], 20140506, "date_of_birth"),
    (EXAMPLE, ["date_of_birth"], "", "date_of_birth"),
    (EXAMPLE, ["date_of_birth"], "0000-01-01", "date_of_birth"),
    (EXAMPLE, ["date_of_birth"], "2026-12-02", "date_of_birth"),
    (EXAMPLE, ["date_of_birth"], ..., "date_of_birth"),
    (EXAMPLE, ["date_of_birth_certain"], "yes", "date_of_birth_certain"),
    (EXAMPLE, ["estimated_age"], -1, "estimated_age"),
    (EXAMPLE, ["estimated_age"], 12.5, "estimated_age"),
    (EXAMPLE, ["completed_on"], "2026-13-01", "completed_on"),
    (EXAMPLE, ["completed_on"], "2027-02-29", "completed_on"),
    (EXAMPLE, ["completed_on"], None, "completed_on"),
    (EXAMPLE, ["completed_on"], ..., "completed_on"),
    (EXAMPLE, ["answers"], {}, "answers"),
    (EXAMPLE, ANSWER, "O-IND-HEA-03", "answers[0]"),
    (EXAMPLE, [*ANSWER, "indicator"], "O-IND-HEA-99", "answers[0].indicator"),
    (EXAMPLE, [*ANSWER, "indicator"], "W-IND-MIS-01", "answers[0].indicator"),
    (EXAMPLE, [*ANSWER, "indicator"], "o-ind-hea-03", "answers[0].indicator"),
    (EXAMPLE, [*ANSWER, "indicator"], ["O-IND-HEA-03"], "answers[0].indicator"),
    (EXAMPLE, [*ANSWER, "indicator"], ..., "answers[0].indicator"),
    (EXAMPLE, [*ANSWER, "presence"], "maybe", "answers[0].presence"),
    (EXAMPLE, [*ANSWER, "presence"], True, "answers[0].presence"),
    (EXAMPLE, [*ANSWER, "presence"], None, "answers[0].presence"),
    (EXAMPLE, [*ANSWER, "presence"], ..., "answers[0].presence"),
    (EXAMPLE, [*ANSWER, "amended_level"], "extreme", "answers[0].amended_level"),
    (EXAMPLE, [*ANSWER, "amended_level"], "Medium", "answers[0].amended_level"),
    (EXAMPLE, [*ANSWER, "amended_level"], 2, "answers[0].amended_level"),
    (EXAMPLE, [*ANSWER, "reason"], 5, "answers[0].reason"),
    (EXAMPLE, [*ANSWER, "reason"], "a\0b", "answers[0].reason"),
    (EXAMPLE, [*ANSWER, "countersigned"], "yes", "answers[0].countersigned"),
    (EXAMPLE, [*ANSWER, "countersigned"], 1, "answers[0].countersigned"),
    (EXAMPLE, [*ANSWER, "time_frame"], "soon", "answers[0].time_frame"),
    (EXAMPLE, [*ANSWER, "colour"], "red", "answers[0].colour"),
    (EXAMPLE, ["answers"], EXAMPLE["answers"] * 2, "answers[1].indicator"),
    (EXAMPLE, ["domains"], RATED["domains"], "domains"),
    (EXAMPLE, ["overall"], {"impact": "low"}, "overall"),
    (EXAMPLE, ["consent"], "refused", "consent"),
    (RATED, ["domains"], {}, "domains"),
    (RATED, [*DOMAIN, "domain"], "Weather", "domains[0].domain"),
    (RATED, [*DOMAIN, "domain"], ..., "domains[0].domain"),
    (RATED, [*DOMAIN, "impact"], "huge", "domains[0].impact"),
    (RATED, [*DOMAIN, "likelihood"], "certain", "domains[0].likelihood"),
    (RATED, [*DOMAIN, "rating"], "vulnerable", "domains[0].rating"),
    (RATED, [*DOMAIN, "score"], 5, "domains[0].score"),
    (RATED, ["domains"], RATED["domains"] * 2, "domains[1].domain"),
    (
        RATED,
        ["domains"],
        [RATED["domains"][0], RATED["domains"][0] | {"domain": "missing"}],
        "domains[1].domain",
    ),
    (RATED, ["overall"], [], "overall"),
    (RATED, ["overall"], {"rating": "huge"}, "overall.rating"),
    (
        RATED,
        ["answers"],
        [{"indicator": "W-IND-MIS-01", "presence": "yes", "amended_level": "high"}],
        "answers[0].amended_level",
    ),
    (RATED, ["level"], "high", "level"),
    (RATED, ["direction"], "up", "direction"),
    (RATED, ["harm_happened"], True, "harm_happened"),
    (RATED, ["concerns_confirmed"], "no", "concerns_confirmed"),
    (RATED, ["history"], [{"level": "cse"}], "history[0].on"),
    (RATED, ["history"], [{"level": "no risk", "on": "2026-11-02"}], "history[0].level"),
    (RATED, ["history"], [{"level": "cse", "on": "2026-12-02"}], "history[0].on"),
]


def test_facts_without_a_tool_say_so_once():
    with pytest.raises(Refused) as refused:
        outcome("screening", "{}")
    assert refused.value.problems == (("tool", "missing"),)


@pytest.mark.parametrize(
    ("facts", "path", "value", "field"),
    WRONG,
    ids=[f"{n}-{case[3]}" for n, case in enumerate(WRONG)],
)
def test_a_wrong_field_is_named(facts, path, value, field, monkeypatch, capsys):
    wrong = changed(facts, path, value)
    assert field in problems("screening", wrong)
    stream = io.TextIOWrapper(io.BytesIO(json.dumps(wrong).encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stream)
    assert main(["screening"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert field in said.err


def test_every_wrong_field_is_named_on_one_line():
    wrong = changed(EXAMPLE, ["completed_on"], "soon")
    wrong = changed(wrong, ["answers", 0, "presence"], "maybe") | {"surprise": 1}
    assert list(problems("screening", wrong)) == [
        "completed_on",
        "answers[0].presence",
        "surprise",
    ]
    many = changed(EXAMPLE, ["answers"], [{"indicator": "x", "presence": "x"}] * 50)
    with pytest.raises(Refused) as caught:
        outcome("screening", json.dumps(many))
    assert one_line(caught.value).endswith(f"and {100 - MOST_PROBLEMS} more")


@pytest.mark.requirement("DEC-22")
def test_a_board_rehearses_its_own_tool():
    content = json.loads((FOLDER / "oxfordshire-v1.json").read_text("utf-8"))
    content["version"] = 2
    row = content["domains"][0]["indicators"][0]
    row["retired"], row["retired_reason"] = True, "The board decided so"
    mine = EXAMPLE | {"tool": content}
    found = explained("screening", mine)
    assert found["tool"] == "oxfordshire-v2"
    assert found["unanswered"] == 82
    asked = changed(mine, ["answers", 0, "indicator"], "O-IND-HEA-01")
    assert "retired" in problems("screening", asked)["answers[0].indicator"]
    row["suggested_level"] = "huge"
    place = "tool.domains[0].indicators[0].suggested_level"
    assert place in problems("screening", mine)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["yes", "high", "2026-12-01", "O-IND-HEA-03", "Missing", "likely"]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "tool",
                    "answers",
                    "domains",
                    "indicator",
                    "presence",
                    "rating",
                    "domain",
                    "on",
                    "x",
                ]
            )
            | st.text(max_size=4),
            children,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(kind=st.sampled_from(list(KINDS)), value=JSON)
def test_any_json_is_explained_or_refused_and_never_breaks(kind, value):
    try:
        json.dumps(outcome(kind, json.dumps(value)))
    except Refused as refused:
        assert refused.problems
        assert one_line(refused).isprintable()


PATHS = [
    ["tool"],
    ["completed_on"],
    ["date_of_birth"],
    ["answers"],
    ["domains"],
    ["domains", 0],
    ["domains", 0, "domain"],
    ["domains", 0, "impact"],
    ["domains", 0, "rating"],
    ["overall"],
    ["history"],
    ["level"],
    ["harm_happened"],
]


@settings(deadline=None)
@given(path=st.sampled_from(PATHS), value=JSON)
def test_facts_with_one_thing_changed_are_explained_or_refused(path, value):
    wrong = changed(RATED, path, value)
    try:
        found = outcome("screening", json.dumps(wrong))
    except Refused as refused:
        assert refused.problems
    else:
        schema("screening", "output").validate(json.loads(json.dumps(found)))
        schema("screening", "input").validate(wrong)


@pytest.mark.parametrize("born", ["1850-01-01", "1899-12-31", "1900-01-01"])
def test_a_birth_that_nobody_alive_has_is_refused_by_its_field(born, monkeypatch, capsys):
    facts = EXAMPLE | {"date_of_birth": born}
    assert list(problems("screening", facts)) == ["date_of_birth"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(facts)))
    assert main(["screening"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and "date_of_birth" in said.err

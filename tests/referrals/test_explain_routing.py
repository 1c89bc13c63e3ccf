"""``explain routing``: facts as JSON in, what is owed out, every wrong field named."""

import io
import json
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cse.explain import one_line, outcome
from cse.explain.__main__ import main
from cse.strict import Refused
from tests.screening.explaining import ROOT, changed, explained, problems, schema

EXAMPLE = {
    "authority": "wiltshire",
    "date_of_birth": "2014-01-25",
    "on": "2027-02-08",
    "level": None,
    "sexual_activity": {"from": "2027-01-18", "to": "2027-01-24"},
    "other_person": {"age": 17},
    "checklist": ["W-CHK-14"],
    "consent": "refused",
}
LEAST = {"authority": "oxfordshire", "on": "2027-02-08"}


@pytest.mark.requirement("DEC-02", "W-REF-31")
def test_the_example():
    found = explained("routing", EXAMPLE)
    assert (found["age_now"], found["age_at_activity"], found["band"]) == (13, 12, "under_13")
    (rule,) = found["rules"]
    assert (rule["id"], rule["obligation"]) == ("R3", "mandatory")
    assert {"mash", "police"} <= set(rule["route"])
    assert rule["source"].startswith("W §4.6.2")
    assert found["prefilled_checklist"] == ["W-CHK-06"]
    assert found["ticked_checklist"] == ["W-CHK-06", "W-CHK-14"]
    assert found["decision_not_to_refer"] == {"available": False, "because": "R3", "needs": []}
    assert found["under_13_exception"] == {
        "available": True,
        "because": "R3",
        "needs": ["designated_lead", "senior_manager"],
    }
    assert found["no_names_consultation"]["available"] is False
    assert found["screen_outstanding"] is True
    assert [(each["route"], each["due_on"]) for each in found["targets"]] == [
        ("strategy_discussion", "2027-02-11")
    ]


@pytest.mark.requirement("DEC-02")
def test_the_least_that_can_be_given():
    found = explained("routing", LEAST)
    assert (found["age_now"], found["age_basis"], found["band"]) == (None, "unknown", "under_13")
    assert (found["rules"], found["routes"], found["obligations"]) == ([], [], {})
    assert [each["id"] for each in found["prompts"]] == ["age-unknown"]


def test_everything_that_can_be_given():
    full = EXAMPLE | {
        "date_of_birth": "2011-06-20",
        "estimated_age": 15,
        "level": "at risk",
        "concerns_confirmed": True,
        "any_one_high": True,
        "screened": True,
        "screened_on": "2027-02-01",
        "immediate_danger": True,
        "significant_harm": True,
        "sexual_activity": {"from": "2027-01-18", "to": None},
        "pregnant": True,
        "other_person": {"date_of_birth": "2005-06-20"},
        "position_of_trust": True,
        "works_with_children": True,
        "foster_carer": True,
        "group_suspected": True,
        "trafficking": True,
        "offence_recorded": True,
        "looked_after": "s31",
        "professional_working": True,
        "care_planning": "lac",
        "unticked": ["W-CHK-06"],
        "consent": "not sought",
    }
    found = explained("routing", full)
    assert found["age_gap"] == 6
    fired = [rule["id"] for rule in found["rules"]]
    assert fired == ["R1", "R4", "R6", "R7", "R8", "R10", "R11", "R12", "R14", "DEC-17"]
    nothing = {key: None for key in full if key not in ("authority", "on")}
    assert explained("routing", LEAST | nothing) == explained("routing", LEAST)


# (where, what, the field that must be named)
WRONG = [
    (["authority"], ..., "authority"),
    (["authority"], "narnia", "authority"),
    (["authority"], None, "authority"),
    (["on"], ..., "on"),
    (["on"], "2027-02-30", "on"),
    (["on"], "today", "on"),
    (["on"], "2061-01-01", "on"),
    (["on"], "0001-01-01", "on"),
    (["on"], "9999-12-31", "on"),
    (["date_of_birth"], "2027-02-09", "date_of_birth"),
    (["date_of_birth"], "25/01/2014", "date_of_birth"),
    (["date_of_birth"], 2014, "date_of_birth"),
    (["estimated_age"], -1, "estimated_age"),
    (["estimated_age"], 121, "estimated_age"),
    (["estimated_age"], "13", "estimated_age"),
    (["estimated_age"], True, "estimated_age"),
    (["level"], "high", "level"),
    (["concerns_confirmed"], "no", "concerns_confirmed"),
    (["any_one_high"], 1, "any_one_high"),
    (["screened"], "yes", "screened"),
    (["screened_on"], "2027-02-09", "screened_on"),
    (["screened_on"], "2013-01-01", "screened_on"),
    (["sexual_activity"], True, "sexual_activity"),
    (["sexual_activity"], {}, "sexual_activity.from"),
    (["sexual_activity", "from"], "2027-01-25", "sexual_activity.to"),
    (["sexual_activity", "from"], "2014-01-24", "sexual_activity.from"),
    (["sexual_activity", "to"], "2027-02-09", "sexual_activity.to"),
    (["sexual_activity", "where"], "x", "sexual_activity.where"),
    (["other_person"], 17, "other_person"),
    (["other_person"], {}, "other_person.age"),
    (["other_person", "age"], 17.5, "other_person.age"),
    (["other_person", "date_of_birth"], "2009-01-01", "other_person.age"),
    (["other_person"], {"date_of_birth": "2027-02-09"}, "other_person.date_of_birth"),
    (["looked_after"], "s47", "looked_after"),
    (["looked_after"], True, "looked_after"),
    (["care_planning"], "caf", "care_planning"),
    (["checklist"], "W-CHK-14", "checklist"),
    (["checklist"], ["W-CHK-15"], "checklist"),
    (["checklist"], [14], "checklist[0]"),
    (["unticked"], ["W-CHK-00"], "unticked"),
    (["unticked"], ["W-CHK-14"], "unticked"),
    (["consent"], "yes", "consent"),
    (["consent"], False, "consent"),
    (["name"], "x", "name"),
    (["score"], 5, "score"),
    *[
        ([flag], "true", flag)
        for flag in (
            "immediate_danger", "significant_harm", "pregnant", "position_of_trust",
            "works_with_children", "foster_carer", "group_suspected", "trafficking",
            "offence_recorded", "professional_working",
        )
    ],
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value", "field"), WRONG, ids=[f"{n}-{case[2]}" for n, case in enumerate(WRONG)]
)
def test_a_wrong_field_is_named(path, value, field, monkeypatch, capsys):
    wrong = changed(EXAMPLE, path, value)
    assert field in problems("routing", wrong)
    stream = io.TextIOWrapper(io.BytesIO(json.dumps(wrong).encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stream)
    assert main(["routing"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert field in said.err


def test_every_wrong_field_is_named_on_one_line():
    wrong = EXAMPLE | {"on": "soon", "pregnant": "no", "surprise": 1}
    assert list(problems("routing", wrong)) == ["on", "pregnant", "surprise"]
    last_day = {"on": "2060-12-31", "group_suspected": True, "sexual_activity": None}
    assert "on" in problems("routing", EXAMPLE | last_day)


def test_manage_py_explains_and_refuses():
    def manage(facts):
        return subprocess.run(
            [sys.executable, "manage.py", "explain", "routing"],
            cwd=ROOT, input=json.dumps(facts).encode(), capture_output=True, check=False,
        )  # fmt: skip

    done = manage(EXAMPLE)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout) == explained("routing", EXAMPLE)
    done = manage(EXAMPLE | {"on": "2027-02-30"})
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert b"on:" in done.stderr


KEYS = [*schema("routing", "input").schema["properties"], "x"]
VALUES = st.sampled_from(
    [None, True, 13, -1, "2027-01-18", "2061-01-01", "at_risk", "s20", "cin", "refused", {},
     {"from": None}, {"from": "2027-01-18"}, {"age": 17}, {"date_of_birth": "2000-01-01"},
     ["W-CHK-06"], ["x"], 1.5]
)  # fmt: skip


@settings(deadline=None, max_examples=100)
@given(more=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
def test_any_facts_are_explained_or_refused(more):
    facts = EXAMPLE | more
    try:
        found = outcome("routing", json.dumps(facts))
    except Refused as refused:
        assert refused.problems
        assert one_line(refused).isprintable()
    else:
        schema("routing", "input").validate(facts)
        schema("routing", "output").validate(json.loads(json.dumps(found)))


@pytest.mark.parametrize("born", ["1850-01-01", "1899-12-31", "1900-01-01"])
def test_a_birth_that_nobody_alive_has_is_refused_by_its_field(born, monkeypatch, capsys):
    facts = EXAMPLE | {"date_of_birth": born}
    assert list(problems("routing", facts)) == ["date_of_birth"]
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(facts)))
    assert main(["routing"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and "date_of_birth" in said.err
    other = EXAMPLE | {"other_person": {"date_of_birth": born}}
    assert list(problems("routing", other)) == ["other_person.date_of_birth"]

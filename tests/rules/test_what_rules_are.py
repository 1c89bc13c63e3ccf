"""What no rule does: import Django, ask for today, or work out a score (DEC-06)."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.rules import Answer, assess
from tests.rules.facts import OXFORDSHIRE, WILTSHIRE, facts, rated

ROOT = Path(__file__).parents[2]
PURE = [
    ROOT / "cse" / "workdays.py",
    ROOT / "cse" / "strict.py",
    *(ROOT / "cse" / "explain").glob("*.py"),
    ROOT / "screening" / "explain.py",
    *(ROOT / "screening" / "rules").glob("*.py"),
    *(ROOT / "screening" / "tools").glob("*.py"),
    ROOT / "referrals" / "explain.py",
    *(ROOT / "referrals" / "routing").glob("*.py"),
]
CLOCKS = {"today", "now", "utcnow", "time", "time_ns", "monotonic", "localtime", "gmtime"}


def texts_of(node):
    """Every piece of text below a node of a module, its documentation aside."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


@pytest.mark.parametrize(
    ("path", "made"),
    [
        (ROOT / "screening" / "rules", ("RuleResult", "Prompt")),
        (ROOT / "screening" / "assessments", ("Prompt", "StrategyDiscussion")),
        (ROOT / "referrals" / "routing", ("Finding", "Prompt")),
    ],
    ids=("screening", "assessments", "routing"),
)
def test_what_a_rule_says_is_said_to_any_reader(path, made):
    """It is kept and printed, and read by leads, front doors and courts: nobody in it is "you"."""
    calls = [
        node
        for module in path.glob("*.py")
        for node in ast.walk(ast.parse(module.read_text("utf-8")))
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") in made)
        or (isinstance(node, ast.FunctionDef) and node.name.startswith("_why"))
    ]
    assert calls
    said = [text for call in calls for text in texts_of(call)]
    assert not [text for text in said if re.search(r"\byou(rs?)?\b", text, re.IGNORECASE)]


@pytest.mark.parametrize("path", PURE, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_pure_module_has_no_django_and_no_clock(path):
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    forbidden = {"django", "time", "psycopg2", "celery"}
    assert not forbidden & {name.split(".")[0] for name in imported}
    called = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not called & CLOCKS


def test_the_rules_load_nothing_of_django():
    code = (
        "import sys, cse; before = set(sys.modules);"
        "import screening.rules, screening.explain, cse.explain.deadline, cse.workdays;"
        "import referrals.explain;"
        "from screening.tools.loader import tool_named; tool_named('wiltshire');"
        "loaded = set(sys.modules) - before;"
        "sys.exit(any(name.split('.')[0] == 'django' for name in loaded))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0


def numbers(value, path=""):
    """The path of every number in a JSON value."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from numbers(each, f"{path}.{key}")
    elif isinstance(value, list):
        for each in value:
            yield from numbers(each, f"{path}[]")
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path


COUNTS = {
    ".age.years",
    ".unanswered",
    ".paper_rows[]",
    ".domains[].unanswered",
    *(f".paper_totals.{level}" for level in ("high", "medium", "low")),
    *(
        f"{place}.{level}.{presence}"
        for place in (".totals", ".domains[].totals")
        for level in ("high", "medium", "low")
        for presence in ("yes", "possible")
    ),
}


@st.composite
def screens(draw):
    tool = draw(st.sampled_from([OXFORDSHIRE, WILTSHIRE]))
    rows = draw(st.lists(st.sampled_from(sorted(tool.indicators)), unique=True, max_size=20))
    answers = [Answer(row, draw(st.sampled_from(["yes", "possible", "no"]))) for row in rows]
    domains = ()
    if tool.matrix:
        domains = (
            rated("missing", "serious", draw(st.sampled_from(["likely", "unlikely"])), "high"),
        )
    return tool, facts(*answers, age=draw(st.integers(0, 17)), domains=domains)


@pytest.mark.requirement("DEC-06")
@settings(deadline=None)
@given(made=screens())
def test_the_only_numbers_are_counts_of_rows_by_level_and_the_age(made):
    tool, given_facts = made
    found = json.loads(json.dumps(assess(given_facts, tool).as_json()))
    assert set(numbers(found)) <= COUNTS
    text = json.dumps(found).lower()
    assert not any(word in text for word in ("score", "percent", "%", "amber", "no risk"))


@pytest.mark.requirement("DEC-06")
@settings(deadline=None)
@given(made=screens())
def test_no_level_comes_of_answers(made):
    tool, given_facts = made
    found = assess(given_facts, tool)
    assert found.level_change is None
    assert not {"R4", "R13"} & {rule.id for rule in found.rules}


def test_a_stored_outcome_says_which_tool_it_came_from_and_gives_the_same_again():
    one = facts(("O-IND-HEA-01", "yes"), age=12, level="at_risk")
    found = assess(one, OXFORDSHIRE).as_json()
    assert found["tool"] == "oxfordshire-v1"
    assert found["tool_hash"] == OXFORDSHIRE.content_hash
    assert json.loads(json.dumps(found)) == found == assess(one, OXFORDSHIRE).as_json()
    for rule in found["rules"]:
        assert rule["source"].startswith(("W ", "O ", "DEC-"))
        assert rule["why"]
        assert all(route["source"] for route in rule["routes"])
    for prompt in found["prompts"]:
        assert prompt["source"]

"""Ways to ask ``explain`` in a test, every outcome held against its schema."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest

from cse.explain import one_line, outcome
from cse.strict import Refused

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "docs" / "schemas"
EXAMPLE = {
    "tool": "oxfordshire",
    "date_of_birth": "2014-05-06",
    "completed_on": "2026-12-01",
    "answers": [
        {
            "indicator": "O-IND-HEA-03",
            "presence": "yes",
            "amended_level": "medium",
            "reason": "…",
            "countersigned": False,
        }
    ],
}
RATED = {
    "tool": "wiltshire",
    "date_of_birth": "2014-05-06",
    "completed_on": "2026-12-01",
    "answers": [],
    "domains": [
        {"domain": "Missing", "impact": "serious", "likelihood": "likely", "rating": "high"}
    ],
}


def schema(kind, side):
    path = SCHEMAS / f"explain-{kind}-{side}.schema.json"
    return jsonschema.Draft202012Validator(json.loads(path.read_text("utf-8")))


def explained(kind, facts):
    """The outcome, held against both schemas on the way."""
    schema(kind, "input").validate(facts)
    found = outcome(kind, json.dumps(facts))
    schema(kind, "output").validate(json.loads(json.dumps(found)))
    return found


def problems(kind, facts):
    """Field → message of a refusal."""
    with pytest.raises(Refused) as caught:
        outcome(kind, facts if isinstance(facts, str) else json.dumps(facts))
    assert "\n" not in one_line(caught.value)
    return dict(caught.value.problems)


def changed(facts, path, value):
    """``facts`` with ``value`` at a path; ``...`` takes the key away."""
    made = copy.deepcopy(facts)
    target = made
    for step in path[:-1]:
        target = target[step]
    if value is ...:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return made


TARGET = {"trigger_on": "2026-12-23", "working_days": 3}
REVIEW = {"held_on": "2027-02-01", "review_months": 3}

"""The floor that `bin/bench screen` measures against keeps what an answer keeps."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

from screening.answers import Given

BENCH = Path(__file__).parents[2] / "cse" / "service" / "bench" / "screen.py"


def test_a_row_of_the_floor_has_a_column_for_everything_of_an_answer():
    """Read, not imported: a model of the bench has no place among those that tests go over."""
    (model,) = (
        each
        for each in ast.parse(BENCH.read_text(encoding="utf-8")).body
        if isinstance(each, ast.ClassDef) and each.name == "BenchAnswer"
    )
    columns = {
        target.id
        for each in model.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    assert {each.name for each in fields(Given)} <= columns

"""The engine against ``oracle/routing.csv``, which was worked out from the decisions' own text."""

import ast
import csv
import datetime as dt
from functools import cache
from itertools import chain

import pytest

from referrals.routing import Activity, Facts, OtherPerson, route
from tests.referrals.oracle import write_routing
from tests.referrals.oracle.cases import COLUMNS, all_cases

pytestmark = pytest.mark.requirement("DEC-01", "DEC-02", "DEC-10", "DEC-11", "DEC-12", "DEC-13")


@cache
def oracle():
    with write_routing.FILE.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == (*COLUMNS, *write_routing.OUTCOMES)
    return [tuple(row) for row in rows]


def day(text):
    return dt.date.fromisoformat(text) if text else None


def facts_of(case):
    activity = {"none": None, "unknown": Activity()}
    if case.began not in activity:
        activity[case.began] = Activity(day(case.began))
    other = None
    if case.other:
        is_day = "-" in case.other
        other = OtherPerson(date_of_birth=day(case.other)) if is_day else OtherPerson(
            age=int(case.other)
        )  # fmt: skip
    return Facts(
        authority=case.authority,
        on=day(case.on),
        date_of_birth=day(case.born),
        estimated_age=int(case.estimate) if case.estimate else None,
        sexual_activity=activity[case.began],
        other_person=other,
        level=case.level or None,
        looked_after=case.looked_after or None,
        care_planning=case.care_planning or None,
        checklist=case.ticked.split(),
        unticked=case.unticked.split(),
        **dict.fromkeys(case.flags.split(), True),
    )


def outcome_of(found):
    said = found.as_json()
    yes = {True: "yes", False: "no"}
    return (
        *("" if said[key] is None else str(said[key]) for key in ("age_now", "age_at_activity")),
        said["band"],
        " ".join(found.fired),
        " ".join(f"{name}:{how}" for name, how in sorted(said["obligations"].items())),
        yes[said["decision_not_to_refer"]["available"]],
        yes[said["under_13_exception"]["available"]],
        yes[said["no_names_consultation"]["available"]],
        yes[said["screen_outstanding"]],
    )


def test_the_engine_says_exactly_what_the_oracle_says():
    said = {(*case.row(), *outcome_of(route(facts_of(case)))) for case in all_cases()}
    expected = set(oracle())
    assert sorted(said - expected)[:5] == []
    assert sorted(expected - said)[:5] == []


def test_the_file_is_what_its_script_writes(tmp_path):
    write_routing.write(tmp_path / "routing.csv")
    assert (tmp_path / "routing.csv").read_bytes() == write_routing.FILE.read_bytes()


def test_the_oracle_calls_nothing_of_the_product():
    for path in write_routing.FILE.parent.glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {n.name for node in ast.walk(tree) if isinstance(node, ast.Import)
                  for n in node.names}  # fmt: skip
        assert not any((name or "").startswith(("referrals", "screening", "cse")) for name in names)


def test_the_oracle_is_worth_reading():
    """Every rule fires and does not, every band and every way out is there both ways."""
    rows = oracle()
    assert 2_000 < len(rows) == len(set(rows)) < 4_000
    columns = dict(zip((*COLUMNS, *write_routing.OUTCOMES), zip(*rows, strict=True), strict=True))
    fired = [set(row.split()) for row in columns["rules"]]
    for rule in [*(f"R{n}" for n in range(1, 15)), "DEC-17"]:
        assert 0 < sum(rule in row for row in fired) < len(rows)
    assert set(columns["band"]) == {"under_13", "13_15", "16_17", "adult"}
    for name in ("not_refer", "exception", "no_names", "screen_outstanding"):
        assert set(columns[name]) == {"yes", "no"}
    routes = {duty.split(":")[0] for duty in chain(*map(str.split, columns["obligations"]))}
    assert len(routes) == 12

"""``explain deadline``: targets and review dates, every wrong field named."""

import pytest

from tests.screening.explaining import REVIEW, TARGET, explained, problems


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"trigger_on": "2026-12-23", "working_days": 3}, {"due_on": "2026-12-30"}),
        ({"held_on": "2027-02-01", "review_months": 3}, {"review_on": "2027-04-30"}),
        ({"trigger_on": "2026-12-26", "working_days": 0}, {"due_on": "2026-12-26"}),
        (
            {"trigger_on": "2026-12-23", "working_days": 3, "today": "2026-12-29"},
            {"due_on": "2026-12-30", "working_days_left": 1},
        ),
        (
            {
                "trigger_on": "2026-12-04",
                "working_days": 3,
                "closures": [{"on": "2026-12-07", "name": "Closed"}],
            },
            {"due_on": "2026-12-09", "closures_crossed": ["2026-12-07"]},
        ),
        (
            {
                "trigger_on": "2026-12-04",
                "working_days": 3,
                "closures": [{"on": "2026-12-07", "name": "Closed"}],
                "closures_move_targets": True,
            },
            {"due_on": "2026-12-10", "closures_crossed": ["2026-12-07"]},
        ),
        (
            {
                "trigger_on": "2026-12-04",
                "working_days": 3,
                "bank_holidays": [{"on": "2026-12-08", "name": "One-off"}],
            },
            {"due_on": "2026-12-10"},
        ),
    ],
)
@pytest.mark.requirement("DEC-29", "DEC-31", "DEC-37")
def test_deadlines(facts, found):
    assert explained("deadline", facts) == found


@pytest.mark.requirement("DEC-31", "DEC-32")
@pytest.mark.parametrize(
    ("today", "left"),
    [
        ("2026-11-19", 0),
        ("2026-11-20", -1),
        ("2026-11-21", -1),  # Saturday and Sunday are no working days
        ("2026-11-22", -1),
        ("2026-11-23", -2),
    ],
)
def test_a_weekend_makes_nothing_later(today, left):
    facts = {"trigger_on": "2026-11-18", "working_days": 1, "today": today}
    found = {"due_on": "2026-11-19", "working_days_left": left}
    assert explained("deadline", facts) == found


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({}, "trigger_on"),
        (TARGET | REVIEW, "trigger_on"),
        ({"trigger_on": "2026-12-23"}, "working_days"),
        ({"working_days": 3}, "trigger_on"),
        ({"held_on": "2027-02-01"}, "review_months"),
        ({"review_months": 3}, "held_on"),
        (TARGET | {"trigger_on": "2026-02-29"}, "trigger_on"),
        (TARGET | {"trigger_on": "1999-12-31"}, "trigger_on"),
        (TARGET | {"trigger_on": "2060-12-31"}, "trigger_on"),
        (TARGET | {"trigger_on": "9999-12-31"}, "trigger_on"),
        (TARGET | {"trigger_on": 5}, "trigger_on"),
        (TARGET | {"working_days": -1}, "working_days"),
        (TARGET | {"working_days": 1001}, "working_days"),
        (TARGET | {"working_days": 3.0}, "working_days"),
        (TARGET | {"working_days": True}, "working_days"),
        (TARGET | {"working_days": "3"}, "working_days"),
        (TARGET | {"today": "now"}, "today"),
        (TARGET | {"today": "1999-12-31"}, "today"),
        (TARGET | {"today": "9999-12-31"}, "today"),
        (TARGET | {"closures": [{"on": "2026-12-07"}]}, "closures[0].name"),
        (TARGET | {"closures": [{"on": "x", "name": "x"}]}, "closures[0].on"),
        (TARGET | {"closures": [{"on": "2026-12-07", "name": "x"}] * 2}, "closures[1].on"),
        (TARGET | {"bank_holidays": "2026-12-07"}, "bank_holidays"),
        (TARGET | {"closures_move_targets": "no"}, "closures_move_targets"),
        (TARGET | {"due_on": "2026-12-30"}, "due_on"),
        (REVIEW | {"review_months": 0}, "review_months"),
        (REVIEW | {"review_months": 121}, "review_months"),
        (REVIEW | {"held_on": "2027-02-30"}, "held_on"),
        (REVIEW | {"held_on": "2060-12-01"}, "held_on"),
        (REVIEW | {"today": "2026-12-01"}, "today"),
    ],
)
def test_a_wrong_deadline_is_named(facts, field):
    assert field in problems("deadline", facts)

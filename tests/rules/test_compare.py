"""Two screens side by side and one indicator over time (W §12.6)."""

import copy
import datetime as dt
import json
from itertools import product

import pytest

from screening.rules import Answer, DatedScreen, compare, over_time, ratings_over_time
from screening.rules.compare import change_of
from screening.rules.results import RowState
from screening.tools.loader import FOLDER, load_tool
from tests.rules.facts import OXFORDSHIRE, WILTSHIRE, facts, rated

FIRST, SECOND = dt.date(2026, 9, 1), dt.date(2026, 12, 1)


def screen(*answers, tool=OXFORDSHIRE, on=FIRST, **more):
    return DatedScreen(on, facts(*answers, **more), tool)


def state(presence, level="high"):
    return RowState("O-IND-HEA-01", Answer("x", presence).presence, level)


# before × after → the change, written down.
CHANGES = {
    ("yes", "yes"): "same",
    ("yes", "possible"): "weaker",
    ("yes", "no"): "gone",
    ("yes", "not_answered"): "not_seen_again",
    ("possible", "yes"): "stronger",
    ("possible", "possible"): "same",
    ("possible", "no"): "gone",
    ("possible", "not_answered"): "not_seen_again",
    ("no", "yes"): "new",
    ("no", "possible"): "new",
    ("no", "no"): "same",
    ("no", "not_answered"): "answered",
    ("not_answered", "yes"): "new",
    ("not_answered", "possible"): "new",
    ("not_answered", "no"): "answered",
    ("not_answered", "not_answered"): "same",
}


@pytest.mark.requirement("W-SCR-11", "DEC-19")
@pytest.mark.parametrize(
    ("before", "after"), tuple(product(("yes", "possible", "no", "not_answered"), repeat=2))
)
def test_every_change_of_one_row(before, after):
    assert change_of(state(before), state(after)) == CHANGES[before, after]


@pytest.mark.requirement("W-SCR-11")
def test_another_level_is_a_change_and_a_row_not_asked_is_named_so():
    assert change_of(state("yes", "high"), state("yes", "low")) == "level"
    assert change_of(state("no", "high"), state("no", "low")) == "same"
    assert change_of(None, state("yes")) == "not_asked"
    assert change_of(state("yes"), None) == "not_asked"


@pytest.mark.requirement("W-SCR-11")
def test_two_screens_of_one_tool():
    found = compare(
        screen(("O-IND-HEA-01", "possible"), ("O-IND-GRO-14", "yes")),
        screen(("O-IND-HEA-01", "yes"), ("O-IND-BEH-02", "possible"), on=SECOND),
    )
    assert found.same_tool
    assert found.same_version
    assert len(found.rows) == 84
    assert [(row.indicator, row.change) for row in found.changed] == [
        ("O-IND-HEA-01", "stronger"),
        ("O-IND-BEH-02", "new"),
        ("O-IND-GRO-11", "not_seen_again"),
    ]
    assert found.rows[0].domain == "Health"
    assert found.domains == ()


@pytest.mark.requirement("W-SCR-11", "W-SCR-23")
def test_the_ratings_of_two_wiltshire_screens():
    found = compare(
        screen(tool=WILTSHIRE, domains=(rated("missing", rating="low"),)),
        screen(
            tool=WILTSHIRE,
            on=SECOND,
            domains=(rated("missing", rating="high"), rated("health", rating="low")),
        ),
    )
    assert len(found.domains) == 8
    assert [(each.domain, each.before, each.after) for each in found.domains if each.changed] == [
        ("Missing", "low", "high"),
        ("Health", None, "low"),
    ]


@pytest.mark.requirement("DEC-25")
def test_screens_of_two_tools_stand_beside_each_other_and_nothing_is_converted():
    found = compare(
        screen(("O-IND-HEA-01", "yes")), screen(("W-IND-HEA-01", "yes"), tool=WILTSHIRE, on=SECOND)
    )
    assert not found.same_tool
    assert not found.same_version
    assert len(found.rows) == 84 + 45
    assert {row.change for row in found.rows} == {"not_asked"}


@pytest.mark.requirement("W-SCR-11", "DEC-22")
def test_a_later_version_without_a_row_says_that_it_is_not_asked():
    content = copy.deepcopy(json.loads((FOLDER / "oxfordshire-v1.json").read_text("utf-8")))
    content["version"] = 2
    row = content["domains"][0]["indicators"][0]
    row["retired"], row["retired_reason"] = True, "The board decided so"
    later = load_tool(content)
    found = compare(screen(("O-IND-HEA-01", "yes")), screen(tool=later, on=SECOND))
    assert found.same_tool
    assert not found.same_version
    assert [(row.indicator, row.change) for row in found.changed] == [("O-IND-HEA-01", "not_asked")]


@pytest.mark.requirement("W-SCR-11")
def test_the_strip_has_one_cell_a_screen_for_every_row_ever_present():
    strip = over_time(
        [
            screen(("O-IND-HEA-01", "yes"), ("O-IND-BEH-01", "no")),
            screen(tool=WILTSHIRE, on=SECOND),
            screen(Answer("O-IND-GRO-14", "possible", "low", "Known"), on=SECOND),
        ]
    )
    assert [row.indicator for row in strip] == ["O-IND-HEA-01", "O-IND-GRO-11"]
    cells = [[cell and cell.presence for cell in row.cells] for row in strip]
    assert cells == [["yes", None, "not_answered"], ["not_answered", None, "possible"]]
    assert strip[1].cells[2].level == "low"
    assert over_time([]) == ()


@pytest.mark.requirement("W-SCR-11", "W-SCR-23", "DEC-06", "DEC-25")
def test_ratings_over_time_have_one_cell_a_screen_for_every_domain_ever_rated():
    found = ratings_over_time(
        [
            screen(tool=WILTSHIRE, domains=(rated("missing", "serious", "likely", "medium"),)),
            screen(("O-IND-HEA-01", "yes"), on=SECOND),
            screen(tool=WILTSHIRE, on=SECOND, domains=(rated("health", impact="low"),)),
        ]
    )
    assert [row.domain for row in found] == ["Missing", "Health"]
    missing, health = (row.cells for row in found)
    assert (missing[0].given.rating, missing[0].suggested) == ("medium", "high")
    assert missing[1] is None and health[1] is None
    assert (missing[2].given.rating, missing[2].suggested) == (None, None)
    assert (health[2].given.impact, health[2].suggested) == ("low", None)
    assert ratings_over_time([screen(tool=WILTSHIRE)]) == ratings_over_time([]) == ()

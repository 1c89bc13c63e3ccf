"""A tool file is loaded whole or not at all, with every wrong row named (DEC-22, bad-input)."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest

from cse.strict import Refused
from screening.rules import Answer, UnknownIndicator, assess
from screening.tools.definition import Level
from screening.tools.loader import FOLDER, load_tool, tool_files, tool_named
from tests.rules.facts import facts

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schemas" / "tool.schema.json").read_text("utf-8")
)
FILES = sorted(FOLDER.glob("*.json"))


@pytest.fixture(params=["oxfordshire", "wiltshire"])
def content(request):
    """What a tool file holds, to be broken."""
    return json.loads((FOLDER / f"{request.param}-v1.json").read_text("utf-8"))


@pytest.fixture
def oxfordshire():
    return json.loads((FOLDER / "oxfordshire-v1.json").read_text("utf-8"))


@pytest.fixture
def wiltshire():
    return json.loads((FOLDER / "wiltshire-v1.json").read_text("utf-8"))


def refused(content):
    """The problems that the loader names."""
    with pytest.raises(Refused) as caught:
        load_tool(content)
    return dict(caught.value.problems)


def row(content, name):
    return next(
        each for domain in content["domains"] for each in domain["indicators"] if each["id"] == name
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_file_is_a_tool_by_loader_and_schema(path):
    tool = load_tool(path)
    assert path.stem == tool.name
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(path.read_text("utf-8")))


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_loader_takes_what_a_file_holds(content):
    assert load_tool(content) == tool_named(content["key"], 1)


def test_the_hash_follows_the_content_and_not_its_spacing(content, tmp_path):
    path = tmp_path / f"{content['key']}-v1.json"
    path.write_text(json.dumps(content, indent=7, sort_keys=True), "utf-8")
    assert load_tool(path).content_hash == tool_named(content["key"], 1).content_hash
    content["domains"][0]["indicators"][0]["display_text"] += "!"
    assert load_tool(content).content_hash != tool_named(content["key"], 1).content_hash


# One thing wrong at a time: (what to do to the file, the place that must be named).
def put(path, value):
    """Put ``value`` at a path of keys and places."""

    def change(content):
        target = content
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value

    return change


def drop(*path):
    """Take away what is at a path."""

    def change(content):
        target = content
        for step in path[:-1]:
            target = target[step]
        del target[path[-1]]

    return change


FIRST = ("domains", 0, "indicators", 0)
SHAPE = [
    (put(["key"], None), "key"),
    (put(["key"], ""), "key"),
    (put(["version"], 0), "version"),
    (put(["version"], True), "version"),
    (put(["version"], "1"), "version"),
    (drop("title"), "title"),
    (put(["surprise"], 1), "surprise"),
    (drop("source", "document"), "source.document"),
    (put(["source"], []), "source"),
    (put(["warn_under"], 19), "warn_under"),
    (put(["intro"], {}), "intro"),
    (put(["intro", 0, "source"], " "), "intro[0].source"),
    (drop("footnote"), "footnote"),
    (put(["levels", 1, "key"], "medium"), "levels[1].key"),
    (put(["rules", 0, "routes", 0, "title"], 5), "rules[0].routes[0].title"),
    (put(["domains", 0, "has_notes_in_source"], "yes"), "domains[0].has_notes_in_source"),
    (drop(*FIRST, "source_text"), "domains[0].indicators[0].source_text"),
    (put([*FIRST, "source_row"], 1.5), "domains[0].indicators[0].source_row"),
    (put([*FIRST, "suggested_level"], "High"), "domains[0].indicators[0].suggested_level"),
    (put([*FIRST, "suggested_level"], ["high"]), "domains[0].indicators[0].suggested_level"),
    (put([*FIRST, "tags"], ["harmful"]), "domains[0].indicators[0].tags[0]"),
    (put([*FIRST, "retired"], "no"), "domains[0].indicators[0].retired"),
    (put([*FIRST, "colour"], "red"), "domains[0].indicators[0].colour"),
    (put(["domains", 0, "indicators", 0], "text"), "domains[0].indicators[0]"),
    (put(["sections", 0, "fields", 0, "kind"], "slider"), "sections[0].fields[0].kind"),
    (drop("sections"), "sections"),
]


@pytest.mark.parametrize(
    ("change", "place"), SHAPE, ids=[f"{n}-{p}" for n, (_, p) in enumerate(SHAPE)]
)
def test_a_wrong_shape_is_named_and_the_schema_refuses_it_too(content, change, place):
    change(content)
    assert place in refused(content)
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(content)


MATRIX = [
    (drop("matrix", "cells", "serious", "likely"), "matrix.cells.serious.likely"),
    (drop("matrix", "cells", "low"), "matrix.cells.low"),
    (put(["matrix", "cells", "low", "likely"], "none"), "matrix.cells.low.likely"),
    (put(["matrix", "cells", "huge"], {}), "matrix.cells.huge"),
    (put(["matrix", "impacts", 0, "key"], "huge"), "matrix.impacts[0].key"),
    (drop("matrix", "likelihoods", 0, "definition"), "matrix.likelihoods[0].definition"),
]


@pytest.mark.parametrize(("change", "place"), MATRIX, ids=[place for _, place in MATRIX])
def test_a_wrong_matrix_is_named(wiltshire, change, place):
    change(wiltshire)
    assert place in refused(wiltshire)
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(wiltshire)


# What holds inside a tool beyond its shape.
SENSE = [
    (put(["key"], "Oxford Shire"), "key"),
    (put(["primary_ages"], {"from": 18, "to": 10}), "primary_ages"),
    (drop("levels", 0), "levels"),
    (drop("time_frames", 3), "time_frames"),
    (drop("rules", 1), "rules"),
    (put(["rules", 1, "id"], "R4"), "rules"),
    (put(["intro"], []), "intro"),
    (put(["domains"], []), "domains"),
    (put(["domains", 1, "key"], "health"), "domains.key"),
    (put(["domains", 1, "title"], "Health"), "domains.title"),
    (put(["domains", 0, "indicators"], []), "domains.health"),
    (put([*FIRST, "id"], "O-IND-HEA-02"), "O-IND-HEA-02"),
    (put([*FIRST, "id"], "hea 1"), "hea 1"),
    (put([*FIRST, "source_row"], 2), "source_row"),
    (put([*FIRST, "suggested_level"], None), "O-IND-HEA-01"),
    (put([*FIRST, "tags"], ["contested"]), "O-IND-HEA-01"),
    (put([*FIRST, "retired"], True), "O-IND-HEA-01"),
    (put([*FIRST, "retired_reason"], "Old"), "O-IND-HEA-01"),
    (put([*FIRST, "same_row_as"], "O-IND-HEA-99"), "O-IND-HEA-01"),
    (put([*FIRST, "same_row_as"], "O-IND-HEA-01"), "O-IND-HEA-01"),
    (put([*FIRST, "same_row_as"], "O-IND-BEH-01"), "O-IND-HEA-01"),
    (put([*FIRST, "same_row_as"], "O-IND-HEA-04"), "O-IND-HEA-01"),
    (put([*FIRST, "linked_to"], "O-IND-HEA-02"), "O-IND-HEA-01"),
    (put([*FIRST, "linked_to"], "O-IND-HEA-99"), "O-IND-HEA-01"),
    (put([*FIRST, "also_under"], ["O-IND-HEA-99"]), "O-IND-HEA-01"),
    (drop("sections", 2), "sections"),
    (put(["sections", 1, "key"], "indicators"), "sections.key"),
    (put(["sections", 1, "fields", 0, "key"], "indicators"), "sections.fields.key"),
    (put(["sections", 2, "fields", 0, "required"], False), "sections.fields.harm_happened"),
    (put(["sections", 2, "fields", 0, "choices"], []), "sections.fields.harm_happened"),
]


@pytest.mark.parametrize(
    ("change", "place"), SENSE, ids=[f"{n}-{p}" for n, (_, p) in enumerate(SENSE)]
)
def test_what_does_not_hold_together_is_named(oxfordshire, change, place):
    change(oxfordshire)
    assert place in refused(oxfordshire)


@pytest.mark.requirement("DEC-22")
def test_a_row_that_stands_twice_is_named_beside_one_that_cannot_be_read(oxfordshire):
    rows = oxfordshire["domains"][0]["indicators"]
    rows[0]["suggested_level"] = "extreme"
    rows[1]["id"] = rows[2]["id"]
    assert set(refused(oxfordshire)) == {"domains[0].indicators[0].suggested_level", rows[2]["id"]}


@pytest.mark.requirement("DEC-22")
def test_every_wrong_row_is_named_at_once(oxfordshire):
    oxfordshire["domains"][0]["indicators"][0]["suggested_level"] = "huge"
    oxfordshire["domains"][0]["indicators"][4]["source_text"] = ""
    oxfordshire["domains"][5]["indicators"][18]["surprise"] = 1
    assert list(refused(oxfordshire)) == [
        "domains[0].indicators[0].suggested_level",
        "domains[0].indicators[4].source_text",
        "domains[5].indicators[18].surprise",
    ]


@pytest.mark.parametrize("content", [None, [], "x", 3, {}])
def test_what_is_no_tool_at_all_is_refused(content, tmp_path):
    path = tmp_path / "x-v1.json"
    path.write_text(json.dumps(content), "utf-8")
    assert refused(path)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe", b'{"key": "a", "key": "b"}', b"[" * 100_000, b'{"a": NaN}']
)
def test_a_broken_file_is_refused(data, tmp_path):
    path = tmp_path / "x-v1.json"
    path.write_bytes(data)
    assert refused(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert "x-v1.json" in refused(tmp_path / "x-v1.json")


def test_a_file_is_named_for_what_it_holds(oxfordshire, tmp_path):
    path = tmp_path / "oxfordshire-v2.json"
    path.write_text(json.dumps(oxfordshire), "utf-8")
    assert "version" in refused(path)


@pytest.mark.requirement("DEC-22")
def test_a_board_adds_a_version_without_code(oxfordshire, tmp_path):
    for version in (1, 2, 10):
        oxfordshire["version"] = version
        path = tmp_path / f"oxfordshire-v{version}.json"
        path.write_text(json.dumps(oxfordshire), "utf-8")
    (tmp_path / "notes.json").write_text("{}", "utf-8")
    assert list(tool_files(tmp_path)) == ["oxfordshire"]
    assert max(tool_files(tmp_path)["oxfordshire"]) == 10
    assert load_tool(tool_files(tmp_path)["oxfordshire"][10]).name == "oxfordshire-v10"


def retire(content, name):
    found = row(content, name)
    found["retired"], found["retired_reason"] = True, "The board decided so"


@pytest.mark.requirement("DEC-22")
def test_a_board_retires_a_row_without_code(oxfordshire):
    before = load_tool(copy.deepcopy(oxfordshire))
    oxfordshire["version"] = 2
    retire(oxfordshire, "O-IND-FAM-02")
    tool = load_tool(oxfordshire)
    assert len(tool.shown) == len(before.shown) - 1 == 83
    assert "O-IND-FAM-02" not in {each.id for each in tool.shown}
    answered = facts(Answer("O-IND-FAM-02", "yes"), age=12)
    assert [rule.id for rule in assess(answered, before).rules] == ["R5"]
    with pytest.raises(UnknownIndicator, match="O-IND-FAM-02"):
        assess(answered, tool)
    every = tuple(Answer(each.id, "yes") for each in tool.shown)
    assert assess(facts(*every), tool).totals[Level.HIGH].present == 37
    assert assess(facts(*every), before).unanswered == 1


@pytest.mark.requirement("DEC-22")
def test_a_row_retired_with_its_repeat_or_its_link(oxfordshire):
    retire(oxfordshire, "O-IND-GRO-11")
    assert "O-IND-GRO-14" in refused(oxfordshire)
    retire(oxfordshire, "O-IND-GRO-14")
    retire(oxfordshire, "O-IND-ESA-16")
    tool = load_tool(oxfordshire)
    every = facts(*(Answer(each.id, "yes") for each in tool.shown))
    found = assess(every, tool)
    assert [found.totals[level].present for level in (Level.HIGH, Level.MEDIUM)] == [37, 41]
    assert len(found.paper_rows) == 82


def test_a_tool_cannot_be_changed_once_loaded():
    tool = tool_named("oxfordshire")
    with pytest.raises(AttributeError):
        tool.version = 2
    with pytest.raises(AttributeError):
        tool.shown[0].suggested_level = Level.LOW


def test_an_unknown_tool_is_a_key_error():
    with pytest.raises(KeyError):
        tool_named("narnia")
    with pytest.raises(KeyError):
        tool_named("oxfordshire", 99)
    with pytest.raises(KeyError):
        tool_named("oxfordshire").rule("R99")

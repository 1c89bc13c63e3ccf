"""The two handbooks' tools, held against the catalogue of indicators row by row."""

import json
from collections import Counter
from pathlib import Path

import pytest

from screening.tools.definition import CseLevel, Level, Tag
from screening.tools.loader import tool_files, tool_named

CATALOGUE = json.loads(
    (Path(__file__).parents[1] / "rules" / "indicators.json").read_text(encoding="utf-8")
)
TOOLS = {"oxfordshire": tool_named("oxfordshire", 1), "wiltshire": tool_named("wiltshire", 1)}

# Where the catalogue tidied the handbook's print, the tool keeps the print (DEC-21).
PRINTED = {
    "W-IND-SAF-02": "Sending/receiving/ sexual images",
    "W-IND-BEH-05": "Offending /ASB",
    "W-IND-FAM-01": "Family history CSE/abuse/Neglect/DA",
    "W-IND-OTH-07": (
        "Attempts to secure secrecy have been made by the sexual partner, beyond what would be "
        "considered usual in a teenage relationship"
    ),
    "W-IND-OTH-08": "The sexual partner known by one of the agencies (eg. police)",
}

# Every row whose words on the page differ from the print, and why.
SHOWN = {
    # DEC-21: slips of the print
    "W-IND-SAF-02": "Sending/receiving sexual images",
    "W-IND-BEH-05": "Offending/ASB",
    "W-IND-FAM-01": "Family history CSE/abuse/neglect/DA",
    "W-IND-OTH-08": "The sexual partner known by one of the agencies (e.g. police)",
    "W-IND-BEH-01": "Harmful sexual behaviour",
    "O-IND-HEA-02": (
        "A sexually transmitted infection (STI), particularly if it is recurring or there are "
        "multiple STIs"
    ),
    "O-IND-HEA-09": "Change in appearance including losing weight, putting on weight",
    "O-IND-BEH-10": "Low self-image, low self-esteem",
    "O-IND-GRO-15": (
        "Having a new mobile phone, several mobile phones, especially phones whose messages cannot "
        "be traced. Always having credit on their mobile phones, despite having no access to "
        "money, or having no credit so the phone can only be used for incoming calls."
    ),
    "O-IND-ESA-08": "Accessing dating agencies via mobile phones (for example, a flirt line)",
    # DEC-22: contested words
    "W-IND-FAM-03": "Isolated because unable to be open about their sexual or gender identity",
    "O-IND-FAM-02": (
        "Isolated because unable to be open about their sexual orientation, including with their "
        "family"
    ),
    "O-IND-FAM-01": "A family member or known associate who is involved in selling sex",
    "O-IND-GRO-17": (
        "Seen at places known for adults meeting for sex, or at adult venues (pubs and clubs)"
    ),
}


def each_indicator():
    """One parameter set an indicator, marked with its own requirement."""
    return [
        pytest.param(row, id=row["id"], marks=pytest.mark.requirement(row["id"]))
        for row in CATALOGUE
    ]


@pytest.mark.parametrize("row", each_indicator())
def test_every_indicator_is_asked_as_the_handbook_prints_it(row):
    tool = TOOLS[row["tool"]]
    indicator = tool.indicators[row["id"]]
    assert indicator.source_text == PRINTED.get(row["id"], row["source_text"])
    assert indicator.display_text == SHOWN.get(row["id"], indicator.source_text)
    assert (indicator.suggested_level or "") == (row["suggested_level"] or "").lower()
    assert tool.domains_by_key[indicator.domain].title == row["domain"]
    assert indicator.source_row == row["order"]
    assert (Tag.HARM in indicator.tags) == bool(row.get("harm_sign"))
    assert (Tag.CONTESTED in indicator.tags) == bool(row.get("contested"))


def test_there_are_130_indicators_and_no_others():
    found = [row.id for tool in TOOLS.values() for row in tool.indicators.values()]
    assert sorted(found) == sorted(row["id"] for row in CATALOGUE)
    assert len(found) == len(set(found)) == 130
    assert tuple(tool_files()) == ("oxfordshire", "wiltshire")


@pytest.mark.requirement("O-SCR-17", "DEC-18")
def test_oxfordshires_rows_and_levels_by_domain():
    found = {}
    for domain in TOOLS["oxfordshire"].domains:
        levels = Counter(row.suggested_level for row in domain.indicators)
        found[domain.title] = (levels[Level.HIGH], levels[Level.MEDIUM], levels[Level.LOW])
    assert found == {
        "Health": (3, 7, 0),
        "Behaviour": (1, 12, 1),
        "Grooming": (24, 2, 0),
        "Looked After Children": (2, 2, 0),
        "Family and Social": (2, 10, 0),
        "E Safety": (7, 9, 3),
    }
    tool = TOOLS["oxfordshire"]
    assert [row.source_row for row in tool.indicators.values()] == list(range(1, 86))
    assert len(tool.shown) == 84
    assert len(tool.domains_by_key["grooming"].shown) == 25


@pytest.mark.requirement("DEC-18")
def test_the_keys_are_one_row_and_the_new_contacts_are_linked():
    tool = TOOLS["oxfordshire"]
    keys, repeat = tool.indicators["O-IND-GRO-11"], tool.indicators["O-IND-GRO-14"]
    assert keys.shown
    assert not repeat.shown
    assert [row.source_row for row in tool.repeats["O-IND-GRO-11"]] == [35, 38]
    assert tool.indicators["O-IND-GRO-26"].linked_to == "O-IND-ESA-16"
    assert tool.indicators["O-IND-ESA-16"].linked_to == "O-IND-GRO-26"
    others = [row.id for row in tool.indicators.values() if row.linked_to or row.same_row_as]
    assert sorted(others) == ["O-IND-ESA-16", "O-IND-GRO-14", "O-IND-GRO-26"]


@pytest.mark.requirement("O-SCR-18", "DEC-23")
def test_five_of_six_domains_have_notes_in_the_handbook():
    notes = {each.title: each.has_notes_in_source for each in TOOLS["oxfordshire"].domains}
    assert [title for title, given in notes.items() if not given] == ["E Safety"]
    for tool in TOOLS.values():
        assert tool.fields["domain_notes"].kind == "notes"


@pytest.mark.requirement("W-SCR-22", "W-SCR-23")
def test_wiltshires_eight_domains_without_a_level_for_any_indicator():
    tool = TOOLS["wiltshire"]
    assert {each.title: len(each.indicators) for each in tool.domains} == {
        "Missing": 4,
        "Health": 5,
        "Behaviour": 5,
        "Grooming": 7,
        "Family and Social": 5,
        "Safety": 5,
        "Child Looked After": 3,
        "Other indicators": 11,
    }
    assert {row.suggested_level for row in tool.indicators.values()} == {None}
    assert tool.fields["domain_ratings"].kind == "ratings"


@pytest.mark.requirement("DEC-23")
def test_overlaps_are_hints_both_ways():
    pairs = {
        (row.id, other)
        for tool in TOOLS.values()
        for row in tool.indicators.values()
        for other in row.also_under
    }
    assert all((other, one) in pairs for one, other in pairs)
    assert ("W-IND-GRO-01", "W-IND-OTH-02") in pairs
    assert ("O-IND-BEH-04", "O-IND-BEH-06") in pairs
    assert ("O-IND-GRO-21", "O-IND-LAC-02") in pairs
    assert {other for one, other in pairs if one == "W-IND-OTH-05"} == {
        "W-IND-HEA-05",
        "W-IND-OTH-06",
    }


@pytest.mark.requirement("DEC-22")
def test_contested_rows_say_how_to_use_them_and_circumstances_are_named():
    circumstances = set()
    for tool in TOOLS.values():
        for row in tool.indicators.values():
            if Tag.CONTESTED in row.tags:
                assert len(row.practice_note) > 60, row.id
            if Tag.CIRCUMSTANCE in row.tags:
                circumstances.add(row.id)
    assert circumstances == {
        "W-IND-FAM-03",
        "W-IND-LAC-01",
        "W-IND-OTH-01",
        "O-IND-GRO-17",
        "O-IND-HEA-10",
        "O-IND-LAC-01",
        "O-IND-FAM-01",
        "O-IND-FAM-02",
        "O-IND-FAM-12",
    }


@pytest.mark.requirement("DEC-22")
@pytest.mark.parametrize("word", ["cottaging", "sex trade", "unsure about their sexual"])
def test_the_contested_words_are_not_shown(word):
    for tool in TOOLS.values():
        assert not [row.id for row in tool.shown if word in row.display_text.lower()]


@pytest.mark.requirement("DEC-21")
def test_no_slip_of_the_print_is_shown():
    for tool in TOOLS.values():
        for row in tool.indicators.values():
            assert not row.display_text.endswith((",", " "))
            assert "  " not in row.display_text
            assert "/ sexual" not in row.display_text
            assert ")2" not in row.display_text
            assert "Blackberry" not in row.display_text


@pytest.mark.requirement("W-SCR-01")
def test_there_are_three_levels_and_no_other():
    for tool in TOOLS.values():
        assert [level.key for level in tool.levels] == ["vulnerable", "at_risk", "cse"]
    assert [level.title for level in TOOLS["wiltshire"].levels] == ["Vulnerable", "At risk", "CSE"]
    assert sorted(CseLevel, key=lambda level: level.rank) == list(CseLevel)


@pytest.mark.requirement("W-SCR-37")
@pytest.mark.parametrize(
    ("impact", "cells"),
    [
        ("serious", "low medium high high"),
        ("substantial", "low medium medium high"),
        ("moderate", "low low medium medium"),
        ("low", "low low low low"),
    ],
)
def test_the_matrix_cell_by_cell(impact, cells):
    matrix = TOOLS["wiltshire"].matrix
    order = ("very_unlikely", "unlikely", "likely", "very_likely")
    assert [matrix.level(impact, each) for each in order] == cells.split()


@pytest.mark.requirement("W-SCR-37")
def test_the_matrix_has_sixteen_cells():
    cells = TOOLS["wiltshire"].matrix.cells
    assert Counter(cells.values()) == {Level.HIGH: 3, Level.MEDIUM: 5, Level.LOW: 8}
    assert TOOLS["oxfordshire"].matrix is None


@pytest.mark.requirement("W-SCR-38")
def test_the_likelihoods_are_defined_as_the_handbook_does():
    found = {each.title: each for each in TOOLS["wiltshire"].matrix.likelihoods}
    assert {title: each.definition for title, each in found.items()} == {
        "Very unlikely": "Has not happened not expected to happen",
        "Unlikely": "Has not happened but could happen",
        "Likely": "Has happened and may happen again",
        "Very likely": "Has happened and will happen again imminently now/today/tomorrow",
    }
    for each in found.values():
        assert each.has_happened == each.definition.startswith("Has happened")


@pytest.mark.requirement("W-SCR-39")
def test_the_impacts_are_defined_as_the_handbook_does():
    assert {each.title: each.definition for each in TOOLS["wiltshire"].matrix.impacts} == {
        "Serious": (
            "Serious harm means injury (either physical or psychological) which is life "
            "threatening and/or traumatic and from which recovery is expected to be difficult, "
            "incomplete or "
            "impossible."
        ),
        "Substantial": "Risk of harm identified",
        "Moderate": "Some evidence of risk but the harm will not be serious",
        "Low": "No evidence at present to indicate harm will happen",
    }


@pytest.mark.requirement("W-SCR-25", "W-SCR-28", "W-SCR-29", "W-SCR-33")
def test_wiltshires_nine_sections():
    paper = [each for each in TOOLS["wiltshire"].sections if each.in_source]
    assert [(each.number, [field.key for field in each.fields]) for each in paper] == [
        ("1", ["indicators", "domain_ratings", "domain_notes"]),
        ("2", ["professional_judgement"]),
        ("3", ["level", "previous_level", "changed", "direction"]),
        ("4", ["information_gaps", "who_to_talk_to", "consulting"]),
        ("5", ["child_views", "child_agrees"]),
        ("6", ["parent_views"]),
        ("7", ["strengths"]),
        ("8", ["so_what"]),
        ("9", ["actions"]),
    ]
    actions = TOOLS["wiltshire"].fields["actions"]
    assert [column.key for column in actions.columns] == ["action", "who", "when"]
    direction = TOOLS["wiltshire"].fields["direction"]
    assert [choice.key for choice in direction.choices] == ["increased", "decreased", "static"]


@pytest.mark.requirement("O-SCR-06")
def test_both_tools_ask_about_harm_strengths_views_and_who_took_part():
    for tool in TOOLS.values():
        asked = {"harm_happened", "strengths", "child_views", "parent_views", "completed_with"}
        assert asked <= set(tool.fields)
        assert tool.fields["harm_happened"].required
        assert tool.fields["professional_judgement"].required


@pytest.mark.requirement("W-SCR-35", "DEC-51")
def test_the_warning_not_to_delay_names_contact_points_and_no_number():
    for tool in TOOLS.values():
        assert "front_door" in tool.footnote.contact_points
        assert "emergency_duty_team" in tool.footnote.contact_points
    assert "do not delay" in TOOLS["wiltshire"].footnote.text
    for path in (Path(__file__).parents[2] / "screening" / "tools").glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert "@" not in text
        assert not any(f" 0{digit}" in text for digit in range(10))


@pytest.mark.requirement("W-SCR-12", "O-SCR-20", "W-SCR-16", "O-SCR-01", "O-SCR-04")
def test_the_introduction_says_what_the_handbook_says_and_where():
    assert any("provisional" in each.text for each in TOOLS["wiltshire"].intro)
    both = {key: " ".join(each.text for each in tool.intro) for key, tool in TOOLS.items()}
    for text in both.values():
        assert "ordinary teenage behaviour" in text
        assert "gut feeling" in text
        assert "13 or younger" in text
    assert "rule it in" in both["oxfordshire"]
    assert "in many ways arbitrary" in both["oxfordshire"]
    for tool in TOOLS.values():
        assert all(each.source.startswith(("W ", "O ")) for each in tool.intro)


def test_marking_and_label():
    for tool in TOOLS.values():
        assert tool.marking == "OFFICIAL-SENSITIVE"
        assert tool.label == "screening, not assessment"


@pytest.mark.requirement("DEC-25", "O-SCR-05")
def test_ages():
    assert TOOLS["oxfordshire"].primary_ages == (10, 18)
    assert TOOLS["wiltshire"].primary_ages is None
    assert {tool.warn_under for tool in TOOLS.values()} == {8}

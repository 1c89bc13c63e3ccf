"""What identifies a child in a text, row by row, and by property (W §4.3.2, DEC-14)."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.identifying import EVERYDAY, identifying

NAMES = [
    "Mia Trent",
    "Zoë",
    "Rose O’Neill",
    "Anne-Marie",
    "Jo",
    "Will",
    "Kay Tess Ash",
    "K T Ash-Moor",
]
FOUND = [
    ("name", "Mia was seen", "Mia"),
    ("small letters", "we spoke of mia today", "mia"),
    ("of hers", "Mia’s friends", "Mia"),
    ("family name", "the Trent family", "Trent"),
    ("accent left out", "Zoe said so", "Zoe"),
    ("apostrophe", "the O'Neill girl", "O'Neill"),
    ("half of a double name", "Marie told us", "Marie"),
    ("a word as a name", "Rose told us", "Rose"),
    ("day", "born 20/06/2011", "20/06/2011"),
    ("day with dots", "born 20.6.11", "20.6.11"),
    ("day in words", "born on 20 June 2011", "20 June 2011"),
    ("day with an ending", "born the 3rd of March 2012", "3rd of March 2012"),
    ("day, month first", "born June 20, 2011", "June 20, 2011"),
    ("day as computers write", "dob 2011-06-20", "2011-06-20"),
    ("month and year of birth", "born in March 2012", "born in March 2012"),
    ("year of birth", "her birthday was in 2012", "birthday was in 2012"),
    ("name with a character nobody sees", "M\u200bia was seen", "M\u200bia"),
    ("telephone", "ring 01632 960123", "01632 960123"),
    ("mobile", "her number 07700900123", "07700900123"),
    ("from abroad", "+44 7700 900123", "+44 7700 900123"),
    ("nhs", "NHS 943 476 5919", "943 476 5919"),
    ("nhs in one", "9434765919", "9434765919"),
    ("postcode", "lives in ZZ99 3VZ", "ZZ99 3VZ"),
    ("postcode in small letters", "zz993vz", "zz993vz"),
    ("address", "lives at 12 Mill Lane", "12 Mill Lane"),
    ("address in small letters", "at 4 mill road", "4 mill road"),
    ("street", "in Mill Lane", "Mill Lane"),
    ("joined by an underscore", "file of J_Trent", "Trent"),
    ("two names joined by an underscore", "see mia_trent", "mia"),
    ("joined by a hyphen", "the Mia-file", "Mia"),
    ("joined by a dot", "m.trent said so", "trent"),
    ("before a number", "mia2011 on the app", "mia"),
    ("double name in one", "AnneMarie told us", "AnneMarie"),
    ("double name with an underscore", "anne_marie told us", "anne"),
    ("apostrophe left out", "the ONeill girl", "ONeill"),
    ("apostrophe as a space", "the O Neill girl", "Neill"),
    ("nobody's name that is known", "the file J_Smith", "J_Smith"),
    ("initials with dots", "J.S. was seen", "J.S."),
    ("initials with dots, small", "we spoke of j.s. today", "j.s."),
    ("initials with a space", "J. S. was seen", "J. S."),
    ("initials without dots", "JS was seen", "JS"),
    ("initials of hers", "JS’s friends", "JS"),
    ("initials apart", "J S was seen", "J S"),
    ("initials joined", "J_S and J-S", "J_S"),
    ("three initials", "J.A.S. was seen", "J.A.S."),
    ("three initials without dots, of a child one sees", "KTA was seen", "KTA"),
    ("four initials", "KTAM was seen", "KTAM"),
    ("mail", "write to m.trent@example.org", "m.trent@example.org"),
    ("reference", "see C-7K3P92W", "C-7K3P92W"),
]
HARMLESS = [
    "A boy of 15 and a girl of 16, close in age, of the same year.",
    "She rose early; he will go on his way home through the park.",
    "We talked for 20 minutes at 4 pm, with 3 colleagues.",
    "The baby was born early; the talk was in May 2026.",
    "Seen twice since March, last on Monday the 3rd.",
    "2 people in a close group, 10 am on the way",
    "Level is vulnerable; see W §4.3.2 and page 12.",
    "The Park was empty. In court they said so.",
    "CSE, MASH, A&E, GP, DSL, LAC, CIN, CP, SEN, EHCP, NHS, PC, DC, DS.",
    "The GP (e.g. at A & E), the PC and the DSL met at 4 p.m., i.e. before C.S.E. was said.",
    "A young person, plan B. I think so. UK, TV, IT and PE. W §4.3.2, O §6.",
    "NFA, ABE, PVP and DASH: three capitals are nobody’s initials here.",
    "IT IS AS WE SAID: GO ON TO BE IN TOUCH",
    "",
]


@pytest.mark.requirement("W-REF-12", "DEC-14")
@pytest.mark.parametrize(("what", "text", "words"), FOUND, ids=[row[0] for row in FOUND])
def test_what_identifies_is_found(what, text, words):
    assert words in [each.words for each in identifying(text, NAMES)]


@pytest.mark.requirement("DEC-14")
@pytest.mark.parametrize("text", HARMLESS, ids=[str(n) for n in range(len(HARMLESS))])
def test_what_does_not_identify_is_left_alone(text):
    assert identifying(text, NAMES) == []


@given(
    st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%d-%m-%y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d", "%B %d, %Y"]),
)
def test_every_date_of_birth_is_found_however_it_is_written(day, written):
    assert identifying(f"They said it was {day.strftime(written)} and no later")


@given(st.integers(0, 10**9 - 1))
def test_every_telephone_number_is_found(number):
    digits = f"{number:09d}"
    for text in (f"07{digits}", f"07{digits[:3]} {digits[3:]}", f"+44 7{digits[:3]} {digits[3:]}"):
        assert identifying(f"ring {text} please"), text


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=12))
def test_every_name_of_a_child_is_found_with_a_capital(name):
    assert identifying(f"Then {name.capitalize()} went home", [name.capitalize()])
    if name not in EVERYDAY:
        assert identifying(f"then {name} went home", [name.capitalize()])


@given(st.text())
def test_any_text_is_read_and_what_is_found_stands_in_it(text):
    for each in identifying(text, NAMES):
        assert each.words in text

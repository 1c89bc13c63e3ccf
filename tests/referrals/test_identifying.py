"""What identifies a child in a text, row by row, and by property (W §4.3.2, DEC-14)."""

from __future__ import annotations

import datetime as dt
import time

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
    "Elev Smithx",
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
    ("day and month", "dob 3/8", "dob 3/8"),
    ("day and month of birth", "she was born on 14.3", "born on 14.3"),
    ("a feast", "She turned fourteen on Christmas Day", "turned fourteen on Christmas"),
    ("figures apart", "ring 0 1 6 3 2 9 6 0", "0 1 6 3 2 9 6 0"),
    ("flat", "in Flat 2", "Flat 2"),
    ("letter by letter", "M-i-a told us", "M-i-a"),
    ("letters apart", "M I A told us", "M I A"),
    ("initials with stops, a word too", "T. O. came in", "T. O."),
    ("initials in stops", "we spoke of T.O.", "T.O."),
    ("initials apart", "T O rang", "T O"),
    ("said to be initials", "initials TO", "TO"),
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
    ("called", "He is called Dylan Marlow by everybody", "called Dylan Marlow"),
    ("named", "a girl named Aisha", "named Aisha"),
    ("name is", "Her name is Aisha and she is 14", "name is Aisha"),
    ("name with a colon", "First name: Dylan", "First name: Dylan"),
    ("a relation's name", "her dad is David Hughes", "dad is David Hughes"),
    ("a relation's first name", "his twin brother Tom", "twin brother Tom"),
    ("a relation's name in capitals", "Her dad is DAVID HUGHES", "dad is DAVID HUGHES"),
    ("an uncle's name", "her uncle is David Hughes", "uncle is David Hughes"),
    ("a name in brackets", "her mum (Sharon) said so", "mum (Sharon"),
    ("a name with a colon after who it is", "mum: Kelly Ryan", "mum: Kelly"),
    ("who a name is", "David Hughes is her step dad", "David Hughes is her step dad"),
    ("name's", "her name's Tess", "name's Tess"),
    ("a doctor", "She sees Doctor Patel", "Doctor Patel"),
    ("a car", "a grey one, AB12 CDE, waits", "AB12 CDE"),
    ("a page", "see facebook.com/jess.barnes", "facebook.com/jess.barnes"),
    ("a friend's name", "with her boyfriend, Kal, in town", "boyfriend, Kal"),
]
HARMLESS = [
    "A flat 2 streets away",
    "no initials are given, and her initials are not known",
    "born at 10.30",
    "IT IS TO BE SEEN",
    "half of 0.5 and 000",
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
    "She uses an app called Snapchat; they called Monday. The plan is called Early Help.",
    "He was called names. Her name is known to me, and the team is named after its town.",
    "We called The Park, and then they called Childline.",
    "His mum is Polish, her dad was there. Her friend On Monday said so; a sister Then said no.",
    "",
]
# Schools, days, user names, people with a title, and what nobody sees between two names.
SCHOOLS = [
    "Thornmere Academy",
    "St Mary’s Primary School",
    "The Park High School",
    "Church Lane School",
    "Oxford Spires Academy",
]
ALSO_FOUND = [
    "the only girl in Year 9 at Thornmere",
    "goes to St Mary's Primary School",
    "pupil at Cherwell School in Oxford",
    "goes to Cherwell school",
    "her birthday is the third of May",
    "born on the 3rd May",
    "the third of May is her birthday",
    "birthday: 3 May",
    "she turned 14 on 3 May",
    "dob 3rd of May",
    "snapchat zoebear99",
    "Snapchat: zoebear99",
    "her insta is zoe_bear",
    "TikTok account called zoebear",
    "username zoebear",
    "her username is zoebear",
    "discord handle “zoe.bear7”",
    "find her as @zoebear",
    "the daughter of councillor Hargreaves",
    "Cllr Hargreaves",
    "pastor Okoro",
    "Reverend O'Neil",
    "her teacher Hargreaves",
    "Mr Hargreaves",
    "Mrs. Hargreaves-Cole",
    "Miss Okoro",
    "Dr McRae",
    "DC Hargreaves told us",
    "PC Hargreaves",
    "DS Cole",
    "Elev\u200bSmithx",
    "ElevSmithx said",
    "elevsmithx99",
    "Elev\u200bsaid",
    "Thorn\u200bmere",
    "M\u200bia was",
    "Mr\u00a0Cole",
    "THORNMERE",
    "St. Peter's C of E Primary School",
    "St Mary’s pupils",
    "Thornmere's Year 9",
    "MRS HARGREAVES",
    "at Larkmead School",
    "Matthew Arnold School",
    "The Cooper School",
    "the Warriner School pupil",
    "attends Abingdon and Witney College",
]
ALSO_HARMLESS = [
    "goes to the School",
    "Primary school and secondary school",
    "The Primary School said so.",
    "After School she went home. At School she is quiet.",
    "She is at the Academy now.",
    "On Monday school rang. In March school told us.",
    "The Head of School and the School Nurse were asked.",
    "Her birthday is next month; we spoke on 3 May.",
    "Her birthday was a good day.",
    "It was her birthday. On 3 May we met.",
    "She was born abroad.",
    "She uses Snapchat and Instagram every day.",
    "snapchat messages at night",
    "Instagram 14 times a day, TikTok 2hrs",
    "Her username is not known to us.",
    "a false user name",
    "the handle of the door was broken",
    "her handle on things",
    "Discord is where they met",
    "The councillor was told. The pastor and the teacher agree.",
    "The teacher She trusts is away.",
    "DC and PC attended; the DS rang.",
    "A DC from CAMHS",
    "Mr X and Mrs Y",
    "They miss Monday lessons",
    "teacher Training day",
    "the DC Police station",
    "She is 14 and turned up on time; 3 of us met in May.",
    "in Oxford and in Swindon",
    "the church, the park and the high street",
    "Children's Social Care and Primary Care were told",
    "Royal College of Nursing guidance",
    "Sixth Form College",
    "Virtual School",
    "Ask the Designated Officer (LADO). Dr and nurse came",
    "we meet @ 4 pm at home",
    "It is a high risk. High School is hard.",
    "The Year 9 School trip",
    "She said that school is boring",
    "From home to school",
    "Missing School again",
    "PCSO from the neighbourhood team",
    "her coach drove; the coach Station was shut",
    "In Year 10 College is near",
    "A friend, older than her, has an account on TikTok",
    "WhatsApp group of 20 people",
    "Youth Academy place",
    "She goes to college in the town",
    "The child turned 14 in spring",
    "the baby was born in the night",
    "Her handle was taken away",
    "Facebook account since 2024",
    "Her account on Instagram is private",
    "Snapchat is called a risk",
    "their Instagram name is unknown",
    "Uncle and aunt live near",
    "Inspector and constable were told",
]


@pytest.mark.requirement("W-REF-12", "DEC-14")
@pytest.mark.parametrize("text", ALSO_FOUND)
def test_what_says_who_it_is_without_a_childs_name_is_found(text):
    found = identifying(text, NAMES, SCHOOLS)
    assert found and all(each.words in text for each in found)


@pytest.mark.requirement("DEC-14")
@pytest.mark.parametrize("text", ALSO_HARMLESS)
def test_what_only_looks_like_it_is_left_alone(text):
    assert identifying(text, NAMES, SCHOOLS) == []


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "St Aa of " * 2_200, "birthday " * 2_200, "Aa\u200b" * 6_000]
)
def test_a_long_text_is_read_in_no_time(text):
    before = time.process_time()
    identifying(text, NAMES, SCHOOLS)
    assert time.process_time() - before < 3


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

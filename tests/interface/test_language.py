"""The language helper finds the terms, in every spelling people use, and nothing else."""

import json
import logging
import time
from pathlib import Path

import pytest

from cse.interface.language import (
    PhraseError,
    Term,
    find_terms,
    first_of_each,
    pattern_of,
    read_phrases,
)

SHIPPED = [
    Term(t["label"], tuple(t["phrases"]), t["why"], t["alternative"], t["source"])
    for t in json.loads(Path("cse/interface/language_terms.json").read_text("utf-8"))
]

# The handbook's first recording about a child, sentence by sentence in our own short form: each
# label it warns of must be found.
SENTENCES = [
    ("She has been called a child prostitute.", "child prostitution"),
    ("A case of child-prostitution.", "child prostitution"),
    ("a streetwise girl", "street wise"),
    ("very street wise", "street wise"),
    ("very street-wise", "street wise"),
    ("a persistent absconder", "persistent absconder"),
    ("He absconded twice.", "persistent absconder"),
    ("She chooses to stay out", "choosing to"),
    ("She chose to stay out", "choosing to"),
    ("He is choosing\nto stay", "choosing to"),
    ("It is a lifestyle choice.", "choosing to"),
    ("It was consensual sex.", "consensual sex"),
    ("He consented to the sexual act", "consensual sex"),
    ("Her boyfriend collected her", "boyfriend"),
    ("her boy friend’s car", "boyfriend"),
    ("her BOYFRIEND", "boyfriend"),
    ("She chooses to associate with older people", "associating with"),
    ("associating with men", "associating with"),
    ("refuses to engage with staff", "refuses to engage"),
    ("did not engage", "refuses to engage"),
    ("doesn't engage", "refuses to engage"),
    ("always knows best", "always knows best"),
    ("is promiscuous", "promiscuous"),
    ("known for promiscuity", "promiscuous"),
    ("doesn't seem to care about her health", "doesn't seem to care"),
    ("doesn’t seem to care about her health", "doesn't seem to care"),
    ("doesnt seem to care", "doesn't seem to care"),
    ("is prostituting herself", "prostituting herself"),
    ("prostitutes himself", "prostituting herself"),
    ("certainly materialistic", "materialistic"),
    ("a negative influence on others", "negative influence"),
    ("inappropriate activities", "inappropriate activities"),
    ("in a relationship with a man of 30", "relationship with an older person"),
    ("has a relationship with an older male", "relationship with an older person"),
    ("puts themselves at risk", "puts themselves at risk"),
    ("putting herself knowingly at risk", "puts themselves at risk"),
    ("her risk-taking behaviour", "puts themselves at risk"),
    ("selling sex", "prostituting herself"),
    ("a mature young woman", "young woman, young man"),
]
INNOCENT = [
    "",
    "Isla is 14 and often missing from home.",
    "She spends time with adults we do not know.",
    "The carer’s friend is a boy.",
    "The associate director chaired the meeting.",
    "We chose the meeting room together.",
    "Her care plan says that help is refused payment by the agency.",
    "Tartan skirts and easy reading.",
    "Streetlights are wise.",
    "He is careless with keys.",
    "Mae hi'n ddiogel yn y tŷ. 😀",
]


@pytest.mark.requirement("O-SHR-15", "O-SHR-16", "O-SHR-17", "O-SHR-18", "O-SHR-19", "O-SHR-20")
@pytest.mark.requirement("O-SHR-21", "DEC-15")
@pytest.mark.parametrize(("text", "label"), SENTENCES)
def test_each_label_is_found_with_a_reason_and_another_wording(text, label):
    hints = find_terms(text, SHIPPED)
    assert label in [hint.term for hint in hints]
    for hint in hints:
        assert text[hint.start : hint.end] == hint.found
        assert hint.why
        assert hint.alternative
        assert hint.source


@pytest.mark.parametrize("text", INNOCENT)
def test_plain_recording_is_left_alone(text):
    assert find_terms(text, SHIPPED) == []


@pytest.mark.requirement("W-SHR-10", "O-SHR-09")
@pytest.mark.parametrize(
    "words", ["made her own choices", "chose to go", "consensual", "willing to have sex"]
)
def test_wording_of_a_free_choice_is_marked(words):
    assert find_terms(f"The child {words}.", SHIPPED)


def test_every_shipped_term_reads_and_finds_its_own_phrases():
    for term in SHIPPED:
        pattern = pattern_of(term.phrases)
        for phrase in term.phrases:
            plain = phrase.replace("*", "").replace("...", "very").replace("-", " ")
            assert pattern.search(f"({plain})"), phrase
        assert {"why", "alternative", "source"} <= set(vars(term))
    assert len({term.label for term in SHIPPED}) == len(SHIPPED)


def test_shipped_words_follow_their_own_advice():
    """What the helper offers instead must not itself be marked, quotations apart."""
    for term in SHIPPED:
        assert not [h for h in find_terms(term.alternative, SHIPPED) if h.term == term.label]


def test_places_are_right_after_emoji_accents_and_any_line_break():
    text = "😀 Siân —\r\nher\u00a0boyfriend. E\u0301loi\u0308se is streetwise"
    assert [text[h.start : h.end] for h in find_terms(text, SHIPPED)] == ["boyfriend", "streetwise"]


def test_an_accent_is_found_written_either_way():
    term = Term("x", ("cliché",), "w", "a")
    assert len(find_terms("cliché and cliche\u0301", [term])) == 2


def test_the_longer_of_two_overlapping_terms_speaks_and_no_place_twice():
    short, long = Term("s", ("older man",), "w", "a"), Term("l", ("an older man",), "w", "a")
    hints = find_terms("with an older man, an older man", [short, long])
    assert [h.term for h in hints] == ["l", "l"]
    assert [h.term for h in first_of_each(hints)] == ["l"]


def test_a_gap_holds_three_words_and_stops_at_the_end_of_a_sentence():
    term = [Term("x", ("refus* ... help",), "w", "a")]
    assert find_terms("refused all of our help", term)
    assert not find_terms("refused all of our many kinds of help", term)
    assert not find_terms("She refused. We will help", term)


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "a",
        "*",
        "x*",
        "... help",
        "help ...",
        "a* b*",
        "he*lp me",
        "w " * 60,
        "aa ... bb ... cc ... dd",
    ],
)
def test_a_phrase_that_cannot_be_read_says_so(phrase):
    with pytest.raises(PhraseError):
        pattern_of((phrase,))


def test_no_phrases_or_too_many_are_refused():
    with pytest.raises(PhraseError):
        pattern_of(())
    with pytest.raises(PhraseError):
        pattern_of(tuple(f"word{i}" for i in range(31)))


def test_characters_with_a_meaning_in_expressions_are_only_characters():
    term = [Term("x", ("so (called)",), "w", "a")]
    assert find_terms("a so (called) friend", term)
    assert not find_terms("a so called friend", term)


def test_phrases_are_read_one_a_line():
    assert read_phrases(" one \r\n\r\n two words\n") == ("one", "two words")


def test_a_long_text_takes_no_long_time():
    text = "She refused refused refused all of our ... put put put herself " * 1500 + "streetwise"
    started = time.perf_counter()
    assert find_terms(text, SHIPPED)
    assert time.perf_counter() - started < 3.0


@pytest.mark.requirement("DEC-15")
def test_nothing_is_rewritten_and_nothing_is_logged(caplog):
    text = "Her boyfriend is streetwise"
    with caplog.at_level(logging.DEBUG):
        find_terms(text, SHIPPED)
    assert text == "Her boyfriend is streetwise"
    assert caplog.records == []

"""Dates, times, ages and counts as people read them."""

from datetime import UTC, date, datetime

import pytest

from cse.interface import words


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 12, 9, 14, 5, tzinfo=UTC), "9 December 2026 at 2:05pm"),
        (datetime(2026, 6, 9, 14, 5, tzinfo=UTC), "9 June 2026 at 3:05pm"),
        (datetime(2026, 6, 9, 23, 30, tzinfo=UTC), "10 June 2026 at 12:30am"),
        (datetime(2026, 1, 1, 12, 0, tzinfo=UTC), "1 January 2026 at midday"),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), "1 January 2026 at midnight"),
        # The clocks go back on 25 October 2026: half past one comes twice.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 October 2026 at 1:30am (BST)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 October 2026 at 1:30am (GMT)"),
        # They go forward on 29 March 2026: half past one never comes.
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "29 March 2026 at 2:30am"),
    ],
)
def test_a_moment_is_shown_on_a_london_clock(moment, shown):
    assert words.datetime_words(moment) == shown


def test_an_address_breaks_where_a_reader_would_break_it():
    shown = words.breakable("jo.reyes@<b>.example.org")
    assert shown == "jo<wbr>.reyes@<wbr>&lt;b&gt;<wbr>.example<wbr>.org"


def test_a_moment_without_a_zone_is_a_mistake():
    with pytest.raises(ValueError, match="time zone"):
        words.datetime_words(datetime(2026, 1, 1))


def test_dates_say_the_month_and_missing_ones_what_is_missing():
    assert words.date_words(date(2026, 12, 9)) == "9 December 2026"
    assert words.date_words(datetime(2026, 6, 9, 23, 30, tzinfo=UTC)) == "10 June 2026"
    assert words.short_date(date(2026, 12, 9)) == "9 Dec 2026"
    assert words.date_words(None, "not known") == "not known"
    assert words.datetime_words(None) == ""


@pytest.mark.parametrize(
    ("years", "shown"),
    [(13, "13 years old"), (1, "1 year old"), (0, "under 1 year old"), (None, "age not known")],
)
def test_ages(years, shown):
    assert words.age_words(years) == shown


def test_plurals():
    assert words.plural(1, "child", "children") == "1 child"
    assert words.plural(1200, "child", "children") == "1,200 children"
    assert words.plural(0, "screen") == "0 screens"


def test_paragraphs_keep_line_breaks_and_escape_first():
    assert words.paragraphs("a <b>\r\nb\n\n\n\nc") == (
        '<p class="govuk-body">a &lt;b&gt;<br>b</p>\n<p class="govuk-body">c</p>'
    )
    assert words.paragraphs(None) == ""


def test_text_in_a_box_keeps_every_line():
    assert words.keep_lines("\nfirst\r\n second <b>") == "&#10;&#10;first&#10; second &lt;b&gt;"
    assert words.keep_lines("one") == "one"


@pytest.mark.parametrize(
    ("source", "words_shown"),
    [
        ("W §12.7; DEC-04", "Wiltshire handbook §12.7"),
        ("O Annexe 2; W Annex 1.1", "Oxfordshire handbook Annexe 2; Wiltshire handbook Annex 1.1"),
        ("W §12.9, O §6.4, DEC-04", "Wiltshire handbook §12.9; Oxfordshire handbook §6.4"),
        ("O §6.6, W §13; O §2", "Oxfordshire handbook §6.6, §2; Wiltshire handbook §13"),
        ("W §9.1, §13, App 1 s3", "Wiltshire handbook §9.1, §13, Appendix 1 section 3"),
        ("DEC-09, field.md §1", ""),
        ("DEC-19", ""),
        ("", ""),
    ],
)
def test_a_source_names_handbooks_and_not_our_own_records(source, words_shown):
    assert words.handbook(source) == words_shown


def test_the_readers_own_handbook_comes_first():
    assert words.handbook("O §6.6, W §13", "W App 1") == (
        "Wiltshire handbook §13; Oxfordshire handbook §6.6"
    )
    assert words.handbook("O §6.6", "W App 1") == "Oxfordshire handbook §6.6"

"""A date from three boxes: every slip is named, with what to do, and what was typed comes back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from cse.interface.fields import parts, summary_errors
from cse.interface.forms import DayMonthYearField, PlainForm

#: How a message begins that is about one of the three boxes.
BORN = "Date of birth:"


class DateForm(PlainForm):
    born = DayMonthYearField(
        what="date of birth", latest=timezone.localdate, earliest=date(1990, 1, 1), required=False
    )


class RequiredForm(PlainForm):
    met = DayMonthYearField(what="date 100% agreed")


class AheadForm(PlainForm):
    due = DayMonthYearField(what="day it is due", earliest=timezone.localdate)


def posted(day, month, year):
    return DateForm({"born-day": day, "born-month": month, "born-year": year})


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (("9", "3", "2012"), date(2012, 3, 9)),
        (("09", "03", "2012"), date(2012, 3, 9)),
        ((" 9 ", "March", "2012"), date(2012, 3, 9)),
        (("9", "mar", "2012"), date(2012, 3, 9)),
        (("9", "Sept.", "2012"), date(2012, 9, 9)),
        (("29", "2", "2012"), date(2012, 2, 29)),
        (("", "", ""), None),
    ],
)
def test_what_people_type(typed, found):
    form = posted(*typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == found


@pytest.mark.parametrize(
    ("typed", "message", "wrong"),
    [
        (("31", "2", "2012"), "Date of birth must be a real date", {"day", "month"}),
        (("29", "2", "2013"), "Date of birth must be a real date", {"day", "month"}),
        (("9", "3", ""), "Date of birth must include a year", {"year"}),
        (("", "3", ""), "Date of birth must include a day and a year", {"day", "year"}),
        (("9", "3", "12"), f"{BORN} the year must be 4 numbers", {"year"}),
        (("9", "3", "20122"), f"{BORN} the year must be 4 numbers", {"year"}),
        (("9", "3", "２０１２"), f"{BORN} the year must be 4 numbers", {"year"}),
        (("9", "3", "-201"), f"{BORN} the year must be 4 numbers", {"year"}),
        (("9", "13", "2012"), f"{BORN} the month must be a number from 1 to 12", {"month"}),
        (("9", "m", "2012"), f"{BORN} the month must be a number from 1 to 12", {"month"}),
        (
            ("9", "ma%s", "2012"),
            f"{BORN} the month must be a number from 1 to 12",
            {"month"},
        ),
        (("0", "3", "2012"), f"{BORN} the day must be a number from 1 to 31", {"day"}),
        (("nine", "3", "2012"), f"{BORN} the day must be a number from 1 to 31", {"day"}),
        (
            ("999999999999", "3", "2012"),
            f"{BORN} the day must be a number from 1 to 31",
            {"day"},
        ),
        (("9\x00", "3", "2012"), f"{BORN} the day must be a number from 1 to 31", {"day"}),
        (("9", "3", "1712"), f"{BORN} the year must be 1900 or later", {"year"}),
        (("9", "3", "0000"), "Date of birth must be a real date", {"day", "month"}),
        (
            ("9", "3", "2112"),
            "Date of birth must be today or in the past",
            {"day", "month", "year"},
        ),
        (("9", "3", "1980"), "must be 1 January 1990 or after", {"day", "month", "year"}),
    ],
)
def test_every_slip_is_named_and_its_box_marked(typed, message, wrong):
    form = posted(*typed)
    assert not form.is_valid()
    assert message in form.errors["born"][0]
    kind, params = parts(form["born"])
    assert kind == "date"
    marked = {i["name"] for i in params["items"] if "govuk-input--error" in i["classes"]}
    assert marked == wrong
    assert [i["value"] for i in params["items"]] == [text.strip() for text in typed]
    first = next(part for part in ("day", "month", "year") if part in wrong)
    assert summary_errors(form)[0]["href"] == f"#id_born-{first}"


def test_nothing_typed_where_something_is_needed():
    form = RequiredForm({})
    assert form.errors["met"] == ["Enter the date 100% agreed, for example 27 3 2011"]


def test_the_example_of_a_day_to_come_lies_ahead():
    ahead = timezone.localdate() + timedelta(weeks=3)
    words = f"{ahead.day} {ahead.month} {ahead.year}"
    assert AheadForm({}).errors["due"] == [f"Enter the day it is due, for example {words}"]
    typed = dict(zip(("due-day", "due-month", "due-year"), words.split(), strict=True))
    assert AheadForm(typed).is_valid()
    short = AheadForm(typed | {"due-year": words[-2:]})
    assert short.errors["due"] == [
        f"Day it is due: the year must be 4 numbers, for example {ahead.year}"
    ]


def test_an_example_is_never_later_than_what_may_be_given():
    today = timezone.localdate()
    field = DayMonthYearField(earliest=today, latest=today, what="day")
    form = type("TodayForm", (PlainForm,), {"on": field})({})
    example = f"{today.day} {today.month} {today.year}"
    assert form.errors["on"] == [f"Enter the day, for example {example}"]


def test_a_stored_date_is_shown_taken_apart_and_is_no_change():
    form = DateForm(initial={"born": date(2012, 3, 9)})
    _, params = parts(form["born"])
    assert [i["value"] for i in params["items"]] == ["9", "3", "2012"]
    data = {"born-day": "09", "born-month": "March", "born-year": "2012"}
    assert not DateForm(data, initial={"born": date(2012, 3, 9)}).has_changed()
    assert DateForm(data, initial={"born": date(2012, 3, 10)}).has_changed()
    assert DateForm(data | {"born-day": "x"}, initial={"born": date(2012, 3, 9)}).has_changed()


def test_a_moment_is_shown_as_the_day_in_london():
    form = DateForm(initial={"born": datetime(2026, 6, 9, 23, 30, tzinfo=UTC)})
    assert [i["value"] for i in parts(form["born"])[1]["items"]] == ["10", "6", "2026"]

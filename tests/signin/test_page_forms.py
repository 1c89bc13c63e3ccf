"""A form's labels, choices and stored values, read from its page; what differs from them."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from cse.interface.words import looks_typed
from cse.signin.kept import Given
from cse.signin.kept_pages import EMPTIED, EMPTIED_OR_ADDED, _changed
from cse.signin.page_forms import read_page

PAGE = """
<title> Change the
  details – The service</title>
<form action="/search/"><input name="q" id="q"><label for="q">Search</label></form>
<form method="post">
  <input type="hidden" name="version" value="4">
  <label for="name">Given name</label><input id="name" name="name" value="Tam">
  <fieldset><legend><h2>Date of birth</h2></legend>
    <label for="day">Day</label><input id="day" name="born-day" value="3">
  </fieldset>
  <fieldset><legend>Is it known? <span class="cse-ind__meta">Low <b>x</b><br></span></legend>
    <input type="radio" id="k1" name="known" value="exact" checked><label for="k1">Exactly</label>
    <input type="radio" id="k2" name="known" value="no"><label for="k2">Not known</label>
  </fieldset>
  <fieldset><legend>Who helped</legend>
    <input type="checkbox" id="h1" name="help" value="p" checked><label for="h1">Parent</label>
    <input type="checkbox" id="h2" name="help" value="t"><label for="h2">Teacher</label>
  </fieldset>
  <label for="sex">Sex</label>
  <select id="sex" name="sex"><option value="">Choose</option>
    <option value="f">Female</option></select>
  <label for="note">Note &amp; more</label><textarea id="note" name="note">
One&#10;two</textarea>
  <button name="act" value="save">Save</button>
</form>
"""
STORED = {
    "version": "4", "name": "Tam", "born-day": "3", "known": "exact", "help": "p", "sex": "",
    "note": "One\r\ntwo", "act": "save",
}  # fmt: skip


def changed(**sent):
    pairs = {**STORED, **sent}
    fields = [
        (name, value)
        for name, values in pairs.items()
        for value in (values if isinstance(values, list) else [values])
    ]
    now = dt.datetime.now(dt.UTC)
    given = Given(uuid.uuid4(), "/x/", "/x/", now, True, tuple(fields))
    form = read_page(PAGE, "The service").form_with(name for name, _ in fields)
    return [(each.label, each.text) for each in _changed(given, form)]


def test_a_page_has_its_name_without_the_service():
    assert read_page(PAGE, "The service").title == "Change the details"


def test_what_is_as_stored_is_not_shown():
    assert changed() == []
    assert changed(note="One\ntwo ") == []
    assert changed(version="5", act="leave") == []


@pytest.mark.parametrize(
    ("sent", "label", "text"),
    [
        ({"name": "Tamsin"}, "Given name", "Tamsin"),
        ({"name": ""}, "Given name", EMPTIED),
        ({"born-day": "4"}, "Date of birth: Day", "4"),
        ({"known": "no"}, "Is it known?", "Not known"),
        ({"help": ["p", "t"]}, "Who helped", "Parent; Teacher"),
        ({"help": []}, "Who helped", EMPTIED),
        ({"sex": "f"}, "Sex", "Female"),
        ({"note": "One\r\ntwo\r\nthree"}, "Note & more", "One\ntwo\nthree"),
        ({"a_new_row": "Typed by hand"}, "A new row", "Typed by hand"),
    ],
)
def test_what_was_changed_is_shown_as_the_form_names_it(sent, label, text):
    assert changed(**sent) == [(label, text)]


@pytest.mark.parametrize("sent", [{"name": ""}, {"help": []}])
def test_what_may_have_been_added_since_is_not_said_to_be_taken_out(sent):
    """The page is at version 4 now and was opened at 3, or says nothing of versions."""
    assert [text for _, text in changed(version="3", **sent)] == [EMPTIED_OR_ADDED]
    assert [text for _, text in changed(version=[], **sent)] == [EMPTIED_OR_ADDED]


def test_fields_come_in_the_order_of_the_page():
    found = changed(note="Later", name="First", known="no")
    assert [label for label, _ in found] == ["Given name", "Is it known?", "Note & more"]


def test_a_page_without_such_a_form_names_nothing():
    page = read_page(PAGE, "The service")
    assert page.form_with(["reason"]) == {}
    assert set(page.form_with(["q"])) == {"q"}


@pytest.mark.parametrize("text", ["Tam", "wet through", "früh", "Seen.", "a\nb"])
def test_what_looks_typed(text):
    assert looks_typed(text)


@pytest.mark.parametrize(
    "text", ["", "  ", "not_answered", "3", "00000000-0000-4000-8000-00000000abcd", "s20"]
)
def test_what_is_a_choice_or_an_id(text):
    assert not looks_typed(text)

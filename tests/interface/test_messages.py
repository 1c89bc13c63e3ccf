"""What a form says of what is missing or wrong: a sentence that names the field, said once."""

import pytest
from django import forms

from cse.interface.fields import parts, summary_errors
from cse.interface.forms import NOT_STORED, NOT_WHOLE, PlainForm, missing_words


def test_messages_name_the_field():
    class Form(PlainForm):
        name = forms.CharField(max_length=3, label="Family name")
        sex = forms.ChoiceField(choices=[("f", "Female")], label="Sex")
        letter = forms.FileField(label="Letter")
        sure = forms.BooleanField(label="The child knows")
        own = forms.CharField(error_messages={"required": "Say it"})

    errors = Form({}).errors
    assert errors["name"] == ["Enter the family name"]
    assert errors["sex"] == ["Select the sex"]
    assert errors["letter"] == ["Choose a file: letter"]
    assert errors["sure"] == ["Tick the box: the child knows"]
    assert errors["own"] == ["Say it"]
    assert Form({"name": "Long"}).errors["name"] == [
        "Family name must be 3 characters or fewer (it has 4)"
    ]


def test_a_field_that_a_form_adds_or_names_itself_is_named_too():
    class Form(PlainForm):
        why = forms.CharField(max_length=3, label="?")

        def __init__(self, *args):
            super().__init__(*args)
            self.fields["added"] = forms.CharField(max_length=3, label="What weighs against it")
            self.fields["why"].label = "Why has it changed?"

    errors = Form({"added": "Long", "why": "Long"}).errors
    assert errors["added"] == ["What weighs against it must be 3 characters or fewer (it has 4)"]
    assert errors["why"] == ["Why has it changed? It must be 3 characters or fewer (it has 4)"]
    assert Form({"added": "a\u202eb", "why": "No"}).errors.keys() == {"added"}


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (forms.CharField(label="Given name"), "Enter the given name"),
        (forms.CharField(label="E-mail address"), "Enter the e-mail address"),
        (forms.CharField(label="The child’s reference"), "Enter the child’s reference"),
        (forms.CharField(label="Why they need access"), "Say why they need access"),
        (forms.CharField(label="Why?"), "Say why"),
        (forms.ChoiceField(label="Role"), "Select the role"),
        (forms.ChoiceField(label="What the team is for"), "Select what the team is for"),
        (forms.ChoiceField(label="Choose one"), "Choose one"),
        (forms.ChoiceField(label="One screen"), "Select one screen"),
        (forms.ChoiceField(label="Was it justified?"), "Answer the question: was it justified?"),
    ],
)
def test_what_is_missing_is_a_sentence(field, words):
    assert missing_words(field, "x") == words


def test_a_fault_that_two_checks_find_is_said_once():
    class Form(PlainForm):
        name = forms.CharField()

    form = Form({"name": "a\x00b"})
    said = f"Name: {NOT_STORED}"
    assert parts(form["name"])[1]["errorMessage"]["html"] == said
    assert [each["text"] for each in summary_errors(form)] == [said]


def test_what_is_wrong_names_its_field_by_the_label_that_stands_on_the_page():
    class Form(PlainForm):
        age = forms.IntegerField(label="How old are they?", max_value=120)
        share = forms.IntegerField(label="100% or less")
        answer = forms.ChoiceField(label="Answer", choices=[("a", "A")])
        other = forms.CharField(label="Other", error_messages={"max_length": "Shorter"})

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["answer"].label = "Their answer"

    errors = Form({"age": "x", "share": "x", "answer": "b", "other": "y"}).errors
    assert errors["age"] == ["How old are they? It must be a whole number"]
    assert errors["share"] == ["100% or less must be a whole number"]
    assert errors["answer"] == ["Their answer: Select a valid choice"]
    assert Form({"age": "130"}).errors["age"] == ["How old are they? It must be 120 or less"]


@pytest.mark.parametrize("text", ["a\u202eb", "a\u2066b", "a\x07b", "a\ufffdb"])
def test_what_would_read_as_something_else_is_refused_in_every_field(text):
    class Form(PlainForm):
        reason = forms.CharField(widget=forms.Textarea)
        password = forms.CharField(widget=forms.PasswordInput)

    errors = Form({"reason": text, "password": text}).errors
    assert list(errors) == ["reason"] and "again" in errors["reason"][0]
    assert Form({"reason": "Siân \u200f משה", "password": "x"}).is_valid()


def test_a_number_out_of_range_names_its_field_and_a_hidden_one_the_page():
    class Form(PlainForm):
        age = forms.IntegerField(label="Age", min_value=1, max_value=20)
        version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    for version in ("0", "x", ""):
        errors = Form({"age": "0", "version": version}).errors
        assert errors["age"] == ["Age must be 1 or more"]
        assert errors["version"] == [NOT_WHOLE]
    assert Form({"age": "21", "version": "1"}).errors["age"] == ["Age must be 20 or less"]

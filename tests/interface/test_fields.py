"""The adapter: each widget becomes its GOV.UK control, and nothing typed is lost or changed."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django import forms
from django.forms import formset_factory

from cse.interface.fields import parts, summary_errors
from cse.interface.forms import NOT_WHOLE, DayMonthYearField, PlainForm
from tests.interface.gallery import FILLED, HOSTILE, GalleryForm, environment

KINDS = {
    "name": "input",
    "email": "input",
    "age": "input",
    "views": "textarea",
    "born": "date",
    "sex": "radios",
    "shared": "checkboxes",
    "agreed": "checkboxes",
    "agency": "select",
    "letter": "file",
    "password": "password",
    "version": "hidden",
}


def render(bound, **options):
    source = '{% from "components/forms.html" import field %}{{ field(bound, **options) }}'
    return environment().from_string(source).render(bound=bound, options=options)


class Controls(HTMLParser):
    """The controls of a piece of HTML, and which label belongs to which."""

    def __init__(self, html):
        super().__init__()
        self.controls, self.labels, self.ids = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"])
        if tag in {"input", "select", "textarea"}:
            self.controls.append(values)
        if tag == "label":
            self.labels.append(values["for"])


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_each_widget_has_its_control(name, kind):
    assert parts(GalleryForm()[name])[0] == kind


@pytest.mark.parametrize("name", [name for name in KINDS if name != "version"])
@pytest.mark.parametrize("data", [None, FILLED], ids=["empty", "in error"])
def test_every_control_has_a_label_and_what_describes_it_exists(name, data):
    bound = GalleryForm(data)[name]
    found = Controls(render(bound, hint="A hint"))
    assert found.controls
    for control in found.controls:
        assert control["id"] in found.labels
        assert control["name"].startswith(name)
        for described in (control.get("aria-describedby") or "").split():
            assert described in found.ids
    assert len(found.ids) == len(set(found.ids))


def test_every_error_of_the_summary_leads_to_a_control_on_the_page():
    form = GalleryForm(FILLED)
    ids = [i for bound in form for i in Controls(render(bound)).ids]
    errors = summary_errors(form)
    assert len(errors) == 8
    for error in errors:
        assert error["href"].removeprefix("#") in ids


def test_an_empty_choice_is_shown_where_the_form_has_words_for_it():
    class Form(forms.Form):
        dashes = forms.ChoiceField(
            choices=[("", "---------"), ("a", "A")], widget=forms.RadioSelect
        )
        words = forms.ChoiceField(
            choices=[("a", "A"), ("", "Not chosen")], widget=forms.RadioSelect, required=False
        )

    form = Form({"words": ""})
    assert [each["value"] for each in Controls(render(form["dashes"])).controls] == ["a"]
    chosen = [
        (each["value"], "checked" in each) for each in Controls(render(form["words"])).controls
    ]
    assert chosen == [("a", False), ("", True)]


def test_an_unknown_widget_is_a_mistake_seen_at_once():
    class Form(forms.Form):
        when = forms.SplitDateTimeField()

    with pytest.raises(TypeError, match="SplitDateTimeWidget"):
        parts(Form()["when"])


def test_what_was_typed_is_shown_as_text_everywhere():
    class Form(forms.Form):
        one = forms.CharField(label=HOSTILE, help_text=HOSTILE)
        two = forms.CharField(widget=forms.Textarea)
        three = forms.ChoiceField(choices=[(HOSTILE, HOSTILE)], widget=forms.RadioSelect)
        four = forms.MultipleChoiceField(
            choices=[(HOSTILE, HOSTILE)], widget=forms.CheckboxSelectMultiple
        )
        five = forms.ChoiceField(choices=[(HOSTILE, HOSTILE)])
        six = DayMonthYearField(label=HOSTILE, what=HOSTILE)

    form = Form({"one": '"><script>', "two": "</textarea><script>", "six-day": '"><script>'})
    form.add_error("one", HOSTILE)
    form.add_error(None, HOSTILE)
    source = """{% from "components/forms.html" import field, error_summary %}
      {{ error_summary(form) }}{% for b in form %}{{ field(b, hints={h: h}) }}{% endfor %}"""
    html = environment().from_string(source).render(form=form, h=HOSTILE)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 10


@pytest.mark.parametrize(
    "text",
    [
        "\nfirst line empty",
        "  indented\n    more\n\n\nlast",
        "a\r\nb",
        "end\n",
        "tab\there",
        "</textarea>",
    ],
)
def test_a_narrative_comes_back_as_it_was_typed_even_inside_a_group(text):
    class Form(forms.Form):
        note = forms.CharField(widget=forms.Textarea, strip=False)
        pick = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)

    form = Form({"note": text, "pick": "a"})
    note = render(form["note"])
    for html in (note, render(form["pick"], conditional={"a": note})):
        inside = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL).group(1)
        shown = unescape(inside)
        # A browser swallows one line break at the very beginning.
        shown = shown[1:] if shown.startswith("\n") else shown
        assert shown == text.replace("\r\n", "\n")


def test_a_longest_length_counts_but_never_cuts():
    html = render(GalleryForm()["views"])
    assert 'data-maxlength="400"' in html
    assert "You can enter up to 400 characters" in html
    assert not re.search(r"\smaxlength=", html + render(GalleryForm()["name"]))


def test_passwords_are_never_shown_again_and_may_be_pasted():
    form = GalleryForm({"password": "correct horse"})
    html = render(form["password"])
    assert "correct horse" not in html
    assert "onpaste" not in html
    assert 'autocomplete="current-password"' in html


def test_optional_is_said_once_and_can_be_left_out():
    assert "Work e-mail (optional)" in render(GalleryForm()["email"])
    assert "(optional)" not in render(GalleryForm()["email"], optional=False)
    assert "(optional)" not in render(GalleryForm()["name"])


def test_options_reach_the_control():
    html = render(GalleryForm()["sex"], inline=True, small=True, hints={"female": "F hint"})
    assert "govuk-radios--inline" in html
    assert "govuk-radios--small" in html
    assert "F hint" in html
    assert 'value=""' not in html
    assert "govuk-input--width-5" in render(GalleryForm()["age"], width=5)
    assert "<h1" in render(GalleryForm()["name"], heading=True, legend_size="l")
    assert 'data-x="1"' in render(GalleryForm()["name"], attributes={"data-x": "1"})
    assert "govuk-visually-hidden" in render(GalleryForm()["name"], label_hidden=True)
    assert 'inputmode="numeric"' in render(GalleryForm()["age"])
    assert 'type="text"' in render(GalleryForm()["age"])


def test_answers_are_marked_as_given():
    data = {"sex": "male", "shared": ["school", "lead"], "agreed": "on", "agency": "health"}
    form = GalleryForm(data)
    assert re.findall(r'value="(\w+)"\s+checked', render(form["sex"])) == ["male"]
    assert re.findall(r'value="(\w+)"\s+checked', render(form["shared"])) == ["school", "lead"]
    assert "checked" in render(form["agreed"])
    assert re.findall(r'value="(\w+)" selected', render(form["agency"])) == ["health"]


def test_a_hidden_field_is_hidden_and_keeps_its_value():
    html = render(GalleryForm()["version"])
    assert 'type="hidden"' in html
    assert 'value="3"' in html


def test_a_bad_hidden_field_is_said_without_a_link_to_nowhere():
    form = GalleryForm({"version": "x"})
    assert {"text": NOT_WHOLE} in summary_errors(form)


def test_formsets_are_summed_up_too():
    class Row(PlainForm):
        name = forms.CharField(label="Name")

    rows = formset_factory(Row, min_num=2, validate_min=True, extra=0)
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-name": ""}
    errors = summary_errors(None, rows(data))
    assert {"text": "Enter the name", "href": "#id_form-0-name"} in errors
    assert any("at least 2" in error["text"] for error in errors)
    assert summary_errors(rows()) == []

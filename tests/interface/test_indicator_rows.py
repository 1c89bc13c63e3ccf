"""The rows of a domain as a page prints them: safe, complete and cheap."""

import re
import time
from types import SimpleNamespace

from django import forms
from django.forms.renderers import DjangoTemplates

from screening.views.present import LEVELS, PRESENCES, Row
from tests.interface.gallery import environment

TIMES = [("", "Choose"), ("current", "Current"), ("historic", "Historic")]
PAGE = """{% from "components/screen.html" import indicator_rows %}
{{ indicator_rows(rows, choices, levels, times, "/words") }}"""
CONTROLS = {"presence", "level", "reason", "evidence", "concern", "when", "note"}


def page(rows):
    template = environment().from_string(PAGE)
    values = {"rows": rows, "choices": PRESENCES, "levels": LEVELS, "times": TIMES}
    return lambda: template.render(**values)


def cheapest(act, times):
    act()
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        spent.append(time.perf_counter() - started)
    return min(spent)


def test_a_row_names_all_its_controls_and_every_label_leads_to_one():
    html = page([Row("a1", "Gifts", "high", presence="yes", evidence="\nTwo\nlines")])()
    assert {name[3:] for name in re.findall(r'name="(a1-[^"]+)"', html)} >= CONTROLS
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'for="([^"]+)"', html)) <= set(ids)
    assert "&#10;&#10;Two&#10;lines" in html


def test_everything_in_a_row_is_escaped():
    evil = '"><script>'
    hint = SimpleNamespace(found=evil, why=evil, alternative=evil, source=evil)
    hints = (("note", [hint]),)
    row = Row(*([evil] * 11), errors={evil: evil}, practice_note=evil, hints=hints)
    html = page([row])()
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 20


def test_a_hundred_rows_cost_a_tenth_of_djangos_radios():
    """performance.md: the form page at most 1/10 of Django's RadioSelect form, in one run."""
    fields = {
        f"f{n}": forms.ChoiceField(choices=PRESENCES, widget=forms.RadioSelect) for n in range(100)
    }
    form_class = type("Radios", (forms.Form,), fields)
    ours = cheapest(page([Row(f"a{n}", "A label", "high") for n in range(100)]), 20)
    theirs = cheapest(lambda: form_class(renderer=DjangoTemplates()).as_p(), 4)
    assert ours <= theirs / 10


def test_a_row_without_a_level_speaks_of_none():
    html = page([Row("a1", "Gifts", "high"), Row("a2", "Missing", "")])()
    first, second = re.findall(r"<summary[^>]*>([^<]+)<", html)
    assert (first, second) == ("Evidence and level", "Evidence")

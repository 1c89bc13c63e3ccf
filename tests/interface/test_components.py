"""The components as a page uses them: marks in words, safe text, and fast enough rows."""

import re
from types import SimpleNamespace

import pytest
from jinja2 import UndefinedError

from cse.interface.identity import Identity
from cse.interface.rows import IndicatorRow
from tests.interface import gallery


def render(source, **values):
    return gallery.environment().from_string(source).render(**values)


def test_the_gallery_shows_every_component_and_no_script_but_our_own():
    html = gallery.html()
    assert html.count("<script") == 2
    assert 'src="/static/js/supported.js"' in html
    assert "<title>Error: Gallery – Child exploitation screening</title>" in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted({i for i in ids if ids.count(i) > 1}) == []


@pytest.mark.requirement("DEC-26")
def test_every_page_says_the_marking_and_who_acts_in_which_post():
    html = gallery.html()
    assert html.count("OFFICIAL-SENSITIVE") == 2
    assert "Dana Whitcombe" in html
    assert "Safeguarding lead, Thornmere Academy" in html
    assert "fictional data, second factor off" in html
    plain = gallery.html(shell=gallery.shell(demo=False, marking="OFFICIAL", user_name=""))
    assert "fictional data" not in plain
    assert "Sign out" not in plain
    assert "OFFICIAL-SENSITIVE" not in plain
    handled = gallery.html(shell=gallery.shell(handling="Partners only"))
    assert handled.count("OFFICIAL-SENSITIVE – Partners only") == 2


def test_the_identity_bar_is_a_landmark_with_everything_that_matters():
    html = gallery.html()
    bar = re.search(
        r'<section class="cse-identity" aria-label="The child">.*?</section>', html, re.S
    )
    for words in (
        *("Isla Fenwick", "14 years old", "CSE-2026-0417", "At risk"),
        *("highest so far: CSE (March 2026)", "Looked after (section 20)", "Sealed"),
    ):
        assert words in bar.group()
    bare = Identity(name=gallery.HOSTILE, age="age not known", reference="C-1")
    html = gallery.html(identity=bare)
    assert "Not set" in html
    assert "None recorded" in html
    assert "<script>alert" not in html


@pytest.mark.requirement("DEC-06")
def test_levels_are_words_and_never_red_amber_green():
    macro = '{% from "components/child.html" import level_badge %}{{ level_badge(level) }}'
    for level in ("High", "Medium", "Low", "Vulnerable", "At risk", "CSE"):
        html = render(macro, level=level)
        assert level in html
        assert not re.search("red|amber|green|yellow|orange", html)
    assert "Not set" in render(macro, level="")


def test_a_row_folds_up_what_is_not_needed_and_says_what_is_inside():
    assert not IndicatorRow("a", "A", presence="no").open
    assert not IndicatorRow("a", "A").open
    assert IndicatorRow("a", "A", presence="yes").open
    assert IndicatorRow("a", "A", errors={"note": "!"}).open
    row = IndicatorRow("a", "A", "high", level="low", evidence="e", note="n")
    assert row.noted == "evidence, amended level, note"
    assert IndicatorRow("a", "A", "high", level="high").noted == ""


@pytest.mark.requirement("DEC-15")
def test_a_narrative_field_shows_hints_and_offers_to_check_without_scripts():
    html = render(
        """{% from "components/words.html" import narrative %}
        {{ narrative(form["views"], [hint], "/words") }}""",
        form=gallery.GalleryForm(),
        hint=gallery.HINT,
    )
    for words in ("streetwise", "Instead:", "Oxfordshire §4.4", "Check my wording", "you decide"):
        assert words in html
    assert 'data-language="/words"' in html
    assert 'name="check_wording" value="views" formnovalidate' in html


def test_a_conflict_shows_both_texts_and_keeps_ones_own_in_the_box():
    html = render(
        """{% from "components/drafts.html" import conflict_text %}
        {{ conflict_text("Views", "<b>theirs", "<i>mine", "v", "id_v", "Ben", at) }}
        """,
        at=gallery.context()["moment"],
    )
    assert "&lt;b&gt;theirs" in html
    assert html.count("&lt;i&gt;mine") == 2
    assert "by Ben, 9 December 2026 at 2:05pm" in html
    assert 'data-language-field="id_v"' in html and "data-language-hints" in html


def test_a_table_says_its_caption_headers_and_roles():
    html = render(
        """{% from "components/tables.html" import table %}
        {{ table("Caption", ["A", {"label": "B", "numeric": True}], [["<x>", 1]]) }}"""
    )
    assert "<caption" in html
    assert html.count('scope="col"') == 2
    assert 'scope="row"' in html
    assert 'role="columnheader"' in html
    assert "&lt;x&gt;" in html


def test_paging_says_nothing_where_there_is_only_one_page():
    macro = '{% from "components/navigation.html" import pagination %}{{ pagination(a, b) }}'
    assert render(macro, a="", b="").strip() == ""
    html = render(macro, a="", b="/older?x=1&y=2")
    assert "Older" in html
    assert "Newer" not in html
    assert "x=1&amp;y=2" in html


def test_a_misspelt_variable_is_an_error_and_not_a_blank():
    with pytest.raises(UndefinedError):
        render("{{ chidl.name }}", child=SimpleNamespace(name="x"))
    with pytest.raises(UndefinedError):
        render("{% if chidl %}x{% endif %}")


def test_pages_may_not_print_secrets(settings):
    with pytest.raises(ValueError, match="SECRET_KEY"):
        render('{{ setting("SECRET_KEY") }}')
    assert render('{{ setting("MARKING") }}') == settings.MARKING


@pytest.mark.requirement("W-SHR-02")
def test_the_personal_duty_is_said_where_a_concern_is_written_down():
    html = render(
        """{% from "components/guidance.html" import personal_duty %}{{ personal_duty() }}"""
    )
    assert "Do not assume that somebody else will ask, assess or refer" in html
    assert "your named safeguarding lead" in html


def test_indicators_over_time_are_words_first():
    html = render(
        """{% from "components/screen.html" import strip %}
        {{ strip("Over time", ["1 May 2026"], [["Gifts <b>", ["possible"]], ["Late", [""]]]) }}"""
    )
    assert "Possible" in html
    assert "Not answered" in html
    assert 'scope="row"' in html
    assert 'scope="col"' in html
    assert "Gifts &lt;b&gt;" in html

"""Every template of the product: clean under a strict content security policy, and well formed."""

import re
from pathlib import Path

import pytest

from tests.interface.gallery import environment

TEMPLATES = sorted(Path("templates").rglob("*.html"))
# Printed documents are rendered by WeasyPrint, never by a browser: their style is in the page.
PAGES = [path for path in TEMPLATES if "pdf" not in path.parts]
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
# The picture that allauth draws of its own secret; nothing typed is in it.
TRUSTED = re.compile(r"totp_svg[^}]*\| safe")

INLINE = {
    "a style element": re.compile(r"<style", re.I),
    "a style attribute": re.compile(r"\sstyle\s*=", re.I),
    "an event handler": re.compile(r"<[^>]*\son\w+\s*=", re.I),
    "a script address": re.compile(r"javascript:", re.I),
    "a script without a source": re.compile(r"<script(?![^>]*src=)", re.I),
    "a script with words in it": re.compile(r"<script[^>]*>\s*[^<\s]", re.I),
}
FETCHED = re.compile(r"<(?:script|link|img|iframe|source|video)[^>]*(?:src|href)=\"([^\"]*)", re.I)
FORM = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.S | re.I)


@pytest.fixture(scope="module")
def sources():
    return {str(path): COMMENT.sub("", path.read_text("utf-8")) for path in PAGES}


def test_there_are_templates_to_look_at(sources):
    assert len(sources) > 60


@pytest.mark.parametrize("what", INLINE)
def test_no_inline_script_style_or_handler(sources, what):
    assert [name for name, text in sources.items() if INLINE[what].search(text)] == []


@pytest.mark.parametrize(
    ("what", "bad"),
    [
        ("a style element", "<p><STYLE>p{}</style>"),
        ("a style attribute", '<p style="x">'),
        ("an event handler", '<a href="/" onclick="x()">'),
        ("a script address", '<a href="JavaScript:x">'),
        ("a script without a source", "<script>"),
        ("a script with words in it", '<script src="/a.js">x()</script>'),
    ],
)
def test_what_is_looked_for_would_be_found(what, bad):
    assert INLINE[what].search(bad)


def test_nothing_is_fetched_from_another_host(sources):
    fetched = [(name, a) for name, text in sources.items() for a in FETCHED.findall(text)]
    assert fetched
    assert [found for found in fetched if found[1].startswith(("http", "//"))] == []


def test_every_template_compiles():
    for path in TEMPLATES:
        environment().get_template(str(path.relative_to("templates")))


def test_every_posting_form_carries_its_token(sources):
    forms = [(name, form) for name, text in sources.items() for form in FORM.findall(text)]
    token = re.compile(r"csrf_input|csrfmiddlewaretoken|csrf_field")
    assert forms
    assert [name for name, form in forms if not token.search(form)] == []


def test_no_filter_marks_typed_text_as_safe(sources):
    """`| safe` prints what was typed as markup; Markup made in Python says so itself."""
    marked = re.compile(r"\|\s*safe\b")
    assert [n for n, text in sources.items() if marked.search(TRUSTED.sub("", text))] == []


def test_the_styles_fetch_nothing_and_carry_no_licensed_face():
    css = Path("static/css/app.css").read_text("utf-8")
    assert "@font-face" not in css
    assert "@import" not in css
    assert "GDS Transport" not in css
    for address in re.findall(r"url\(([^)]*)\)", css):
        assert not address.strip("'\"").startswith(("http", "//"))
        assert (Path("static/css") / address.strip("'\"")).resolve().exists()


def test_the_scripts_keep_nothing_in_the_browser_and_stay_at_home():
    for path in Path("static/js").glob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(
            r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\b", text
        )
        # screening.js puts in what the server printed from the page's own template.
        text = text.replace("place.innerHTML = html;", "")
        assert not re.search(r"\binnerHTML\b|\beval\(|insertAdjacentHTML|document\.write", text)
        assert not re.search(r"https?://", text)


def test_the_lock_file_names_no_registry():
    text = Path("assets/package-lock.json").read_text("utf-8")
    assert '"resolved"' not in text
    assert '"integrity"' in text

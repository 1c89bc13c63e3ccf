"""The components in a real browser: reachable, readable, and saving what is typed."""

import pytest
from django.http import QueryDict
from playwright.sync_api import expect

from cse.interface.context import Idle
from cse.interface.guidance import PAGES
from cse.interface.who_screens import expected_of, expected_of_others
from tests.interface import gallery
from tests.interface.browsing import Site
from tests.interface.looking import barriers

pytestmark = pytest.mark.browser
TALL = 900


@pytest.fixture(scope="module")
def site():
    site = Site()
    site.pages["/"] = gallery.html()
    yield site
    site.close()


@pytest.fixture
def page(chromium, site):
    site.reset()
    context = chromium.new_context(viewport={"width": 1280, "height": TALL})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_nothing_stands_in_anybodys_way(chromium, site, width, scripts):
    context = chromium.new_context(viewport={"width": width, "height": TALL}, bypass_csp=True)
    page = context.new_page()
    if not scripts:
        # axe is itself a script: ours are kept away instead of switching all of them off.
        page.route("**/static/js/**", lambda route: route.abort())
    page.goto(site.address)
    assert page.locator("body.js-enabled").count() == int(scripts)
    assert barriers(page) == []
    context.close()


@pytest.mark.parametrize("width", [1280, 375, 320])
def test_no_page_is_wider_than_the_screen(page, site, width):
    page.set_viewport_size({"width": width, "height": TALL})
    page.goto(site.address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_security_policy_refuses_nothing_of_ours(page, site):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(site.address)
    page.wait_for_function("document.body.classList.contains('govuk-frontend-supported')")
    assert [words for words in said if "autocomplete" not in words] == []


def test_an_error_summary_takes_the_focus_and_leads_to_the_box(page, site):
    page.goto(site.address)
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Date of birth must be a real date").click()
    expect(page.locator("#id_born-day")).to_be_focused()


def posted_to(page, site, path):
    """What came to that address first, waiting for it."""
    for _ in range(400):
        if found := site.posts_to(path):
            return found[0]
        page.wait_for_timeout(50)
    raise AssertionError(f"nothing was posted to {path}")


def draft(site, **attributes):
    """A page with a form that saves itself."""
    source = """{% extends "layouts/base.html" %}
      {% from "components/drafts.html" import autosave_attributes, autosave_status %}
      {% block content %}<form method="post" action="/button" {{ autosave_attributes(
        "/save", compare) }}>{{ autosave_status() }}
      <input type="hidden" name="version" value="7"><label for="t">T</label>
      <textarea id="t" name="t"></textarea><button>Save</button></form>{% endblock %}"""
    values = {"compare": "", **attributes}
    html = gallery.environment().from_string(source).render(**gallery.context(form=None, **values))
    site.pages["/draft"] = html
    return f"{site.address}/draft"


@pytest.mark.requirement("D-SCR-01")
def test_what_is_typed_is_saved_without_a_button(page, site):
    site.answers["/save"] = [
        (200, {"saved_at": "14:05", "version": 8}),
        (200, {"saved_at": "14:06"}),
    ]
    page.goto(draft(site))
    page.fill("#t", "A first sentence")
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_text("Saved at 14:05")
    expect(page.locator("[name=version]")).to_have_value("8")
    page.fill("#t", "A second sentence")
    expect(status).to_have_text("Saved at 14:06")
    assert [path for path, _ in site.posted] == ["/save", "/save"]
    assert "A first sentence" in site.posted[0][1]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_save_that_fails_is_tried_again(page, site):
    site.answers["/save"] = [(500, {}), (200, {"saved_at": "14:07", "version": 8})]
    page.goto(draft(site))
    page.fill("#t", "Typed while the server was away")
    status = page.locator("[data-autosave-status]")
    expect(status).to_contain_text("Not saved – will try again")
    expect(status).to_have_text("Saved at 14:07")
    expect(page.locator("#t")).to_have_value("Typed while the server was away")


@pytest.mark.requirement("D-SCR-01")
def test_what_was_left_out_is_said_and_the_page_goes_on_saving(page, site):
    wrong = "On which day: Day must include a year"
    site.answers["/save"] = [
        (200, {"saved_at": "14:05", "version": 8, "unsaved": [wrong, "Note: too long"]}),
        (200, {"unsaved": [wrong]}),
        (200, {"saved_at": "14:06", "version": 9, "unsaved": []}),
    ]
    page.goto(draft(site))
    status = page.locator("[data-autosave-status]")
    for typed, words in (
        ("One", f"Saved at 14:05, except {wrong}; Note: too long"),
        ("Two", f"Not saved: {wrong}"),
        ("Three", "Saved at 14:06"),
    ):
        page.fill("#t", typed)
        expect(status).to_have_text(words)
    expect(page.locator("[name=version]")).to_have_value("9")


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (409, {"compare_url": "/compare"}, "Open the comparison"),
        (409, {}, "Use the save button to see both texts"),
        (401, {}, "you have been signed out"),
        (404, {}, "no longer open to you"),
        (413, {"message": "That is too long."}, "That is too long."),
    ],
)
def test_when_it_cannot_be_saved_the_page_says_what_to_do_and_keeps_the_text(
    page, site, status, answer, words
):
    site.answers["/save"] = [(status, answer)]
    page.goto(draft(site))
    page.fill("#t", "Typed")
    expect(page.locator("[data-autosave-status]")).to_contain_text(words)
    expect(page.locator("#t")).to_have_value("Typed")
    page.fill("#t", "Typed on")
    page.wait_for_timeout(2000)
    assert len(site.posted) == 1


@pytest.mark.parametrize("width", [1280, 375])
def test_that_it_is_not_saved_stays_in_sight(page, site, width):
    site.answers["/save"] = [(409, {"compare_url": "/compare"})]
    page.set_viewport_size({"width": width, "height": TALL})
    page.goto(draft(site))
    page.fill("#t", "Typed")
    trouble = page.locator(".cse-autosave--trouble")
    expect(trouble).to_be_visible()
    page.locator("#t").evaluate("e => { e.rows = 200; }")
    page.evaluate("window.scrollTo(0, 2000)")
    assert trouble.bounding_box()["y"] == 0
    # What the keyboard comes back to is not behind it.
    page.locator("#t").evaluate(
        """box => {
          box.rows = 2;
          for (let number = 0; number < 60; number += 1) {
            const button = document.createElement("button");
            button.type = "button";
            button.className = "govuk-button";
            button.textContent = `Button ${number}`;
            box.after(button);
          }
          [...document.querySelectorAll("button")].at(-1).focus();
        }"""
    )
    for _ in range(70):
        page.keyboard.press("Shift+Tab")
        top = page.evaluate("document.activeElement.getBoundingClientRect().top")
        line = trouble.bounding_box()
        assert top >= line["y"] + line["height"] or page.evaluate("window.scrollY") == 0
        if page.evaluate("document.activeElement.id") == "t":
            break
    else:
        raise AssertionError("The keyboard never came back to the box.")


def test_the_button_does_not_overtake_a_save_on_its_way(page, site):
    # Slow at the server, which says what came: waiting inside Playwright's own handlers can wait
    # for ever.
    site.answers["/save"] = [(200, {"saved_at": "14:05", "version": 8})]
    site.slow["/save"] = 0.5
    page.goto(draft(site))
    page.fill("#t", "Typed")
    posted_to(page, site, "/save")
    page.get_by_role("button", name="Save").click()
    assert QueryDict(posted_to(page, site, "/button"))["version"] == "8"


@pytest.mark.requirement("DEC-15")
def test_hints_come_while_typing_and_change_nothing(page, site):
    hint = {"start": 2, "end": 12, "found": "streetwise", "why": "<b>Why</b>"}
    hint |= {"alternative": "Say what", "source": "O §4.4"}
    site.answers["/words"] = [(200, {"hints": [hint]}), (200, {"hints": []})]
    page.goto(site.address)
    field, hints = page.locator("#id_blank-views"), page.locator("#id_blank-views-words")
    field.fill("😀 streetwise")
    expect(hints).to_contain_text("<b>Why</b>")
    expect(field).to_have_value("😀 streetwise")
    page.get_by_role("button", name="Show it in the text").click()
    selected = "e => e.value.slice(e.selectionStart, e.selectionEnd)"
    assert field.evaluate(selected) == "streetwise"
    field.fill("plain")
    expect(hints).to_be_empty()


def test_without_an_answer_the_helper_is_silent(page, site):
    page.goto(site.address)
    before = page.locator("#id_blank-views-words").inner_text()
    page.fill("#id_blank-views", "streetwise")
    page.wait_for_timeout(1200)
    assert page.locator("#id_blank-views-words").inner_text() == before
    assert len(site.posts_to("/words")) == 1


def idle_page(site, seconds, warning, ends_at=None):
    idle = Idle(seconds, warning, "/extend", "/ended", "/keep", ends_at)
    source = """{% extends "layouts/base.html" %}{% block content %}
      <form method="post" action="/f"><label for="t">T</label><textarea id="t" name="t"></textarea>
      </form>{% endblock %}"""
    template = gallery.environment().from_string(source)
    site.pages["/idle"] = template.render(
        **gallery.context(form=None, shell=gallery.shell(idle=idle))
    )
    site.pages["/ended"] = "<title>Ended</title>"
    return f"{site.address}/idle"


def test_a_warning_comes_before_the_session_ends_and_one_press_extends_it(page, site):
    site.answers["/extend"] = [(200, {"seconds_left": 600})]
    page.goto(idle_page(site, 62, 60))
    dialog = page.get_by_role("dialog", name="You are about to be signed out")
    expect(dialog).to_be_visible()
    assert "You will be signed out in" in page.locator("dialog [role=alert]").inner_text()
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    page.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    # The page of an earlier test may still hand something in; only what ours sent counts.
    assert len(site.posts_to("/extend")) == 1


def test_the_warning_can_be_put_away_and_what_was_typed_is_handed_in(page, site):
    site.answers["/keep"] = [(200, {})]
    page.goto(idle_page(site, 8, 7))
    page.fill("#t", "Not saved yet")
    dialog = page.locator("dialog")
    expect(dialog).to_be_visible()
    page.get_by_role("button", name="Back to the page").click()
    expect(dialog).to_be_hidden()
    page.wait_for_url("**/ended", timeout=15000)
    assert "Not saved yet" in site.posts_to("/keep")[0]


def test_a_person_who_is_not_signed_in_is_not_warned(page, site):
    page.goto(site.address)
    assert page.locator("dialog").count() == 0


def test_paper_shows_the_marking_and_no_buttons(page, site):
    page.goto(site.address)
    page.emulate_media(media="print")
    assert page.locator(".cse-marking--top").is_visible()
    for hidden in (".cse-header", ".cse-nav", ".cse-footer__links", ".cse-words__check"):
        assert not page.locator(hidden).first.is_visible()


def test_guidance_reads_at_any_width(chromium, site):
    environment = gallery.environment()
    request = gallery.request()
    for number, entry in enumerate(PAGES):
        context = gallery.context(
            form=None,
            page=entry,
            pages=PAGES,
            terms=[],
            request=request,
            own=expected_of({"school"}),
            others=expected_of_others({"school"}),
        )
        html = environment.get_template(f"guidance/{entry.slug}.html").render(**context)
        site.pages[f"/guidance{number}"] = html
    context = chromium.new_context(viewport={"width": 320, "height": TALL}, bypass_csp=True)
    page = context.new_page()
    for number in range(len(PAGES)):
        page.goto(f"{site.address}/guidance{number}")
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()

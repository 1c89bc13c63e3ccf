"""The picture of a clock: what it says, and that it stands in nobody's way."""

import datetime as dt
import re

import pytest

from cse.clocks.pictures import MOST_DAYS, picture_of
from cse.workdays import calendar_of
from tests.clocks import gallery, kinds
from tests.clocks.conftest import at
from tests.interface.browsing import Site
from tests.interface.gallery import HOSTILE
from tests.interface.looking import barriers

#: By case of the gallery: the words, the tone, and whether a reason is asked for.
SAID = [
    ("4 working hours left", "notice", False),
    ("10 working hours left", "plain", False),
    ("late by 2 working days", "late", True),
    ("late by 2 working days", "late", False),
    ("done in time", "done", False),
    ("done late", "plain", True),
    ("no longer owed", "plain", False),
    ("1 day and 11 hours left", "plain", False),
    ("late by 12 hours", "late", True),
    ("late by 83 working days", "late", True),
]


@pytest.mark.parametrize(("case", "said"), list(enumerate(SAID)))
def test_what_a_picture_says(case, said):
    picture = gallery.pictures()[case]
    assert (picture.words, picture.tone, bool(picture.explain_href)) == said


@pytest.mark.requirement("DEC-31")
def test_days_that_are_not_counted_are_named_and_so_are_closures_that_are():
    picture = gallery.pictures()[1]
    assert [day.isoformat() for day, _ in picture.not_counted] == ["2026-12-25", "2026-12-28"]
    assert picture.not_counted[1][1].endswith("(substitute day)")
    assert picture.closed_but_counted == ((dt.date(2026, 12, 29), "Office closed"),)


def test_the_bar_has_a_box_a_day_and_lies_where_the_moments_do():
    bar = gallery.pictures()[1].bar
    assert len(bar.days) == 8 and bar.width == 800  # 23 to 30 December
    assert bar.off == (200, 300, 400, 500)  # Friday the 25th to Monday the 28th
    assert (bar.start, bar.now, bar.due) == (42, 662, 771)


def test_what_has_just_begun_shows_where_now_is():
    begun = gallery.picture(kinds.DECISION, "2026-12-04 10:00", "2026-12-04 10:00", {})
    source = gallery.environment().from_string(
        '{% from "clocks/picture.html" import clock %}{{ clock(each) }}'
    )
    assert 'class="cse-clock__gone" x="42" y="14" width="10"' in source.render(each=begun)


def test_hours_strike_no_day_out():
    bar = gallery.pictures()[7].bar
    assert bar.off == () and len(bar.days) == 4


@pytest.mark.parametrize(("days", "drawn"), [(MOST_DAYS - 1, True), (MOST_DAYS, False)])
def test_a_bar_that_would_say_nothing_is_left_out(days, drawn):
    first, kind = at("2026-09-01 10:00"), kinds.DECISION
    clock = gallery.Clock(
        authority=gallery.WILTSHIRE,
        kind=kind.key,
        amount=3,
        unit="working_days",
        trigger_at=first,
        due_at=first,
    )
    kinds.register()
    later = first + dt.timedelta(days=days)
    assert (picture_of(clock, now=later, calendar=calendar_of()).bar is not None) == drawn


def test_what_somebody_typed_is_text():
    page = gallery.html()
    assert HOSTILE not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page


#: By case of the gallery: what the legend under the drawing says.
LEGENDS = {
    0: ["One day", "Striped", "Filled: the time gone, up to now", "Thick line: when it is due"],
    2: ["One day", "Striped", "Filled: the time until", "Framed: late, up to now", "it was due"],
    4: ["One day", "Striped", "Filled: the time gone, up to when it was done", "it was due"],
    5: ["One day", "Striped", "Filled: the time until", "Framed: late, up to when it was", "was"],
    7: ["One day", "Filled: the time gone, up to now", "Thick line: when it is due"],
}


def test_a_legend_says_in_words_what_is_drawn_and_nothing_that_is_not():
    cards = gallery.html().split('<div class="cse-clock cse-clock--')[1:]
    for case, signs in LEGENDS.items():
        (legend,) = re.findall(r'<ul class="cse-clock__legend".*?</ul>', cards[case], re.DOTALL)
        items = re.findall(r"</svg>(.*?)</li>", legend)
        assert len(items) == len(signs), items
        assert all(sign in item for sign, item in zip(signs, items, strict=True)), items
    assert "cse-clock__legend" not in cards[6] + cards[9]  # no drawing: nothing to explain


@pytest.fixture(scope="module")
def site():
    site = Site()
    site.pages["/"] = gallery.html()
    yield site
    site.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 320])
def test_nothing_stands_in_anybodys_way(chromium, site, width):
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(site.address)
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.browser
def test_the_security_policy_refuses_nothing_of_it(chromium, site):
    page, said = chromium.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(site.address)
    page.wait_for_function("document.body.classList.contains('govuk-frontend-supported')")
    assert said == []
    boxes = page.locator("svg.cse-clock__bar")
    assert boxes.count() == 8  # neither of what is withdrawn nor of what is far too long
    assert all(box.get_attribute("aria-hidden") == "true" for box in boxes.all())
    page.close()

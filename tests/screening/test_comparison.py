"""Any two screens of a child beside each other, indicators over time, and the child's panel."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.people.models import Role
from screening.actions import choose_version, retire_row
from screening.answers import Given
from screening.models import Screen, Tool
from screening.queries import screen_before
from tests.factories import grant, make_child, make_user
from tests.interface.looking import in_the_way_of
from tests.prepared import prepared
from tests.referrals.area import years_old
from tests.screening.conftest import Place
from tests.screening.made import HIGH, NO, OTHER_HIGH, POSSIBLE, YES, completed, corrected, lowered
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db
FIRST = {
    "O-IND-HEA-01": Given(YES),
    "O-IND-HEA-02": Given(POSSIBLE),
    "O-IND-HEA-03": Given(YES),
    "O-IND-HEA-04": Given(YES),
    "O-IND-HEA-05": Given(NO),
    "O-IND-HEA-06": Given(YES, evidence="The nurse's note"),
    "O-IND-HEA-07": Given(YES),
}
SECOND = {
    "O-IND-HEA-01": Given(YES),
    "O-IND-HEA-02": Given(YES),
    "O-IND-HEA-03": Given(NO),
    "O-IND-HEA-05": Given(POSSIBLE),
    "O-IND-HEA-06": Given(YES, evidence="The nurse's note, and the form tutor's"),
    "O-IND-HEA-07": Given(YES, level="high", reason="She is only eleven"),
    "O-IND-HEA-08": Given(NO),
}


@prepared
def place(oxfordshire):
    return oxfordshire


@prepared
def two(place):
    """Two screens that differ in every way a row can."""
    return (
        completed(place, answers=FIRST, professional_judgement="Worried since summer."),
        completed(
            place, answers=SECOND, level="cse", professional_judgement="Now she has said so."
        ),
    )


def compare_at(child, first=None, second=None):
    where = reverse("screening:compare", args=[child.pk])
    if first is None:
        return where
    return f"{where}?first={getattr(first, 'pk', first)}&second={getattr(second, 'pk', second)}"


def table(response, caption):
    """The rows of the table with that caption, each as text."""
    html = response.content.decode()
    found = re.search(rf"<caption[^>]*>{re.escape(caption)}</caption>(.*?)</table>", html, re.S)
    assert found, caption
    rows = re.findall(r"<tr.*?</tr>", found[1], re.S)[1:]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).replace("&#39;", "'").split()) for row in rows]


@pytest.mark.requirement("W-SCR-11")
def test_what_changed_comes_first_in_words(place, two):
    page = place.client().get(compare_at(place.child, *two))
    rows = table(page, "Indicators that changed, what is new first")
    words = [
        next(
            each
            for each in (
                "New", "Stronger", "Level changed", "Gone", "Not answered this time", "Answered",
            )
            if f" {each} " in f"{row} " or f" {each}:" in row
        )
        for row in rows
    ]  # fmt: skip
    assert words == [
        "New",
        "Stronger",
        "Level changed",
        "Gone",
        "Not answered this time",
        "Answered",
    ]
    assert "Possible" in rows[1] and "Yes" in rows[1]
    assert "Yes, medium" in rows[2] and "Yes, high (the tool suggests medium)" in rows[2]
    assert "She is only eleven" in rows[2]
    assert "that is not “no”" in rows[4]
    [reworded] = table(page, "The same answer, other words beside it")
    assert "The nurse's note, and the form tutor's" in reworded


@pytest.mark.requirement("W-SCR-11", "DEC-06")
def test_levels_and_judgements_stand_side_by_side(place, two):
    page = place.client().get(compare_at(place.child, *two))
    levels = table(page, "The two screens")
    assert "At risk" in levels[0] and "CSE" in levels[1]
    texts = table(page, "Texts and choices that differ")
    [judgement] = [row for row in texts if "Worried since summer." in row]
    assert "Now she has said so." in judgement and "(changed)" in judgement
    assert not re.search(r"\d\s?%|score", text_of(page))


@pytest.mark.requirement("W-SCR-11")
def test_whichever_is_chosen_first_the_earlier_one_stands_first(place, two):
    client = place.client()
    one, other = (
        table(client.get(compare_at(place.child, *pair)), "The two screens")
        for pair in (two, two[::-1])
    )
    assert one == other


@pytest.mark.requirement("W-SCR-11")
def test_without_a_choice_the_last_two_are_compared(place, two):
    third = completed(place, answers=SECOND, level="cse")
    page = place.client().get(compare_at(place.child)).content.decode()
    chosen = re.findall(r'<option value="([^"]+)" selected', page)
    assert chosen == [str(two[1].pk), str(third.pk)]


@pytest.mark.requirement("W-SCR-11")
def test_a_correction_is_compared_with_the_version_it_corrects(place, two):
    later = corrected(
        two[1], by=place.worker, answers={"O-IND-HEA-02": Given(NO)}, reason="Wrong row ticked"
    )
    page = place.client().get(compare_at(place.child, two[1], later))
    assert "A correction of the earlier version" in text_of(page)
    assert "Wrong row ticked" in text_of(page)
    [row] = table(page, "Indicators that changed, what is new first")
    assert "Gone" in row
    assert "Every text and choice is the same in both" in text_of(page)
    two[1].refresh_from_db()
    assert two[1].answers["i"]["O-IND-HEA-02"] == "y"


@pytest.mark.requirement("DEC-25")
def test_two_tools_are_never_converted_into_each_other(place):
    one = completed(place, answers=FIRST)
    other = completed(
        place,
        tool="wiltshire",
        answers={"W-IND-MIS-02": Given(YES), "missing": {"rating": "high"}},
    )
    page = place.client().get(compare_at(place.child, one, other))
    words = text_of(page)
    assert "Two different tools" in words
    assert "Indicators that changed" not in words and "Ratings of the domains" not in words
    html = page.content.decode()
    captions = [
        " ".join(each.split()) for each in re.findall(r"<caption[^>]*>(.*?)</caption>", html)
    ]
    [ours] = [each for each in captions if each.endswith("CSE Screening Tool")]
    assert len(table(page, ours)) == 6  # the rows present in Oxfordshire's own words
    [theirs] = [each for each in captions if each.endswith("ratings of the domains")]
    assert any(row.endswith("High") and "Missing" in row for row in table(page, theirs))
    assert "(the tool suggests" not in words


@pytest.mark.requirement("DEC-25", "DEC-22")
def test_two_versions_say_so_and_a_retired_row_is_not_asked(place):
    one = completed(place, answers=FIRST)
    admin = make_user(Role.ADMINISTRATOR)
    made = retire_row(
        tool=Tool.objects.get(key="oxfordshire"), indicator="O-IND-HEA-01", reason="Board", by=admin
    )
    choose_version(version=made, by=admin, reason="Board")
    other = completed(place, answers={HIGH: Given(NO)})
    page = place.client().get(compare_at(place.child, one, other))
    assert "Two versions of the same tool" in text_of(page)
    [row] = table(page, "Indicators asked by one version only")
    assert "Not asked" in row and "Yes, high" in row
    assert "O-IND-HEA-01" in one.answers["i"]


def test_ratings_of_domains_stand_side_by_side(wiltshire):
    one = completed(wiltshire, answers={"missing": {"rating": "low"}, "health": {"rating": "low"}})
    two = completed(wiltshire, answers={"missing": {"rating": "high"}, "health": {"rating": "low"}})
    page = wiltshire.client().get(compare_at(wiltshire.child, one, two))
    rows = table(page, "Ratings of the domains")
    [missing] = [row for row in rows if row.startswith("Missing")]
    [health] = [row for row in rows if row.startswith("Health")]
    assert "Low" in missing and "High" in missing and "Changed" in missing
    assert "The same" in health
    assert sum("Not rated" in row for row in rows) == 6


@pytest.mark.requirement("W-SCR-11")
def test_another_childs_screen_is_the_one_404(place, two):
    stranger = Place("oxfordshire", given_name="Kim")
    theirs = completed(stranger, answers=FIRST)
    grant(place.worker, stranger.child)  # even one that this person may see
    client = place.client()
    made_up = client.get(compare_at(place.child, two[0], uuid.uuid4()))
    for wrong in (theirs.pk, "not-an-id", f"{two[0].pk}'", "%00"):
        answer = client.get(compare_at(place.child, two[0], wrong))
        assert answer.status_code == 404 and answer.content == made_up.content
    hidden = place.client(stranger.worker).get(compare_at(place.child, *two))
    assert hidden.status_code == 404 and hidden.content == made_up.content
    refused = AuditEvent.objects.filter(actor_id=place.worker.pk, decision="refused")
    assert refused.filter(child_id=place.child.pk).count() == 5


def test_a_draft_and_a_screen_set_aside_cannot_be_compared(place, two):
    from screening.actions import set_aside, start_screen

    draft, _ = start_screen(child=place.child, by=place.worker)
    client = place.client()
    assert client.get(compare_at(place.child, two[0], draft)).status_code == 404
    set_aside(screen_id=draft.pk, by=place.worker, reason="Begun twice")
    assert client.get(compare_at(place.child, two[0], draft)).status_code == 404


def test_a_wrong_choice_is_explained_and_kept(place, two):
    client = place.client()
    same = client.get(compare_at(place.child, two[0], two[0]))
    assert "Choose two different screens" in text_of(same)
    assert "<title>Error: " in same.content.decode()
    missing = client.get(compare_at(place.child, two[0], ""))
    assert missing.status_code == 200
    assert f'<option value="{two[0].pk}" selected' in missing.content.decode()


def test_one_screen_or_none_says_what_will_be_here(place):
    client = place.client()
    words = text_of(client.get(compare_at(place.child)))
    assert "There are not yet two completed screens" in words
    completed(place)
    assert "There are not yet two" in text_of(client.get(compare_at(place.child)))


def test_looking_is_written_down_with_the_screens_looked_at(place, two):
    place.client().get(compare_at(place.child, *two))
    look = AuditEvent.objects.get(act="see a screen", data__has_key="compared")
    assert look.child_id == place.child.pk
    assert set(look.data["compared"]) == {str(screen.pk) for screen in two}


def test_what_people_wrote_is_printed_as_text(place, two):
    bad = "<script>alert(1)</script>"
    third = completed(place, answers={HIGH: lowered(evidence=bad)}, professional_judgement=bad)
    html = place.client().get(compare_at(place.child, two[0], third)).content.decode()
    assert bad not in html and "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def queries_of(client, where):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(where)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(where).status_code == 200
    return len(captured)


def test_comparing_costs_the_same_with_two_screens_and_with_four(place, two):
    client = place.client()
    cost = queries_of(client, compare_at(place.child))
    for _ in range(2):
        completed(place, answers=SECOND, level="cse")
    assert queries_of(client, compare_at(place.child)) == cost <= 16


# -- Over time ----------------------------------------------------------------------------------


def over_time_at(child):
    return reverse("screening:over-time", args=[child.pk])


@pytest.mark.requirement("W-SCR-11")
def test_one_column_a_screen_one_row_an_indicator_words_in_every_cell(place, two):
    html = place.client().get(over_time_at(place.child)).content.decode()
    strip = re.search(r'<table class="cse-strip">.*?</table>', html, re.S)[0]
    assert strip.count('class="cse-strip__screen"') == 2
    lines = re.findall(r'<tr><th scope="row".*?</tr>', strip, re.S)
    assert len(lines) == 1 + 7  # the level, and every row that was present in either
    for line in lines:
        cells = re.findall(r"<td[^>]*>(.*?)</td>", line, re.S)
        assert len(cells) == 2
        assert all(re.sub(r"<[^>]+>", "", cell).strip() for cell in cells)
    assert "At risk" in lines[0] and "CSE" in lines[0]
    words = " ".join(lines)
    for each in ("Yes, high", "Possible, high", "No", "Not answered"):
        assert each in words


@pytest.mark.browser
@pytest.mark.requirement("W-SCR-11")
def test_columns_beside_each_other_make_the_page_no_wider(chromium, place, two):
    """What only a screen reader says stays in the table too, which scrolls in its own frame."""
    corrected(two[1], by=place.worker, harm_happened="yes")
    pages = {"two columns": place.client().get(over_time_at(place.child)).content.decode()}
    for _ in range(2):
        again = completed(place, answers=SECOND, level="cse")
        corrected(again, by=place.worker, harm_happened="yes")
    pages["four columns"] = place.client().get(over_time_at(place.child)).content.decode()
    assert not in_the_way_of(chromium, pages)


@pytest.mark.requirement("W-SCR-11")
def test_the_picture_comes_second_with_a_title_and_no_style(place, two):
    html = place.client().get(over_time_at(place.child)).content.decode()
    picture = html.index("<svg xmlns")
    assert html.index('<table class="cse-strip">') < picture
    svg = html[picture : html.index("</svg>", picture)]
    assert 'role="img" aria-labelledby="strip-title strip-desc"' in svg
    assert '<title id="strip-title">' in svg
    assert svg.count("<g>") == svg.count("<title>") == 7
    assert "style=" not in html and "<style" not in html and "<script>" not in html
    # Yes, possible, no and not answered differ in shape, whatever the colour.
    shapes = ['width="14" height="14"', 'width="7" height="14"', 'height="12"', "<circle"]
    assert all(shape in svg for shape in shapes)
    # They are the marks of the table before it.
    table = html[:picture]
    assert all(shape in table for shape in shapes)


@pytest.mark.requirement("W-SCR-11")
def test_many_screens_scroll_in_a_region_that_the_keyboard_reaches(place):
    made = completed(place, answers=FIRST)
    for number in range(13):
        copy_of(made, days=number + 1)
    html = place.client().get(over_time_at(place.child)).content.decode()
    assert html.count('class="cse-strip__screen"') == 14
    regions = re.findall(r'<div class="cse-strip__scroll"[^>]*>', html)
    assert len(regions) == 2
    for region in regions:
        assert 'role="region"' in region and 'tabindex="0"' in region
        name = re.search(r'aria-labelledby="([^"]+)"', region)[1]
        assert f'id="{name}"' in html


def copy_of(screen, *, days):
    """The same answers on a later day."""
    later = screen.completed_at + dt.timedelta(days=days)
    fields = {
        field.attname: getattr(screen, field.attname)
        for field in Screen._meta.concrete_fields
        if field.name != "id"
    }
    more = Screen(**{**fields, "completed_at": later, "completed_on": later.date()})
    more.save(force_insert=True)
    return more


@pytest.mark.requirement("W-SCR-11")
def test_a_corrected_screen_stands_once(place, two):
    later = corrected(two[1], by=place.worker, answers={"O-IND-HEA-02": Given(NO)})
    html = place.client().get(over_time_at(place.child)).content.decode()
    assert html.count('class="cse-strip__screen"') == 2
    assert f"/screens/{later.pk}/" in html and f"/screens/{two[1].pk}/" not in html


@pytest.mark.requirement("DEC-25")
def test_two_tools_over_time_keep_their_own_rows(place):
    completed(place, answers={HIGH: Given(YES)})
    completed(place, tool="wiltshire", answers={"W-IND-MIS-02": Given(YES)})
    page = place.client().get(over_time_at(place.child))
    assert "More than one tool" in text_of(page)
    strip = re.search(r'<table class="cse-strip">.*?</table>', page.content.decode(), re.S)[0]
    lines = re.findall(r'<tr><th scope="row".*?</tr>', strip, re.S)[1:]
    assert len(lines) == 2
    assert all(line.count("Not asked") == 1 for line in lines)


def test_nothing_present_does_not_read_as_no_risk(place):
    assert "That does not mean that there is no risk" in text_of(
        place.client().get(over_time_at(place.child))
    )
    completed(place, answers={HIGH: Given(NO)})
    assert "That does not mean that there is no risk" in text_of(
        place.client().get(over_time_at(place.child))
    )


def test_over_time_costs_the_same_with_one_screen_and_with_three(place, two):
    client = place.client()
    cost = queries_of(client, over_time_at(place.child))
    completed(place, answers=SECOND, level="cse")
    assert queries_of(client, over_time_at(place.child)) == cost <= 16


# -- Who --------------------------------------------------------------------------------------

SEES = {
    Role.PRACTITIONER, Role.NAMED_LEAD, Role.SENIOR_MANAGER, Role.FRONT_DOOR, Role.CSE_TEAM,
    Role.CHAIR,
}  # fmt: skip


@pytest.mark.parametrize("role", Role)
def test_who_may_compare(place, two, role):
    user = make_user(role)
    client = place.client(user)
    for where in (compare_at(place.child, *two), over_time_at(place.child)):
        assert client.get(where).status_code == (404 if role in SEES else 403)
    grant(user, place.child)
    for where in (compare_at(place.child, *two), over_time_at(place.child)):
        assert client.get(where).status_code == (200 if role in SEES else 403)
        assert client.post(where).status_code in (403, 405)


# -- The panel on the child's page --------------------------------------------------------------


def front(child):
    return reverse("children:child", args=[child.pk])


def test_the_panel_lists_screens_with_their_state(place, two):
    from screening.actions import start_screen

    draft, _ = start_screen(child=place.child, by=place.worker)
    page = place.client().get(front(place.child))
    rows = table(page, "Screens, the newest first")
    assert len(rows) == 3
    html = page.content.decode()
    for where in (
        reverse("screening:draft", args=[draft.pk]),
        reverse("screening:show", args=[two[0].pk]),
        compare_at(place.child),
        over_time_at(place.child),
        reverse("screening:start", args=[place.child.pk]),
    ):
        assert f'href="{where}"' in html, where
    assert any("Draft" in row for row in rows)
    assert any("CSE" in row and "Wyn Arden" in row and "Complete" in row for row in rows)


def test_the_panel_says_what_waits_and_what_was_replaced(tools):
    place = Place("oxfordshire", date_of_birth=years_old(13))
    first = completed(place, answers={HIGH: lowered(), OTHER_HIGH: lowered()}, level="cse")
    corrected(first, by=place.worker, answers={OTHER_HIGH: Given(NO)})
    completed(place, level="at_risk")
    rows = table(place.client().get(front(place.child)), "Screens, the newest first")
    assert "level waits for approval" in rows[0]
    assert "correction 1" in rows[1] and "waits for a countersignature" in rows[1]
    assert "CSE" in rows[1]  # the correction left the level as it was: it wrote none of its own
    assert "replaced by a correction" in rows[2]


def test_the_panel_without_screens_does_not_read_as_no_risk(place):
    words = text_of(place.client().get(front(place.child)))
    assert "No screen yet. That does not mean that there is no risk." in words


def test_the_panel_costs_the_same_with_one_screen_and_with_three(place):
    completed(place)
    client = place.client()
    cost = queries_of(client, front(place.child))
    completed(place)
    completed(place)
    assert queries_of(client, front(place.child)) == cost


def test_the_panel_shows_no_other_childs_screens(place, two):
    other = make_child(by=place.worker)
    grant(place.worker, other)
    html = place.client().get(front(other)).content.decode()
    assert str(two[0].pk) not in html


# -- From a screen to the others -----------------------------------------------------------------


@pytest.mark.requirement("W-SCR-11")
@pytest.mark.parametrize("page", ["show", "completed"])
def test_a_screens_own_page_leads_to_the_one_before_and_to_indicators_over_time(place, two, page):
    first, second = (place.client().get(reverse(f"screening:{page}", args=[s.pk])) for s in two)
    across = f'href="{reverse("screening:over-time", args=[place.child.pk])}"'
    for each in (first, second):
        assert across in each.content.decode()
    assert "Compare with the screen of" not in text_of(first)
    link = compare_at(place.child, *two).replace("&", "&amp;")
    assert f'href="{link}"' in second.content.decode()
    assert place.client().get(compare_at(place.child, *two)).status_code == 200


@pytest.mark.requirement("W-SCR-11")
def test_the_one_before_is_the_correction_that_replaced_it(place, two):
    right = corrected(two[1], by=place.worker, harm_happened="yes")
    third = completed(place, level="cse")
    assert screen_before(place.worker, third) == right
    assert screen_before(place.worker, right) == two[0]
    assert screen_before(make_user(Role.PRACTITIONER), third) is None


@pytest.mark.requirement("W-SCR-11")
def test_the_list_of_a_childs_screens_leads_there_too(place):
    where = reverse("screening:child", args=[place.child.pk])
    links = ("Compare two screens", "Indicators over time")
    assert not any(words in text_of(place.client().get(where)) for words in links)
    completed(place)
    page = text_of(place.client().get(where))
    assert links[1] in page and links[0] not in page
    completed(place)
    assert all(words in text_of(place.client().get(where)) for words in links)

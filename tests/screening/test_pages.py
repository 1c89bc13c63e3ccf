"""Every page of a screen answers, to GET and HEAD, and says what its state asks for."""

import pytest

from screening.actions import save_section, start_screen
from screening.answers import Given
from screening.forms import LONGEST_CELL, LONGEST_NOTE, MOST_ROWS
from screening.parts import parts_of
from screening.rules import Presence
from screening.tools.loader import tool_named
from screening.views.present import and_words, rows_of
from tests.prepared import prepared
from tests.screening.made import TYPED, fill_in
from tests.screening.pages import address, complete, controls, fill, text_of
from tests.screening.test_completing import completed, draft_of

pytestmark = pytest.mark.django_db


@prepared
def draft(oxfordshire):
    return start_screen(child=oxfordshire.child, by=oxfordshire.worker)[0]


def test_every_page_of_a_draft_answers(oxfordshire, draft):
    client = oxfordshire.client()
    for kind, slug in (
        ("draft", ""),
        ("domain", "health"),
        ("section", "conclusion"),
        ("check", ""),
        ("set-aside", ""),
    ):
        assert client.get(address(draft, kind, slug)).status_code == 200
        assert client.head(address(draft, kind, slug)).status_code == 200
    for kind in ("show", "completed", "correct"):
        assert client.get(address(draft, kind))["Location"] == address(draft, "draft")
    for slug in ("nothing", "grooming-2"):
        assert client.get(address(draft, "domain", slug)).status_code == 404
        assert client.get(address(draft, "section", slug)).status_code == 404


def test_every_page_of_a_completed_screen_answers(oxfordshire):
    screen = completed(oxfordshire, **{"O-IND-HEA-01": Given(presence=Presence.YES)})
    client = oxfordshire.client()
    for kind in ("show", "completed", "correct"):
        assert client.get(address(screen, kind)).status_code == 200
    for kind, slug in (("draft", ""), ("domain", "health"), ("check", ""), ("set-aside", "")):
        assert client.get(address(screen, kind, slug))["Location"] == address(screen, "show")
    start = client.get(address(screen, "repeat"))
    assert start["Location"] == f"/screens/child/{oxfordshire.child.pk}/start/"


@pytest.mark.requirement("W-SCR-40", "W-SCR-32")
def test_strengths_stand_beside_the_concerns(oxfordshire):
    screen = draft_of(oxfordshire, **{"O-IND-HEA-01": Given(presence=Presence.YES)})
    client = oxfordshire.client()
    fill(client, screen, "section", "strengths", strengths="A grandmother she trusts")
    complete(client, screen)
    page = client.get(address(screen, "show")).content.decode()
    beside = page[page.index("cse-beside") : page.index("A grandmother she trusts")]
    assert "Concerns identified" in beside and "1 (1 yes, 0 possible)" in beside


@pytest.mark.requirement("W-SCR-35", "W-SCR-12", "O-SCR-20", "O-SCR-01")
def test_the_start_says_not_to_delay_and_what_the_indicators_are(oxfordshire, wiltshire):
    for place, words in (
        (oxfordshire, "do not wait for this screen to be finished"),
        (wiltshire, "at risk of significant harm do not delay"),
    ):
        page = text_of(place.client().get(f"/screens/child/{place.child.pk}/start/"))
        assert words in page and "It is yours to act on" in page
        assert "ordinary teenage behaviour" in page
    assert "If you cannot rule it out, rule it in" in text_of(
        oxfordshire.client().get(f"/screens/child/{oxfordshire.child.pk}/start/")
    )


@pytest.mark.requirement("DEC-15")
def test_wording_is_explained_without_scripts_and_nothing_is_changed(oxfordshire, draft):
    from cse.interface.reference import load_language_terms

    load_language_terms()
    client = oxfordshire.client()
    where = address(draft, "section", "strengths")
    text = "She is promiscuous, they say."
    answer = client.post(where, {"version": "0", "strengths": text, "check_wording": "all"})
    assert answer["Location"] == f"{where}?words=1"
    page = text_of(client.get(answer["Location"]))
    assert "to think about" in page and text in page
    draft.refresh_from_db()
    assert draft.sections["strengths"] == text


@pytest.mark.requirement("DEC-15")
def test_wording_of_a_row_s_reason_and_of_a_table_s_cells_is_explained_too(oxfordshire, wiltshire):
    from cse.interface.reference import load_language_terms

    load_language_terms()
    words = "They call her promiscuous"
    for place, kind, slug, name in (
        (oxfordshire, "domain", "health", "O-IND-HEA-01-reason"),
        (wiltshire, "section", "actions", "actions-0-action"),
    ):
        client = place.client()
        screen, _ = start_screen(child=place.child, by=place.worker)
        where = address(screen, kind, slug)
        sent = controls(client.get(where)) | {name: words, "check_wording": "all"}
        found = client.post(where, sent)
        page = client.get(found["Location"]).content.decode()
        box = page[page.index(f'data-language-field="{name}"') :]
        box = box[: box.index("data-language-field", 30)]
        assert words in box and "cse-words__why" in box


@pytest.mark.requirement("O-SCR-03", "W-SCR-10")
def test_views_and_why_they_were_not_sought(oxfordshire, draft):
    client = oxfordshire.client()
    fill(
        client,
        draft,
        "section",
        "child_views",
        child_views="",
        child_views_not_sought="She was not in school",
        child_agrees="not_asked",
    )
    fill(client, draft, "section", "completed_with", completed_with="The school nurse")
    draft.refresh_from_db()
    assert draft.sections == {
        "child_views_not_sought": "She was not in school",
        "child_agrees": "not_asked",
        "completed_with": "The school nurse",
    }


@pytest.mark.requirement("W-SCR-34")
def test_an_actions_table_takes_any_number_of_rows(wiltshire):
    screen, _ = start_screen(child=wiltshire.child, by=wiltshire.worker)
    client = wiltshire.client()
    rows = {f"actions-{n}-action": f"Action {n}" for n in range(40)}
    rows |= {f"actions-{n}-who": "Us" for n in range(40)}
    where = address(screen, "section", "actions")
    client.post(where, {"version": "0", "act": "add_row", **rows})
    screen.refresh_from_db()
    assert screen.sections["actions"][39] == ["Action 39", "Us", ""]
    page = client.get(f"{where}?rows=1").content.decode()
    assert 'name="actions-42-action"' in page and "Action 39" in page


@pytest.mark.parametrize(
    ("area", "slug", "key", "chosen"),
    [
        ("oxfordshire", "conclusion", "level", "cse"),
        ("wiltshire", "level", "overall_impact", "serious"),
        ("wiltshire", "level", "overall_likelihood", "likely"),
    ],
)
def test_what_is_optional_can_be_un_chosen(request, area, slug, key, chosen):
    place = request.getfixturevalue(area)
    screen, _ = start_screen(child=place.child, by=place.worker)
    client = place.client()
    where = address(screen, "section", slug)
    assert f'name="{key}" type="radio" value="" checked' in client.get(where).content.decode()
    autosave = {"Accept": "application/json", "X-Requested-With": "autosave"}
    for version, answer in enumerate((chosen, "")):
        sent = controls(client.get(where)) | {key: answer}
        assert sent["version"] == str(version)
        assert client.post(where, sent, headers=autosave).status_code == 200
        screen.refresh_from_db()
        assert screen.sections.get(key, "") == answer
    page = client.get(where)
    assert controls(page)[key] == "" and "Not chosen" in text_of(page)


def test_a_text_of_a_section_that_is_too_long_names_its_field(oxfordshire, draft):
    where = address(draft, "section", "conclusion")
    client = oxfordshire.client()
    sent = controls(client.get(where)) | {"professional_judgement": "x" * 20_001}
    words = "Professional judgement must be 20000 characters or fewer (it has 20001)"
    assert words in text_of(client.post(where, sent))


def test_what_is_wrong_in_a_table_is_in_the_summary_and_no_row_is_dropped(wiltshire):
    screen, _ = start_screen(child=wiltshire.child, by=wiltshire.worker)
    client = wiltshire.client()
    where = address(screen, "section", "actions")
    assert f"Up to {MOST_ROWS} rows, and {LONGEST_CELL:,} characters" in text_of(client.get(where))
    long = "x" * (LONGEST_CELL + 1)
    sent = {
        "version": "0",
        "actions-0-action": "",
        "actions-1-action": "Ring",
        "actions-2-who": long,
    }
    page = client.post(where, sent | {"version": "0"}).content.decode()
    words = "Row 2, Who: Shorten the text to 1,000 characters (it has 1,001)"
    summary = page[page.index("govuk-error-summary") : page.index("<h1")]
    assert words in summary and 'href="#actions-1-who"' in summary
    assert 'id="actions-1-who"' in page and page.count(words) == 2
    rows = {f"actions-{n}-action": f"Action {n}." for n in range(MOST_ROWS + 2)}
    page = client.post(where, {"version": "0", **rows}).content.decode()
    assert "Keep to 100 rows (there are 102)" in page and "Action 101." in page
    assert 'href="#actions-100-action"' in page and 'id="actions-100-action"' in page
    screen.refresh_from_db()
    assert "actions" not in screen.sections


def test_the_limit_of_a_text_is_stated_before_it_is_met(oxfordshire, draft):
    where = address(draft, "domain", "health")
    page = text_of(oxfordshire.client().get(where))
    assert f"holds up to {LONGEST_NOTE:,} characters" in page


@pytest.mark.requirement("DEC-22")
def test_a_contested_row_says_what_it_is(oxfordshire, draft):
    page = text_of(oxfordshire.client().get(address(draft, "domain", "health")))
    assert "A circumstance, not behaviour" in page
    assert "A learning disability is a circumstance, not behaviour" in page


@pytest.mark.requirement("D-SCR-01")
def test_a_draft_is_there_after_signing_in_again(oxfordshire, draft):
    client = oxfordshire.client()
    fill(client, draft, "domain", "health", notes="Half a sentence")
    client.logout()
    assert client.get(address(draft, "domain", "health")).status_code == 302
    again = oxfordshire.client()
    assert "Half a sentence" in text_of(again.get(address(draft, "domain", "health")))
    assert address(draft, "draft") in again.get("/screens/").content.decode()


def test_a_long_list_says_that_there_is_more(oxfordshire, monkeypatch):
    monkeypatch.setattr("screening.views.completed.PAGE", 1)
    client = oxfordshire.client()
    completed(oxfordshire)
    assert "completed last" not in text_of(client.get("/screens/"))
    completed(oxfordshire)
    assert "The 1 completed last" in text_of(client.get("/screens/"))


def test_the_screens_of_a_child_go_on_over_pages(oxfordshire, monkeypatch):
    monkeypatch.setattr("screening.views.completed.PAGE", 1)
    client = oxfordshire.client()
    where = f"/screens/child/{oxfordshire.child.pk}/"
    first = completed(oxfordshire)
    assert "Older" not in text_of(client.get(where))
    second = completed(oxfordshire)
    page = client.get(where).content.decode()
    assert 'href="?page=2"' in page and "Compare two screens" in page
    assert address(second, "show") in page and address(first, "show") not in page
    assert address(first, "show") in client.get(f"{where}?page=2").content.decode()


@pytest.mark.requirement("DEC-03")
def test_a_domain_counts_what_is_possible_apart(oxfordshire):
    answers = {"O-IND-HEA-01": Given(Presence.YES), "O-IND-HEA-02": Given(Presence.POSSIBLE)}
    client = oxfordshire.client()
    draft = draft_of(oxfordshire, **answers, **{"O-IND-HEA-03": Given(Presence.NO)})
    counted = "2 (1 yes, 1 possible) present, 1 answered No"
    assert counted in text_of(client.get(address(draft, "check")))
    complete(client, draft)
    assert counted in text_of(client.get(address(draft, "show")))


@pytest.mark.requirement("DEC-23")
def test_a_row_says_where_else_it_is_asked_or_which_row_of_the_page_is_like_it(oxfordshire):
    tool = tool_named("oxfordshire", 1)
    found = {}
    for part in parts_of(tool):
        if part.domain is not None:
            found |= {row.name: (part.title, row) for row in rows_of(part, tool, {})}
    for title, row in found.values():
        assert f"under {title}" not in row.linked
    here = {key: row.linked for key, (_, row) in found.items() if "on this page" in row.linked}
    assert here
    for key in here:
        [other] = tool.indicators[key].also_under
        assert here[key] == f"See also “{tool.indicators[other].display_text}” on this page"


@pytest.mark.requirement("DEC-23")
@pytest.mark.parametrize("area", ["oxfordshire", "wiltshire"])
def test_a_row_says_what_is_already_recorded_under_another_domain(area):
    tool = tool_named(area, 1)
    found = {part.domain.key: part for part in parts_of(tool) if part.domain is not None}
    row, other = next(
        (row, tool.indicators[key])
        for row in tool.shown
        for key in row.also_under
        if not row.linked_to and tool.indicators[key].domain != row.domain
    )
    title = found[other.domain].title

    def said(**given):
        rows = rows_of(found[row.domain], tool, {other.id: Given(**given)})
        return next(each.linked for each in rows if each.name == row.id)

    assert f"Already recorded under {title}: Possible" in said(presence=Presence.POSSIBLE)
    assert f"Already recorded under {title}: No" in said(presence=Presence.NO)
    assert "Already" not in said(note="Not answered") and title in said(note="Not answered")


def test_places_are_listed_with_commas():
    assert and_words([]) == ""
    assert and_words(["Health"]) == "Health"
    assert and_words(["Grooming", "Missing", "Health"]) == "Grooming, Missing and Health"


@pytest.mark.requirement("W-SCR-37", "DEC-05")
def test_the_check_page_asks_about_a_suggestion_that_nobody_answered(wiltshire):
    screen, _ = start_screen(child=wiltshire.child, by=wiltshire.worker)
    save_section(
        screen_id=screen.pk,
        part="domain.missing",
        values={"impact": "serious", "likelihood": "likely"},
        version=0,
        by=wiltshire.worker,
    )
    client = wiltshire.client()
    asked = "The matrix suggests high, and this domain is not rated."
    assert asked in text_of(client.get(address(screen, "check")))
    page = text_of(client.get(address(screen, "domain", "missing")))
    assert asked in page
    assert "choose another rating below. Wiltshire handbook Annex 1.1" in page


@pytest.mark.requirement(
    *("W-SCR-29", "W-SCR-30", "W-SCR-31", "W-SCR-32", "W-SCR-33", "W-SCR-34"), "DEC-19"
)
def test_empty_sections_of_the_tool_are_named_before_and_after_it_is_completed(wiltshire):
    screen, _ = start_screen(child=wiltshire.child, by=wiltshire.worker)
    screen = fill_in(screen, wiltshire.worker, None, TYPED)
    client = wiltshire.client()
    fill(client, screen, "section", "so_what", so_what="She needs somebody to talk to")
    empty = ("4. What further", "5. Views of the child", "6. Views of parent", "7. Strengths")
    page = client.get(address(screen, "check"))
    words = text_of(page).split("Sections of the tool that are empty")[1].split("Level when")[0]
    assert all(title in words for title in (*empty, "9. Actions to be taken"))
    assert "8. So what" not in words and "the screen can be completed" in words
    for slug in ("enquiries", "child_views", "parent_views", "strengths", "so_what", "actions"):
        asked = text_of(client.get(address(screen, "section", slug)))
        for field in tool_named("wiltshire").fields.values():
            assert f"{field.title} (optional)" not in asked
        assert f'href="{address(screen, "section", slug)}"' in page.content.decode()
    # What our page asks beside the tool's own questions may stay away.
    views = text_of(client.get(address(screen, "section", "child_views")))
    assert "If their views were not sought, why not (optional)" in views
    assert complete(client, screen).status_code == 302
    read = text_of(client.get(address(screen, "show")))
    assert read.split("9. Actions to be taken")[1].startswith(" Not answered")
    assert "Not recorded" not in read.split("4. What further enquiries")[1]


def test_the_check_page_asks_no_question_about_an_earlier_level_where_there_is_none(
    oxfordshire, draft
):
    direction = tool_named("oxfordshire").fields["direction"].title
    check = text_of(oxfordshire.client().get(address(draft, "check")))
    assert direction not in check and "Has harm already happened?" in check

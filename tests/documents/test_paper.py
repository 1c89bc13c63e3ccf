"""The PDFs as a reader, a screen reader and a court meet them."""

from __future__ import annotations

import dataclasses
import re

import pytest

from cse.documents import fetcher
from cse.documents.render import document_html, write_pdf
from screening.answers import Given
from screening.documents.record import LevelRecord, Signed
from screening.progress import empty_sections
from screening.rules import Presence
from screening.tools.loader import tool_named
from tests.documents import reading, samples

pytestmark = pytest.mark.paper
KEYS = ("oxfordshire", "wiltshire")


def blank_context(key):
    tool = tool_named(key)
    return {
        "about": samples.about(f"Blank {tool.title}"),
        "tool": tool,
        "has_levels": tool.matrix is None,
        "contacts": samples.CONTACTS,
        "emergency": samples.EMERGENCY,
    }


def rendered(template, context):
    return reading.opened(write_pdf(document_html(template, context)))


@pytest.fixture(scope="module")
def documents():
    """Each document once: key and kind → the open PDF."""
    found = {}
    for key in KEYS:
        found[key, "blank"] = rendered("documents/pdf/blank_tool.html", blank_context(key))
        record = samples.record(key)
        found[key, "screen"] = rendered("documents/pdf/screen.html", samples.context(record))
    return found


BOTH = [(key, kind) for key in KEYS for kind in ("blank", "screen")]


@pytest.mark.requirement("D-SHR-03")
@pytest.mark.parametrize(("key", "kind"), BOTH)
def test_the_document_is_pdf_ua_with_title_language_and_tags(documents, key, kind):
    pdf = documents[key, kind]
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == str(pdf.docinfo["/Title"])
    assert str(pdf.Root.Lang) == "en-GB"
    assert bool(pdf.Root.MarkInfo.Marked)
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert len(reading.tagged(pdf, "H1")) == 1
    assert reading.tagged(pdf, "H2")
    assert reading.tagged(pdf, "Caption")
    assert "/Outlines" in pdf.Root


@pytest.mark.parametrize(("key", "kind"), BOTH)
def test_every_cell_of_every_table_names_its_headers(documents, key, kind):
    pdf = documents[key, kind]
    headers = {str(each.ID) for each in reading.tagged(pdf, "TH")}
    cells = reading.tagged(pdf, "TD")
    assert len(headers) > len(reading.tagged(pdf, "Table"))
    assert cells
    for cell in cells:
        named = {str(each) for each in cell.A.Headers}
        assert named, "a cell that no header explains"
        assert named <= headers


@pytest.mark.requirement("DEC-26")
@pytest.mark.parametrize(("key", "kind"), BOTH)
def test_every_page_carries_marking_number_code_and_who_exported_it(documents, key, kind):
    pages = reading.texts(documents[key, kind])
    assert len(pages) > 2
    for number, text in enumerate(pages, start=1):
        assert text.count("OFFICIAL-SENSITIVE") >= 2, f"page {number}: head and foot"
        assert f"Page{number}of{len(pages)}" in text
        assert "KMTR-QWXZ-BDGH-PNTV" in text
        assert "AmaraPrice,Safeguardinglead,RiversideSchool" in text
        assert "DutysocialworkerAssessmentteam".replace("team", "") in text.replace(",", "")
        assert "Togowithareferral" in text
        assert "1December2026at2:05pm" in text


def test_a_word_without_end_stays_on_the_paper():
    """Head and foot stand on every page of every document: neither runs off it."""
    words = {name: letter * 200 for name, letter in zip(samples.WORDS, "MWQG", strict=True)}
    context = blank_context("wiltshire") | {"about": samples.about("O" * 200, **words)}
    for page in rendered("documents/pdf/blank_tool.html", context).pages:
        pieces = reading.drawn(page)
        for letter in "MWQGO":
            longest = max(piece.count(letter) for piece in pieces)
            assert 20 < longest < 150, letter
        found, end = reading.baselines(page)
        assert min(found) > 0 and max(found) < end - 10


@pytest.mark.parametrize(("key", "kind"), BOTH)
def test_every_font_is_in_the_document_and_is_ours(documents, key, kind):
    found = reading.fonts(documents[key, kind])
    assert found
    assert all(found.values()), found
    assert all("Source-Sans" in name or "SourceSans" in name for name in found), found


@pytest.mark.requirement("W-SCR-16")
@pytest.mark.parametrize(("key", "kind"), BOTH)
def test_it_says_that_it_is_screening_and_provisional(documents, key, kind):
    first = reading.texts(documents[key, kind])[0]
    assert "Screening,notassessment" in first
    assert "provisional" in first


@pytest.mark.requirement("W-SCR-35")
@pytest.mark.parametrize(("key", "kind"), BOTH)
def test_it_warns_not_to_delay_and_says_whom_to_ring(documents, key, kind):
    whole = "".join(reading.texts(documents[key, kind]))
    assert "Donotdelay" in whole
    assert "999" in whole
    assert "01632960123" in whole
    assert reading.squeezed(tool_named(key).footnote.text) in whole


@pytest.mark.requirement("O-SCR-03")
@pytest.mark.parametrize("key", KEYS)
def test_a_blank_tool_asks_every_row_once_with_boxes_to_tick(documents, key):
    tool = tool_named(key)
    whole = "".join(reading.texts(documents[key, "blank"]))
    for row in tool.shown:
        assert reading.squeezed(row.display_text) in whole
    assert whole.count("☐") >= 5 * len(tool.shown)
    for section in tool.sections:
        assert reading.squeezed(section.title) in whole


@pytest.mark.requirement("D-SHR-03")
@pytest.mark.parametrize("key", KEYS)
def test_a_screen_shows_every_row_with_its_answer(documents, key):
    tool = tool_named(key)
    whole = "".join(reading.texts(documents[key, "screen"]))
    for row in tool.shown:
        assert reading.squeezed(row.display_text) in whole
    answers = samples.given_for(tool)
    missing = sum(row.id not in answers for row in tool.shown)
    assert whole.count("Notanswered") >= missing > 0


@pytest.mark.requirement("DEC-18", "DEC-03")
def test_counts_are_yes_and_possible_and_reconcile_to_the_paper_tool():
    tool = tool_named("oxfordshire")
    every = {row.id: Given(Presence.YES) for row in tool.shown}
    context = samples.context(samples.record("oxfordshire", answers=every))
    assert [row[:2] for row in context["screen"].counts.rows] == [
        ("High", "38 (38 yes, 0 possible)"),
        ("Medium", "41 (41 yes, 0 possible)"),
        ("Low", "4 (4 yes, 0 possible)"),
    ]
    assert [row[2] for row in context["screen"].counts.rows] == [
        "39 of 39 rows", "42 of 42 rows", "4 of 4 rows",
    ]  # fmt: skip
    assert "85 rows" in context["screen"].counts.explanation


@pytest.mark.requirement("DEC-06")
@pytest.mark.parametrize("key", KEYS)
def test_there_is_no_score_and_no_percentage(documents, key):
    whole = "".join(reading.texts(documents[key, "screen"])).lower()
    assert "%" not in whole
    assert "score" not in whole
    assert "totalscore" not in whole


@pytest.mark.requirement("W-SCR-37", "W-SCR-38", "W-SCR-39")
def test_wiltshires_screen_prints_the_matrix_its_definitions_and_the_ratings(documents):
    whole = "".join(reading.texts(documents["wiltshire", "screen"]))
    matrix = tool_named("wiltshire").matrix
    for impact in matrix.impacts:
        cells = [matrix.level(impact.key, each.key).value.title() for each in matrix.likelihoods]
        assert reading.squeezed(impact.title + "".join(cells)) in whole
    for each in (*matrix.impacts, *matrix.likelihoods):
        assert reading.squeezed(each.definition) in whole
    assert "Ratedbythepractitioner:High" in whole
    assert "Ratedbythepractitioner:Notrated" in whole
    assert "Serious;Likely.Togethertheysuggesthigh." in whole


@pytest.mark.requirement("W-SCR-38")
@pytest.mark.parametrize("words", [18, 36, 48, 54])
def test_a_rating_stands_on_the_sheet_that_holds_the_last_row_of_its_domain(words):
    answers = samples.given_for(tool_named("wiltshire"), "Seen near the station. " * words)
    made = samples.record("wiltshire", answers=answers)
    pages = reading.texts(rendered("documents/pdf/screen.html", samples.context(made)))
    heads = [page[:40] for page in pages if "Ratedbythepractitioner" in page]
    assert heads
    assert not [head for head in heads if head.startswith(("Impactandlikelihood:", "Rated"))]


@pytest.mark.requirement("W-SCR-34")
def test_wiltshires_screen_prints_its_actions_numbered(documents):
    whole = "".join(reading.texts(documents["wiltshire", "screen"]))
    assert "1RingthefrontdoorA.PriceToday" in whole
    assert "2Meetgrandmother" in whole


def test_a_lowered_high_says_from_what_why_by_whom_and_what_the_lead_said():
    tool = tool_named("oxfordshire")
    high = next(row for row in tool.shown if row.suggested_level == "high")
    answers = samples.given_for(tool) | {
        high.id: Given(Presence.YES, level="medium", reason="An old injury.", amended_by="17")
    }
    waiting = samples.record(answers=answers, names={"17": "Sam Okafor"})
    signed = Signed("Amara Price, Nurse", "CSE team, Kingfisher", True, "I agree.", samples.MOMENT)
    row = samples.context(waiting)["screen"].areas[0].rows[0]
    assert ("Level changed from High to Medium by Sam Okafor", "An old injury.") in row.details
    assert any("Not countersigned yet" in text for _, text in row.details)
    assert (row.suggested, row.level) == ("High", "Medium")
    done = samples.record(answers=answers, signed={high.id: signed})
    details = samples.context(done)["screen"].areas[0].rows[0].details
    assert (
        "Countersignature",
        "Amara Price, Nurse (CSE team, Kingfisher) agreed to the lower level: I agree.",
    ) in details


@pytest.mark.requirement("DEC-09")
@pytest.mark.parametrize(
    ("level", "words"),
    [
        (LevelRecord("waits"), "until then the level before it stands"),
        (LevelRecord("approved", "A. Price", samples.MOMENT, "Safer now"), "Approved by A. Price"),
        (LevelRecord("refused", "A. Price", samples.MOMENT, "No"), "the level before it stands"),
    ],
)
def test_a_lowered_level_says_whether_a_second_person_agreed(level, words):
    lower = {"level": "vulnerable", "direction": "decreased", "level_reason": "Moved home."}
    made = samples.record(sections=lower, level=level)
    made.assessment["level_change"] |= {"previous": "cse", "peak": "cse", "lowering": True}
    screen = samples.context(made)["screen"]
    entries = {e.label: e.text for part in screen.parts for e in part.entries}
    assert words in entries["Second person (lowering a level needs one)"]
    assert entries["Why the level is lower than before"] == "Moved home."
    assert ("Highest level before this screen", "CSE") in screen.in_short


@pytest.mark.requirement("DEC-09")
def test_a_correction_does_not_call_the_version_it_corrects_the_level_of_an_earlier_review():
    """A first screen and its correction: nobody reviewed this child before."""
    made = dataclasses.replace(samples.record("wiltshire"), correction="Correction 1: a slip")
    made.assessment["level_change"] |= {"previous": "at_risk", "changed": False}
    screen = samples.context(made)["screen"]
    labels = [label for label, _ in screen.in_short]
    labels += [e.label for part in screen.parts for e in part.entries]
    assert "Level before this correction" in labels
    assert "Has the level changed with this correction?" in labels
    assert "Level before this screen" not in labels
    assert "Level when previously reviewed" not in labels


PLANTED = (
    '<img src="file:///etc/passwd">',
    '<img src="http://169.254.169.254/latest/meta-data/">',
    "<style>@import url(http://169.254.169.254/a.css); body{display:none}</style>",
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>',
    '<link rel="attachment" href="file:///etc/passwd">',
    "</style><script>fetch('http://169.254.169.254')</script>",
    "{{ about.code }} {% include 'errors/404.html' %}",
)


@pytest.mark.requirement("D-SHR-03")
def test_markup_in_texts_is_printed_as_text_and_nothing_is_fetched(monkeypatch):
    asked = []
    load = fetcher.load
    monkeypatch.setattr(fetcher, "load", lambda url: asked.append(url) or load(url))
    text = "\n".join(PLANTED)
    answers = samples.given_for(tool_named("oxfordshire"), text=text)
    made = samples.record(
        answers=answers, sections={"strengths": text, "child_views": text},
        notes={"health": text}, child=(("Name", text),), completed_by=text, correction=text,
    )  # fmt: skip
    context = samples.context(made, contacts=((text, text),), emergency=text)
    context["about"] = samples.about("<b>Title</b>", recipient=text, purpose=text, handling=text)
    pdf = rendered("documents/pdf/screen.html", context)
    whole = "".join(reading.texts(pdf))
    for planted in PLANTED:
        assert reading.squeezed(planted) in whole
    assert str(pdf.docinfo["/Title"]) == "<b>Title</b>"
    assert asked
    assert all(url.startswith("static:fonts/") for url in asked), set(asked)


def test_long_names_emoji_welsh_and_many_rows_are_all_there():
    name = (
        "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 3 + "Ŵyn Ŷstrad O’Neill 🙂"
    )
    long = "Abergavenny" * 60 + " ffŵl ŷ ẁ 🙂"
    answers = samples.given_for(tool_named("oxfordshire"), text=long)
    made = samples.record(answers=answers, child=(("Name", name),))
    pdf = rendered("documents/pdf/screen.html", samples.context(made))
    whole = "".join(reading.texts(pdf))
    assert "ŴynŶstradO’Neill" in whole
    assert "🙂" in whole
    assert reading.squeezed(long)[:600] in whole
    assert all(reading.fonts(pdf).values())


def test_a_picture_says_in_words_what_it_shows():
    """A title inside an SVG becomes the alternative text (libraries.md)."""
    html = (
        '<html lang="en-GB"><title>T</title><body><h1>T</h1><svg width="20" height="20">'
        "<title>Three screens, each higher</title><circle cx='9' cy='9' r='5'/></svg>"
    )
    pdf = reading.opened(write_pdf(html))
    figures = reading.tagged(pdf, "Figure")
    assert [str(figure.Alt) for figure in figures] == ["Three screens, each higher"]


@pytest.mark.parametrize(("key", "kind"), BOTH)
def test_handbooks_are_named_in_words_and_our_own_records_not_at_all(documents, key, kind):
    words = "".join(reading.texts(documents[key, kind]))
    assert "DEC-" not in words and "field.md" not in words
    assert not re.search(r"[(;,][OW](§|Annex|App)", words)
    assert f"({key.capitalize()}handbook" in words


def test_a_wiltshire_paper_names_its_own_handbook_first(documents):
    words = "".join(reading.texts(documents["wiltshire", "screen"]))
    assert "(Wiltshirehandbook§13;Oxfordshirehandbook§6.6)" in words


@pytest.mark.requirement("O-SCR-03")
@pytest.mark.parametrize("key", KEYS)
def test_a_blank_tool_asks_nothing_twice_and_has_room_for_the_time_frame(documents, key):
    pages = reading.texts(documents[key, "blank"])
    assert "".join(pages).count("Completedwith") == 1
    tool = tool_named(key)
    for number, frame in enumerate(tool.time_frames, start=1):
        assert reading.squeezed(f"{number} {frame.title.lower()}") in "".join(pages)
    assert len(pages) <= 9


@pytest.mark.parametrize(("key", "kind"), BOTH)
def test_it_says_who_confirms_the_code_for_somebody_without_an_account(documents, key, kind):
    whole = "".join(reading.texts(documents[key, kind]))
    who = "Whoever has no account asks the sender, or the safeguarding lead of the agency"
    assert reading.squeezed(who) in whole


@pytest.mark.requirement("O-SCR-03")
@pytest.mark.parametrize("key", KEYS)
def test_each_page_of_a_blank_tool_says_what_its_columns_mean(documents, key):
    tool = tool_named(key)
    times = ", ".join(f"{n} {frame.title.lower()}" for n, frame in enumerate(tool.time_frames, 1))
    for page in reading.texts(documents[key, "blank"]):
        for words in ("Evidence: you have it", "Concern: professional concern", times):
            assert reading.squeezed(words) in page


@pytest.mark.requirement("W-SCR-35", "DEC-28")
@pytest.mark.parametrize("key", KEYS)
def test_the_first_page_of_a_blank_tool_says_not_to_delay(documents, key):
    first, *others = reading.texts(documents[key, "blank"])
    for words in ("Do not delay", samples.EMERGENCY, tool_named(key).footnote.text, "01632 960123"):
        assert reading.squeezed(words) in first
    assert not any("Donotdelay" in page for page in others)


@pytest.mark.requirement("W-SCR-29", "W-SCR-30", "W-SCR-31", "W-SCR-32", "W-SCR-33", "W-SCR-34")
def test_sections_that_nobody_wrote_in_are_printed_as_not_answered():
    gone = ("information_gaps", "child_views", "child_agrees", "parent_views_not_sought")
    nothing = dict.fromkeys((*gone, "strengths"), "") | {"actions": []}
    made = samples.record("wiltshire", sections=nothing)
    whole = "".join(reading.texts(rendered("documents/pdf/screen.html", samples.context(made))))
    heads = [f"{part.number}. {part.title}" for part in empty_sections(made.tool, made.sections)]
    assert [head[0] for head in heads] == ["4", "5", "6", "7", "8", "9"]
    assert reading.squeezed(f"Sections not answered {'; '.join(heads)}") in whole
    # Eight questions of six sections, the table of actions, and the strengths beside the risks.
    assert whole.count("Notanswered") >= 8
    assert "Nothingrecorded" not in whole.split("4.Whatfurtherenquiries")[-1]
    filled = samples.context(samples.record("wiltshire"))["screen"]
    assert ("Sections not answered", "8. So what does this mean?") in filled.in_short


@pytest.mark.requirement("O-SCR-03")
@pytest.mark.parametrize("key", KEYS)
def test_a_short_table_and_its_notes_are_on_one_page_and_no_notes_stand_alone(documents, key):
    pages = reading.texts(documents[key, "blank"])
    for domain in tool_named(key).domains:
        notes = reading.squeezed(f"Notes on {domain.title}: what do you know")
        [page] = [text for text in pages if notes in text]
        together = domain.shown if len(domain.shown) <= 8 else domain.shown[-2:]
        for row in together:
            assert reading.squeezed(row.display_text) in page


def test_the_matrix_stands_under_its_heading(documents):
    for kind in ("blank", "screen"):
        [page] = [
            text
            for text in reading.texts(documents["wiltshire", kind])
            if "Whatimpactandlikelihoodsuggesttogether" in text
        ]
        assert "ImpactandlikelihoodRatingadomain" in page


@pytest.mark.parametrize(("key", "kind"), BOTH)
def test_it_says_that_checking_the_code_needs_an_account(documents, key, kind):
    last = "".join(reading.texts(documents[key, kind])[-2:])
    assert "Signinfirst.Whoeverhasnoaccountasksthesender,orthesafeguardinglead" in last

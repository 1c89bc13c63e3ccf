"""Tool administration: versions as data, a wrong file loads nothing, screens keep their version."""

import copy
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.people.models import Role
from screening.answers import Given
from screening.models import Screen, Tool, ToolChoice, ToolVersion
from screening.queries import current_version, tool_of
from screening.tools.loader import FOLDER
from tests.factories import make_user
from tests.prepared import prepared
from tests.screening.conftest import Place
from tests.screening.made import HIGH, NO, YES, completed
from tests.screening.pages import text_of
from tests.signin.helpers import force_confirmed

pytestmark = pytest.mark.django_db
LIST = "/screens/tools/"
UPLOAD = "/screens/tools/load/"


@pytest.fixture
def definition():
    """Oxfordshire's tool as its file says, with the next number and one row in other words."""
    found = json.loads((FOLDER / "oxfordshire-v1.json").read_text(encoding="utf-8"))
    found["version"] = 2
    found["domains"][0]["indicators"][0]["display_text"] = "Bruises or other injuries"
    return found


@prepared
def place(oxfordshire):
    return oxfordshire


@prepared
def admin(tools):
    return make_user(Role.ADMINISTRATOR, given_name="Ada", family_name="Min")


@pytest.fixture
def browser(place, admin):
    return force_confirmed(Client(), admin)


@pytest.fixture
def first():
    return ToolVersion.objects.get(tool__key="oxfordshire", number=1)


def send(client, content, note="The board decided on 3 November", name="tool.json"):
    if not isinstance(content, bytes):
        content = json.dumps(content).encode()
    return client.post(
        UPLOAD, {"file": SimpleUploadedFile(name, content, "application/json"), "note": note}
    )


def page(name, *args):
    return reverse(f"screening:{name}", args=args)


@pytest.mark.requirement("DEC-22", "DEC-25")
def test_the_list_says_which_version_is_in_use(browser, first):
    words = text_of(browser.get(LIST))
    for each in ("Oxfordshire", "Wiltshire", "Version 1", "In use", "Shipped with the service"):
        assert each in words
    html = browser.get(LIST).content.decode()
    assert page("tool-version", first.pk) in html


@pytest.mark.requirement("DEC-18", "DEC-22")
def test_a_version_is_shown_row_by_row(browser, first):
    response = browser.get(page("tool-version", first.pk))
    words = text_of(response)
    tool = tool_of(first.pk)
    for row in tool.shown:
        assert " ".join(row.display_text.split()) in words
    assert "84 of 85 on paper" in words
    notes = [row.practice_note for row in tool.shown if row.practice_note]
    assert notes and all(" ".join(note.split()) in words for note in notes)
    assert response.content.decode().count("/retire/") == 84


def test_wiltshires_rows_have_no_level(browser):
    version = ToolVersion.objects.get(tool__key="wiltshire")
    assert "45 of 45 on paper" in text_of(browser.get(page("tool-version", version.pk)))


@pytest.mark.requirement("DEC-25")
def test_a_right_file_is_loaded_and_is_not_in_use(browser, admin, definition, first):
    sent = send(browser, definition)
    version = ToolVersion.objects.get(number=2)
    assert sent.status_code == 302 and sent["Location"] == page("tool-version", version.pk)
    assert version.note == "The board decided on 3 November" and version.loaded_by == admin
    assert current_version("oxfordshire").pk == first.pk
    words = text_of(browser.get(sent["Location"]))
    assert "not in use until you choose it" in words and "Bruises or other injuries" in words
    assert AuditEvent.objects.filter(act="tool version loaded", actor_id=admin.pk).count() == 1


def test_the_same_file_again_adds_nothing(browser, definition):
    send(browser, definition)
    sent = send(browser, definition)
    assert "loaded already" in text_of(browser.get(sent["Location"]))
    assert ToolVersion.objects.filter(tool__key="oxfordshire").count() == 2


def test_a_byte_order_mark_is_no_mistake(browser, definition):
    assert send(browser, b"\xef\xbb\xbf" + json.dumps(definition).encode()).status_code == 302


@pytest.mark.requirement("DEC-25")
def test_a_new_tool_is_a_file_too(browser, definition):
    definition |= {"key": "roth", "version": 1, "title": "Risk outside the home"}
    sent = send(browser, definition)
    assert sent.status_code == 302
    words = text_of(browser.get(LIST))
    assert "Risk outside the home, Roth" in words and "nobody can begin a screen" in words


@pytest.mark.requirement("DEC-22")
def test_every_wrong_row_is_named_and_nothing_is_loaded(browser, definition):
    rows = definition["domains"][0]["indicators"]
    rows[0]["suggested_level"] = "enormous"
    del rows[2]["display_text"]
    rows[4]["extra"] = 1
    before = (ToolVersion.objects.count(), ToolChoice.objects.count(), Tool.objects.count())
    sent = send(browser, definition)
    words = text_of(sent)
    assert sent.status_code == 200 and "<title>Error: " in sent.content.decode()
    assert "The file has 3 mistakes. Nothing was loaded" in words
    for place_ in ("indicators[0].suggested_level", "indicators[2].display_text", "[4].extra"):
        assert place_ in words
    assert "The board decided on 3 November" in sent.content.decode()  # what was typed is kept
    assert before == (
        ToolVersion.objects.count(), ToolChoice.objects.count(), Tool.objects.count(),
    )  # fmt: skip


def huge_numbers(definition):
    return json.dumps(definition).replace('"version": 2', '"version": ' + "9" * 5000).encode()


WRONG = {
    "empty": (b"", "The file is empty"),
    "spaces": (b" \n\t ", "The file is empty"),
    "binary": (bytes(range(256)) * 20, "The file is not text"),
    "png": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "The file is not text"),
    "nul": (b'{"key": "a\x00b"}', "The file is not text"),
    "utf-16": ('{"key": "a"}'.encode("utf-16"), "The file is not text"),
    "not json": (b"{'key': 1}", "not JSON"),
    "cut off": (b'{"key": "oxfordshire", "domains": [', "not JSON"),
    "a list": (b"[1, 2, 3]", "one object is needed"),
    "a number": (b"42", "one object is needed"),
    "null": (b"null", "one object is needed"),
    "nested": (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    "given twice": (b'{"key": "a", "key": "b"}', "given twice"),
    "not a number": (b'{"version": NaN}', "not JSON"),
    "huge": (b'{"key": "' + b"x" * 2_000_001 + b'"}', "larger than 2 megabytes"),
    "csv": (b"id,level\nO-IND-HEA-01,high\n", "not JSON"),
    "an empty object": (b"{}", "mistakes. Nothing was loaded"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_gets_a_clear_message_and_loads_nothing(browser, case):
    content, message = WRONG[case]
    before = ToolVersion.objects.count()
    sent = send(browser, content)
    assert sent.status_code == 200
    assert message in text_of(sent)
    assert "There is a problem" in text_of(sent)
    assert ToolVersion.objects.count() == before


def test_a_file_full_of_mistakes_lists_the_first_two_hundred(browser):
    sent = send(browser, {"key": "x", **{f"wrong{number}": 1 for number in range(900)}})
    assert sent.status_code == 200
    assert "more. Correct these first." in text_of(sent)
    assert sent.content.decode().count("<tr") == 201


@pytest.mark.parametrize("number", [1, 3, 9999])
def test_a_number_that_is_taken_or_leaves_a_gap_is_refused(browser, definition, number):
    definition["version"] = number
    sent = send(browser, definition)
    assert "The next version of this tool is 2, not" in text_of(sent)
    assert ToolVersion.objects.filter(tool__key="oxfordshire").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"key": "k" * 60},
        {"title": "t" * 200},
        {"version": 0},
        {"version": -1},
        {"version": 1e400},
        {"footnote": {"text": "a" * 10_001, "source": "b", "contact_points": []}},
        {"footnote": {"text": "a", "source": "b", "contact_points": ["\u0000"]}},
        {"footnote": {"text": "a", "source": "b", "contact_points": ["\ud800"]}},
    ],
    ids=["long key", "long title", "none", "negative", "infinite", "long", "nul", "surrogate"],
)
def test_what_cannot_be_stored_is_a_named_mistake(browser, definition, change):
    sent = send(browser, {**definition, **change})
    assert sent.status_code == 200
    assert "Nothing was loaded" in text_of(sent)
    assert ToolVersion.objects.filter(tool__key="oxfordshire").count() == 1


def test_no_file_and_no_note_are_asked_for(browser, definition):
    words = text_of(browser.post(UPLOAD, {}))
    assert "Choose the JSON file of a tool" in words and "Say what is new" in words
    assert "Say what is new" in text_of(send(browser, definition, note="  "))
    assert ToolVersion.objects.filter(tool__key="oxfordshire").count() == 1
    twice = browser.post(UPLOAD, {"file": "not a file", "note": "x"})
    assert twice.status_code == 200 and "Choose the JSON file of a tool" in text_of(twice)


@pytest.mark.requirement("DEC-25")
def test_choosing_a_version_takes_a_reason_and_shows_what_differs(browser, definition, first):
    send(browser, definition)
    second = ToolVersion.objects.get(number=2)
    where = page("use-tool", second.pk)
    words = text_of(browser.get(where))
    assert "Other words" in words and "Bruises or other injuries" in words
    assert "Say why" in text_of(browser.post(where, {"reason": " "}))
    assert current_version("oxfordshire").pk == first.pk
    sent = browser.post(where, {"reason": "Agreed by the board"})
    assert sent.status_code == 302
    assert current_version("oxfordshire").pk == second.pk
    assert "Agreed by the board" in text_of(browser.get(sent["Location"]))
    assert browser.post(where, {"reason": "Twice"}).status_code == 302
    assert ToolChoice.objects.filter(version=second).count() == 1
    back = browser.post(page("use-tool", first.pk), {"reason": "It was wrong"})
    assert back.status_code == 302 and current_version("oxfordshire").pk == first.pk


@pytest.mark.requirement("DEC-22")
def test_a_retired_row_is_gone_from_new_screens_and_stays_in_old_ones(browser, place, first):
    old = completed(place, answers={HIGH: Given(YES)})
    where = page("retire-row", first.pk, HIGH)
    assert "Retire this row?" in text_of(browser.get(where))
    assert "Say why" in text_of(browser.post(where, {"reason": ""}))
    sent = browser.post(where, {"reason": "Contested: the board, 3 November"})
    made = ToolVersion.objects.get(number=2)
    assert sent["Location"] == page("tool-version", made.pk)
    # Like a file that was loaded, it waits: nothing changes by one click of one person.
    assert current_version("oxfordshire").pk == first.pk
    words = text_of(browser.get(sent["Location"]))
    assert "Version 2 is without the row. It is not in use until you choose it." in words
    browser.post(page("use-tool", made.pk), {"reason": "Agreed by the board"})
    assert "Contested: the board, 3 November" in words and "83 of 85 on paper" in words
    assert HIGH not in {row.id for row in tool_of(made.pk).shown}
    # The screen from before keeps its version and its answer.
    old.refresh_from_db()
    assert old.tool_version_id == first.pk and HIGH in {row.id for row in tool_of(first.pk).shown}
    shown = text_of(place.client().get(reverse("screening:show", args=[old.pk])))
    assert tool_of(first.pk).indicators[HIGH].display_text in shown
    new = completed(place, answers={"O-IND-HEA-02": Given(NO)})
    assert new.tool_version_id == made.pk


@pytest.mark.requirement("DEC-22", "DEC-25")
def test_a_draft_stays_pinned_to_the_version_it_was_begun_with(browser, place, first):
    from screening.actions import start_screen

    draft, _ = start_screen(child=place.child, by=place.worker)
    browser.post(page("retire-row", first.pk, HIGH), {"reason": "The board"})
    made = ToolVersion.objects.get(number=2)
    browser.post(page("use-tool", made.pk), {"reason": "The board"})
    assert current_version("oxfordshire").pk == made.pk
    assert Screen.objects.get(pk=draft.pk).tool_version_id == first.pk
    health = place.client().get(reverse("screening:domain", args=[draft.pk, "health"]))
    assert f"{HIGH}-presence" in health.content.decode()


@pytest.mark.requirement("DEC-18")
def test_a_row_that_repeats_another_is_retired_with_it(browser, first):
    tool = tool_of(first.pk)
    [repeat] = [row for row in tool.indicators.values() if row.same_row_as]
    assert browser.get(page("retire-row", first.pk, repeat.id)).status_code == 404
    browser.post(page("retire-row", first.pk, repeat.same_row_as), {"reason": "The board"})
    made = tool_of(ToolVersion.objects.get(number=2).pk)
    assert made.indicators[repeat.id].retired and made.indicators[repeat.same_row_as].retired


def test_only_the_newest_version_loses_rows_and_only_rows_it_has(browser, definition, first):
    assert browser.get(page("retire-row", first.pk, "O-IND-XXX-99")).status_code == 404
    send(browser, definition)
    second = ToolVersion.objects.get(number=2)
    assert "is not in use yet" in text_of(browser.get(page("retire-row", second.pk, HIGH)))
    # From a tab of the version before: what was typed stands on the page of the one that is there.
    assert "version 2" in text_of(browser.get(page("retire-row", first.pk, HIGH)))
    stale = browser.post(page("retire-row", first.pk, HIGH), {"reason": "Nobody asks it"})
    assert stale.status_code == 409 and "Version 2 was made meanwhile" in text_of(stale)
    assert "Nobody asks it" in text_of(stale) and not ToolVersion.objects.filter(number=3).exists()
    there = page("retire-row", second.pk, HIGH)
    assert f'action="{there}"' in stale.content.decode()
    assert browser.post(there, {"reason": "Nobody asks it"}).status_code == 302
    for answer in (browser.get, browser.post):
        said = answer(there, follow=True)
        assert "Version 3 is without that row already." in text_of(said)
    assert ToolVersion.objects.filter(tool=first.tool).count() == 3


def test_a_made_up_version_is_a_404(browser):
    for name in ("tool-version", "use-tool"):
        assert browser.get(page(name, uuid.uuid4())).status_code == 404
    assert browser.get(page("retire-row", uuid.uuid4(), HIGH)).status_code == 404


def test_nothing_an_administrator_sees_names_a_child(browser, place, first):
    screen = completed(place, answers={HIGH: Given(YES)})
    for where in (LIST, page("tool-version", first.pk), page("retire-row", first.pk, HIGH)):
        html = browser.get(where).content.decode()
        assert place.child.family_name not in html and str(screen.pk) not in html
    assert "1 screen" in text_of(browser.get(LIST))


@pytest.mark.parametrize("role", Role)
def test_who_may_manage_tools(place, first, definition, role):
    allowed = role in (Role.ADMINISTRATOR, Role.BOARD)
    client = force_confirmed(Client(), make_user(role))
    for where in (
        LIST, UPLOAD, page("tool-version", first.pk), page("retire-row", first.pk, HIGH),
    ):  # fmt: skip
        assert client.get(where).status_code == (200 if allowed else 403)
    if not allowed:
        assert send(client, definition).status_code == 403
        assert client.post(page("retire-row", first.pk, HIGH), {"reason": "x"}).status_code == 403
        assert client.post(page("use-tool", first.pk), {"reason": "x"}).status_code == 403
        assert ToolVersion.objects.filter(tool__key="oxfordshire").count() == 1


@pytest.mark.requirement("DEC-25")
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BOARD])
def test_another_areas_tool_is_looked_at_and_not_changed(place, definition, role):
    theirs = ToolVersion.objects.get(tool__key="wiltshire")
    Place("wiltshire", given_name="Kim")
    other = json.loads((FOLDER / "wiltshire-v1.json").read_text(encoding="utf-8"))
    client, row = (
        force_confirmed(Client(), make_user(role)),
        next(iter(tool_of(theirs.pk).shown)).id,
    )
    for where in (LIST, page("tool-version", theirs.pk), page("preview-tool", theirs.pk)):
        html = client.get(where).content.decode()
        assert page("use-tool", theirs.pk) not in html
        assert page("retire-row", theirs.pk, row) not in html
    words = text_of(client.get(page("tool-version", theirs.pk)))
    assert "The administrators and the board of Wiltshire change this tool" in words
    assert "The administrators and the board of Wiltshire" in text_of(client.get(LIST))
    for where in (page("use-tool", theirs.pk), page("retire-row", theirs.pk, row)):
        assert client.get(where).status_code == 403
        assert client.post(where, {"reason": "Ours to decide"}).status_code == 403
    sent = send(client, other | {"version": 2, "label": "screening, another way"})
    assert "The administrators and the board of Wiltshire change this tool" in text_of(sent)
    assert ToolVersion.objects.filter(tool__key="wiltshire").count() == 1
    assert ToolChoice.objects.filter(tool__key="wiltshire").count() == 1


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.BOARD])
def test_ones_own_areas_tool_is_changed(tools, role):
    place = Place("wiltshire", given_name="Kim")
    version = ToolVersion.objects.get(tool__key="wiltshire")
    client = force_confirmed(Client(), make_user(role, agency=place.agency))
    row = next(iter(tool_of(version.pk).shown)).id
    sent = client.post(page("retire-row", version.pk, row), {"reason": "The board"})
    made = ToolVersion.objects.get(tool__key="wiltshire", number=2)
    assert sent["Location"] == page("tool-version", made.pk)
    assert client.post(page("use-tool", made.pk), {"reason": "The board"}).status_code == 302
    assert current_version("wiltshire").pk == made.pk


def test_the_area_is_that_of_a_post_of_today(tools):
    from tests.factories import give_post, make_team

    place = Place("wiltshire", given_name="Kim")
    person = make_user(Role.ADMINISTRATOR)
    version = ToolVersion.objects.get(tool__key="wiltshire")
    where = page("use-tool", version.pk)
    assert force_confirmed(Client(), person).get(where).status_code == 403
    # A post there that manages no tools is not enough.
    give_post(person, Role.PRACTITIONER, make_team(place.agency))
    assert force_confirmed(Client(), person).get(where).status_code == 403
    give_post(person, Role.BOARD, make_team(place.agency))
    assert force_confirmed(Client(), person).get(where).status_code == 302  # it is in use already


def cost_of(client, where):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(where)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(where).status_code == 200
    return len(captured)


def test_the_list_costs_the_same_with_one_version_and_with_three(browser, definition):
    cost = cost_of(browser, LIST)
    for number in (2, 3):
        more = copy.deepcopy(definition) | {"version": number}
        more["label"] = f"screening, take {number}"
        assert send(browser, more).status_code == 302
    assert cost_of(browser, LIST) == cost <= 12


def test_what_a_file_says_is_printed_as_text(browser, definition):
    bad = "<img src=x onerror=alert(1)>"
    definition["domains"][0]["indicators"][0]["display_text"] = bad
    sent = send(browser, definition)
    html = browser.get(sent["Location"]).content.decode()
    assert bad not in html and "&lt;img src=x" in html


def test_wiltshires_screens_are_not_touched_by_oxfordshires_version(browser, definition):
    other = Place("wiltshire", given_name="Kim")
    send(browser, definition)
    browser.post(
        page("use-tool", ToolVersion.objects.get(number=2).pk), {"reason": "Agreed by the board"}
    )
    screen = completed(other)
    assert screen.tool_version.tool.key == "wiltshire" and screen.tool_version.number == 1


@pytest.mark.parametrize("act", ["use-tool", "retire-row"])
def test_choosing_and_retiring_ask_again_who_one_is(place, admin, first, act):
    where = page(act, first.pk, *([HIGH] if act == "retire-row" else []))
    answer = place.client(admin).post(where, {"reason": "The board"})
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert ToolVersion.objects.filter(tool__key="oxfordshire").count() == 1

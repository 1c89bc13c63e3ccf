"""What missing episodes offer to a screen: taken by a person, never by itself."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cse.audit.models import AuditEvent
from screening.actions import StaleSave, save_section, start_screen
from screening.actions.offered import use_offered
from screening.answers import Given, read_answers
from screening.evidence_offered import ASKS, offered_rows
from screening.models import Screen
from screening.parts import find_part
from screening.policies import Refused
from screening.queries import current_versions, tool_of
from screening.rules import Presence
from tests.missing.conftest import tuesday  # noqa: F401  the day the episodes lie before
from tests.missing.scene import Scene
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
MISSING = "domain.missing"


@pytest.fixture
def scene(tools, tuesday):  # noqa: F811
    return Scene("wiltshire")


@pytest.fixture
def draft(scene):
    episode, _ = scene.returned()
    scene.held(episode)
    screen, _ = start_screen(child=scene.child, by=scene.worker)
    return screen


def where(screen, page="offered/"):
    return f"/screens/{screen.pk}/domain/missing/{page}"


def evidence(screen, row):
    return read_answers(Screen.objects.get(pk=screen.pk).answers).get(row, Given()).evidence


def test_every_row_that_asks_is_in_a_tool(tools):
    rows = {row for version in current_versions() for row in tool_of(version.pk).indicators}
    assert set(ASKS) <= rows


def test_use_this_copies_the_words_and_where_they_come_from(scene, draft):
    client = scene.client()
    page = client.get(where(draft))
    shown = text_of(page)
    assert "Return interview of 8 February 2027, held by Ivy Lorne" in shown
    assert "1 episode in the last 90 days" in shown
    sent = controls(page) | {"indicator": "W-IND-MIS-04"}
    piece = f"places_people.{draft.child.missing_episodes.get().pk}"
    read = offers(scene, draft, "W-IND-MIS-04")[piece].piece.mark
    assert f'name="read" value="{read}"' in page.content.decode()
    answer = client.post(where(draft), sent | {"piece": piece, "read": read})
    assert answer["Location"] == f"{where(draft, '')}#W-IND-MIS-04"
    taken = evidence(draft, "W-IND-MIS-04")
    assert taken == (
        "A flat above a shop; somebody called Jay with a grey car."
        " [Return interview of 8 February 2027, held by Ivy Lorne]"
    )
    given = read_answers(Screen.objects.get(pk=draft.pk).answers)["W-IND-MIS-04"]
    assert given.presence is Presence.NOT_ANSWERED
    event = AuditEvent.objects.get(act="evidence taken from the record")
    assert event.data["piece"] == piece and event.data["indicator"] == "W-IND-MIS-04"
    # The words themselves are in the screen, never in the log.
    assert "grey car" not in str(event.data)
    assert "In the evidence already" in text_of(client.get(where(draft)))


def test_nobody_takes_words_that_they_have_not_read(scene, draft):
    client = scene.client()
    sent = controls(client.get(where(draft))) | {"indicator": "W-IND-MIS-04"}
    episode = draft.child.missing_episodes.get()
    sent["piece"] = f"places_people.{episode.pk}"
    sent["read"] = offers(scene, draft, "W-IND-MIS-04")[sent["piece"]].piece.mark
    interview = episode.interview
    interview.places_people = "Nowhere that she would name"
    interview.save()
    told = client.post(where(draft), sent, follow=True)
    assert "the record has changed. Look at the page again" in text_of(told)
    assert evidence(draft, "W-IND-MIS-04") == ""


def test_nothing_is_taken_by_itself(scene, draft):
    scene.client().get(where(draft))
    scene.client().get(where(draft, ""))
    assert read_answers(Screen.objects.get(pk=draft.pk).answers) == {}


def test_it_stands_behind_what_was_written_and_only_once(scene, draft):
    save_section(
        screen_id=draft.pk,
        part=MISSING,
        values={"W-IND-MIS-02": Given(Presence.YES, evidence="The mother’s diary.")},
        version=0,
        by=scene.worker,
    )
    same = {"screen_id": draft.pk, "part": MISSING, "indicator": "W-IND-MIS-02"}
    use_offered(**same, piece="pattern", version=1, by=scene.worker)
    taken = evidence(draft, "W-IND-MIS-02")
    assert taken.startswith("The mother’s diary.\n\n1 episode in the last 90 days.")
    use_offered(**same, piece="pattern", version=2, by=scene.worker)
    assert evidence(draft, "W-IND-MIS-02") == taken
    assert read_answers(Screen.objects.get(pk=draft.pk).answers)["W-IND-MIS-02"].presence == "yes"


def test_what_is_not_offered_to_a_row_a_stale_page_and_no_room(scene, draft):
    same = {"screen_id": draft.pk, "part": MISSING, "by": scene.worker}
    for indicator, piece in (("W-IND-MIS-02", "made-up"), ("W-IND-MIS-01", "pattern"), ("", "")):
        with pytest.raises(Refused, match="no longer offered"):
            use_offered(**same, indicator=indicator, piece=piece, version=0)
    with pytest.raises(StaleSave):
        use_offered(**same, indicator="W-IND-MIS-02", piece="pattern", version=7)
    full = {"W-IND-MIS-02": Given(evidence="x" * 3990)}
    save_section(screen_id=draft.pk, part=MISSING, values=full, version=0, by=scene.worker)
    with pytest.raises(Refused, match="longer than 4,000"):
        use_offered(**same, indicator="W-IND-MIS-02", piece="pattern", version=1)
    answer = scene.client().post(
        where(draft), {"indicator": "W-IND-MIS-02", "piece": "pattern", "version": "0"}, follow=True
    )
    assert "longer than 4,000" in text_of(answer)
    assert evidence(draft, "W-IND-MIS-02") == "x" * 3990


def test_the_button_of_the_domain_saves_first(scene, draft):
    client = scene.client()
    sent = controls(client.get(where(draft, ""))) | {
        "act": "offered",
        "notes": "Typed and not saved yet",
    }
    assert client.post(where(draft, ""), sent)["Location"] == where(draft)
    kept = Screen.objects.get(pk=draft.pk)
    assert "Typed and not saved yet" in str(kept.answers)


def test_a_domain_that_does_not_ask_has_no_such_page_and_no_button(scene, draft):
    client = scene.client()
    there = f"/screens/{draft.pk}/domain/health/"
    assert client.get(f"{there}offered/").status_code == 404
    assert "recorded of missing episodes" not in text_of(client.get(there))


def test_what_was_set_aside_is_not_offered(scene, draft):
    from cse.missing.actions import set_aside

    later, _ = scene.returned("2027-02-07 20:00", "2027-02-08 07:00")
    client = scene.client()
    assert "Missing for 11 hours" in text_of(client.get(where(draft)))
    before = text_of(client.get(where(draft))).count("Missing episode of 7 February")
    set_aside(episode_id=later.pk, by=scene.coordinator, reason="The wrong child")
    assert before and "Missing episode of 7 February" not in text_of(client.get(where(draft)))


def test_the_page_costs_the_same_with_1_and_3_episodes(scene, draft):
    client = scene.client()

    def count():
        client.get(where(draft))
        with CaptureQueriesContext(connection) as captured:
            client.get(where(draft))
        return len(captured)

    one = count()
    scene.returned("2027-02-07 20:00", "2027-02-08 07:00")
    scene.returned("2027-02-08 20:00", "2027-02-09 07:00")
    assert count() == one == 13


def taken(scene, draft, piece, indicator="W-IND-MIS-01"):
    version = Screen.objects.get(pk=draft.pk).part_versions.get(MISSING, 0)
    use_offered(
        screen_id=draft.pk, part=MISSING, indicator=indicator, piece=piece, version=version,
        by=scene.worker,
    )  # fmt: skip
    return evidence(draft, indicator)


def offers(scene, draft, indicator="W-IND-MIS-01"):
    screen = Screen.objects.get(pk=draft.pk)
    part = find_part(tool_of(screen.tool_version_id), MISSING)
    rows = offered_rows(screen, part, scene.worker, timezone.now())
    (row,) = (each for each in rows if each.indicator.id == indicator)
    return {each.piece.key: each for each in row.offers}


@pytest.mark.parametrize("unit", ["She said that he waits. ", "A paragraph.\r\n\r\n", "x"])
def test_a_long_interview_is_offered_whole_in_parts_that_fit(scene, unit):
    text = (unit * 4000)[:4000]
    episode, _ = scene.returned()
    scene.held(episode, reasons=text)
    draft, _ = start_screen(child=scene.child, by=scene.worker)
    found = [each for key, each in offers(scene, draft).items() if key.startswith("reasons.")]
    assert len(found) > 1
    said = "".join(each.piece.text for each in found)
    assert "".join(said.split()) == "".join(text.split())
    for number, each in enumerate(found, 1):
        assert each.piece.source == (
            f"Return interview of 8 February 2027, held by Ivy Lorne, part {number} of {len(found)}"
        )
        assert len(each.piece.words) <= 4000 / 4
    page = text_of(scene.client().get(where(draft)))
    assert f"part {len(found)} of {len(found)}" in page
    # Several of them fit into one row, each with its source.
    for each in found[:3]:
        words = taken(scene, draft, each.piece.key)
    assert words == "\n\n".join(each.piece.words for each in found[:3])
    used = {key for key, each in offers(scene, draft).items() if each.is_used}
    assert used == {each.piece.key for each in found[:3]}


def test_the_same_words_of_another_interview_are_not_in_the_evidence(scene, draft):
    first = draft.child.missing_episodes.get()
    later, _ = scene.returned("2027-02-07 20:00", "2027-02-08 07:00")
    scene.held(later, "2027-02-09 09:00")
    words = taken(scene, draft, f"reasons.{first.pk}")
    assert offers(scene, draft)[f"reasons.{first.pk}"].is_used
    assert not offers(scene, draft)[f"reasons.{later.pk}"].is_used
    both = taken(scene, draft, f"reasons.{later.pk}")
    assert both == (
        f"{words}\n\nWanted to see friends. "
        "[Return interview of 9 February 2027, held by Ivy Lorne]"
    )
    assert taken(scene, draft, f"reasons.{later.pk}") == both


def test_a_mere_part_of_other_evidence_is_not_in_it(scene):
    episode, _ = scene.returned()
    scene.held(episode, reasons="Bored.", harm="She was hurt.\r\n\r\nBored.", needs="hurt.")
    draft, _ = start_screen(child=scene.child, by=scene.worker)
    full = {"W-IND-MIS-01": Given(evidence="Bored. She said so.")}
    save_section(screen_id=draft.pk, part=MISSING, values=full, version=0, by=scene.worker)
    taken(scene, draft, f"harm.{episode.pk}")
    used = {key for key, each in offers(scene, draft).items() if each.is_used}
    assert used == {f"harm.{episode.pk}"}
    taken(scene, draft, f"reasons.{episode.pk}")
    used = {key for key, each in offers(scene, draft).items() if each.is_used}
    assert used == {f"harm.{episode.pk}", f"reasons.{episode.pk}"}
    # The page of the domain saves other line ends; it is the same text.
    text = evidence(draft, "W-IND-MIS-01").replace("\r\n", "\n")
    full = {"W-IND-MIS-01": Given(evidence=text)}
    save_section(screen_id=draft.pk, part=MISSING, values=full, version=3, by=scene.worker)
    assert offers(scene, draft)[f"harm.{episode.pk}"].is_used

"""Every page of the room in Chromium, at 1280 and 320 px: empty, full, long and with mistakes."""

from __future__ import annotations

import pytest

from cse.missing import actions
from screening.actions import load_shipped_tools, start_screen
from tests.clocks.conftest import at
from tests.interface.looking import in_the_way_of
from tests.missing.scene import Scene
from tests.missing.test_thin_path import EPISODE, moment

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
LONG = "Wilhelmina-Alexandrina Oyinkansola"
TEXT = "A flat above a shop near the station, with two men who drove her there. " * 12


@pytest.fixture
def pages(db, tuesday):
    load_shipped_tools()
    scene = Scene("wiltshire", given_name=LONG, family_name="Featherstonehaugh-Cholmondeley")
    worker, coordinator = scene.client(), scene.client(scene.coordinator)
    child = f"/missing/child/{scene.child.pk}/"
    first = {
        "none": worker.get(child),
        "none-owed": coordinator.get("/missing/"),
        "record": worker.get(f"{child}record/"),
        "record-error": worker.post(f"{child}record/", {"started_on-day": "44"}),
        "record-twice": worker.post(
            f"{child}record/", EPISODE | moment("started", "25", "10", "2026", "1:30")
        ),
    }
    held, _ = scene.returned("2027-01-06 21:40", "2027-01-07 09:15", circumstances=TEXT)
    scene.held(held, "2027-01-08 16:00", places_people=TEXT)
    owed, _ = scene.returned("2027-02-06 21:40", "2027-02-07 09:15")
    asked = {"episode_id": owed.pk, "by": scene.coordinator}
    scene.allocated(owed, reason=TEXT)
    actions.offer(**asked, at=at("2027-02-08 10:00"), note_text=TEXT)
    actions.decline(**asked, at=at("2027-02-08 11:00"), reason=TEXT)
    now = scene.missing("2027-02-08 21:40")
    draft, _ = start_screen(child=scene.child, by=scene.worker)
    interviewer = scene.client(scene.interviewer)
    found = {"who": "colleague", "search": "Lorne", "find": "1"}
    later = {
        "child": worker.get(child),
        "overview": worker.get(f"/children/{scene.child.pk}/"),
        "owed": coordinator.get("/missing/"),
        "held": worker.get(f"/missing/{held.pk}/"),
        "missing-now": worker.get(f"/missing/{now.pk}/"),
        "to-allocate": coordinator.get(f"/missing/{owed.pk}/"),
        "return": worker.get(f"/missing/{now.pk}/return/"),
        "return-error": worker.post(f"/missing/{now.pk}/return/", {}),
        "correct": worker.get(f"/missing/{owed.pk}/correct/"),
        "stale": worker.post(
            f"/missing/{owed.pk}/correct/",
            EPISODE
            | moment("returned", "7", "2", "2027", "9:15")
            | {"return_how": "self", "police_seen": "seen", "version": "1", "reason": TEXT},
        ),
        "grade": worker.get(f"/missing/{owed.pk}/grade/"),
        "set-aside": coordinator.get(f"/missing/{owed.pk}/set-aside/"),
        "allocate": coordinator.get(f"/missing/{owed.pk}/allocate/"),
        "allocate-found": coordinator.post(f"/missing/{owed.pk}/allocate/", found),
        "allocate-error": coordinator.post(f"/missing/{owed.pk}/allocate/", {}),
        "offer": coordinator.get(f"/missing/{owed.pk}/offer/"),
        "interview": interviewer.get(f"/missing/{held.pk}/interview/"),
        "interview-met": interviewer.post(
            f"/missing/{held.pk}/interview/",
            moment("held", "8", "1", "2027", "16:00")
            | {"version": "2", "harm": TEXT, "needs": LONG, "reason": TEXT},
        ),
        "interview-error": interviewer.post(f"/missing/{held.pk}/interview/", {}),
        "domain": worker.get(f"/screens/{draft.pk}/domain/missing/"),
        "offered": worker.get(f"/screens/{draft.pk}/domain/missing/offered/"),
    }
    assert {answer.status_code for answer in (first | later).values()} == {200, 409}
    return {name: answer.content.decode() for name, answer in (first | later).items()}


def test_nothing_stands_in_anybodys_way(chromium, pages):
    assert in_the_way_of(chromium, pages) == ""

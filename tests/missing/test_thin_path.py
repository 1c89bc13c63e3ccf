"""From "the child is missing" to a return interview that was held in time, on the pages."""

import pytest

from cse.clocks.queries import clocks_of
from cse.missing.models import MissingEpisode
from cse.worklist.queries import waiting_for
from tests.clocks.conftest import at
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db


def moment(stem, day, month, year, time, **more):
    return {
        f"{stem}_on-day": day,
        f"{stem}_on-month": month,
        f"{stem}_on-year": year,
        f"{stem}_time": time,
        **more,
    }


EPISODE = {
    **moment("started", "6", "2", "2027", "21:40"),
    "missing_from": "home",
    "reported_by": "Mother",
    "police_told": "yes",
    "grade": "medium",
    "circumstances": "Left after a telephone call.",
}
BACK = {
    **moment("returned", "7", "2", "2027", "9.15am"),
    "return_how": "self",
    "police_seen": "asked",
    "said": "Did not want to say",
}


@pytest.mark.requirement("W-SHR-21", "DEC-24")
def test_recorded_returned_allocated_held(scene):
    worker, coordinator = scene.client(), scene.client(scene.coordinator)
    sent = worker.post(f"/missing/child/{scene.child.pk}/record/", EPISODE)
    episode = MissingEpisode.objects.get()
    here = f"/missing/{episode.pk}/"
    assert sent["Location"] == here
    assert "Missing now" in text_of(worker.get(here))
    assert "Missing now, since 6 February 2027" in text_of(
        worker.get(f"/children/{scene.child.pk}/")
    )

    assert worker.post(f"{here}return/", BACK).status_code == 302
    (clock,) = clocks_of(episode)
    assert clock.due_at == at("2027-02-10 09:15")
    (row,) = waiting_for(scene.coordinator).items
    assert row.kind == "allocate_interview" and row.due_at == clock.due_at
    assert scene.child.name in text_of(coordinator.get("/missing/"))

    asked = {
        "who": "colleague",
        "search": "Lorne",
        "chosen": f"user:{scene.interviewer.pk}",
        "independent": "yes",
        "reason": "The child knows her from the youth club",
    }
    interviewer = scene.client(scene.interviewer)
    assert interviewer.get(here).status_code == 404
    found = coordinator.post(f"{here}allocate/", {**asked, "chosen": "", "find": "1"})
    assert "Ivy Lorne" in text_of(found)
    assert coordinator.post(f"{here}allocate/", asked)["Location"] == here
    (row,) = waiting_for(scene.interviewer).items
    assert row.kind == "hold_interview"
    assert waiting_for(scene.coordinator).items == ()

    written = {
        **moment("held", "8", "2", "2027", "16:00"),
        "places_people": "A flat above a shop; a grey car.",
        "version": str(episode.interview.version),
    }
    assert interviewer.post(f"{here}interview/", written).status_code == 302
    (clock,) = clocks_of(episode)
    assert clock.state == "met" and clock.met_at == at("2027-02-08 16:00")
    assert waiting_for(scene.interviewer).items == ()
    shown = text_of(worker.get(here))
    assert "Done in time" in shown and "a grey car" in shown and "Held" in shown

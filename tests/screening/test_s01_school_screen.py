"""S01 up to the completed screen: a school, Oxfordshire's tool, no level and no score."""

import datetime as dt

import pytest
import time_machine

from cse.children.models import LevelEvent
from screening.models import Screen
from screening.queries import latest_assessment
from tests.factories import grant
from tests.screening.conftest import Place
from tests.screening.pages import address, complete, fill, text_of

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 12, 14, 9, 30, tzinfo=dt.UTC)
ANSWERS = {
    "grooming": {"O-IND-GRO-01": "yes", "O-IND-GRO-12": "yes", "O-IND-GRO-21": "possible"},
    "behaviour": {"O-IND-BEH-02": "yes"},
    "e-safety": {"O-IND-ESA-10": "possible"},
}


@pytest.mark.requirement("O-SCR-19", "DEC-03", "DEC-06", "DEC-19", "O-SCR-22")
@time_machine.travel(MONDAY)
def test_s01_to_the_completed_screen(tools):
    place = Place(given_name="Isla", family_name="Fenwick", date_of_birth=dt.date(2012, 3, 9))
    grant(place.lead, place.child)
    client = place.client(place.lead)
    client.post(f"/screens/child/{place.child.pk}/start/", {"tool": "oxfordshire"})
    screen = Screen.objects.get()
    for domain, rows in ANSWERS.items():
        typed = {f"{row}-presence": presence for row, presence in rows.items()}
        typed |= {f"{row}-evidence": "Seen" for row, said in rows.items() if said == "yes"}
        typed |= {f"{row}-concern": "I feel" for row, said in rows.items() if said == "possible"}
        fill(client, screen, "domain", domain, **typed)
    fill(client, screen, "section", "harm", harm_happened="not_known")
    fill(
        client,
        screen,
        "section",
        "conclusion",
        concerns_confirmed="yes",
        professional_judgement="Seen by two of us; I am worried.",
    )
    words = text_of(client.get(address(screen, "check")))
    assert "High 3 (2 yes, 1 possible) Medium 2 (1 yes, 1 possible) Low 0 (0 yes, 0 possible)" in (
        words
    )
    assert "Not answered 79" in words
    assert "score" not in words.replace("They are not a score", "") and "%" not in words
    assert complete(client, screen).status_code == 302

    result = latest_assessment(screen).result
    assert [(rule["id"], rule["obligation"]) for rule in result["rules"]] == [("R4", "mandatory")]
    assert not LevelEvent.objects.exists()
    page = text_of(client.get(address(screen, "completed")))
    assert "Concern that the child is at risk" in page and "Any one high" not in page
    assert "copy of this screen" in page
    shown = text_of(client.get(address(screen, "show")))
    assert "High concerns 3 (2 yes, 1 possible)" in shown and "Not answered 79" in shown
    assert "Evidence Seen" in shown and "Professional concern (“gut feeling”) I feel" in shown
    assert "14 years old when it was completed" in shown

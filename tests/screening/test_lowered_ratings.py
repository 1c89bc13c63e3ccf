"""A domain rated below its matrix says why before the screen is completed (W §12.9)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from screening.actions import Unfinished, complete, start_screen
from screening.models import Status
from tests.screening.made import TYPED, fill_in
from tests.screening.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DEC-05")]


def rated(place, rating, notes=""):
    """A draft in which serious and likely, for which the matrix says high, is rated so."""
    screen, _ = start_screen(child=place.child, by=place.worker)
    said = {"impact": "serious", "likelihood": "likely", "rating": rating, "notes": notes}
    return fill_in(screen, place.worker, {"health": said}, TYPED)


@pytest.mark.parametrize(
    ("rating", "notes", "wanted"),
    [
        ("low", "", True),
        ("medium", "   ", True),
        ("low", "The nurse knows the cause, and it was treated.", False),
        ("high", "", False),
        (None, "", False),
    ],
)
def test_a_rating_below_the_matrix_says_why_in_its_notes(wiltshire, rating, notes, wanted):
    screen = rated(wiltshire, rating, notes)
    if not wanted:
        done = complete(screen_id=screen.pk, by=wiltshire.worker, version=screen.version)
        assert done.status == Status.COMPLETE
        return
    with pytest.raises(Unfinished) as refused:
        complete(screen_id=screen.pk, by=wiltshire.worker, version=screen.version)
    (problem,) = refused.value.problems
    assert problem.field == "health.notes"
    assert f"why you rate it {rating}" in problem.message


def test_the_page_leads_to_the_notes(wiltshire):
    screen = rated(wiltshire, "low")
    page = wiltshire.client().get(reverse("screening:check", args=[screen.pk]))
    assert "Say in the notes on Health why you rate it low" in text_of(page)
    assert f"/screens/{screen.pk}/domain/health/#notes" in page.content.decode()

"""Start, one domain, complete: the shortest way through."""

import pytest

from screening.models import Screen
from tests.screening.pages import complete, fill, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("D-SCR-01", "O-SCR-17")
def test_a_practitioner_completes_a_screen_in_the_browser(oxfordshire):
    client = oxfordshire.client()
    started = client.post(f"/screens/child/{oxfordshire.child.pk}/start/", {"tool": "oxfordshire"})
    screen = Screen.objects.get()
    assert started.status_code == 302 and str(screen.pk) in started["Location"]
    assert client.get(started["Location"]).status_code == 200
    saved = fill(
        client,
        screen,
        "domain",
        "health",
        **{"O-IND-HEA-01-presence": "yes", "O-IND-HEA-01-evidence": "Seen by the nurse"},
    )
    assert saved.status_code == 302
    fill(client, screen, "section", "harm", harm_happened="not_known")
    fill(
        client,
        screen,
        "section",
        "conclusion",
        concerns_confirmed="no",
        professional_judgement="One sign, explained.",
    )
    done = complete(client, screen)
    assert done.status_code == 302, text_of(done)
    screen.refresh_from_db()
    assert screen.status == "complete" and screen.completed_by == oxfordshire.worker
    page = client.get(done["Location"])
    assert page.status_code == 200 and "Screen completed" in text_of(page)
    page = client.get(f"/screens/{screen.pk}/")
    assert "Seen by the nurse" in text_of(page)

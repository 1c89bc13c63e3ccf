"""From a completed screen to a completed assessment, in the browser's own words."""

import pytest

from cse.children.models import LevelEvent
from screening.models import RiskAssessment
from tests.screening.assessing import at, fill
from tests.screening.made import HIGH, YES, Given, completed
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("O-MTG-54", "DEC-27")
def test_a_risk_assessment_is_built_on_a_screen_and_completed(oxfordshire):
    screen = completed(oxfordshire, answers={HIGH: Given(YES, evidence="Seen by the nurse")})
    client = oxfordshire.client()
    start = f"/screens/assessments/child/{oxfordshire.child.pk}/start/"
    assert "Local form – confirm with board" in text_of(client.get(start))
    begun = client.post(start)
    draft = RiskAssessment.objects.get()
    assert begun.status_code == 302 and draft.screen == screen
    assert "The screen found 1 indicator" in text_of(client.get(begun["Location"]))
    beside = text_of(client.get(at("assessment-part", draft, "health")))
    assert "Seen by the nurse" in beside and "Wyn Arden" in beside
    fill(client, draft, "health", **{"analysis-health": "The bruises are not explained."})
    fill(client, draft, "views", child_views="She wants it to stop.")
    fill(
        client,
        draft,
        "conclusion",
        harm_happened="yes",
        significant_harm="suffering",
        professional_judgement="She has been harmed.",
        level="cse",
        direction="increased",
    )
    check = at("assessment-check", draft)
    page = client.get(check)
    assert "Before you can complete it" not in text_of(page), text_of(page)
    done = client.post(check, controls(page))
    assert done.status_code == 302, text_of(done)
    draft.refresh_from_db()
    assert draft.is_complete and draft.completed_by == oxfordshire.worker
    shown = text_of(client.get(done["Location"]))
    # The bar says what the child's level is now, not what it was when this was written.
    assert "CSE level Level: CSE" in " ".join(shown.split()), shown[:900]
    for words in (
        "The bruises are not explained.",
        "She wants it to stop.",
        "Follows. It finds that the child is suffering",
        "Local form",
        "Seen by the nurse",
    ):
        assert words in shown, words
    level = LevelEvent.objects.get(subject_id=draft.pk)
    assert (level.level, level.judgement) == ("cse", "She has been harmed.")

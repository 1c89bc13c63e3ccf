"""Pages of screens and assessments save every field that is right, and say what was left out."""

import pytest
from django.db import transaction
from django.utils import timezone

from screening.actions import start_screen
from screening.answers import read_answers
from screening.assessments.actions import ask_contribution, start_assessment
from screening.forms import LONGEST_NOTE, LONGEST_TEXT
from screening.rules import Presence
from tests.factories import make_user
from tests.screening.assessing import at
from tests.screening.pages import address, controls, fill

pytestmark = pytest.mark.django_db
AUTOSAVE = {"X-Requested-With": "autosave", "Accept": "application/json"}
TYPED = "A sentence that nobody may lose"


def autosave(client, where, **typed):
    answer = client.post(where, controls(client.get(where)) | typed, headers=AUTOSAVE)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.requirement("D-SCR-01")
def test_a_text_too_long_holds_up_no_answer_of_its_domain(oxfordshire):
    screen, _ = start_screen(child=oxfordshire.child, by=oxfordshire.worker)
    client, where = oxfordshire.client(), address(screen, "domain", "health")
    fill(client, screen, "domain", "health", **{"O-IND-HEA-01-note": "Before", "notes": "Before"})
    answer = autosave(
        client,
        where,
        **{
            "O-IND-HEA-01-presence": "yes",
            "O-IND-HEA-01-evidence": TYPED,
            "O-IND-HEA-01-note": "x" * (LONGEST_NOTE + 1),
            "notes": "x" * (LONGEST_TEXT + 1),
        },
    )
    assert answer["version"] == 2 and answer["saved_at"]
    assert len(answer["unsaved"]) == 2 and len(set(answer["unsaved"])) == 2
    assert any(each.startswith("Notes: Shorten the text") for each in answer["unsaved"])
    screen.refresh_from_db()
    kept = read_answers(screen.answers)["O-IND-HEA-01"]
    assert (kept.presence, kept.evidence, kept.note) == (Presence.YES, TYPED, "Before")
    assert screen.answers["n"] == {"health": "Before"}


def test_nor_any_text_of_its_section(wiltshire):
    screen, _ = start_screen(child=wiltshire.child, by=wiltshire.worker)
    client, where = wiltshire.client(), address(screen, "section", "actions")
    opened = controls(client.get(where))
    sent = {"actions-0-action": "Ring", "actions-0-who": "x" * 1_001}
    answer = client.post(where, opened | sent, headers=AUTOSAVE).json()
    assert answer["saved_at"] and len(answer["unsaved"]) == 1
    screen.refresh_from_db()
    assert not screen.sections.get("actions")


def test_nor_of_an_assessment(oxfordshire):
    draft, _ = start_assessment(
        child=oxfordshire.child, by=oxfordshire.worker, no_screen_reason="Seen today"
    )
    client, where = oxfordshire.client(), at("assessment-part", draft, "conclusion")
    texts = [
        name
        for name, value in controls(client.get(where)).items()
        if name not in ("csrfmiddlewaretoken", "version", "act") and value == ""
    ]
    wrong, right = texts[0], texts[1]
    answer = autosave(client, where, **{wrong: "x" * (LONGEST_TEXT + 1), right: TYPED})
    assert answer["saved_at"] and len(answer["unsaved"]) == 1
    draft.refresh_from_db()
    assert draft.sections == {right: TYPED}


def test_a_contribution_that_is_too_long_is_not_kept_and_its_page_goes_on(oxfordshire):
    draft, _ = start_assessment(
        child=oxfordshire.child, by=oxfordshire.worker, no_screen_reason="Seen today"
    )
    with transaction.atomic():
        nurse = make_user(given_name="Nia")
        row = ask_contribution(
            assessment_id=draft.pk,
            by=oxfordshire.worker,
            question="What do you know?",
            due_on=timezone.localdate(),
            user=nurse,
        )
    client, where = oxfordshire.client(nurse), at("contribution", row)
    answer = autosave(client, where, text="x" * (LONGEST_TEXT + 1))
    assert "saved_at" not in answer and len(answer["unsaved"]) == 1
    row.refresh_from_db()
    assert row.text == ""

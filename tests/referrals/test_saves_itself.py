"""A page that saves itself saves every field that is right, and says what was left out."""

from __future__ import annotations

import pytest

from tests.referrals.test_making_bad_input import area_of
from tests.referrals.test_making_pages import page_of, save
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
AUTOSAVE = {"X-Requested-With": "autosave"}
TYPED = "A sentence that nobody may lose"


def autosave(client, where, **typed):
    """What the script sends of a page in which something was typed, and its answer."""
    answer = client.post(where, controls(client.get(where)) | typed, headers=AUTOSAVE)
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.requirement("D-SCR-01")
@pytest.mark.parametrize("typed", [{"day": "45"}, {"day": "1", "month": "2"}, {"year": "20"}])
def test_one_bad_day_holds_up_no_text_of_its_page(oxfordshire, typed):
    area, client = oxfordshire, oxfordshire.client()
    draft = area.draft()
    where = page_of(draft, "part", "assessment")
    parts = {"day": "", "month": "", "year": ""} | typed
    days = {f"lead_consulted_on-{part}": text for part, text in parts.items()}
    before = draft.sections["lead_consulted_on"]
    answer = autosave(client, where, assessment=TYPED, **days)
    assert answer["saved_at"] and answer["version"] == 2
    (words,) = answer["unsaved"]
    assert words.startswith("On which day: ")
    draft.refresh_from_db()
    assert draft.sections["assessment"] == TYPED
    # A day that was stored before stands until a whole one takes its place.
    assert draft.sections["lead_consulted_on"] == before
    # The button refuses, and keeps what was typed.
    sent = controls(client.get(where)) | {"assessment": f"{TYPED}, and more"} | days
    refused = client.post(where, sent)
    assert refused.status_code == 200 and "There is a problem" in text_of(refused)
    assert f"{TYPED}, and more" in refused.content.decode()
    whole = {
        "lead_consulted_on-day": "3",
        "lead_consulted_on-month": "11",
        "lead_consulted_on-year": "2026",
    }
    assert autosave(client, where, **whole)["unsaved"] == []
    draft.refresh_from_db()
    assert draft.sections["lead_consulted_on"] == "2026-11-03"


def test_a_late_save_is_told_before_what_is_wrong_in_it(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    draft = area.draft()
    where = page_of(draft, "part", "assessment")
    opened = controls(client.get(where))
    save(area.client(area.colleague), where, assessment="Theirs")
    late = opened | {"lead_consulted_on-day": "45", "child_views": TYPED}
    assert client.post(where, late, headers=AUTOSAVE).status_code == 409
    draft.refresh_from_db()
    assert draft.sections["assessment"] == "Theirs"
    assert draft.sections.get("child_views") != TYPED


def test_what_is_known_is_saved_but_for_what_is_wrong(oxfordshire):
    client, draft = oxfordshire.client(), oxfordshire.draft()
    where = page_of(draft, "facts")
    answer = autosave(
        client,
        where,
        activity="yes",
        wider="group_suspected",
        other_age="many",
        **{"activity_from-day": "45"},
    )
    labels = [each.split(":")[0] for each in answer["unsaved"]]
    assert labels == [
        "When did it begin, at the earliest",
        "How old was the other person then, in years",
    ]
    draft.refresh_from_db()
    assert draft.facts["group_suspected"]
    assert draft.facts["sexual_activity"] == {"from": None, "to": None}
    assert "other_person" not in draft.facts
    assert "R10" in {rule["id"] for rule in draft.routing["rules"]}
    # What was stored stays while something else is half typed.
    assert autosave(client, where, other_age="17")["unsaved"] == []
    half = autosave(client, where, other_age="17x", wider="trafficking")
    assert len(half["unsaved"]) == 1
    draft.refresh_from_db()
    assert draft.facts["other_person"] == {"age": 17} and draft.facts["trafficking"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"activity": "no", "activity_to": (1, 2, 2025)}, "You gave a day for it"),
        ({"activity_to": (1, 2, 2025)}, "You gave a day for it"),
        ({"activity": "yes", "activity_from": (2, 2, 2025), "activity_to": (1, 2, 2025)}, "began"),
        ({"activity": "yes", "activity_from": (2, 2, 1999)}, "date of birth"),
        ({"other_age": "17", "other_born": (1, 2, 2005)}, "not both"),
        ({"placed_in": "wiltshire"}, "Only a looked-after child"),
    ],
)
def test_what_contradicts_itself_is_left_out_alone(oxfordshire, typed, words):
    client, draft = oxfordshire.client(), oxfordshire.draft()
    area_of("wiltshire")
    where = page_of(draft, "facts")
    flat = {}
    for name, value in typed.items():
        if isinstance(value, tuple):
            parts = zip(("day", "month", "year"), value, strict=True)
            flat |= {f"{name}-{part}": str(each) for part, each in parts}
        else:
            flat[name] = value
    answer = autosave(client, where, wider="trafficking", **flat)
    assert words in "; ".join(answer["unsaved"]) and answer["saved_at"]
    draft.refresh_from_db()
    assert draft.facts["trafficking"]
    assert text_of(client.get(where))


def test_a_screen_that_is_not_offered_changes_nothing_of_what_goes_along(oxfordshire):
    client, draft = oxfordshire.client(), oxfordshire.draft()
    where = page_of(draft, "part", "screen")
    answer = autosave(client, where, screen="nothing", screen_reason=TYPED)
    assert len(answer["unsaved"]) == 1
    draft.refresh_from_db()
    assert draft.screen is None and draft.sections["screen_reason"] == TYPED


def test_a_text_too_long_is_left_out_and_the_rest_is_saved(oxfordshire):
    client, draft = oxfordshire.client(), oxfordshire.draft()
    where = page_of(draft, "part", "family")
    answer = autosave(client, where, family="x" * 20_001, needs=TYPED)
    (words,) = answer["unsaved"]
    assert words.startswith("Who is in the family, and what do they say: ")
    draft.refresh_from_db()
    assert draft.sections["needs"] == TYPED

"""Saving a draft: nothing lost, two people at once, nothing that does not belong."""

import pytest

from cse.audit.models import AuditEvent
from cse.children.queries.timeline import timeline
from screening.actions import StaleSave, save_section, start_screen
from screening.answers import Given, read_answers
from screening.models import Screen
from screening.queries import tool_of
from screening.rules import Presence
from tests.factories import make_child, make_user
from tests.prepared import prepared
from tests.screening.pages import address, controls, fill, text_of

pytestmark = pytest.mark.django_db
AUTOSAVE = {"X-Requested-With": "autosave", "Accept": "application/json"}


@prepared
def draft(oxfordshire):
    screen, _ = start_screen(child=oxfordshire.child, by=oxfordshire.worker)
    return screen


def save(client, screen, slug="health", kind="domain", headers=None, **changes):
    where = address(screen, kind, slug)
    return client.post(where, changes, headers=headers or {})


@pytest.mark.requirement("O-SCR-17", "DEC-19", "O-SCR-22", "W-SCR-14")
def test_a_row_keeps_everything_that_is_typed(oxfordshire, draft):
    client = oxfordshire.client()
    fill(
        client,
        draft,
        "domain",
        "health",
        **{
            "O-IND-HEA-01-presence": "possible",
            "O-IND-HEA-01-level": "low",
            "O-IND-HEA-01-reason": "Fell from a bicycle",
            "O-IND-HEA-01-evidence": "Bruise seen\nby two people 🙂",
            "O-IND-HEA-01-concern": "She looked away",
            "O-IND-HEA-01-when": "current",
            "O-IND-HEA-01-note": "Ask the school nurse",
            "notes": "Evidence first.",
        },
    )
    draft.refresh_from_db()
    given = read_answers(draft.answers)["O-IND-HEA-01"]
    assert given == Given(
        presence=Presence.POSSIBLE,
        level="low",
        reason="Fell from a bicycle",
        amended_by=str(oxfordshire.worker.pk),
        evidence="Bruise seen\nby two people 🙂",
        concern="She looked away",
        when="current",
        note="Ask the school nurse",
    )
    assert draft.answers["n"] == {"health": "Evidence first."}
    assert draft.projection[0] == 2 and set(draft.projection[1:]) == {0}
    page = client.get(address(draft, "domain", "health"))
    assert "Bruise seen&#10;by two people 🙂" in page.content.decode()


@pytest.mark.requirement("DEC-19", "O-SCR-01")
def test_the_rest_becomes_no_only_when_asked(oxfordshire, draft):
    client = oxfordshire.client()
    fill(client, draft, "domain", "health", **{"O-IND-HEA-01-presence": "yes"})
    draft.refresh_from_db()
    assert list(draft.answers["i"]) == ["O-IND-HEA-01"]
    fill(client, draft, "domain", "health", act="rest_no")
    draft.refresh_from_db()
    assert draft.answers["i"]["O-IND-HEA-01"] == "y"
    assert [draft.answers["i"][f"O-IND-HEA-{n:02}"] for n in range(2, 11)] == ["n"] * 9
    assert AuditEvent.objects.filter(act="rest answered no", object_id=draft.pk).exists()


@pytest.mark.requirement("DEC-03", "DEC-19")
def test_what_somebody_wrote_on_is_never_swept_up_with_the_rest(oxfordshire, draft):
    client = oxfordshire.client()
    written = {
        "O-IND-HEA-01-evidence": "I saw the bruise",
        "O-IND-HEA-02-concern": "She said so; I am worried",
        "O-IND-HEA-03-note": "Ask the nurse",
    }
    fill(client, draft, "domain", "health", **written)
    page = text_of(client.get(address(draft, "domain", "health")))
    assert "Mark the 7 remaining as No" in page
    assert "3 indicators have something written and no answer." in page
    fill(client, draft, "domain", "health", act="rest_no")
    draft.refresh_from_db()
    given = read_answers(draft.answers)
    for n in range(1, 11):
        said = Presence.NOT_ANSWERED if n <= 3 else Presence.NO
        assert given[f"O-IND-HEA-{n:02}"].presence is said
    assert given["O-IND-HEA-01"].evidence == "I saw the bruise"
    page = text_of(client.get(address(draft, "domain", "health")))
    assert "remaining as No" not in page and "3 indicators have something written" in page


@pytest.mark.requirement("DEC-18")
def test_one_of_two_linked_rows_fills_in_the_other(oxfordshire, draft):
    client = oxfordshire.client()
    other = client.get(address(draft, "domain", "e-safety"))
    fill(client, draft, "domain", "grooming", **{"O-IND-GRO-26-presence": "yes"})
    page = client.get(address(draft, "domain", "e-safety"))
    assert "Filled in from Grooming: check it" in text_of(page)
    assert controls(page)["O-IND-ESA-16-presence"] == "yes"
    # Somebody who had that page open before does not undo it by saving something else.
    client.post(
        address(draft, "domain", "e-safety"),
        controls(other) | {"O-IND-ESA-01-presence": "yes", "act": "leave"},
    )
    draft.refresh_from_db()
    assert read_answers(draft.answers)["O-IND-ESA-16"].presence is Presence.YES
    # Answered otherwise there, each of the two says what the other says.
    fill(client, draft, "domain", "e-safety", **{"O-IND-ESA-16-presence": "no"})
    words = "The same row under {} is answered “{}”: the stronger answer counts"
    page = client.get(address(draft, "domain", "e-safety"))
    assert words.format("Grooming", "Yes") in text_of(page)
    page = client.get(address(draft, "domain", "grooming"))
    assert words.format(tool_of(draft.tool_version_id).domains_by_key["e-safety"].title, "No") in (
        text_of(page)
    )
    # Somebody who has seen it may change it, and it stays changed.
    fill(client, draft, "domain", "e-safety", **{"O-IND-ESA-16-presence": "not_answered"})
    draft.refresh_from_db()
    assert "O-IND-ESA-16" not in draft.answers["i"]


@pytest.mark.requirement("D-SCR-01")
def test_autosave_and_the_button_are_one_act(oxfordshire, draft):
    client = oxfordshire.client()
    sent = controls(client.get(address(draft, "domain", "health")))
    answer = client.post(
        address(draft, "domain", "health"),
        sent | {"O-IND-HEA-01-presence": "yes"},
        headers=AUTOSAVE,
    ).json()
    assert answer["version"] == 1 and ":" in answer["saved_at"]
    assert "1 (1 yes, 0 possible)" in answer["panels"]["rules"]
    assert "Mark the 9 remaining as No" in answer["panels"]["rest"]
    again = client.post(
        address(draft, "domain", "health"),
        sent | {"O-IND-HEA-01-presence": "no", "version": answer["version"], "act": "save"},
    )
    assert again.status_code == 302 and again["Location"] == address(draft, "domain", "behaviour")
    reasons = Screen.history.filter(id=draft.pk).values_list("history_change_reason", flat=True)
    assert list(reasons) == ["saved domain.health", "saved domain.health", "started"]


def two_people(place, draft, slug, kind, mine, theirs):
    """Both open the page; the colleague saves first; the worker's answer is given back."""
    worker, colleague = place.client(), place.client(place.colleague)
    opened = controls(worker.get(address(draft, kind, slug)))
    fill(colleague, draft, kind, slug, **theirs)
    return worker, worker.post(address(draft, kind, slug), opened | mine | {"act": "save"})


@pytest.mark.requirement("D-SCR-01")
def test_a_stale_save_shows_both_texts_and_loses_neither(oxfordshire, draft):
    worker, answer = two_people(
        oxfordshire,
        draft,
        "health",
        "domain",
        mine={"notes": "What I saw on Monday", "O-IND-HEA-01-presence": "yes"},
        theirs={"notes": "What Cal heard on Sunday", "O-IND-HEA-02-presence": "possible"},
    )
    assert answer.status_code == 409
    words = text_of(answer)
    assert "What I saw on Monday" in words and "What Cal heard on Sunday" in words
    assert "Saved by Cal Birch" in words
    draft.refresh_from_db()
    assert draft.answers["n"] == {"health": "What Cal heard on Sunday"}
    # The page that shows both is itself the form that saves what is kept of both.
    kept = controls(answer)
    assert kept["notes"] == "What I saw on Monday"
    kept["notes"] = "Sunday and Monday"
    assert worker.post(address(draft, "domain", "health"), kept).status_code == 302
    draft.refresh_from_db()
    assert draft.answers["n"] == {"health": "Sunday and Monday"}
    assert draft.answers["i"] == {"O-IND-HEA-01": "y", "O-IND-HEA-02": "p"}
    notes = Screen.history.filter(id=draft.pk).values_list("answers", flat=True)
    assert any(each.get("n") == {"health": "What Cal heard on Sunday"} for each in notes)


@pytest.mark.requirement("D-SCR-01")
def test_a_clash_over_one_answer_asks_which(oxfordshire, draft):
    worker, answer = two_people(
        oxfordshire,
        draft,
        "health",
        "domain",
        mine={"O-IND-HEA-01-presence": "yes"},
        theirs={"O-IND-HEA-01-presence": "no"},
    )
    assert answer.status_code == 409
    assert "Keep “No”, saved by Cal Birch" in text_of(answer)
    assert "Keep “Yes”, your answer" in text_of(answer)
    chosen = controls(answer) | {"O-IND-HEA-01-presence": "no"}
    worker.post(address(draft, "domain", "health"), chosen)
    draft.refresh_from_db()
    assert draft.answers["i"] == {"O-IND-HEA-01": "n"}


@pytest.mark.requirement("D-SCR-01")
@pytest.mark.parametrize(("kind", "slug"), [("domain", "health"), ("section", "strengths")])
def test_two_windows_of_one_person_are_not_two_people(oxfordshire, draft, kind, slug):
    client = oxfordshire.client()
    field = "notes" if kind == "domain" else "strengths"
    opened = controls(client.get(address(draft, kind, slug)))
    fill(client, draft, kind, slug, **{field: "From the other window"})
    sent = opened | {field: "From this window", "act": "save"}
    answer = client.post(address(draft, kind, slug), sent)
    words = text_of(answer)
    assert answer.status_code == 409 and "in another window" in words
    assert "Two people" not in words and "Wyn Arden saved" not in words
    assert "From the other window" in words and "From this window" in words
    assert "as it is saved now" in words  # the way out


@pytest.mark.requirement("D-SCR-01")
def test_a_stale_section_shows_both_texts(oxfordshire, draft):
    _, answer = two_people(
        oxfordshire,
        draft,
        "strengths",
        "section",
        mine={"strengths": "A good friend"},
        theirs={"strengths": "An aunt"},
    )
    assert answer.status_code == 409
    assert "A good friend" in text_of(answer) and "An aunt" in text_of(answer)


@pytest.mark.requirement("D-SCR-01")
def test_two_people_on_different_parts_do_not_meet(oxfordshire, draft):
    worker = oxfordshire.client()
    colleague = oxfordshire.client(oxfordshire.colleague)
    opened = controls(worker.get(address(draft, "domain", "behaviour")))
    fill(colleague, draft, "domain", "grooming", notes="Theirs")
    saved = worker.post(
        address(draft, "domain", "behaviour"), opened | {"notes": "Mine", "act": "leave"}
    )
    assert saved.status_code == 302
    draft.refresh_from_db()
    assert draft.answers["n"] == {"grooming": "Theirs", "behaviour": "Mine"}
    assert "Cal Birch is working on this draft too" in text_of(worker.get(address(draft, "draft")))


def test_a_stale_autosave_is_told_and_writes_nothing(oxfordshire, draft):
    fill(oxfordshire.client(), draft, "domain", "health", notes="First")
    answer = save(oxfordshire.client(), draft, headers=AUTOSAVE, version="0", notes="Late")
    assert answer.status_code == 409
    draft.refresh_from_db()
    assert draft.answers["n"] == {"health": "First"}


def test_the_act_itself_refuses_a_stale_version(oxfordshire, draft):
    for version in (1, 7, -1):
        with pytest.raises(StaleSave):
            save_section(
                screen_id=draft.pk,
                part="domain.health",
                values={"notes": "x"},
                version=version,
                by=oxfordshire.worker,
            )


@pytest.mark.parametrize(
    "surplus",
    [
        {"owner": "me", "status": "complete", "completed_by": "me"},
        {"W-IND-MIS-01-presence": "yes"},
        {"O-IND-HEA-01-presence": "certainly"},
        {"O-IND-HEA-01-level": "extreme"},
        {"impact": "serious"},
    ],
)
def test_what_does_not_belong_is_ignored_and_written_down(oxfordshire, draft, surplus):
    answer = save(oxfordshire.client(), draft, version="0", notes="Kept", **surplus)
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.answers == {"i": {}, "n": {"health": "Kept"}}
    assert draft.is_draft
    event = AuditEvent.objects.get(act="screen saved", object_id=draft.pk)
    assert event.data["ignored"] == sorted(surplus)


@pytest.mark.parametrize("text", ["\x00", "turned \u202e round", "a" * 20_001])
def test_what_cannot_be_stored_is_refused_and_given_back(oxfordshire, draft, text):
    answer = save(oxfordshire.client(), draft, version="0", notes=f"Before {text}")
    assert answer.status_code == 200
    assert "There is a problem" in text_of(answer) and "Error:" in answer.content.decode()
    assert "Before" in controls(answer)["notes"]
    draft.refresh_from_db()
    assert draft.answers == {}
    told = save(oxfordshire.client(), draft, headers=AUTOSAVE, version="0", notes=text)
    assert told.status_code == 200 and len(told.json()["unsaved"]) == 1
    draft.refresh_from_db()
    assert draft.answers.get("n", {}) == {}


@pytest.mark.parametrize(
    "text",
    ["O'Neill – “quoted”", "Ŵythnos dda", "e" + "\u0301" * 10_000, "<b>&amp;</b>", "  x\n\n"],
)
def test_every_text_is_stored_exactly(oxfordshire, draft, text):
    fill(oxfordshire.client(), draft, "section", "strengths", strengths=text)
    draft.refresh_from_db()
    assert draft.sections["strengths"] == text
    page = oxfordshire.client().get(address(draft, "section", "strengths"))
    assert controls(page)["strengths"] == text


@pytest.mark.requirement("D-SHR-01")
def test_another_child_s_screen_is_the_same_404_as_none(oxfordshire, draft):
    stranger = oxfordshire.client(make_user())
    hidden = stranger.get(address(draft, "domain", "health"))
    absent = stranger.get(address(Screen(), "domain", "health"))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content
    posted = save(stranger, draft, version="0", notes="Mine")
    nowhere = save(stranger, Screen(), version="0", notes="Mine")
    assert posted.status_code == nowhere.status_code == 404
    assert posted.content == nowhere.content
    assert AuditEvent.objects.filter(decision="refused", data__asked=str(draft.pk)).count() == 2


def test_access_withdrawn_while_typing(oxfordshire, draft):
    from django.utils import timezone

    from cse.access.models import ChildUserGrant

    client = oxfordshire.client()
    sent = controls(client.get(address(draft, "domain", "health")))
    grant = ChildUserGrant.objects.get(user=oxfordshire.worker, content_object=oxfordshire.child)
    grant.expires_at = max(grant.starts_at, timezone.now())
    grant.save()
    answer = client.post(address(draft, "domain", "health"), sent | {"notes": "Too late"})
    assert answer.status_code == 404
    draft.refresh_from_db()
    assert draft.answers == {}
    assert oxfordshire.client(oxfordshire.lead).get(address(draft, "draft")).status_code == 200


@pytest.mark.requirement("D-SCR-01")
def test_a_double_click_starts_one_screen(oxfordshire):
    client = oxfordshire.client()
    where = f"/screens/child/{oxfordshire.child.pk}/start/"
    first = client.post(where, {"tool": "oxfordshire"})
    second = client.post(where, {"tool": "oxfordshire"})
    assert first["Location"] == second["Location"]
    assert Screen.objects.count() == 1


def test_a_child_s_id_of_another_scope_starts_nothing(oxfordshire):
    other = make_child()
    client = oxfordshire.client()
    hidden = client.post(f"/screens/child/{other.pk}/start/", {"tool": "oxfordshire"})
    absent = client.post(f"/screens/child/{make_user().pk}/start/", {"tool": "oxfordshire"})
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content
    assert not Screen.objects.exists()


def test_saves_do_not_fill_the_child_s_timeline(oxfordshire, draft):
    client = oxfordshire.client()
    for text in ("One", "Two"):
        fill(client, draft, "domain", "health", notes=text)
    acts = [entry.act for entry in timeline(oxfordshire.child, oxfordshire.worker).entries]
    assert "screen started" in acts and "screen saved" not in acts


def test_a_page_that_saves_itself_is_built_anew_for_whoever_goes_back(oxfordshire, draft):
    """Of the pages with text to type a browser keeps only those that do not (decision 0013)."""
    page = oxfordshire.client().get(address(draft, "domain", "health"))
    assert b"<textarea" in page.content
    assert page["Cache-Control"] == "private, no-store"

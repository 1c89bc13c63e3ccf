"""Bad input while a referral is made: a clear answer, nothing lost, nothing leaked."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.access.policies import NotVisible
from cse.audit.models import AuditEvent
from referrals import actions
from referrals.models import Note, Referral
from referrals.transitions import Status
from screening.actions import start_screen
from tests.factories import grant, make_child
from tests.referrals.area import years_old
from tests.referrals.test_making_pages import page_of, save
from tests.screening.made import completed
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
AUTOSAVE = {"X-Requested-With": "autosave"}
TYPED = "Half a sentence that nobody may lose"


def hidden_child(area):
    """A child of the same area whom the worker may not see."""
    with transaction.atomic():
        return make_child(by=area.stranger, authority=area.authority)


def test_another_childs_page_is_the_made_up_one(oxfordshire):
    area, hidden = oxfordshire, hidden_child(oxfordshire)
    grant(area.stranger, hidden)
    client, theirs = area.client(), area.client(area.stranger)
    for name in ("child", "start-from-child", "child-note"):
        for method in ("get", "post"):
            there = getattr(client, method)(reverse(f"referrals:{name}", args=[hidden.pk]))
            nowhere = getattr(client, method)(reverse(f"referrals:{name}", args=[uuid.uuid4()]))
            assert there.status_code == 404 or (name, method) == ("child", "post")
            assert there.content == nowhere.content
    draft = area.draft()
    grant(area.stranger, area.child)
    for name, *more in (("draft",), ("facts",), ("check",), ("part", "situation"), ("show",)):
        assert theirs.get(page_of(draft, name, *more)).status_code == 404, name
        assert client.get(page_of(draft, name, *more)).status_code in (200, 302)
    sent = area.sent()
    received = area.at(sent, area.front_door)
    for name in ("outcome", "tell", "disagree"):
        # The front door answers on its board: these pages are the referrer's.
        assert area.client(area.duty).get(page_of(received, name)).status_code == 404, name
        assert theirs.get(page_of(received, name)).status_code == 404, name
    assert client.get(page_of(draft, "part", "nothing")).status_code == 404
    assert client.get(page_of(draft, "part", "expected_response")).status_code == 404


def test_access_that_ended_while_typing_shows_the_text_back(oxfordshire):
    area = oxfordshire
    draft, client = area.draft(), oxfordshire.client()
    where = page_of(draft, "part", "situation")
    sent = controls(client.get(where)) | {"situation": TYPED}
    with transaction.atomic():
        for held in area.worker.childusergrant_set.filter(content_object=area.child):
            access.end_access(grant=held, by=area.lead, reason="Moved to another school")
    answer = client.post(where, sent)
    assert answer.status_code == 404
    assert TYPED in text_of(answer)
    draft.refresh_from_db()
    assert draft.sections["situation"] != TYPED


@pytest.mark.requirement("D-SCR-01")
def test_two_people_at_one_part_lose_nothing(oxfordshire):
    area = oxfordshire
    draft, mine = area.draft(), oxfordshire.client()
    theirs = area.client(area.colleague)
    where = page_of(draft, "part", "assessment")
    opened = controls(mine.get(where))
    save(theirs, where, assessment="What Cal heard", child_views="She is frightened")
    typed = opened | {"assessment": "What Wyn saw"}
    assert mine.post(where, typed, headers=AUTOSAVE).status_code == 409
    answer = mine.post(where, typed)
    page = text_of(answer)
    assert answer.status_code == 409
    for words in ("What Cal heard", "What Wyn saw", "Cal Birch", "their change"):
        assert words in page, words
    merged = controls(answer) | {"assessment": "What both of us know"}
    assert mine.post(where, merged).status_code == 302
    draft.refresh_from_db()
    assert draft.sections["assessment"] == "What both of us know"
    assert draft.sections["child_views"] == "She is frightened"
    assert draft.sections["lead_consulted_on"] == "2026-11-02"


def test_two_people_at_what_is_known_see_both(oxfordshire):
    area = oxfordshire
    draft, mine = area.draft(), oxfordshire.client()
    where = page_of(draft, "facts")
    opened = controls(mine.get(where))
    save(area.client(area.colleague), where, wider="trafficking")
    answer = mine.post(where, opened | {"now": "significant_harm"})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Cal Birch saved this page after you opened it" in page
    assert "Where the two differ" in page
    assert mine.post(where, controls(answer)).status_code == 302
    draft.refresh_from_db()
    assert draft.facts.get("significant_harm") and not draft.facts.get("trafficking")


def test_what_was_typed_after_it_was_sent_is_shown_back(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    draft = area.draft(concerns_confirmed=True)
    where, facts = page_of(draft, "part", "situation"), page_of(draft, "facts")
    typed = controls(client.get(where)) | {"situation": TYPED}
    chosen = controls(client.get(facts)) | {"now": "immediate_danger"}
    actions.send(referral_id=draft.pk, by=area.colleague, version=draft.version)
    answer = client.post(where, typed)
    assert answer.status_code == 409
    assert TYPED in text_of(answer) and "Write a note beside the referral" in text_of(answer)
    assert "The child is in immediate danger" in text_of(client.post(facts, chosen))
    script = client.post(where, typed, headers=AUTOSAVE)
    assert script.status_code == 400 and "was sent meanwhile" in script.json()["message"]
    draft.refresh_from_db()
    assert draft.sections["situation"] != TYPED
    assert client.get(where)["Location"] == page_of(draft, "show")


def test_sending_twice_and_sending_what_has_changed(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    draft = area.draft(concerns_confirmed=True)
    where = page_of(draft, "check")
    read = controls(client.get(where))
    save(area.client(area.colleague), page_of(draft, "part", "family"), family="An aunt")
    stale = client.post(where, read)
    assert stale.status_code == 409 and "The referral has changed" in text_of(stale)
    assert "An aunt" in text_of(stale)
    for _ in range(2):
        assert client.post(where, controls(stale))["Location"] == page_of(draft, "show")
    assert Referral.objects.get().status == Status.SENT
    assert draft.deliveries.filter(team=area.front_door).count() == 1


def test_beginning_twice_is_one_draft(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    where = reverse("referrals:start-from-child", args=[area.child.pk])
    form = {"token": str(uuid.uuid4()), "screen": "none"}
    first, second = client.post(where, form), client.post(where, form)
    assert first["Location"] == second["Location"]
    assert Referral.objects.count() == 1
    other = area.another_child()
    again = client.post(reverse("referrals:start-from-child", args=[other.pk]), form)
    assert "This form was used for another child" in text_of(again)


def test_back_and_begin_again_goes_on_with_the_draft(oxfordshire):
    """Back opens the page anew, with another token: it says that there is a draft already."""
    area, client = oxfordshire, oxfordshire.client()
    where = reverse("referrals:start-from-child", args=[area.child.pk])
    before = controls(client.get(where), having="token")
    first = client.post(where, before)
    draft = Referral.objects.get()
    page = client.get(where)
    assert "Your agency has begun one already" in text_of(page)
    assert page_of(draft, "draft") in page.content.decode()
    assert "Begin another referral" in text_of(page)
    # The page as it was before, from the browser's memory; and one in another tab.
    assert client.post(where, before)["Location"] == first["Location"]
    stale = client.post(where, before | {"token": str(uuid.uuid4())})
    assert stale.status_code == 409
    assert "Go on with it, or say that you mean another one" in text_of(stale)
    assert page_of(draft, "draft") in stale.content.decode()
    assert Referral.objects.count() == 1
    # A second one that is meant is not stood in the way of, also from the page that asked.
    again = client.post(where, controls(stale, having="token"))
    assert again.status_code == 302 and again["Location"] != first["Location"]
    assert Referral.objects.count() == 2


def test_the_draft_of_another_agency_is_neither_told_nor_in_the_way(oxfordshire):
    area = oxfordshire
    area.draft()
    grant(area.stranger, area.child)
    client = area.client(area.stranger)
    where = reverse("referrals:start-from-child", args=[area.child.pk])
    page = client.get(where)
    assert "begun one already" not in text_of(page)
    assert client.post(where, controls(page, having="token")).status_code == 302


def test_a_screen_of_another_child_is_not_attached(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    other = area.another_child()
    with transaction.atomic():
        theirs, _ = start_screen(child=other, by=area.worker)
    where = reverse("referrals:start-from-child", args=[area.child.pk])
    completed(area)
    answer = client.post(where, {"token": str(uuid.uuid4()), "screen": str(theirs.pk)})
    assert answer.status_code == 200 and not Referral.objects.exists()
    draft = area.draft()
    part = page_of(draft, "part", "screen")
    typed = controls(client.get(part)) | {"screen": str(theirs.pk), "screen_reason": TYPED}
    answer = client.post(part, typed)
    assert answer.status_code == 200 and TYPED in text_of(answer)
    with pytest.raises(NotVisible):
        actions.attach_screen(
            referral_id=draft.pk,
            screen=theirs,
            reason="",
            version=draft.part_versions["screen"],
            by=area.worker,
        )
    draft.refresh_from_db()
    assert draft.screen is None
    hidden = hidden_child(area)
    grant(area.stranger, hidden)
    with transaction.atomic():
        unseen, _ = start_screen(child=hidden, by=area.stranger)
    assert client.get(reverse("referrals:start-from-screen", args=[unseen.pk])).status_code == 404


@pytest.mark.requirement("O-REF-04", "DEC-11")
def test_a_date_of_birth_that_makes_the_child_18(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    draft = area.draft(concerns_confirmed=True)
    with transaction.atomic():
        area.child.date_of_birth = years_old(18)
        area.child.save()
    assert "18 or older" in text_of(client.get(page_of(draft, "draft")))
    checked = client.get(page_of(draft, "check"))
    assert "This person is 18 or older" in text_of(checked)
    answer = client.post(page_of(draft, "check"), controls(checked))
    assert "There is a problem" in text_of(answer)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT
    assert draft.sections["situation"] in text_of(answer)
    start = client.get(reverse("referrals:start-from-child", args=[area.child.pk]))
    assert "Not a referral of a child" in text_of(start)
    assert "Begin the referral" not in text_of(start)


def test_facts_that_contradict_each_other_are_said_at_their_fields(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    draft = area.draft()
    where = page_of(draft, "facts")
    born = area.child.date_of_birth
    day = {"activity_from-day": "1", "activity_from-month": "3"}
    wrong = {
        "The day it began must be after the child’s date of birth": {
            **day,
            "activity": "yes",
            "activity_from-year": str(born.year - 1),
        },
        "Give the age or the date of birth, not both": {
            "other_age": "17",
            "other_born-day": "1",
            "other_born-month": "1",
            "other_born-year": "2000",
        },
        "You gave a day for it: say “Yes, or possibly”": {
            **day,
            "activity": "no",
            "activity_from-year": "2025",
        },
        "Only a looked-after child is placed in another area": {"placed_in": "wiltshire"},
        "must be 0 or more": {"other_age": "-1"},
    }
    area_of("wiltshire")
    for words, changes in wrong.items():
        opened = controls(client.get(where))
        answer = client.post(where, opened | changes)
        assert answer.status_code == 200, words
        assert words in text_of(answer), words
        assert "these are the rules for what was saved last" in text_of(answer)
        draft.refresh_from_db()
        assert str(draft.part_versions.get("facts", 0)) == opened["version"]
        script = client.post(where, opened | changes, headers=AUTOSAVE)
        assert script.status_code == 200
        assert words in "; ".join(script.json()["unsaved"])
    draft.refresh_from_db()
    # What was right beside it: “yes”, and then its day; the day of birth without the age.
    assert draft.facts["sexual_activity"] == {"from": "2025-03-01", "to": None}
    assert draft.facts["other_person"] == {"date_of_birth": "2000-01-01"}
    assert draft.placed_in is None


def area_of(key):
    from tests.factories import make_authority

    with transaction.atomic():
        return make_authority(key)


def test_a_text_that_is_too_long_comes_back_whole(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    where = page_of(area.draft(), "part", "situation")
    long = "x" * 20_001
    answer = client.post(where, controls(client.get(where)) | {"situation": long})
    assert "must be 20000 characters or fewer (it has 20001)" in text_of(answer)
    assert long in answer.content.decode()


def test_a_note_says_what_is_wrong_and_keeps_the_rest(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    where = reverse("referrals:child-note", args=[area.child.pk])
    tomorrow = dt.date.today() + dt.timedelta(days=2)
    said = {
        "token": str(uuid.uuid4()),
        "kind": "evidence",
        "happened_on-day": str(tomorrow.day),
        "happened_on-month": str(tomorrow.month),
        "happened_on-year": str(tomorrow.year),
        "at_time": "half past two",
        "text": TYPED,
    }
    page = text_of(client.post(where, said))
    assert "must be today or in the past" in page and "Write the time as 14:30" in page
    assert TYPED in page and "half past two" in client.post(where, said).content.decode()


@pytest.mark.requirement("W-REF-05")
def test_days_and_times_that_cannot_be_are_not_kept_for_ever(oxfordshire, settings):
    """A note never changes: a day before the birth, a time to come, none, or twice is asked."""
    area, client = oxfordshire, oxfordshire.client()
    sent = area.sent()
    where = page_of(sent, "note")
    opened = {"token": str(uuid.uuid4()), "kind": "evidence", "text": "Clothing kept."}

    def note_at(day, time=""):
        parts = zip(("day", "month", "year"), (day.day, day.month, day.year), strict=True)
        typed = {f"happened_on-{part}": str(number) for part, number in parts}
        return text_of(client.post(where, opened | typed | {"at_time": time}))

    today = timezone.localdate()
    for words, day, time in (
        ("or after", area.child.date_of_birth - dt.timedelta(days=1), ""),
        ("this time did not exist", dt.date(2026, 3, 29), "01:30"),
        ("this time came twice", dt.date(2025, 10, 26), "01:30"),
        ("must be today or in the past", today + dt.timedelta(days=1), ""),
    ):
        page = note_at(day, time)
        assert "There is a problem" in page and words in page and "Clothing kept." in page
    later = timezone.localtime() + dt.timedelta(minutes=5)
    if later.date() == today:
        assert "This time is still to come" in note_at(today, later.strftime("%H:%M"))
    assert not Note.objects.filter(referral=sent).exists()
    draft = area.draft()
    part = page_of(draft, "part", "assessment")
    typed = controls(client.get(part)) | {"lead_consulted_on-year": "1990"}
    page = text_of(client.post(part, typed))
    assert "There is a problem" in page and "or after" in page


def test_what_no_form_asks_for_is_ignored_and_written_down(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    draft = area.draft(concerns_confirmed=True)
    more = {"state": "accepted", "status": "sent", "agency": str(area.care.pk), "made_by": "me"}
    typed = controls(client.get(page_of(draft, "part", "situation")))
    client.post(page_of(draft, "part", "situation"), typed | more)
    checked = controls(client.get(page_of(draft, "check")))
    client.post(page_of(draft, "check"), checked | more)
    received = area.at(draft, area.front_door)
    duty = area.client(area.duty)
    duty.post(page_of(received, "claim"), {"claimed_by": str(area.worker.pk)})
    duty.post(
        page_of(received, "decide"),
        {"decision": "accept", "reasons": "We go today", "decided_by": "x", "act": "save"},
    )
    received.refresh_from_db()
    assert received.claimed_by == received.decided_by == area.duty
    assert received.referral.agency == area.agency
    written = AuditEvent.objects.filter(rule="extra fields", child_id=area.child.pk)
    assert [each.data["count"] for each in written.order_by("pk")] == [4, 4, 1, 1]


def test_of_two_who_choose_another_screen_neither_is_overwritten_unseen(oxfordshire):
    """Both texts, and both choices, stand on the page; what is chosen there is kept."""
    area = oxfordshire
    screen = completed(area)
    draft = area.draft()
    part = page_of(draft, "part", "screen")
    one, two = area.client(), area.client(area.colleague)
    opened = controls(one.get(part))
    theirs = controls(two.get(part)) | {"screen": str(screen.pk), "screen_reason": "It is here now"}
    assert two.post(part, theirs | {"act": "leave"}).status_code == 302
    mine = opened | {"screen": "none", "screen_reason": TYPED, "act": "leave"}
    clash = one.post(part, mine)
    assert clash.status_code == 409
    page = text_of(clash)
    assert "It is here now" in page and TYPED in page
    assert "Which screen goes with this referral?" in page and "their change" in page
    saved = one.post(part, controls(clash) | {"screen_reason": TYPED, "act": "leave"})
    assert saved.status_code == 302
    draft.refresh_from_db()
    assert (draft.screen, draft.sections["screen_reason"]) == (screen, TYPED)


@pytest.mark.parametrize("said", ["immediate_danger", "significant_harm"])
def test_danger_is_kept_and_its_rule_stands_there_beside_another_mistake(oxfordshire, said):
    """Without scripts too: nothing else has to be put right first (R1)."""
    area, there = oxfordshire, area_of("wiltshire")
    client, draft = area.client(), area.draft()
    where = page_of(draft, "facts")
    page = client.post(where, controls(client.get(where)) | {"now": said, "placed_in": there.key})
    assert page.status_code == 200 and "There is a problem" in text_of(page)
    draft.refresh_from_db()
    assert draft.facts[said] is True and draft.placed_in is None
    assert "R1" in {rule["id"] for rule in draft.routing["rules"]}
    assert "Immediate danger or significant harm" in text_of(page)
    # What was wrong is still there to be put right, on top of what was saved by now.
    sent = controls(page)
    assert sent["placed_in"] == there.key and sent["now"] == said
    again = client.post(where, sent | {"looked_after": "s20"})
    assert again.status_code == 302
    draft.refresh_from_db()
    assert draft.placed_in == there

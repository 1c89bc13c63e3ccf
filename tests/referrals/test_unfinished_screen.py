"""An unfinished screen that went with a referral: kept as it stood, whatever its draft became."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cse.access.actions import exclude
from cse.access.policies import NotVisible
from cse.audit.models import AuditEvent
from cse.documents.render import document_html, write_pdf
from cse.people.models import Role
from referrals import actions
from referrals.documents.referral import build
from referrals.models import Referral
from referrals.screen_sent import screen_sent
from screening.actions import complete, copy_draft, set_aside, start_screen
from screening.models import ScreenCopy
from tests.documents import reading, samples
from tests.factories import grant, make_team, make_user
from tests.prepared import prepared
from tests.screening.made import (
    HIGH,
    OTHER_HIGH,
    POSSIBLE,
    TYPED,
    YES,
    Given,
    completed,
    corrected,
    fill_in,
)
from tests.screening.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DEC-28")]
THEN, SINCE = "Seen by the nurse on Monday", "Written after the referral went"
NOTES = "What the form tutor saw"
LEFT = "83 of 84 indicators were not answered"


@prepared
def area(oxfordshire):
    grant(oxfordshire.lead, oxfordshire.child)
    return oxfordshire


@prepared
def draft(area):
    """A draft with one answer, a note and a text."""
    screen, _ = start_screen(child=area.child, by=area.worker)
    given = {HIGH: Given(YES, evidence=THEN), "health": {"notes": NOTES}}
    return fill_in(screen, area.worker, given, {"professional_judgement": "Not sure yet."})


@prepared
def sent(area, draft):
    return area.sent(screen=draft, concerns_confirmed=True)


def go_on(area, draft):
    """Change the answer that was there, and give another."""
    draft.refresh_from_db()
    changed = {HIGH: Given(POSSIBLE, evidence=SINCE), OTHER_HIGH: Given(YES, concern=SINCE)}
    return fill_in(draft, area.worker, changed, {"professional_judgement": SINCE})


def finish(area, draft):
    draft = fill_in(go_on(area, draft), area.worker, None, TYPED)
    return complete(screen_id=draft.pk, by=area.worker, version=draft.version)


def page(area, where, user):
    answer = area.client(user).get(where)
    assert answer.status_code == 200, answer.status_code
    return text_of(answer)


def where_of(area, sent):
    """Each reader with the page they read the referral on."""
    received = area.at(sent, area.front_door)
    return [
        (area.worker, f"/referrals/{sent.pk}/"),
        (area.lead, f"/referrals/{sent.pk}/"),
        (area.duty, f"/referrals/{sent.pk}/"),
        (area.duty, reverse("referrals:delivery", args=[received.pk])),
    ]


def printed(area, sent, user=None):
    context = {"about": samples.about("Referral of C-7K3P92W"), **build(sent.pk, user or area.lead)}
    pdf = reading.opened(write_pdf(document_html("documents/pdf/referral.html", context)))
    return pdf, "".join(reading.texts(pdf))


def test_sending_keeps_answers_sections_version_and_what_the_rules_said(area, draft, sent):
    copy = sent.screen_copy
    assert (copy.screen, copy.by, copy.screen_version) == (draft, area.worker, draft.version)
    assert (copy.answers, copy.sections) == (draft.answers, draft.sections)
    assert copy.tool_version_id == draft.tool_version_id and copy.saved_at == draft.saved_at
    assert copy.child_facts["given_name"] == area.child.given_name
    assert copy.result["unanswered"] == 83 and copy.result["totals"]["high"]["yes"] == 1
    event = AuditEvent.objects.get(act="unfinished screen copied")
    assert event.data == {"screen": str(draft.pk), "unanswered": 83}
    assert sent.history.latest().screen_copy == copy


def test_readers_see_what_stood_there_and_not_what_the_draft_has_become(area, draft, sent):
    go_on(area, draft)
    for user, where in where_of(area, sent):
        text = page(area, where, user)
        assert "The screen as it stood when this was sent" in text, where
        assert f"Unfinished. {LEFT}. Not answered does not mean no." in " ".join(text.split())
        assert THEN in text and NOTES in text and "Not sure yet." in text, where
        assert SINCE not in text and "A screen was completed since" not in text, where


def test_the_completed_screen_stands_beside_the_copy(area, draft, sent):
    screen = finish(area, draft)
    for user, where in where_of(area, sent):
        answer = area.client(user).get(where)
        text = text_of(answer)
        assert "A screen was completed since." in text and THEN in text, where
        assert f'href="/screens/{screen.pk}/"' in answer.content.decode(), where
        assert SINCE not in text and LEFT in text, where
    _, text = printed(area, sent)
    assert reading.squeezed("is a document of its own") in text
    assert reading.squeezed(SINCE) not in text and reading.squeezed(THEN) in text


def test_another_screen_that_was_completed_since_is_named_too(area, draft, sent):
    set_aside(screen_id=draft.pk, by=area.worker, reason="Begun on the wrong day")
    other = completed(area, answers={OTHER_HIGH: Given(YES, evidence=SINCE)})
    answer = area.client(area.duty).get(f"/referrals/{sent.pk}/")
    assert f'href="/screens/{other.pk}/"' in answer.content.decode()
    assert THEN in text_of(answer) and SINCE not in text_of(answer)
    _, text = printed(area, sent)
    assert reading.squeezed("Another screen of the child was completed on") in text


@pytest.mark.requirement("W-SCR-11")
def test_a_correction_of_an_earlier_screen_is_no_screen_completed_since(area):
    earlier = completed(area, answers={HIGH: Given(YES)})
    draft, _ = start_screen(child=area.child, by=area.worker)
    referral = area.sent(screen=draft, concerns_confirmed=True)
    set_aside(screen_id=draft.pk, by=area.worker, reason="Begun twice")
    corrected(earlier, by=area.worker, answers={HIGH: Given(POSSIBLE)})
    assert screen_sent(referral, area.worker).later is None
    other = completed(area, answers={OTHER_HIGH: Given(YES)})
    correction = corrected(other, by=area.worker, answers={OTHER_HIGH: Given(POSSIBLE)})
    assert screen_sent(referral, area.worker).later == correction


@pytest.mark.requirement("D-SHR-03", "DEC-19")
def test_the_pdf_prints_the_copy_labelled_and_unsigned(area, draft, sent):
    go_on(area, draft)
    pdf, text = printed(area, sent)
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    headers = {str(each.ID) for each in reading.tagged(pdf, "TH")}
    for cell in reading.tagged(pdf, "TD"):
        assert {str(each) for each in cell.A.Headers} <= headers
    for words in (
        "A screen that was not finished went with this referral",
        "Unfinished when this was sent. Not answered: 83 of 84 indicators",
        "Not answered does not mean no",
        "Who was at work on it",
        "Nobody had completed this screen on",
        THEN,
        NOTES,
        "Not sure yet.",
    ):
        assert reading.squeezed(words) in text, words
    for words in (SINCE, "Who completed it", "The screen was frozen at that moment"):
        assert reading.squeezed(words) not in text, words
    _, by_the_front_door = printed(area, sent, area.duty)
    assert reading.squeezed(THEN) in by_the_front_door


def test_neither_the_copy_nor_which_copy_it_is_can_be_changed(area, draft, sent):
    copy = sent.screen_copy
    other = copy_draft(screen_id=draft.pk, by=area.worker)
    for change in (
        lambda: ScreenCopy.objects.filter(pk=copy.pk).update(answers={}),
        lambda: ScreenCopy.objects.filter(pk=copy.pk).delete(),
        lambda: Referral.objects.filter(pk=sent.pk).update(screen_copy=other),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
            connection.check_constraints()


def test_a_completed_screen_needs_no_copy_and_none_is_none(area):
    screen = completed(area, answers={HIGH: Given(YES, evidence=THEN)})
    whole = area.sent(screen=screen)
    assert whole.screen_copy is None and copy_draft(screen_id=screen.pk, by=area.worker) is None
    answer = area.client(area.duty).get(f"/referrals/{whole.pk}/")
    assert "went with this referral. A completed screen never changes" in text_of(answer)
    assert f'href="/screens/{screen.pk}/"' in answer.content.decode()
    without = area.sent(area.another_child())
    assert without.screen_copy is None
    text = page(area, f"/referrals/{without.pk}/", area.worker)
    assert "No screen went with this referral." in text and "Unfinished" not in text


def test_nothing_is_kept_where_sending_is_refused(area, draft):
    referral = area.draft(screen=draft, concerns_confirmed=True)
    with pytest.raises(actions.StaleCheck):
        actions.send(referral_id=referral.pk, by=area.worker, version=referral.version - 1)
    assert not ScreenCopy.objects.exists()


def test_who_sees_no_screens_or_not_this_child_reads_nothing_of_it(area, draft, sent):
    officer = make_user(Role.INTELLIGENCE, team=make_team(area.police_agency))
    received = area.at(sent, area.front_door)
    # As where the rules sent it to their team.
    received.team = officer.posts.get().team
    received._change_reason = "sent there for the test"
    received.save()
    grant(None, area.child, team=received.team)
    text = page(area, f"/referrals/{sent.pk}/", officer)
    assert LEFT in text and THEN not in text and NOTES not in text
    exclude(
        child=area.child, user=area.lead, ground="relative", reason="An aunt", by=area.other_lead
    )
    with pytest.raises(NotVisible):
        copy_draft(screen_id=draft.pk, by=area.stranger)
    with pytest.raises(NotVisible):
        build(sent.pk, area.lead)
    assert area.client(area.lead).get(f"/referrals/{sent.pk}/").status_code == 404


def test_the_timeline_tells_nobody_that_something_was_sent(area, sent):
    text = page(area, f"/children/{area.child.pk}/timeline/", area.colleague)
    assert "copied" not in text.lower()


def test_the_pages_cost_the_same_whatever_the_draft_became(area, draft, sent):
    def cost(user, where):
        client = area.client(user)
        client.get(where)
        with CaptureQueriesContext(connection) as captured:
            client.get(where)
        return len(captured)

    before = [cost(*each) for each in where_of(area, sent)]
    go_on(area, draft)
    assert [cost(*each) for each in where_of(area, sent)] == before
    finish(area, draft)
    # One more: the note that it is complete asks whether its reader may open the screen.
    assert [cost(*each) for each in where_of(area, sent)] == [each + 1 for each in before]


def test_one_that_went_before_copies_were_kept_says_so(area, draft):
    """Rows of before this was kept: the referral says that nothing was."""
    token = uuid.uuid4()
    referral, _ = actions.start_from_child(child=area.child, by=area.worker, token=token)
    referral.screen, referral.sent_at = draft, referral.made_at
    found = screen_sent(referral, area.worker)
    assert found.words.endswith("No copy of it was kept.") and found.copy is None

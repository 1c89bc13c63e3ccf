"""A referral on paper with the screen that went with it: what it shows, and who may have it."""

from __future__ import annotations

import dataclasses
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cse.access.policies import NotVisible
from cse.documents.actions import fetch_document, make_document, request_export
from cse.documents.kinds import kind_of
from cse.documents.models import Export
from cse.documents.render import document_html, write_pdf
from cse.people.models import Role
from referrals import actions
from referrals.documents.referral import build, find, superseded
from referrals.reading import ReadPart
from referrals.transitions import Act
from tests.documents import reading, samples
from tests.factories import grant, make_agency, make_user
from tests.prepared import prepared
from tests.referrals.area import TEXTS, Area
from tests.screening.made import HIGH, completed, lowered
from tests.screening.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.paper]
LONG = "She was seen at the station with two adults whom nobody at school knows. " * 120


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@prepared
def area(oxfordshire):
    grant(oxfordshire.lead, oxfordshire.child)
    return oxfordshire


def printed(referral, user):
    context = {"about": samples.about("Referral of C-7K3P92W"), **build(referral.pk, user)}
    return reading.opened(write_pdf(document_html("documents/pdf/referral.html", context)))


def whole(pdf):
    return "".join(reading.texts(pdf))


@pytest.mark.parametrize("said", ["immediate_danger", "significant_harm", None])
def test_danger_now_stands_at_the_head_of_the_first_page(area, said):
    sent = area.sent(concerns_confirmed=True, **({said: True} if said else {}))
    first = next(iter(reading.texts(printed(sent, area.lead)))).partition("Thechild,asrecorded")[0]
    assert ("Immediatedangerorharmnow" in first and "callthepoliceon999" in first) is bool(said)


@pytest.mark.requirement("D-SHR-03")
def test_it_is_pdf_ua_marked_and_says_what_was_sent_and_why(area):
    sent = area.sent(concerns_confirmed=True, trafficking=True)
    pdf = printed(sent, area.lead)
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    assert len(reading.tagged(pdf, "H1")) == 1
    assert whole(pdf).count("Localform–confirmwithboard") == 1
    headers = {str(each.ID) for each in reading.tagged(pdf, "TH")}
    for cell in reading.tagged(pdf, "TD"):
        assert {str(each) for each in cell.A.Headers} <= headers
    for number, text in enumerate(reading.texts(pdf), start=1):
        assert text.count("OFFICIAL-SENSITIVE") >= 2 and f"Page{number}of" in text
        assert "KMTR-QWXZ-BDGH-PNTV" in text
    text = whole(pdf)
    for words in (
        TEXTS["situation"]["situation"],
        TEXTS["consent"]["consent_reason"],
        area.child.name,
        area.worker.get_full_name(),
        area.front_door.name,
        "Oxfordshire handbook",
        "No screen went with this referral",
        "Signed electronically",
        "The referral was frozen at that moment",
    ):
        assert reading.squeezed(words) in text, words
    for rule in sent.routing["rules"]:
        assert reading.squeezed(rule["title"]) in text


def test_the_screen_goes_with_it_as_it_was_complete_then(area):
    screen = completed(area, answers={HIGH: lowered(evidence="The coach’s note")})
    sent = area.sent(screen=screen)
    context = build(sent.pk, area.lead)
    assert context["screen"].record.completed_at == screen.completed_at
    text = whole(printed(sent, area.lead))
    assert reading.squeezed("The coach’s note") in text
    assert reading.squeezed("Screening, not assessment") in text


def test_what_became_of_it_is_told_and_a_proposal_is_not(area):
    sent = area.sent()
    received = area.at(sent, area.front_door)
    same = {"delivery_id": received.pk, "by": area.duty}
    actions.claim(**same)
    actions.decide(**same, decision=Act.SEND_BACK, reasons="Sent twice, it seems")
    assert reading.squeezed("Sent twice, it seems") not in whole(printed(sent, area.lead))
    actions.agree(delivery_id=received.pk, by=area.other_duty, note="I looked too")
    actions.disagree(delivery_id=received.pk, by=area.worker, reasons="It is another worry")
    text = whole(printed(sent, area.lead))
    for words in (
        "Sent twice, it seems",
        "I looked too",
        "It is another worry",
        "Not answered yet",
    ):
        assert reading.squeezed(words) in text, words


def test_text_is_printed_as_text_and_a_long_one_whole(area):
    draft = area.draft(concerns_confirmed=True)
    for part, values in (
        ("situation", {"situation": f"<b>not bold</b> {{{{ 7 * 7 }}}} {LONG}END"}),
    ):
        version = draft.part_versions.get(part, 0)
        draft = actions.save_part(
            referral_id=draft.pk, part=part, values=values, version=version, by=area.worker
        )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    text = whole(printed(sent, area.lead))
    assert "<b>notbold</b>{{7*7}}" in text
    assert text.count(reading.squeezed("seen at the station")) == 120 and "END" in text


def test_only_who_sees_the_referral_and_may_export_gets_it(area):
    sent = area.sent()
    stranger = make_user(Role.NAMED_LEAD, agency=make_agency(authority=area.authority))
    grant(stranger, area.child)  # access to the child opens no referral
    draft = area.draft()
    for user, subject in (
        (stranger, sent.pk),
        (area.worker, sent.pk),  # a practitioner exports nothing
        (area.lead, draft.pk),
        (area.lead, uuid.uuid4()),
    ):
        with pytest.raises(NotVisible):
            find(subject, user)
        with pytest.raises(NotVisible):
            build(subject, user)
    for user in (area.lead, area.duty):
        assert find(sent.pk, user).child == area.child


def test_it_is_in_the_register_and_asked_again_when_it_is_fetched(area, monkeypatch):
    from cse.documents import tasks

    monkeypatch.setattr(tasks.render_export, "apply_async", lambda *_, **__: None)
    sent = area.sent()
    export = request_export(
        kind_key="referral",
        subject_id=sent.pk,
        purpose="court",
        by=area.duty,
        recipient_name="The court",
    )
    assert make_document(export_id=export.pk)
    export = Export.objects.get(pk=export.pk)
    assert export.state == "ready" and export.child_id == area.child.pk
    assert fetch_document(export_id=export.pk, by=area.duty)
    for held in area.child.team_grants.all():
        held.expires_at = held.starts_at
        held.save()
    with pytest.raises(NotVisible):
        fetch_document(export_id=export.pk, by=area.duty)


def test_a_withdrawn_one_says_so(area):
    sent = area.sent()
    assert superseded(sent.pk) == ""
    actions.withdraw(referral_id=sent.pk, by=area.lead, reason="Sent twice")
    assert superseded(sent.pk) == "This referral was withdrawn after it was sent."


@pytest.mark.requirement("DEC-41")
def test_it_says_in_which_area_a_placed_child_lives_and_why_it_went_there(area):
    there = Area("wiltshire")
    draft = actions.set_facts(
        referral_id=area.draft().pk,
        facts={"looked_after": "s31"},
        version=0,
        by=area.worker,
        placed_in=there.authority,
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    document = build(sent.pk, area.lead)["document"]
    assert ("Lives in", ("Wiltshire",)) in document.facts
    why = ("Why there", "The child lives in Wiltshire")
    told = {each.name for each in document.receivers if why in each.rows}
    assert told == {f"{there.front_door.name}, {there.care.name}, Wiltshire"}
    # Nobody of one county is taken for the same of the other.
    names = [each.name for each in document.receivers]
    assert len(set(names)) == len(names)
    assert all("Oxfordshire" in name or "Wiltshire" in name for name in names)
    assert reading.squeezed("Lives in Wiltshire") in whole(printed(sent, area.lead))


def test_no_part_asks_why_no_screen_goes_where_one_does(area):
    screen = completed(area)
    draft = actions.attach_screen(
        referral_id=area.draft().pk, screen=screen, reason="", version=1, by=area.worker
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert "screen" not in {part.key for part in build(sent.pk, area.lead)["document"].parts}
    triage = area.client(area.duty).get(
        reverse("referrals:delivery", args=[area.at(sent, area.front_door).pk])
    )
    written = re.search(r"Nothing was written under: ([^.]*)\.", text_of(triage))
    assert written is None or "Screen" not in written[1]
    without = area.sent(area.another_child())
    grant(area.lead, without.child)
    assert "screen" in {part.key for part in build(without.pk, area.lead)["document"].parts}


@pytest.mark.requirement("DEC-09")
def test_the_reason_for_a_lower_level_is_printed_only_of_a_lower_level(area):
    """Somebody wrote in its box though there was no level before."""
    screen = completed(area, level_reason="Nothing was lower")
    document = build(area.sent(screen=screen).pk, area.lead)
    labels = {each.label for part in document["screen"].parts for each in part.entries}
    assert "Why the level is lower than before" not in labels


def test_what_one_receiver_did_stands_on_one_sheet_under_its_name(area):
    """Wherever the block falls on its sheet: it is moved down a few lines at a time."""
    sent = area.sent(position_of_trust=True, group_suspected=True, concerns_confirmed=True)
    received = area.at(sent, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    reasons = " ".join(f"Reason {n}: seen and weighed." for n in range(40))
    actions.decide(delivery_id=received.pk, by=area.duty, decision="accept", reasons=reasons)
    context = {"about": samples.about("Referral of C-7K3P92W"), **build(sent.pk, area.lead)}
    name = reading.squeezed(f"{area.front_door.name}, {area.care.name}")
    document = context["document"]
    for lines in range(0, 48, 8):
        situation = "Seen at the station again.\n\n" * lines + "That is all."
        parts = (ReadPart("situation", "Situation", "", (("What?", situation),)),)
        moved = context | {"document": dataclasses.replace(document, parts=parts)}
        html = document_html("documents/pdf/referral.html", moved)
        pages = reading.texts(reading.opened(write_pdf(html)))
        (sheet,) = [text for text in pages if reading.squeezed("Reason 0:") in text]
        assert name in sheet and reading.squeezed("Reason 39:") in sheet, lines


def cost_of(referral, user):
    with CaptureQueriesContext(connection) as captured:
        build(referral.pk, user)
    return len(captured)


def test_it_costs_the_same_however_many_it_was_sent_to(area):
    few = area.sent()
    wider = {"concerns_confirmed": True, "trafficking": True, "group_suspected": True}
    many = area.sent(area.another_child(), **wider)
    grant(area.lead, many.child)
    assert many.deliveries.count() > few.deliveries.count()
    # When the strategy discussion is due was kept as it was sent: the calendar is not asked.
    assert cost_of(many, area.lead) <= cost_of(few, area.lead)


def test_the_page_leads_to_it_for_those_who_may_export(area):
    sent = area.sent()
    there = f"/documents/export/referral/{sent.pk}/"
    here = f"/referrals/{sent.pk}/"
    assert there in area.client(area.lead).get(here).content.decode()
    assert there not in area.client().get(here).content.decode()
    assert kind_of("referral").title == "Referral with its screen"

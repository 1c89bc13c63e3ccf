"""A completed assessment on paper: what it shows, how long it may be, and who may have it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cse.access.actions.asked import let_contribute
from cse.access.policies import NotVisible
from cse.documents.actions import fetch_document, make_document, request_export
from cse.documents.models import Export
from cse.documents.render import TooLong, document_html, write_pdf
from cse.people.models import Role, TeamKind
from screening.assessments.actions import (
    answer_harm,
    ask_contribution,
    complete_assessment,
    correct_assessment,
    correct_day,
    give_contribution,
    keep_contribution,
    withdraw_request,
    write_down,
)
from screening.documents.assessment import build, find, superseded
from tests.documents import reading, samples
from tests.factories import grant, make_agency, make_team, make_user
from tests.prepared import prepared
from tests.screening.assessing import assessed, at, drafted, write
from tests.screening.made import HIGH, YES, Given, completed

pytestmark = [pytest.mark.django_db, pytest.mark.paper]
TEMPLATE = "documents/pdf/assessment.html"
LONG = "She was seen at the station with two adults whom nobody at school knows. " * 250


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@prepared
def place(oxfordshire):
    grant(oxfordshire.lead, oxfordshire.child)
    return oxfordshire


def ask(assessment, by, **whom):
    soon = timezone.localdate() + dt.timedelta(days=3)
    return ask_contribution(
        assessment_id=assessment.pk, by=by, question="What do you know?", due_on=soon, **whom
    )


def give(row, by, text):
    return give_contribution(
        contribution_id=row.pk, answer="given", text=text, version=row.version, by=by
    )


def pdf_of(assessment, user):
    context = {"about": samples.about("Assessment of C-7K3P92W"), **build(assessment.pk, user)}
    return reading.opened(write_pdf(document_html(TEMPLATE, context)))


def whole(pdf):
    return "".join(reading.texts(pdf))


def says(text, *words):
    for each in words:
        assert reading.squeezed(each) in text, each


@pytest.mark.requirement("D-SHR-03", "DEC-27")
@pytest.mark.parametrize(
    ("area", "title", "by"),
    [("oxfordshire", "Risk Assessment", ""), ("wiltshire", "Comprehensive CSE screen", "cse_team")],
)
def test_both_forms_are_pdf_ua_marked_and_labelled_local(request, area, title, by):
    place = request.getfixturevalue(area)
    worker = place.worker
    if by:
        worker = make_user(by, team=make_team(place.agency, kind=TeamKind.CSE_TEAM))
        grant(worker, place.child)
    grant(place.lead, place.child)
    screen = completed(place)
    found = assessed(place, worker, needs="A safe place to go to after school.")
    pdf = pdf_of(found, place.lead)
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    assert str(pdf.Root.Lang) == "en-GB" and len(reading.tagged(pdf, "H1")) == 1
    headers = {str(each.ID) for each in reading.tagged(pdf, "TH")}
    for cell in reading.tagged(pdf, "TD"):
        assert {str(each) for each in cell.A.Headers} <= headers
    for number, text in enumerate(reading.texts(pdf), start=1):
        assert text.count("OFFICIAL-SENSITIVE") >= 2 and f"Page{number}of" in text
        assert "KMTR-QWXZ-BDGH-PNTV" in text
    says(
        whole(pdf),
        title,
        "Local form – confirm with board",
        place.child.name,
        worker.get_full_name(),
        "What Health means.",
        "Two adults, money and missing hours together.",
        "A safe place to go to after school.",
        "She says that nobody listens.",
        f"completed by {place.worker.get_full_name()}",
        "Follows. It finds that the child is suffering",
        "The assessment was frozen at that moment",
    )
    assert found.screen == screen and "score" not in whole(pdf).lower()


def test_what_the_screen_found_stands_beside_the_analysis(place):
    completed(place)
    completed(place, answers={HIGH: Given(YES, evidence="Seen by the nurse")})
    text = whole(pdf_of(assessed(place), place.lead))
    says(text, "What the screen found", "Seen by the nurse", "Changed since the screen of")
    domain = next(each for each in build_parts(place) if each.title == "Health")
    assert [row.answer for row in domain.found.rows] == ["Yes"]


def build_parts(place):
    (found,) = place.child.risk_assessments.all()
    return build(found.pk, place.lead)["document"].parts


@pytest.mark.requirement("O-MTG-12")
def test_contributions_are_printed_as_they_were_given_and_drafts_never(place):
    health = make_agency("Ridge Health", authority=place.authority)
    nurse = make_user(team=make_team(health), given_name="Nia", family_name="Orme")
    other = make_user(team=make_team(health))
    draft = drafted(place, without_contributions="The nurse is away until Monday.")
    given, begun, taken_back, told = (
        ask(draft, place.worker, **whom)
        for whom in (
            {"user": nurse},
            {"user": other},
            {"name": "Mo Hale", "agency_name": "Youth club"},
            {"name": "Ada Quill", "agency_name": "Housing"},
        )
    )
    give(given, nurse, "Two appointments <missed>.\n\nBoth on a Friday.")
    keep_contribution(contribution_id=begun.pk, text="Not sent yet", version=1, by=other)
    withdraw_request(
        contribution_id=taken_back.pk,
        by=place.worker,
        reason="They have closed",
        version=taken_back.version,
    )
    write_down(
        contribution_id=told.pk,
        answer="given",
        text="The flat is empty.",
        said_on=timezone.localdate(),
        version=told.version,
        by=place.worker,
    )
    found = complete_assessment(assessment_id=draft.pk, by=place.worker, version=draft.version)
    text = whole(pdf_of(found, place.lead))
    says(
        text,
        "Nia Orme, Worker: contributed",
        "Two appointments <missed>.",
        "Ridge Health",
        "Ada Quill, Housing: contributed",
        "The flat is empty.",
        "written down by Wyn Arden",
        "Mo Hale, Youth club: no longer asked for. They have closed",
        "2 received; 1 asked for and not received",
        "The nurse is away until Monday.",
    )
    assert reading.squeezed("Not sent yet") not in text


@pytest.mark.requirement("O-MTG-12")
def test_who_is_asked_to_contribute_gets_no_document(place):
    found = assessed(place)
    other = make_agency(authority=place.authority)
    lead = make_user(Role.NAMED_LEAD, agency=other)
    ask(found, place.worker, user=lead)
    for kind in (find, build):
        with pytest.raises(NotVisible):
            kind(found.pk, lead)
    team = make_team(other, kind=TeamKind.CSE_TEAM)
    colleague = make_user(Role.CSE_TEAM, team=team)
    let_contribute(child=place.child, reason="Asked", days=3, group=team.group)
    with pytest.raises(NotVisible):
        find(found.pk, colleague)
    with pytest.raises(NotVisible):
        request_export(kind_key="assessment", subject_id=found.pk, purpose="court", by=lead)


def test_only_a_completed_one_and_only_for_who_may_export(place):
    draft = drafted(place)
    outsider = make_user(Role.NAMED_LEAD, agency=make_agency(authority=place.authority))
    for user, subject in ((place.lead, draft.pk), (place.lead, uuid.uuid4())):
        with pytest.raises(NotVisible):
            find(subject, user)
    found = complete_assessment(assessment_id=draft.pk, by=place.worker, version=draft.version)
    for user in (place.worker, outsider, make_user(Role.AUDITOR)):
        with pytest.raises(NotVisible):
            find(found.pk, user)
    assert find(found.pk, place.lead).child == place.child


def test_it_is_in_the_register_and_asked_again_when_it_is_fetched(place, monkeypatch):
    from cse.documents import tasks

    monkeypatch.setattr(tasks.render_export, "apply_async", lambda *_, **__: None)
    found = assessed(place)
    export = request_export(
        kind_key="assessment",
        subject_id=found.pk,
        purpose="meeting",
        by=place.lead,
        recipient_name="The chair",
    )
    assert make_document(export_id=export.pk)
    export = Export.objects.get(pk=export.pk)
    assert export.state == "ready" and export.child_id == place.child.pk
    assert "Local form – confirm with board" in export.content_version
    assert fetch_document(export_id=export.pk, by=place.lead)
    for held in (*place.child.team_grants.all(), *place.child.user_grants.all()):
        held.expires_at = held.starts_at
        held.save()
    with pytest.raises(NotVisible):
        fetch_document(export_id=export.pk, by=place.lead)


def test_a_correction_says_what_it_corrects_and_the_first_that_it_was(place):
    first = assessed(place)
    assert superseded(first.pk) == ""
    draft = correct_assessment(assessment_id=first.pk, by=place.worker, reason="The wrong day")
    draft = write(draft, place.worker, {"needs": "A safe place to go to."})
    second = complete_assessment(assessment_id=draft.pk, by=place.worker, version=draft.version)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    correct_day(
        assessment_id=second.pk, on=yesterday, reason="Signed the day before", by=place.lead
    )
    assert "(correction 1). Ask for the newer version." in superseded(first.pk)
    says(whole(pdf_of(first, place.lead)), "Corrected since.")
    draft = correct_assessment(assessment_id=second.pk, by=place.worker, reason="A slip")
    draft = write(draft, place.worker, {"needs": "A safe place, and somebody to talk to."})
    third = complete_assessment(assessment_id=draft.pk, by=place.worker, version=draft.version)
    assert "(correction 2). Ask for the newer version." in superseded(first.pk)
    assert superseded(third.pk) == ""
    says(
        whole(pdf_of(second, place.lead)),
        "Correction 1, of the version completed",
        "The wrong day",
        "Signed the day before",
        "as corrected",
    )


@pytest.mark.requirement("DEC-06")
def test_harm_that_a_correction_took_out_stands_on_paper(place):
    draft = write(drafted(place), place.worker, {"harm_happened": "yes", "level": "vulnerable"})
    first = complete_assessment(assessment_id=draft.pk, by=place.worker, version=draft.version)
    draft = correct_assessment(assessment_id=first.pk, by=place.worker, reason="Another child")
    draft = write(draft, place.worker, {"harm_happened": "no", "significant_harm": "no"})
    second = complete_assessment(assessment_id=draft.pk, by=place.worker, version=draft.version)
    says(
        whole(pdf_of(second, place.lead)),
        "What was said of harm",
        "somebody else says whether that is right",
    )
    answer_harm(assessment_id=first.pk, read=second.pk, by=place.lead, note="It was of her cousin")
    says(whole(pdf_of(second, place.lead)), "answered for by", "It was of her cousin")


def test_long_texts_are_printed_whole_and_too_long_ones_refused(place):
    draft = drafted(place)
    draft = write(draft, place.worker, {"professional_judgement": f"{LONG}END"})
    found = complete_assessment(assessment_id=draft.pk, by=place.worker, version=draft.version)
    text = whole(pdf_of(found, place.lead))
    assert text.count(reading.squeezed("seen at the station")) == 250 and "END" in text
    for number in range(25):
        row = ask(found, place.worker, name=f"Somebody {number}", agency_name="Housing")
        write_down(
            contribution_id=row.pk,
            answer="given",
            text=LONG,
            said_on=timezone.localdate(),
            version=row.version,
            by=place.worker,
        )
    with pytest.raises(TooLong):
        document_html(TEMPLATE, {"about": samples.about(), **build(found.pk, place.lead)})


def test_it_costs_the_same_with_one_contribution_and_with_three(place):
    completed(place)
    found = assessed(place)

    def cost(names):
        for name in names:
            ask(found, place.worker, name=name, agency_name="Housing")
        with CaptureQueriesContext(connection) as captured:
            build(found.pk, place.lead)
        return len(captured)

    one = cost(["Mo Hale"])
    assert cost(["Ada Quill", "Sam Idowu"]) == one == 23


def test_the_page_leads_to_it_for_those_who_may_export(place):
    found = assessed(place)
    there = f"/documents/export/assessment/{found.pk}/"
    assert there in place.client(place.lead).get(at("assessment", found)).content.decode()
    assert there not in place.client().get(at("assessment", found)).content.decode()
    asked = place.client(place.lead).get(there)
    assert asked.status_code == 302 and "/confirm/" in asked["Location"]

"""Consultations without a name and advice on a child: what is kept, refused, and owed after."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cse.access.policies import NotAllowed, NotVisible
from cse.audit.models import AuditEvent
from cse.people.models import AgencyType, Role
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals.actions import advising
from referrals.models import AdviceContact, Consultation, Referral
from referrals.policies import Refused
from referrals.queries.beside import advice_visible_to, consultations_of
from referrals.signing import content_of, hash_of
from tests.factories import grant, make_agency, make_user
from tests.referrals import beside
from tests.referrals.area import years_old
from tests.referrals.beside import talk
from tests.referrals.test_deciding_pages import signed_in, token_of
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db


def consult(area, age=14, facts=None, by=None, **more):
    return advising.record_consultation(
        by=by or area.worker, token=uuid.uuid4(), age=age, facts=facts or {}, said=talk(**more)
    )


@pytest.mark.requirement("W-REF-12", "DEC-14", "DEC-42")
def test_a_consultation_is_kept_with_who_advised_and_is_signed(wiltshire):
    row, new = consult(wiltshire)
    assert new
    row.refresh_from_db()
    assert (row.advised_by, row.signed_by) == (talk()["advised_by"], wiltshire.worker)
    assert row.signed_hash == hash_of(content_of(row))
    assert row.facts["age"] == 14
    with pytest.raises(DatabaseError), transaction.atomic():
        Consultation.objects.filter(pk=row.pk).update(advice="Otherwise")


@pytest.mark.requirement("DEC-14", "W-REF-18")
@pytest.mark.parametrize("age", [0, 12, 16, 17, 18])
def test_it_is_for_13_to_15_only(wiltshire, age):
    with pytest.raises(advising.NotWithoutName) as refused:
        consult(wiltshire, age)
    assert str(refused.value).count("13 to 15 only") == 1
    assert ("must be identified" in str(refused.value)) == (age < 13)
    assert not Consultation.objects.exists()


NONE, TODAY, YESTERDAY, HALF, ONE, TWO = "none", 0, 1, "half", "one", "two"
WITHOUT_NAME = {
    # DEC-14: for 13 to 15 only, and not offered under 13: the age at the consultation, as said.
    12: (),
    # DEC-02: of a whole age the birthday may be today, and what is open counts as the youngest.
    # Yesterday a child of 13 may have been 12; today they are 13, and nobody who is was 12 today.
    13: (NONE, TODAY),
    # A year ago at least 13, to the day; two years ago they may have been 12 (DEC-02).
    14: (NONE, TODAY, YESTERDAY, HALF, ONE),
    # Two years ago at least 13: under 13 is impossible on every day of the table.
    15: (NONE, TODAY, YESTERDAY, HALF, ONE, TWO),
    # DEC-14: 16 and older are no longer asked about without a name, whenever it was: that they
    # were 15 on the day opens nothing.
    16: (),
    17: (),
}
"""Age at the consultation → the days of activity with which it may be without a name."""


@pytest.mark.requirement("DEC-14", "DEC-02", "W-REF-12", "W-REF-18")
@pytest.mark.parametrize("when", [NONE, TODAY, YESTERDAY, HALF, ONE, TWO])
@pytest.mark.parametrize("age", WITHOUT_NAME)
def test_a_whole_age_and_a_day_of_activity(wiltshire, age, when):
    facts = {} if when == NONE else {"sexual_activity": {"from": _day(when).isoformat()}}
    if when in WITHOUT_NAME[age]:
        row, _ = consult(wiltshire, age, facts)
        assert row.facts["age"] == age
        return
    with pytest.raises(advising.NotWithoutName) as refused:
        consult(wiltshire, age, facts)
    # At 13 and 14 it is the activity's day that stands in the way, and it says so.
    assert ("before the 13th birthday" in str(refused.value)) == (age in (13, 14))


def _day(when):
    today = timezone.localdate()
    if when in (TODAY, YESTERDAY):
        return today - dt.timedelta(days=when)
    if when == HALF:
        return today - dt.timedelta(days=183)
    leap = (today.month, today.day) == (2, 29)
    day = today + dt.timedelta(days=leap)
    return day.replace(year=today.year - {ONE: 1, TWO: 2}[when])


@pytest.mark.requirement("DEC-14", "W-REF-18")
def test_activity_before_13_is_not_talked_over_without_a_name(wiltshire):
    years_ago = (timezone.localdate() - dt.timedelta(days=900)).isoformat()
    for age, began in ((14, years_ago), (13, beside.began()), (14, None)):
        with pytest.raises(advising.NotWithoutName, match="before the 13th birthday") as refused:
            consult(wiltshire, age, {"sexual_activity": {"from": began}})
        assert "must be identified" in str(refused.value)


@pytest.mark.requirement("W-REF-12", "DEC-14")
@pytest.mark.parametrize("field", ["question", "advice", "next_steps"])
def test_what_identifies_is_refused_in_every_text(wiltshire, field):
    name = wiltshire.child.given_name
    for text in (f"About {name}.", "Born 20 June 2011.", "Lives at 12 Mill Lane."):
        with pytest.raises(advising.Identifies) as refused:
            consult(wiltshire, **{field: text})
        assert list(refused.value.found) == [field]
    assert not Consultation.objects.exists()


@pytest.mark.requirement("W-REF-12")
def test_neither_the_school_nor_who_advised_says_who_it_is(wiltshire):
    area, child = wiltshire, wiltshire.child
    school = make_agency(authority=area.authority, type=AgencyType.SCHOOL, name="Thornmere Academy")
    for said in (
        {"question": f"A pupil of {school.name.upper()}, worried."},
        {"advised_by": f"about {child.given_name}  {child.family_name}"},
        {"advice": f"Ask {child.given_name[0]}\u200b{child.given_name[1:]}."},
    ):
        with pytest.raises(advising.Identifies) as refused:
            consult(area, **said)
        assert list(refused.value.found) == list(said)
    assert not Consultation.objects.exists()
    # Whoever advised may be called what a child is called.
    assert consult(area, advised_by=f"{child.given_name} Duty, social worker")


@pytest.mark.requirement("W-REF-12")
def test_the_initials_of_a_child_are_found_with_the_other_names(wiltshire):
    wiltshire.another_child(given_name="Quill", other_names="Tess", family_name="Overton")
    with pytest.raises(advising.Identifies):
        consult(wiltshire, question="QTO stayed out last night.")
    assert consult(wiltshire, question="NFA was said, and an ABE interview.")


def test_a_name_of_a_child_one_cannot_see_tells_nothing(wiltshire):
    other = wiltshire.another_child(given_name="Quill", family_name="Overton")
    assert consult(wiltshire, by=wiltshire.stranger, question=f"About {other.given_name}.")


@pytest.mark.requirement("DEC-14")
def test_the_form_sent_twice_makes_one_and_others_may_not(wiltshire):
    token = uuid.uuid4()
    made = [
        advising.record_consultation(
            by=wiltshire.worker, token=token, age=14, facts={}, said=talk()
        )
        for _ in range(2)
    ]
    assert made[0][0] == made[1][0]
    board = make_user(Role.BOARD, agency=wiltshire.agency)
    with pytest.raises(NotAllowed):
        consult(wiltshire, by=board)


@pytest.mark.requirement("DEC-14")
def test_only_the_agency_sees_it_and_then_only_who_sees_the_child(wiltshire):
    area = wiltshire
    row, _ = consult(area)
    assert list(consultations_of(area.colleague)) == [row]
    assert list(consultations_of(area.stranger)) == []
    referral = advising.use_consultation(consultation_id=row.pk, child=area.child, by=area.worker)
    assert referral.sections["situation"] == row.question
    assert row.advice in referral.sections["recording"]
    assert row.advised_by in referral.sections["recording"]
    assert list(consultations_of(area.worker)) == [row]
    kept_out = make_user(Role.PRACTITIONER, agency=area.agency)
    assert list(consultations_of(kept_out)) == []


@pytest.mark.requirement("DEC-14")
def test_it_becomes_part_of_one_childs_referral(wiltshire):
    area = wiltshire
    row, _ = consult(area)
    first = advising.use_consultation(consultation_id=row.pk, child=area.child, by=area.worker)
    again = advising.use_consultation(consultation_id=row.pk, child=area.child, by=area.worker)
    assert first == again
    with pytest.raises(Refused):
        advising.use_consultation(
            consultation_id=row.pk, child=area.another_child(), by=area.worker
        )
    with pytest.raises(NotVisible):
        advising.use_consultation(consultation_id=row.pk, child=area.child, by=area.stranger)


@pytest.mark.requirement("DEC-14")
def test_the_facts_go_along_and_the_rules_say_of_the_child_what_they_said(wiltshire):
    area = wiltshire
    child = area.another_child(date_of_birth=years_old(14))
    row = beside.consultation(area, facts=beside.peers(other_person={"age": 25}))
    assert "R7" in {rule["id"] for rule in row.routing["rules"]}
    made = advising.use_consultation(consultation_id=row.pk, child=child, by=area.worker)
    assert "R7" in {rule["id"] for rule in made.routing["rules"]}
    assert made.facts["checklist"] == ["W-CHK-14"] and "age" not in made.facts
    # A day that cannot be of this child: the page says so, and nothing is begun.
    infant = area.another_child(date_of_birth=timezone.localdate())
    other = beside.consultation(area, facts=beside.peers())
    page = area.client().post(
        reverse("referrals:use-consultation", args=[other.pk]), {"child": str(infant.pk)}
    )
    assert "cannot be of this child" in text_of(page)
    assert not infant.referrals.exists()


@pytest.mark.requirement("W-REF-12", "DEC-14")
def test_the_page_warns_keeps_the_text_and_records(wiltshire):
    client = signed_in(wiltshire.worker)
    start = reverse("referrals:start-consultation")
    day = timezone.localdate()
    typed = {
        "token": token_of(client.get(start)),
        "age": "14",
        "activity": "no",
        **{key: value for key, value in talk().items() if key != "advised_on"},
        "advised_on-day": day.day,
        "advised_on-month": day.month,
        "advised_on-year": day.year,
    }
    named = typed | {"question": f"{wiltshire.child.given_name}, of 12 Mill Lane"}
    page = client.post(start, named).content.decode()
    assert "Take out what may identify the child" in page
    assert "12 Mill Lane" in page
    assert "12 Mill Lane</textarea>" in page
    young = client.post(start, typed | {"age": "12"}).content.decode()
    assert "13 to 15 only. Under 13 the child must be identified." in young
    assert "DEC-" not in young
    assert talk()["advice"] in young
    assert not Consultation.objects.exists()
    made = client.post(start, typed)
    row = Consultation.objects.get()
    assert made.url == reverse("referrals:consultation", args=[row.pk])
    assert talk()["advice"] in client.get(made.url).content.decode()


@pytest.mark.requirement("DEC-14")
def test_a_school_across_the_border_is_a_school_too(wiltshire, oxfordshire):
    make_agency(authority=oxfordshire.authority, type=AgencyType.SCHOOL, name="Thornbeck Academy")
    with pytest.raises(advising.Identifies):
        consult(wiltshire, question="The only girl in Year 9 at Thornbeck")


def test_fields_that_no_page_of_a_consultation_asks_for_are_written_down(wiltshire):
    area, client = wiltshire, signed_in(wiltshire.worker)
    row, _ = consult(area)
    start = reverse("referrals:start-consultation")
    refer = reverse("referrals:use-consultation", args=[row.pk])
    client.post(start, {"token": token_of(client.get(start)), "age": "14", "activity": "no"})
    client.post(refer, {"name": "Nobody"})
    client.post(refer, {"child": str(uuid.uuid4())})
    assert not AuditEvent.objects.filter(rule="extra fields").exists()
    client.post(start, {"age": "14", "agency": "another", "signed_by": "me"})
    client.post(refer, {"name": "Nobody", "referral": "mine"})
    written = AuditEvent.objects.filter(rule="extra fields", child_id=None)
    assert [each.data["count"] for each in written.order_by("pk")] == [2, 1]


def test_the_page_finds_the_child_and_names_nobody_in_an_address(wiltshire):
    area = wiltshire
    row, _ = consult(area)
    client = signed_in(area.worker)
    here = reverse("referrals:use-consultation", args=[row.pk])
    found = client.post(here, {"name": area.child.given_name}).content.decode()
    assert str(area.child.pk) in found
    made = client.post(here, {"child": str(area.child.pk)})
    referral = Referral.objects.get(child=area.child)
    assert made.url == reverse("referrals:draft", args=[referral.pk])
    for wrong in (str(area.another_child().pk), "nothing", str(uuid.uuid4())):
        assert client.post(here, {"child": wrong}).status_code in (200, 404)
    hidden = signed_in(area.stranger).post(here, {"child": str(area.child.pk)})
    assert hidden.status_code == 404


@pytest.mark.requirement("W-REF-35", "O-REF-09", "DEC-42")
@pytest.mark.parametrize("asks", [False, True])
def test_advice_is_kept_and_a_referral_owed_where_it_is_asked_for(wiltshire, asks):
    area = wiltshire
    row = beside.advice(area, asks=asks)
    assert row.signed_hash == hash_of(content_of(AdviceContact.objects.get(pk=row.pk)))
    owed = WorkItem.objects.filter(kind=kinds.REFER_AFTER_ADVICE, closed_at__isnull=True)
    assert owed.filter(owner=area.worker).exists() is asks
    if asks:
        referral = advising.refer_after_advice(advice_id=row.pk, by=area.worker)
        assert advising.refer_after_advice(advice_id=row.pk, by=area.worker) == referral
        area.sent(area.child)
        assert not owed.exists()


@pytest.mark.requirement("W-REF-34", "W-REF-35")
def test_the_advice_page_names_the_lead_first_and_says_what_is_missing(wiltshire):
    area = wiltshire
    client = signed_in(area.worker)
    here = reverse("referrals:record-advice", args=[area.child.pk])
    opened = client.get(here)
    assert "Speak to them first" in opened.content.decode()
    day = timezone.localdate()
    typed = {
        "token": token_of(opened),
        **{key: value for key, value in talk().items() if key not in ("advised_on", "next_steps")},
        "advised_on-day": day.day,
        "advised_on-month": day.month,
        "advised_on-year": day.year,
        "asks_for_referral": "no",
    }
    page = client.post(here, typed).content.decode()
    assert "Say what happens next" in page
    assert talk()["question"] in page
    made = client.post(here, typed | {"asks_for_referral": "yes"})
    row = AdviceContact.objects.get()
    assert made.url == reverse("referrals:advice", args=[row.pk])
    shown = client.get(made.url).content.decode()
    assert "A referral is owed" in shown
    draft = client.post(reverse("referrals:refer-after-advice", args=[row.pk]))
    assert draft.url == reverse("referrals:draft", args=[Referral.objects.get().pk])


def test_advice_of_another_agency_is_not_seen(wiltshire):
    row = beside.advice(wiltshire)
    grant(wiltshire.stranger, wiltshire.child)
    assert not advice_visible_to(wiltshire.stranger).filter(pk=row.pk).exists()
    here = reverse("referrals:advice", args=[row.pk])
    assert signed_in(wiltshire.stranger).get(here).status_code == 404


def test_nothing_typed_stands_in_the_log(wiltshire):
    consult(wiltshire)
    beside.advice(wiltshire)
    texts = " ".join(map(str, AuditEvent.objects.values_list("data", "reason")))
    assert talk()["advice"] not in texts
    assert talk()["advised_by"] not in texts


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(wiltshire, rows):
    for _ in range(rows):
        consult(wiltshire)
    client = signed_in(wiltshire.worker)
    client.get(reverse("referrals:consultations"))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(reverse("referrals:consultations")).status_code == 200
    assert len(asked) == 7, [each["sql"][:90] for each in asked.captured_queries]

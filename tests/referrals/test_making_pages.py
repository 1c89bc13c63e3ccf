"""The pages on which a referral is made, sent and followed by the agency that makes it."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.urls import reverse

from cse.access.capabilities import Capability
from cse.access.policies import NotVisible, can
from cse.clocks.actions import say_why_late
from cse.clocks.queries import clocks_of
from referrals import actions
from referrals.models import Delivery, Note, Referral
from referrals.parts import PROBATION, missing, worth_recording
from referrals.transitions import Act, Status
from screening.actions import set_aside, start_screen
from tests.clocks.conftest import at
from tests.factories import grant
from tests.referrals.area import years_old
from tests.screening.made import completed
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
BORN_17 = dt.date(2010, 2, 11)
"""17 in April 2027."""


def page_of(referral, name, *more):
    return reverse(f"referrals:{name}", args=[referral.pk, *more])


def save(client, where, **changes):
    """Open a page, change some controls and press a button."""
    page = client.get(where)
    assert page.status_code == 200, page.status_code
    return client.post(where, controls(page) | {"act": "leave"} | changes)


def begin(client, child):
    """Begin a referral from a child's page; the draft."""
    where = reverse("referrals:start-from-child", args=[child.pk])
    page = client.get(where)
    assert page.status_code == 200
    answer = client.post(where, {"token": str(uuid.uuid4()), "screen": "none"})
    assert answer.status_code == 302, text_of(answer)
    return Referral.objects.get(child=child)


def write_all(client, draft):
    """Fill in what sending asks of an ordinary referral."""
    save(client, page_of(draft, "part", "situation"), situation="Seen with adults nobody knows.")
    save(client, page_of(draft, "part", "expected-response"), expected_response="An assessment.")
    save(client, page_of(draft, "part", "screen"), screen_reason="The worry came up today.")
    save(client, page_of(draft, "part", "consent"), consent="given")


def test_the_newest_finished_screen_is_chosen_and_one_that_is_not_takes_a_choice(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    where = reverse("referrals:start-from-child", args=[area.child.pk])
    unfinished, _ = start_screen(child=area.child, by=area.worker)
    page = client.get(where)
    assert controls(page, "token")["screen"] == "none"
    assert "a draft that is not finished" in text_of(page)
    set_aside(screen_id=unfinished.pk, by=area.worker, reason="Begun by mistake")
    completed(area, level="vulnerable")
    newer = completed(area, level="at_risk")
    start_screen(child=area.child, by=area.worker)
    page = client.get(where)
    assert controls(page, "token")["screen"] == str(newer.pk)
    words = text_of(page)
    assert "level At risk, completed on" in words and "level Vulnerable, completed on" in words
    draft = begin(client, area.child)
    part = client.get(page_of(draft, "part", "screen"))
    assert "level At risk, completed on" in text_of(part)


def test_from_a_child_to_a_referral_that_was_sent(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    child = text_of(client.get(reverse("children:child", args=[area.child.pk])))
    assert "Make a referral" in child
    draft = begin(client, area.child)
    write_all(client, draft)
    answer = save(client, page_of(draft, "facts"), wider="concerns_confirmed")
    assert answer["Location"] == page_of(draft, "draft")
    page = text_of(client.get(page_of(draft, "draft")))
    assert "You must Concern that the child is at risk of, or experiencing, exploitation" in page
    checked = client.get(page_of(draft, "check"))
    assert area.front_door.name in text_of(checked)
    sent = client.post(page_of(draft, "check"), controls(checked))
    assert sent["Location"] == page_of(draft, "show")
    draft.refresh_from_db()
    assert draft.status == Status.SENT
    page = text_of(client.get(page_of(draft, "show")))
    assert f"{area.front_door.name}, {area.care.name} State: Received" in page
    assert "Decision on the referral, and the referrer told" in page
    listed = text_of(client.get(reverse("referrals:list")))
    assert f"{area.front_door.name}: received" in listed


@pytest.mark.requirement("DEC-32")
def test_a_late_clock_is_explained_only_by_who_sees_the_referral(wiltshire):
    """Seeing the child is not seeing the referral: the clock does not exist for the others."""
    area = wiltshire
    with time_machine.travel(at("2027-04-30 10:00"), tick=False):
        sent = area.sent(area.another_child(date_of_birth=BORN_17), position_of_trust=True)
        grant(area.stranger, sent.child)
    officer = Delivery.objects.get(referral=sent, team=None)
    (clock,) = clocks_of(officer)
    with time_machine.travel(at("2027-05-06 10:00"), tick=False):
        assert can(area.stranger, Capability.SEE_REFERRAL, sent.child)
        where = reverse("clocks:why-late", args=[clock.pk])
        said = {"code": "agency", "text": "Nobody answered the telephone"}
        for browser in (area.client(area.stranger), area.client(area.specialist)):
            assert browser.get(where).status_code == 404
            assert browser.post(where, said).status_code == 404
        with pytest.raises(NotVisible):
            say_why_late(clock=clock, by=area.stranger, **said)
        page = text_of(area.client().get(page_of(sent, "show")))
        assert "Say why it is late" in page
        assert area.client().get(where).status_code == 200


# -- Scenarios ----------------------------------------------------------------------------------


@pytest.mark.requirement(
    "S04", "W-REF-05", "W-REF-17", "W-REF-18", "W-REF-20", "W-REF-31", "DEC-59", "DEC-50"
)
def test_s04_a_child_of_twelve_who_is_pregnant(wiltshire):
    """A school nurse on 8 February 2027; the front door then decides, and the nurse is told."""
    area = wiltshire
    with time_machine.travel(at("2027-02-08 10:00"), tick=False):
        child = area.another_child(
            given_name="Tess", family_name="Okafor", date_of_birth=dt.date(2014, 8, 3)
        )
        client = area.client()
        draft = begin(client, child)
        answer = save(client, page_of(draft, "facts"), pregnant="on", activity="yes", act="stay")
        page = text_of(client.get(answer["Location"]))
        for words in (
            "You must Under 13 and pregnant",
            "You must Sexual activity under 13",
            "Ask for it today; at the latest by 11 February 2027 (3 working days; O §11.2",
            f"{area.front_door.name}, {area.care.name}",
            f"{area.police.name}, {area.police_agency.name}",
            "“not known” is an answer",
        ):
            assert words in page, words
        # No way out is offered: neither a decision, nor an exception, nor a nameless talk.
        assert "Decide not to refer" not in page
        for way in ("decision_not_to_refer", "under_13_exception", "no_names_consultation"):
            draft.refresh_from_db()
            assert not draft.routing[way]["available"]
        write_all(client, draft)
        save(
            client,
            page_of(draft, "part", "consent"),
            consent="refused",
            consent_reason="The child may be at risk at home.",
        )
        checked = client.get(page_of(draft, "check"))
        assert "Consent was refused. It is recorded with your reason" in text_of(checked)
        refused = text_of(client.post(page_of(draft, "check"), controls(checked)))
        for words in (
            "Name the safeguarding lead you spoke to.",
            "Say on which day you spoke to the safeguarding lead.",
            "Say what is known of the other person; “not known” will do.",
        ):
            assert words in refused, words
        save(
            client,
            page_of(draft, "part", "assessment"),
            lead_consulted="Lee Dale",
            **{
                "lead_consulted_on-day": "8",
                "lead_consulted_on-month": "2",
                "lead_consulted_on-year": "2027",
            },
            other_person="Not known",
        )
        checked = client.get(page_of(draft, "check"))
        assert client.post(page_of(draft, "check"), controls(checked)).status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.sections["consent"]) == (Status.SENT, "refused")
    reached = {each.team for each in draft.deliveries.all()}
    assert {area.front_door, area.police} <= reached
    received = area.at(draft, area.front_door)
    with time_machine.travel(at("2027-02-09 09:00"), tick=False):
        actions.claim(delivery_id=received.pk, by=area.duty)
        actions.decide(
            delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="We meet today."
        )
        page = text_of(area.client().get(page_of(received, "outcome")))
        assert "Accepted, on 9 February 2027" in page and "We meet today." in page
        assert "done in time" in page.lower()
        client.post(page_of(received, "read-outcome"))
        assert "I have read this" not in text_of(client.get(page_of(draft, "show")))


@pytest.mark.requirement(
    "S07", "W-REF-02", "W-REF-03", "W-REF-23", "W-REF-25", "W-REF-27", "DEC-16"
)
def test_s07_a_sports_coach(wiltshire):
    """17, a coach, the Friday before a bank holiday: both are told, and consult each other."""
    area = wiltshire
    with time_machine.travel(at("2027-04-30 10:00"), tick=False):
        child = area.another_child(
            given_name="Priya", family_name="Nair", date_of_birth=dt.date(2010, 2, 11)
        )
        client = area.client()
        draft = begin(client, child)
        save(
            client,
            page_of(draft, "facts"),
            about_other="position_of_trust",
            activity="yes",
            **{"activity_from-day": "1", "activity_from-month": "4", "activity_from-year": "2027"},
        )
        page = text_of(client.get(page_of(draft, "draft")))
        assert "You must Position of trust, works with children, or foster carer" in page
        assert "Designated Officer (LADO) . You tell them yourself" in page
        assert "The person in a position of trust" in page and "Decide not to refer" not in page
        write_all(client, draft)
        checked = client.get(page_of(draft, "check"))
        client.post(page_of(draft, "check"), controls(checked))
        page = text_of(client.get(page_of(draft, "show")))
        assert "Due 4 May 2027" in page and "Joint consultation" in page
        officer = Delivery.objects.get(referral=draft, team=None)
        answer = client.post(
            page_of(officer, "tell"),
            controls(client.get(page_of(officer, "tell")), "reason")
            | {"reason": "The duty officer, at half past nine"},
        )
        assert answer["Location"] == page_of(draft, "show")
        note = {
            "token": str(uuid.uuid4()),
            "kind": "joint_consultation",
            "happened_on-day": "30",
            "happened_on-month": "4",
            "happened_on-year": "2027",
            "at_time": "9:45am",
            "text": "They agreed who speaks to the club, and that nobody warns the coach.",
        }
        where = page_of(draft, "note")
        assert "Name who consulted" in text_of(client.post(where, note))
        note["with_whom"] = "The duty officer of the LADO, and the front door"
        for _ in range(2):  # a double click is one note
            assert client.post(where, note).status_code == 302
        page = text_of(client.get(page_of(draft, "show")))
    assert "They agreed who speaks to the club" in page
    assert "The duty officer, at half past nine" in page
    assert "Write down when they have" not in page
    (kept,) = Note.objects.filter(referral=draft)
    assert kept.at_time == dt.time(9, 45)
    social_care = area.at(draft, area.front_door)
    assert (officer.obligation, social_care.obligation) == ("mandatory", "mandatory")


@pytest.mark.requirement("W-REF-05", "W-REF-26")
def test_in_danger_the_lead_is_asked_for_and_nothing_waits_for_it(wiltshire):
    area, client = wiltshire, wiltshire.client()
    area.child = area.another_child(date_of_birth=years_old(12))
    draft, _ = actions.start_from_child(child=area.child, by=area.worker, token=uuid.uuid4())
    facts = {"immediate_danger": True, "sexual_activity": {"from": None, "to": None}}
    actions.set_facts(referral_id=draft.pk, facts=facts, version=0, by=area.worker)
    situation = {"situation": "She rang, and is locked in."}
    draft = actions.save_part(
        referral_id=draft.pk, part="situation", values=situation, version=0, by=area.worker
    )
    check = client.get(page_of(draft, "check"))
    assert "Name the safeguarding lead you spoke to." in text_of(check)
    assert client.post(page_of(draft, "check"), controls(check)).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "sent"
    shown = client.get(page_of(draft, "show"))
    assert "Speak to your safeguarding lead" in text_of(shown)
    assert "Speak to your" not in text_of(area.client(area.duty).get(page_of(draft, "show")))
    where = page_of(draft, "note") + "?kind=lead_discussion"
    assert where in shown.content.decode()
    note = controls(client.get(where), "text") | {"text": "We agreed what she is told tonight."}
    assert note["kind"] == "lead_discussion"
    assert "Name the safeguarding lead" in text_of(client.post(where, note))
    assert client.post(where, note | {"with_whom": "Lee Dale"}).status_code == 302
    assert "Speak to your safeguarding lead" not in text_of(client.get(page_of(draft, "show")))


@pytest.mark.requirement("O-REF-07")
def test_in_danger_probation_is_asked_for_the_manager_too():
    rules = frozenset({"R1"})
    assert not list(missing({"situation": "Now"}, rules, has_screen=False, agency=PROBATION))
    asked = [each.field for each in worth_recording({}, rules, PROBATION)]
    assert asked == ["manager", "manager_on", "consent"]


@pytest.mark.requirement("W-REF-31")
def test_consent_points_at_the_information_sharing_protocol(oxfordshire):
    area = oxfordshire
    page = text_of(area.client().get(page_of(area.draft(), "part", "consent")))
    assert "Look at your area’s information-sharing protocol" in page


def test_nobody_finds_the_question_of_activity_answered_who_did_not_answer_it(oxfordshire):
    area, client = oxfordshire, oxfordshire.client()
    draft = begin(client, area.child)
    facts = page_of(draft, "facts")
    save(client, facts, pregnant="on")
    assert "activity" not in controls(client.get(facts))
    save(client, facts, activity="no")
    assert controls(client.get(facts))["activity"] == "no"
    draft.refresh_from_db()
    assert draft.facts == {"pregnant": True, "sexual_activity": None}

"""Line management oversight of probation's referrals: a second person, asked and recorded."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.access.actions import grant_by_rule
from cse.access.capabilities import CHILD_ACTS, Capability
from cse.access.models import Basis, ChildUserGrant
from cse.access.policies import NotVisible, can
from cse.audit.models import AuditEvent
from cse.people.models import AgencyType, Role, TeamKind
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from referrals import actions
from referrals.actions.notes import write_note
from referrals.models import NoteKind
from referrals.policies import Refused
from tests.factories import grant, make_agency, make_team, make_user
from tests.prepared import prepared
from tests.referrals.area import TEXTS
from tests.referrals.test_making_pages import begin, page_of, save
from tests.screening.conftest import Place
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
ON = {"manager_on-day": "2", "manager_on-month": "11", "manager_on-year": "2026"}


@prepared
def area(oxfordshire):
    """A probation officer who sees the child, and two who may oversee what they refer."""
    area = oxfordshire
    area.probation = make_agency(authority=area.authority, type=AgencyType.PROBATION)
    team = make_team(area.probation)
    area.worker = make_user(team=team, given_name="Oli", family_name="Hurst")
    area.colleague = make_user(team=team, given_name="Kay", family_name="Ames")
    grant_by_rule(
        child=area.child, basis=Basis.GIVEN, reason="For the test", days=9, user=area.worker
    )
    return area


@prepared
def managers(area):
    """A senior manager, in the officer's own team, and a named lead."""
    team = area.worker.posts.get().team
    area.senior = make_user(Role.SENIOR_MANAGER, team=team, given_name="Ash", family_name="Field")
    leads = make_team(area.probation, kind=TeamKind.LEADS)
    area.named_lead = make_user(Role.NAMED_LEAD, team=leads, given_name="Bo", family_name="Garth")
    return area


def overseen_by(area, draft, person):
    return actions.save_part(
        referral_id=draft.pk,
        part="oversight",
        values={"manager": str(person.pk), "manager_on": "2026-11-02"},
        version=draft.part_versions.get("oversight", 0),
        by=area.worker,
    )


def sent(area, person=None, by=None):
    draft = area.draft(concerns_confirmed=True)
    draft = overseen_by(area, draft, person or area.senior)
    return actions.send(referral_id=draft.pk, by=by or area.worker, version=draft.version)


def waits_for(user):
    return [each.kind for each in waiting_for(user).items]


def asked(referral):
    return WorkItem.objects.filter(
        kind=kinds.OVERSEE_REFERRAL, subject_id=referral.pk, closed_at__isnull=True
    )


@pytest.mark.requirement("O-REF-07")
def test_the_manager_is_chosen_asked_at_sending_and_records_it_in_the_browser(managers):
    area = managers
    client = area.client()
    draft = begin(client, area.child)
    for part, values in TEXTS.items():
        draft = actions.save_part(
            referral_id=draft.pk, part=part, values=values, version=0, by=area.worker
        )
    oversight = page_of(draft, "part", "oversight")
    page = client.get(oversight)
    offered = text_of(page)
    assert "Ash Field" in offered and "Bo Garth" in offered
    # Neither who refers, nor a colleague without such a post, nor anybody of another agency.
    assert not any(name in offered for name in ("Kay Ames", "Lee Dale", "May Person"))
    save(client, oversight, manager=str(area.senior.pk), manager_note="Refer today.", **ON)
    check = client.get(page_of(draft, "check"))
    assert "Ash Field" in text_of(check) and not asked(draft).exists()
    assert client.post(page_of(draft, "check"), controls(check)).status_code == 302

    # It is sent at once; the manager has it as work, and it says so on its page.
    draft.refresh_from_db()
    assert draft.status == "sent" and area.at(draft, area.front_door).state == "received"
    assert asked(draft).get().owner == area.senior
    assert "Asked of Ash Field" in text_of(client.get(page_of(draft, "show")))
    assert waits_for(area.senior) == [kinds.OVERSEE_REFERRAL]
    manager = area.client(area.senior)
    assert page_of(draft, "oversee") in manager.get(reverse("worklist:home")).content.decode()
    show = manager.get(page_of(draft, "show"))
    assert TEXTS["situation"]["situation"] in text_of(show)
    assert page_of(draft, "oversee") in show.content.decode()
    wrong = manager.post(page_of(draft, "oversee"), {"reason": " "})
    assert "There is a problem" in text_of(wrong) and asked(draft).exists()
    said = {"reason": "Read whole. Right to send it today."}
    assert manager.post(page_of(draft, "oversee"), said).url == page_of(draft, "show")

    # Recorded: under the manager's name, for everybody who reads it, and in the log.
    assert not asked(draft).exists() and waits_for(area.senior) == []
    note = draft.notes.get()
    assert (note.kind, note.by, note.agency) == ("oversight", area.senior, area.probation)
    for who, page in (
        (area.worker, page_of(draft, "show")),
        (area.duty, page_of(area.at(draft, area.front_door), "delivery")),
    ):
        words = text_of(area.client(who).get(page))
        assert "Line manager’s oversight" in words and said["reason"] in words
        assert "Ash Field" in words
    event = AuditEvent.objects.get(act="referral overseen")
    assert (event.actor_id, event.object_id) == (area.senior.pk, str(draft.pk))
    with pytest.raises(Refused, match="overseen already"):
        actions.oversee(referral_id=draft.pk, by=area.named_lead, note="Again")


@pytest.mark.requirement("O-REF-07")
def test_it_is_a_second_person_with_that_post(managers):
    area = managers
    referral = sent(area)
    grant(area.colleague, area.child)
    for somebody in (area.worker, area.colleague):
        with pytest.raises(Refused, match="neither began nor sent it"):
            actions.oversee(referral_id=referral.pk, by=somebody, note="Fine")
        page = area.client(somebody).get(page_of(referral, "oversee"), follow=True)
        assert "nothing of that kind" in text_of(page)
    for stranger in (area.duty, area.stranger):
        with pytest.raises(NotVisible):
            actions.oversee(referral_id=referral.pk, by=stranger, note="Fine")
    # Where the one who is asked is away, another manager of the agency does it.
    grant(area.named_lead, area.child)
    assert actions.oversee(referral_id=referral.pk, by=area.named_lead, note="In their place")
    assert not asked(referral).exists()


@pytest.mark.requirement("O-REF-07")
def test_in_danger_one_sentence_is_sent_and_a_manager_is_asked_all_the_same(managers):
    area = managers
    draft, _ = actions.start_from_child(child=area.child, by=area.worker, token=uuid.uuid4())
    draft = actions.save_part(
        referral_id=draft.pk, part="situation", values=TEXTS["situation"], version=0, by=area.worker
    )
    draft = actions.set_facts(
        referral_id=draft.pk, facts={"immediate_danger": True}, version=0, by=area.worker
    )
    referral = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert referral.overseer == area.senior == asked(referral).get().owner


@pytest.mark.requirement("O-REF-07")
def test_whoever_sends_it_does_not_oversee_it(managers):
    """The manager who was chosen presses the button: another is asked, what was written stays."""
    area = managers
    grant(area.senior, area.child)
    referral = sent(area, by=area.senior)
    assert asked(referral).get().owner == area.named_lead
    assert "Ash Field" in text_of(area.client().get(page_of(referral, "show")))
    with pytest.raises(Refused, match="neither began nor sent it"):
        actions.oversee(referral_id=referral.pk, by=area.senior, note="My own")


@pytest.mark.requirement("O-REF-07")
def test_the_manager_follows_that_referral_and_sees_nothing_else(managers):
    area = managers
    other = sent(area, area.named_lead)
    referral = sent(area)
    held = ChildUserGrant.objects.get(user=area.senior)
    assert held.basis == Basis.REFERRER and "Oversees" in held.reason
    assert {act for act in CHILD_ACTS if can(area.senior, act, area.child)} == {
        Capability.OWN_REFERRAL
    }
    client = area.client(area.senior)
    page = client.get(page_of(referral, "show"))
    assert page.status_code == 200 and "The screen is outstanding" not in text_of(page)
    assert "The screen is outstanding" in text_of(area.client().get(page_of(referral, "show")))
    assert client.get(page_of(other, "show")).status_code == 404
    assert client.get(reverse("children:child", args=[area.child.pk])).status_code == 404


def test_two_people_who_choose_two_managers_are_shown_both(managers):
    area = managers
    client, draft = area.client(), area.draft(concerns_confirmed=True)
    where = page_of(draft, "part", "oversight")
    stale = controls(client.get(where)) | {"manager": str(area.named_lead.pk), "act": "leave"}
    overseen_by(area, draft, area.senior)
    page = client.post(where, stale)
    assert page.status_code == 409
    words = text_of(page)
    assert "Keep “Ash Field" in words and "Keep “Bo Garth" in words
    assert client.post(where, controls(page)).status_code == 302
    draft.refresh_from_db()
    assert draft.overseer == area.named_lead


def test_an_excluded_manager_is_neither_offered_nor_asked(managers):
    area = managers
    draft = overseen_by(area, area.draft(concerns_confirmed=True), area.senior)
    grant(area.lead, area.child)
    access.exclude(child=area.child, user=area.senior, ground="other", reason="Uncle", by=area.lead)
    referral = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert asked(referral).get().owner == area.named_lead
    again, _ = actions.start_from_child(child=area.child, by=area.worker, token=uuid.uuid4())
    assert "Ash Field" not in text_of(area.client().get(page_of(again, "part", "oversight")))
    with pytest.raises(Refused, match="managers listed"):
        overseen_by(area, again, area.senior)


def test_withdrawn_it_asks_nobody_any_more(managers):
    area = managers
    referral = sent(area)
    actions.withdraw(referral_id=referral.pk, by=area.senior, reason="Of another child")
    assert not asked(referral).exists()


def test_only_probation_is_asked_and_a_note_by_hand_is_no_oversight(oxfordshire):
    area = oxfordshire
    referral = area.sent()
    assert referral.overseer is None and not asked(referral).exists()
    assert "oversight" not in text_of(area.client().get(page_of(referral, "show")))
    grant(area.lead, area.child)
    with pytest.raises(Refused, match="no referral here"):
        actions.oversee(referral_id=referral.pk, by=area.lead, note="All the same")
    with pytest.raises(Refused, match="by the act"):
        write_note(
            child=area.child, by=area.worker, token=uuid.uuid4(), referral=referral,
            kind=NoteKind.OVERSIGHT, happened_on=timezone.localdate(), text="Overseen",
        )  # fmt: skip


def test_out_of_an_emergency_the_manager_sees_the_referral_alone(managers):
    area = managers
    area.child = Place("oxfordshire").child
    access.break_glass(
        child_id=area.child.pk, by=area.worker, reason="She rang from a stairwell and hung up"
    )
    referral = sent(area)
    assert asked(referral).get().owner == area.senior
    assert not can(area.senior, Capability.SEE_CHILD, area.child)
    assert actions.oversee(referral_id=referral.pk, by=area.senior, note="Right to do it")


def test_the_manager_is_named_again_where_it_came_back(managers):
    """What was sent has their name; the draft that adds to it their account, if it still may."""
    area = managers
    first = sent(area, area.senior)
    received = area.at(first, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision="send back", reasons="Who are they?"
    )
    actions.agree(delivery_id=received.pk, by=area.other_duty, note="Yes")
    draft, _ = actions.start_again(referral_id=first.pk, by=area.worker)
    assert (draft.overseer, draft.sections["manager"]) == (area.senior, str(area.senior.pk))
    actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    draft.refresh_from_db()
    assert draft.sections["manager"] == area.senior.get_full_name()

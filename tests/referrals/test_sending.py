"""What sending asks, freezes and delivers; who is told, across areas too; what bad input gets."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from cse.access.actions import exclude
from cse.access.capabilities import Capability
from cse.access.models import ChildTeamGrant
from cse.access.policies import NotVisible, can
from cse.audit.models import AuditEvent
from cse.clocks.actions import add_day
from cse.clocks.queries import calendar_in
from cse.people.models import Role
from cse.strict import Refused as FactsRefused
from cse.workdays import calendar_of, due_on
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals import actions, preview, queries
from referrals.actions.common import DRAFT_DAYS
from referrals.actions.unread import tell_senders
from referrals.models import Delivery, Referral
from referrals.parts import worth_recording
from referrals.policies import NoDraft, Refused
from referrals.transitions import State
from screening.actions import start_screen
from tests.factories import grant, make_team, make_user
from tests.referrals.area import TEXTS, Area, years_old
from tests.screening.made import completed
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db


def waiting(kind, subject):
    return WorkItem.objects.filter(kind=kind, subject_id=subject.pk, closed_at__isnull=True)


@pytest.mark.requirement("S04", "W-REF-20", "W-REF-31")
def test_a_pregnant_child_of_twelve(wiltshire):
    """S04: R2 and R3; consent refused changes nothing; lead, day and other person are asked."""
    area = wiltshire
    child = area.another_child(date_of_birth=years_old(12))
    draft = area.draft(child, pregnant=True)
    fired = {rule["id"] for rule in draft.routing["rules"]}
    assert {"R2", "R3"} <= fired
    for way_out in ("decision_not_to_refer", "under_13_exception", "no_names_consultation"):
        assert not draft.routing[way_out]["available"]
    empty = dict.fromkeys(TEXTS["assessment"], "")
    draft = actions.save_part(
        referral_id=draft.pk, part="assessment", values=empty, version=1, by=area.worker
    )
    with pytest.raises(actions.Unfinished) as refusal:
        actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert {each.field for each in refusal.value.missing} == set(TEXTS["assessment"])
    draft = actions.save_part(
        referral_id=draft.pk,
        part="assessment",
        values=TEXTS["assessment"],
        version=2,
        by=area.worker,
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    for team in (area.front_door, area.police):
        delivery = area.at(sent, team)
        assert delivery.obligation == "mandatory"
        assert {"R2", "R3"} <= set(delivery.rules)
    assert sent.sections["consent"] == "refused"


@pytest.mark.requirement("DEC-50", "W-REF-31")
@pytest.mark.parametrize("said", [{}, {"consent": "refused"}, {"consent": "not_sought"}])
def test_consent_never_stands_in_the_way(oxfordshire, said):
    """Unanswered, or without a reason, it is asked for on the page, and the referral goes."""
    area = oxfordshire
    draft = area.draft(concerns_confirmed=True)
    draft = actions.save_part(
        referral_id=draft.pk,
        part="consent",
        values={"consent": "", "consent_reason": "", **said},
        version=draft.part_versions["consent"],
        by=area.worker,
    )
    assert [each.source.split(";")[0] for each in worth_recording(draft.sections)] == ["W §5.3"]
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert sent.status == "sent"
    assert area.at(sent, area.front_door).state == "received"


@pytest.mark.requirement("S07", "W-REF-23", "W-REF-25", "W-REF-27")
def test_a_person_in_a_position_of_trust(wiltshire):
    """S07: both are told; the Designated Officer has no team, so the referrer tells them."""
    area = wiltshire
    child = area.another_child(date_of_birth=years_old(17))
    sent = area.sent(child, position_of_trust=True, works_with_children=True)
    social_care = area.at(sent, area.front_door)
    assert social_care.routes == ["childrens_social_care"]
    officer = Delivery.objects.get(referral=sent, team=None)
    assert officer.contact == "Designated Officer (LADO)"
    assert (officer.obligation, social_care.obligation) == ("mandatory", "mandatory")
    assert waiting(kinds.TELL_CONTACT, officer).get().owner == area.worker
    with pytest.raises(Refused, match="whom you told"):
        actions.tell_contact(delivery_id=officer.pk, by=area.worker, note=" ")
    told = actions.tell_contact(delivery_id=officer.pk, by=area.worker, note="By telephone at 10")
    assert (told.state, told.acknowledged_by) == (State.ACKNOWLEDGED, area.worker)
    assert not waiting(kinds.TELL_CONTACT, officer).exists()


@pytest.mark.requirement("DEC-28", "DEC-25")
def test_no_screen_needs_a_reason_and_leaves_one_owed(oxfordshire):
    area = oxfordshire
    draft = area.draft(concerns_confirmed=True)
    draft = actions.save_part(
        referral_id=draft.pk,
        part="screen",
        values={"screen_reason": ""},
        version=1,
        by=area.worker,
    )
    with pytest.raises(actions.Unfinished) as refusal:
        actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert [each.field for each in refusal.value.missing] == ["screen_reason"]
    sent = area.sent()
    assert waiting(kinds.SCREEN_OUTSTANDING, sent).get().owner == area.worker


@pytest.mark.requirement("DEC-28")
def test_an_unfinished_screen_goes_along_and_stays_owed(oxfordshire):
    area = oxfordshire
    screen, _ = start_screen(child=area.child, by=area.worker)
    sent = area.sent(screen=screen, concerns_confirmed=True)
    assert sent.screen == screen
    assert sent.screen_facts == {"screened": False}
    assert waiting(kinds.SCREEN_OUTSTANDING, sent).exists()


@pytest.mark.requirement("O-REF-05", "W-REF-26")
def test_danger_now_waits_for_no_form(oxfordshire):
    area = oxfordshire
    draft, _ = actions.start_from_child(child=area.child, by=area.worker, token=uuid.uuid4())
    draft = actions.set_facts(
        referral_id=draft.pk, facts={"immediate_danger": True}, version=0, by=area.worker
    )
    draft = actions.save_part(
        referral_id=draft.pk,
        part="situation",
        values={"situation": "In danger."},
        version=0,
        by=area.worker,
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert {each.team for each in sent.deliveries.all()} == {area.front_door, area.police}


@pytest.mark.requirement("DEC-41")
def test_a_looked_after_child_in_the_other_area_goes_to_both(oxfordshire):
    area = oxfordshire
    there = Area("wiltshire")
    draft = area.draft(concerns_confirmed=True)
    with pytest.raises(Refused, match="looked-after"):
        actions.set_facts(
            referral_id=draft.pk,
            facts={"concerns_confirmed": True},
            version=1,
            by=area.worker,
            placed_in=there.authority,
        )
    draft = actions.set_facts(
        referral_id=draft.pk,
        facts={"concerns_confirmed": True, "looked_after": "s31"},
        version=1,
        by=area.worker,
        placed_in=there.authority,
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert area.at(sent, area.front_door).authority == area.authority
    # Wiltshire's own R12: a looked-after child goes directly to the specialist team as well.
    assert area.at(sent, there.front_door).authority == there.authority
    assert area.at(sent, there.specialists).obligation == "mandatory"
    assert can(there.duty, Capability.SEE_REFERRAL, area.child)


@pytest.mark.requirement("W-REF-32")
def test_early_help_goes_to_those_who_know_the_child_and_not_to_the_front_door(oxfordshire):
    area = oxfordshire
    sent = area.sent(level="vulnerable")
    assert not sent.deliveries.filter(team=area.front_door).exists()
    assert sent.deliveries.filter(contact="Early help").exists()


def test_what_no_rule_asks_for_goes_to_the_front_door(oxfordshire):
    area = oxfordshire
    sent = area.sent(professional_working=True)
    assert [each.team for each in sent.deliveries.all()] == [area.front_door]


def test_access_has_its_reason_and_its_end(oxfordshire):
    area = oxfordshire
    area.sent()
    held = ChildTeamGrant.objects.get(content_object=area.child, group=area.front_door.group)
    assert held.reason == "A referral of this child was sent to this team"
    assert round((held.expires_at - held.starts_at) / dt.timedelta(days=1)) == 90


def test_what_was_sent_is_frozen_by_the_database(oxfordshire):
    sent = oxfordshire.sent()
    sent.sections = {}
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        sent.save()
    with pytest.raises(NoDraft):
        actions.send(referral_id=sent.pk, by=oxfordshire.worker, version=sent.version)
    with pytest.raises(NoDraft):
        actions.set_aside(referral_id=sent.pk, by=oxfordshire.worker, reason="Wrong")


def test_a_form_sent_twice_makes_one_referral(oxfordshire):
    area, token = oxfordshire, uuid.uuid4()
    first, new = actions.start_from_child(child=area.child, by=area.worker, token=token)
    again, second = actions.start_from_child(child=area.child, by=area.worker, token=token)
    assert (first, new, second) == (again, True, False)
    with pytest.raises(Refused, match="another child"):
        actions.start_from_child(child=area.another_child(), by=area.worker, token=token)


def test_a_stale_save_gives_both_texts_and_writes_nothing(oxfordshire):
    area = oxfordshire
    draft = area.draft()
    with pytest.raises(actions.StaleSave) as clash:
        actions.save_part(
            referral_id=draft.pk,
            part="situation",
            values={"situation": "Mine"},
            version=0,
            by=area.colleague,
        )
    assert clash.value.values == {"situation": "Mine"}
    assert clash.value.referral.sections["situation"] == TEXTS["situation"]["situation"]
    with pytest.raises(actions.StaleCheck):
        actions.send(referral_id=draft.pk, by=area.worker, version=draft.version - 1)


def test_facts_nobody_may_say_change_nothing_and_wrong_ones_are_named(oxfordshire):
    area = oxfordshire
    draft = area.draft(
        concerns_confirmed=True, authority="wiltshire", date_of_birth="2001-01-01", consent="given"
    )
    assert draft.facts == {"concerns_confirmed": True}
    assert "assessment_team" in draft.routing["routes"]
    with pytest.raises(FactsRefused) as refusal:
        actions.set_facts(
            referral_id=draft.pk, facts={"pregnant": "maybe"}, version=1, by=area.worker
        )
    assert "pregnant" in str(refusal.value)
    assert Referral.objects.get(pk=draft.pk).facts == {"concerns_confirmed": True}


@pytest.mark.requirement("O-REF-04")
def test_a_date_of_birth_that_makes_the_child_18_stops_the_sending_and_loses_nothing(oxfordshire):
    area = oxfordshire
    draft = area.draft(concerns_confirmed=True)
    area.child.date_of_birth = years_old(18)
    area.child.save()
    with pytest.raises(Refused, match="18 or older"):
        actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    with pytest.raises(Refused, match="18 or older"):
        actions.start_from_child(child=area.child, by=area.worker, token=uuid.uuid4())
    assert Referral.objects.get(pk=draft.pk).sections["situation"]


def test_a_screen_of_another_child_and_a_made_up_id_are_the_same_no(oxfordshire):
    area = oxfordshire
    other = Area("oxfordshire")
    screen = completed(other)
    with pytest.raises(NotVisible):
        actions.start_from_screen(screen=screen, by=area.worker, token=uuid.uuid4())
    draft = other.draft()
    for referral_id in (draft.pk, uuid.uuid4()):
        with pytest.raises(NotVisible):
            actions.send(referral_id=referral_id, by=area.worker, version=1)


def test_without_access_the_draft_is_kept_and_not_saved(oxfordshire):
    area = oxfordshire
    draft = area.draft()
    for held in area.child.user_grants.filter(user=area.worker):
        held.expires_at = held.starts_at
        held.save()
    with pytest.raises(NotVisible):
        actions.save_part(
            referral_id=draft.pk,
            part="family",
            values={"family": "Typed"},
            version=0,
            by=area.worker,
        )
    assert can(area.lead, Capability.SEE_REFERRAL, area.child)


def test_a_field_has_a_limit_and_the_text_before_stays(oxfordshire):
    area = oxfordshire
    draft = area.draft()
    with pytest.raises(Refused, match="20,000"):
        actions.save_part(
            referral_id=draft.pk,
            part="situation",
            values={"situation": "x" * 20_001},
            version=1,
            by=area.worker,
        )
    draft.refresh_from_db()
    assert draft.sections["situation"] == TEXTS["situation"]["situation"]


def test_events_say_nothing_of_the_child(oxfordshire):
    area = oxfordshire
    area.sent()
    for event in AuditEvent.objects.filter(object_kind__startswith="referrals."):
        said = f"{event.reason} {event.data} {event.rule}"
        assert area.child.given_name not in said
        assert TEXTS["situation"]["situation"] not in said


def test_a_lower_screen_result_never_takes_off_what_was_said(oxfordshire):
    """Facts of both sources are added up: the person's own worry stands."""
    area = oxfordshire
    screen = completed(area, level="vulnerable", concerns_confirmed="no", harm_happened="no")
    draft = area.draft(screen=screen, concerns_confirmed=True)
    assert {"R4", "R13"} <= {rule["id"] for rule in draft.routing["rules"]}


def test_a_colleague_with_access_from_another_agency_cannot_touch_the_draft(oxfordshire):
    area = oxfordshire
    draft = area.draft()
    outsider = make_user()
    grant(outsider, area.child)
    with pytest.raises(NotVisible):
        actions.send(referral_id=draft.pk, by=outsider, version=draft.version)


def test_a_lead_who_sends_it_has_nothing_to_acknowledge(oxfordshire):
    """Who refers knows of it: their own team's copy is acknowledged by sending it."""
    area = oxfordshire
    leads = area.lead.posts.get().team
    for sender, state, waits in (
        (area.worker, "received", True),
        (area.lead, "acknowledged", False),
    ):
        child = area.another_child()
        grant(area.lead, child)
        draft = area.draft(child, concerns_confirmed=True)
        sent = actions.send(referral_id=draft.pk, by=sender, version=draft.version)
        own = area.at(sent, leads)
        assert own.state == state
        assert own.acknowledged_by == (None if waits else sender)
        assert waiting(kinds.ACKNOWLEDGE_REFERRAL, own).exists() is waits
        assert waiting(kinds.DECIDE_REFERRAL, area.at(sent, area.front_door)).exists()
    head = make_user(Role.SENIOR_MANAGER, agency=area.agency)
    grant(head, child)
    actions.withdraw(referral_id=sent.pk, by=head, reason="The wrong child")
    assert area.at(sent, area.front_door).state == "withdrawn"
    assert area.at(sent, leads).state == "acknowledged"


def test_it_waits_in_no_queue_that_nobody_can_read(oxfordshire):
    """Everybody of the front door is excluded from the child: whoever refers tells them."""
    area = oxfordshire
    grant(area.lead, area.child)
    exclude(child=area.child, user=area.duty, ground="relative", reason="A niece", by=area.lead)
    first = area.sent()
    assert area.at(first, area.front_door).state == "received"
    exclude(
        child=area.child, user=area.other_duty, ground="involved", reason="A friend", by=area.lead
    )
    sent = area.sent()
    assert not sent.deliveries.filter(team=area.front_door).exists()
    contact = sent.deliveries.get(contact="Front door")
    assert waiting(kinds.TELL_CONTACT, contact).get().owner == area.worker
    # One that no rule asks for is told to them too: it is not held up.
    weighed = area.sent(professional_working=True)
    assert [each.contact for each in weighed.deliveries.all()] == ["Front door"]
    # What was there before waits for nobody, and whoever sent it reads so.
    where = reverse("referrals:show", args=[first.pk])
    assert "It is not being read" in text_of(area.client().get(where))
    unread = area.at(first, area.front_door)
    assert not waiting(kinds.UNREAD_REFERRAL, unread)
    for changed in (1, 0):
        assert tell_senders() == changed
        assert waiting(kinds.UNREAD_REFERRAL, unread).get().owner == area.worker
    assert waiting(kinds.UNREAD_REFERRAL, contact).count() == 0
    where = reverse("referrals:show", args=[sent.pk])
    assert "It is not being read" not in text_of(area.client().get(where))
    # Somebody joins the team: it waits for the sender no more, until their account is closed.
    joined = make_user(Role.FRONT_DOOR, team=area.front_door)
    assert tell_senders() == 1
    assert not waiting(kinds.UNREAD_REFERRAL, unread)
    joined.is_active = False
    joined.save()
    assert tell_senders() == 1
    assert waiting(kinds.UNREAD_REFERRAL, unread).get().owner == area.worker
    joined.is_active = True
    joined.save()
    assert tell_senders() == 1
    # The referral of another child still reaches them.
    assert area.at(area.sent(area.another_child()), area.front_door).state == "received"


# -- By when a strategy discussion is to be held --------------------------------------------------


def held(referral):
    found = {each.title: each for each in preview.kept_preview(referral, None).held}
    return found["Strategy discussion of the police, social care and others"]


@pytest.mark.requirement("DEC-59")
@pytest.mark.parametrize(("setting", "days"), [(3, 3), (5, 5), (0, 0), (None, 0)])
def test_an_area_has_its_own_working_days_to_a_strategy_discussion(wiltshire, setting, days):
    area = wiltshire
    area.authority.clock_settings = {"strategy_discussion_days": setting}
    area.authority.save()
    sent = area.sent(group_suspected=True)
    sent.refresh_from_db()
    found = held(sent)
    assert found.working_days == days
    assert found.due_on == ((days and due_on(dt.date.today(), days, calendar_of())) or None)
    assert found.source == ("O §11.2; this area’s handbook sets no number of days" if days else "")


@pytest.mark.requirement("DEC-59")
def test_what_was_said_when_it_was_sent_does_not_move(oxfordshire):
    """Neither with a bank holiday that is added later nor with another setting."""
    area = oxfordshire
    sent = area.sent(group_suspected=True)
    sent.refresh_from_db()
    before = held(sent)
    assert before.source == "O §11.2"
    add_day(
        kind="bank_holiday",
        on=due_on(dt.date.today(), 1, calendar_of()),
        name="A royal occasion",
        authority=None,
        moves=True,
        by=make_user(Role.ADMINISTRATOR, agency=area.agency),
    )
    area.authority.clock_settings = {"strategy_discussion_days": 9}
    area.authority.save()
    sent = queries.visible_to(area.worker).get(pk=sent.pk)
    assert held(sent) == before


@pytest.mark.requirement("DEC-29", "DEC-31")
def test_what_waits_is_counted_in_the_areas_own_working_days(oxfordshire):
    """A one-off bank holiday moves the day of what begins after it was entered."""
    area, today = oxfordshire, timezone.localdate()
    holiday = due_on(today, 1, calendar_of())
    administrator = make_user(Role.ADMINISTRATOR, team=make_team(area.care))
    add_day(
        kind="bank_holiday",
        on=holiday,
        name="A day of its own",
        authority=None,
        moves=True,
        by=administrator,
    )
    draft = area.draft()
    due = timezone.localdate(waiting(kinds.FINISH_REFERRAL, draft).get().due_at)
    assert due == due_on(today, DRAFT_DAYS, calendar_in(area.authority.pk))
    assert due != due_on(today, DRAFT_DAYS, calendar_of())

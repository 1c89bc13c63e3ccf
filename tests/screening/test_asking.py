"""Who is asked to answer for what was lowered, and how long they see the child because of it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cse.access.actions import end_access, exclude, seal
from cse.access.capabilities import Capability
from cse.access.models import ChildTeamGrant, ChildUserGrant, Exclusion
from cse.access.policies import NotVisible, can
from cse.audit.models import AuditEvent
from cse.people.models import Role, TeamKind
from cse.worklist.handing import hand_over_all
from cse.worklist.models import WorkItem
from screening.actions import approve_level, complete, countersign, start_screen
from screening.answers import Given
from screening.documents.paper import screen_document
from screening.documents.screen import record_of
from screening.models import Countersignature
from screening.policies import Refused
from screening.rules import Presence
from tests.factories import grant, make_agency, make_team, make_user
from tests.prepared import prepared
from tests.referrals.area import years_old
from tests.screening.conftest import Place
from tests.screening.made import HIGH, OTHER_HIGH, TYPED, completed, fill_in, lowered
from tests.screening.pages import address, text_of

pytestmark = pytest.mark.django_db


@prepared
def place(tools):
    """A child of 13; the lead lowers, and there is no other lead at the agency."""
    made = Place("oxfordshire", date_of_birth=years_old(13))
    post = made.other_lead.posts.get()
    post.ends_on = dt.date(2025, 1, 1)
    post.save()
    grant(made.lead, made.child)
    return made


def manager_of(place):
    return make_user(
        Role.SENIOR_MANAGER,
        team=make_team(place.agency),
        given_name="Ellis",
        family_name="Wye",
    )


def specialists_of(place):
    care = make_agency(authority=place.authority, type="social_care")
    team = make_team(care, kind=TeamKind.CSE_TEAM)
    return make_user(Role.CSE_TEAM, team=team), team


def lower_highs(place, *rows):
    return completed(place, by=place.lead, answers={row: lowered() for row in rows or (HIGH,)})


def asked():
    rows = WorkItem.objects.filter(kind="countersign", closed_at__isnull=True)
    return [(row.owner, row.owner_group) for row in rows]


def sign(screen, by, row=HIGH):
    return countersign(screen_id=screen.pk, indicator=row, agrees=True, reason="Seen", by=by)


def days_left(row):
    return (row.expires_at - timezone.now()) / dt.timedelta(days=1)


@pytest.mark.requirement("DEC-04")
def test_a_senior_manager_of_the_agency_is_asked_before_another_agency(place):
    manager, (_, team) = manager_of(place), specialists_of(place)
    screen = lower_highs(place)
    assert asked() == [(manager, None)]
    assert not ChildTeamGrant.objects.filter(group=team.group).exists()
    row = ChildUserGrant.objects.get(user=manager)
    assert row.basis == "signatory" and 13 < days_left(row) <= 14
    page = text_of(place.client(place.lead).get(address(screen, "completed")))
    assert "Asked to answer: Ellis Wye, Worker." in page
    assert "They can see this child until they have answered, and for 14 days at most." in page
    client = place.client(manager)
    assert "Keep my answer" in text_of(client.get(address(screen, "countersign")))
    sent = client.post(
        address(screen, "countersign"), {"indicator": HIGH, "answer": "agree", "reason": "Seen"}
    )
    assert sent["Location"] == "/"
    assert Countersignature.objects.get(screen=screen).by == manager
    assert not can(manager, Capability.COUNTERSIGN, place.child.pk)
    assert client.get(address(screen, "show")).status_code == 404
    assert "no longer see the child" in text_of(client.get("/"))
    event = AuditEvent.objects.get(act="access ended")
    assert (event.actor_id, event.child_id) == (manager.pk, place.child.pk)


@pytest.mark.requirement("DEC-04")
def test_another_agencys_team_sees_the_child_only_until_the_answer(place):
    specialist, team = specialists_of(place)
    screen = lower_highs(place, HIGH, OTHER_HIGH)
    assert asked() == [(None, team.group)]
    row = ChildTeamGrant.objects.get(group=team.group)
    assert row.basis == "signatory" and 13 < days_left(row) <= 14
    page = text_of(place.client(place.lead).get(address(screen, "completed")))
    assert f"Asked to answer: {team.name}, {team.agency.name}." in page
    assert "until they have answered" in page
    sign(screen, specialist)
    assert can(specialist, Capability.COUNTERSIGN, place.child.pk)  # one row still waits
    sign(screen, specialist, OTHER_HIGH)
    assert not can(specialist, Capability.COUNTERSIGN, place.child.pk)
    row.refresh_from_db()
    assert row.ended_reason == "Answered" and row.expires_at <= timezone.now()


@pytest.mark.requirement("DEC-09")
def test_the_answer_to_a_lower_level_ends_the_access_too(place):
    manager = manager_of(place)
    completed(place, level="at_risk")
    screen = completed(place, by=place.lead, level="vulnerable")
    event = place.child.level_events.get(needs_approval=True)
    assert can(manager, Capability.APPROVE_LEVEL, place.child.pk)
    assert "Asked to answer: Ellis Wye" in text_of(
        place.client(place.lead).get(address(screen, "show"))
    )
    approve_level(event_id=event.pk, by=manager, note="The risk is less")
    assert not can(manager, Capability.APPROVE_LEVEL, place.child.pk)


@pytest.mark.requirement("DEC-04")
def test_a_manager_who_is_not_asked_cannot_answer(place):
    manager = manager_of(place)
    grant(manager, place.child)
    screen = completed(place, answers={HIGH: lowered()})  # the worker lowered it: the lead is asked
    assert asked() == [(None, place.lead.posts.get().team.group)]
    with pytest.raises(Refused, match="safeguarding lead"):
        sign(screen, manager)


@pytest.mark.requirement("DEC-04")
def test_somebody_kept_from_the_child_is_not_asked(place):
    manager, (_, team) = manager_of(place), specialists_of(place)
    Exclusion(
        child=place.child,
        user=manager,
        ground="relative",
        reason="A relative",
        declared_by=place.lead,
        starts_at=timezone.now(),
    ).save()
    screen = lower_highs(place)
    assert asked() == [(None, team.group)]
    with pytest.raises(NotVisible):
        sign(screen, manager)


def test_access_of_another_kind_stays_after_the_answer(place):
    manager = manager_of(place)
    grant(manager, place.child)
    sign(lower_highs(place), manager)
    assert can(manager, Capability.COUNTERSIGN, place.child.pk)


@pytest.mark.requirement("DEC-04")
def test_what_waits_is_shown_on_the_screen_and_in_the_list_to_who_may_not_sign(tools):
    place = Place("oxfordshire", date_of_birth=years_old(13))
    screen = completed(place, answers={HIGH: lowered()}, harm_happened="no")
    worker = place.client()
    page = text_of(worker.get(address(screen, "show")))
    assert "A countersignature is needed" in page
    assert f"Asked to answer: {place.lead.posts.get().team.name}" in page
    assert "Think about" in page and "Countersign what was lowered" not in page
    assert "indicators are not answered. That is not “no”" in page
    assert "Think about" in text_of(worker.get(address(screen, "completed")))
    listed = reverse("screening:child", args=[place.child.pk])
    assert "Complete; waits for a countersignature" in text_of(worker.get(listed))
    sign(screen, place.lead)
    assert "A countersignature is needed" not in text_of(worker.get(address(screen, "show")))
    assert "waits for a countersignature" not in text_of(worker.get(listed))


@pytest.mark.requirement("DEC-04")
def test_a_completed_screen_does_not_say_how_to_lower_a_level(tools):
    place = Place("oxfordshire", date_of_birth=years_old(13))
    screen = completed(place, answers={HIGH: Given(presence=Presence.YES)})
    for page in ("show", "completed"):
        assert "lower it with a reason" not in text_of(place.client().get(address(screen, page)))
    paper = screen_document(record_of(screen))
    assert not [text for text, _ in paper.considered if "lower it" in text]


def losing(place, manager, how):
    """The lead, who lowered it, takes the child from who was asked to answer."""
    if how == "excluded":
        exclude(
            child=place.child, user=manager, ground="relative", reason="A relative", by=place.lead
        )
    elif how == "access ended":
        held = ChildUserGrant.objects.get(user=manager)
        end_access(grant=held, by=place.lead, reason="Not needed")
    else:
        seal(child=place.child, names=[], reason="A threat", by=place.lead)


@pytest.mark.requirement("DEC-04", "DEC-09")
@pytest.mark.parametrize("kind", ["countersign", "approve_level"])
@pytest.mark.parametrize("how", ["excluded", "access ended"])
def test_who_is_asked_and_loses_the_child_is_stood_in_for(place, how, kind):
    """It does not fall to the lead who lowered it: somebody else is asked, by the same day."""
    manager, (_, team) = manager_of(place), specialists_of(place)
    if kind == "countersign":
        lower_highs(place)
    else:
        completed(place, level="at_risk")
        completed(place, by=place.lead, level="vulnerable")
    waiting = WorkItem.objects.filter(kind=kind, closed_at__isnull=True)
    before = waiting.get()
    assert before.owner == manager
    losing(place, manager, how)
    after = waiting.get()
    assert (after.owner_group, after.due_at) == (team.group, before.due_at)
    assert ChildTeamGrant.objects.get(group=team.group).basis == "signatory"
    assert AuditEvent.objects.filter(act="work handed over", child_id=place.child.pk).exists()
    assert hand_over_all() == 0


@pytest.mark.requirement("DEC-04")
def test_where_a_seal_leaves_nobody_to_answer_the_administrator_is_asked(place):
    manager = manager_of(place)
    specialists_of(place)
    administrator = make_user(Role.ADMINISTRATOR, team=make_team(place.agency))
    lower_highs(place)
    assert asked() == [(manager, None)]
    losing(place, manager, "sealed")
    assert asked() == [(None, place.lead.posts.get().team.group)]  # it waits for the next lead
    named = WorkItem.objects.get(kind="second_lead", closed_at__isnull=True)
    assert named.owner == administrator


@pytest.mark.requirement("DEC-04")
def test_each_lowered_row_waits_for_who_may_answer_for_it(place):
    """The lead lowered one of two: she answers for the other, and her stand-in for hers alone."""
    manager = manager_of(place)
    draft, _ = start_screen(child=place.child, by=place.worker)
    draft = fill_in(draft, place.worker, {HIGH: lowered()}, TYPED)
    draft = fill_in(draft, place.lead, {OTHER_HIGH: lowered()})
    screen = complete(screen_id=draft.pk, by=place.worker, version=draft.version)
    leads = place.lead.posts.get().team.group
    assert sorted(asked(), key=str) == sorted([(None, leads), (manager, None)], key=str)
    with pytest.raises(Refused, match="safeguarding lead answers for this one"):
        sign(screen, manager, HIGH)
    with pytest.raises(Refused, match="yourself"):
        sign(screen, place.lead, OTHER_HIGH)
    sign(screen, place.lead, HIGH)
    assert asked() == [(manager, None)]  # what is left is nothing for the leads
    sign(screen, manager, OTHER_HIGH)
    assert asked() == []

"""Somebody loses a child: what waited for them waits for the leads, and never for nobody."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from cse.access.actions import end_access, exclude, give_access, seal
from cse.access.models import ChildTeamGrant, ChildUserGrant
from cse.audit.models import AuditEvent
from cse.people.models import AgencyType, Post, Role, TeamKind
from cse.worklist import kinds
from cse.worklist.actions import open_item
from cse.worklist.handing import hand_over, hand_over_all
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from cse.worklist.tasks import hand_over_work
from tests.access.people import make_case
from tests.factories import grant, make_agency, make_team, make_user
from tests.prepared import prepared

pytestmark = pytest.mark.django_db


@prepared
def case():
    """A draft of the worker's waits on the child."""
    case = make_case()
    case.item = open_work(case, case.worker)
    return case


def open_work(case, owner=None, group=None):
    with transaction.atomic():
        return open_item(
            kind=kinds.FINISH_DRAFT,
            child=case.child,
            subject=case.child,
            due_at=timezone.now() + dt.timedelta(days=2),
            owner=owner,
            group=group,
        )


def what_waits(user):
    return [(item.kind, item.for_team) for item in waiting_for(user).items]


def assert_the_leads_have_it(case):
    assert what_waits(case.worker) == []
    assert what_waits(case.lead) == what_waits(case.other_lead) == [(kinds.FINISH_DRAFT, True)]
    moved = WorkItem.objects.get()
    assert (moved.pk, moved.due_at) == (case.item.pk, case.item.due_at)
    event = AuditEvent.objects.get(act="work handed over")
    assert event.data == {"kind": kinds.FINISH_DRAFT, "from": str(case.worker.pk)}


def test_a_draft_goes_to_the_leads_when_access_is_ended(case):
    grant = ChildUserGrant.objects.get(user=case.worker)
    end_access(grant=grant, by=case.lead, reason="Moved to another school")
    assert_the_leads_have_it(case)


def test_a_draft_goes_to_the_leads_when_somebody_is_excluded(case):
    exclude(child=case.child, user=case.worker, ground="other", reason="A relative", by=case.lead)
    assert_the_leads_have_it(case)


def test_a_draft_goes_to_the_named_when_the_child_is_sealed(case):
    seal(child=case.child, names=[], reason="A threat", by=case.lead)
    assert what_waits(case.worker) == []
    assert what_waits(case.lead) == [(kinds.FINISH_DRAFT, True)]


@pytest.mark.parametrize("what", ["grant", "post", "account"])
def test_what_ends_by_itself_is_handed_over_by_the_worker(case, what):
    yesterday = timezone.now() - dt.timedelta(days=1)
    if what == "grant":
        grant = ChildUserGrant.objects.get(user=case.worker)
        grant.starts_at, grant.expires_at = yesterday, yesterday + dt.timedelta(hours=1)
        grant.save()
    elif what == "post":
        post = case.worker.posts.get()
        post.ends_on = yesterday.date()
        post.save()
    else:
        case.worker.is_active = False
        case.worker.save()
    hand_over_work()
    assert_the_leads_have_it(case)
    assert hand_over_all() == 0


def test_what_is_seen_stays_with_its_owner(case):
    assert hand_over(child_id=case.child.pk) == hand_over_all() == 0
    assert what_waits(case.worker) == [(kinds.FINISH_DRAFT, False)]


def test_what_the_leads_have_already_is_not_there_twice(case):
    open_work(case, group=case.leads.group)
    end_access(grant=ChildUserGrant.objects.get(user=case.worker), by=case.lead, reason="Moved")
    assert what_waits(case.lead) == [(kinds.FINISH_DRAFT, True)]
    assert WorkItem.objects.filter(closed_at=None).count() == 1


def test_without_leads_it_goes_to_who_may_decide_about_access(case):
    manager = make_user(Role.SENIOR_MANAGER, team=make_team(case.leads.agency))
    until = timezone.localdate() + dt.timedelta(days=90)
    give_access(child=case.child, by=case.lead, user=manager, reason="Covers", until=until)
    for lead in (case.lead, case.other_lead):
        lead.is_active = False
        lead.save()
    end_access(grant=ChildUserGrant.objects.get(user=case.worker), by=manager, reason="Moved")
    assert what_waits(manager) == [(kinds.FINISH_DRAFT, False)]


def test_where_nobody_is_left_it_stays_as_it_was(case):
    for person in (case.worker, case.lead, case.other_lead):
        person.is_active = False
        person.save()
    assert hand_over_all() == 0
    assert WorkItem.objects.get().owner_id == case.worker.pk


def keep_out(case, *people, by):
    for person in people:
        exclude(child=case.child, user=person, ground="other", reason="A relative", by=by)


@prepared
def specialist(case):
    """A CSE team of the area, and its one person, who sees the child."""
    team = make_team(case.leads.agency, kind=TeamKind.CSE_TEAM)
    specialist = make_user(Role.CSE_TEAM, team=team)
    grant(None, case.child, team=team)
    return specialist


def test_a_teams_work_goes_on_when_nobody_there_sees_the_child(case, specialist):
    item = open_work(case, group=case.leads.group)
    keep_out(case, case.lead, by=specialist)
    assert what_waits(case.other_lead) == [(kinds.FINISH_DRAFT, True)]
    assert what_waits(specialist) == []
    keep_out(case, case.other_lead, by=specialist)
    assert what_waits(case.other_lead) == []
    assert what_waits(specialist) == [(kinds.FINISH_DRAFT, True)]
    event = AuditEvent.objects.get(act="work handed over")
    assert event.data == {"kind": kinds.FINISH_DRAFT, "from": str(case.leads.group_id)}
    item.refresh_from_db()
    assert item.owner_group == specialist.posts.get().team.group


def test_a_teams_access_that_ends_by_itself_is_noticed_by_the_worker(case, specialist):
    open_work(case, group=case.leads.group)
    ended = ChildTeamGrant.objects.get(group=case.leads.group)
    ended.starts_at = timezone.now() - dt.timedelta(days=2)
    ended.expires_at = timezone.now() - dt.timedelta(days=1)
    ended.save()
    assert hand_over_all() == 1
    assert what_waits(specialist) == [(kinds.FINISH_DRAFT, True)]


def test_the_work_of_a_team_without_anybody_waits_for_the_next_one(case, specialist):
    open_work(case, group=case.leads.group)
    for post in Post.objects.filter(team=case.leads):
        post.ends_on = timezone.localdate() - dt.timedelta(days=1)
        post.save()
    assert hand_over_all() == 0
    successor = make_user(Role.NAMED_LEAD, team=case.leads)
    assert what_waits(successor) == [(kinds.FINISH_DRAFT, True)]


@pytest.mark.parametrize("kind", [kinds.SINGLE_ASSESSMENT, kinds.ASSESSMENT_RISKS])
def test_what_social_care_owes_is_handed_to_no_school(case, kind):
    """R12: where nobody of the team that is responsible sees the child it stays theirs."""
    care = make_agency(type=AgencyType.SOCIAL_CARE)
    team = make_team(care, kind=TeamKind.CSE_TEAM)
    person = make_user(Role.CSE_TEAM, team=team)
    grant(None, case.child, team=team)
    with transaction.atomic():
        item = open_item(
            kind=kind,
            child=case.child,
            subject=case.child,
            due_at=timezone.now() + dt.timedelta(days=2),
            group=team.group,
        )
    keep_out(case, person, by=case.lead)
    item.refresh_from_db()
    assert item.owner_group == team.group
    leads = make_team(care, kind=TeamKind.LEADS)
    lead = make_user(Role.NAMED_LEAD, team=leads)
    grant(None, case.child, team=leads)
    assert hand_over_all() == 1
    assert what_waits(lead) == [(kind, True)]

"""A sealed child whose named people have all gone: somebody is told, and lets somebody else in."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cse.access import actions
from cse.access.abandoned import successors
from cse.access.capabilities import Capability
from cse.access.models import ChildUserGrant, SealName
from cse.access.policies import NotAllowed, NotVisible, OwnInterest, can
from cse.access.tasks import remind_reviews
from cse.audit.models import AuditEvent
from cse.people.models import Role, TeamKind
from cse.worklist.models import WorkItem
from cse.worklist.queries import unseen_work_of
from tests.factories import grant, make_agency, make_child, make_team, make_user
from tests.prepared import prepared

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-01")]


def address(seal):
    return reverse("access:name-for-seal", args=[seal.pk])


@prepared
def sealed(case):
    """Sealed by a lead who alone can act on it; the worker is named too."""
    return actions.seal(child=case.child, names=[case.worker], reason="A relative", by=case.lead)


def leave_post(case):
    post = case.lead.posts.get()
    post.ends_on = timezone.localdate() - dt.timedelta(days=1)
    post.save()


def close_account(case):
    case.lead.is_active = False
    case.lead.save()


def lose_name(case):
    name = SealName.objects.get(user=case.lead)
    name.ended_at = timezone.now()
    name.save()


GONE = {"post ended": leave_post, "account closed": close_account, "name ended": lose_name}


def waiting(kind=None):
    found = WorkItem.objects.filter(closed_at__isnull=True)
    return list(found.filter(kind=kind) if kind else found)


@prepared
def gone(case, sealed):
    """Nobody can act on the seal any more, and somebody was told."""
    leave_post(case)
    remind_reviews()
    return sealed


@pytest.mark.parametrize("how", GONE)
def test_when_the_last_who_could_act_has_gone_the_leads_are_told(case, sealed, how):
    remind_reviews()
    assert waiting() == []
    GONE[how](case)
    remind_reviews()
    remind_reviews()
    (item,) = waiting()
    assert (item.kind, item.owner_group) == ("name_for_seal", case.leads.group)
    assert item.subject_id == sealed.pk
    assert [each.pk for each in unseen_work_of(case.other_lead)] == [item.pk]


def test_access_that_ran_out_counts_as_gone(case, sealed):
    with time_machine.travel(timezone.now() + dt.timedelta(days=301)):
        remind_reviews()
        assert len(waiting("name_for_seal")) == 1


def test_home_says_that_it_waits_and_nothing_of_the_child(as_user, case, gone):
    page = as_user(case.other_lead, confirmed=True).get("/").content.decode()
    assert "Name somebody for a sealed record that nobody can open" in page
    shown = as_user(case.other_lead, confirmed=True).get(address(gone)).content.decode()
    for secret in (case.child.family_name, case.child.reference, str(case.child.pk), gone.reason):
        assert secret not in page + shown
    assert "Nobody can open this record" in shown
    assert not can(case.other_lead, Capability.SEE_CHILD, case.child)


def test_a_colleague_is_named_and_can_open_it_and_act(as_user, case, gone):
    manager = make_user(Role.SENIOR_MANAGER, agency=case.leads.agency)
    said = {"person": str(manager.pk), "reason": "She has taken over the case"}
    answer = as_user(case.other_lead, confirmed=True).post(address(gone), said)
    assert answer["Location"] == reverse("worklist:home")
    assert can(manager, Capability.SEAL, case.child)
    assert not can(case.other_lead, Capability.SEE_CHILD, case.child)
    assert waiting() == []
    event = AuditEvent.objects.get(act="named in a seal that nobody could open")
    assert (event.actor_id, event.data) == (case.other_lead.pk, {"name": str(manager.pk)})
    held = ChildUserGrant.objects.get(user=manager, content_object=case.child)
    assert held.expires_at <= timezone.now() + dt.timedelta(days=90)
    remind_reviews()
    assert waiting() == []
    actions.lift_seal(seal=gone, by=manager, reason="No longer needed")


def test_nobody_names_themselves_nor_somebody_who_could_not_act(case, gone):
    with pytest.raises(OwnInterest):
        actions.name_for_seal(seal=gone, user=case.other_lead, by=case.other_lead, reason="Me")
    for person in (case.worker, case.stranger, make_user(Role.SENIOR_MANAGER)):
        with pytest.raises(NotAllowed, match="cannot be named"):
            actions.name_for_seal(seal=gone, user=person, by=case.other_lead, reason="Them")
    assert SealName.objects.filter(seal=gone).count() == 2


def test_where_nobody_else_could_be_named_the_page_says_what_to_do(as_user, case, gone):
    page = as_user(case.other_lead, confirmed=True).get(address(gone)).content.decode()
    assert "There is nobody you could name." in page


@pytest.mark.parametrize("who", ["worker", "stranger", "elsewhere", "excluded"])
def test_whoever_is_not_told_finds_no_page(as_user, case, gone, who):
    people = {
        "elsewhere": make_user(Role.NAMED_LEAD, agency=make_agency()),
        "excluded": case.other_lead,
    }
    person = people.get(who) or getattr(case, who)
    if who == "excluded":
        excluded_from(case.child, person)
    client = as_user(person, confirmed=True)
    hidden, nowhere = (client.get(at) for at in (address(gone), address(MadeUp)))
    assert (hidden.status_code, hidden.content) == (nowhere.status_code, nowhere.content)
    assert unseen_work_of(person) == []
    with pytest.raises(NotVisible):
        actions.name_for_seal(seal=gone, user=case.other_lead, by=person, reason="Curious")


class MadeUp:
    pk = uuid.UUID("00000000-0000-4000-8000-000000000000")


def excluded_from(child, person):
    from cse.access.models import Exclusion

    row = Exclusion(child=child, user=person, ground="other", reason="Knows the family")
    row.starts_at, row.declared_by = timezone.now(), person
    row.save()


def test_a_seal_that_has_its_people_has_no_such_page(as_user, case, sealed):
    client = as_user(case.other_lead, confirmed=True)
    assert client.get(address(sealed)).status_code == 404
    with pytest.raises(NotVisible):
        actions.name_for_seal(seal=sealed, user=case.lead, by=case.other_lead, reason="Too soon")


def test_without_a_lead_the_areas_cse_team_is_told(case, sealed):
    team = make_team(
        make_agency(authority=case.child.authority), kind=TeamKind.CSE_TEAM, name="Kingfisher"
    )
    specialist = make_user(Role.CSE_TEAM, team=team)
    close_account(case)
    excluded_from(case.child, case.other_lead)
    remind_reviews()
    (item,) = waiting()
    assert item.owner_group == team.group
    assert unseen_work_of(specialist) == [item]
    assert specialist not in successors(sealed, specialist)


def test_without_anybody_administrators_are_asked_for_a_lead(as_user, case, sealed):
    administrator = make_user(Role.ADMINISTRATOR)
    for person in (case.lead, case.other_lead):
        person.is_active = False
        person.save()
    remind_reviews()
    (item,) = waiting()
    assert (item.kind, item.owner) == ("find_lead", administrator)
    page = as_user(administrator).get("/").content.decode()
    assert "Give somebody the post of safeguarding lead: a sealed record has nobody left" in page
    assert reverse("people:edit-agency", args=[case.leads.agency_id]) in page
    for secret in (case.child.family_name, case.child.reference, str(case.child.pk)):
        assert secret not in page
    new = make_user(Role.NAMED_LEAD, team=case.leads)
    remind_reviews()
    (item,) = waiting()
    assert (item.kind, unseen_work_of(new)) == ("name_for_seal", [item])


def test_who_comes_back_ends_the_waiting(case, gone):
    post = case.lead.posts.get()
    post.ends_on = None
    post.save()
    remind_reviews()
    assert waiting() == []


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_costs_one_query_whatever_its_length(case, more, django_assert_num_queries):
    for child in (case.child, *(make_child(by=case.worker) for _ in range(more))):
        grant(case.lead, child)
        actions.seal(child=child, names=[], reason="A relative", by=case.lead)
    leave_post(case)
    remind_reviews()
    with django_assert_num_queries(2):  # the posts, then the work
        assert len(unseen_work_of(case.other_lead)) == 1 + more
    with django_assert_num_queries(1):
        assert unseen_work_of(case.worker) == []

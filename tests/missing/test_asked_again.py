"""Who sees to a return interview may leave: it is owed all the same, by whoever there is (W §7)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from cse.access.actions import end_access, exclude
from cse.access.models import Basis, ChildTeamGrant
from cse.access.policies import NotVisible
from cse.audit.models import AuditEvent
from cse.missing import actions
from cse.missing.models import ReturnInterview
from cse.missing.policies import may
from cse.missing.tasks import ask_again
from cse.people.actions import close_account
from cse.people.models import Role, TeamKind
from cse.worklist.handing import hand_over_all
from cse.worklist.queries import waiting_for
from tests.factories import grant, make_agency, make_team, make_user
from tests.missing.test_sealed import waits
from tests.screening.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("W-SHR-21", "DEC-24")]


@pytest.fixture
def owed(scene):
    return scene.returned()[0]


@pytest.fixture
def specialists(scene):
    """The area's CSE team, which coordinates where no front door can."""
    team = make_team(scene.care, kind=TeamKind.CSE_TEAM)
    scene.specialist = make_user(Role.CSE_TEAM, team=team)
    return team


def close(person):
    area = person.posts.first().team.agency.authority
    office = make_team(make_agency(authority=area))
    administrator = make_user(Role.ADMINISTRATOR, team=office)
    close_account(by=administrator, person=person, reason="Left")


@pytest.mark.parametrize("leave", ["account", "post"])
def test_without_anybody_at_the_front_door_the_specialists_have_it(scene, owed, specialists, leave):
    assert waits(owed) == {("allocate_interview", scene.front_door.group)}
    if leave == "account":
        close(scene.coordinator)
    else:
        post = scene.coordinator.posts.get()
        post.ends_on = timezone.localdate() - dt.timedelta(days=1)
        post.save()
    ask_again()
    assert waits(owed) == {("allocate_interview", specialists.group)}
    # They see the child from now on, and do what waits for them.
    interview = actions.allocate(
        episode_id=owed.pk,
        by=scene.specialist,
        reason="Knows her",
        is_independent=True,
        interviewer=scene.specialist,
    )
    assert interview.interviewer == scene.specialist
    assert actions.ask_again() == 0


def test_where_nobody_coordinates_any_more_who_recorded_the_return_reads_so(scene, owed):
    close(scene.coordinator)
    assert actions.ask_again() == 1
    assert waits(owed) == {("allocate_interview", scene.worker)}
    # Nobody coordinates: whoever it waits for does that part, and reads so.
    page = text_of(scene.client().get(f"/missing/{owed.pk}/"))
    assert "Nobody of a team that coordinates return interviews is there" in page
    assert "Ask somebody to hold it" in page
    assert "allocate" in {
        act.value for act in may(scene.worker, ReturnInterview.objects.get(episode=owed))
    }
    successor = make_user(Role.FRONT_DOOR, team=scene.front_door)
    assert actions.ask_again() == 1
    assert waits(owed) == {("allocate_interview", scene.front_door.group)}
    assert [item.kind for item in waiting_for(successor).items] == ["allocate_interview"]


@pytest.mark.parametrize("leave", ["account", "conflict", "access"])
def test_an_interviewer_who_cannot_hold_it_any_more_is_replaced_by_the_coordinators(
    scene, owed, leave
):
    scene.allocated(owed)
    assert waits(owed) == {("hold_interview", scene.interviewer)}
    if leave == "account":
        close(scene.interviewer)
    elif leave == "conflict":
        exclude(
            child=scene.child,
            user=scene.interviewer,
            ground="relative",
            reason="A relative",
            by=scene.interviewer,
        )
    else:
        grant(scene.lead, scene.child)
        (held,) = scene.interviewer.childusergrant_set.filter(basis=Basis.INTERVIEWER)
        end_access(grant=held, by=scene.lead, reason="Not needed")
    ask_again()
    assert waits(owed) == {("allocate_interview", scene.front_door.group)}
    again = scene.allocated(owed, interviewer=scene.coordinator)
    assert again.interviewer == scene.coordinator
    assert waits(owed) == {("hold_interview", scene.coordinator)}


def test_what_somebody_outside_holds_goes_on_where_who_asked_them_has_left(scene, owed):
    scene.allocated(owed, interviewer=None, outside="A youth worker of the parish")
    assert waits(owed) == {("hold_interview", scene.coordinator)}
    colleague = make_user(Role.FRONT_DOOR, team=scene.front_door)
    close(scene.coordinator)
    ask_again()
    assert waits(owed) == {("allocate_interview", scene.front_door.group)}
    assert [item.kind for item in waiting_for(colleague).items] == ["allocate_interview"]


def test_access_that_ran_out_while_it_is_owed_is_given_again(scene, owed):
    held = ChildTeamGrant.objects.get(group=scene.front_door.group)
    held.starts_at, held.expires_at = (timezone.now() - dt.timedelta(days=day) for day in (91, 1))
    held.save()
    assert actions.ask_again() == 0
    assert scene.allocated(owed).interviewer == scene.interviewer


def test_access_that_a_lead_ended_is_not_given_again(scene, owed, specialists):
    grant(scene.lead, scene.child)
    grant(None, scene.child, team=specialists)
    (held,) = ChildTeamGrant.objects.filter(
        content_object=scene.child, group=scene.front_door.group
    )
    end_access(grant=held, by=scene.lead, reason="A relative works there")
    # The specialists see the child: it is theirs, at once and whenever the worker looks.
    for _ in range(2):
        assert waits(owed) == {("allocate_interview", specialists.group)}
        hand_over_all()
        ask_again()
    with pytest.raises(NotVisible):
        scene.allocated(owed)


def test_of_another_interviewer_only_who_holds_it_now_has_it(scene, owed):
    """Who was asked before loses the child: that hands nothing over on the way."""
    scene.allocated(owed)
    scene.allocated(owed, interviewer=scene.stranger)
    assert waits(owed) == {("hold_interview", scene.stranger)}
    assert not AuditEvent.objects.filter(act="work handed over").exists()


def test_a_lead_who_sees_the_child_stands_in_before_who_recorded_the_return(scene, owed):
    grant(scene.lead, scene.child)
    close(scene.coordinator)
    ask_again()
    assert waits(owed) == {("allocate_interview", scene.lead)}
    again = actions.allocate(
        episode_id=owed.pk,
        by=scene.lead,
        reason="Knows her",
        is_independent=True,
        interviewer=scene.lead,
    )
    assert again.interviewer == scene.lead
    page = text_of(scene.client().get(f"/missing/{owed.pk}/"))
    assert "can record nothing here any more" not in page


def test_the_page_says_that_who_was_asked_cannot_hold_it_any_more(scene, owed):
    scene.allocated(owed)
    close(scene.interviewer)
    page = text_of(scene.client(scene.coordinator).get(f"/missing/{owed.pk}/"))
    assert f"{scene.interviewer.get_full_name()} can record nothing here any more" in page

"""A sealed child was missing: the interview is owed inside the seal; nobody else hears of it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from cse.access.actions import end_seal_name, lift_seal, name_in_seal, seal
from cse.access.models import ChildUserGrant
from cse.access.policies import NotAllowed, NotVisible, can
from cse.clocks.actions import run_due
from cse.clocks.home import notices_panel
from cse.clocks.models import Delivery, Reminder
from cse.missing import actions
from cse.missing.policies import Refused
from cse.missing.queries import owed_to
from cse.missing.tasks import ask_again
from cse.people.models import Role, TeamKind
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from tests.clocks.conftest import at
from tests.factories import grant, make_team, make_user
from tests.missing.scene import SAID
from tests.screening.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("W-SHR-21", "DEC-24")]


@pytest.fixture
def inside(scene):
    """Sealed by a lead, with the worker named: nobody in it coordinates."""
    grant(scene.lead, scene.child)
    scene.seal = seal(
        child=scene.child, names=[scene.worker], reason="A colleague is a relative", by=scene.lead
    )
    return scene


@pytest.fixture
def owed(inside):
    return inside.returned()[0]


def outside(scene):
    """Everybody who would hear of it were the child not sealed, and a lead who is not named."""
    grant(scene.other_lead, scene.child)
    return [scene.coordinator, scene.other_lead, scene.interviewer, scene.colleague]


def waits(episode):
    found = WorkItem.objects.filter(subject_id=episode.pk, closed_at__isnull=True)
    return {(item.kind, item.owner or item.owner_group) for item in found}


def allocate(episode, by, **more):
    values = {"reason": "She trusts her", "is_independent": True, "interviewer": by, **more}
    return actions.allocate(episode_id=episode.pk, by=by, **values)


def run_until(tuesday, *moments):
    for moment in moments:
        tuesday.move_to(at(moment))
        run_due()


def test_the_lead_in_the_seal_is_told_and_nobody_outside(inside, owed, tuesday):
    people = outside(inside)
    assert waits(owed) == {("allocate_interview", inside.lead)}
    (item,) = [each for each in waiting_for(inside.lead).items if each.subject_id == owed.pk]
    assert item.kind == "allocate_interview"
    # A day before, four hours before, and once it is late.
    run_until(tuesday, "2027-02-09 10:01", "2027-02-10 05:20", "2027-02-11 10:00")
    told = Reminder.objects.filter(delivery=Delivery.SENT).values_list("user_id", flat=True)
    assert set(told) == {inside.lead.pk}
    assert {each for letter in mail.outbox for each in letter.to} == {inside.lead.email}
    for letter in mail.outbox:
        for secret in (inside.child.family_name, inside.child.given_name, "seal", "missing"):
            assert secret.lower() not in f"{letter.subject} {letter.body}".lower()
    for person in people:
        assert waiting_for(person).items == ()
        assert notices_panel(person) is None
        page = inside.client(person).get("/")
        assert "return interview" not in text_of(page) and inside.child.name not in text_of(page)
    assert owed_to(inside.coordinator).rows == ()
    listed = text_of(inside.client(inside.coordinator).get("/missing/"))
    assert "No return interview is owed" in listed


def test_the_lead_takes_it_on_and_holds_it_on_the_pages(inside, owed):
    client, where = inside.client(inside.lead), f"/missing/{owed.pk}/"
    page = text_of(client.get(where))
    assert "nobody named in the seal coordinates return interviews" in page
    form = text_of(client.get(f"{where}allocate/"))
    assert "I will hold it myself" in form and "must be named in the seal" in form
    sent = {"who": "myself", "independent": "no", "reason": "She asked for me"}
    again = text_of(client.post(f"{where}allocate/", sent))
    assert "Say why nobody independent holds it" in again and "She asked for me" in again
    sent["why_not_independent"] = "Nobody else is inside the seal"
    assert client.post(f"{where}allocate/", sent).status_code == 302
    assert waits(owed) == {("hold_interview", inside.lead)}
    assert not ChildUserGrant.objects.filter(user=inside.lead, basis="interviewer").exists()
    interview = owed.__class__.objects.get(pk=owed.pk).interview
    actions.hold(
        episode_id=owed.pk,
        by=inside.lead,
        version=interview.version,
        at=at("2027-02-08 16:00"),
        gathered=SAID,
    )
    assert waits(owed) == set() and "Held" in text_of(client.get(where))


def test_only_inside_the_seal_can_somebody_be_asked(inside, owed):
    with pytest.raises(Refused, match="This child is sealed, and they cannot see it"):
        allocate(owed, inside.lead, interviewer=inside.interviewer)
    assert not can(inside.interviewer, "see a child", inside.child)
    assert not ChildUserGrant.objects.filter(user=inside.interviewer).exists()
    assert allocate(owed, inside.lead, interviewer=inside.worker).interviewer == inside.worker
    assert waits(owed) == {("hold_interview", inside.worker)}
    allocate(owed, inside.lead, interviewer=None, outside="Kay Moss, a charity")
    assert waits(owed) == {("hold_interview", inside.lead)}


def test_who_answers_for_the_child_stands_in_and_a_practitioner_does_not(inside, owed):
    with pytest.raises(NotAllowed, match="The coordinator decides this"):
        allocate(owed, inside.worker)
    answer = inside.client().get(f"/missing/{owed.pk}/allocate/", follow=True)
    assert "The coordinator decides this" in text_of(answer)
    for person in outside(inside):
        with pytest.raises(NotVisible):
            allocate(owed, person)
        for more in ("", "allocate/", "offer/", "interview/"):
            assert inside.client(person).get(f"/missing/{owed.pk}/{more}").status_code == 404


def test_on_a_child_who_is_not_sealed_a_lead_is_no_coordinator(scene):
    episode, _ = scene.returned()
    grant(scene.lead, scene.child)
    with pytest.raises(NotAllowed, match="The coordinator decides this"):
        allocate(episode, scene.lead)
    assert waits(episode) == {("allocate_interview", scene.front_door.group)}


def test_a_coordinator_who_is_named_does_it_and_the_lead_does_not(inside):
    team = make_team(inside.care, kind=TeamKind.CSE_TEAM)
    specialist = make_user(Role.CSE_TEAM, team=team)
    grant(specialist, inside.child)
    name_in_seal(seal=inside.seal, user=specialist, by=inside.lead, reason="Coordinates")
    episode, _ = inside.returned()
    assert waits(episode) == {("allocate_interview", specialist)}
    with pytest.raises(NotAllowed, match="The coordinator decides this"):
        allocate(episode, inside.lead)
    assert allocate(episode, specialist).interviewer == specialist


def test_sealed_after_the_return_and_opened_again_it_waits_for_the_right_people(scene):
    episode, _ = scene.returned()
    scene.allocated(episode)
    grant(scene.lead, scene.child)
    sealed = seal(child=scene.child, names=[], reason="For the test", by=scene.lead)
    ask_again()
    # Who was asked is outside now: somebody inside has to ask again.
    assert waits(episode) == {("allocate_interview", scene.lead)}
    assert waiting_for(scene.interviewer).items == ()
    allocate(episode, scene.lead)
    assert waits(episode) == {("hold_interview", scene.lead)}
    assert actions.ask_again() == 0
    lift_seal(seal=sealed, by=scene.lead, reason="No longer needed")
    scene.allocated(episode)
    assert waits(episode) == {("hold_interview", scene.interviewer)}


def test_opened_again_before_anybody_was_asked_the_coordinators_have_it(inside, owed):
    lift_seal(seal=inside.seal, by=inside.lead, reason="No longer needed")
    assert actions.ask_again() == 1
    assert waits(owed) == {("allocate_interview", inside.front_door.group)}
    assert actions.ask_again() == 0
    assert [each.episode for each in owed_to(inside.coordinator).rows] == [owed]


def test_another_name_in_the_seal_takes_it_over(inside, owed):
    grant(inside.other_lead, inside.child)
    name_in_seal(seal=inside.seal, user=inside.other_lead, by=inside.lead, reason="Takes over")
    name = inside.seal.names.get(user=inside.lead, ended_at__isnull=True)
    end_seal_name(name=name, by=inside.other_lead, reason="On leave")
    ask_again()
    assert waits(owed) == {("allocate_interview", inside.other_lead)}
    assert waiting_for(inside.lead).items == ()


def test_where_nobody_is_left_inside_it_waits_for_whoever_is_named_next(inside, owed):
    post = inside.lead.posts.get()
    post.ends_on = timezone.localdate() - dt.timedelta(days=1)
    post.save()
    ask_again()
    assert waits(owed) == set()
    with time_machine.travel(at("2027-02-12 10:00"), tick=False):
        run_due()
        assert not Reminder.objects.filter(delivery=Delivery.SENT).exists()
        post.ends_on = None
        post.save()
        ask_again()
    assert waits(owed) == {("allocate_interview", inside.lead)}


def test_the_page_says_that_nobody_outside_is_told(inside):
    page = text_of(inside.client().get(f"/missing/child/{inside.child.pk}/record/"))
    assert "nobody outside the seal is told" in page and "MASH" not in page

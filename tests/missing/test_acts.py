"""Recording, correcting, allocating: what each act writes, refuses, opens and takes away."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from cse.access.actions import exclude, seal
from cse.access.models import Basis, ChildTeamGrant, ChildUserGrant
from cse.access.policies import NotVisible, can
from cse.audit.models import AuditEvent
from cse.clocks.actions import say_why_late
from cse.clocks.models import Reminder
from cse.clocks.queries import clocks_of
from cse.missing import actions
from cse.missing.models import MissingEpisode, ReturnInterview
from cse.missing.policies import Refused, Stale
from cse.missing.queries import missing_now
from cse.people.models import Role
from cse.worklist.models import WorkItem
from tests.clocks.conftest import at
from tests.factories import grant, make_child, make_user
from tests.missing.scene import BACK, SAID, START
from tests.missing.test_thin_path import moment
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db


def open_work(episode):
    found = WorkItem.objects.filter(subject_id=episode.pk, closed_at__isnull=True)
    return {(item.kind, item.owner or item.owner_group) for item in found}


def acts_of(episode):
    return list(
        AuditEvent.objects.filter(object_id=str(episode.pk))
        .order_by("id")
        .values_list("act", flat=True)
    )


def test_the_same_form_twice_is_one_episode(scene):
    token, facts = uuid.uuid4(), {**START, "started_at": at("2027-02-06 21:40")}
    first, second = (
        actions.record(child=scene.child, by=scene.worker, token=token, facts=facts) for _ in "12"
    )
    assert first == second and MissingEpisode.objects.count() == 1


@pytest.mark.requirement("W-SHR-21")
def test_recording_lets_the_coordinators_see_the_child_for_a_time(scene):
    assert not can(scene.coordinator, "see a child", scene.child)
    scene.missing()
    assert can(scene.coordinator, "see a child", scene.child)
    given = ChildTeamGrant.objects.get(basis=Basis.COORDINATOR)
    assert given.group == scene.front_door.group and given.reason
    assert given.expires_at - given.starts_at == dt.timedelta(days=90)


def test_a_missing_child_waits_for_somebody_to_look_whether_they_are_back(scene):
    both = {("record_return", scene.worker), ("record_return", scene.front_door.group)}
    episode = scene.missing()
    assert open_work(episode) == both
    assert {each.due_at for each in WorkItem.objects.filter(kind="record_return")} == {
        episode.recorded_at + dt.timedelta(hours=24)
    }
    home = text_of(scene.client().get("/"))
    assert "find out whether they are back" in home and "Nothing due" not in home
    scene.back(episode)
    assert open_work(episode) == {("allocate_interview", scene.front_door.group)}


def test_what_was_recorded_by_mistake_waits_for_nobody(scene):
    episode = scene.missing()
    actions.set_aside(episode_id=episode.pk, by=scene.worker, reason="Another child")
    assert open_work(episode) == set()


def test_the_return_of_a_sealed_child_waits_only_inside(scene):
    grant(scene.lead, scene.child)
    seal(child=scene.child, names=[scene.worker], reason="A relative", by=scene.lead)
    assert open_work(scene.missing()) == {("record_return", scene.worker)}


def test_what_is_sent_twice_is_done_once(scene):
    episode = scene.missing()
    scene.back(episode)
    scene.back(episode)
    assert episode.history.filter(history_change_reason="return recorded").count() == 1
    scene.allocated(episode)
    version = ReturnInterview.objects.get(episode=episode).version
    who = {"episode_id": episode.pk, "by": scene.coordinator, "version": version}
    declined = {**who, "at": at("2027-02-08 10:00"), "reason": "Not today"}
    for _ in "12":
        actions.decline(**declined)
    with pytest.raises(Refused):
        actions.decline(**declined | {"reason": "Another day"})
    scene.allocated(episode, interviewer=scene.coordinator)
    version = ReturnInterview.objects.get(episode=episode).version
    held = {**who, "version": version, "at": at("2027-02-08 16:00"), "gathered": SAID}
    for _ in "12":
        assert actions.hold(**held).version == version + 1
    with pytest.raises((Refused, NotVisible)):
        actions.hold(**held | {"by": scene.lead})


def test_a_stranger_records_nothing(scene):
    with pytest.raises(NotVisible):
        scene.missing(by=scene.stranger)
    episode = scene.missing()
    with pytest.raises(NotVisible):
        scene.back(episode, by=scene.stranger)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2027-02-06 20:00", "2027-02-06 22:00"),
        ("2027-02-06 22:00", "2027-02-06 23:00"),
        ("2027-02-07 09:00", "2027-02-07 12:00"),
        ("2027-02-06 12:00", "2027-02-08 12:00"),
    ],
)
def test_episodes_of_a_child_do_not_overlap(scene, start, end):
    scene.returned("2027-02-06 21:40", "2027-02-07 09:15")
    with pytest.raises(Refused, match="covers that time"):
        scene.back(scene.missing(start), end)


def test_one_that_is_learned_of_late_is_recorded_with_its_return_next(scene):
    scene.returned("2027-02-06 21:40", "2027-02-07 09:15")
    earlier = scene.missing("2027-02-01 20:00")
    assert actions.came_back_since(earlier)
    with pytest.raises(Refused, match="covers that time"):
        scene.back(earlier, "2027-02-06 22:00")
    assert scene.back(earlier, "2027-02-02 07:30").episode == earlier
    earlier.refresh_from_db()
    assert not actions.came_back_since(earlier)
    last = scene.missing("2027-02-07 20:00")
    assert not actions.came_back_since(last)


def test_one_at_a_time_and_never_in_the_future(scene):
    scene.missing()
    with pytest.raises(Refused, match="Record the return of that one first"):
        scene.missing("2027-02-08 10:00")
    other = make_child(by=scene.worker, authority=scene.authority)
    grant(scene.worker, other)
    with pytest.raises(Refused, match="future"):
        scene.missing("2027-02-09 10:01", child=other)
    with pytest.raises(Refused, match="after they were last seen"):
        scene.back(scene.missing("2027-02-08 10:00", child=other), "2027-02-08 10:00")


@pytest.mark.requirement("DEC-24")
def test_the_clock_counts_hours_across_the_change_of_the_clocks(scene):
    with time_machine.travel(at("2027-03-27 09:00"), tick=False):
        episode, _ = scene.returned("2027-03-26 18:00", "2027-03-26 22:00")
    (clock,) = clocks_of(episode)
    assert clock.due_at == at("2027-03-29 23:00")
    assert clock.due_at - clock.trigger_at == dt.timedelta(hours=72)
    told = {each.offset for each in Reminder.objects.filter(clock=clock)}
    assert {"-24h", "-4h"} <= told


@pytest.mark.requirement("W-SHR-21")
def test_allocating_opens_the_child_for_the_interviewer_and_reallocating_closes_it(scene):
    episode, _ = scene.returned()
    assert open_work(episode) == {("allocate_interview", scene.front_door.group)}
    scene.allocated(episode)
    assert open_work(episode) == {("hold_interview", scene.interviewer)}
    given = ChildUserGrant.objects.get(user=scene.interviewer)
    assert (given.basis, given.granted_by) == (Basis.INTERVIEWER, scene.coordinator)
    assert given.expires_at - given.starts_at == dt.timedelta(days=30)
    scene.allocated(episode, interviewer=scene.colleague, reason="Asked for by the child")
    assert not can(scene.interviewer, "see a child", scene.child)
    assert open_work(episode) == {("hold_interview", scene.colleague)}
    scene.allocated(episode, interviewer=None, outside="Kay Moss, a charity", is_independent=True)
    assert open_work(episode) == {("hold_interview", scene.coordinator)}
    assert not ChildUserGrant.objects.filter(
        basis=Basis.INTERVIEWER, expires_at__gt=at("2027-02-09 10:00")
    ).exists()


def test_who_may_not_see_the_child_is_not_asked(scene):
    episode, interview = scene.returned()
    exclude(
        child=scene.child,
        user=scene.interviewer,
        ground="relative",
        reason="An uncle",
        by=_lead(scene),
    )
    analyst = make_user(Role.BOARD)
    for user in (scene.interviewer, analyst):
        with pytest.raises(Refused, match="cannot be given access"):
            scene.allocated(episode, interviewer=user)
        assert not ChildUserGrant.objects.filter(user=user, basis=Basis.INTERVIEWER).exists()
    interview.refresh_from_db()
    assert interview.state == "to_allocate"


def _lead(scene):
    grant(scene.lead, scene.child)
    return scene.lead


def test_not_independent_needs_a_reason(scene):
    episode, _ = scene.returned()
    with pytest.raises(Refused, match="nobody independent"):
        scene.allocated(episode, is_independent=False)
    found = scene.allocated(
        episode, is_independent=False, why_not_independent="The child will speak to nobody else"
    )
    assert found.is_independent is False


@pytest.mark.requirement("DEC-24")
def test_declined_is_an_outcome_and_can_be_offered_again(scene):
    episode, _ = scene.returned()
    scene.allocated(episode)
    same = {"episode_id": episode.pk, "by": scene.interviewer}
    actions.decline(**same, at=at("2027-02-08 12:00"), reason="Not today")
    (clock,) = clocks_of(episode)
    assert (
        clock.state == "cancelled" and "Declined by the child. Not today" in clock.cancelled_because
    )
    assert open_work(episode) == set()
    with time_machine.travel(at("2027-02-10 12:00"), tick=False):
        actions.offer(**same, at=at("2027-02-10 11:00"), note_text="She rang herself")
        running, _ = clocks_of(episode)
        assert running.trigger_at == at("2027-02-07 09:15") and running.is_late_at(
            at("2027-02-10 12:00")
        )
        assert open_work(episode) == {("hold_interview", scene.interviewer)}
        held = actions.hold(
            **same,
            version=ReturnInterview.objects.get(episode=episode).version,
            at=at("2027-02-10 11:30"),
            gathered=SAID,
        )
    assert held.outcome_reason == "" and held.history.filter(outcome_reason="Not today").exists()
    assert {clock.state for clock in clocks_of(episode)} == {"met", "cancelled"}


@pytest.mark.requirement("DEC-24")
def test_not_offered_says_why_and_only_the_coordinator_decides_it(scene):
    episode, _ = scene.returned()
    same = {"episode_id": episode.pk, "at": at("2027-02-08 12:00")}
    with pytest.raises(Refused, match="Say why"):
        actions.do_not_offer(**same, by=scene.coordinator, reason=" ")
    with pytest.raises(Refused, match="coordinator decides"):
        actions.do_not_offer(**same, by=scene.worker, reason="No time")
    found = actions.do_not_offer(**same, by=scene.coordinator, reason="Moved abroad")
    assert found.state == "not_offered"
    (clock,) = clocks_of(episode)
    assert clock.cancelled_because == "Not offered. Moved abroad"


def test_the_interview_lies_between_the_return_and_now(scene):
    episode, _ = scene.returned()
    with pytest.raises(Refused, match="before the child came back"):
        scene.held(episode, "2027-02-07 09:14")
    with pytest.raises(Refused, match="future"):
        scene.held(episode, "2027-02-09 10:01")


def correct(scene, episode, **facts):
    episode.refresh_from_db()
    return actions.correct(
        episode_id=episode.pk,
        by=scene.worker,
        version=episode.version,
        facts=facts,
        reason="The home had written another time",
    )


@pytest.mark.requirement("DEC-24", "O-SHR-34")
def test_a_correction_keeps_what_was_said_and_the_clock_follows(scene):
    episode, _ = scene.returned()
    correct(scene, episode, returned_at=at("2027-02-07 11:00"), said="That she was cold")
    (clock,) = clocks_of(episode)
    assert clock.due_at == at("2027-02-10 11:00")
    (item,) = WorkItem.objects.filter(subject_id=episode.pk, closed_at__isnull=True)
    assert item.due_at == clock.due_at
    before = episode.history.order_by("history_id")[1]
    assert before.said == BACK["said"] and before.returned_at == at("2027-02-07 09:15")
    assert acts_of(episode)[-1] == "missing episode corrected"


def test_a_met_clock_follows_a_corrected_return_but_not_past_the_interview(scene):
    episode, _ = scene.returned()
    scene.held(episode, "2027-02-08 16:00")
    correct(scene, episode, returned_at=at("2027-02-07 12:00"))
    (clock,) = clocks_of(episode)
    assert clock.state == "met" and clock.due_at == at("2027-02-10 12:00")
    with pytest.raises(Refused, match="held before that"):
        correct(scene, episode, returned_at=at("2027-02-08 16:01"))


def test_an_older_page_changes_nothing(scene):
    episode = scene.missing()
    correct(scene, episode, circumstances="Another telephone call")
    with pytest.raises(Stale):
        actions.correct(
            episode_id=episode.pk, by=scene.worker, version=1, facts=START, reason="Mine"
        )
    episode.refresh_from_db()
    assert episode.circumstances == "Another telephone call"


@pytest.mark.requirement("W-SHR-19", "W-SHR-20", "DEC-24")
def test_no_apparent_risk_can_be_graded_higher_on_review(scene):
    episode = scene.missing(grade="no_apparent")
    assert episode.get_grade_display() == "No apparent risk (was called “absent”)"
    found = actions.grade_again(
        episode_id=episode.pk,
        by=scene.worker,
        version=1,
        grade="medium",
        reason="Seen with adults of concern",
    )
    assert found.grade == "medium"
    event = AuditEvent.objects.get(act="risk graded again")
    assert event.data["grade"] == ["no_apparent", "medium"]
    with pytest.raises(Refused, match="must differ"):
        actions.grade_again(
            episode_id=episode.pk, by=scene.worker, version=2, grade="medium", reason="Again"
        )


def test_set_aside_takes_back_the_clock_the_work_and_the_access(scene):
    episode, _ = scene.returned()
    scene.allocated(episode)
    actions.set_aside(episode_id=episode.pk, by=scene.coordinator, reason="The wrong child")
    (clock,) = clocks_of(episode)
    assert clock.state == "cancelled" and open_work(episode) == set()
    assert not can(scene.interviewer, "see a child", scene.child)
    assert not can(scene.coordinator, "see a child", scene.child)
    with pytest.raises(Refused, match="no longer change"):
        correct(scene, episode, circumstances="Still")
    scene.missing()  # it covers no time any more


def test_after_an_interview_it_is_corrected_not_set_aside(scene):
    episode, _ = scene.returned()
    scene.held(episode)
    with pytest.raises(Refused, match="correct it instead"):
        actions.set_aside(episode_id=episode.pk, by=scene.worker, reason="The wrong child")


def test_an_interview_says_something_and_its_correction_keeps_what_it_said(scene):
    episode, _ = scene.returned()
    with pytest.raises(Refused, match="Write down"):
        scene.held(episode, **dict.fromkeys(SAID, ""))
    held = scene.held(episode)
    fixed = actions.correct_interview(
        episode_id=episode.pk,
        by=scene.interviewer,
        version=held.version,
        at=held.outcome_at,
        reason="The car was blue",
        gathered={**SAID, "places_people": "A flat; a blue car."},
    )
    assert fixed.version == held.version + 1
    assert fixed.history.filter(places_people=SAID["places_people"]).exists()
    with pytest.raises(Stale):
        actions.correct_interview(
            episode_id=episode.pk,
            by=scene.interviewer,
            version=held.version,
            at=held.outcome_at,
            reason="Mine",
            gathered=SAID,
        )


# -- Times that follow each other ---------------------------------------------------------------


@pytest.mark.requirement("DEC-24", "DEC-29")
def test_correcting_when_it_was_held_corrects_whether_it_was_in_time(scene):
    """The clock says what the record says: late, and in time after all."""
    episode, _ = scene.returned()
    interview = scene.held(episode, "2027-02-08 16:00")
    (clock,) = clocks_of(episode)
    assert (clock.met_at, clock.is_late_at(timezone.now())) == (at("2027-02-08 16:00"), False)
    with time_machine.travel(at("2027-02-12 10:00"), tick=False):
        for when, late in (("2027-02-11 09:00", True), ("2027-02-10 09:00", False)):
            interview.refresh_from_db()
            actions.correct_interview(
                episode_id=episode.pk,
                by=scene.interviewer,
                version=interview.version,
                at=at(when),
                reason="The day was wrong",
                gathered=SAID,
            )
            clock.refresh_from_db()
            assert (clock.met_at, clock.is_late_at(timezone.now())) == (at(when), late)
            if late:
                say_why_late(clock=clock, code="other", text="She was away", by=scene.coordinator)
    assert clock.late_code == ""
    events = AuditEvent.objects.filter(act="deadline: when it was done corrected")
    assert [event.reason for event in events] == ["The day was wrong"] * 2


@pytest.mark.requirement("DEC-24")
def test_nothing_is_held_or_declined_before_it_was_offered(scene):
    episode, _ = scene.returned()
    interview = scene.allocated(episode)
    who = {"episode_id": episode.pk, "by": scene.interviewer}
    actions.offer(**who, at=at("2027-02-08 10:00"), note_text="")
    before = at("2027-02-08 09:00")
    with pytest.raises(Refused, match="before it was offered last, on 8 February 2027 at 10:00am"):
        actions.decline(**who, at=before, reason="No")
    interview.refresh_from_db()
    with pytest.raises(Refused, match="before it was offered last"):
        actions.hold(**who, version=interview.version, at=before, gathered=SAID)
    # The time of the offer was wrong: it is recorded again, and then it fits.
    actions.offer(**who, at=at("2027-02-08 08:00"), note_text="At eight, not at ten")
    interview.refresh_from_db()
    actions.hold(**who, version=interview.version, at=before, gathered=SAID)
    interview.refresh_from_db()
    with pytest.raises(Refused, match="before it was offered last"):
        actions.correct_interview(
            **who,
            version=interview.version,
            at=at("2027-02-08 07:00"),
            reason="A slip",
            gathered=SAID,
        )


def test_an_earlier_episode_waits_while_the_child_is_missing_and_says_why(scene):
    scene.missing("2027-02-06 21:40")
    with pytest.raises(Refused, match=r"missing now, since 6 February 2027 at 9:40pm\. Record"):
        scene.missing("2027-01-10 10:00")


def test_a_child_who_was_missing_again_since_is_not_missing_now(scene, tuesday):
    scene.returned("2027-02-07 14:00", "2027-02-07 23:30")
    learned = scene.missing("2027-02-07 08:00")
    client = scene.client(scene.coordinator)
    child = text_of(client.get(f"/missing/child/{scene.child.pk}/"))
    assert "Missing now" not in child and "This child is missing now" not in child
    assert "Came back, not recorded when" in child
    assert missing_now(scene.coordinator).rows == ()
    page = text_of(client.get(f"/missing/{learned.pk}/"))
    assert "The return is not recorded" in page and "The child is missing" not in page
    # They are missing again: what is said is what is to be done.
    with pytest.raises(Refused, match="return of that one first, of 7 February 2027 at 8:00am"):
        scene.missing("2027-02-08 09:00")
    scene.back(learned, "2027-02-07 10:00")
    assert scene.missing("2027-02-08 09:00").pk


def test_what_is_owed_is_set_aside_by_a_coordinator_who_did_not_record_it(scene):
    episode, _ = scene.returned()
    scene.allocated(episode)
    for person in (scene.worker, scene.interviewer):
        with pytest.raises(Refused, match="A coordinator who did not record it"):
            actions.set_aside(episode_id=episode.pk, by=person, reason="A slip")
    page = text_of(scene.client().get(f"/missing/{episode.pk}/"))
    assert "It was recorded by mistake" not in page
    actions.set_aside(episode_id=episode.pk, by=scene.coordinator, reason="A slip")
    grant(scene.coordinator, scene.child)
    own = scene.missing("2027-02-01 10:00", by=scene.coordinator)
    scene.back(own, "2027-02-01 12:00", by=scene.coordinator)
    with pytest.raises(Refused, match="A coordinator who did not record it"):
        actions.set_aside(episode_id=own.pk, by=scene.coordinator, reason="A slip")


def test_an_open_one_is_set_aside_by_its_agency_alone(scene):
    episode = scene.missing()
    grant(scene.stranger, scene.child)
    with pytest.raises(Refused, match="The agency that recorded it"):
        actions.set_aside(episode_id=episode.pk, by=scene.stranger, reason="A slip")
    actions.set_aside(episode_id=episode.pk, by=scene.worker, reason="A slip")


def test_a_reason_that_reads_like_a_step_hides_no_change(scene):
    episode, _ = scene.returned()
    interview = scene.held(episode)
    correct(scene, episode, reason="Not offered", circumstances="Other words")
    actions.correct_interview(
        episode_id=episode.pk,
        by=scene.interviewer,
        version=interview.version,
        at=interview.outcome_at,
        reason="held",
        gathered=SAID | {"harm": "Left out before"},
    )
    page = text_of(scene.client().get(f"/missing/{episode.pk}/"))
    assert "Other words (was:" in page and "Left out before (was: Nothing)" in page


def test_who_allocates_or_offers_by_an_older_page_is_told_how_it_stands(scene):
    episode, _ = scene.returned()
    client = scene.client(scene.coordinator)
    allocate, offer = f"/missing/{episode.pk}/allocate/", f"/missing/{episode.pk}/offer/"
    opened = controls(client.get(allocate))
    mine = {"who": "myself", "independent": "yes", "reason": "I know her"}
    scene.allocated(episode)
    stale = client.post(allocate, opened | mine)
    assert stale.status_code == 409
    assert f"It stands now: Allocated, {scene.interviewer.get_full_name()}" in text_of(stale)
    assert controls(stale)["reason"] == "I know her"
    assert client.post(allocate, controls(stale)).status_code == 302
    opened = controls(client.get(offer))
    said = moment("asked", "8", "2", "2027", "10:00") | {"what": "offer", "reason": "At home"}
    assert client.post(offer, opened | said).status_code == 302
    assert client.post(offer, opened | said).status_code == 409
    assert (
        ReturnInterview.objects.get(episode=episode)
        .history.filter(history_change_reason="offered")
        .count()
        == 1
    )

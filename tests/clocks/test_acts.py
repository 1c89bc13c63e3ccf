"""Starting, meeting, explaining, cancelling and correcting; each an act with its event."""

import datetime as dt
import itertools
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cse.access.policies import NotAllowed, NotVisible
from cse.audit.models import AuditEvent
from cse.clocks import actions
from cse.clocks.models import Clock, LateReason, Reminder
from cse.clocks.queries import clocks_of, open_clock
from cse.clocks.transitions import Act, State, next_state
from cse.people.models import Role
from cse.workdays import calendar_of
from cse.worklist.models import WorkItem
from tests.clocks import kinds
from tests.clocks.conftest import Scene, at
from tests.factories import grant, make_authority, make_child, make_user

pytestmark = pytest.mark.django_db


def events(act):
    return AuditEvent.objects.filter(act=act)


@pytest.mark.requirement("DEC-29", "DEC-31")
def test_a_clock_keeps_its_rule_its_calendar_and_its_target(scene):
    clock = scene.start("2026-12-23 10:00")
    clock.refresh_from_db()
    assert clock.due_at == at("2026-12-30 17:00")
    assert (clock.rule, clock.source) == ("R4", "W §9.2")
    assert clock.calendar_version == calendar_of().version
    assert (clock.state, clock.version, clock.history.count()) == (State.RUNNING, 1, 1)
    event = events("deadline set").get()
    assert (event.child_id, event.actor_id, event.rule) == (scene.child.pk, scene.worker.pk, "R4")


def test_it_waits_for_who_owes_it_until_it_is_done(scene):
    clock = scene.start()
    item = WorkItem.objects.get()
    assert (item.owner, item.due_at, item.closed_at) == (scene.worker, clock.due_at, None)
    actions.meet_clock(clock=clock, by=scene.worker)
    item.refresh_from_db()
    assert item.closed_at is not None


def test_asked_twice_it_is_one_clock_and_another_moment_is_a_correction(scene):
    first = scene.start()
    assert scene.start() == first
    assert Clock.objects.count() == 1 and events("deadline set").count() == 1
    with pytest.raises(NotAllowed, match="correct"):
        scene.start("2026-12-22 10:00")


def test_the_database_holds_one_open_clock_of_a_kind(scene):
    clock = scene.start()
    again = Clock.objects.get(pk=clock.pk)
    again.pk = again.id = None
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def test_another_can_start_once_it_is_done(scene):
    actions.meet_clock(clock=scene.start(), by=scene.worker)
    second = scene.start("2026-12-23 10:30")
    assert clocks_of(scene.child)[0].pk == second.pk
    assert open_clock(scene.child, kinds.DECISION.key) == second
    assert open_clock(scene.child, kinds.INTERVIEW.key) is None


@pytest.mark.parametrize("trigger", ["2026-12-23 11:01", "2027-01-05 10:00"])
def test_what_has_not_happened_starts_nothing(scene, trigger):
    with pytest.raises(NotAllowed, match="passed"):
        scene.start(trigger)
    assert not Clock.objects.exists()


def test_unknown_kinds_and_moments_without_a_zone_are_refused(scene):
    common = {"child": scene.child, "subject": scene.child, "by": scene.worker}
    with pytest.raises(ValueError, match="no kind of clock"):
        actions.start_clock(kind="tea", trigger_at=timezone.now(), **common)
    with pytest.raises(ValueError, match="time zone"):
        actions.start_clock(kind=kinds.DECISION.key, trigger_at=dt.datetime(2026, 12, 1), **common)


def test_an_area_may_have_its_own_length(scene):
    area = make_authority("wiltshire")
    area.clock_settings = {"test_decision_days": 1, "test_interview_hours": 24}
    area.save()
    assert scene.start(authority=area).due_at == at("2026-12-24 17:00")
    interview = scene.start(kind=kinds.INTERVIEW, authority=area)
    assert interview.due_at == at("2026-12-24 10:00")


@pytest.mark.requirement("DEC-32")
def test_late_is_done_all_the_same_and_the_reason_can_follow(scene, wednesday):
    clock = scene.start()
    wednesday.move_to(at("2026-12-31 10:00"))
    clock = actions.meet_clock(clock=clock, by=scene.worker)
    assert clock.state == State.MET and clock.misses_reason_at(timezone.now())
    clock = actions.say_why_late(
        clock=clock, code=LateReason.AGENCY, text="Two agencies were closed.", by=scene.worker
    )
    assert clock.state == State.MET and not clock.misses_reason_at(timezone.now())
    event = events("reason for lateness recorded").get()
    assert "closed" not in str(event.data) + event.reason


def test_done_on_the_day_it_was_done_though_written_down_later(scene, wednesday):
    clock = scene.start()
    wednesday.move_to(at("2027-01-04 10:00"))
    clock = actions.meet_clock(clock=clock, at=at("2026-12-30 16:00"), by=scene.worker)
    assert not clock.is_late_at(timezone.now())


@pytest.mark.parametrize("moment", ["2026-12-23 09:59", "2026-12-23 11:01"])
def test_nothing_is_done_before_it_began_or_in_the_future(scene, moment):
    with pytest.raises(NotAllowed):
        actions.meet_clock(clock=scene.start(), at=at(moment), by=scene.worker)


@pytest.mark.requirement("DEC-32")
@pytest.mark.parametrize(("code", "text"), [("", "Why"), ("tea", "Why"), ("agency", "  ")])
def test_a_reason_is_a_code_and_a_text(scene, wednesday, code, text):
    clock = scene.start()
    wednesday.move_to(at("2026-12-31 10:00"))
    with pytest.raises(NotAllowed, match="reason"):
        actions.say_why_late(clock=clock, code=code, text=text, by=scene.worker)


@pytest.mark.requirement("DEC-29")
def test_correcting_the_date_is_a_recorded_act_that_computes_again(scene):
    clock = scene.start("2026-12-23 10:00")
    moved = actions.move_trigger(
        clock=clock, trigger_at=at("2026-12-21 10:00"), reason="Wrong day typed", by=scene.lead
    )
    assert (moved.due_at, moved.version) == (at("2026-12-24 17:00"), 2)
    assert WorkItem.objects.get(closed_at=None).due_at == moved.due_at
    event = events("deadline recomputed").get()
    assert event.reason == "Wrong day typed"
    assert event.data["due"] == ["2026-12-30T17:00:00+00:00", "2026-12-24T17:00:00+00:00"]
    assert moved.history.count() == 2
    assert set(Reminder.objects.filter(clock_version=2).values_list("offset", flat=True)) == {
        "0d",
        "+1d",
    }


def test_correcting_to_the_same_moment_writes_nothing(scene):
    clock = scene.start()
    actions.move_trigger(clock=clock, trigger_at=clock.trigger_at, reason="x", by=scene.lead)
    assert clock.history.count() == 1


def test_a_correction_needs_a_reason_and_a_past(scene):
    clock = scene.start()
    with pytest.raises(NotAllowed, match="why"):
        actions.move_trigger(
            clock=clock, trigger_at=at("2026-12-22 10:00"), reason=" ", by=scene.worker
        )
    with pytest.raises(NotAllowed, match="passed"):
        actions.move_trigger(
            clock=clock, trigger_at=at("2026-12-24 10:00"), reason="x", by=scene.worker
        )


def test_a_correction_that_takes_the_lateness_away_takes_the_reason_too(scene, wednesday):
    clock = scene.start("2026-12-18 10:00")
    wednesday.move_to(at("2026-12-24 10:00"))
    clock = actions.say_why_late(clock=clock, code="agency", text="Waited", by=scene.worker)
    assert clock.state == State.LATE
    clock = actions.move_trigger(
        clock=clock, trigger_at=at("2026-12-23 10:00"), reason="Wrong day", by=scene.worker
    )
    assert (clock.state, clock.late_code, clock.late_text) == (State.RUNNING, "", "")
    assert clock.history.filter(late_code="agency").exists()


def test_when_somebody_else_owes_it_it_waits_for_them(scene):
    clock = scene.start()
    other = make_user(Role.PRACTITIONER, agency=scene.agency)
    scene.owe(other, told=[scene.lead])
    actions.people_changed(clock=clock, by=scene.worker)
    assert WorkItem.objects.get(closed_at=None).owner == other
    told = Reminder.objects.filter(user=other)
    assert told.count() == 2 * 3
    assert set(told.values_list("clock_version", flat=True)) == {1}


# -- The matrix: from, act, lateness, to, by whom -----------------------------------------------

DO = {
    Act.MEET: lambda clock, by: actions.meet_clock(clock=clock, by=by),
    Act.SAY_WHY_LATE: lambda clock, by: actions.say_why_late(
        clock=clock, code="agency", text="Waited", by=by
    ),
    Act.CANCEL: lambda clock, by: actions.cancel_clock(clock=clock, reason="In error", by=by),
    Act.MOVE_TRIGGER: lambda clock, by: actions.move_trigger(
        clock=clock, trigger_at=clock.trigger_at - dt.timedelta(minutes=1), reason="Typo", by=by
    ),
    Act.CORRECT_DONE: lambda clock, by: actions.correct_done(
        clock=clock, at=clock.met_at or clock.trigger_at, reason="Typo", by=by
    ),
}
ACTORS = {
    "owner": None,
    "lead": None,
    "system": None,
    "no access": NotVisible,
    "excluded": NotVisible,
    "no post": NotVisible,
    "administrator": NotAllowed,
}
NOW = {False: "2026-12-24 10:00", True: "2026-12-31 10:00"}


def in_state(scene, wednesday, state, late):
    """A clock in that state, at a moment when it is (not) late."""
    clock = scene.start("2026-12-23 10:00", by=None)
    if state == State.LATE:
        # Explained when it was late; not late is then only what a correction makes of it.
        wednesday.move_to(at(NOW[True]))
        clock = actions.say_why_late(clock=clock, code="other", text="Explained", by=None)
    wednesday.move_to(at(NOW[late]))
    if state == State.MET:
        clock = actions.meet_clock(clock=clock, by=None)
    if state == State.CANCELLED:
        clock = actions.cancel_clock(clock=clock, reason="Not owed", by=None)
    return clock


def actor(scene, name):
    if name in ("owner", "lead", "system"):
        return {"owner": scene.worker, "lead": scene.lead, "system": None}[name]
    role = Role.ADMINISTRATOR if name == "administrator" else Role.PRACTITIONER
    person = make_user(role if name != "no post" else None)
    if name != "no access":
        grant(person, scene.child)
    if name == "excluded":
        from cse.access.actions import exclude

        exclude(child=scene.child, user=person, ground="other", reason="Own", by=scene.lead)
    return person


@pytest.mark.requirement("DEC-32")
@pytest.mark.parametrize("late", [False, True], ids=["in time", "late"])
@pytest.mark.parametrize("state", list(State))
def test_from_to_actor(scene, wednesday, state, late):
    clock = in_state(scene, wednesday, state, late)
    people = {name: actor(scene, name) for name in ACTORS}
    wrong = []
    for act in DO:
        for name, by in people.items():
            expected = expected_after(state, act, late, name)
            found = what_happens(clock, act, by)
            if found != expected:
                wrong.append(f"{act} by {name}: {found}, not {expected}")
    assert wrong == []


def expected_after(state, act, late, name):
    """The state after it, or the refusal: who may not see learns nothing of the state."""
    return ACTORS[name] or next_state(state, act, late=late) or NotAllowed


def what_happens(clock, act, by):
    """The same, as it comes about; taken back again."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                DO[act](clock, by)
            found = State(Clock.objects.get(pk=clock.pk).state)
        except (NotAllowed, NotVisible) as refusal:
            found = type(refusal)
        transaction.set_rollback(True)
    return found


def test_the_table_in_the_documentation_is_the_one_that_holds():
    text = (Path(settings.BASE_DIR) / "docs/adding-a-clock.md").read_text()
    rows = text.partition("## The states")[2].split("\n| ")[2:]
    cells = [[cell.strip() for cell in row.split("\n")[0].strip("| ").split("|")] for row in rows]
    written = {(start, act): (in_time, late) for start, act, in_time, late in cells}
    for state, act in itertools.product(State, Act):
        found = tuple(next_state(state, act, late=late) or "refused" for late in (False, True))
        assert written.pop((state, act), ("refused", "refused")) == found, (state, act)
    assert written == {}


def test_an_act_and_its_event_stand_or_fall_together(scene, monkeypatch):
    clock = scene.start()
    monkeypatch.setattr(
        "cse.clocks.actions.running.events.record", lambda *a, **k: 1 / 0, raising=True
    )
    for do in (DO[Act.MEET], DO[Act.CANCEL], DO[Act.MOVE_TRIGGER]):
        with pytest.raises(ZeroDivisionError):
            do(clock, scene.worker)
    clock.refresh_from_db()
    assert (clock.state, clock.version) == (State.RUNNING, 1)


def test_the_kind_says_who_may_act(scene):
    clock = scene.start(kind=kinds.INTERVIEW)
    child = make_child()
    with pytest.raises(NotVisible):
        actions.start_clock(
            kind=kinds.INTERVIEW.key,
            child=child,
            subject=child,
            trigger_at=clock.trigger_at,
            by=scene.worker,
        )


def test_what_starting_costs(scene, django_assert_num_queries):
    """The same whoever is told and however often: all reminders are written together."""
    with django_assert_num_queries(20):
        scene.start()


def test_what_meeting_costs(scene, django_assert_num_queries):
    clock = scene.start()
    with django_assert_num_queries(12):
        actions.meet_clock(clock=clock, by=scene.worker)


# -- Two at once --------------------------------------------------------------------------------


def at_once(*acts):
    """What each of these gives, or the class of what it raises, when done at the same moment."""
    together, found = threading.Barrier(len(acts)), [None] * len(acts)

    def do(place, act):
        together.wait()
        try:
            found[place] = act()
        except NotAllowed as refusal:
            found[place] = type(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_started_eight_times_at_once_it_is_one_clock(wednesday):
    with transaction.atomic():
        scene = Scene()
    found = at_once(*[scene.start] * 8)
    assert len({clock.pk for clock in found}) == 1
    assert Clock.objects.count() == 1 and WorkItem.objects.count() == 1
    assert events("deadline set").count() == 1


@pytest.mark.django_db(transaction=True)
def test_done_and_withdrawn_at_once_one_of_them_is_told(wednesday):
    with transaction.atomic():
        scene = Scene()
        clock = scene.start()
    found = at_once(
        lambda: DO[Act.MEET](clock, scene.worker), lambda: DO[Act.CANCEL](clock, scene.lead)
    )
    assert found.count(NotAllowed) == 1
    clock.refresh_from_db()
    assert (clock.state == State.MET) == (found[1] is NotAllowed)
    ends = AuditEvent.objects.filter(act__in=["deadline met", "deadline withdrawn"])
    assert ends.count() == 1

"""The administrator's own days: what they move, what they leave, and that it is written down."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from cse.access.policies import NotAllowed, NotVisible
from cse.audit.models import AuditEvent
from cse.clocks import actions
from cse.clocks.models import CalendarDay, Reminder
from cse.clocks.queries import calendar_for
from cse.clocks.transitions import State
from cse.people.models import Role
from cse.workdays import calendar_of
from cse.worklist.models import WorkItem
from tests.clocks import kinds
from tests.clocks.conftest import Scene, at
from tests.factories import make_agency, make_authority, make_user

pytestmark = pytest.mark.django_db
TUESDAY = dt.date(2026, 12, 29)


@pytest.fixture
def administrator(scene):
    return make_user(Role.ADMINISTRATOR, agency=scene.agency)


def bank_holiday(by, on=TUESDAY, name="A royal occasion"):
    return actions.add_day(kind="bank_holiday", on=on, name=name, authority=None, moves=True, by=by)


def closure(by, authority, *, moves=False, on=TUESDAY):
    return actions.add_day(
        kind="closure", on=on, name="Office closed", authority=authority, moves=moves, by=by
    )


@pytest.mark.requirement("DEC-31")
def test_a_one_off_bank_holiday_moves_what_runs_across_it(scene, administrator):
    clock = scene.start("2026-12-23 10:00")
    assert clock.due_at == at("2026-12-30 17:00")
    bank_holiday(administrator)
    clock.refresh_from_db()
    assert (clock.due_at, clock.version) == (at("2026-12-31 17:00"), 2)
    assert clock.calendar_version == calendar_for(scene.child.authority).version
    assert clock.calendar_version != calendar_of().version
    assert WorkItem.objects.get(closed_at=None).due_at == clock.due_at
    event = AuditEvent.objects.get(act="deadline recomputed")
    assert (event.actor_id, event.child_id) == (administrator.pk, scene.child.pk)
    assert event.data["day"] == "2026-12-29" and "royal" in event.reason
    assert AuditEvent.objects.get(act="calendar day added").data["deadlines_moved"] == 1
    moments = Reminder.objects.filter(clock_version=2, user=scene.worker)
    assert set(moments.values_list("due_at", flat=True)) == {
        at("2026-12-30 09:00"),
        at("2026-12-31 09:00"),
        at("2027-01-04 09:00"),
    }


@pytest.mark.requirement("DEC-31")
def test_taken_out_again_it_moves_back(scene, administrator):
    day = bank_holiday(administrator)
    clock = scene.start("2026-12-23 10:00")
    assert clock.due_at == at("2026-12-31 17:00")
    actions.remove_day(day=day, reason="It was called off", by=administrator)
    clock.refresh_from_db()
    assert clock.due_at == at("2026-12-30 17:00")
    assert clock.calendar_version == calendar_of().version
    with pytest.raises(NotAllowed, match="no longer"):
        actions.remove_day(day=day, reason="Again", by=administrator)
    bank_holiday(administrator)  # and may be added again
    assert CalendarDay.objects.count() == 2


@pytest.mark.requirement("DEC-31")
def test_a_closure_moves_nothing_unless_the_board_says_so(scene, administrator):
    clock = scene.start("2026-12-23 10:00")
    area = scene.child.authority
    day = closure(administrator, area)
    clock.refresh_from_db()
    assert (clock.due_at, clock.version) == (at("2026-12-30 17:00"), 1)
    assert TUESDAY in calendar_for(area).closures
    actions.remove_day(day=day, reason="The board decided otherwise", by=administrator)
    closure(administrator, area, moves=True)
    clock.refresh_from_db()
    assert clock.due_at == at("2026-12-31 17:00")


@pytest.mark.requirement("DEC-31")
def test_a_closure_is_its_own_areas_affair(scene, administrator):
    other = make_authority("wiltshire")
    clock = scene.start("2026-12-23 10:00", authority=other)
    closure(administrator, scene.child.authority, moves=True)
    clock.refresh_from_db()
    assert clock.version == 1
    with pytest.raises(NotVisible):
        closure(administrator, other)


@pytest.mark.requirement("DEC-24", "DEC-31")
def test_hours_ends_and_other_weeks_are_left_alone(scene, administrator):
    hours = scene.start(kind=kinds.INTERVIEW)
    done = actions.meet_clock(clock=scene.start(), by=scene.worker)
    bank_holiday(administrator)
    bank_holiday(administrator, on=dt.date(2027, 2, 2), name="Another")
    for clock in (hours, done):
        clock.refresh_from_db()
        assert clock.version == 1


def test_what_was_late_and_explained_may_be_in_time_after_all(scene, administrator, wednesday):
    clock = scene.start("2026-12-18 10:00")  # due on the 23rd
    wednesday.move_to(at("2026-12-24 10:00"))
    actions.say_why_late(clock=clock, code="agency", text="Closed", by=scene.worker)
    bank_holiday(administrator, on=dt.date(2026, 12, 23))
    clock.refresh_from_db()
    assert (clock.state, clock.due_at) == (State.RUNNING, at("2026-12-24 17:00"))


def test_what_does_not_stand(scene, administrator):
    bank_holiday(administrator)
    with pytest.raises(NotAllowed, match="already"):
        bank_holiday(administrator)
    with pytest.raises(NotAllowed, match="bank holiday already"):
        bank_holiday(administrator, on=dt.date(2027, 12, 27), name="Christmas Day, in place of it")
    with pytest.raises(NotAllowed, match="name"):
        bank_holiday(administrator, on=dt.date(2027, 2, 2), name=" ")
    with pytest.raises(NotAllowed, match="2060"):
        bank_holiday(administrator, on=dt.date(2061, 2, 2))
    with pytest.raises(NotAllowed, match="area"):
        closure(administrator, None)
    with pytest.raises(NotAllowed, match="why"):
        actions.remove_day(day=CalendarDay.objects.get(), reason=" ", by=administrator)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_may(scene, role):
    person = make_user(role, agency=make_agency(authority=scene.child.authority))
    with pytest.raises(NotAllowed):
        bank_holiday(person)
    with pytest.raises(NotAllowed):
        closure(person, scene.child.authority)
    assert not CalendarDay.objects.exists()


def test_the_database_holds_a_day_once_and_a_closure_to_an_area(scene, administrator):
    day = bank_holiday(administrator)
    for more in ({"kind": "bank_holiday"}, {"kind": "closure"}):
        again = CalendarDay.objects.get(pk=day.pk)
        again.pk = again.id = None
        again.kind = more["kind"]
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save(force_insert=True)


def test_a_calendar_is_one_query_whatever_is_in_it(scene, administrator, django_assert_num_queries):
    bank_holiday(administrator)
    closure(administrator, scene.child.authority, on=dt.date(2027, 2, 2))
    area = scene.child.authority
    with django_assert_num_queries(1):
        calendar = calendar_for(area)
    assert not calendar.is_working_day(TUESDAY)
    assert calendar.is_working_day(dt.date(2027, 2, 2))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ["start", "move"])
def test_no_deadline_slips_past_a_day_that_is_added_at_the_same_moment(wednesday, act):
    with transaction.atomic():
        scene = Scene()
        administrator = make_user(Role.ADMINISTRATOR, agency=scene.agency)
        clock = None if act == "start" else scene.start("2026-12-21 10:00")

    def add():
        try:
            bank_holiday(administrator)
        finally:
            connection.close()

    thread = threading.Thread(target=add)
    with transaction.atomic():
        if act == "start":
            clock = scene.start("2026-12-23 10:00")
        else:
            actions.move_trigger(
                clock=clock, trigger_at=at("2026-12-23 10:00"), reason="Typo", by=scene.worker
            )
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()  # it waits: what it would not see yet is still being written
    thread.join()
    clock.refresh_from_db()
    assert clock.due_at == at("2026-12-31 17:00")

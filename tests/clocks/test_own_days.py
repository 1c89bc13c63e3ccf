"""What other rooms let wait is due by the administrator's own days too."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from cse.access.actions import break_glass
from cse.clocks import actions
from cse.people.models import Role
from cse.worklist.models import WorkItem
from screening.actions import start_screen
from tests.factories import make_child, make_tools, make_user
from tests.screening.conftest import Place

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DEC-31")]
FRIDAY = dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC)
MONDAY, TUESDAY, THURSDAY = (dt.date(2026, 11, day) for day in (23, 24, 26))


@pytest.fixture
def place():
    """Oxfordshire on that Friday; its administrator has made the coming Monday a bank holiday."""
    with time_machine.travel(FRIDAY, tick=False):
        yield _place()


def _place():
    make_tools()
    found = Place("oxfordshire")
    administrator = make_user(Role.ADMINISTRATOR, agency=found.agency)
    actions.add_day(
        kind="bank_holiday",
        on=MONDAY,
        name="A royal occasion",
        authority=None,
        moves=True,
        by=administrator,
    )
    return found


def due(kind):
    return {
        timezone.localdate(item.due_at)
        for item in WorkItem.objects.filter(kind=kind, closed_at__isnull=True)
    }


def test_a_draft_is_due_a_day_later(place):
    start_screen(child=place.child, by=place.worker)
    assert due("finish_draft") == {THURSDAY}  # the third working day: Tuesday, Wednesday, Thursday


def test_a_review_of_emergency_access_is_due_a_day_later(place):
    stranger = make_user(agency=place.agency)
    child = make_child(by=place.worker, authority=place.authority)
    opening = break_glass(
        child_id=child.pk, by=stranger, reason="The child rang and nobody answered"
    )
    assert opening.review_due_on == TUESDAY
    assert due("review_break_glass") == {TUESDAY}

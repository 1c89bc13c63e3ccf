"""Opening and closing what waits."""

import datetime as dt
import uuid

import pytest
from django.db import transaction
from django.utils import timezone

from cse.worklist import kinds
from cse.worklist.actions import OutsideTransaction, close_items, open_item
from cse.worklist.models import WorkItem
from tests.factories import make_child, make_team, make_user

pytestmark = pytest.mark.django_db


def open_for(owner=None, *, child=None, kind=kinds.FINISH_DRAFT, days=1, **more):
    child = child or make_child()
    due = timezone.now() + dt.timedelta(days=days)
    return open_item(kind=kind, child=child, subject=child, due_at=due, owner=owner, **more)


def test_the_same_work_is_open_once_and_takes_the_new_date():
    owner, child = make_user(), make_child()
    first = open_for(owner, child=child)
    again = open_for(owner, child=child, days=5)
    assert first.pk == again.pk
    assert WorkItem.objects.get().due_at == again.due_at > first.opened_at
    assert again.history.count() == 2


def test_asking_again_with_the_same_date_writes_nothing():
    owner, child = make_user(), make_child()
    due = timezone.now()
    for _ in range(2):
        item = open_item(
            kind=kinds.COUNTERSIGN, child=child, subject=child, due_at=due, owner=owner
        )
    assert item.history.count() == 1


def test_two_people_and_a_team_wait_beside_each_other():
    child, team = make_child(), make_team()
    open_for(make_user(), child=child)
    open_for(make_user(), child=child)
    open_for(child=child, group=team.group)
    assert WorkItem.objects.count() == 3


def test_closed_work_can_open_again():
    owner, child = make_user(), make_child()
    open_for(owner, child=child)
    assert close_items(subject=child, kind=kinds.FINISH_DRAFT) == 1
    assert close_items(subject=child, kind=kinds.FINISH_DRAFT) == 0
    open_for(owner, child=child)
    assert WorkItem.objects.count() == 2


def test_closing_one_kind_leaves_the_others():
    owner, child = make_user(), make_child()
    open_for(owner, child=child)
    open_for(owner, child=child, kind=kinds.COUNTERSIGN)
    close_items(subject=child, kind=kinds.COUNTERSIGN)
    assert WorkItem.objects.get(closed_at=None).kind == kinds.FINISH_DRAFT
    assert close_items(subject=child) == 1


@pytest.mark.parametrize("both", [True, False])
def test_one_principal_and_one_only(both):
    more = {"group": make_team().group} if both else {}
    with pytest.raises(ValueError, match="one principal"):
        open_for(make_user() if both else None, **more)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="no kind of work"):
        open_for(make_user(), kind="tea")
    with pytest.raises(ValueError, match="no kind of work"):
        close_items(subject=make_child(), kind="tea")


def test_a_moment_without_a_zone_is_refused():
    child = make_child()
    with pytest.raises(ValueError, match="time zone"):
        open_item(
            kind=kinds.COUNTERSIGN,
            child=child,
            subject=child,
            owner=make_user(),
            due_at=dt.datetime(2026, 12, 1, 12),
        )


@pytest.mark.django_db(transaction=True)
def test_outside_an_act_nothing_opens_or_closes():
    with transaction.atomic():
        owner, child = make_user(), make_child()
    with pytest.raises(OutsideTransaction):
        open_for(owner, child=child)
    with pytest.raises(OutsideTransaction):
        close_items(subject=child)
    with transaction.atomic():
        open_for(owner, child=child)
    assert WorkItem.objects.count() == 1


def test_every_kind_has_words_and_an_address_or_none():
    for kind in kinds.KINDS.values():
        assert kind.words
        address = kind.address(uuid.uuid4())
        assert address == "" or address.startswith("/")

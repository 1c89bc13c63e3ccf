"""Home: what waits for me, soonest first; then my children."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cse.access.actions import exclude, seal
from cse.access.actions.asked import let_contribute
from cse.audit.context import Acting, act_as
from cse.children.models import LevelEvent
from cse.children.queries import my_children
from cse.people.models import Role
from cse.worklist import kinds
from cse.worklist.actions import open_item
from cse.worklist.queries import PAGE, waiting_for
from cse.worklist.waiting_panel import waiting_panel
from tests.factories import grant, make_child, make_user
from tests.worklist.conftest import BACKEND

pytestmark = pytest.mark.django_db


def work(child, *, owner=None, group=None, days=1, kind=kinds.FINISH_DRAFT):
    due = timezone.now() + dt.timedelta(days=days)
    return open_item(kind=kind, child=child, subject=child, due_at=due, owner=owner, group=group)


def mine(worker, name="Wren", **more):
    child = make_child(name, "Ashby", by=worker, **more)
    grant(worker, child)
    return child


def names(page):
    return [item.child_name for item in page.items]


def test_own_work_and_the_teams_the_soonest_first(worker):
    group = worker.posts.get().team.group
    work(mine(worker, "Late"), owner=worker, days=-3)
    work(mine(worker, "Third"), owner=worker, days=9)
    work(mine(worker, "Second"), group=group, days=2)
    page = waiting_for(worker)
    assert names(page) == ["Late Ashby", "Second Ashby", "Third Ashby"]
    assert [item.for_team for item in page.items] == [False, True, False]
    assert page.next == ""


def test_work_of_others_and_closed_work_is_not_there(worker, lead):
    child = mine(worker)
    work(child, owner=lead)
    done = work(child, owner=worker)
    done.closed_at = timezone.now()
    done.save()
    assert waiting_for(worker).items == ()


@pytest.mark.requirement("D-SHR-01")
def test_work_on_a_child_out_of_scope_is_not_there(worker, lead):
    group = worker.posts.get().team.group
    hidden, excluded, sealed = make_child(), mine(worker), mine(worker)
    for child in (hidden, excluded, sealed):
        work(child, owner=worker)
        work(child, group=group)
        grant(lead, child)
    exclude(child=excluded, user=worker, ground="relative", reason="A cousin", by=lead)
    seal(child=sealed, names=[], reason="Needs it", by=lead)
    assert waiting_for(worker).items == ()
    assert my_children(worker).children == ()


@pytest.mark.requirement("D-SHR-01")
@pytest.mark.parametrize("role", [Role.BOARD, Role.ADMINISTRATOR, Role.AUDITOR, Role.INTELLIGENCE])
def test_a_role_that_sees_no_child_has_a_home_without_children(client, role):
    user = make_user(role)
    child = make_child("Secret", "Name")
    grant(user, child)
    work(child, owner=user)
    client.force_login(user, backend=BACKEND)
    answer = client.get("/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "Secret" not in page and "My children" not in page and "Find a child" not in page


@pytest.mark.requirement("D-SHR-01")
def test_who_sees_no_record_has_what_they_are_asked_and_the_referrals_of_their_team(client):
    user = make_user(Role.INTELLIGENCE)
    child = make_child("Sam", "Reed")
    grant(user, child)
    for kind in kinds.KINDS:
        if kind not in kinds.UNSEEN:
            work(child, owner=user, kind=kind)
    wanted = {*kinds.ASKED, *kinds.TRIAGE}
    assert {item.kind for item in waiting_for(user).items} == wanted
    client.force_login(user, backend=BACKEND)
    page = client.get("/").content.decode()
    assert page.count("Sam Reed") >= len(wanted) and f"/children/{child.pk}/" not in page


@pytest.mark.requirement("D-SHR-01")
def test_to_be_asked_shows_the_request_and_no_other_work_on_that_child(worker):
    child = make_child("Sam", "Reed")
    let_contribute(child=child, reason="Asked", days=5, user=worker)
    for kind in kinds.KINDS:
        if kind not in kinds.UNSEEN:
            work(child, owner=worker, kind=kind)
    assert {item.kind for item in waiting_for(worker).items} == set(kinds.ASKED)


def test_paging_goes_through_everything_once(worker):
    group = worker.posts.get().team.group
    for number in range(PAGE + 4):
        for_team = number % 3 == 0
        work(
            mine(worker, f"C{number}"),
            owner=None if for_team else worker,
            group=group if for_team else None,
            days=number // 4,
            kind=list(kinds.KINDS)[number % 6],
        )
    everything, cursor = [], None
    while True:
        page = waiting_for(worker, cursor)
        everything += page.items
        cursor = page.next
        if not cursor:
            break
    assert len({item.id for item in everything}) == len(everything) > PAGE
    due = [(item.due_at, item.id) for item in everything]
    assert due == sorted(due)


@pytest.mark.parametrize("amount", [1, 3])
def test_what_waits_and_my_children_cost_one_query_each(worker, amount, django_assert_num_queries):
    for number in range(amount):
        work(mine(worker, f"C{number}"), owner=worker, days=number)
    with act_as(Acting(in_request=True)):
        with django_assert_num_queries(2):
            assert len(waiting_for(worker).items) == amount
        with django_assert_num_queries(1):
            assert len(my_children(worker).children) == amount


def test_home_costs_the_same_for_one_and_three(as_worker, worker):
    costs = []
    for number in (1, 3):
        while len(my_children(worker).children) < number:
            work(mine(worker), owner=worker)
        with CaptureQueriesContext(connection) as queries:
            assert as_worker.get("/").status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 10


def test_my_children_have_age_level_next_due_and_counts(worker, lead):
    late, later = mine(worker, "Late"), mine(worker, "Later", date_of_birth=dt.date(2013, 1, 1))
    free = mine(worker, "Free", date_of_birth=None)
    work(late, owner=lead, days=-2)
    work(late, owner=worker, days=-1)
    work(later, owner=lead, days=5)
    for level, fields in (("at_risk", {}), ("vulnerable", {"needs_approval": True})):
        LevelEvent(
            child=late,
            level=level,
            decided_on=dt.date(2026, 5, 1),
            decided_at=timezone.now(),
            decided_by=worker,
            judgement="x",
            **fields,
        ).save()
    page = my_children(worker)
    assert [child.name for child in page.children] == ["Late Ashby", "Later Ashby", "Free Ashby"]
    assert (page.total, page.overdue) == (3, 2)
    first, _, last = page.children
    assert (first.level, first.level_words, first.overdue) == ("at_risk", "At risk", 2)
    assert (last.age, last.next_due, last.overdue, last.level) == (None, None, 0, "")
    assert last.id == free.pk
    # The soonest of the first is the lead's; so is all of the second.
    assert [child.is_mine for child in page.children] == [False, False, False]
    assert my_children(lead).children == ()


def test_what_is_due_on_the_same_day_is_mine_where_some_of_it_is(worker, lead):
    """By the day that the page shows: an hour that a colleague is before does not count."""
    noon = timezone.make_aware(
        dt.datetime.combine(timezone.localdate() + dt.timedelta(days=2), dt.time(12))
    )
    both, theirs = mine(worker, "Both"), mine(worker, "Theirs")
    for child, owner, hours in ((both, lead, 0), (both, worker, 5), (theirs, lead, 1)):
        open_item(
            kind=kinds.FINISH_DRAFT,
            child=child,
            subject=make_user(role=None),
            owner=owner,
            due_at=noon + dt.timedelta(hours=hours),
        )
    page = my_children(worker)
    assert [child.is_mine for child in page.children] == [True, False]


def test_whose_the_next_thing_is_stands_beside_it(as_worker, worker, lead):
    """Not the worker's own list alone: what a colleague owes says so, and the child says what."""
    child, own = mine(worker, "Isla"), mine(worker, "Juno")
    work(child, owner=lead, days=2, kind=kinds.COUNTERSIGN)
    work(own, owner=worker, days=3)
    page = as_worker.get("/").content.decode()
    assert page.count("with a colleague") == 1
    overview = as_worker.get(f"/children/{child.pk}/").content.decode()
    assert "Countersign a lowered indicator" in overview
    assert lead.get_full_name() in overview
    overview = as_worker.get(f"/children/{own.pk}/").content.decode()
    assert "Finish the screen" in overview
    assert [row["who"] for row in waiting_panel(own, worker).context["rows"]] == ["You"]


def test_what_is_not_for_everybody_stays_with_whom_it_waits_for(as_worker, worker, lead):
    child = mine(worker)
    work(child, owner=lead, kind=kinds.REFUSED_ATTEMPT)
    assert "what somebody tried" not in as_worker.get(f"/children/{child.pk}/").content.decode()


def test_due_today_is_not_overdue(worker):
    child = mine(worker)
    midnight = timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time.min))
    open_item(kind=kinds.FINISH_DRAFT, child=child, subject=child, due_at=midnight, owner=worker)
    assert my_children(worker).overdue == 0


def test_my_children_page_through_dated_and_undated_once(worker):
    for number in range(PAGE + 3):
        child = mine(worker, f"C{number}")
        if number % 2:
            work(child, owner=worker, days=number)
    first = my_children(worker)
    second = my_children(worker, first.next)
    assert second.next == ""
    ids = [child.id for child in (*first.children, *second.children)]
    assert len(ids) == len(set(ids)) == PAGE + 3 == first.total == second.total


def test_home_says_what_is_late_in_words(as_worker, worker):
    work(mine(worker, "Late"), owner=worker, days=-20)
    page = as_worker.get("/").content.decode()
    assert "Late by" in page and "Finish the screen" in page and "Late Ashby" in page
    assert "1 thing overdue" in page


def test_an_empty_home_says_what_to_do(as_worker):
    page = as_worker.get("/").content.decode()
    assert "Nothing waits for you." in page
    assert "Find or record a child" in page and "Find a child" in page


def test_home_needs_a_sign_in(client, db):
    answer = client.get("/")
    assert answer.status_code == 302 and "/sign-in/" in answer["Location"]

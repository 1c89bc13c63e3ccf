"""Search before create: who is found, why, and that nobody outside the scope shows."""

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cse.access.models import ChildUserGrant
from cse.audit.models import AuditEvent
from cse.children.queries.search import Terms, search_children
from cse.people.models import ContactPoint, Role
from tests.factories import grant, make_child, make_user
from tests.prepared import prepared

pytestmark = pytest.mark.django_db
BORN = dt.date(2012, 4, 3)


def reasons(user, name="", born=None):
    return {match.child.name: match.reasons for match in search_children(user, Terms(name, born))}


@prepared
def sean(worker):
    child = make_child("Seán", "O'Neill", by=worker, date_of_birth=BORN)
    grant(worker, child)
    return child


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("Seán O'Neill", "same name"),
        ("sean oneill", "same name"),
        ("O’Neill Sean", "same name"),
        ("neil", "contains what you typed"),
        ("Shaun ONeil", "name spelt alike"),
        ("Sean Oneal", "name spelt alike"),
    ],
)
def test_a_name_is_found_however_it_is_spelt(worker, sean, typed, why):
    assert reasons(worker, typed)["Seán O'Neill"] == (why,)


def test_a_name_that_only_sounds_alike_is_found(worker):
    grant(worker, make_child("Catherine", "Wrightson", by=worker))
    found = reasons(worker, "Kathryn Rytsun")
    assert found == {"Catherine Wrightson": ("name sounds alike",)}


def test_another_name_is_not_found(worker, sean):
    assert reasons(worker, "Margaret Thistlewood") == {}


@pytest.mark.parametrize(
    ("born", "why"),
    [
        (dt.date(2012, 4, 3), "same date of birth"),
        (dt.date(2012, 3, 4), "day and month the other way round"),
        (dt.date(2012, 4, 8), "one digit of the date of birth differs"),
        (dt.date(2013, 4, 3), "date of birth one year apart"),
    ],
)
def test_a_date_of_birth_nearly_right_is_found(worker, sean, born, why):
    assert reasons(worker, born=born)["Seán O'Neill"] == (why,)


def test_the_reasons_of_name_and_birth_stand_together_and_rank(worker, sean):
    other = make_child("Sean", "Neilson", by=worker, date_of_birth=dt.date(2010, 1, 1))
    grant(worker, other)
    found = reasons(worker, "Sean O'Neill", BORN)
    assert list(found) == ["Seán O'Neill", "Sean Neilson"]
    assert found["Seán O'Neill"] == ("same name", "same date of birth")


def test_unknown_and_approximate_dates_of_birth_say_so(worker):
    unknown = make_child("Kit", "Marlow", by=worker, date_of_birth=None)
    about = make_child("Kit", "Marlowe", by=worker, date_of_birth=BORN + dt.timedelta(days=200))
    about.birth_date_known = "approximate"
    about.save()
    for child in (unknown, about):
        grant(worker, child)
    found = reasons(worker, "Kit Marlow", BORN)
    assert found["Kit Marlow"] == ("same name", "date of birth not known")
    assert "approximate date of birth within a year" in found["Kit Marlowe"]


def test_a_reference_is_found(worker, sean):
    assert "same reference" in reasons(worker, sean.reference.lower())["Seán O'Neill"]


@pytest.mark.parametrize("typed", ["吴小明", "🙂", "ŵŷ", "%", "_", "\\", "' OR 1=1 --", "a" * 200])
def test_unusual_words_are_only_words(worker, sean, typed):
    assert search_children(worker, Terms(typed)) == []


@pytest.mark.requirement("D-SHR-01")
def test_no_grant_no_match(lead, sean):
    assert search_children(lead, Terms("Sean O'Neill", BORN)) == []


@pytest.mark.requirement("D-SHR-01")
def test_a_role_without_children_finds_nobody(sean):
    analyst = make_user(Role.BOARD)
    grant(analyst, sean)
    assert search_children(analyst, Terms("Sean O'Neill", BORN)) == []


def ask(client, **data):
    answer = client.post("/children/", data)
    return answer["Location"]


def body_of(client, address):
    """The page without what differs by nature: token of the form, ids of this search."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    text = answer.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    text = re.sub(r'data-csrf="[^"]+"', "", text)
    text = re.sub(r'data-session-ends="[^"]+"', "", text)
    text = re.sub(r"/children/add/[0-9a-f-]+/", "", text)
    return answer.status_code, text, len(queries)


@pytest.mark.requirement("D-SHR-01")
def test_a_hidden_child_and_no_child_give_the_same_page(as_worker, agency):
    first = body_of(as_worker, ask(as_worker, name="Robin Hidden"))
    again = body_of(as_worker, ask(as_worker, name="Robin Hidden"))
    assert first == again
    make_child("Robin", "Hidden", by=make_user(agency=agency), date_of_birth=BORN)
    assert body_of(as_worker, ask(as_worker, name="Robin Hidden")) == first
    assert "The front door may hold a record" in first[1]


def test_the_front_door_is_named_on_every_search(as_worker, worker, sean):
    authority = sean.authority
    ContactPoint(
        authority=authority,
        label="Front door telephone",
        value="01632 960555",
        is_placeholder=False,
    ).save()
    for address in ("/children/", ask(as_worker, name="Sean"), ask(as_worker, name="Nobody")):
        page = as_worker.get(address).content.decode()
        assert "01632 960555" in page
        assert "The front door may hold a record" in page


def test_a_search_is_written_down_with_its_text_protected(as_worker, worker, sean):
    address = ask(as_worker, name="Sean O'Neill")
    assert "Sean" not in address and "Neill" not in address
    as_worker.get(address)
    event = AuditEvent.objects.get(act="search for a child")
    assert event.actor_id == worker.pk
    assert event.protected_text == "Sean O'Neill"
    assert event.data == {"ids": [str(sean.pk)]}


def test_a_page_of_results_costs_the_same_for_one_and_three(as_worker, worker):
    costs = []
    for amount in (1, 3):
        while _granted(worker) < amount:
            grant(worker, make_child("Alex", "Same", by=worker))
        address = ask(as_worker, name="Alex Same")
        with CaptureQueriesContext(connection) as queries:
            page = as_worker.get(address).content.decode()
        assert page.count("same name") == amount
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


def _granted(worker):
    return ChildUserGrant.objects.filter(user=worker).count()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Enter a name, a reference or a date of birth"),
        ({"name": "..."}, "Enter at least one letter or number of the name"),
        ({"name": "a\x00b"}, "Remove the invisible control character"),
        ({"name": "e" + "\u0301" * 10_000}, "200 characters or fewer"),
        ({"name": "e" + "\u0301" * 100}, "Use at most 6 accents or marks on one letter"),
        ({"name": "a\u0007b"}, "Remove the invisible control character"),
        (
            {"date_of_birth-day": "3", "date_of_birth-month": "4", "date_of_birth-year": "2999"},
            "Date of birth must be today or in the past",
        ),
        (
            {"date_of_birth-day": "31", "date_of_birth-month": "2", "date_of_birth-year": "2012"},
            "must be a real date",
        ),
    ],
)
def test_a_search_that_cannot_be_read_says_what_to_do(as_worker, data, message):
    answer = as_worker.post("/children/", data)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert message in page
    assert "<title>Error:" in page


def test_half_a_character_is_refused_with_a_reason(as_worker):
    answer = as_worker.generic(
        "POST", "/children/", "name=%ED%A0%80x", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert "One character did not arrive whole" in answer.content.decode()


def test_the_results_of_another_session_are_not_there(as_worker):
    answer = as_worker.get(f"/children/search/{uuid.uuid4()}/")
    assert answer.status_code == 302 and answer["Location"] == "/children/"

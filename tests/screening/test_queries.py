"""What pages and saves cost, whatever the number of indicators and of rows."""

import json

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from screening import queries
from screening.actions import start_screen
from screening.answers import Given, write_answers
from screening.models import Screen
from screening.queries import tool_of
from screening.rules import Presence
from tests.factories import grant, make_child
from tests.prepared import prepared
from tests.screening.pages import address, controls
from tests.screening.test_completing import completed
from tests.signin.helpers import give_app

pytestmark = pytest.mark.django_db


def count(act):
    """How many queries an act makes, with what a process keeps in memory already there.

    The clock stands still: a session says once in a while that it is in use.
    """
    with time_machine.travel(timezone.now(), tick=False):
        act()
        with CaptureQueriesContext(connection) as captured:
            act()
    return len(captured), "\n".join(each["sql"][:150] for each in captured)


@prepared
def draft(oxfordshire):
    return start_screen(child=oxfordshire.child, by=oxfordshire.worker)[0]


@pytest.fixture(params=[False, True], ids=["password", "second factor"])
def client(request, settings, oxfordshire, draft):
    """The worker's browser: where the installation asks for no second factor, and where it does."""
    give_app(oxfordshire.worker)
    settings.SECOND_FACTOR_REQUIRED = request.param
    return oxfordshire.client()


@pytest.mark.parametrize("slug", ["grooming", "looked-after-children"])
def test_a_domain_page_costs_12_queries_whatever_its_rows(client, draft, slug):
    found, sql = count(lambda: client.get(address(draft, "domain", slug)))
    assert found <= 12, sql


@pytest.mark.parametrize("slug", ["grooming", "looked-after-children"])
@pytest.mark.parametrize("headers", [{}, {"X-Requested-With": "autosave"}])
def test_saving_a_domain_costs_15_queries_whatever_its_rows(client, draft, slug, headers):
    where = address(draft, "domain", slug)

    def save():
        # One query of the test's own: the version is read anew each time.
        version = Screen.objects.values_list("part_versions", flat=True).get()
        sent["version"] = str(version.get(f"domain.{slug}", 0))
        assert client.post(where, sent, headers=headers).status_code in (200, 302)

    sent = controls(client.get(where))
    sent |= {name: "yes" for name in sent if name.endswith("-presence")} | {"act": "leave"}
    found, sql = count(save)
    assert found - 1 <= 15, sql


def test_a_screen_of_100_answers_is_written_in_4_queries_and_4_kib(oxfordshire, draft):
    tool = tool_of(draft.tool_version_id)
    answers = {row.id: Given(presence=Presence.POSSIBLE) for row in tool.shown}
    document = write_answers({}, answers, tool)
    with CaptureQueriesContext(connection) as captured:
        draft.answers, draft.projection = document, [2] * len(answers)
        draft.save()
    assert len(captured) <= 6
    for_hundred = len(json.dumps(document, separators=(",", ":"))) * 100 / len(answers)
    assert for_hundred < 4096
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_column_size(h) FROM screening_historicalscreen h"
            " ORDER BY history_id DESC LIMIT 1"
        )
        assert cursor.fetchone()[0] < 4096


def more_children(place, number):
    for _ in range(number):
        child = make_child(by=place.worker, authority=place.authority)
        grant(place.worker, child)
        start_screen(child=child, by=place.worker)


def test_my_screens_cost_the_same_with_1_and_3(oxfordshire):
    client = oxfordshire.client()
    more_children(oxfordshire, 1)
    one, _ = count(lambda: client.get("/screens/"))
    more_children(oxfordshire, 2)
    three, sql = count(lambda: client.get("/screens/"))
    assert one == three, sql
    assert len(queries.drafts_of(oxfordshire.worker)) == 3


def test_a_child_s_screens_cost_the_same_with_1_and_3(oxfordshire):
    client, where = oxfordshire.client(), f"/screens/child/{oxfordshire.child.pk}/"
    completed(oxfordshire)
    one, _ = count(lambda: client.get(where))
    completed(oxfordshire)
    completed(oxfordshire)
    three, sql = count(lambda: client.get(where))
    assert one == three, sql

"""The export register: leads see their children's, the auditor all without names."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cse.audit.models import AuditEvent
from cse.documents.queries import PAGE
from tests.documents.test_verification import add_export
from tests.factories import grant, make_child, make_user
from tests.prepared import prepared

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-03")]


def register(user, query=""):
    client = Client()
    client.force_login(user)
    return client.get(reverse("documents:register") + query)


@prepared
def child(lead):
    child = make_child("Marigold", "Pemberton")
    grant(lead, child)
    return child


def test_a_lead_sees_exports_about_children_in_scope_only(lead, child):
    other = make_child("Bramwell", "Ashdown")
    somebody = make_user("named_lead")
    seen = add_export(somebody, child)
    hidden = add_export(lead, other)
    page = register(lead).content.decode()
    assert seen.code in page
    assert "Marigold Pemberton" in page
    assert "About Marigold" in page
    assert hidden.code not in page
    assert "Bramwell" not in page


def test_blank_tools_are_listed_to_the_agency_that_printed_them(lead, child):
    own, other = add_export(lead), add_export(make_user("named_lead"))
    page = register(lead).content.decode()
    assert own.code in page
    assert other.code not in page


def test_the_auditor_sees_all_and_no_name(lead, child):
    exports = [add_export(lead, child), add_export(make_user("chair"), make_child("Bramwell"))]
    page = register(make_user("auditor")).content.decode()
    for export in exports:
        assert export.code in page
        assert export.child.reference not in page
    for word in ("Marigold", "Pemberton", "Bramwell", "Jo Reyes"):
        assert word not in page
    assert "Assessment team" in page


@pytest.mark.parametrize("role", ["practitioner", "board", "administrator", "intelligence"])
def test_other_roles_have_no_register(role):
    assert register(make_user(role)).status_code == 403


def test_looking_is_written_down(lead, child):
    export = add_export(lead, child)
    register(lead)
    event = AuditEvent.objects.get(act="see the export register")
    assert event.data["exports"] == [str(export.pk)]


def queries_for(user, count):
    client = Client()
    client.force_login(user)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(reverse("documents:register"))
    assert page.content.decode().count("Completed screen") == count
    return len(captured)


@pytest.mark.parametrize("role", ["named_lead", "auditor"])
def test_the_register_costs_the_same_with_one_row_and_with_three(role, lead, child):
    user = lead if role == "named_lead" else make_user(role)
    add_export(lead, child)
    one = queries_for(user, 1)
    for _ in range(2):
        another = make_child()
        grant(lead, another)
        add_export(make_user("chair"), another)
    assert queries_for(user, 3) == one <= 12


def test_own_exports_cost_the_same_with_one_row_and_with_three(lead, child):
    client = Client()
    client.force_login(lead)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            add_export(lead, child)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("documents:home"))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 12


def test_pages_follow_each_other_by_key_without_gap_or_repeat(lead, child):
    start = timezone.now()
    at = [start - dt.timedelta(minutes=number // 2) for number in range(PAGE + 5)]
    codes = [add_export(lead, child, requested_at=moment).code for moment in at]
    first = register(lead).content.decode()
    found = [code for code in codes if code in first]
    assert len(found) == PAGE
    query = first.split("exports/?before=")[1].split('"')[0]
    second = register(lead, f"?before={query}").content.decode()
    rest = [code for code in codes if code in second]
    assert sorted(found + rest) == sorted(codes)
    for nonsense in ("x", "_", "20260101T000000.0_x", "9" * 400):
        assert register(lead, f"?before={nonsense}").status_code == 200

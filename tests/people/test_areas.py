"""The profile of an area: names, marking and emergency text, changed by its own administrator."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cse.access.policies import NotVisible
from cse.audit.models import AuditEvent
from cse.people import actions
from cse.people.models import Authority, Role, User
from cse.people.reference import load_authorities
from cse.people.saving import version_of
from tests.factories import make_agency, make_authority, make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db
MARKED = {"marking": "OFFICIAL", "handling": "Partners only"}


@pytest.fixture
def boss() -> User:
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def office(client, boss) -> Client:
    sign_in(client, boss)
    return client


def values_of(area: Authority, **changes: str) -> dict[str, str]:
    return {name: getattr(area, name) for name in actions.AREA} | changes


def marking_on(page: str) -> list[str]:
    return re.findall(r"Marking: </span>([^<]*?)\s*</p>", page)


def version_on(page: str) -> str:
    return re.search(r'name="version" value="(\w+)"', page).group(1)


@pytest.mark.requirement("DEC-26", "DEC-41")
def test_an_administrator_changes_marking_and_names_and_every_page_of_the_area_carries_them(
    office, boss
):
    area = make_authority()
    address = reverse("people:edit-area", args=[area.pk])
    opened = office.get(address).content.decode()
    assert "RESTRICTED" in opened
    assert marking_on(opened) == ["OFFICIAL-SENSITIVE", "OFFICIAL-SENSITIVE"]
    changes = MARKED | {"front_door_name": "First response", "version": version_on(opened)}
    assert office.post(address, values_of(area, **changes)).status_code == 302
    area.refresh_from_db()
    assert (area.marking, area.handling) == ("OFFICIAL", "Partners only")
    assert area.front_door_name == "First response"
    event = AuditEvent.objects.get(act="area changed")
    assert (event.actor_id, event.object_id) == (boss.pk, str(area.pk))
    assert event.changed_fields == ["front_door_name", "marking", "handling"]
    assert area.history.count() == 2

    worker, elsewhere = Client(), Client()
    worker.force_login(make_user())
    other = make_agency(authority=make_authority("wiltshire"))
    elsewhere.force_login(make_user(agency=other))
    page = reverse("interface:guidance")
    assert marking_on(worker.get(page).content.decode()) == ["OFFICIAL – Partners only"] * 2
    assert marking_on(elsewhere.get(page).content.decode()) == ["OFFICIAL-SENSITIVE"] * 2


def test_the_areas_marking_costs_no_query(client):
    client.force_login(make_user())
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("interface:guidance"))
    about = [each["sql"] for each in captured if "people_authority" in each["sql"]]
    assert len(about) == 1
    assert "people_post" in about[0]


def test_error_pages_carry_the_installations_marking_for_everybody(client, settings):
    area = make_authority()
    area.marking = "OFFICIAL"
    area.save()
    client.force_login(make_user())
    page = client.get(reverse("interface:guidance-page", args=["no-such-page"]))
    assert page.status_code == 404
    assert marking_on(page.content.decode()) == [settings.MARKING] * 2


def test_another_area_is_no_page_and_no_act(office, boss):
    other = make_authority("wiltshire")
    assert office.get(reverse("people:edit-area", args=[other.pk])).status_code == 404
    with pytest.raises(NotVisible):
        actions.edit_area(
            by=boss,
            authority=other,
            values=values_of(other, marking="X"),
            version=version_of(other, actions.AREA),
        )


def test_it_asks_again_who_one_is_and_keeps_what_was_typed(client, boss):
    client.force_login(boss)
    area = make_authority()
    answer = client.post(reverse("people:edit-area", args=[area.pk]), values_of(area, **MARKED))
    assert answer.status_code == 302
    assert reverse("account_reauthenticate") in answer["Location"]
    area.refresh_from_db()
    assert area.marking == "OFFICIAL-SENSITIVE"


@pytest.mark.requirement("DEC-26")
def test_guidance_says_what_became_of_the_handbooks_marking(client):
    client.force_login(make_user())
    page = client.get(reverse("interface:guidance-page", args=["what-it-is"])).content.decode()
    assert "prints RESTRICTED on its tool" in page


@pytest.mark.requirement("DEC-26")
def test_a_new_area_begins_with_the_installations_marking(settings):
    settings.MARKING = "OFFICIAL"
    assert {area.marking for area in load_authorities()} == {"OFFICIAL"}

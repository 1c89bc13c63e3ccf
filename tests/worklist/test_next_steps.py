"""Home of those who run the service: never an empty page without a way on."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cse.people.models import AccountChange, ContactPoint, Role
from tests.factories import make_agency, make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db


def home_of(client, user):
    sign_in(client, user)
    return client.get(reverse("worklist:home")).content.decode()


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.ADMINISTRATOR, ["people:users", "people:agencies", "screening:tools"]),
        (Role.BOARD, ["screening:tools", "people:leads"]),
        (Role.AUDITOR, ["audit:log", "documents:register"]),
        (Role.INTELLIGENCE, ["people:leads", "interface:guidance"]),
    ],
)
def test_home_leads_on(client, role, names):
    page = home_of(client, make_user(role))
    assert "What you can do here" in page
    steps = page.split("What you can do here")[1]
    for name in names:
        assert f'href="{reverse(name)}"' in steps


def test_nobody_is_led_where_their_post_does_not_let_them(client):
    steps = home_of(client, make_user(Role.INTELLIGENCE)).split("What you can do here")[1]
    for name in ("people:users", "audit:log", "screening:tools"):
        assert f'href="{reverse(name)}"' not in steps.split("</ul>")[0]


def test_an_administrator_sees_contact_points_that_are_not_filled_in(client):
    boss = make_user(Role.ADMINISTRATOR)
    authority = boss.posts.get().team.agency.authority
    for number in (1, 2):
        ContactPoint(authority=authority, label=f"Duty {number}", value="x").save()
    page = home_of(client, boss)
    assert "2 contact points are not filled in yet" in page
    assert "wait for a second person" not in page


def test_a_lead_sees_a_change_of_an_account_that_waits_and_else_nothing(client):
    agency = make_agency()
    lead = make_user(Role.NAMED_LEAD, agency=agency)
    assert "Accounts</h2>" not in home_of(client, lead)
    AccountChange(
        person=make_user(agency=agency),
        kind="second_factor",
        asked_by=make_user(Role.ADMINISTRATOR),
    ).save()
    page = client.get(reverse("worklist:home")).content.decode()
    assert "1 change of an account waits for a second person" in page
    assert f'href="{reverse("people:changes")}"' in page

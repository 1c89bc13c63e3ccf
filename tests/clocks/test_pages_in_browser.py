"""The room's pages in Chromium: in nobody's way, and no wider than the screen.

``CSE_PICTURES=<folder>`` keeps a picture of each.
"""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cse.clocks import actions
from cse.people.models import Role
from tests.clocks import gallery
from tests.clocks.conftest import Scene
from tests.factories import make_agency, make_user
from tests.interface.looking import in_the_way_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def pages():
    """What the server sent, by name: the pages of somebody who works, leads or administers."""
    scene = Scene()
    with time_machine.travel(timezone.now() - dt.timedelta(days=14)):
        trigger = timezone.localtime().strftime("%Y-%m-%d %H:%M")
        clock = scene.start(trigger, by=None)
        scene.start(trigger, by=None, subject=make_user(role=None))
    actions.run_due()
    found = {"gallery": gallery.html(), "home": fetch(scene.lead, "/")}
    late = reverse("clocks:why-late", args=[clock.pk])
    found["why late"] = fetch(scene.worker, late)
    found["why late, mistakes"] = fetch(scene.worker, late, {"text": "Kept"})
    found |= calendar_pages(make_user(Role.ADMINISTRATOR, agency=make_agency()))
    return found


def calendar_pages(administrator):
    add, days = reverse("clocks:add-day"), reverse("clocks:calendar")
    found = {"calendar, empty": fetch(administrator, days), "add": fetch(administrator, add)}
    found["add, mistakes"] = fetch(administrator, add, {"kind": "closure", "on-day": "31"})
    for number, kind in enumerate(("bank_holiday", "closure")):
        day = actions.add_day(
            kind=kind,
            on=timezone.localdate() + dt.timedelta(days=number + 1),
            name="A day with a rather long name, for a royal occasion",
            authority=None
            if kind == "bank_holiday"
            else administrator.posts.get().team.agency.authority,
            moves=False,
            by=administrator,
        )
    found["calendar"] = fetch(administrator, days)
    found["remove"] = fetch(administrator, reverse("clocks:remove-day", args=[day.pk]))
    return found


def fetch(person, address, typed=None):
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    answer = browser.get(address) if typed is None else browser.post(address, typed)
    assert answer.status_code == 200
    return answer.content.decode()


def test_no_page_stands_in_anybodys_way(chromium, pages):
    assert in_the_way_of(chromium, pages) == ""
    assert len(pages) == 9

"""Every page of the two rooms in Chromium: empty, full, with long names and with mistakes."""

import datetime as dt

import pytest
from django.utils import timezone

from cse.audit import events
from cse.children.actions.record import edit_child
from cse.children.actions.status import record_legal_status
from cse.children.actions.team import add_team_member
from cse.children.models import LevelEvent
from cse.people.reference import load_authorities
from cse.worklist import kinds
from cse.worklist.actions import open_item
from tests.children.conftest import BACKEND
from tests.factories import grant, make_child
from tests.interface.looking import in_the_way_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
LONG = "Wilhelmina-Alexandrina Oyinkansola"
#: Pages that tests/browser walks with no less in them.
SEEN_ELSEWHERE = {
    *("mine", "search", "nobody", "add", "edit", "timeline", "statuses", "add-status"),
    *("end-status", "team", "add-member", "end-member", "empty-search"),
}


@pytest.fixture
def full(worker, lead):
    """A child about whom much is known, with a long name."""
    child = make_child(LONG, "Featherstonehaugh-Cholmondeley", by=worker, other_names="Minnie")
    grant(worker, child)
    grant(lead, child)
    edit_child(
        child=child,
        by=worker,
        version=1,
        facts={"address": "1 Example Row\nExampleton", "disability": "Hearing loss " * 20},
    )
    for number, level in enumerate(("at_risk", "cse", "vulnerable")):
        LevelEvent(
            child=child,
            level=level,
            decided_on=dt.date(2026, 3 + number, 1),
            decided_at=timezone.now(),
            decided_by=worker,
            judgement="Judged from a screen. " * 9,
            needs_approval=level == "vulnerable",
            direction="decreased" if number == 2 else "",
        ).save()
    for kind, month in (("cin", 1), ("s20", 6)):
        record_legal_status(child=child, by=worker, kind=kind, starts_on=dt.date(2026, month, 1))
    for name in ("Sam Okafor", "Priscilla Underwood-Montgomery"):
        add_team_member(
            child=child,
            by=worker,
            name=name,
            agency_name="Exampleton NHS Foundation Trust",
            part="School nurse",
            starts_on=dt.date(2026, 9, 1),
            is_lead_professional=True,
        )
    for _ in range(30):
        events.record("child's details changed", by=worker, child=child, changed=["address"])
    return child


@pytest.fixture
def pages(as_worker, worker, full):
    """The pages' addresses or names, with what they show."""
    client, here = as_worker, f"/children/{full.pk}/"
    for number in range(30):
        child = make_child(f"Child{number}", "Example", by=worker)
        grant(worker, child)
        open_item(
            kind=list(kinds.KINDS)[number % 6],
            child=child,
            subject=child,
            owner=worker,
            due_at=timezone.now() + dt.timedelta(days=number - 3),
        )
    found = client.post("/children/", {"name": LONG})["Location"]
    nobody = client.post("/children/", {"name": "Nobody Here"})["Location"]
    add = found.replace("/search/", "/add/")
    member, status = full.team.first(), full.legal_statuses.first()
    shown = {
        name: client.get(address)
        for name, address in {
            "home": "/",
            "mine": "/children/mine/",
            "search": "/children/",
            "found": found,
            "nobody": nobody,
            "add": add,
            "child": here,
            "edit": f"{here}edit/",
            "timeline": f"{here}timeline/",
            "changes": f"{here}changes/",
            "levels": f"{here}levels/",
            "statuses": f"{here}status/",
            "add-status": f"{here}status/add/",
            "end-status": f"{here}status/{status.pk}/end/",
            "team": f"{here}team/",
            "add-member": f"{here}team/add/",
            "end-member": f"{here}team/{member.pk}/end/",
        }.items()
    }
    names = {"given_name": LONG, "family_name": "Featherstonehaugh-Cholmondeley"}
    shown["search-error"] = client.post("/children/", {"name": "", "date_of_birth-day": "44"})
    shown["add-error"] = client.post(add, {"given_name": "", "date_of_birth-year": "x"})
    shown["add-same"] = client.post(add, names)
    shown["status-error"] = client.post(f"{here}status/add/", {})
    shown["member-error"] = client.post(f"{here}team/add/", {"who": "other"})
    shown["conflict"] = client.post(f"{here}edit/", names | {"version": "1", "address": "Mine"})
    return {name: answer.content.decode() for name, answer in shown.items()}


@pytest.fixture
def empty_pages(client, lead, worker):
    """What somebody sees on their first day."""
    load_authorities()
    client.force_login(lead, backend=BACKEND)
    bare = make_child("Y", "", by=worker, date_of_birth=None)
    grant(lead, bare)
    here = f"/children/{bare.pk}/"
    shown = {f"empty-{page}": f"{here}{page}/" for page in ("levels", "status", "team", "timeline")}
    shown |= {"empty-child": here, "empty-search": "/children/"}
    found = {name: client.get(address).content.decode() for name, address in shown.items()}
    other = type(client)()
    other.force_login(worker, backend=BACKEND)
    return found | {"empty-home": other.get("/").content.decode()}


def test_nothing_stands_in_anybodys_way(chromium, pages):
    assert in_the_way_of(chromium, pages, SEEN_ELSEWHERE) == ""


def test_the_first_day_neither(chromium, empty_pages):
    assert in_the_way_of(chromium, empty_pages, SEEN_ELSEWHERE) == ""

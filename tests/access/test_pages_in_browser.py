"""Every page of access and the auditor's log in Chromium: long names, a lot, nothing, mistakes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cse.access import actions
from cse.access.models import Exclusion
from cse.audit import events
from cse.people.models import Role
from tests.access.people import make_case
from tests.factories import grant, make_child, make_user
from tests.interface.looking import in_the_way_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

LONG = "Wilhelmina-Alexandrina Oyinkansola"
WHY = "Works with the child and the family on safety at home and in the evenings. " * 3


@pytest.fixture
def full(db):
    """A child with many people, an exclusion and an emergency."""
    case = make_case(given_name=LONG, family_name="Featherstonehaugh-Cholmondeley")
    for number in range(6):
        person = make_user(given_name=LONG, family_name=f"Featherstonehaugh-{number}")
        given = grant(person, case.child)
        given.reason = WHY
        given.save()
    Exclusion(
        child=case.child, user=make_user(given_name=LONG), ground="involved", reason=WHY,
        declared_by=case.lead, starts_at=timezone.now(),
    ).save()  # fmt: skip
    case.opening = actions.break_glass(child_id=case.child.pk, by=case.stranger, reason=WHY)
    actions.tell_of_attempt(child_id=case.child.pk, by=case.lead, what="give access to oneself")
    return case


def test_nothing_stands_in_anybodys_way(as_user, chromium, full):
    case = full
    sealed = make_child(LONG, "Underwood", by=case.worker)
    for person in (case.lead, case.worker, case.stranger):
        grant(person, sealed)
    seal = actions.seal(child=sealed, names=[case.worker], reason=WHY, by=case.lead)
    for number in range(60):
        events.record(
            "search for a child", by=case.worker, protected_text=f"{LONG} {number}",
            child=case.child, changed=["given_name", "family_name"], reason=WHY,
        )  # fmt: skip

    def at(name, *more):
        return reverse(f"access:{name}", args=[getattr(each, "pk", each) for each in more])

    child, client = case.child, as_user(case.lead, confirmed=True)
    held = child.user_grants.first()
    asked = {
        name: at(name, child)
        for name in ("who", "why", "looks", "attempts", "give", "declare", "exclude", "seal")
    }
    asked |= {
        "end": at("end", child, held),
        "end-team": at("end", child, child.team_grants.first()),
        "end-exclusion": at("end-exclusion", child, child.exclusions.first()),
        "sealed-who": at("who", sealed),
        "the-seal": at("review-seal", seal),
        "add-name": at("add-name", seal),
        "keep": at("decide-seal", seal, "keep"),
        "end-name": at("end-name", seal, seal.names.first()),
        "emergency": at("break-glass"),
        "openings": at("openings"),
        "review": at("review-break-glass", case.opening),
    }
    shown = {name: client.get(address) for name, address in asked.items()}
    find = {"search": "feather", "find": "1"}
    shown["give-found"] = client.post(at("give", child), find)
    shown["give-nobody"] = client.post(at("give", child), {"search": "qqq", "find": "1"})
    shown["give-error"] = client.post(at("give", child), {"search": "feather"})
    shown["exclude-error"] = client.post(at("exclude", child), {})
    shown["declare-error"] = client.post(at("declare", child), {})
    shown["seal-error"] = client.post(at("seal", child), {})
    shown["emergency-error"] = client.post(
        at("break-glass"), {"reference": "C-2222222", "reason": WHY}
    )
    shown["review-error"] = client.post(asked["review"], {})
    auditor = as_user(make_user(Role.AUDITOR))
    day = timezone.localdate() - dt.timedelta(days=400)
    empty = {"until_day-day": day.day, "until_day-month": day.month, "until_day-year": day.year}
    shown["log"] = auditor.get(reverse("audit:log"))
    shown["log-empty"] = auditor.post(reverse("audit:log"), empty, follow=True)
    shown["log-error"] = auditor.post(reverse("audit:log"), {"from_day-day": "44"})
    assert {name for name, answer in shown.items() if answer.status_code not in (200, 404)} == set()
    pages = {name: answer.content.decode() for name, answer in shown.items()}
    assert in_the_way_of(chromium, pages) == ""

"""Agencies contribute to social care's own assessments as to the local forms, by the same acts."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cse.access.capabilities import Capability
from cse.access.models import ChildUserGrant
from cse.access.policies import can
from cse.audit.models import AuditEvent
from cse.people.models import AgencyType, Role
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from screening.assessments.actions import (
    ask_contribution,
    conclude_statutory,
    give_contribution,
    record_statutory,
    start_assessment,
    take_back_statutory,
    withdraw_request,
)
from screening.models import Contribution
from screening.policies import Refused
from tests.factories import grant, make_agency, make_team, make_user
from tests.prepared import prepared
from tests.screening.assessing import at
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
WHAT = "Attendance since September, and who collects the child."
KINDS = {
    "single": "Single assessment",
    "s17": "Section 17 assessment, child in need",
    "s47": "Section 47 enquiry",
}


@prepared
def place(oxfordshire):
    care = make_agency(authority=oxfordshire.authority, type=AgencyType.SOCIAL_CARE)
    oxfordshire.social = make_user(Role.FRONT_DOOR, team=make_team(care), given_name="Sol")
    grant(oxfordshire.social, oxfordshire.child)
    health = make_agency("Ridge Health", authority=oxfordshire.authority, type=AgencyType.HEALTH)
    oxfordshire.nurse = make_user(team=make_team(health), given_name="Nia", family_name="Orme")
    return oxfordshire


def begun(place, kind="single"):
    today = timezone.localdate()
    return record_statutory(child=place.child, kind=kind, started_on=today, by=place.social)


def ask(place, row, days=5, **whom):
    return ask_contribution(
        statutory_id=row.pk,
        by=place.social,
        question=WHAT,
        due_on=timezone.localdate() + dt.timedelta(days=days),
        **(whom or {"user": place.nurse}),
    )


def ended(place, row):
    return conclude_statutory(
        statutory_id=row.pk,
        outcome="no_action",
        on=timezone.localdate(),
        reason="The adults are known, and charged.",
        version=row.version,
        by=place.social,
    )


@pytest.mark.requirement("O-MTG-12")
@pytest.mark.parametrize("kind", KINDS)
def test_asked_and_answered_in_the_browser(place, kind):
    row = begun(place, kind)
    care = place.client(place.social)
    shown = care.get(at("statutory", row))
    assert KINDS[kind] in text_of(shown) and "Nobody has been asked yet" in text_of(shown)
    assert at("statutory-ask", row) in shown.content.decode()
    day = timezone.localdate() + dt.timedelta(days=5)
    sent = {
        "search": "Nia", "chosen": f"user:{place.nurse.pk}", "question": WHAT,
        "due_on-day": day.day, "due_on-month": day.month, "due_on-year": day.year,
    }  # fmt: skip
    asked = care.post(at("statutory-ask", row), sent)
    assert (asked.status_code, asked.url) == (302, at("statutory", row))
    found = Contribution.objects.get()
    assert (found.statutory, found.assessment, found.asked_user) == (row, None, place.nurse)

    # Whoever is asked has the request on home, and nothing of the record.
    (item,) = waiting_for(place.nurse).items
    assert (item.kind, item.subject_id) == ("contribute", found.pk)
    assert {each for each in Capability if can(place.nurse, each, place.child)} - {
        each for each in Capability if can(place.nurse, each)
    } == {Capability.CONTRIBUTE}
    nurse = place.client(place.nurse)
    page = nurse.get(at("contribution", found))
    words = text_of(page)
    assert WHAT in words and KINDS[kind] in words and "Sol Person" in words
    for address in (at("statutory", row), reverse("children:child", args=[place.child.pk])):
        assert nurse.get(address).status_code == 404
    assert "1 contribution waits" in _listed(place)

    answer = controls(page) | {"answer": "given", "text": "Two missed.", "act": "give"}
    assert nurse.post(at("contribution", found), answer).status_code == 302
    words = text_of(place.client().get(at("statutory", row)))
    assert "Two missed." in words and "Nia Orme" in words and "Ridge Health" in words
    assert "waits" not in _listed(place)
    assert not can(place.nurse, Capability.CONTRIBUTE, place.child)
    acts = set(AuditEvent.objects.filter(object_id=str(found.pk)).values_list("act", flat=True))
    assert {"contribution asked for", "contribution given"} <= acts


def _listed(place):
    return text_of(place.client().get(reverse("screening:assessments", args=[place.child.pk])))


@pytest.mark.requirement("O-MTG-12")
def test_only_social_care_asks_for_its_own(place):
    row = begun(place)
    with pytest.raises(Refused, match="Only children’s social care"):
        ask_contribution(
            statutory_id=row.pk, by=place.worker, question=WHAT, user=place.nurse,
            due_on=timezone.localdate(),
        )  # fmt: skip
    page = place.client().get(at("statutory", row))
    assert at("statutory-ask", row) not in page.content.decode()
    assert "Only children’s social care" in text_of(place.client().get(at("statutory-ask", row)))
    found = ask(place, row)
    assert "Ask no longer" not in text_of(place.client().get(at("statutory", row)))
    # Whoever sees the child reads the request, and does nothing with it.
    page = place.client().post(at("request", found), {"act": "withdraw", "reason": "Mine"})
    assert "Only children’s social care" in text_of(page)
    found.refresh_from_db()
    assert found.waits
    with pytest.raises(Refused, match="Only children’s social care"):
        withdraw_request(
            contribution_id=found.pk, by=place.worker, reason="Mine", version=found.version
        )


@pytest.mark.requirement("O-MTG-12")
def test_an_outcome_asks_nobody_new_and_takes_what_comes_late(place):
    row = begun(place)
    found = ask(place, row)
    care = place.client(place.social)
    assert "One contribution has not come" in text_of(care.get(at("statutory-outcome", row)))
    row = ended(place, row)
    with pytest.raises(Refused, match="It has its outcome"):
        ask(place, row, name="Dr Ines Marr")
    assert at("statutory-ask", row) not in care.get(at("statutory", row)).content.decode()
    give_contribution(
        contribution_id=found.pk, answer="nothing", text="", version=1, by=place.nurse
    )
    assert "Knows nothing that helps" in text_of(care.get(at("statutory", row)))
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        found.refresh_from_db()
        found.text = "Rewritten by hand"
        found.save()


@pytest.mark.requirement("O-MTG-12")
def test_somebody_without_an_account_is_written_down(place):
    row = begun(place)
    found = ask(place, row, name="Dr Ines Marr", agency_name="Ridge Surgery")
    assert [each.kind for each in waiting_for(place.social).items] == ["write_down"]
    today = timezone.localdate()
    care = place.client(place.social)
    sent = {
        "said_on-day": today.day, "said_on-month": today.month, "said_on-year": today.year,
        "answer": "given", "text": "Seen in March.", "act": "write", "version": "1",
    }  # fmt: skip
    assert care.post(at("request", found), sent).url == at("statutory", row)
    assert "Dr Ines Marr, Ridge Surgery" in text_of(care.get(at("statutory", row)))


def test_taken_back_as_a_mistake_it_asks_nobody_any_more(place):
    row = begun(place)
    found = ask(place, row)
    take_back_statutory(
        statutory_id=row.pk, why="The wrong child", version=row.version, by=place.social
    )
    found.refresh_from_db()
    assert found.withdrawn_at and found.withdrawn_reason == "It was recorded by mistake"
    assert not WorkItem.objects.filter(subject_id=found.pk, closed_at__isnull=True).exists()
    assert ChildUserGrant.objects.get(user=place.nurse).expires_at <= timezone.now()
    with pytest.raises(Refused, match="recorded by mistake"):
        ask(place, row)
    page = place.client(place.social).get(at("statutory", row))
    assert "Ask for a contribution" not in text_of(page)


def test_a_request_belongs_to_one_of_the_two(place):
    row = begun(place)
    found = ask(place, row)
    draft, _ = start_assessment(child=place.child, by=place.worker, no_screen_reason="Today")
    for wrong in ({"assessment": draft}, {"statutory": None}):
        with pytest.raises(IntegrityError, match="contributes_to_one"), transaction.atomic():
            found.refresh_from_db()
            for name, value in wrong.items():
                setattr(found, name, value)
            found.save()

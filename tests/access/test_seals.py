"""Seals: named people only, whatever else says yes; reviewed within 90 days."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cse.access import actions
from cse.access.capabilities import Capability
from cse.access.models import Seal
from cse.access.policies import NotAllowed, can
from cse.access.tasks import remind_reviews
from cse.audit.models import AuditEvent
from cse.worklist import kinds
from cse.worklist.actions import open_item
from cse.worklist.models import WorkItem
from tests.factories import grant, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-01")]


def page(name, *args):
    return reverse(f"access:{name}", args=[getattr(arg, "pk", arg) for arg in args])


@pytest.fixture
def sealed(as_user, case):
    """A child sealed by its lead, who named the worker."""
    said = {"names": [str(case.worker.pk)], "reason": "A relative works in the team"}
    answer = as_user(case.lead, confirmed=True).post(page("seal", case.child), said)
    assert answer.status_code == 302
    return Seal.objects.get(child=case.child)


def sees(user, case):
    return can(user, Capability.SEE_CHILD, case.child)


def test_only_those_named_see_a_sealed_child(case, sealed):
    assert sees(case.lead, case)
    assert sees(case.worker, case)
    assert not sees(case.other_lead, case)
    grant(case.stranger, case.child)
    assert not sees(case.stranger, case)


def test_named_is_not_granted(case, sealed):
    actions.name_in_seal(seal=sealed, user=case.stranger, by=case.lead, reason="Joins")
    assert not sees(case.stranger, case)
    grant(case.stranger, case.child)
    assert sees(case.stranger, case)


def test_sealing_asks_again_who_one_is(as_user, case):
    answer = as_user(case.lead).post(page("seal", case.child), {"reason": "A reason"})
    assert answer.status_code == 302
    assert "confirm" in answer["Location"] or "account" in answer["Location"]
    assert not Seal.objects.exists()


def test_whoever_cannot_see_the_child_cannot_be_named_on_sealing(as_user, case):
    said = {"names": [str(case.stranger.pk)], "reason": "A relative works in the team"}
    answer = as_user(case.lead, confirmed=True).post(page("seal", case.child), said)
    assert answer.status_code == 200
    assert not Seal.objects.exists()


def test_a_seal_unknown_to_somebody_is_a_404_like_any_other(as_user, case, sealed):
    client = as_user(case.other_lead, confirmed=True)
    hidden = client.get(page("review-seal", sealed))
    nowhere = client.get(page("review-seal", "00000000-0000-4000-8000-000000000000"))
    assert hidden.status_code == nowhere.status_code == 404
    assert hidden.content == nowhere.content


@pytest.mark.parametrize("decision", ["keep", "lift"])
def test_a_seal_is_kept_or_lifted_with_its_reason(as_user, case, sealed, decision):
    with time_machine.travel(timezone.now() + dt.timedelta(days=80)):
        client = as_user(case.lead, confirmed=True)
        assert client.get(page("review-seal", sealed)).status_code == 200
        remind_reviews()
        assert WorkItem.objects.filter(kind="review_seal", closed_at__isnull=True).count() == 1
        answer = client.post(page("decide-seal", sealed, decision), {"reason": "Talked it over"})
        assert answer.status_code == 302
        sealed.refresh_from_db()
        assert not WorkItem.objects.filter(kind="review_seal", closed_at__isnull=True).exists()
        if decision == "keep":
            assert sealed.review_on == timezone.localdate() + dt.timedelta(days=90)
            assert not sees(case.other_lead, case)
        else:
            assert sees(case.other_lead, case)


def test_names_come_and_go_but_never_the_last_who_can_act(as_user, case, sealed):
    client = as_user(case.lead, confirmed=True)
    said = {"person": str(case.other_lead.pk), "reason": "Stands in for me"}
    assert client.post(page("add-name", sealed), said).status_code == 302
    assert sees(case.other_lead, case)
    own = sealed.names.get(user=case.lead)
    assert client.post(page("end-name", sealed, own), {"reason": "On leave"}).status_code == 302
    assert not sees(case.lead, case)
    last = sealed.names.get(user=case.other_lead)
    client = as_user(case.other_lead, confirmed=True)
    answer = client.post(page("end-name", sealed, last), {"reason": "On leave too"})
    assert "Nobody would be left" in answer.content.decode()
    assert sees(case.other_lead, case)


def test_a_child_is_sealed_once(case, sealed):
    with pytest.raises(NotAllowed, match="sealed already"):
        actions.seal(child=case.child, names=[], reason="Again", by=case.lead)


def test_reminders_are_harmless_when_run_again_and_reach_only_those_named(case, sealed):
    with time_machine.travel(timezone.now() + dt.timedelta(days=77)):
        remind_reviews()
        first = set(WorkItem.objects.values_list("id", flat=True))
        remind_reviews()
        assert set(WorkItem.objects.values_list("id", flat=True)) == first
    (item,) = WorkItem.objects.filter(kind="review_seal")
    # The worker is named too, but no practitioner decides on seals.
    assert item.owner == case.lead
    assert item.history.first().actor_kind == "task"


def test_no_review_waits_long_before_it_is_due(case, sealed):
    remind_reviews()
    assert not WorkItem.objects.filter(kind="review_seal").exists()


def test_every_act_on_a_seal_has_its_event(case, sealed):
    event = AuditEvent.objects.get(act="sealed")
    assert event.reason == "A relative works in the team"
    assert set(event.data["names"]) == {str(case.lead.pk), str(case.worker.pk)}


def test_an_emergency_opening_changes_nobodys_access(case):
    opener = make_user("named_lead")
    actions.break_glass(child_id=case.child.pk, by=opener, reason="The child rang from a stairwell")
    assert sees(opener, case)
    for act in (
        lambda: actions.seal(child=case.child, names=[], reason="Mine now", by=opener),
        lambda: actions.give_access(
            child=case.child,
            by=opener,
            reason="Help",
            user=case.stranger,
            until=timezone.localdate(),
        ),
        lambda: actions.exclude(
            child=case.child, user=case.worker, ground="other", reason="Out", by=opener
        ),
    ):
        with pytest.raises(NotAllowed, match="emergency opening does not"):
            act()


def test_who_seals_is_told_what_waits_and_with_whom(as_user, case):
    """A countersignature needs a second person: the seal must leave one in."""
    lead = as_user(case.lead, confirmed=True)
    assert "What waits on this child" not in lead.get(page("seal", case.child)).content.decode()
    with transaction.atomic():
        open_item(
            kind=kinds.COUNTERSIGN,
            child=case.child,
            subject=case.child,
            due_at=timezone.now(),
            owner=case.other_lead,
        )
    said = lead.get(page("seal", case.child)).content.decode()
    assert "Countersign a lowered indicator" in said
    assert said.index(case.other_lead.get_full_name()) > said.index("What waits on this child")
    lead.post(page("seal", case.child), {"names": [], "reason": "A relative works in the team"})
    seal = Seal.objects.get(child=case.child)
    said = lead.get(page("review-seal", seal)).content.decode()
    assert "Countersign a lowered indicator" in said

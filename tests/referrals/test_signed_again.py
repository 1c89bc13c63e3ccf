"""Who signed reads what they signed again, and sees nothing else of the child (decision 0012)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.access.capabilities import CHILD_ACTS, Capability
from cse.access.models import Basis, ChildUserGrant
from cse.access.policies import can
from cse.access.queries import who_can_see
from cse.audit.models import AuditEvent
from cse.people.models import Post, Role
from referrals.actions import deciding_not as deciding
from referrals.actions.common import RESPONSIBLE_DAYS
from referrals.queries.beside import signed_by
from referrals.views.records import deciding as pages
from tests.factories import make_user
from tests.prepared import prepared
from tests.referrals.test_deciding_not import area, raise_level, signed, young  # noqa: F401
from tests.referrals.test_deciding_pages import signed_in
from tests.screening.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-01")]


@prepared
def decision(young):  # noqa: F811
    """An under-13 exception that the designated lead has signed, and the manager is asked for."""
    found = signed(young)
    deciding.answer_decision(decision_id=found.pk, by=young.lead, agrees=True, note="")
    return found


def page_of(decision):
    return reverse("referrals:signed-decision", args=[decision.pk])


def seen(user, decision):
    return signed_in(user).get(page_of(decision)).status_code


@pytest.mark.requirement("DEC-10", "DEC-42")
def test_the_manager_of_an_exception_reads_again_what_they_signed(young, decision):  # noqa: F811
    client = signed_in(young.senior)
    here = reverse("referrals:decision", args=[decision.pk])
    assert client.get(page_of(decision)).status_code == 404  # nothing is signed yet
    answer = client.post(here, {"answer": "agree"})
    assert answer.url == page_of(decision)
    page = text_of(client.get(answer.url))
    for words in (
        "What you answered for can be read again here",
        decision.reasons,
        decision.factors_considered,
        "Senior manager",
        decision.signatures.first().signed_hash,
        decision.child.name,
    ):
        assert words in page
    # Exactly that: of the record nothing, and by no other act.
    allowed = {each for each in CHILD_ACTS if can(young.senior, each, decision.child)}
    assert allowed == {Capability.READ_SIGNED}
    record = reverse("children:child", args=[decision.child_id])
    assert client.get(record).status_code == 404 == client.get(here).status_code
    assert record not in client.get(page_of(decision)).content.decode()
    assert young.senior not in {each.user for each in who_can_see(decision.child_id)}
    # It is found again, and others are told of it.
    assert page_of(decision) in client.get(reverse("referrals:decisions")).content.decode()
    who = reverse("access:who", args=[decision.child_id])
    assert Basis.SIGNED.label in text_of(signed_in(young.lead).get(who))


def test_every_look_is_written_down(young, decision):  # noqa: F811
    deciding.answer_decision(decision_id=decision.pk, by=young.senior, agrees=True, note="")
    signed_in(young.senior).get(page_of(decision))
    look = AuditEvent.objects.get(act=str(Capability.READ_SIGNED))
    assert (look.actor_id, look.child_id) == (young.senior.pk, decision.child_id)
    assert str(look.object_id) == str(decision.pk)


def test_so_does_who_did_not_agree(young, decision):  # noqa: F811
    deciding.answer_decision(decision_id=decision.pk, by=young.senior, agrees=False, note="Refer")
    page = text_of(signed_in(young.senior).get(page_of(decision)))
    assert "Did not agree" in page and "Refer" in page


def test_the_list_of_them_goes_on_page_by_page(young, decision, monkeypatch):  # noqa: F811
    monkeypatch.setattr(pages, "PAGE", 1)
    now = timezone.now()
    deciding.answer_decision(decision_id=decision.pk, by=young.senior, agrees=True, note="")
    with time_machine.travel(now + dt.timedelta(seconds=30)):
        decision = signed(young)
        for person in (young.lead, young.senior):
            deciding.answer_decision(decision_id=decision.pk, by=person, agrees=True, note="")
    with time_machine.travel(now + dt.timedelta(minutes=1)):
        client, here = signed_in(young.senior), reverse("referrals:decisions")
        found = [client.get(f"{here}?signed={number}").content.decode() for number in (1, 2)]
    assert "?signed=2" in found[0] and "?signed=1" in found[1]
    assert [page_of(decision) in html for html in found] == [True, False]


def test_nobody_else_does(young, decision):  # noqa: F811
    deciding.answer_decision(decision_id=decision.pk, by=young.senior, agrees=True, note="")
    other = make_user(Role.SENIOR_MANAGER, agency=young.agency)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=1)):
        again = signed(young)
    assert seen(other, decision) == 404
    # What the same person is asked to sign besides is read while they are asked, and not here.
    assert list(signed_by(young.senior)) == [decision]
    assert seen(young.senior, again) == 404


@pytest.mark.parametrize("closed", ["excluded", "sealed", "post", "a year"])
def test_what_closes_a_child_closes_this(young, decision, closed):  # noqa: F811
    senior, child = young.senior, decision.child
    deciding.answer_decision(decision_id=decision.pk, by=senior, agrees=True, note="")
    assert seen(senior, decision) == 200
    grant = ChildUserGrant.objects.get(user=senior, basis=Basis.SIGNED)
    lasts = grant.expires_at - grant.starts_at
    assert abs(lasts - dt.timedelta(days=RESPONSIBLE_DAYS)) < dt.timedelta(seconds=1)
    if closed == "excluded":
        access.exclude(child=child, user=senior, ground="relative", reason="Aunt", by=young.lead)
    elif closed == "sealed":
        access.seal(child=child, names=[young.lead], reason="Needs it", by=young.lead)
    elif closed == "post":
        post = Post.objects.get(user=senior)
        post.ends_on = dt.date.today() - dt.timedelta(days=1)
        post.save()
    else:
        with time_machine.travel(grant.expires_at + dt.timedelta(minutes=1)):
            assert list(signed_by(senior)) == []
        return
    assert seen(senior, decision) in (403, 404)
    assert list(signed_by(senior)) == []


def test_it_says_that_it_no_longer_stands_and_not_why(young, decision):  # noqa: F811
    deciding.answer_decision(decision_id=decision.pk, by=young.senior, agrees=True, note="")
    raise_level(young)
    page = text_of(signed_in(young.senior).get(page_of(decision)))
    assert "No longer stands" in page
    assert "level changed" not in page and "At risk" not in page

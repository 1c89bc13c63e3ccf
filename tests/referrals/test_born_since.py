"""A date of birth is corrected after a referral went: what the rules then ask for is owed too."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from cse.access.capabilities import Capability
from cse.access.models import Basis
from cse.access.policies import can
from cse.people.models import Role
from cse.worklist import kinds
from cse.worklist.handing import hand_over_all
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from referrals import actions
from referrals.actions.deciding_not import answer_decision
from referrals.actions.raised import birth_changed
from referrals.policies import Refused
from referrals.transitions import Act, State
from tests.factories import grant, make_user
from tests.prepared import prepared
from tests.referrals.area import years_old
from tests.referrals.beside import peers
from tests.referrals.test_born_later import born
from tests.referrals.test_deciding_not import signed
from tests.screening.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DEC-02", "DEC-10", "W-REF-19")]


@prepared
def area(wiltshire):
    wiltshire.child = wiltshire.another_child(date_of_birth=years_old(14))
    return wiltshire


#: Both are 14, and nothing else worries anybody: to be recorded, no more (R9).
ALONE = peers(checklist=[])


def waits():
    return WorkItem.objects.filter(kind=kinds.REFER_AFTER_BIRTH, closed_at__isnull=True)


def test_younger_than_was_thought_it_is_owed_again_and_ends_by_two(area):
    sent = area.sent(area.child, **peers())
    received = area.at(sent, area.front_door)
    assert received.obligation == "should" and not waits().exists()
    born(area, years_old(12))
    leads = area.lead.posts.get().team.group
    assert {each.owner or each.owner_group for each in waits()} == {area.worker, leads}
    received.refresh_from_db()
    assert received.obligation == "mandatory" and "R3" in received.rules
    for client, where in (
        (area.client(), reverse("referrals:show", args=[sent.pk])),
        (area.client(area.duty), reverse("referrals:delivery", args=[received.pk])),
    ):
        page = text_of(client.get(where))
        assert "The date of birth was corrected since" in page and "R3" in page
    # The front door does not end it alone, nor whoever sent it.
    actions.claim(delivery_id=received.pk, by=area.duty)
    decided = actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.SEND_BACK, reasons="Two friends"
    )
    assert decided.stands_at is State.PROPOSED
    # Another referral carries it, to everybody whom the rules name.
    again = area.sent(area.child, **peers())
    assert "R3" in {rule["id"] for rule in again.routing["rules"]}
    assert not waits().exists()
    assert "corrected since" not in text_of(
        area.client().get(reverse("referrals:show", args=[again.pk]))
    )


def test_it_is_not_taken_back_alone_then(area):
    sent = area.sent(area.child, **peers(other_person=None, checklist=[]))
    born(area, years_old(12))
    with pytest.raises(Refused, match="nobody takes it back alone"):
        actions.withdraw(referral_id=sent.pk, by=area.worker, reason="A mistake")


def test_a_slip_that_is_put_right_owes_nothing(area):
    area.sent(area.child, **peers())
    born(area, years_old(12))
    assert waits().exists()
    born(area, years_old(14))
    assert not waits().exists()


def test_older_than_was_thought_adds_nothing(area):
    area.child = area.another_child(date_of_birth=years_old(12))
    received = area.at(area.sent(area.child, **peers()), area.front_door)
    born(area, years_old(14))
    received.refresh_from_db()
    assert received.obligation == "mandatory" and not waits().exists()


def closed(area, sent):
    received = area.at(sent, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.OTHER_OUTCOME, reasons="The GP helps"
    )


def withdrawn(area, sent):
    actions.withdraw(referral_id=sent.pk, by=area.worker, reason="We help ourselves")


@pytest.mark.parametrize("ends", [closed, withdrawn])
def test_also_after_it_has_ended_what_was_said_is_known(area, ends):
    """R9 alone: one person ended it. By the new date of birth the child was 12."""
    sent = area.sent(area.child, **ALONE)
    assert {rule["id"] for rule in sent.routing["rules"]} == {"R9"}
    ends(area, sent)
    born(area, years_old(12))
    assert {each.subject_id for each in waits()} == {sent.pk}
    page = text_of(area.client().get(reverse("referrals:show", args=[sent.pk])))
    assert "The date of birth was corrected since" in page and "Make another referral" in page
    area.sent(area.child, **ALONE)
    assert not waits().exists()


def test_also_of_a_draft_that_was_set_aside(area):
    draft = area.draft(area.child, **ALONE)
    actions.set_aside(referral_id=draft.pk, by=area.worker, reason="We help ourselves")
    born(area, years_old(12))
    assert {each.subject_id for each in waits()} == {draft.pk}
    page = text_of(area.client().get(reverse("referrals:show", args=[draft.pk])))
    assert "The date of birth was corrected since" in page
    # Everybody who must agrees that it is not owed: the exception takes its place (DEC-10).
    grant(area.lead, area.child)
    area.senior = make_user(Role.SENIOR_MANAGER, agency=area.agency, given_name="Sam")
    decision = signed(area, facts=ALONE)
    for person in (area.lead, area.senior):
        assert waits().exists()
        answer_decision(decision_id=decision.pk, by=person, agrees=True)
    assert not waits().exists()
    page = text_of(area.client().get(reverse("referrals:show", args=[draft.pk])))
    assert "The date of birth was corrected since" not in page


def test_a_draft_in_hand_is_asked_again_and_not_set_aside_alone(area):
    draft = area.draft(area.child, **ALONE)
    born(area, years_old(12))
    draft.refresh_from_db()
    assert "R3" in {rule["id"] for rule in draft.routing["rules"]}
    with pytest.raises(Refused, match="nobody sets its draft aside alone"):
        actions.set_aside(referral_id=draft.pk, by=area.worker, reason="We help ourselves")
    assert not waits().exists()  # the draft itself waits to be sent


def test_an_older_draft_stands_in_no_way_of_a_decision_that_is_allowed(area):
    area.child = area.another_child(date_of_birth=years_old(12))
    for person in (area.lead,):
        grant(person, area.child)
    area.senior = make_user(Role.SENIOR_MANAGER, agency=area.agency, given_name="Sam")
    area.draft(area.child, **peers())
    born(area, years_old(14))
    decision = signed(area)
    assert decision.status == "signed" and decision.way == "decision"


@pytest.mark.parametrize("ends", [closed, withdrawn])
def test_where_the_later_one_is_withdrawn_what_has_ended_owes_it_again(area, ends):
    sent = area.sent(area.child, **ALONE)
    ends(area, sent)
    born(area, years_old(12))
    again = area.sent(area.child, **ALONE)
    assert not waits().exists()
    grant(area.lead, area.child)
    actions.withdraw(referral_id=again.pk, by=area.lead, reason="The wrong form")
    assert {each.subject_id for each in waits()} == {sent.pk}


def test_two_that_have_ended_owe_it_once(area):
    for _ in "12":
        withdrawn(area, area.sent(area.child, **ALONE))
    born(area, years_old(12))
    assert len({each.subject_id for each in waits()}) == 1


def test_where_the_other_referral_is_withdrawn_it_is_owed_again(area):
    sent = area.sent(area.child, **peers())
    born(area, years_old(12))
    again = area.sent(area.child, **peers())
    assert not waits().exists()
    grant(area.lead, area.child)
    actions.withdraw(referral_id=again.pk, by=area.lead, reason="The wrong form")
    assert {each.subject_id for each in waits()} == {sent.pk}


def test_who_sees_only_the_referral_reads_nothing_of_a_corrected_record(area):
    """Decision 0009: what others recorded since is not theirs; it waits for a lead who sees it."""
    area.sent(area.child, **peers())
    grant(area.lead, area.child)
    wide = area.child.user_grants.filter(user=area.worker).exclude(basis=Basis.REFERRER)
    for held in wide:
        held.expires_at = held.starts_at
        held.save()
    with transaction.atomic():
        area.child.date_of_birth = years_old(12)
        area.child.save()
        birth_changed(area.child, {}, area.lead)
    assert can(area.worker, Capability.OWN_REFERRAL, area.child)
    assert not can(area.worker, Capability.SEE_CHILD, area.child)
    kept = [item.kind for item in waiting_for(area.worker).items]
    assert kinds.REFER_AFTER_BIRTH not in kept
    hand_over_all()
    assert kinds.REFER_AFTER_BIRTH in [item.kind for item in waiting_for(area.lead).items]

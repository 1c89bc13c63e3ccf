"""A draft of a mandatory referral is set aside by no one person, and leaves its trace."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from cse.people.models import Role
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals import actions
from referrals.actions import deciding_not as deciding
from referrals.models import Referral
from referrals.policies import Refused
from tests.factories import grant, make_user
from tests.prepared import prepared
from tests.referrals import beside
from tests.referrals.area import years_old
from tests.referrals.test_deciding_not import signed, written
from tests.referrals.test_making_pages import page_of
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db
WHY = {"reason": "It is of another child."}


@prepared
def area(wiltshire):
    wiltshire.child = wiltshire.another_child(date_of_birth=years_old(12))
    grant(wiltshire.lead, wiltshire.child)
    wiltshire.senior = make_user(Role.SENIOR_MANAGER, agency=wiltshire.agency, given_name="Sam")
    wiltshire.second = wiltshire.colleague
    for person in (wiltshire.senior, wiltshire.second):
        grant(person, wiltshire.child)
    return wiltshire


def waiting(child):
    return WorkItem.objects.filter(child=child, kind=kinds.FINISH_REFERRAL, closed_at__isnull=True)


@pytest.mark.requirement("W-REF-18", "W-REF-20", "W-REF-24", "DEC-10", "DEC-13")
@pytest.mark.parametrize(
    "facts",
    [{"concerns_confirmed": True}, {"pregnant": True, **beside.peers()}, beside.peers()],
    ids=["R4", "R2", "R3"],
)
def test_whoever_began_it_does_not_set_a_mandatory_draft_aside_alone(area, facts):
    draft = area.draft(**facts)
    client = area.client()
    page = text_of(client.get(page_of(draft, "set-aside")))
    assert "nobody sets its draft aside alone" in page
    assert "Why is it set aside?" not in page
    client.post(page_of(draft, "set-aside"), WHY)
    with pytest.raises(Refused, match="alone"):
        actions.set_aside(referral_id=draft.pk, by=area.worker, **WHY)
    # A colleague is no second person either: it takes somebody who may sign for not referring.
    with pytest.raises(Refused, match="alone"):
        actions.set_aside(referral_id=draft.pk, by=area.second, **WHY)
    draft.refresh_from_db()
    assert draft.is_draft and waiting(area.child).exists()
    lead = area.client(area.lead)
    assert "Why is it set aside?" in text_of(lead.get(page_of(draft, "set-aside")))
    lead.post(page_of(draft, "set-aside"), WHY)
    draft.refresh_from_db()
    assert draft.status == "set_aside"


def test_a_lead_does_not_set_their_own_aside(area):
    draft, _ = actions.start_from_child(child=area.child, by=area.lead, token=uuid.uuid4())
    facts = {"concerns_confirmed": True}
    actions.set_facts(referral_id=draft.pk, facts=facts, version=0, by=area.lead)
    with pytest.raises(Refused, match="alone"):
        actions.set_aside(referral_id=draft.pk, by=area.lead, **WHY)
    actions.set_aside(referral_id=draft.pk, by=area.senior, **WHY)


def test_one_that_another_carries_may_go(area):
    draft = area.draft(concerns_confirmed=True)
    less = area.draft(**beside.peers())
    with pytest.raises(Refused, match="alone"):
        actions.set_aside(referral_id=draft.pk, by=area.worker, **WHY)
    more = area.draft(concerns_confirmed=True, **beside.peers())
    actions.set_aside(referral_id=draft.pk, by=area.worker, **WHY)
    actions.send(referral_id=more.pk, by=area.worker, version=more.version)
    actions.set_aside(referral_id=less.pk, by=area.worker, **WHY)


def test_one_that_was_taken_back_carries_nothing(area):
    draft = area.draft(concerns_confirmed=True)
    sent = area.sent(concerns_confirmed=True)
    actions.withdraw(referral_id=sent.pk, by=area.lead, reason="Of the wrong child")
    with pytest.raises(Refused, match="alone"):
        actions.set_aside(referral_id=draft.pk, by=area.worker, **WHY)


@pytest.mark.requirement("W-REF-19", "DEC-10")
def test_nor_what_was_made_out_beside_the_exception(area):
    decision = beside.decision(area)
    draft = Referral.objects.get(token=decision.pk)
    with pytest.raises(Refused, match="alone"):
        actions.set_aside(referral_id=draft.pk, by=area.worker, **WHY)
    # The decision's own draft may go: the referral's is there.
    deciding.set_decision_aside(decision_id=decision.pk, by=area.worker, **WHY)
    assert waiting(area.child).exists()


@pytest.mark.requirement("DEC-13")
def test_nor_a_decision_where_a_referral_is_owed_and_none_was_begun(area):
    decision = beside.decision(area, beside.peers(concerns_confirmed=True))
    where = reverse("referrals:set-decision-aside", args=[decision.pk])
    client = area.client()
    assert "nobody sets its draft aside alone" in text_of(client.get(where))
    assert "alone" in text_of(client.post(where, WHY))
    decision.refresh_from_db()
    assert decision.is_draft
    deciding.refer_instead(decision_id=decision.pk, by=area.worker)
    client.post(where, WHY)
    decision.refresh_from_db()
    assert decision.status == "set_aside"


@pytest.mark.requirement("DEC-10", "W-REF-18")
def test_the_exceptions_referral_is_made_out_whatever_was_sent_before(area):
    before = area.sent(concerns_confirmed=True)
    decision = beside.decision(area)
    made = Referral.objects.get(child=area.child, status="draft")
    assert made.token == decision.pk and made.pk != before.pk
    assert "R3" in {rule["id"] for rule in made.routing["rules"]}


@pytest.mark.requirement("DEC-42", "DEC-13", "W-REF-28")
def test_what_should_be_referred_is_not_forgotten_by_one_person(area):
    """R8: a decision against it is a record, which a lead signs; then the draft may go."""
    area.child = area.another_child(date_of_birth=years_old(15))
    grant(area.lead, area.child)
    draft = area.draft(area.child, **beside.peers())
    assert {rule["id"] for rule in draft.routing["rules"]} == {"R8"}
    page = text_of(area.client().get(page_of(draft, "set-aside")))
    assert "Who decides against it records a decision not to refer" in page
    with pytest.raises(Refused, match="R8"):
        actions.set_aside(referral_id=draft.pk, by=area.worker, **WHY)
    signed(area)
    actions.set_aside(referral_id=draft.pk, by=area.worker, **WHY)
    draft.refresh_from_db()
    assert draft.status == "set_aside"


@pytest.mark.requirement("DEC-42")
def test_nor_is_a_draft_of_the_decision_or_a_sent_one_taken_back_alone(area):
    area.child = area.another_child(date_of_birth=years_old(15))
    grant(area.lead, area.child)
    decision = written(area)
    with pytest.raises(Refused, match="R8"):
        deciding.set_decision_aside(decision_id=decision.pk, by=area.worker, **WHY)
    deciding.set_decision_aside(decision_id=decision.pk, by=area.lead, **WHY)
    sent = area.sent(area.child, **beside.peers())
    with pytest.raises(Refused, match="nobody takes it back alone"):
        actions.withdraw(referral_id=sent.pk, by=area.worker, reason="Consent is refused")
    actions.withdraw(referral_id=sent.pk, by=area.lead, reason="It was sent twice")


@pytest.mark.requirement("DEC-13", "W-REF-28")
def test_what_a_lead_did_not_agree_to_is_owed_again_where_the_referral_is_withdrawn(area):
    area.child = area.another_child(date_of_birth=years_old(15))
    grant(area.lead, area.child)
    decision = signed(area)
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=False, note="Today")
    owed = WorkItem.objects.filter(kind=kinds.REFER_AFTER_DECISION, closed_at__isnull=True)
    assert owed.exists()
    sent = area.sent(area.child, **beside.peers())
    assert not owed.all().exists()
    actions.withdraw(referral_id=sent.pk, by=area.lead, reason="The wrong form")
    assert {each.subject_id for each in owed.all()} == {decision.pk}


@pytest.mark.requirement("DEC-13", "DEC-10")
def test_what_was_said_and_taken_out_again_is_forgotten_by_no_one_person(area):
    draft = area.draft(concerns_confirmed=True)
    draft = actions.set_facts(
        referral_id=draft.pk, facts={}, version=draft.part_versions["facts"], by=area.worker
    )
    assert draft.routing["rules"] == []
    page = text_of(area.client().get(page_of(draft, "set-aside")))
    assert "What this draft said before made a referral mandatory" in page
    with pytest.raises(Refused, match="said before"):
        actions.set_aside(referral_id=draft.pk, by=area.worker, **WHY)
    actions.set_aside(referral_id=draft.pk, by=area.lead, **WHY)
    draft.refresh_from_db()
    assert draft.status == "set_aside"


@pytest.mark.requirement("DEC-13", "DEC-10")
def test_nor_what_a_draft_of_a_decision_said(area):
    area.child = area.another_child(date_of_birth=years_old(15))
    grant(area.lead, area.child)
    decision = beside.decision(area, beside.peers(concerns_confirmed=True))
    decision = deciding.set_decision_facts(
        decision_id=decision.pk, facts=beside.peers(), version=decision.version, by=area.worker
    )
    with pytest.raises(Refused, match="said before"):
        deciding.set_decision_aside(decision_id=decision.pk, by=area.worker, **WHY)
    deciding.set_decision_aside(decision_id=decision.pk, by=area.lead, **WHY)

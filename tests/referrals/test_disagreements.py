"""A disagreement reaches somebody who had no part in the decision; or it is said that nobody is."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.access.capabilities import Capability
from cse.access.models import ChildTeamGrant
from cse.access.policies import NotVisible, can
from cse.clocks.queries import clocks_of
from cse.people.models import ContactPoint, Role
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from referrals import actions, queries
from referrals.actions.following import ask_again
from referrals.actions.notes import write_note
from referrals.models import Delivery, NoteKind
from referrals.policies import Refused
from referrals.transitions import Act, State
from tests.factories import give_post, grant, make_user
from tests.prepared import prepared
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
NOBODY = "Nobody here can answer"


def ended_today(person):
    """A post that is over, with the person's account."""
    person.is_active = False
    person.save()


def by_two(area, decision=Act.OTHER_OUTCOME):
    """A mandatory referral that both people of the front door have decided together."""
    received = area.at(area.sent(), area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=decision, reasons="The GP helps")
    return actions.agree(delivery_id=received.pk, by=area.other_duty, note="I read it too")


def against(area, delivery):
    return actions.disagree(delivery_id=delivery.pk, by=area.worker, reasons="It cannot wait.")


def waits_at(person):
    return [each.kind for each in waiting_for(person).items]


@prepared
def area(oxfordshire):
    """The two of the front door, and no lead of theirs."""
    ended_today(oxfordshire.manager)
    return oxfordshire


@prepared
def alone(area):
    """The two of the front door are all there is in the area."""
    ended_today(area.specialist)
    return area


def test_the_specialists_answer_where_both_of_the_front_door_decided(area):
    row = against(area, by_two(area))
    assert row.asked == area.specialists
    assert kinds.ANSWER_DISAGREEMENT in waits_at(area.specialist)
    for person in (area.duty, area.other_duty, area.stranger, area.officer):
        assert kinds.ANSWER_DISAGREEMENT not in waits_at(person)
    held = ChildTeamGrant.objects.get(content_object=area.child, group=area.specialists.group)
    assert "Asked to answer" in held.reason and held.expires_at > timezone.now()
    address = reverse("referrals:disagreement", args=[row.pk])
    page = area.client(area.specialist).get(address)
    assert "It cannot wait." in text_of(page) and "Seen with adults" in text_of(page)
    actions.answer_disagreement(disagreement_id=row.pk, by=area.specialist, answer="It stands.")
    assert not can(area.specialist, Capability.SEE_CHILD, area.child)
    assert not can(area.duty, Capability.SEE_CHILD, area.child)
    assert not WorkItem.objects.filter(
        kind=kinds.ANSWER_DISAGREEMENT, closed_at__isnull=True
    ).exists()


def test_the_leads_come_first_and_then_the_team_itself(oxfordshire):
    area = oxfordshire
    assert against(area, by_two(area)).asked == area.care_leads
    ended_today(area.manager)
    third = make_user(Role.FRONT_DOOR, team=area.front_door)
    area.child = area.another_child()
    row = against(area, by_two(area))
    assert row.asked == area.front_door and kinds.ANSWER_DISAGREEMENT in waits_at(third)


def test_the_two_read_who_has_it(area):
    delivery = by_two(area)
    against(area, delivery)
    page = text_of(area.client(area.duty).get(reverse("children:child", args=[area.child.pk])))
    words = kinds.KINDS[kinds.ANSWER_DISAGREEMENT].words
    assert words in page and f"{area.specialists.name}, {area.care.name}" in page
    assert "A colleague of yours" not in page and "Nobody yet" not in page
    page = text_of(area.client(area.duty).get(reverse("referrals:delivery", args=[delivery.pk])))
    assert f"Waits for {area.specialists.name}" in page


@pytest.mark.parametrize("later", [False, True])
def test_who_works_at_the_front_door_later_answers_too(area, later):
    """Whether the specialists were asked, or nobody was there at all."""
    if later:
        ended_today(area.specialist)
    row = against(area, by_two(area))
    comes = make_user(Role.FRONT_DOOR)
    with pytest.raises(NotVisible):
        actions.answer_disagreement(disagreement_id=row.pk, by=comes, answer="Not theirs")
    give_post(comes, Role.FRONT_DOOR, area.front_door)
    assert kinds.ANSWER_DISAGREEMENT in waits_at(comes)
    address = reverse("referrals:disagreement", args=[row.pk])
    browser = area.client(comes)
    assert "It cannot wait." in text_of(browser.get(address))
    page = browser.post(
        address,
        controls(browser.get(address), "answer") | {"answer": "I read it anew.", "stands": "yes"},
    )
    assert page.status_code == 302
    row.refresh_from_db()
    assert (row.answered_by, row.answer) == (comes, "I read it anew.")
    assert not WorkItem.objects.filter(
        kind__in=(kinds.ANSWER_DISAGREEMENT, kinds.ESCALATE_DISAGREEMENT), closed_at__isnull=True
    ).exists()


def test_where_nobody_can_answer_everybody_is_told_so(alone):
    area = alone
    ContactPoint(
        authority=area.authority, label="Front door", value="01632 960001", is_placeholder=False
    ).save()
    delivery = by_two(area)
    browser = area.client()
    address = reverse("referrals:disagree", args=[delivery.pk])
    before = text_of(browser.get(address))
    assert NOBODY in before and "01632 960001" in before
    assert "within one working day" not in before
    page = text_of(browser.post(address, {"reason": "It cannot wait."}, follow=True))
    for said in (NOBODY, "your safeguarding lead", "01632 960001"):
        assert said in page, said
    assert "01632 960001" in text_of(browser.get(reverse("referrals:outcome", args=[delivery.pk])))
    record = reverse("children:child", args=[area.child.pk])
    row = delivery.disagreements.get()
    for person in (area.duty, area.other_duty):
        theirs = area.client(person)
        assert NOBODY in text_of(theirs.get(reverse("referrals:delivery", args=[delivery.pk])))
        assert "Nobody yet" in text_of(theirs.get(record))
        assert "A colleague of yours" not in text_of(theirs.get(record))
        page = text_of(theirs.get(reverse("referrals:disagreement", args=[row.pk])))
        assert NOBODY in page and "Whoever works here later" in page


def test_the_referrers_lead_takes_it_further_and_writes_down_whom_they_told(alone):
    area = alone
    delivery = by_two(area)
    against(area, delivery)
    assert kinds.ESCALATE_DISAGREEMENT in waits_at(area.lead)
    browser = area.client(area.lead)
    show = reverse("referrals:show", args=[delivery.referral_id])
    assert show in browser.get("/").content.decode()
    page = browser.get(show).content.decode()
    note = reverse("referrals:note", args=[delivery.referral_id]) + "?kind=escalated"
    assert note in page and "To be taken further" in text_of(browser.get(show))
    sent = controls(browser.get(note), "token") | {
        "kind": "escalated",
        "text": "They look at it today.",
    }
    assert "Name whom you told" in text_of(browser.post(note, sent))
    sent |= {"with_whom": "The head of safeguarding, social care"}
    assert browser.post(note, sent).status_code == 302
    assert kinds.ESCALATE_DISAGREEMENT not in waits_at(area.lead)
    assert "To be taken further" not in text_of(browser.get(show))
    assert ask_again() == 0


def test_without_a_lead_who_disagrees_takes_it_further(alone):
    area = alone
    for person in (area.lead, area.other_lead):
        ended_today(person)
    against(area, by_two(area))
    assert kinds.ESCALATE_DISAGREEMENT in waits_at(area.worker)


def test_a_note_of_the_front_door_takes_nothing_from_the_referrers_lead(alone):
    area = alone
    delivery = by_two(area)
    against(area, delivery)
    write_note(
        child=area.child,
        by=area.duty,
        token=delivery.pk,
        kind=NoteKind.ESCALATED,
        happened_on=timezone.localdate(),
        text="They rang us.",
        with_whom="Us",
        referral=delivery.referral,
    )
    assert kinds.ESCALATE_DISAGREEMENT in waits_at(area.lead)


def test_who_is_excluded_from_the_child_is_not_there(area):
    delivery = by_two(area)
    access.exclude(
        child=area.child, user=area.specialist, ground="relative", reason="Niece", by=area.lead
    )
    row = against(area, delivery)
    assert row.asked == area.front_door
    assert kinds.ESCALATE_DISAGREEMENT in waits_at(area.lead)


def test_of_a_sealed_child_only_who_is_named_is_there(oxfordshire):
    area = oxfordshire
    delivery = by_two(area)
    grant(area.specialist, area.child)
    access.seal(
        child=area.child,
        names=[area.worker, area.specialist],
        reason="A threat",
        by=area.lead,
    )
    assert queries.who_answers(delivery, area.worker.pk) == area.specialists
    assert against(area, delivery).asked == area.specialists


def test_where_who_was_asked_has_left_it_waits_for_who_is_there(area):
    row = against(area, by_two(area))
    assert ask_again() == 0
    ended_today(area.specialist)
    assert ask_again() == 1
    assert kinds.ESCALATE_DISAGREEMENT in waits_at(area.lead)
    assert ask_again() == 0
    area.manager.is_active = True
    area.manager.save()
    assert ask_again() == 1
    row.refresh_from_db()
    assert row.asked == area.care_leads
    assert kinds.ANSWER_DISAGREEMENT in waits_at(area.manager)
    assert ask_again() == 0
    actions.answer_disagreement(disagreement_id=row.pk, by=area.manager, answer="Today.")
    assert kinds.ESCALATE_DISAGREEMENT not in waits_at(area.lead)


# -- A decision that does not stand ----------------------------------------------------------------


def upheld(area, delivery, answerer):
    """Somebody upholds the referrer's disagreement through the page."""
    row = against(area, delivery)
    browser = area.client(answerer)
    address = reverse("referrals:disagreement", args=[row.pk])
    page = browser.get(address)
    assert "goes back to" in text_of(page) and "not here" not in text_of(page)
    refused = browser.post(address, controls(page, "answer") | {"answer": "She waits too long."})
    assert "Say whether the decision stands" in text_of(refused)
    assert "She waits too long." in text_of(refused)
    sent = controls(page, "answer") | {"answer": "She waits too long.", "stands": "no"}
    text = text_of(browser.post(address, sent, follow=True))
    assert "The decision does not stand: the team has the referral again." in text
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("decision", [Act.SEND_BACK, Act.OTHER_OUTCOME])
def test_upheld_it_is_the_teams_again_with_its_clock_and_access(oxfordshire, decision):
    area = oxfordshire
    delivery = by_two(area, decision)
    assert not can(area.duty, Capability.SEE_CHILD, area.child)
    row = upheld(area, delivery, area.manager)
    again = Delivery.objects.get(pk=delivery.pk)
    assert (row.upheld, row.answered_by) == (True, area.manager)
    assert (again.state, again.decision, again.claimed_by) == (State.RECEIVED, "", None)
    assert (again.approved_by, again.received_at) == (None, delivery.received_at)
    work = WorkItem.objects.get(
        kind=kinds.DECIDE_REFERRAL, subject_id=delivery.pk, closed_at__isnull=True
    )
    assert work.owner_group == area.front_door.group
    running, met = clocks_of(again)
    assert running.is_open and running.trigger_at == again.reopened_at > met.met_at
    assert work.due_at == running.due_at
    held = ChildTeamGrant.objects.get(
        content_object=area.child, group=area.front_door.group, basis="front_door"
    )
    assert "decides it anew" in held.reason and held.expires_at > timezone.now()
    assert can(area.duty, Capability.SEE_CHILD, area.child)
    assert not can(area.manager, Capability.SEE_CHILD, area.child)
    assert not can(area.specialist, Capability.SEE_CHILD, area.child)
    assert kinds.READ_OUTCOME in waits_at(area.worker)
    board = queries.board_of(area.duty, queries.teams_of(area.duty))
    assert [each.id for each in board.rows] == [delivery.pk]


def test_everybody_reads_what_fell_who_disagreed_and_who_upheld_it(oxfordshire):
    area = oxfordshire
    delivery = by_two(area)
    upheld(area, delivery, area.manager)
    team = text_of(area.client(area.duty).get(reverse("referrals:delivery", args=[delivery.pk])))
    referrer = area.client()
    pages = [team]
    for name, pk in (("outcome", delivery.pk), ("show", delivery.referral_id)):
        pages.append(text_of(referrer.get(reverse(f"referrals:{name}", args=[pk]))))
    for page in pages:
        for said in ("The GP helps", "Other outcome", "It cannot wait.", "She waits too long."):
            assert said in page, said
        for person in (area.duty, area.other_duty, area.worker, area.manager):
            assert person.get_full_name() in page
        assert "oes not stand" in page
    assert "your team decides it again" in team
    assert (
        "decided before"
        in referrer.get(reverse("referrals:outcome", args=[delivery.pk])).content.decode()
    )


def test_the_referrer_still_reads_the_answer_when_the_team_gives_it_back_or_proposes(oxfordshire):
    area = oxfordshire
    delivery = by_two(area)
    upheld(area, delivery, area.manager)
    actions.claim(delivery_id=delivery.pk, by=area.duty)
    actions.release(delivery_id=delivery.pk, by=area.duty, reason="Away")
    assert kinds.READ_OUTCOME in waits_at(area.worker)
    actions.claim(delivery_id=delivery.pk, by=area.duty)
    actions.decide(
        delivery_id=delivery.pk, by=area.duty, decision=Act.OTHER_OUTCOME, reasons="The GP helps"
    )
    assert kinds.READ_OUTCOME in waits_at(area.worker)
    # A mandatory referral ends by two people the second time too.
    assert Delivery.objects.get(pk=delivery.pk).state == State.PROPOSED
    actions.agree(delivery_id=delivery.pk, by=area.other_duty, note="Still")
    assert not can(area.duty, Capability.SEE_CHILD, area.child)
    second = against(area, Delivery.objects.get(pk=delivery.pk))
    assert second.asked == area.care_leads


def test_where_the_team_itself_upholds_its_access_ends_with_the_new_decision(area):
    """Asked to answer and asked to decide are two grounds: neither outlives its need."""
    third = make_user(Role.FRONT_DOOR, team=area.front_door)
    delivery = by_two(area)
    row = against(area, delivery)
    actions.answer_disagreement(
        disagreement_id=row.pk, by=third, answer="She waits too long.", upheld=True
    )
    actions.claim(delivery_id=delivery.pk, by=third)
    actions.decide(delivery_id=delivery.pk, by=third, decision=Act.SEND_BACK, reasons="Sent twice")
    assert can(area.duty, Capability.SEE_CHILD, area.child)
    actions.agree(delivery_id=delivery.pk, by=area.duty, note="Yes")
    assert not can(area.duty, Capability.SEE_CHILD, area.child)


def test_passed_on_and_upheld_it_can_be_passed_on_again(oxfordshire):
    area = oxfordshire
    received = area.at(area.sent(), area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.PASS_ON, reasons="Theirs")
    there = Delivery.objects.get(passed_by=received)
    row = against(area, received)
    actions.answer_disagreement(
        disagreement_id=row.pk, by=area.manager, answer="See her first.", upheld=True
    )
    actions.acknowledge(delivery_id=there.pk, by=area.specialist)
    assert Delivery.objects.get(pk=received.pk).state == State.RECEIVED
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.PASS_ON, reasons="Seen")
    assert Delivery.objects.get(pk=received.pk).state == State.PASSED


def test_an_answer_that_lets_it_stand_changes_nothing(oxfordshire):
    area = oxfordshire
    delivery = by_two(area)
    row = against(area, delivery)
    actions.answer_disagreement(disagreement_id=row.pk, by=area.manager, answer="It stands.")
    assert Delivery.objects.get(pk=delivery.pk).state == State.OTHER_OUTCOME
    assert not can(area.duty, Capability.SEE_CHILD, area.child)
    page = area.client().get(reverse("referrals:outcome", args=[delivery.pk]))
    assert "the decision stands" in text_of(page)
    with pytest.raises((Refused, NotVisible)):
        actions.answer_disagreement(
            disagreement_id=row.pk, by=area.manager, answer="After all.", upheld=True
        )


def test_who_says_it_after_somebody_else_is_told_and_keeps_the_text(area):
    decided = by_two(area)
    where = reverse("referrals:disagree", args=[decided.pk])
    grant(area.lead, area.child)
    worker, lead = area.client(), area.client(area.lead)
    assert worker.get(where).status_code == lead.get(where).status_code == 200
    assert lead.post(where, {"reason": "It cannot wait."}).status_code == 302
    # Pressed twice it is one.
    assert lead.post(where, {"reason": "It cannot wait."}).status_code == 302
    late = worker.post(where, {"reason": "She told me more today"})
    assert late.status_code == 409
    shown = text_of(late)
    assert "Somebody has said so already" in shown and "She told me more today" in shown
    assert decided.disagreements.count() == 1


def test_an_answer_sent_twice_by_who_no_longer_sees_the_child_is_no_404(area):
    row = against(area, by_two(area))
    where, client = reverse("referrals:disagreement", args=[row.pk]), area.client(area.specialist)
    said = {"stands": "yes", "answer": "Both of us read it.\r\nThe GP sees her."}
    assert client.post(where, said).status_code == 302
    assert not can(area.specialist, Capability.SEE_CHILD, area.child)
    assert client.post(where, said).status_code == 302
    other = client.post(where, said | {"answer": "Another word"})
    assert other.status_code == 404 and "Another word" in text_of(other)

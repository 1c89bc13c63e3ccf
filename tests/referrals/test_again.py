"""A referral that came back: its referrer adds to it and sends it again, and retypes nothing."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from cse.access.policies import NotAllowed, NotVisible
from cse.audit.models import AuditEvent
from cse.clocks.queries import clocks_of
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from referrals import actions
from referrals.arising import arises_from
from referrals.models import Note, NoteKind, Referral
from referrals.policies import Refused
from referrals.transitions import Act
from tests.factories import make_authority, make_user
from tests.prepared import prepared
from tests.referrals.area import TEXTS, Area, years_old
from tests.screening.made import completed, corrected
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db
MISSING = "We do not know who the adults are. Say what is known of them."


def decided(area, sent, decision=Act.SEND_BACK, reasons=MISSING):
    """What the two of the front door answered."""
    received = area.at(sent, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=decision, reasons=reasons)
    received.refresh_from_db()
    if received.state == "proposed":
        actions.agree(delivery_id=received.pk, by=area.other_duty, note="I read it too")
    return sent


def open_clock_of(delivery):
    return any(clock.is_open for clock in clocks_of(delivery))


@prepared
def area(oxfordshire):
    return oxfordshire


@pytest.mark.parametrize("decision", [Act.SEND_BACK, Act.OTHER_OUTCOME])
def test_from_the_outcome_to_the_second_sending(area, decision):
    """Through the pages: the reasons stand on the draft, and each says which belongs to which."""
    first = decided(area, area.sent(screen=completed(area), group_suspected=True), decision)
    browser = area.client()
    received = area.at(first, area.front_door)
    outcome = reverse("referrals:outcome", args=[received.pk])
    again = reverse("referrals:again", args=[first.pk])
    for address in (outcome, reverse("referrals:show", args=[first.pk])):
        page = browser.get(address)
        assert "Add to it and send again" in text_of(page) and again in page.content.decode()
    page = browser.post(again, follow=True)
    assert "says all that the referral said" in text_of(page)
    draft = Referral.objects.get(follows=first)
    part = {"pk": draft.pk, "slug": "situation"}
    for address in (
        reverse("referrals:draft", args=[draft.pk]),
        reverse("referrals:facts", args=[draft.pk]),
        reverse("referrals:part", kwargs=part),
        reverse("referrals:check", args=[draft.pk]),
    ):
        page = browser.get(address)
        assert MISSING in text_of(page), address
        assert reverse("referrals:show", args=[first.pk]) in page.content.decode()
    page = browser.get(outcome)
    assert "It goes on in the draft" in text_of(page)
    assert "Add to it and send again" not in text_of(page)
    actions.save_part(
        referral_id=draft.pk,
        part="assessment",
        values={"other_person": "One drives a grey van."},
        version=draft.part_versions["assessment"],
        by=area.worker,
    )
    draft.refresh_from_db()
    check = reverse("referrals:check", args=[draft.pk])
    assert browser.post(check, {"version": draft.version}).status_code == 302
    second = Referral.objects.get(pk=draft.pk)
    assert second.status == "sent" and area.at(second, area.front_door).state == "received"
    assert "It goes on in the referral" in text_of(browser.get(outcome))
    assert "It adds to a referral that came back" in text_of(
        browser.get(reverse("referrals:show", args=[second.pk]))
    )
    there = reverse("referrals:delivery", args=[area.at(second, area.front_door).pk])
    page = text_of(area.client(area.duty).get(there))
    assert "which came back" in page and "One drives a grey van." in page


def test_the_screen_that_both_wait_for_is_asked_for_once_and_stands_beside_both(area):
    first = decided(area, area.sent())
    draft, _ = actions.start_again(referral_id=first.pk, by=area.worker)
    second = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    rows = [each.subject_id for each in waiting_for(area.worker).items]
    assert second.pk in rows and first.pk not in rows
    assert not Note.objects.filter(kind=NoteKind.SCREEN).exists()
    screen = completed(area)
    beside = Note.objects.filter(kind=NoteKind.SCREEN, screen=screen)
    assert {each.referral_id for each in beside} == {first.pk, second.pk}
    assert second.pk not in [each.subject_id for each in waiting_for(area.worker).items]


def test_nobody_is_asked_twice_for_what_goes_on_in_the_second(area):
    """Police and contact who had not answered the first have the second alone; a clock each."""
    facts = {"group_suspected": True, "position_of_trust": True}
    first = decided(area, area.sent(**facts))
    assert area.at(first, area.police).state == "received"
    draft, _ = actions.start_again(referral_id=first.pk, by=area.worker)
    second = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    before, after = area.at(first, area.police), area.at(second, area.police)
    assert (before.state, after.state) == ("withdrawn", "received")
    assert "It was added to, and goes on in the referral of" in before.withdrawn_reason
    assert [each.subject_id for each in waiting_for(area.officer).items] == [after.pk]
    assert not open_clock_of(before) and open_clock_of(after)
    there = reverse("referrals:delivery", args=[after.pk])
    assert area.client(area.officer).get(there).status_code == 200
    (told, to_tell) = (each.deliveries.get(team=None) for each in (first, second))
    mine = {each.subject_id for each in waiting_for(area.worker).items}
    assert to_tell.pk in mine and told.pk not in mine and told.state == "withdrawn"
    # What came back was read by adding to it; what counts now is decided on the second.
    received = area.at(first, area.front_door)
    assert received.pk not in mine and received.state == "back"
    with pytest.raises(Refused, match="It was added to and sent again on"):
        actions.disagree(delivery_id=received.pk, by=area.worker, reasons="No")
    outcome = text_of(area.client().get(reverse("referrals:outcome", args=[received.pk])))
    assert "I do not agree" not in outcome
    # Who had it by then keeps it.
    actions.acknowledge(delivery_id=after.pk, by=area.officer)


def test_what_the_other_area_accepted_is_still_to_be_read_and_disagreed_with(area):
    there = Area("wiltshire")
    draft = actions.set_facts(
        referral_id=area.draft().pk,
        facts={"looked_after": "s20", "concerns_confirmed": True},
        version=0,
        by=area.worker,
        placed_in=there.authority,
    )
    first = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    accepted = there.at(first, there.front_door)
    actions.claim(delivery_id=accepted.pk, by=there.duty)
    actions.decide(delivery_id=accepted.pk, by=there.duty, decision=Act.ACCEPT, reasons="Seen")
    draft, _ = actions.start_again(referral_id=decided(area, first).pk, by=area.worker)
    actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert accepted.pk in {each.subject_id for each in waiting_for(area.worker).items}
    page = area.client().get(reverse("referrals:outcome", args=[accepted.pk]))
    assert "I do not agree" in text_of(page)
    actions.disagree(delivery_id=accepted.pk, by=area.worker, reasons="It is not enough.")


def test_a_team_that_was_sent_only_the_second_reads_nothing_of_the_first(area):
    first = decided(area, area.sent())
    draft, _ = actions.start_again(referral_id=first.pk, by=area.worker)
    draft = actions.set_facts(
        referral_id=draft.pk,
        facts={"offence_recorded": True},
        version=draft.part_versions["facts"],
        by=area.worker,
    )
    second = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    police = area.client(area.officer)
    assert police.get(reverse("referrals:show", args=[first.pk])).status_code == 404
    page = police.get(reverse("referrals:show", args=[second.pk]))
    there = police.get(reverse("referrals:delivery", args=[area.at(second, area.police).pk]))
    assert page.status_code == there.status_code == 200
    for each in (page, there):
        assert MISSING not in text_of(each)
        assert reverse("referrals:show", args=[first.pk]) not in each.content.decode()


def test_everything_that_was_said_is_copied_and_nothing_of_what_was_sent_changes(area):
    screen = completed(area)
    first = decided(area, area.sent(screen=screen, group_suspected=True, looked_after="s20"))
    kept = Referral.objects.filter(pk=first.pk).values().get()
    draft, is_new = actions.start_again(referral_id=first.pk, by=area.worker)
    assert is_new and draft.status == "draft"
    same = ("facts", "sections", "screen_id", "child_id", "agency_id", "placed_in_id")
    same += ("placed_by_id",)
    assert {each: getattr(draft, each) for each in same} == {each: kept[each] for each in same}
    assert draft.sections["situation"] == TEXTS["situation"]["situation"]
    assert draft.follows_id == first.pk and draft.token != first.token
    assert {rule["id"] for rule in draft.routing["rules"]} == {
        rule["id"] for rule in first.routing["rules"]
    }
    assert (draft.sent_at, draft.child_facts, draft.screen_copy_id) == (None, {}, None)
    assert Referral.objects.filter(pk=first.pk).values().get() == kept
    event = AuditEvent.objects.filter(act="referral started").latest("at")
    assert (event.object_id, event.data) == (str(draft.pk), {"follows": str(first.pk)})
    work = WorkItem.objects.get(kind=kinds.FINISH_REFERRAL, closed_at__isnull=True)
    assert (work.subject_id, work.owner) == (draft.pk, area.worker)
    assert arises_from(draft).startswith("Adds to the referral of ")


def test_twice_is_once_and_set_aside_it_may_be_begun_anew(area):
    first = decided(area, area.sent())
    draft, _ = actions.start_again(referral_id=first.pk, by=area.worker)
    for person in (area.worker, area.colleague):
        assert actions.start_again(referral_id=first.pk, by=person) == (draft, False)
    actions.set_aside(referral_id=draft.pk, by=area.lead, reason="Begun by mistake")
    other, is_new = actions.start_again(referral_id=first.pk, by=area.colleague)
    assert is_new and other != draft
    actions.send(referral_id=other.pk, by=area.colleague, version=other.version)
    assert actions.start_again(referral_id=first.pk, by=area.worker) == (other, False)
    page = area.client().post(reverse("referrals:again", args=[first.pk]), follow=True)
    assert "begun already" in text_of(page)
    assert Referral.objects.filter(follows=first, status="sent").count() == 1


def test_only_what_came_back_and_only_by_who_may_refer_the_child(area):
    sent = area.sent()
    with pytest.raises(Refused, match="Nobody has sent this referral back"):
        actions.start_again(referral_id=sent.pk, by=area.worker)
    outcome = reverse("referrals:outcome", args=[area.at(sent, area.front_door).pk])
    assert "send again" not in text_of(area.client().get(outcome))
    page = area.client().post(reverse("referrals:again", args=[sent.pk]), follow=True)
    assert "Nobody has sent this referral back" in text_of(page)
    decided(area, sent)
    outsider = make_user(area.worker.posts.get().role, team=area.worker.posts.get().team)
    for person in (outsider, area.stranger, area.duty, area.officer):
        with pytest.raises((NotVisible, NotAllowed)):
            actions.start_again(referral_id=sent.pk, by=person)
        page = area.client(person).post(reverse("referrals:again", args=[sent.pk]))
        assert page.status_code == 404
    assert not Referral.objects.filter(follows=sent).exists()


def test_nobody_is_referred_again_who_is_18_by_now(area):
    child = area.another_child(date_of_birth=years_old(17))
    sent = decided(area, area.sent(child))
    child.date_of_birth = years_old(18)
    with transaction.atomic():
        child.save()
    with pytest.raises(Refused, match="18 or older"):
        actions.start_again(referral_id=sent.pk, by=area.worker)


def test_the_screen_is_the_one_as_corrected_since(area):
    screen = completed(area)
    sent = decided(area, area.sent(screen=screen))
    later = corrected(screen, by=area.worker, professional_judgement="Less than I thought.")
    draft, _ = actions.start_again(referral_id=sent.pk, by=area.worker)
    assert draft.screen == later


def test_the_other_area_goes_along(area):
    there = make_authority("wiltshire")
    draft = area.draft(looked_after="s20", concerns_confirmed=True)
    draft = actions.set_facts(
        referral_id=draft.pk,
        facts={"looked_after": "s20", "concerns_confirmed": True},
        version=draft.part_versions["facts"],
        by=area.worker,
        placed_in=there,
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    again, _ = actions.start_again(referral_id=decided(area, sent).pk, by=area.worker)
    assert again.placed_in == there and again.placed_routing["rules"]

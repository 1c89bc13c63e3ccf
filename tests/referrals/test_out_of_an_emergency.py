"""A referral out of an emergency opening: its referrer follows it, and sees nothing else."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.access.capabilities import CHILD_ACTS, Capability
from cse.access.models import Basis, ChildTeamGrant, ChildUserGrant
from cse.access.policies import NotVisible, can
from cse.access.queries import who_can_see
from cse.clocks.actions import run_due
from cse.clocks.queries import open_clock
from cse.people.models import Role
from cse.worklist import kinds
from cse.worklist.handing import hand_over_all
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from referrals import actions, queries
from referrals.clocks import OFFICER
from referrals.policies import Refused
from referrals.policies_beside import IN_AN_EMERGENCY
from referrals.transitions import Act
from tests.factories import grant, make_user
from tests.prepared import prepared
from tests.referrals import beside
from tests.referrals.area import TEXTS
from tests.referrals.test_making_pages import page_of
from tests.screening.conftest import Place
from tests.screening.made import completed
from tests.screening.pages import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-01")]
REASON = "She rang from a stairwell and I must know who looks after her"


@prepared
def area(oxfordshire):
    """The worker has opened a child whom another school recorded."""
    area = oxfordshire
    area.theirs = Place("oxfordshire", date_of_birth=dt.date(2014, 5, 6))
    area.child = area.theirs.child
    grant(area.theirs.lead, area.child)
    access.break_glass(child_id=area.child.pk, by=area.worker, reason=REASON)
    return area


def when_the_hour_is_over():
    """From here on."""
    return time_machine.travel(timezone.now() + dt.timedelta(minutes=61), tick=False)


def decided(area, referral):
    """The front door's answer to it."""
    received = area.at(referral, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    return actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="We visit today."
    )


def waits_for(user):
    return [each.kind for each in waiting_for(user).items]


def test_the_referrer_follows_it_when_the_hour_is_over(area):
    sent = area.sent()
    with when_the_hour_is_over():
        received = decided(area, sent)
        client = area.client()
        page = client.get(page_of(sent, "show"))
        assert page.status_code == 200
        assert "We visit today." in text_of(page)
        assert "CSE level" not in text_of(page)
        assert "Legal status" not in text_of(page)
        assert reverse("children:child", args=[area.child.pk]) not in page.content.decode()
        assert area.child.name in text_of(client.get(reverse("referrals:list")))
        assert waits_for(area.worker) == [kinds.READ_OUTCOME]
        home = client.get(reverse("worklist:home")).content.decode()
        assert reverse("referrals:outcome", args=[received.pk]) in home
        assert reverse("children:child", args=[area.child.pk]) not in home
        assert "We visit today." in text_of(client.get(page_of(received, "outcome")))
        client.post(page_of(received, "read-outcome"))
        assert waits_for(area.worker) == []
        said = {"reason": "It cannot wait for the afternoon."}
        assert client.post(page_of(received, "disagree"), said).status_code == 302
        assert received.disagreements.get().said_by == area.worker


def test_a_contact_is_told_and_the_answer_comes_by_email(area):
    sent = area.sent(position_of_trust=True)
    officer = sent.deliveries.get(team=None)
    with when_the_hour_is_over():
        run_due()
        assert area.worker.email in {each.to[0] for each in mail.outbox}
        actions.tell_contact(delivery_id=officer.pk, by=area.worker, note="By telephone")
        assert open_clock(officer, OFFICER) is None
        run_due()
        mail.outbox.clear()
        decided(area, sent)
        run_due()
        assert [each.to for each in mail.outbox] == [[area.worker.email]]


def test_what_was_sent_by_mistake_is_taken_back(area):
    sent = area.sent(professional_working=True)
    with when_the_hour_is_over():
        client = area.client()
        assert page_of(sent, "withdraw") in client.get(page_of(sent, "show")).content.decode()
        said = {"reason": "Of another child"}
        assert client.post(page_of(sent, "withdraw"), said).status_code == 302
        assert {each.state for each in sent.deliveries.all()} == {"withdrawn"}


def test_and_sees_nothing_else_of_the_child(area):
    sent = area.sent()
    with when_the_hour_is_over():
        allowed = {act for act in CHILD_ACTS if can(area.worker, act, area.child)}
        assert allowed == {Capability.OWN_REFERRAL}
        client = area.client()
        for name in ("children:child", "referrals:child", "screening:child", "access:who"):
            assert client.get(reverse(name, args=[area.child.pk])).status_code == 404, name
        for name in ("start-from-child", "decide-not-to-refer", "record-advice"):
            page = client.get(reverse(f"referrals:{name}", args=[area.child.pk]))
            assert page.status_code == 404, name
        assert list(queries.own_of(area.worker)) == [sent]
        assert list(queries.sent_by_agency_of(area.worker)) == [sent]
        assert list(queries.visible_to(area.worker)) == []


def test_not_what_a_colleague_refers_nor_the_colleague_this(area):
    sent = area.sent()
    colleague = make_user(Role.PRACTITIONER, team=area.worker.posts.get().team)
    grant(colleague, area.child)
    theirs, _ = actions.start_from_child(child=area.child, by=colleague, token=uuid.uuid4())
    with when_the_hour_is_over():
        assert list(queries.own_of(area.worker)) == [sent]
        assert area.client().get(page_of(theirs, "draft")).status_code == 404
        assert area.client().get(page_of(theirs, "show")).status_code == 404
        # The colleague sees the child: what their agency has sent is theirs to follow.
        assert {*queries.own_of(colleague)} == {sent, theirs}
        other = make_user(Role.PRACTITIONER, team=area.worker.posts.get().team)
        assert area.client(other).get(page_of(sent, "show")).status_code == 404


def test_what_was_typed_is_not_lost_with_the_hour(area):
    draft = area.draft(concerns_confirmed=True)
    with when_the_hour_is_over():
        client = area.client()
        assert hand_over_all() == 0
        assert waits_for(area.worker) == [kinds.FINISH_REFERRAL]
        page = client.get(page_of(draft, "part", "situation"))
        assert TEXTS["situation"]["situation"] in text_of(page)
        more = {"situation": "Seen again tonight, by the station.", "version": 1, "act": "leave"}
        assert client.post(page_of(draft, "part", "situation"), more).status_code == 302
        check = client.get(page_of(draft, "check"))
        assert "Seen again tonight" in text_of(check)
        draft.refresh_from_db()
        client.post(page_of(draft, "check"), {"version": draft.version})
        draft.refresh_from_db()
        assert draft.status == "sent"
        assert area.at(draft, area.front_door)


@pytest.mark.requirement("DEC-28", "DEC-25")
def test_the_screen_that_is_outstanding_is_the_front_doors(area):
    sent = area.sent()
    (owed,) = WorkItem.objects.filter(kind=kinds.SCREEN_OUTSTANDING, closed_at__isnull=True)
    assert (owed.owner, owed.owner_group) == (None, area.front_door.group)
    with when_the_hour_is_over():
        assert kinds.SCREEN_OUTSTANDING in waits_for(area.duty)
        assert "front door has it to do" in text_of(area.client().get(page_of(sent, "show")))
        page = text_of(area.client(area.duty).get(page_of(sent, "show")))
        assert "The screen is outstanding" in page
        completed(area, by=area.duty)
        owed.refresh_from_db()
        assert owed.closed_at is not None
        assert sent.notes.get().screen.agency == area.care


def test_their_leads_get_no_access_and_the_grant_says_what_it_opens(area):
    area.sent()
    own = ChildUserGrant.objects.get(user=area.worker, basis=Basis.REFERRER)
    assert "that referral, not the record" in own.get_basis_display()
    assert not ChildUserGrant.objects.filter(user=area.worker, basis=Basis.RECORDER).exists()
    leads = ChildTeamGrant.objects.filter(content_object=area.child, basis=Basis.NAMED_LEAD)
    assert not leads.exists()
    with when_the_hour_is_over():
        # It is no ground for deciding who sees the child, nor does it stand in a later hour's way.
        access.break_glass(child_id=area.child.pk, by=area.worker, reason=REASON)
        assert can(area.worker, Capability.SEE_CHILD, area.child)


def test_the_page_of_who_can_see_names_the_referrer_apart(area):
    area.sent()
    lead = area.theirs.lead
    with when_the_hour_is_over():
        page = text_of(area.client(lead).get(reverse("access:who", args=[area.child.pk])))
        apart = page.split("People who see one thing about this child")[1]
        assert area.worker.get_full_name() in apart
        assert area.worker not in {each.user for each in who_can_see(area.child.pk)}
        access.exclude(
            child=area.child, user=area.worker, ground="other", reason="A relative", by=lead
        )
        page = text_of(area.client(lead).get(reverse("access:who", args=[area.child.pk])))
        assert "People who see one thing" not in page


@pytest.mark.parametrize("how", ["excluded", "sealed", "post"])
def test_an_exclusion_a_seal_and_the_end_of_a_post_close_it(area, how):
    sent = area.sent()
    lead = area.theirs.lead
    with when_the_hour_is_over():
        if how == "excluded":
            access.exclude(
                child=area.child, user=area.worker, ground="other", reason="A relative", by=lead
            )
        elif how == "sealed":
            access.seal(child=area.child, names=[], reason="A threat", by=lead)
        else:
            post = area.worker.posts.get()
            post.ends_on = timezone.localdate() - dt.timedelta(days=1)
            post.save()
        assert list(queries.own_of(area.worker)) == []
        with pytest.raises(NotVisible):
            actions.withdraw(referral_id=sent.pk, by=area.worker, reason="By mistake")


@pytest.mark.parametrize("what", ["decide-not-to-refer", "record-advice", "start-early-help"])
def test_what_takes_longer_than_the_hour_is_not_begun_in_it(area, what):
    begin = {
        "decide-not-to-refer": beside.decision,
        "record-advice": beside.advice,
        "start-early-help": beside.plan,
    }[what]
    with pytest.raises(Refused, match="closes to you again"):
        begin(area)
    page = area.client().get(reverse(f"referrals:{what}", args=[area.child.pk]), follow=True)
    assert page.redirect_chain == [
        (reverse("referrals:start-from-child", args=[area.child.pk]), 302)
    ]
    assert IN_AN_EMERGENCY in text_of(page)
    # Whoever has access goes on as ever.
    grant(area.worker, area.child)
    assert begin(area)


def test_another_agencys_leads_are_not_handed_what_they_cannot_open(area):
    sent = area.sent()
    with when_the_hour_is_over():
        decided(area, sent)
        area.worker.is_active = False
        area.worker.save()
        hand_over_all()
        assert can(area.theirs.lead, Capability.SEE_CHILD, area.child)
        assert waits_for(area.theirs.lead) == [kinds.REVIEW_BREAK_GLASS]
        # The rules sent it to the leads of the referrer's own agency: they go on with it.
        assert kinds.READ_OUTCOME in waits_for(area.lead)


@pytest.mark.requirement("W-REF-16")
def test_disability_on_record_stands_beside_the_rules_for_the_hour_only(area):
    area.child.disability = "Hearing loss"
    area.child.save()
    draft, client = area.draft(concerns_confirmed=True), area.client()
    assert "Hearing loss" in text_of(client.get(page_of(draft, "draft")))
    with when_the_hour_is_over():
        client = area.client()
        part = page_of(draft, "part", "situation")
        for page in (client.get(page_of(draft, "draft")), client.get(page_of(draft, "check"))):
            assert page.status_code == 200 and "Hearing loss" not in text_of(page)
        said = {"situation": "Seen again tonight.", "version": 1}
        saved = client.post(part, said, headers={"X-Requested-With": "autosave"})
        assert "Hearing loss" not in saved.json()["panels"]["rules"]


def test_who_was_given_a_day_follows_what_they_referred_and_sees_the_child_no_longer(oxfordshire):
    area = oxfordshire
    colleague = make_user(Role.PRACTITIONER, agency=area.agency)
    grant(colleague, area.child, days=1)
    draft, _ = actions.start_from_child(child=area.child, by=colleague, token=uuid.uuid4())
    for part, values in TEXTS.items():
        draft = actions.save_part(
            referral_id=draft.pk,
            part=part,
            values=values,
            version=draft.part_versions.get(part, 0),
            by=colleague,
        )
    sent = actions.send(referral_id=draft.pk, by=colleague, version=draft.version)
    with time_machine.travel(timezone.now() + dt.timedelta(days=2), tick=False):
        assert not can(colleague, Capability.SEE_CHILD, area.child)
        page = area.client(colleague).get(page_of(sent, "show"))
        assert page.status_code == 200 and "Where it is" in text_of(page)
        assert can(area.lead, Capability.SEE_CHILD, area.child)

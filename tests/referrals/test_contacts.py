"""Telling a contact outside the service: which, by when, and when it was done (DEC-16, R1)."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.clocks.queries import clocks_of
from cse.worklist import kinds
from cse.worklist.arising import arising
from cse.worklist.queries import waiting_for
from referrals import actions
from referrals.models import Delivery
from referrals.policies import Refused
from referrals.routing.rules import DANGER_MARK
from tests.clocks.conftest import at
from tests.missing.test_waiting import row_of
from tests.referrals.area import Area, years_old
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db
SENT = "2027-04-30 10:20"  # a Friday before a bank holiday: due on Tuesday 4 May at 5pm
TELL = "Tell the contact outside the service"


@pytest.fixture
def friday():
    with time_machine.travel(at("2027-04-20 10:00"), tick=False) as traveller:
        yield traveller


def nobody_in(*teams):
    for team in teams:
        for post in team.posts.all():
            post.ends_on = dt.date(2027, 4, 28)
            post.save()


@pytest.fixture
def area(friday, tools):
    """Neither the police nor the specialists have a team with anybody in it."""
    wiltshire = Area("wiltshire")
    nobody_in(wiltshire.police, wiltshire.specialists)
    friday.move_to(at(SENT))
    return wiltshire


def contacts_of(referral):
    return list(Delivery.objects.filter(referral=referral, team=None).order_by("contact"))


def tell_of(delivery):
    return reverse("referrals:tell", args=[delivery.pk])


def said(day="30", month="4", year="2027", time="10:20", reason="By telephone"):
    parts = {"told_on-day": day, "told_on-month": month, "told_on-year": year}
    return {**parts, "told_time": time, "reason": reason}


@pytest.mark.requirement("DEC-16")
def test_every_contact_has_a_clock_and_home_says_what_its_picture_says(area, friday):
    sent = area.sent(position_of_trust=True, trafficking=True)
    told = contacts_of(sent)
    assert [each.contact for each in told] == ["Designated Officer (LADO)", "Police"]
    friday.move_to(at("2027-05-01 12:00"))  # a Saturday
    client = area.client()
    for each in told:
        (clock,) = clocks_of(each)
        assert clock.due_at == at("2027-05-04 17:00")
        row = row_of(client, reverse("worklist:home"), each.contact)
        page = text_of(client.get(reverse("referrals:outcome", args=[each.pk])))
        for where in (row, page):
            assert "8 working hours left" in where and "4 May 2027 at 5:00pm" in where, where
        assert f"{each.contact}, Wiltshire" in row and "Due at once" not in page
    assert text_of(client.get(reverse("referrals:show", args=[sent.pk]))).count("Runs from") >= 2


@pytest.mark.parametrize("harm", ["immediate_danger", "significant_harm"])
def test_danger_now_is_told_at_once_and_stands_first(area, friday, harm):
    area.draft(area.another_child())  # due before the contacts' clocks
    sent = area.sent(position_of_trust=True, **{harm: True})
    first = waiting_for(area.worker).items[0]
    assert (first.kind, first.at_once) == (kinds.TELL_CONTACT, True)
    assert first.due_at == clocks_of(sent.deliveries.get(pk=first.subject_id))[0].due_at
    client, (officer, _) = area.client(), contacts_of(sent)
    for where in (reverse("worklist:home"), reverse("children:child", args=[area.child.pk])):
        row = row_of(client, where, "Designated Officer (LADO), Wiltshire")
        assert DANGER_MARK in row and "Due at once" in row, row
        assert "nobody knows" not in row
    page = text_of(client.get(reverse("referrals:outcome", args=[officer.pk])))
    assert "Due at once: it was said" in page and "working hours left" in page
    assert "at once: the child may be in danger" in text_of(client.get(tell_of(officer)))
    friday.move_to(at("2027-05-05 10:00"))
    client = area.client()
    row = row_of(client, reverse("worklist:home"), "Designated Officer (LADO), Wiltshire")
    page = text_of(client.get(reverse("referrals:outcome", args=[officer.pk])))
    assert all("Late by 1 working day" in where for where in (row, page))


def test_which_contact_is_said_to_who_follows_the_referral_and_to_nobody_else(area):
    told = contacts_of(area.sent(position_of_trust=True, trafficking=True))
    items = waiting_for(area.worker).items
    found = arising(area.worker, items)
    words = {found[kinds.TELL_CONTACT, each.pk].words for each in told}
    assert words == {"Designated Officer (LADO), Wiltshire", "Police, Wiltshire"}
    others = arising(area.stranger, items)
    assert not any(kind == kinds.TELL_CONTACT for kind, _ in others)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            arising(area.worker, waiting_for(area.worker).items)
        return len(captured)

    one = asked()
    area.sent(area.another_child(), position_of_trust=True, trafficking=True)
    assert asked() == one


@pytest.mark.requirement("DEC-16", "DEC-32")
def test_told_in_time_and_written_down_late_was_in_time(area, friday):
    (officer, police) = contacts_of(area.sent(position_of_trust=True, trafficking=True))
    friday.move_to(at("2027-05-06 09:00"))
    client = area.client()
    page = text_of(client.get(tell_of(officer)))
    assert "On which day did you tell them?" in page and "At what time?" in page
    assert 'value="09:00"' in client.get(tell_of(officer)).content.decode()  # now, by default
    answer = client.post(tell_of(officer), said("4", "5", time="16:59"), follow=True)
    assert "Done in time" in text_of(answer)
    assert "4 May 2027 at 4:59pm" in text_of(answer)
    client.post(tell_of(police), said("4", "5", time="5:01pm"))
    met = {each.contact: clocks_of(each)[0] for each in (officer, police)}
    assert {clock.met_at for clock in met.values()} == {
        at("2027-05-04 16:59"),
        at("2027-05-04 17:01"),
    }
    late = {contact for contact, clock in met.items() if clock.is_late_at(at("2027-05-06 09:00"))}
    assert late == {"Police"}
    events = AuditEvent.objects.filter(act="contact told").order_by("at")
    assert [each.data["told"][:16] for each in events] == ["2027-05-04T15:59", "2027-05-04T16:01"]


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"time": ""}, "Enter the time you told them"),
        ({"time": "at ten"}, "Write the time as 14:30 or 2:30pm"),
        ({"day": ""}, "Day you told them must include a day"),
        ({"day": "22"}, "The referral was begun on 30 April 2027 at 10:20am: check the day"),
        ({"day": "1", "month": "5"}, "today or in the past"),
        ({"time": "10:51"}, "still to come"),
        ({"reason": " "}, "Whom did you tell, and how?"),
    ],
)
def test_a_moment_that_cannot_be_is_asked_again_and_nothing_is_lost(area, friday, changed, wrong):
    (officer,) = contacts_of(area.sent(position_of_trust=True))
    friday.move_to(at("2027-04-30 10:50"))
    client = area.client()
    answer = client.post(tell_of(officer), said(**{"reason": "The duty officer", **changed}))
    shown = text_of(answer)
    assert answer.status_code == 200 and "There is a problem" in shown and wrong in shown, shown
    if "reason" not in changed:
        assert "The duty officer" in shown
    assert Delivery.objects.get(pk=officer.pk).state == "received"


def test_told_in_the_minute_it_was_sent_is_told_and_not_the_senders_own(area, friday):
    friday.move_to(at(SENT) + dt.timedelta(seconds=40))
    (officer,) = contacts_of(area.sent(position_of_trust=True))
    answer = area.client().post(tell_of(officer), said(), follow=True)
    assert "Told by who referred" in text_of(answer)
    told = Delivery.objects.get(pk=officer.pk)
    assert told.acknowledged_at == at(SENT) and not told.is_senders_own


@pytest.mark.requirement("DEC-16")
def test_who_telephoned_first_writes_the_time_of_the_call(area, friday):
    """The form does not come first: what is written down is when they were told."""
    (officer,) = contacts_of(area.sent(position_of_trust=True))
    answer = area.client().post(tell_of(officer), said("29", "4", time="15:00"), follow=True)
    shown = text_of(answer)
    assert "29 April 2027 at 3:00pm" in shown and "Done in time" in shown
    assert Delivery.objects.get(pk=officer.pk).acknowledged_at == at("2027-04-29 15:00")
    assert clocks_of(officer)[0].met_at == officer.received_at


def test_the_act_itself_refuses_what_the_form_does(area):
    (officer,) = contacts_of(area.sent(position_of_trust=True))
    for moment, why in (("2027-04-22 10:19", "long before"), ("2027-05-01 09:00", "passed")):
        with pytest.raises(Refused, match=why):
            actions.tell_contact(
                delivery_id=officer.pk, by=area.worker, note="By telephone", at=at(moment)
            )


def test_on_the_night_the_clocks_go_back_the_later_hour_is_meant(area, friday):
    friday.move_to(at("2027-10-30 23:00"))
    (officer,) = contacts_of(area.sent(area.another_child(), position_of_trust=True))
    friday.move_to(dt.datetime(2027, 10, 31, 3, tzinfo=dt.UTC))
    area.client().post(tell_of(officer), said("31", "10", time="01:30"))
    told = Delivery.objects.get(pk=officer.pk)
    assert told.acknowledged_at == dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC)


def test_a_draft_says_what_its_writer_must_do(wiltshire):
    area = wiltshire
    child = area.another_child(date_of_birth=years_old(12))
    area.draft(child, pregnant=True)
    area.draft(area.another_child(date_of_birth=years_old(17)), immediate_danger=True)
    area.draft(area.another_child())
    client = area.client()
    row = row_of(client, reverse("worklist:home"), "Under 13 and pregnant")
    assert "You must: Under 13 and pregnant" in row and "nobody knows" not in row
    row = row_of(client, reverse("worklist:home"), DANGER_MARK)
    assert "You must: Immediate danger or significant harm now" in row
    assert text_of(client.get(reverse("worklist:home"))).count("You must: ") == 2


def test_told_twice_by_a_double_click_is_told_once(area):
    sent = area.sent(position_of_trust=True)
    (contact,) = contacts_of(sent)
    answers = [area.client().post(tell_of(contact), said()) for _ in "12"]
    assert [each.status_code for each in answers] == [302, 302]


def test_who_tells_after_a_colleague_did_is_told_so_and_keeps_the_text(area):
    sent = area.sent(position_of_trust=True)
    (contact,) = contacts_of(sent)
    worker, colleague = area.client(), area.client(area.colleague)
    assert worker.get(tell_of(contact)).status_code == 200
    assert colleague.post(tell_of(contact), said()).status_code == 302
    late = worker.post(tell_of(contact), said(reason="I rang their duty desk"))
    assert late.status_code == 409
    shown = text_of(late)
    assert "written down already that they were told" in shown and "I rang their duty desk" in shown

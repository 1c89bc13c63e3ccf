"""The pages of triage: the delivery, its acts, the second person, the disagreement."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.audit.models import AuditEvent
from cse.interface.reference import load_language_terms
from cse.interface.words import date_words, datetime_words
from cse.people.models import Role
from cse.workdays import calendar_of, due_on
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals import actions
from referrals.actions.notes import write_note
from referrals.models import Delivery
from referrals.policies import Refused
from referrals.transitions import Act, State
from tests.factories import grant, make_team, make_user
from tests.prepared import prepared
from tests.referrals import beside
from tests.referrals.area import years_old
from tests.screening.made import completed
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
WORDS = "We see the child and the family today."


@prepared
def area(oxfordshire):
    return oxfordshire


@prepared
def received(area):
    """A mandatory referral at the front door."""
    return area.at(area.sent(), area.front_door)


def at(name, delivery):
    return reverse(f"referrals:{name}", args=[delivery.pk])


def stands(delivery):
    return Delivery.objects.get(pk=delivery.pk).state


def claimed(area, received):
    return actions.claim(delivery_id=received.pk, by=area.duty)


def proposed(area, received, decision=Act.SEND_BACK):
    claimed(area, received)
    return actions.decide(delivery_id=received.pk, by=area.duty, decision=decision, reasons="Twice")


@pytest.mark.requirement("D-REF-01", "W-REF-28")
def test_from_home_to_the_decision(area, received):
    browser = area.client(area.duty)
    address = at("delivery", received)
    assert address in browser.get("/").content.decode()
    board = browser.get(reverse("referrals:board")).content.decode()
    assert address in board and "1 referral: none late; 1 received." in board
    page = text_of(browser.get(address))
    for said in (
        "Seen with adults nobody knows, more than once.",
        "Asked for, and refused",
        "Nobody has it yet.",
        "Mandatory",
        "Decision on the referral, and the referrer told",
        "Claim this referral",
    ):
        assert said in page, said
    page = browser.post(at("claim", received), follow=True)
    assert "You have it: the decision is yours." in text_of(page)
    sent = {"decision": Act.ACCEPT.value, "reasons": WORDS}
    page = text_of(browser.post(at("decide", received), sent, follow=True))
    assert "Your decision is kept." in page and WORDS in page and "is responsible" in page
    done = Delivery.objects.get(pk=received.pk)
    assert (done.state, done.decided_by, done.reasons) == (State.ACCEPTED, area.duty, WORDS)
    assert address in browser.get(reverse("referrals:decided")).content.decode()


@pytest.mark.requirement("D-REF-01")
def test_the_second_who_claims_is_told_who_has_it(area, received):
    other = area.client(area.other_duty)
    other.get(at("delivery", received))
    claimed(area, received)
    page = other.post(at("claim", received))
    assert page.status_code == 409
    assert "has this referral already." in text_of(page) and "Dot" in text_of(page)
    assert "Claim this referral" not in text_of(page)
    again = area.client(area.duty).post(at("claim", received), follow=True)
    assert again.status_code == 200
    assert AuditEvent.objects.filter(act="referral claimed").count() == 1


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"reasons": WORDS}, "Select what you decide"),
        ({"decision": "accept"}, "Give your reasons"),
        ({"decision": "accept", "reasons": " \r\n "}, "Give your reasons"),
        ({"decision": "claim", "reasons": WORDS}, "Error:"),
        ({"decision": "accept", "reasons": "x" * 4001}, "4000 characters"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(area, received, sent, said):
    claimed(area, received)
    page = area.client(area.duty).post(at("decide", received), sent)
    text = page.content.decode()
    assert page.status_code == 200 and said in text and "<title>Error:" in text
    assert sent.get("reasons", "").strip() in text
    assert stands(received) == State.DECIDING


def test_the_state_went_stale_while_typing(area, received):
    claimed(area, received)
    browser = area.client(area.duty)
    actions.release(delivery_id=received.pk, by=area.other_duty, reason="Dot is ill")
    page = browser.post(at("decide", received), {"decision": "accept", "reasons": WORDS})
    assert page.status_code == 409
    assert WORDS in text_of(page) and "Claim the referral first" in text_of(page)
    assert stands(received) == State.RECEIVED
    page = browser.post(at("release", received), {"reason": "I am away"})
    assert page.status_code == 409 and "I am away" in text_of(page)
    refused = AuditEvent.objects.filter(decision="refused", object_id=str(received.pk))
    assert refused.count() == 2


def test_the_access_ended_while_typing(area, received):
    claimed(area, received)
    browser = area.client(area.duty)
    access.exclude(
        child=area.child, user=area.duty, ground="relative", reason="Own niece", by=area.lead
    )
    page = browser.post(at("decide", received), {"decision": "accept", "reasons": WORDS})
    assert page.status_code == 404 and WORDS in page.content.decode()
    assert stands(received) == State.DECIDING
    assert area.child.name not in page.content.decode()


def test_what_i_have_claimed_is_mine_on_home_and_on_the_childs_page(area, received):
    mine, theirs = area.client(area.duty), area.client(area.other_duty)
    record = reverse("children:child", args=[area.child.pk])
    team = f"{area.front_door.name}, {area.care.name}"
    assert "Your team" in text_of(mine.get("/")) and team in text_of(mine.get(record))
    claimed(area, received)
    for address in ("/", record):
        page = text_of(mine.get(address))
        assert "You have claimed it" in page and "Your team" not in page and team not in page
        page = text_of(theirs.get(address))
        assert f"{area.duty.get_full_name()} has claimed it, of your team" in page
        assert "You have claimed it" not in page
    # Nobody else who sees the child reads of it.
    assert "claimed it" not in text_of(area.client().get(record))


def test_given_back_by_a_colleague_with_a_reason(area, received):
    claimed(area, received)
    browser = area.client(area.other_duty)
    assert "Say why it is given back" in text_of(browser.post(at("release", received), {}))
    page = browser.post(at("release", received), {"reason": "Dot is away"}, follow=True)
    assert "Given back" in text_of(page) and stands(received) == State.RECEIVED


def test_wording_is_checked_and_nothing_is_saved(area, received):
    load_language_terms()
    claimed(area, received)
    sent = {
        "decision": "accept",
        "reasons": "She puts herself at risk.",
        "check_wording": "reasons",
    }
    page = text_of(area.client(area.duty).post(at("decide", received), sent))
    assert "to think about" in page and "She puts herself at risk." in page
    assert "Error:" not in page and stands(received) == State.DECIDING


@pytest.mark.requirement("W-REF-28")
def test_a_mandatory_duty_ends_by_two_on_the_page(area, received):
    claimed(area, received)
    first, other = area.client(area.duty), area.client(area.other_duty)
    page = text_of(first.get(at("delivery", received)))
    assert "somebody else of your team has to agree first" in page
    sent = {"decision": Act.SEND_BACK.value, "reasons": "Sent twice"}
    page = text_of(first.post(at("decide", received), sent, follow=True))
    assert "It waits for somebody else of your team to agree" in page
    assert "Your answer, as the second person" not in page
    own = first.post(at("second", received), {"answer": "agree", "note": "Yes, I do"})
    assert own.status_code == 409 and "Yes, I do" in text_of(own)
    assert at("delivery", received) in other.get("/").content.decode()
    page = text_of(other.get(at("delivery", received)))
    assert "Sent twice" in page and "Your answer, as the second person" in page
    page = text_of(other.post(at("second", received), {"note": "Ask the school first"}))
    assert "Say whether you agree" in page and "Ask the school first" in page
    other.post(at("second", received), {"answer": "disagree", "note": "Ask the school first"})
    assert stands(received) == State.DECIDING
    first.post(at("decide", received), sent | {"reasons": "The school agrees"})
    page = other.post(at("second", received), {"answer": "agree", "note": "Read both"}, follow=True)
    assert stands(received) == State.BACK
    page = text_of(page)
    assert "no longer sees the child" in page and "Referrals sent to your team" in page
    assert other.get(at("delivery", received)).status_code == 404
    decided = text_of(other.get(reverse("referrals:decided")))
    assert "No longer open to your team" in decided and "Back to referrer" in decided
    assert area.child.family_name not in decided
    # Two that are closed differ: by who referred, and by when it came.
    assert area.agency.name in decided and datetime_words(received.received_at) in decided


@pytest.mark.requirement("W-REF-28")
def test_a_second_person_agrees_to_no_proposal_that_they_have_not_read(area, received):
    def propose(decision, reasons):
        claimed(area, received)
        actions.decide(delivery_id=received.pk, by=area.duty, decision=decision, reasons=reasons)

    propose(Act.OTHER_OUTCOME, "The school helps")
    other = area.client(area.other_duty)
    opened = controls(other.get(at("delivery", received)), "about")
    typed = opened | {"answer": "agree", "note": "I agree with it as I read it"}
    actions.release(delivery_id=received.pk, by=area.duty, reason="I was wrong")
    propose(Act.SEND_BACK, "Say more")
    # A mistake on the old page leads to no other proposal either.
    wrong = other.post(at("second", received), typed | {"note": ""})
    assert "Give your own reason" in text_of(wrong)
    other.post(at("second", received), controls(wrong, "about") | {"note": "As I read it"})
    assert stands(received) == State.PROPOSED
    page = other.post(at("second", received), typed)
    assert page.status_code == 409 and "has changed since you opened the page" in text_of(page)
    assert stands(received) == State.PROPOSED
    again = controls(page, "about")
    assert again["note"] == "I agree with it as I read it"
    other.post(at("second", received), again | {"answer": "agree"})
    assert stands(received) == State.BACK


@pytest.mark.requirement("W-REF-28", "DEC-02")
@pytest.mark.parametrize("since", ["a rule", "a note"])
def test_nor_without_the_rules_and_notes_that_came_since(area, received, since):
    claimed(area, received)
    decided = {"decision": Act.OTHER_OUTCOME, "reasons": "The school helps"}
    actions.decide(delivery_id=received.pk, by=area.duty, **decided)
    other = area.client(area.other_duty)
    typed = controls(other.get(at("delivery", received)), "about") | {
        "answer": "agree",
        "note": "I agree with it as I read it",
    }
    if since == "a rule":
        received.refresh_from_db()
        received.rules = [*received.rules, "R3"]
        received.save()
    else:
        write_note(
            child=received.referral.child,
            by=area.worker,
            token=uuid.uuid4(),
            kind="evidence",
            happened_on=timezone.localdate(),
            text="Taken to a hotel by three men",
            referral=received.referral,
        )
    page = other.post(at("second", received), typed)
    assert page.status_code == 409 and "has changed since you opened the page" in text_of(page)
    assert stands(received) == State.PROPOSED
    again = controls(page, "about") | {"answer": "agree"}
    assert other.post(at("second", received), again).status_code == 302
    assert stands(received) == State.OTHER_OUTCOME


def test_a_second_click_on_a_decision_that_ends_access_is_no_404(area):
    received = area.at(area.sent(professional_working=True), area.front_door)
    assert received.obligation == "should"
    claimed(area, received)
    browser = area.client(area.duty)
    sent = {"decision": Act.SEND_BACK.value, "reasons": "Known,\r\nand helped"}
    for _ in range(2):
        page = browser.post(at("decide", received), sent, follow=True)
        assert page.status_code == 200 and "no longer sees the child" in text_of(page)
    assert AuditEvent.objects.filter(act="referral decided").count() == 1
    assert stands(received) == State.BACK


@pytest.mark.requirement("O-REF-10", "O-REF-13", "O-REF-15", "W-REF-36")
def test_passed_to_the_specialists_and_acknowledged(area, received):
    claimed(area, received)
    front = area.client(area.duty)
    sent = {"decision": Act.PASS_ON.value, "reasons": "Exploitation is likely"}
    page = text_of(front.post(at("decide", received), sent, follow=True))
    assert "is responsible until Kingfisher has claimed or acknowledged it" in page
    board = text_of(front.get(reverse("referrals:board")))
    assert "Passed on, and not acknowledged yet" in board and area.child.name in board
    received.refresh_from_db()
    assert datetime_words(received.decided_at) in board
    there = Delivery.objects.get(passed_by=received)
    special = area.client(area.specialist)
    page = text_of(special.get(at("delivery", there)))
    assert "It came from the front door" in page and "Acknowledge: we have it" in page
    assert "Exploitation is likely" in page
    assert "Pass it to" not in page
    page = text_of(special.post(at("acknowledge", there), follow=True))
    assert "acknowledged it" in page
    assert stands(received) == State.PASSED and stands(there) == State.ACKNOWLEDGED
    assert special.post(at("acknowledge", there)).status_code == 302
    assert front.get(at("delivery", received)).status_code == 404
    assert "Not acknowledged" not in text_of(front.get(reverse("referrals:board")))
    assert "acknowledged" in text_of(front.get(reverse("referrals:decided")))


@pytest.mark.requirement("O-REF-10", "W-REF-26")
def test_the_board_says_when_a_child_in_danger_was_passed_on(area):
    received = area.at(area.sent(immediate_danger=True, concerns_confirmed=True), area.front_door)
    claimed(area, received)
    passed = actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.PASS_ON, reasons="At once"
    )
    board = text_of(area.client(area.duty).get(reverse("referrals:board")))
    assert "Passed on, and not acknowledged yet" in board
    assert board.count(datetime_words(passed.decided_at)) == 1


def test_accepted_and_passed_on_after_all(area, received):
    claimed(area, received)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="Ours")
    browser = area.client(area.duty)
    page = text_of(browser.get(at("delivery", received)))
    assert "Pass it on after all" in page and "Accept it" not in page
    sent = {"decision": Act.PASS_ON.value, "reasons": "It is exploitation"}
    browser.post(at("decide", received), sent)
    assert stands(received) == State.SENT_ON


def test_an_area_without_specialists_says_so_and_keeps_what_was_typed(area, received):
    post = area.specialist.posts.get()
    post.ends_on = post.starts_on
    post.save()
    claimed(area, received)
    browser = area.client(area.duty)
    page = browser.get(at("delivery", received))
    assert "Pass it to" not in text_of(page) and "Accept it" in text_of(page)
    assert "Kingfisher is not in this service yet" in text_of(page)
    assert "telephone them" in text_of(page) and "Who to contact" in text_of(page)
    # From a page that was opened before they left.
    sent = {"decision": Act.PASS_ON.value, "reasons": WORDS}
    page = browser.post(at("decide", received), sent)
    assert page.status_code == 409
    assert "No specialist team can receive it here yet" in text_of(page)
    assert controls(page, "reasons")["reasons"] == WORDS and "Copy it" not in text_of(page)
    assert "Pass it to" not in text_of(page)
    # With nothing left to decide the note stands all the same.
    actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="Ours")
    page = text_of(browser.get(at("delivery", received)))
    assert "Kingfisher is not in this service yet" in page and "Pass it on after all" not in page


def test_passing_on_is_not_offered_to_a_team_that_is_excluded_from_the_child(area, received):
    access.exclude(
        child=area.child, user=area.specialist, ground="relative", reason="Niece", by=area.lead
    )
    claimed(area, received)
    page = text_of(area.client(area.duty).get(at("delivery", received)))
    assert "Pass it to" not in page and "nobody who may see this child" in page


@pytest.mark.parametrize(
    ("act", "typed"),
    [
        ("decide", {"decision": "send back", "reasons": WORDS}),
        ("release", {"reason": WORDS}),
        ("second", {"answer": "agree", "note": WORDS}),
    ],
)
def test_what_was_typed_stays_in_the_form_where_an_act_is_refused(
    area, received, act, typed, monkeypatch
):
    """Whatever refuses it: the state may have changed between the page and the act."""

    def refuse(**_):
        raise Refused("Not now.")

    who = area.duty
    if act == "second":
        proposed(area, received)
        who = area.other_duty
    else:
        claimed(area, received)
    for name in ("decide", "release", "agree"):
        monkeypatch.setattr(actions, name, refuse)
    page = area.client(who).post(at(act, received), typed)
    assert page.status_code == 409 and "Not now." in text_of(page)
    assert controls(page, next(reversed(typed))).items() >= typed.items()
    assert "It stands in the form below" in text_of(page) and "Copy it" not in text_of(page)


def test_what_was_typed_can_be_copied_where_its_form_is_gone(area, received):
    claimed(area, received)
    page = area.client(area.other_duty).post(
        at("decide", received), {"decision": "accept", "reasons": WORDS}
    )
    assert page.status_code == 409 and "Copy it" in text_of(page) and WORDS in text_of(page)


# -- Who sees it ---------------------------------------------------------------------------------


ACTS = ("delivery", "claim", "release", "decide", "second", "acknowledge")


@pytest.mark.requirement("D-SHR-01")
def test_no_page_opens_for_a_team_it_was_not_sent_to(area, received):
    """The stranger, and colleagues of the child, have access to the child and to nothing here."""
    other_team = make_user(Role.FRONT_DOOR, team=make_team(area.care))
    for person in (area.stranger, area.officer, area.specialist, other_team, area.manager):
        grant(person, area.child)
    grant(area.worker, area.child)
    everybody = (
        area.stranger, area.officer, area.specialist, other_team, area.manager, area.worker
    )  # fmt: skip
    for person in everybody:
        browser = area.client(person)
        for name in ACTS:
            method = browser.get if name == "delivery" else browser.post
            hidden = method(at(name, received))
            nowhere = method(reverse(f"referrals:{name}", args=[uuid.uuid4()]))
            assert hidden.status_code == nowhere.status_code == 404, (person, name)
            assert hidden.content == nowhere.content
        board = browser.get(reverse("referrals:board")).content.decode()
        decided = browser.get(reverse("referrals:decided")).content.decode()
        assert area.child.name not in board and str(received.pk) not in board + decided


def test_an_excluded_colleague_finds_nothing_of_it(area, received):
    access.exclude(
        child=area.child, user=area.other_duty, ground="relative", reason="Niece", by=area.lead
    )
    browser = area.client(area.other_duty)
    board = text_of(browser.get(reverse("referrals:board")))
    assert "No referral waits for your team." in board
    assert browser.get(at("delivery", received)).status_code == 404
    claimed(area, received)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="Ours")
    decided = text_of(browser.get(reverse("referrals:decided")))
    assert "Nothing was decided" in decided


def test_the_police_intelligence_officer_reads_and_acknowledges_and_opens_no_child(area):
    sent = area.sent(group_suspected=True)
    there = area.at(sent, area.police)
    officer = make_user(Role.INTELLIGENCE, team=area.police)
    browser = area.client(officer)
    page = browser.get(at("delivery", there))
    assert "Seen with adults nobody knows" in text_of(page)
    assert reverse("children:child", args=[area.child.pk]) not in page.content.decode()
    assert "No screen that you may see." in text_of(page)
    browser.post(at("acknowledge", there))
    assert stands(there) == State.ACKNOWLEDGED


# -- Danger now ----------------------------------------------------------------------------------

SAID_THEN = {
    "immediate_danger": "it was said that the child is in immediate danger.",
    "significant_harm": "it was said that the child suffers significant harm, or is likely to.",
}


@pytest.mark.requirement("W-REF-26", "O-REF-05")
@pytest.mark.parametrize("said", SAID_THEN)
def test_danger_stands_first_for_everybody_who_received_it(area, said):
    sent = area.sent(**{said: True})
    show = reverse("referrals:show", args=[sent.pk])
    for person, team in ((area.duty, area.front_door), (area.officer, area.police)):
        browser = area.client(person)
        for page in (browser.get(at("delivery", area.at(sent, team))), browser.get(show)):
            text = text_of(page)
            assert SAID_THEN[said] in text and area.authority.emergency_text in text
            assert text.index(SAID_THEN[said]) < text.index("Immediate danger or significant harm")
            assert "You said" not in text
    assert SAID_THEN[said] in text_of(area.client().get(show))


def test_no_danger_is_shown_where_none_was_said(area, received):
    show = reverse("referrals:show", args=[received.referral_id])
    for where in (at("delivery", received), show):
        assert "it was said that" not in text_of(area.client(area.duty).get(where))


# -- What is known -------------------------------------------------------------------------------


def test_what_is_already_known_stands_beside_it_within_the_scope(area):
    screen = completed(area)
    first = area.at(area.sent(screen=screen), area.front_door)
    second = area.at(area.sent(), area.front_door)
    browser = area.client(area.duty)
    text = text_of(browser.get(at("delivery", second)))
    page = browser.get(at("delivery", second)).content.decode()
    assert reverse("screening:show", args=[screen.pk]) in page
    assert at("delivery", first) in page and "Other referrals, newest first" in page
    assert "CSE levels, newest first" in text
    with_screen = text_of(browser.get(at("delivery", first)))
    assert "Goes with this referral" in with_screen
    assert "A completed screen never changes" in with_screen


@pytest.mark.parametrize("state", ["received", "decided"])
def test_the_page_costs_the_same_whatever_is_known(area, received, state):
    costs = []
    if state == "decided":
        claimed(area, received)
        actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="Ours")
    for more in (1, 2):
        for _ in range(more):
            area.sent(screen=completed(area), group_suspected=True)
        browser = area.client(area.duty)
        browser.get(at("delivery", received))
        with CaptureQueriesContext(connection) as found:
            assert browser.get(at("delivery", received)).status_code == 200
        costs.append(len(found))
    # One of them asks whether there is somebody to pass it to.
    assert costs[0] == costs[1] <= 34


# -- A disagreement ------------------------------------------------------------------------------


@prepared
def against(area):
    return area.disagreed()


def test_a_lead_answers_and_then_sees_the_child_no_more(area, against):
    browser = area.client(area.manager)
    address = reverse("referrals:disagreement", args=[against.pk])
    assert address in browser.get("/").content.decode()
    page = text_of(browser.get(address))
    for said in ("It cannot wait.", "Next week", "Seen with adults nobody knows"):
        assert said in page
    page = browser.post(address, {"answer": "  "})
    assert "Give your answer" in text_of(page)
    page = browser.post(
        address, {"answer": "We see the child today.", "stands": "yes"}, follow=True
    )
    assert "Your answer is kept" in text_of(page)
    assert browser.get(address).status_code == 404
    assert (
        browser.post(address, {"answer": "We see the child today.", "stands": "yes"}).status_code
        == 302
    )
    against.refresh_from_db()
    assert (against.answer, against.answered_by) == ("We see the child today.", area.manager)
    waits = WorkItem.objects.filter(kind=kinds.READ_OUTCOME, subject_id=against.delivery_id)
    assert waits.filter(owner=area.worker, closed_at__isnull=True).exists()
    team = text_of(area.client(area.duty).get(at("delivery", against.delivery)))
    assert "It cannot wait." in team and "We see the child today." in team


def test_who_decided_or_was_not_asked_answers_nothing(area, against):
    address = reverse("referrals:disagreement", args=[against.pk])
    for person in (area.duty, area.other_duty, area.worker, area.stranger):
        browser = area.client(person)
        assert browser.get(address).status_code == 404
        page = browser.post(address, {"answer": "A long answer, typed"})
        assert page.status_code == 404 and "A long answer, typed" in page.content.decode()


def test_the_second_who_answers_is_told_and_keeps_the_text(area, against):
    colleague = make_user(Role.NAMED_LEAD, team=area.care_leads)
    for person in (colleague, area.manager):
        grant(person, area.child)
    actions.answer_disagreement(disagreement_id=against.pk, by=area.manager, answer="Today")
    address = reverse("referrals:disagreement", args=[against.pk])
    page = area.client(colleague).post(address, {"answer": "Another answer", "stands": "yes"})
    assert page.status_code == 409
    assert "Another answer" in text_of(page) and "answered already" in text_of(page)
    assert "Answered by May" in text_of(page)


@pytest.mark.requirement("W-REF-16", "W-REF-20", "O-REF-11")
def test_who_decides_reads_what_is_to_be_held_and_what_makes_harm_likelier(wiltshire):
    """S04: the strategy discussion and its outer target stand where social care decides."""
    area = wiltshire
    child = area.another_child(date_of_birth=years_old(12))
    draft = area.draft(child, pregnant=True, group_suspected=True, trafficking=True)
    draft = actions.save_part(
        referral_id=draft.pk,
        part="disability",
        values={"learning_disability": "yes"},
        version=0,
        by=area.worker,
    )
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    page = text_of(area.client(area.duty).get(at("delivery", area.at(sent, area.front_door))))
    last = due_on(timezone.localdate(sent.sent_at), 3, calendar_of())
    assert "Mandatory: Strategy discussion of the police, social care and others" in page
    assert f"at the latest by {date_words(last)} (3 working days after" in page
    assert "has a learning disability. That makes it likelier" in page
    assert "Seek legal advice" in page and "national referral mechanism" in page


@pytest.mark.requirement("DEC-11")
def test_at_18_every_page_of_what_is_open_says_to_plan_the_move(area):
    """Nothing is closed by a birthday; whoever has the child sees what is to be planned."""
    soon = timezone.localdate() + dt.timedelta(days=10)
    area.child = area.another_child(date_of_birth=soon.replace(year=soon.year - 18))
    received = area.at(area.sent(), area.front_door)
    plan = beside.plan(area)
    child = area.child.pk
    pages = (
        (area.duty, at("delivery", received)),
        (area.worker, reverse("referrals:show", args=[received.referral_id])),
        (area.worker, at("early-help", plan)),
        (area.worker, reverse("children:child", args=[child])),
        (area.worker, reverse("missing:child", args=[child])),
    )
    prompt = "Now 18 or over: plan the move to adult services"
    for day, said in ((0, False), (11, True)):
        with time_machine.travel(timezone.now() + dt.timedelta(days=day), tick=False):
            for person, address in pages:
                page = area.client(person).get(address)
                assert page.status_code == 200
                assert (prompt in text_of(page)) is said, address
    assert stands(received) == State.RECEIVED


@pytest.mark.parametrize(
    ("where", "own", "other"),
    [("oxfordshire", "Oxfordshire", "Wiltshire"), ("wiltshire", "Wiltshire", "Oxfordshire")],
)
def test_each_area_reads_its_own_handbook_first(where, own, other, request):
    """Of a source in both, theirs leads; on the page of who refers and of who decides alike."""
    area = request.getfixturevalue(where)
    sent = area.sent(position_of_trust=True, trafficking=True)
    received = area.at(sent, area.front_door)
    for who, address in (
        (area.duty, reverse("referrals:delivery", args=[received.pk])),
        (area.worker, reverse("referrals:show", args=[sent.pk])),
    ):
        page = text_of(area.client(who).get(address))
        assert f"{own} handbook §" in page
        for both in re.findall(r"(\w+) handbook §[^;(]{1,60}; (\w+) handbook §", page):
            assert both == (own, other)

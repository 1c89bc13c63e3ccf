"""Triage: claiming, deciding, a second person, passing on, withdrawing, disagreeing; who sees."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.urls import reverse

from cse.access.actions import exclude
from cse.access.capabilities import Capability
from cse.access.policies import NotAllowed, NotVisible, can
from cse.audit.context import Acting, act_as
from cse.audit.models import AuditEvent
from cse.people.models import Role
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals import actions, queries
from referrals.actions.unread import give_back_left
from referrals.models import Delivery
from referrals.policies import (
    Refused,
    TakenByAnother,
    acts_open_to,
    check_can_disagree,
    check_delivery,
)
from referrals.transitions import OF_DELIVERY, Act, Actor, State, after_delivery
from screening.assessments.actions import (
    conclude_statutory,
    record_risks,
    record_statutory,
    take_back_statutory,
)
from screening.assessments.actions.statutory import StaleStatus
from screening.policies import Refused as Refusal
from tests.factories import grant, make_user
from tests.prepared import prepared
from tests.referrals.area import years_old
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db


def waiting(kind, subject):
    return WorkItem.objects.filter(kind=kind, subject_id=subject.pk, closed_at__isnull=True)


@prepared
def received(oxfordshire):
    """A mandatory referral at the front door."""
    return oxfordshire.at(oxfordshire.sent(), oxfordshire.front_door)


@pytest.mark.requirement("D-REF-01")
def test_the_second_who_claims_is_told_who_has_it(oxfordshire, received):
    actions.claim(delivery_id=received.pk, by=oxfordshire.duty)
    with pytest.raises(TakenByAnother, match=r"^Dot Person\d+ has this referral already\.$"):
        actions.claim(delivery_id=received.pk, by=oxfordshire.other_duty)
    with pytest.raises(Refused, match="You have this"):
        actions.claim(delivery_id=received.pk, by=oxfordshire.duty)


def test_only_who_claimed_it_decides_and_only_with_reasons(oxfordshire, received):
    area = oxfordshire
    decide = {"delivery_id": received.pk, "decision": Act.ACCEPT, "reasons": "We assess."}
    with pytest.raises(Refused, match="Claim"):
        actions.decide(by=area.duty, **decide)
    actions.claim(delivery_id=received.pk, by=area.duty)
    with pytest.raises(TakenByAnother):
        actions.decide(by=area.other_duty, **decide)
    with pytest.raises(Refused, match="Say why"):
        actions.decide(by=area.duty, **{**decide, "reasons": "  "})
    with pytest.raises(Refused, match="one of the decisions"):
        actions.decide(by=area.duty, **{**decide, "decision": Act.CLAIM})
    actions.release(delivery_id=received.pk, by=area.duty, reason="Mistake")
    with pytest.raises(Refused, match="decided, not only"):
        actions.acknowledge(delivery_id=received.pk, by=area.duty)


def test_a_colleague_may_give_back_what_somebody_away_has_claimed(oxfordshire, received):
    area = oxfordshire
    actions.claim(delivery_id=received.pk, by=area.duty)
    freed = actions.release(delivery_id=received.pk, by=area.other_duty, reason="Dot is ill")
    assert (freed.state, freed.claimed_by) == (State.RECEIVED, None)
    assert actions.claim(delivery_id=received.pk, by=area.other_duty).claimed_by == area.other_duty


@pytest.mark.requirement("W-REF-28")
@pytest.mark.parametrize(
    ("decision", "after"),
    [(Act.OTHER_OUTCOME, State.OTHER_OUTCOME), (Act.SEND_BACK, State.BACK)],
)
def test_a_mandatory_duty_ends_only_when_another_person_agrees(
    oxfordshire, received, decision, after
):
    area = oxfordshire
    actions.claim(delivery_id=received.pk, by=area.duty)
    proposed = actions.decide(
        delivery_id=received.pk, by=area.duty, decision=decision, reasons="Known already."
    )
    assert proposed.state == State.PROPOSED
    assert not waiting(kinds.READ_OUTCOME, received).exists()
    with pytest.raises(Refused, match="somebody else"):
        actions.agree(delivery_id=received.pk, by=area.duty, note="Yes")
    again = actions.refuse(delivery_id=received.pk, by=area.other_duty, note="Not enough known")
    assert (again.state, again.decision) == (State.DECIDING, "")
    assert waiting(kinds.DECIDE_REFERRAL, received).get().owner == area.duty
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision=decision, reasons="Asked the school."
    )
    ended = actions.agree(delivery_id=received.pk, by=area.other_duty, note="Agreed")
    assert (ended.state, ended.decided_by, ended.approved_by) == (
        after,
        area.duty,
        area.other_duty,
    )
    # As whom, in the words of that day (DEC-42).
    assert ended.decided_as == ended.approved_as == f"Worker, Front door, {area.care.name}"
    assert waiting(kinds.READ_OUTCOME, received).get().owner == area.worker
    assert not can(area.duty, Capability.SEE_CHILD, area.child)
    assert can(area.worker, Capability.SEE_REFERRAL, area.child)


@pytest.mark.requirement("DEC-44")
@pytest.mark.parametrize("decision", [Act.OTHER_OUTCOME, Act.SEND_BACK])
def test_not_taking_up_help_is_no_reason_by_itself_to_end_it(oxfordshire, received, decision):
    area = oxfordshire
    actions.claim(delivery_id=received.pk, by=area.duty)
    said = {"delivery_id": received.pk, "by": area.duty, "decision": decision}
    with pytest.raises(Refused, match="never by itself"):
        actions.decide(**said, reasons="The family refused.")
    page = area.client(area.duty).post(
        reverse("referrals:decide", args=[received.pk]),
        {"decision": decision.value, "reasons": "The family refused."},
    )
    assert "never by itself a reason to end a referral" in text_of(page)
    received.refresh_from_db()
    assert received.decision == ""
    actions.decide(**said, reasons="The family refused. The school sees her daily, and is content.")


def test_access_that_another_referral_still_needs_stays(oxfordshire, received):
    area = oxfordshire
    area.sent()
    actions.claim(delivery_id=received.pk, by=area.duty)
    decision = {"delivery_id": received.pk, "decision": Act.SEND_BACK, "reasons": "Twice sent"}
    actions.decide(by=area.duty, **decision)
    actions.agree(delivery_id=received.pk, by=area.other_duty, note="Yes")
    assert can(area.duty, Capability.SEE_CHILD, area.child)


@pytest.mark.requirement("O-REF-10")
def test_the_specialists_who_have_it_already_take_over_at_once(wiltshire):
    """R12: Wiltshire's specialist team has the referral from the referrer as well."""
    area = wiltshire
    sent = area.sent(concerns_confirmed=True, looked_after="s20")
    there = area.at(sent, area.specialists)
    actions.acknowledge(delivery_id=there.pk, by=area.specialist)
    received = area.at(sent, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.PASS_ON, reasons="Exploitation"
    )
    received.refresh_from_db()
    assert (received.state, received.acknowledged_by) == (State.PASSED, area.specialist)
    assert waiting(kinds.READ_OUTCOME, received).get().owner == area.worker


def test_withdrawn_only_while_nobody_has_it_and_kept(oxfordshire):
    area = oxfordshire
    sent = area.sent()
    received = area.at(sent, area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    with pytest.raises(TakenByAnother):
        actions.withdraw(referral_id=sent.pk, by=area.lead, reason="Sent twice")
    actions.release(delivery_id=received.pk, by=area.duty, reason="To let it be withdrawn")
    with pytest.raises((NotVisible, NotAllowed)):
        actions.withdraw(referral_id=sent.pk, by=area.duty, reason="Not theirs")
    actions.withdraw(referral_id=sent.pk, by=area.lead, reason="Sent twice")
    assert {each.state for each in sent.deliveries.all()} == {State.WITHDRAWN}
    assert not can(area.duty, Capability.SEE_CHILD, area.child)
    assert not waiting(kinds.DECIDE_REFERRAL, received).exists()
    assert queries.referrals_of(area.worker, area.child.pk).get() == sent


def test_who_does_not_agree_is_answered_by_somebody_else(oxfordshire, received):
    area = oxfordshire
    with pytest.raises(Refused, match="no decision yet"):
        actions.disagree(delivery_id=received.pk, by=area.worker, reasons="Too slow")
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="Later")
    row = actions.disagree(delivery_id=received.pk, by=area.worker, reasons="It cannot wait.")
    assert row.asked == area.care_leads
    assert waiting(kinds.ANSWER_DISAGREEMENT, row).get().owner_group == area.care_leads.group
    assert queries.visible_to(area.manager).get() == received.referral
    with pytest.raises(Refused, match="already"):
        actions.disagree(delivery_id=received.pk, by=area.worker, reasons="Again")
    for person in (area.duty, area.worker):
        with pytest.raises(NotVisible):
            actions.answer_disagreement(disagreement_id=row.pk, by=person, answer="No")
    done = actions.answer_disagreement(
        disagreement_id=row.pk, by=area.manager, answer="We see the child today."
    )
    assert done.answered_by == area.manager
    assert not can(area.manager, Capability.SEE_CHILD, area.child)
    assert waiting(kinds.READ_OUTCOME, received).exists()


#: How to bring a received delivery into each state, by the acts themselves.
PATHS = {
    State.RECEIVED: (),
    State.DECIDING: ("claim",),
    State.PROPOSED: ("claim", Act.OTHER_OUTCOME),
    State.ACCEPTED: ("claim", Act.ACCEPT),
    State.SENT_ON: ("claim", Act.PASS_ON),
    State.PASSED: ("claim", Act.PASS_ON, "take over"),
    State.OTHER_OUTCOME: ("claim", Act.OTHER_OUTCOME, "agree"),
    State.BACK: ("claim", Act.SEND_BACK, "agree"),
    State.WITHDRAWN: ("withdraw",),
}


def bring(area, received, state):
    for step in PATHS[state]:
        if step == "claim":
            actions.claim(delivery_id=received.pk, by=area.duty)
        elif step == "agree":
            actions.agree(delivery_id=received.pk, by=area.other_duty, note="Yes")
        elif step == "take over":
            there = Delivery.objects.get(passed_by=received)
            actions.acknowledge(delivery_id=there.pk, by=area.specialist)
        elif step == "withdraw":
            actions.withdraw(referral_id=received.referral_id, by=area.lead, reason="Twice")
        else:
            actions.decide(delivery_id=received.pk, by=area.duty, decision=step, reasons="So")
    received = Delivery.objects.get(pk=received.pk)
    assert received.state == state
    return received


@pytest.mark.parametrize("state", PATHS)
def test_every_act_by_every_role_in_every_state(oxfordshire, received, state):
    """The policy allows what the table has for who somebody is, and nothing to anybody else."""
    area = oxfordshire
    for role in Role.values:
        make_user(role, team=area.stranger.posts.get().team)
    everybody = {
        area.worker: {Actor.REFERRER},
        area.colleague: {Actor.REFERRER},
        area.lead: {Actor.REFERRER},
        area.duty: {Actor.TEAM, Actor.HOLDER},
        area.other_duty: {Actor.TEAM, Actor.OTHER_OF_TEAM},
        area.officer: set(),
        area.manager: set(),
        area.stranger: set(),
    } | {post.user: set() for post in area.stranger.posts.get().team.posts.all()}
    received = bring(area, received, state)
    if received.claimed_by is None:
        everybody[area.duty] = {Actor.TEAM, Actor.OTHER_OF_TEAM}
    outsiders = [person for person, actors in everybody.items() if not actors]
    for person in outsiders:
        grant(person, area.child)
    # In a request the posts are asked for once.
    with act_as(Acting(in_request=True)):
        for (person, actors), act in itertools.product(everybody.items(), Act):
            allowed = after_delivery(state, act, frozenset(actors)) is not None
            # A front door decides and does not acknowledge; a team is not told by telephone; and a
            # mandatory duty ends through a proposal.
            allowed &= act not in (Act.ACKNOWLEDGE, Act.TELL, Act.OTHER_OUTCOME, Act.SEND_BACK)
            if Actor.TEAM in actors and not can(person, Capability.SEE_CHILD, area.child):
                allowed = False
            try:
                check_delivery(person, received, act)
                done = True
            except (NotAllowed, NotVisible):
                done = False
            assert done is allowed, (state, act, person, actors)
            if can(person, Capability.SEE_CHILD, area.child):
                # What the page offers is what the act allows.
                assert (act in acts_open_to(person, received)) is done, (state, act, person)


def test_the_table_of_paths_has_every_state_of_a_front_door():
    reachable = {state for state, _ in OF_DELIVERY} | {row[1] for row in OF_DELIVERY.values()}
    assert set(PATHS) == reachable - {State.ACKNOWLEDGED}


def test_nobody_but_the_referrer_disagrees(oxfordshire, received):
    received = bring(oxfordshire, received, State.ACCEPTED)
    check_can_disagree(oxfordshire.colleague, received)
    with pytest.raises(NotVisible):
        check_can_disagree(oxfordshire.duty, received)


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_whatever_they_hold(oxfordshire, django_assert_num_queries, number):
    area = oxfordshire
    for _ in range(number):
        area.sent(area.another_child())
    # In a request the posts are asked for once: one query of each list's.
    with act_as(Acting(in_request=True)), django_assert_num_queries(3):
        board = queries.board_of(area.duty, queries.teams_of(area.duty))
        words = [(each.child.name, each.team, each.claimed_by) for each in board.rows]
    assert len(words) == board.total == number
    with act_as(Acting(in_request=True)), django_assert_num_queries(3):
        sent = list(queries.sent_by_agency_of(area.worker))
        assert all(list(each.deliveries.all()) for each in sent)
    assert len(sent) == number
    with act_as(Acting(in_request=True)), django_assert_num_queries(3):
        assert len(queries.referrals_of(area.duty, sent[0].child_id)) == 1
    with act_as(Acting(in_request=True)), django_assert_num_queries(2):
        assert list(queries.drafts_of(area.worker)) == []


@pytest.mark.requirement("O-REF-10", "W-REF-20")
def test_passing_on_lessens_no_duty(wiltshire):
    """R2 and R3 name no specialists; with them it still ends without help only by two people."""
    area = wiltshire
    child = area.another_child(date_of_birth=years_old(12))
    received = area.at(area.sent(child, pregnant=True), area.front_door)
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.PASS_ON, reasons="Theirs")
    there = area.at(received.referral, area.specialists)
    assert (there.obligation, there.rules) == ("mandatory", received.rules)
    actions.claim(delivery_id=there.pk, by=area.specialist)
    proposed = actions.decide(
        delivery_id=there.pk, by=area.specialist, decision=Act.OTHER_OUTCOME, reasons="Helped"
    )
    assert proposed.state == State.PROPOSED


@pytest.mark.requirement("W-REF-28")
def test_a_proposal_waits_for_nobody_who_is_not_there(oxfordshire, received):
    """Its holder takes it back and decides anew; the work is the whole team's meanwhile."""
    area = oxfordshire
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.OTHER_OUTCOME, reasons="Helped already"
    )
    back = actions.release(delivery_id=received.pk, by=area.duty, reason="Nobody is in today")
    assert (back.state, back.decision, back.decided_by) == (State.RECEIVED, "", None)
    assert not waiting(kinds.AGREE_OUTCOME, received).exists()
    assert waiting(kinds.DECIDE_REFERRAL, received).get().owner_group == area.front_door.group
    assert "Helped already" in {each.reasons for each in Delivery.history.filter(id=received.pk)}
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="We go")
    received.refresh_from_db()
    assert received.state == State.ACCEPTED


def test_what_a_second_person_sent_back_and_its_holder_gives_back_is_the_teams(
    oxfordshire, received
):
    area = oxfordshire
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.SEND_BACK, reasons="Sent twice"
    )
    actions.refuse(delivery_id=received.pk, by=area.other_duty, note="It was not")
    assert waiting(kinds.DECIDE_REFERRAL, received).get().owner == area.duty
    actions.release(delivery_id=received.pk, by=area.duty, reason="Away")
    assert waiting(kinds.DECIDE_REFERRAL, received).get().owner_group == area.front_door.group


# -- Looked after: the single assessment -----------------------------------------------------------


def looked_after(area):
    """A looked-after child at risk, sent directly to the CSE team (W §10.1)."""
    sent = area.sent(area.another_child(), concerns_confirmed=True, looked_after="s20")
    return area.at(sent, area.specialists)


def begin_assessment(area, child, kind="single"):
    return record_statutory(child=child, kind=kind, started_on=dt.date.today(), by=area.specialist)


@pytest.mark.requirement("W-REF-38")
@pytest.mark.parametrize("how", ["acknowledged", "accepted"])
def test_a_single_assessment_of_a_looked_after_child_is_owed_until_it_is_begun(wiltshire, how):
    area = wiltshire
    there = looked_after(area)
    child = there.referral.child
    assert not waiting(kinds.SINGLE_ASSESSMENT, child).exists()
    if how == "acknowledged":
        actions.acknowledge(delivery_id=there.pk, by=area.specialist)
    else:
        actions.claim(delivery_id=there.pk, by=area.specialist)
        actions.decide(
            delivery_id=there.pk, by=area.specialist, decision=Act.ACCEPT, reasons="Ours"
        )
    assert waiting(kinds.SINGLE_ASSESSMENT, child).get().owner_group == area.specialists.group
    begin_assessment(area, child, "s47")
    assert waiting(kinds.SINGLE_ASSESSMENT, child).exists()
    begin_assessment(area, child)
    assert not waiting(kinds.SINGLE_ASSESSMENT, child).exists()


@pytest.mark.requirement("W-REF-38")
@pytest.mark.parametrize("runs", [False, True])
def test_the_risks_and_what_each_agency_does_are_owed_in_it(wiltshire, runs):
    """Begun now it is completed with them; where one runs already that one is updated."""
    area = wiltshire
    there = looked_after(area)
    child = there.referral.child
    row = begin_assessment(area, child) if runs else None
    actions.acknowledge(delivery_id=there.pk, by=area.specialist)
    row = row or begin_assessment(area, child)
    assert not waiting(kinds.SINGLE_ASSESSMENT, child).exists()
    assert waiting(kinds.ASSESSMENT_RISKS, row).get().owner_group == area.specialists.group
    client = area.client(area.specialist)
    home = client.get(reverse("worklist:home")).content.decode()
    where = reverse("screening:statutory-risks", args=[row.pk])
    assert where in home
    said = controls(client.get(where)) | {"risks": "Adults who wait at the station."}
    assert "There is a problem" in text_of(client.post(where, said))
    assert waiting(kinds.ASSESSMENT_RISKS, row).exists()
    said["interventions"] = "Police: the station. School: one worker. Health: the nurse each week."
    assert client.post(where, said).status_code == 302
    assert not waiting(kinds.ASSESSMENT_RISKS, row).exists()
    page = text_of(client.get(reverse("screening:statutory", args=[row.pk])))
    assert said["risks"] in page and said["interventions"] in page and "Sky Person" in page
    row.refresh_from_db()
    record_risks(
        statutory_id=row.pk,
        risks="They have gone.",
        interventions="Health: the nurse each week.",
        version=row.version,
        by=area.specialist,
    )
    assert said["risks"] in set(row.history.values_list("risks", flat=True))


@pytest.mark.requirement("W-REF-38")
def test_the_team_that_refers_to_itself_owes_it_too(wiltshire):
    area = wiltshire
    child = area.another_child()
    area.worker = area.specialist
    grant(area.specialist, child)
    sent = area.sent(child, concerns_confirmed=True, looked_after="s20")
    assert area.at(sent, area.specialists).state == State.ACKNOWLEDGED
    assert waiting(kinds.SINGLE_ASSESSMENT, child).get().owner_group == area.specialists.group


def test_risks_are_recorded_by_social_care_with_a_single_assessment(wiltshire):
    area = wiltshire
    child = area.another_child()
    grant(area.specialist, child)
    other = begin_assessment(area, child, "s47")
    said = {"risks": "Adults", "interventions": "Police", "version": other.version}
    with pytest.raises(Refusal, match="single assessment"):
        record_risks(statutory_id=other.pk, by=area.specialist, **said)
    row = begin_assessment(area, child)
    with pytest.raises(Refusal, match="Only children’s social care"):
        record_risks(statutory_id=row.pk, by=area.worker, **said | {"version": row.version})
    with pytest.raises(StaleStatus):
        record_risks(statutory_id=row.pk, by=area.specialist, **said | {"version": 9})


def ended(area, row):
    return conclude_statutory(
        statutory_id=row.pk,
        outcome="care_plan",
        on=dt.date.today(),
        reason="The risks stand in her care plan",
        version=row.version,
        by=area.specialist,
    )


def taken_back(area, row):
    return take_back_statutory(
        statutory_id=row.pk, why="The wrong child", version=row.version, by=area.specialist
    )


@pytest.mark.requirement("W-REF-38")
def test_one_recorded_by_mistake_is_owed_again_when_it_is_taken_back(wiltshire):
    area = wiltshire
    there = looked_after(area)
    child = there.referral.child
    actions.acknowledge(delivery_id=there.pk, by=area.specialist)
    mistaken = begin_assessment(area, child)
    # Neither another kind nor a correction of its days makes it owed again.
    taken_back(area, begin_assessment(area, child, "s47"))
    assert not waiting(kinds.SINGLE_ASSESSMENT, child).exists()
    assert waiting(kinds.ASSESSMENT_RISKS, mistaken).exists()
    taken_back(area, mistaken)
    assert not waiting(kinds.ASSESSMENT_RISKS, mistaken).exists()
    item = waiting(kinds.SINGLE_ASSESSMENT, child).get()
    assert (item.owner_group, item.closed_at) == (area.specialists.group, None)
    begin_assessment(area, child)
    assert not waiting(kinds.SINGLE_ASSESSMENT, child).exists()


def test_where_another_was_made_since_none_is_owed_again(wiltshire):
    area = wiltshire
    there = looked_after(area)
    child = there.referral.child
    actions.acknowledge(delivery_id=there.pk, by=area.specialist)
    yesterday = dt.date.today() - dt.timedelta(days=1)
    mistaken = record_statutory(
        child=child, kind="single", started_on=yesterday, by=area.specialist
    )
    mistaken = ended(area, mistaken)
    ended(area, begin_assessment(area, child))
    taken_back(area, mistaken)
    assert not waiting(kinds.SINGLE_ASSESSMENT, child).exists()


def test_nobody_owes_one_again_who_is_no_longer_responsible(wiltshire):
    area = wiltshire
    there = looked_after(area)
    mistaken = begin_assessment(area, there.referral.child)
    actions.withdraw(referral_id=there.referral_id, by=area.lead, reason="Of another child")
    grant(area.specialist, there.referral.child)
    taken_back(area, mistaken)
    assert not waiting(kinds.SINGLE_ASSESSMENT, there.referral.child).exists()


def test_no_single_assessment_is_asked_for_where_one_runs(wiltshire):
    area = wiltshire
    there = looked_after(area)
    actions.acknowledge(delivery_id=there.pk, by=area.specialist)
    begin_assessment(area, there.referral.child)
    again = area.at(
        area.sent(there.referral.child, concerns_confirmed=True, looked_after="s20"),
        area.specialists,
    )
    actions.acknowledge(delivery_id=again.pk, by=area.specialist)
    assert not WorkItem.objects.filter(
        kind=kinds.SINGLE_ASSESSMENT, closed_at__isnull=True
    ).exists()


# -- Who had it has left -------------------------------------------------------------------------


def leaves(area, person, how):
    if how == "account":
        person.is_active = False
        person.save()
    elif how == "post":
        post = person.posts.get()
        post.ends_on = dt.date.today() - dt.timedelta(days=1)
        post.save()
    else:
        exclude(child=area.child, user=person, ground="relative", reason="A niece", by=area.lead)


@pytest.mark.requirement("D-REF-01")
@pytest.mark.parametrize("how", ["account", "post", "conflict"])
def test_what_somebody_had_claimed_and_can_open_no_more_is_the_teams_again(
    oxfordshire, received, how
):
    area = oxfordshire
    actions.claim(delivery_id=received.pk, by=area.duty)
    assert give_back_left() == 0
    leaves(area, area.duty, how)
    assert give_back_left() == 1
    received.refresh_from_db()
    assert (received.state, received.claimed_by) == (State.RECEIVED, None)
    assert waiting(kinds.DECIDE_REFERRAL, received).get().owner_group == area.front_door.group
    event = AuditEvent.objects.get(act="referral released")
    assert event.reason == "Who had claimed it can no longer open it"
    assert event.data == {"held_by": str(area.duty.pk)}
    actions.claim(delivery_id=received.pk, by=area.other_duty)
    assert give_back_left() == 0


@pytest.mark.requirement("D-REF-01")
def test_a_proposal_of_somebody_who_left_is_answered_and_then_the_teams(oxfordshire, received):
    area = oxfordshire
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.SEND_BACK, reasons="Not for us"
    )
    leaves(area, area.duty, "account")
    assert give_back_left() == 0
    actions.refuse(delivery_id=received.pk, by=area.other_duty, note="She is at risk")
    assert give_back_left() == 1
    assert waiting(kinds.DECIDE_REFERRAL, received).get().owner_group == area.front_door.group


@pytest.mark.requirement("D-REF-01")
def test_a_colleague_of_who_accepted_it_passes_it_on(oxfordshire, received):
    area = oxfordshire
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(delivery_id=received.pk, by=area.duty, decision=Act.ACCEPT, reasons="Ours")
    page = area.client(area.other_duty).get(reverse("referrals:delivery", args=[received.pk]))
    assert 'value="pass on"' in page.content.decode()
    actions.decide(
        delivery_id=received.pk, by=area.other_duty, decision=Act.PASS_ON, reasons="Kingfisher"
    )
    received.refresh_from_db()
    assert (received.state, received.decided_by) == (State.SENT_ON, area.other_duty)


@pytest.mark.requirement("D-REF-01")
def test_who_was_not_upheld_does_not_decide_the_same_again_alone(oxfordshire):
    """Decision 0014: a decision that fell is taken anew, and not by the same word."""
    area = oxfordshire
    received = area.at(area.sent(professional_working=True), area.front_door)
    assert received.obligation != "mandatory"
    said = {"delivery_id": received.pk, "decision": Act.SEND_BACK, "reasons": "Not for us"}
    actions.claim(delivery_id=received.pk, by=area.duty)
    assert actions.decide(by=area.duty, **said).stands_at is State.BACK
    row = actions.disagree(delivery_id=received.pk, by=area.worker, reasons="It is")
    actions.answer_disagreement(
        disagreement_id=row.pk, by=area.manager, answer="It was wrong", upheld=True
    )
    actions.claim(delivery_id=received.pk, by=area.duty)
    assert actions.decide(by=area.duty, **said).stands_at is State.PROPOSED
    actions.agree(delivery_id=received.pk, by=area.other_duty, note="So do I, on my own reading")
    received.refresh_from_db()
    assert received.stands_at is State.BACK
    # Somebody else decides it alone, as ever.
    row = actions.disagree(delivery_id=received.pk, by=area.worker, reasons="It is still")
    actions.answer_disagreement(
        disagreement_id=row.pk, by=area.manager, answer="It was wrong", upheld=True
    )
    third = make_user(Role.FRONT_DOOR, team=area.front_door)
    actions.claim(delivery_id=received.pk, by=third)
    assert actions.decide(by=third, **said).stands_at is State.BACK

"""What a completed screen or a level makes mandatory waits until a referral is sent."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.access.capabilities import Capability
from cse.access.models import ChildTeamGrant
from cse.access.policies import NotAllowed, can
from cse.people.models import Role
from cse.worklist import kinds
from cse.worklist.handing import hand_over_all
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from referrals import actions
from referrals.actions.owed import screen_assessed
from referrals.on_record import facts_on_record
from referrals.transitions import Act
from screening.actions import complete, countersign, start_screen
from screening.assessments.actions import (
    answer_harm,
    complete_assessment,
    correct_assessment,
)
from screening.models import HarmAnswer
from screening.policies import Refused as Refusal
from tests.factories import grant, make_agency, make_child, make_user
from tests.referrals import beside
from tests.referrals.area import TEXTS, years_old
from tests.screening.assessing import assessed, at, write
from tests.screening.conftest import Place
from tests.screening.made import HIGH, TYPED, completed, corrected, fill_in, lowered
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
NO_HARM = {"harm_happened": "no", "significant_harm": "no"}
NOTHING = {"concerns_confirmed": "no", "level": "vulnerable", "harm_happened": "no"}
KINDS = (kinds.REFER_AFTER_SCREEN, kinds.REFER_AFTER_LEVEL, kinds.REFER_AFTER_ASSESSMENT)


def owed(child):
    found = WorkItem.objects.filter(kind__in=KINDS, child=child, closed_at__isnull=True)
    return list(found.order_by("owner_id"))


@pytest.mark.requirement("W-REF-32")
def test_early_help_is_owed_until_it_was_offered_or_the_level_was_a_slip(wiltshire):
    def helps():
        found = WorkItem.objects.filter(kind=kinds.HELP_OWED, closed_at__isnull=True)
        return [each.owner for each in found]

    screen = completed(wiltshire, **NOTHING)
    assert helps() == [wiltshire.worker]
    # That an older screen is assessed again takes nothing away.
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        newer = completed(wiltshire, **NOTHING)
    screen_assessed(screen, "date of birth", wiltshire.worker)
    assert helps() == [wiltshire.worker]
    with time_machine.travel(timezone.now() + dt.timedelta(days=2)):
        corrected(newer, by=wiltshire.worker, level="at_risk", direction="increased")
        assert helps() == [wiltshire.worker]
        actions.send(
            referral_id=(draft := wiltshire.draft()).pk, by=wiltshire.worker, version=draft.version
        )
    assert helps() == []


@pytest.mark.requirement("O-REF-14", "W-REF-24", "O-SCR-24")
@pytest.mark.parametrize("where", ["oxfordshire", "wiltshire"])
def test_a_screen_that_confirms_concerns_waits_for_who_completed_it_and_their_leads(where, request):
    area = request.getfixturevalue(where)
    screen = completed(area)
    assert [(each.owner, each.owner_group_id) for each in owed(area.child)] == [
        (area.worker, None),
        (None, area.lead.posts.get().team.group_id),
    ]
    for who in (area.worker, area.lead):
        (item,) = (each for each in waiting_for(who).items if each.kind in KINDS)
        address = kinds.KINDS[item.kind].address(item.subject_id)
        assert area.client(who).get(address).status_code == 200
    area.draft(screen=screen)
    assert len(owed(area.child)) == 2
    area.sent(screen=screen)
    assert owed(area.child) == []


@pytest.mark.requirement("O-REF-14", "DEC-28")
def test_what_went_with_the_draft_of_the_screen_is_owed_no_second_time(oxfordshire):
    screen, _ = start_screen(child=oxfordshire.child, by=oxfordshire.worker)
    oxfordshire.sent(screen=screen, concerns_confirmed=True)
    screen = fill_in(screen, oxfordshire.worker, None, TYPED)
    complete(screen_id=screen.pk, by=oxfordshire.worker, version=screen.version)
    assert owed(oxfordshire.child) == []


def test_nor_by_the_team_that_has_the_referral(oxfordshire):
    area = oxfordshire
    area.sent()
    completed(area, by=area.duty)
    assert owed(area.child) == []
    grant(area.officer, area.child)
    completed(area, by=area.officer)
    assert {each.owner for each in owed(area.child) if each.owner} == {area.officer}


@pytest.mark.requirement("DEC-04")
def test_it_ends_with_the_rule(oxfordshire):
    area = oxfordshire
    area.child = area.another_child(date_of_birth=dt.date(dt.date.today().year - 12, 1, 1))
    screen = completed(area, answers={HIGH: lowered()}, **NOTHING)
    assert len(owed(area.child)) == 2
    countersign(
        screen_id=screen.pk, indicator=HIGH, agrees=True, reason="I saw the note", by=area.lead
    )
    assert owed(area.child) == []


def test_and_with_a_correction_that_fires_nothing(oxfordshire):
    screen = completed(oxfordshire, **{**NOTHING, "concerns_confirmed": "yes"})
    assert len(owed(oxfordshire.child)) == 2
    again = corrected(screen, by=oxfordshire.worker, professional_judgement="Less than I thought.")
    assert {each.subject_id for each in owed(oxfordshire.child)} == {again.pk}
    corrected(again, by=oxfordshire.worker, concerns_confirmed="no")
    assert owed(oxfordshire.child) == []


def test_out_of_an_emergency_it_is_handed_to_those_who_see_the_child(oxfordshire):
    area = oxfordshire
    theirs = Place("oxfordshire", date_of_birth=dt.date(2014, 5, 6))
    grant(theirs.lead, theirs.child)
    area.child = theirs.child
    access.break_glass(child_id=area.child.pk, by=area.worker, reason="She rang from a stairwell")
    screen = completed(area)
    assert [(each.owner, each.owner_group) for each in owed(area.child)] == [(area.worker, None)]
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61), tick=False):
        hand_over_all()
        (item,) = (each for each in waiting_for(theirs.lead).items if each.kind in KINDS)
        assert item.subject_id == screen.pk
        referral, _ = actions.start_from_child(child=area.child, by=theirs.lead, token=item.id)
        for part, values in TEXTS.items():
            referral = actions.save_part(
                referral_id=referral.pk, part=part, values=values, version=0, by=theirs.lead
            )
        actions.send(referral_id=referral.pk, by=theirs.lead, version=referral.version)
        assert owed(area.child) == []


@pytest.mark.requirement("W-REF-24")
def test_a_level_of_an_assessment_waits_where_nobody_has_referred(oxfordshire):
    assessed(oxfordshire, **NO_HARM)
    waits = owed(oxfordshire.child)
    assert [each.subject_id for each in waits] == [oxfordshire.child.pk] * 2
    assert {each.kind for each in waits} == {kinds.REFER_AFTER_LEVEL}
    oxfordshire.sent()
    assert owed(oxfordshire.child) == []
    other = oxfordshire.another_child()
    oxfordshire.sent(other)
    oxfordshire.child = other
    assessed(oxfordshire)
    assert owed(other) == []


@pytest.mark.requirement("DEC-06", "W-REF-24", "O-REF-14")
@pytest.mark.parametrize("level", ["vulnerable", "at_risk"])
@pytest.mark.parametrize(
    ("harm", "at_once"),
    [
        ({"harm_happened": "yes"}, False),
        ({"harm_happened": "possible"}, False),
        ({"significant_harm": "likely"}, False),
        ({"significant_harm": "suffering"}, True),
    ],
)
def test_harm_in_an_assessment_is_owed_whatever_level_is_chosen(oxfordshire, level, harm, at_once):
    """R4, as after a screen: for whoever completed it and for their leads, until it is sent."""
    area = oxfordshire
    done = assessed(area, level=level, **NO_HARM | harm)
    waits = owed(area.child)
    assert {each.kind for each in waits} == {kinds.REFER_AFTER_ASSESSMENT}
    leads = area.lead.posts.get().team.group
    assert {each.owner or each.owner_group for each in waits} == {area.worker, leads}
    assert {each.at_once for each in waits} == {at_once}
    assert facts_on_record(area.child)["concerns_confirmed"] is True
    page = text_of(area.client().get(at("assessment", done)))
    assert "Must be made, whatever the level" in page and "Make a referral" in page
    draft = area.draft(area.child, immediate_danger=False)
    assert "R4" in {rule["id"] for rule in draft.routing["rules"]}
    actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert owed(area.child) == []


def correct(area, done, by=None, **texts):
    by = by or area.worker
    draft = correct_assessment(assessment_id=done.pk, by=by, reason="Left out")
    draft = write(draft, by, {"level": "vulnerable", **texts})
    return complete_assessment(assessment_id=draft.pk, by=by, version=draft.version)


@pytest.mark.requirement("DEC-06")
def test_harm_that_a_correction_adds_is_owed(oxfordshire):
    area = oxfordshire
    done = assessed(area, level="vulnerable", **NO_HARM)
    assert owed(area.child) == []
    # The lowest level without harm: early help must be offered (R13).
    helps = WorkItem.objects.filter(kind=kinds.HELP_OWED, closed_at__isnull=True)
    assert [each.owner for each in helps] == [area.worker]
    correct(area, done, harm_happened="yes")
    assert {each.subject_id for each in owed(area.child)} == {done.pk}


@pytest.mark.requirement("DEC-06", "DEC-04")
def test_one_persons_correction_takes_no_harm_out_and_anothers_answer_does(oxfordshire):
    """Decision 0010, of an assessment: the referral waits until somebody else has answered."""
    area = oxfordshire
    done = assessed(area, level="vulnerable", harm_happened="yes", significant_harm="suffering")
    newer = correct(area, done, **NO_HARM)
    assert len(owed(area.child)) == 2 and all(each.at_once for each in owed(area.child))
    where = at("assessment-harm", done)
    page = text_of(area.client().get(where))
    assert "A correction took harm out" in page and "Make the referral" in page
    assert "no referral is owed" not in page
    assert "no referral is owed" in text_of(area.client(area.lead).get(where))
    with pytest.raises(NotAllowed):
        answer_harm(assessment_id=done.pk, read=newer.pk, by=area.worker, note="I know better")
    lead = area.client(area.lead)
    typed = controls(lead.get(where), having="reason")
    assert lead.post(where, typed).status_code == 200
    assert len(owed(area.child)) == 2
    answered = lead.post(where, typed | {"reason": "It was of another child"})
    assert answered["Location"] == at("assessment", newer)
    assert owed(area.child) == []
    assert "It was of another child" in text_of(area.client().get(at("assessment", newer)))
    assert "answered for that on" in text_of(area.client().get(where))
    # Sent twice it is one answer; another text is not dropped in silence.
    assert lead.post(where, typed | {"reason": "It was of another child"}).status_code == 302
    again = lead.post(where, typed | {"reason": "Also a slip"})
    assert again.status_code == 409
    assert "has answered for it already" in text_of(again) and "Also a slip" in text_of(again)
    assert HarmAnswer.objects.get().note == "It was of another child"
    # A later correction of something else opens nothing again.
    latest = correct(area, newer, **NO_HARM, strengths="An aunt")
    assert owed(area.child) == []
    shown = text_of(area.client().get(at("assessment", latest)))
    assert "answered for by" in shown and "somebody else says whether" not in shown


@pytest.mark.requirement("DEC-06", "DEC-04")
def test_whoever_took_the_harm_out_never_answers_for_it(oxfordshire):
    """Not after a colleague's correction of something else either."""
    area = oxfordshire
    done = assessed(area, level="vulnerable", harm_happened="yes", significant_harm="likely")
    part = correct(area, done, area.lead, harm_happened="yes", significant_harm="none")
    rest = correct(area, part, **NO_HARM)
    newest = correct(area, rest, **NO_HARM, strengths="An aunt")
    with pytest.raises(Refusal, match="worked on this correction yourself"):
        answer_harm(assessment_id=done.pk, read=newest.pk, by=area.lead, note="I was right")
    assert len(owed(area.child)) == 2
    page = text_of(area.client(area.lead).get(at("assessment-harm", newest)))
    assert f"by {area.worker.get_full_name()} takes that out" in page


@pytest.mark.requirement("DEC-06", "DEC-04")
def test_an_answer_is_to_what_its_author_has_read(oxfordshire):
    area = oxfordshire
    done = assessed(area, level="vulnerable", harm_happened="yes")
    newer = correct(area, done, **NO_HARM)
    where, lead = at("assessment-harm", newer), area.client(area.lead)
    typed = controls(lead.get(where), having="reason") | {"reason": "Fine by me"}
    correct(area, newer, **NO_HARM, strengths="An aunt, whom she trusts")
    late = lead.post(where, typed)
    assert late.status_code == 409 and len(owed(area.child)) == 2
    assert "corrected this assessment since you opened" in text_of(late)
    assert "Fine by me" in late.content.decode()
    again = controls(late, having="reason")
    assert again["read"] != typed["read"]
    assert lead.post(where, again).status_code == 302 and owed(area.child) == []


@pytest.mark.requirement("DEC-04")
def test_nor_does_a_lead_answer_for_a_correction_of_their_own(oxfordshire):
    area = oxfordshire
    done = assessed(area, level="vulnerable", harm_happened="yes")
    newer = correct(area, done, area.lead, **NO_HARM)
    with pytest.raises(Refusal, match="worked on this correction yourself"):
        answer_harm(assessment_id=done.pk, read=newer.pk, by=area.lead, note="I know better")
    assert len(owed(area.child)) == 2


@pytest.mark.requirement("W-REF-24", "DEC-04")
def test_where_the_harm_was_a_slip_the_level_is_still_owed(oxfordshire):
    area = oxfordshire
    done = assessed(area, level="at_risk", harm_happened="yes")
    newer = correct(area, done, level="at_risk", **NO_HARM)
    answer_harm(assessment_id=done.pk, read=newer.pk, by=area.lead, note="A slip")
    assert {each.kind for each in owed(area.child)} == {kinds.REFER_AFTER_LEVEL}


@pytest.mark.requirement("DEC-06")
def test_a_later_assessment_takes_nothing_away_of_what_one_before_owes(oxfordshire):
    area = oxfordshire
    done = assessed(area, level="vulnerable", harm_happened="yes")
    assessed(area, area.lead, level="vulnerable", **NO_HARM)
    assert {each.subject_id for each in owed(area.child)} == {done.pk}


@pytest.mark.requirement("W-REF-24", "DEC-13")
@pytest.mark.parametrize("what", ["screen", "level", "harm", "harm meanwhile"])
def test_what_a_referral_did_is_owed_again_where_it_is_withdrawn(oxfordshire, what):
    area = oxfordshire
    if what == "screen":
        completed(area)
    elif what == "level":
        assessed(area, **NO_HARM)
    elif what == "harm":
        assessed(area, level="vulnerable", harm_happened="yes")
    before = {(each.kind, each.subject_id) for each in owed(area.child)}
    sent = area.sent()
    assert owed(area.child) == []
    if what == "harm meanwhile":
        done = assessed(area, level="vulnerable", harm_happened="yes")
        before = {(kinds.REFER_AFTER_ASSESSMENT, done.pk)}
        assert owed(area.child) == []
    actions.withdraw(referral_id=sent.pk, by=area.lead, reason="The wrong form")
    assert before
    assert {(each.kind, each.subject_id) for each in owed(area.child)} == before


@pytest.mark.requirement("DEC-13")
def test_nothing_is_owed_again_while_another_referral_stands(oxfordshire):
    area = oxfordshire
    completed(area)
    first, _ = area.sent(), area.sent()
    actions.withdraw(referral_id=first.pk, by=area.lead, reason="Sent twice")
    assert owed(area.child) == []


@pytest.mark.requirement("DEC-06")
def test_nothing_more_is_owed_where_a_team_has_the_childs_referral(oxfordshire):
    area = oxfordshire
    received = area.at(area.sent(), area.front_door)
    assessed(area, level="vulnerable", harm_happened="yes")
    assert owed(area.child) == []
    # It ended without help: what is found then is owed again.
    actions.claim(delivery_id=received.pk, by=area.duty)
    actions.decide(
        delivery_id=received.pk, by=area.duty, decision=Act.SEND_BACK, reasons="Say more"
    )
    actions.agree(delivery_id=received.pk, by=area.other_duty, note="So do I")
    assessed(area, level="vulnerable", harm_happened="yes")
    assert {each.kind for each in owed(area.child)} == {kinds.REFER_AFTER_ASSESSMENT}


@pytest.mark.requirement("DEC-06")
def test_harm_in_an_assessment_is_a_concern_until_the_child_is_screened_again(oxfordshire):
    area = oxfordshire
    assessed(area, level="vulnerable", harm_happened="yes")
    assert facts_on_record(area.child)["concerns_confirmed"] is True
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        completed(area, **NOTHING)
    assert facts_on_record(area.child)["concerns_confirmed"] is False


@pytest.mark.requirement("W-REF-24", "W-SHR-21")
@pytest.mark.parametrize("left", ["account", "sealed"])
def test_what_is_mandatory_goes_to_the_front_door_where_nobody_is_left(oxfordshire, left):
    """Decision 0023: an agency without leads, and the only one who saw the child has gone."""
    area = oxfordshire
    alone = make_user(Role.PRACTITIONER, agency=make_agency(authority=area.authority))
    area.child = make_child(by=alone)
    grant(alone, area.child)
    area.worker = alone
    completed(area)
    assert [each.owner for each in owed(area.child)] == [alone]
    if left == "sealed":
        grant(area.lead, area.child)
        access.seal(child=area.child, names=[alone], reason="A relative", by=area.lead)
    alone.is_active = False
    alone.save()
    hand_over_all()
    if left == "sealed":
        assert not can(area.duty, Capability.SEE_CHILD, area.child)
        return
    (item,) = owed(area.child)
    assert item.owner_group == area.front_door.group
    assert can(area.duty, Capability.SEE_CHILD, area.child)
    held = ChildTeamGrant.objects.get(group=area.front_door.group, content_object=area.child)
    assert held.reason.startswith("A referral of this child is owed")
    # They see the child: what else was left to the one who has gone follows, and then no more.
    assert (hand_over_all(), hand_over_all()) == (1, 0)


@pytest.mark.requirement("W-REF-24", "DEC-02")
def test_what_an_agency_recorded_goes_there_as_the_duty_alone(oxfordshire):
    """Decision 0023: nobody else opens its decision; that a referral is owed they learn."""
    area = oxfordshire
    alone = make_user(Role.PRACTITIONER, agency=make_agency(authority=area.authority))
    area.child = make_child(by=alone, date_of_birth=years_old(14))
    grant(alone, area.child)
    area.worker = alone
    decision = beside.decision(area, beside.peers(concerns_confirmed=True))
    kept = WorkItem.objects.filter(child=area.child, closed_at__isnull=True)
    assert {each.owner for each in kept} == {alone}
    alone.is_active = False
    alone.save()
    hand_over_all()
    (item,) = kept.filter(owner_group=area.front_door.group)
    assert (item.kind, item.subject_id) == (kinds.REFER_LEFT, area.child.pk)
    assert kinds.REFER_LEFT in [each.kind for each in waiting_for(area.duty).items]
    duty = area.client(area.duty)
    assert duty.get(reverse("referrals:decision", args=[decision.pk])).status_code == 404
    assert duty.get(kinds.kind_of(item.kind).address(item.subject_id)).status_code == 200
    area.worker = area.duty
    area.sent(area.child, concerns_confirmed=True)
    assert not kept.filter(kind=kinds.REFER_LEFT).exists()

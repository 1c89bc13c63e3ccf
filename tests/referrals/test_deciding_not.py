"""Deciding not to refer: who signs, what is frozen, and what a later rule does (DEC-10, 13, 42)."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cse.access.policies import NotVisible
from cse.audit.models import AuditEvent
from cse.children.actions.record import edit_child
from cse.children.models import LevelEvent
from cse.children.told import tell_level
from cse.people.models import Post, Role, TeamKind
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals import actions
from referrals.actions import deciding_not as deciding
from referrals.actions import helping
from referrals.actions.common import RESPONSIBLE_DAYS
from referrals.actions.overtaken import look_again
from referrals.models import DecisionNotToRefer, Delivery, Referral, Signature
from referrals.policies import NoDraft, Refused
from referrals.policies_beside import leads_for
from referrals.queries.beside import decisions_of, decisions_visible_to, standing_of
from referrals.signing import content_of, hash_of
from referrals.ways_out import Standing
from tests.factories import give_post, grant, make_agency, make_child, make_team, make_user
from tests.prepared import prepared
from tests.referrals.area import TEXTS, years_old
from tests.referrals.beside import began, peers, signing
from tests.screening.assessing import assessed
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db


@prepared
def area(wiltshire):
    wiltshire.child = wiltshire.another_child(date_of_birth=years_old(15))
    grant(wiltshire.lead, wiltshire.child)
    wiltshire.senior = make_user(Role.SENIOR_MANAGER, agency=wiltshire.agency, given_name="Sam")
    return wiltshire


@prepared
def young(area):
    area.child = area.another_child(date_of_birth=years_old(12))
    grant(area.lead, area.child)
    return area


def started(area, facts=None, by=None):
    decision, _ = deciding.start_decision(
        child=area.child, facts=facts or peers(), by=by or area.worker, token=uuid.uuid4()
    )
    return decision


def written(area, facts=None, **values):
    decision = started(area, facts)
    values = {
        "reasons": "Both are in the same year, and she speaks freely of it.",
        "factors_considered": "The other is known to youth services for something else.",
        "lead": area.lead.pk,
        "manager": area.senior.pk,
        "consulted_on": timezone.localdate(),
        **values,
    }
    return deciding.save_decision(
        decision_id=decision.pk, values=values, version=decision.version, by=area.worker
    )


def signed(area, facts=None, **values):
    decision = written(area, facts, **values)
    return deciding.sign_decision(decision_id=decision.pk, by=area.worker, version=decision.version)


def standing(area, decision):
    return standing_of(decisions_visible_to(area.worker).get(pk=decision.pk))


def waits(kind, **whose):
    return WorkItem.objects.filter(kind=kind, closed_at__isnull=True, **whose)


@pytest.mark.requirement("DEC-42")
def test_who_refused_and_signs_after_all_ends_what_was_owed_and_nobody_else_does(area):
    refused = signed(area)
    deciding.answer_decision(decision_id=refused.pk, by=area.lead, agrees=False, note="The gap")
    other = make_user(Role.NAMED_LEAD, agency=area.agency, given_name="Una")
    grant(other, area.child)
    elsewhere = signed(area, lead=other.pk)
    deciding.answer_decision(decision_id=elsewhere.pk, by=other, agrees=True)
    assert standing(area, elsewhere) is Standing.STANDS
    assert waits(kinds.REFER_AFTER_DECISION, subject_id=refused.pk).exists()
    again = signed(area)
    deciding.answer_decision(decision_id=again.pk, by=area.lead, agrees=True)
    assert not waits(kinds.REFER_AFTER_DECISION).exists()


@pytest.mark.requirement("DEC-10", "DEC-13")
def test_a_decision_by_the_rules_that_took_another_away_ends_what_that_left_owed(area):
    """13 → 12: the decision falls, and the exception that three have signed takes its place."""
    area.child = area.another_child(date_of_birth=years_old(14))
    grant(area.lead, area.child)
    fallen = signed(area)
    deciding.answer_decision(decision_id=fallen.pk, by=area.lead, agrees=True)
    edit_child(
        child=area.child,
        by=area.lead,
        version=area.child.version,
        facts={"date_of_birth": years_old(12)},
    )
    area.child.refresh_from_db()
    owed = waits(kinds.REFER_AFTER_DECISION, subject_id=fallen.pk)
    assert standing(area, fallen) is Standing.SUPERSEDED and owed.exists()
    exception = signed(area)
    for person in (area.lead, area.senior):
        assert owed.exists()
        deciding.answer_decision(decision_id=exception.pk, by=person, agrees=True)
    assert standing(area, exception) is Standing.STANDS and not owed.exists()


@pytest.mark.requirement("W-REF-28", "W-REF-29", "DEC-13", "DEC-42")
def test_a_decision_is_signed_by_two_and_frozen(area):
    decision = signed(area)
    assert standing(area, decision) is Standing.WAITING
    (item,) = waits(kinds.SIGN_DECISION)
    assert item.owner == area.lead
    assert list(decisions_of(area.lead, area.child.pk)) == [decision]
    first = decision.signatures.get()
    assert (first.signed_name, first.signed_agency) == (
        area.worker.get_full_name(),
        area.agency.name,
    )
    assert first.signed_post and first.signed_at
    assert first.signed_hash == hash_of(content_of(decision))

    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    assert standing(area, decision) is Standing.STANDS
    assert {each.signed_hash for each in decision.signatures.all()} == {first.signed_hash}
    assert not waits(kinds.SIGN_DECISION).exists()
    with pytest.raises(NoDraft):
        deciding.save_decision(
            decision_id=decision.pk, values={"reasons": "Other"}, version=1, by=area.worker
        )


@pytest.mark.requirement("DEC-42", "W-REF-28")
def test_each_signs_in_the_post_that_the_signature_asks_for(area):
    """Whoever holds newer posts besides signs in that of the agency and capacity."""
    area.lead.job_title = "Safeguarding Lead"
    area.lead.save()
    decision = written(area)
    elsewhere = make_team(make_agency(authority=area.authority))
    newer = [(area.worker, elsewhere), (area.lead, elsewhere), (area.lead, make_team(area.agency))]
    for person, team in newer:
        post = Post(user=person, team=team, role=Role.PRACTITIONER, starts_on=timezone.localdate())
        post.save()
    decision = deciding.sign_decision(
        decision_id=decision.pk, by=area.worker, version=decision.version
    )
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    found = {each.capacity: each for each in decision.signatures.all()}
    assert {each.signed_agency for each in found.values()} == {area.agency.name}
    # Whose job is called like the post is not called so twice.
    assert found["safeguarding_lead"].signed_post == "Safeguarding lead"


@pytest.mark.requirement("W-REF-29", "DEC-42")
def test_the_database_keeps_what_was_signed(area):
    decision = signed(area)
    decision.reasons = "Something else"
    with pytest.raises(IntegrityError), transaction.atomic():
        decision.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(decision=decision).update(signed_name="Somebody else")


@pytest.mark.requirement("W-REF-29", "DEC-42")
@pytest.mark.parametrize("absent", ["reasons", "factors_considered", "lead", "consulted_on"])
def test_each_missing_item_is_named(area, absent):
    decision = written(area, **{absent: None if absent in ("lead", "consulted_on") else ""})
    with pytest.raises(deciding.Unfinished) as unfinished:
        deciding.sign_decision(decision_id=decision.pk, by=area.worker, version=decision.version)
    assert [each.field for each in unfinished.value.missing] == [absent]
    assert not Signature.objects.exists()


@pytest.mark.requirement("DEC-13")
@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"immediate_danger": True}, "R1"),
        ({"concerns_confirmed": True}, "R4"),
        ({"level": "at_risk"}, "R4"),
        ({"position_of_trust": True}, "R6"),
        ({"other_person": {"age": 25}}, "R7"),
        ({"group_suspected": True}, "R10"),
        ({"trafficking": True}, "R11"),
        ({"offence_recorded": True}, "DEC-17"),
    ],
)
def test_any_other_rule_closes_the_way_out(area, more, rule):
    decision = written(area, peers(**more))
    assert decision.way == ""
    with pytest.raises(deciding.Unavailable) as closed:
        deciding.sign_decision(decision_id=decision.pk, by=area.worker, version=decision.version)
    assert rule in [each["id"] for each in closed.value.rules]


@pytest.mark.requirement("DEC-42")
def test_only_those_named_sign_and_nobody_twice(area):
    decision = signed(area)
    other = make_user(Role.NAMED_LEAD, agency=area.agency)
    grant(other, area.child)
    for who, expected in (
        (area.worker, Exception),
        (other, Refused),
        (area.stranger, NotVisible),
    ):
        with pytest.raises(expected):
            deciding.answer_decision(decision_id=decision.pk, by=who, agrees=True)
    assert Signature.objects.count() == 1
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    with pytest.raises(Refused):
        deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=False, note="No")


@pytest.mark.requirement("DEC-42")
def test_who_decides_is_never_the_lead_consulted(area):
    give_post(area.worker, Role.NAMED_LEAD, area.lead.posts.get().team)
    decision = started(area)
    assert area.worker not in leads_for(decision)
    saved = deciding.save_decision(
        decision_id=decision.pk, values={"lead": area.worker.pk}, version=1, by=area.worker
    )
    assert saved.lead is None
    saved.lead = area.worker
    with pytest.raises(IntegrityError), transaction.atomic():
        saved.save()


@pytest.mark.requirement("DEC-13")
def test_without_agreement_the_referral_is_owed(area):
    decision = signed(area)
    with pytest.raises(Refused):
        deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=False)
    deciding.answer_decision(
        decision_id=decision.pk, by=area.lead, agrees=False, note="The gap in power is too great."
    )
    assert standing(area, decision) is Standing.REFUSED
    assert waits(kinds.REFER_AFTER_DECISION, owner=area.worker).exists()
    referral = deciding.refer_instead(decision_id=decision.pk, by=area.worker)
    assert referral.facts["checklist"] == ["W-CHK-14"]
    assert deciding.refer_instead(decision_id=decision.pk, by=area.worker) == referral


@pytest.mark.requirement("DEC-10", "W-REF-24")
def test_a_draft_that_says_what_takes_an_exception_away_is_owed_and_its_page_says_so(young):
    decision = signed(young)
    for person in (young.lead, young.senior):
        deciding.answer_decision(decision_id=decision.pk, by=person, agrees=True)
    assert standing(young, decision) is Standing.STANDS
    page = reverse("referrals:decision", args=[decision.pk])
    reader = young.client(young.worker)
    draft = young.draft()
    assert not waits(kinds.REFER_AFTER_DECISION, subject_id=decision.pk)

    def say(facts, version):
        actions.set_facts(referral_id=draft.pk, facts=facts, version=version, by=young.worker)
        draft.refresh_from_db()

    say({"pregnant": True}, draft.part_versions.get("facts", 0))
    owners = {each.owner for each in waits(kinds.REFER_AFTER_DECISION, subject_id=decision.pk)}
    assert young.worker in owners
    said = text_of(reader.get(page))
    assert "Do not rest on this decision" in said and "under 13 and pregnant" in said
    # A slip of the mouse is put right, and takes nothing away.
    say({"pregnant": False}, draft.part_versions["facts"])
    assert not waits(kinds.REFER_AFTER_DECISION, subject_id=decision.pk)
    assert "Do not rest" not in text_of(reader.get(page))
    say({"pregnant": True}, draft.part_versions["facts"])
    actions.send(referral_id=draft.pk, by=young.worker, version=draft.version)
    assert standing(young, decision) is Standing.SUPERSEDED


@pytest.mark.requirement("D-SHR-01")
def test_no_other_agency_reads_of_a_draft_on_the_page_of_a_decision(young):
    sent = young.sent(professional_working=True)
    received = young.at(sent, young.front_door)
    actions.claim(delivery_id=received.pk, by=young.duty)
    actions.decide(delivery_id=received.pk, by=young.duty, decision="accept", reasons="Ours")
    decision = signed(young)
    for person in (young.lead, young.senior):
        deciding.answer_decision(decision_id=decision.pk, by=person, agrees=True)
    draft = young.draft()
    actions.set_facts(
        referral_id=draft.pk,
        facts={"pregnant": True},
        version=draft.part_versions.get("facts", 0),
        by=young.worker,
    )
    page = reverse("referrals:decision", args=[decision.pk])
    assert "Do not rest on this decision" in text_of(young.client().get(page))
    theirs = young.client(young.duty).get(page)
    assert theirs.status_code == 200
    assert "draft" not in text_of(theirs) and "pregnant" not in text_of(theirs)


@pytest.mark.requirement("W-REF-32")
def test_early_help_that_must_be_offered_waits_beside_a_decision(area):
    decision = signed(area, {**peers(), "level": "vulnerable"})
    assert not waits(kinds.HELP_OWED)
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    assert waits(kinds.HELP_OWED).get().owner == area.worker
    assert "Offer early help" in text_of(area.client(area.worker).get("/"))
    said = {"not_taken_up_reason": "Her mother wants to think", "review_on": in_a_week()}
    helping.offer_help(
        child=area.child, by=area.worker, token=uuid.uuid4(), taken_up=False, said=said
    )
    assert not waits(kinds.HELP_OWED)


def in_a_week():
    return timezone.localdate() + dt.timedelta(days=7)


def raise_level(area, level="at_risk"):
    event = LevelEvent(
        child=area.child,
        level=level,
        decided_on=timezone.localdate(),
        decided_at=timezone.now(),
        decided_by=area.lead,
        judgement="More is known now.",
    )
    with transaction.atomic():
        event.save()
        tell_level(event, area.lead)


@pytest.mark.requirement("DEC-13", "W-REF-24")
@pytest.mark.parametrize("countersigned", [False, True])
def test_a_later_level_supersedes_and_opens_the_duty(area, countersigned):
    decision = signed(area)
    if countersigned:
        deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    raise_level(area)
    assert standing(area, decision) is Standing.SUPERSEDED
    after = decision.supersession
    assert (after.because, [rule["id"] for rule in after.rules]) == ("level", ["R4"])
    assert list(decisions_of(area.worker, area.child.pk)) == [decision]
    assert waits(kinds.REFER_AFTER_DECISION, owner=area.worker).exists()
    assert not waits(kinds.SIGN_DECISION).exists()
    with pytest.raises(Refused):
        deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    raise_level(area, "cse")
    assert DecisionNotToRefer.objects.filter(supersession__isnull=False).count() == 1

    sent = area.sent(area.child)
    assert sent.status == "sent"
    assert not waits(kinds.REFER_AFTER_DECISION).exists()


@pytest.mark.requirement("DEC-13", "DEC-06")
def test_harm_in_an_assessment_supersedes_it(area):
    decision = signed(area)
    grant(area.specialist, area.child)
    assessed(area, area.specialist, level="vulnerable", harm_happened="yes", significant_harm="no")
    assert standing(area, decision) is Standing.SUPERSEDED
    after = decision.supersession
    assert (after.because, [rule["id"] for rule in after.rules]) == ("assessment", ["R4"])
    page = text_of(area.client().get(reverse("referrals:decision", args=[decision.pk])))
    assert "An assessment was completed" in page
    assert waits(kinds.REFER_AFTER_DECISION, owner=area.worker).exists()


@pytest.mark.requirement("DEC-02", "DEC-13")
def test_a_corrected_date_of_birth_supersedes(area):
    decision = signed(area)
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    edit_child(
        child=area.child,
        by=area.lead,
        version=area.child.version,
        facts={"date_of_birth": years_old(12)},
    )
    decision = decisions_visible_to(area.worker).get(pk=decision.pk)
    assert standing_of(decision) is Standing.SUPERSEDED
    assert decision.supersession.because == "birth"
    assert "R3" in [rule["id"] for rule in decision.supersession.rules]


@pytest.mark.requirement("DEC-13")
def test_what_asks_for_no_referral_leaves_it_standing(area):
    decision = signed(area)
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    raise_level(area, "vulnerable")
    with transaction.atomic():
        look_again(area.child, "screen", None, area.worker)
    assert standing(area, decision) is Standing.STANDS


@pytest.mark.requirement("DEC-13")
def test_a_referral_that_is_sent_supersedes_it(area):
    decision = signed(area)
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    area.sent(area.child)
    decision = decisions_visible_to(area.worker).get(pk=decision.pk)
    assert decision.supersession.because == "referral"
    assert not waits(kinds.REFER_AFTER_DECISION).exists()


@pytest.mark.requirement("DEC-13")
@pytest.mark.parametrize("owed", [True, False])
def test_a_referral_of_another_agency_supersedes_it_where_its_rules_do(area, owed):
    decision = signed(area)
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    grant(area.officer, area.child)
    theirs, _ = actions.start_from_child(child=area.child, by=area.officer, token=uuid.uuid4())
    for part, values in TEXTS.items():
        theirs = actions.save_part(
            referral_id=theirs.pk, part=part, values=values, version=0, by=area.officer
        )
    more = {"concerns_confirmed": True} if owed else {}
    theirs = actions.set_facts(
        referral_id=theirs.pk, facts=peers(**more), version=0, by=area.officer
    )
    actions.send(referral_id=theirs.pk, by=area.officer, version=theirs.version)
    assert standing(area, decision) is (Standing.SUPERSEDED if owed else Standing.STANDS)
    assert waits(kinds.REFER_AFTER_DECISION, owner=area.worker).exists() is owed
    if owed:
        # That it was sent, and neither what it says nor who sent it.
        after = decisions_visible_to(area.worker).get(pk=decision.pk).supersession
        assert (after.rules, after.routing, after.subject_id) == ([], {}, None)
        page = text_of(area.client().get(reverse("referrals:decision", args=[decision.pk])))
        assert "Another agency sent a referral of the child" in page
        assert area.officer.get_full_name() not in page and "R4" not in page


@pytest.mark.requirement("W-REF-29")
def test_a_draft_is_the_agencys_alone_and_what_was_signed_is_read_by_who_has_a_referral(area):
    """The front door has an earlier referral of the child: whoever takes one on reads the decision
    and never a draft of another agency."""
    area.sent(area.child, **peers())
    draft = written(area)
    address = reverse("referrals:decision", args=[draft.pk])
    assert decisions_of(area.worker, area.child.pk).filter(pk=draft.pk).exists()
    assert decisions_of(area.lead, area.child.pk).filter(pk=draft.pk).exists()
    assert not decisions_of(area.duty, area.child.pk).exists()
    assert area.client(area.duty).get(address).status_code == 404
    deciding.sign_decision(decision_id=draft.pk, by=area.worker, version=draft.version)
    assert decisions_of(area.duty, area.child.pk).filter(pk=draft.pk).exists()
    assert area.client(area.duty).get(address).status_code == 200
    assert not decisions_of(area.stranger, area.child.pk).exists()


@pytest.mark.requirement("W-REF-05", "W-REF-07", "W-REF-19", "DEC-10")
def test_the_exception_takes_three_accounts(young):
    area = young
    decision = signed(area)
    assert decision.way == "exception"
    assert Referral.objects.get(child=area.child).status == "draft"
    assert set(waits(kinds.SIGN_EXCEPTION).values_list("owner", flat=True)) == {
        area.lead.pk,
        area.senior.pk,
    }
    home = text_of(area.client(area.lead).get("/"))
    assert "Sign an under-13 exception" in home and "Sign a decision not to refer" not in home
    deciding.answer_decision(decision_id=decision.pk, by=area.senior, agrees=True)
    assert standing(area, decision) is Standing.WAITING
    assert [each.owner for each in waits(kinds.SIGN_EXCEPTION)] == [area.lead]
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    assert standing(area, decision) is Standing.STANDS
    assert len({each.signed_by_id for each in decision.signatures.all()}) == 3
    assert Referral.objects.get(child=area.child).status == "set_aside"


@pytest.mark.requirement("W-REF-18", "DEC-10")
def test_while_a_signature_is_missing_the_exceptions_referral_is_owed(young):
    area = young
    decision = signed(area)
    deciding.answer_decision(decision_id=decision.pk, by=area.senior, agrees=False, note="No.")
    assert standing(area, decision) is Standing.REFUSED
    assert Referral.objects.get(child=area.child).status == "draft"
    assert waits(kinds.REFER_AFTER_DECISION, owner=area.worker).exists()


@pytest.mark.requirement("DEC-10", "W-REF-20")
@pytest.mark.parametrize(
    "more",
    [
        {"pregnant": True},
        {"concerns_confirmed": True},
        {"position_of_trust": True},
        {"group_suspected": True},
        {"trafficking": True},
    ],
)
def test_no_exception_where_another_rule_fires(young, more):
    assert started(young, peers(**more)).way == ""


@pytest.mark.requirement("DEC-10", "DEC-42")
def test_lead_and_manager_are_different_people(young):
    area = young
    both = make_user(Role.NAMED_LEAD, agency=area.agency)
    give_post(both, Role.SENIOR_MANAGER, both.posts.get().team)
    decision = started(area)
    with pytest.raises(Refused, match="different people"):
        deciding.save_decision(
            decision_id=decision.pk,
            values={"lead": both.pk, "manager": both.pk},
            version=decision.version,
            by=area.worker,
        )


@pytest.mark.requirement("DEC-10")
def test_an_agency_without_a_lead_has_no_exception_but_its_manager_signs_a_decision(young):
    area = young
    for post in Post.objects.filter(role=Role.NAMED_LEAD, team__agency=area.agency):
        post.ends_on = timezone.localdate() - dt.timedelta(days=1)
        post.save()
    assert list(leads_for(started(area))) == []
    area.child = area.another_child(date_of_birth=years_old(15))
    assert list(leads_for(started(area))) == [area.senior]


def test_two_forms_make_one_and_a_stale_one_is_told(area):
    token = uuid.uuid4()
    made = [
        deciding.start_decision(child=area.child, facts=peers(), by=area.worker, token=token)
        for _ in range(2)
    ]
    assert made[0][0] == made[1][0]
    assert [new for _, new in made] == [True, False]
    decision = made[0][0]
    deciding.save_decision(
        decision_id=decision.pk, values={"reasons": "One"}, version=1, by=area.worker
    )
    with pytest.raises(deciding.StaleDecision):
        deciding.save_decision(
            decision_id=decision.pk, values={"reasons": "Two"}, version=1, by=area.worker
        )
    with pytest.raises(Refused):
        deciding.start_decision(
            child=area.another_child(), facts=peers(), by=area.worker, token=token
        )


def test_an_adult_is_signposted(area):
    child = make_child(by=area.worker, authority=area.authority, date_of_birth=years_old(19))
    grant(area.worker, child)
    area.child = child
    with pytest.raises(Refused, match="adult safeguarding"):
        started(area)


@pytest.mark.requirement("W-REF-28")
def test_every_act_writes_its_event(area):
    decision = signed(area)
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    raise_level(area)
    acts = set(AuditEvent.objects.filter(child_id=area.child.pk).values_list("act", flat=True))
    assert {
        "decision not to refer started",
        "decision not to refer saved",
        "decision not to refer signed",
        "decision not to refer countersigned",
        "decision not to refer superseded",
    } <= acts


SAID_OF_PEERS = {"activity": "yes", "other_age": "16", "checklist": ["W-CHK-14"]}


@pytest.mark.requirement("DEC-13")
class TestAReferralIsUnderWay:
    """What was said in a referral holds beside it, though it is not said again."""

    def test_none_is_begun_where_a_sent_referral_leaves_no_way_out(self, area):
        area.sent(position_of_trust=True, significant_harm=True)
        with pytest.raises(deciding.ReferralUnderWay, match=r"has referred this child.*R6"):
            started(area)
        assert not DecisionNotToRefer.objects.exists()

    def test_a_draft_that_is_owed_closes_it_too(self, area):
        area.draft(group_suspected=True)
        with pytest.raises(deciding.ReferralUnderWay, match="in draft"):
            started(area)

    def test_one_that_began_before_is_not_signed_nor_agreed_to(self, area):
        decision, waiting = written(area), signed(area)
        draft = area.draft(position_of_trust=True)
        with pytest.raises(deciding.ReferralUnderWay):
            deciding.sign_decision(
                decision_id=decision.pk, by=area.worker, version=decision.version
            )
        with pytest.raises(deciding.ReferralUnderWay):
            deciding.answer_decision(decision_id=waiting.pk, by=area.lead, agrees=True)
        assert standing(area, waiting) is Standing.WAITING
        actions.set_aside(referral_id=draft.pk, by=area.lead, reason="It was another child")
        deciding.answer_decision(decision_id=waiting.pk, by=area.lead, agrees=True)
        assert standing(area, waiting) is Standing.STANDS

    def test_nor_beside_what_another_agency_sent_of_which_nothing_is_told(self, area):
        """Only whoever signs learns that there is one: asking what the rules say tells nobody."""
        area.sent(position_of_trust=True)
        other = make_agency(authority=area.authority)
        area.worker = make_user(agency=other)
        area.lead = make_user(Role.NAMED_LEAD, team=make_team(other, kind=TeamKind.LEADS))
        for person in (area.worker, area.lead):
            grant(person, area.child)
        decision = written(area)
        assert decision.way == "decision"
        with pytest.raises(deciding.ReferralUnderWay, match="by another agency") as told:
            deciding.sign_decision(
                decision_id=decision.pk, by=area.worker, version=decision.version
            )
        assert "R6" not in str(told.value)
        page = area.client(area.worker).post(
            reverse("referrals:decision", args=[decision.pk]), signing(decision)
        )
        assert page.status_code == 302
        assert AuditEvent.objects.filter(
            act="sign a decision not to refer", decision="refused", object_id=str(decision.pk)
        ).exists()

    def test_what_was_taken_back_closes_nothing(self, area):
        sent = area.sent(position_of_trust=True)
        actions.withdraw(referral_id=sent.pk, by=area.lead, reason="Another child was meant")
        assert started(area).way == "decision"

    def test_what_ended_otherwise_closes_nothing_whoever_has_read_it(self, area):
        """That the agency's own leads acknowledged it is no sign that anybody works on it."""
        sent = area.sent(position_of_trust=True, concerns_confirmed=True)
        received = area.at(sent, area.front_door)
        for own in Delivery.objects.filter(referral=sent, team__agency=area.agency):
            assert own.state in ("received", "acknowledged")
            if own.state == "received":
                actions.acknowledge(delivery_id=own.pk, by=area.lead)
        actions.claim(delivery_id=received.pk, by=area.duty)
        with pytest.raises(deciding.ReferralUnderWay):
            started(area)
        actions.decide(
            delivery_id=received.pk, by=area.duty, decision="other outcome", reasons="Known."
        )
        with pytest.raises(deciding.ReferralUnderWay):
            started(area)
        actions.agree(delivery_id=received.pk, by=area.other_duty, note="Agreed")
        assert started(area).way == "decision"

    def test_what_was_accepted_closes_it_for_as_long_as_somebody_is_responsible(self, area):
        area.child = area.another_child(date_of_birth=years_old(13))
        received = area.at(area.sent(concerns_confirmed=True), area.front_door)
        actions.claim(delivery_id=received.pk, by=area.duty)
        actions.decide(delivery_id=received.pk, by=area.duty, decision="accept", reasons="Ours.")
        with pytest.raises(deciding.ReferralUnderWay):
            started(area)
        with time_machine.travel(timezone.now() + dt.timedelta(days=RESPONSIBLE_DAYS + 1)):
            grant(area.worker, area.child)
            later = started(area, peers(sexual_activity={"from": began(5), "to": None}))
            assert later.way == "decision"

    def test_the_page_says_so_and_keeps_what_was_said(self, area):
        area.sent(position_of_trust=True)
        began = timezone.localdate() - dt.timedelta(days=20)
        days = {f"activity_from-{part}": getattr(began, part) for part in ("day", "month", "year")}
        page = area.client().post(
            reverse("referrals:decide-not-to-refer", args=[area.child.pk]),
            {"token": uuid.uuid4(), **days, **SAID_OF_PEERS},
        )
        assert page.status_code == 200
        words = text_of(page)
        assert "Your agency has referred this child" in words
        assert 'value="16"' in page.content.decode()

    def test_an_exception_is_not_signed_beside_one_either(self, young):
        """Its own draft stands beside it; what was sent for another reason closes the way."""
        decision = written(young)
        assert decision.way == "exception"
        young.sent(position_of_trust=True)
        with pytest.raises(deciding.ReferralUnderWay, match="has referred this child"):
            deciding.sign_decision(
                decision_id=decision.pk, by=young.worker, version=decision.version
            )

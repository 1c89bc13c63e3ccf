"""A date of birth is corrected to a later day than one that was said: nothing stops at it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from cse.people.models import Role
from cse.strict import Refused as FactsRefused
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals import actions
from referrals.actions import deciding_not as deciding
from referrals.models import DecisionNotToRefer, Referral
from referrals.queries.beside import decisions_visible_to, standing_of
from referrals.ways_out import Standing
from tests.factories import grant, make_user
from tests.prepared import prepared
from tests.referrals.area import years_old
from tests.referrals.beside import began, peers
from tests.referrals.test_deciding_not import signed, started, written
from tests.screening.made import completed
from tests.screening.pages import controls, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DEC-02")]
WORDS = "The activity is said to have begun on"


@prepared
def area(wiltshire):
    wiltshire.child = wiltshire.another_child(date_of_birth=years_old(15))
    grant(wiltshire.lead, wiltshire.child)
    wiltshire.senior = make_user(Role.SENIOR_MANAGER, agency=wiltshire.agency, given_name="Sam")
    return wiltshire


def born(area, day):
    """The date of birth as somebody corrects it on the page."""
    where = reverse("children:edit", args=[area.child.pk])
    client = area.client()
    typed = {
        "date_of_birth-day": str(day.day),
        "date_of_birth-month": str(day.month),
        "date_of_birth-year": str(day.year),
    }
    answer = client.post(where, controls(client.get(where)) | typed)
    assert answer.status_code == 302, text_of(answer)
    area.child.refresh_from_db()
    assert area.child.date_of_birth == day


def born_later(area):
    """After the activity that was said to have begun."""
    born(area, dt.date.fromisoformat(began()) + dt.timedelta(days=3))


def rules(record):
    return {rule["id"] for rule in record.routing["rules"]}


def page_of(area, name, record, *args):
    return area.client().get(reverse(f"referrals:{name}", args=[record.pk, *args]))


def waits(kind):
    return WorkItem.objects.filter(kind=kind, closed_at__isnull=True)


def test_a_draft_is_saved_and_says_what_contradicts_and_the_youngest_age_counts(area):
    draft = area.draft(area.child, **peers())
    born_later(area)
    where = reverse("referrals:part", args=[draft.pk, "family"])
    client = area.client()
    sent = controls(client.get(where)) | {"family": "A new thought"}
    answer = client.post(where, sent)
    assert answer.status_code == 302, text_of(answer)
    draft.refresh_from_db()
    assert draft.sections["family"] == "A new thought" and "R3" in rules(draft)
    check = reverse("referrals:check", args=[draft.pk])
    assert WORDS in text_of(client.get(check))
    # Without danger it is put right first, and the page says so where errors are said.
    answer = client.post(check, controls(client.get(check)))
    assert "There is a problem" in text_of(answer) and WORDS in text_of(answer)
    with pytest.raises(FactsRefused, match=WORDS):
        actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    # Another day that is said now is refused at its own field; what stands there is not.
    other = {"from": began(40), "to": None}
    said = {"referral_id": draft.pk, "version": draft.part_versions["facts"], "by": area.worker}
    with pytest.raises(FactsRefused, match="before the date of birth"):
        actions.set_facts(facts=peers(sexual_activity=other), **said)
    facts = reverse("referrals:facts", args=[draft.pk])
    ticked = controls(client.get(facts)) | {"now": "immediate_danger", "act": "leave"}
    answer = client.post(facts, ticked)
    # The page asks for the day; the danger is kept meanwhile, and holds.
    assert "must be after the child’s date of birth" in text_of(answer)
    draft.refresh_from_db()
    assert "R1" in rules(draft)


@pytest.mark.requirement("DEC-28")
def test_in_danger_it_goes_all_the_same(area):
    draft = area.draft(area.child, **peers(immediate_danger=True))
    born_later(area)
    client, check = area.client(), reverse("referrals:check", args=[draft.pk])
    page = client.get(check)
    assert WORDS in text_of(page) and "Before you can send it" not in text_of(page)
    assert client.post(check, controls(page)).status_code == 302
    draft.refresh_from_db()
    assert draft.status == "sent" and {"R1", "R3"} <= rules(draft)
    assert page_of(area, "show", draft).status_code == 200
    received = area.at(draft, area.front_door)
    board = area.client(area.duty).get(reverse("referrals:delivery", args=[received.pk]))
    assert board.status_code == 200


def test_a_screen_that_was_completed_before_stands_in_no_way_either(area):
    completed(area)
    born_later(area)
    draft = area.draft(area.child, immediate_danger=True)
    assert "R1" in rules(draft)


@pytest.mark.requirement("DEC-10", "DEC-13")
def test_a_draft_of_a_decision_asks_the_rules_again_and_the_referral_waits(area):
    draft = started(area)
    assert draft.way == "decision" and not waits(kinds.REFER_AFTER_DECISION).exists()
    born_later(area)
    draft.refresh_from_db()
    assert "R3" in rules(draft) and draft.way == "exception"
    assert waits(kinds.REFER_AFTER_DECISION).filter(owner=area.worker).exists()
    assert [each.owner for each in waits(kinds.FINISH_DECISION)] == [area.worker]
    page = text_of(page_of(area, "decision", draft))
    assert "Under-13 exception" in page
    signs = area.client().post(
        reverse("referrals:decision", args=[draft.pk]),
        {"version": draft.version, "reasons": "Typed", "act": "sign", "sign": "on"},
    )
    assert "There is a problem" in text_of(signs)


@pytest.mark.requirement("DEC-13")
@pytest.mark.parametrize("countersigned", [True, False])
def test_a_signed_decision_is_superseded_and_the_date_of_birth_saved(area, countersigned):
    decision = signed(area)
    if countersigned:
        deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    born_later(area)
    found = decisions_visible_to(area.worker).get(pk=decision.pk)
    assert standing_of(found) is Standing.SUPERSEDED
    assert found.supersession.because == "birth"
    assert waits(kinds.REFER_AFTER_DECISION).filter(owner=area.worker).exists()
    made = area.client().post(reverse("referrals:refer-after-decision", args=[decision.pk]))
    assert made.status_code == 302
    assert "R3" in rules(Referral.objects.get(status="draft"))


# -- The rules ask for something else than the page that is open --------------------------------


@pytest.mark.requirement("DEC-10", "DEC-13")
def test_who_signs_where_the_rules_have_changed_reads_so_and_the_referral_waits(area):
    draft = written(area)
    client, where = area.client(), reverse("referrals:decision", args=[draft.pk])
    opened = controls(client.get(where)) | {"sign": "on", "act": "sign", "reasons": "Thought over"}
    born(area, years_old(12))
    draft.refresh_from_db()
    assert draft.way == "exception" and "R3" in rules(draft)
    # The form that was open is answered with what has changed, and the text is in it.
    answer = client.post(where, opened)
    assert answer.status_code == 409
    assert "This draft has changed since you opened it" in text_of(answer)
    assert "Under 13 a referral is made" in text_of(answer)
    assert controls(answer)["reasons"] == "Thought over"
    again = client.post(where, controls(answer) | {"sign": "on", "act": "sign"})
    assert "There is a problem" in text_of(again) and "senior manager" in text_of(again)
    draft.refresh_from_db()
    assert (draft.status, draft.reasons) == ("draft", "Thought over")


@pytest.mark.requirement("DEC-13")
@pytest.mark.parametrize("act", ["sign", "save"])
def test_what_was_typed_is_shown_where_the_way_out_was_closed_meanwhile(area, act):
    draft = written(area)
    client, where = area.client(), reverse("referrals:decision", args=[draft.pk])
    opened = controls(client.get(where)) | {"act": act, "reasons": "Words of an hour", "sign": "on"}
    deciding.set_decision_facts(
        decision_id=draft.pk, facts=peers(level="at_risk"), version=draft.version, by=area.worker
    )
    answer = client.post(where, opened)
    assert answer.status_code == 409
    shown = text_of(answer)
    assert "Words of an hour" in shown and "What you typed is not saved; this is it" in shown
    assert "This cannot be decided otherwise" in shown


@pytest.mark.requirement("DEC-13")
def test_where_a_rule_closes_the_way_out_the_referral_waits_and_not_the_draft(area):
    draft = started(area)
    assert [each.owner for each in waits(kinds.FINISH_DECISION)] == [area.worker]
    draft = deciding.set_decision_facts(
        decision_id=draft.pk, facts=peers(level="at_risk"), version=draft.version, by=area.worker
    )
    assert not waits(kinds.FINISH_DECISION).exists()
    leads = area.lead.posts.get().team.group
    owed = waits(kinds.REFER_AFTER_DECISION)
    assert {each.owner or each.owner_group for each in owed} == {area.worker, leads}
    # A slip that is put right: the draft waits again, and no referral.
    deciding.set_decision_facts(
        decision_id=draft.pk, facts=peers(), version=draft.version, by=area.worker
    )
    assert [each.owner for each in waits(kinds.FINISH_DECISION)] == [area.worker]
    assert not waits(kinds.REFER_AFTER_DECISION).exists()


@pytest.mark.requirement("DEC-13")
def test_what_one_draft_says_is_not_got_round_by_a_second_one(area):
    """R4 in one draft of the agency closes the way out in another of the same child."""
    first = started(area, peers(level="at_risk"))
    assert first.way == ""
    with pytest.raises(deciding.ReferralUnderWay, match=r"asked this already .*R4"):
        started(area)
    assert DecisionNotToRefer.objects.count() == 1


@pytest.mark.requirement("DEC-13")
def test_nor_one_that_was_begun_before(area):
    other = written(area)
    started(area, peers(level="at_risk"))
    with pytest.raises(deciding.ReferralUnderWay, match="asked this already"):
        deciding.sign_decision(decision_id=other.pk, by=area.worker, version=other.version)

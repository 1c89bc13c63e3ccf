"""13 to 15: every case leaves its record, also where it was decided not to share (W §4.3.3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from cse.interface.words import date_words
from cse.people.models import Role
from referrals import actions, queries
from referrals.actions import deciding_not as deciding
from referrals.models import DecisionNotToRefer, Referral
from referrals.policies import Refused
from tests.factories import grant, make_user
from tests.referrals import beside
from tests.referrals.area import TEXTS, years_old
from tests.referrals.test_making_pages import begin, page_of, save
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db
CONSIDERED = TEXTS["considered"]
WHY = "Both are in one class, and nothing else is known."


@pytest.fixture(params=[13, 15])
def area(wiltshire, request):
    """A child of the first and of the last year of the band."""
    area = wiltshire
    area.child = area.another_child(date_of_birth=years_old(request.param))
    grant(area.lead, area.child)
    return area


def listed(area, user=None):
    return text_of(area.client(user).get(reverse("referrals:child", args=[area.child.pk])))


@pytest.mark.requirement("W-REF-14")
def test_no_factor_and_not_shared_is_recorded_and_found_again(area):
    """R9: nothing is sent. What was considered, who decided it, when and why is read by others."""
    client = area.client()
    draft = begin(client, area.child)
    began = timezone.localdate() - dt.timedelta(days=20)
    on = {"day": began.day, "month": began.month, "year": began.year}
    on = {f"activity_from-{part}": str(number) for part, number in on.items()}
    save(client, page_of(draft, "facts"), activity="yes", **on)
    draft.refresh_from_db()
    assert [rule["id"] for rule in draft.routing["rules"]] == ["R9"]
    with pytest.raises(Refused, match="Write down first"):
        actions.set_aside(referral_id=draft.pk, by=area.worker, reason=WHY)
    save(client, page_of(draft, "part", "considered"), **CONSIDERED)
    client.post(page_of(draft, "set-aside"), {"reason": WHY})
    for reader in (area.worker, area.lead):
        words = listed(area, reader)
        assert "Set aside by your agency, and kept" in words
        assert WHY in words and "Wyn Arden" in words and date_words(timezone.localdate()) in words
        page = text_of(area.client(reader).get(page_of(draft, "show")))
        assert CONSIDERED["discussion_considered"] in page
        assert CONSIDERED["referral_considered"] in page and WHY in page
    # It is the agency's own record: another that sees the child reads nothing of it.
    grant(area.stranger, area.child)
    assert WHY not in listed(area, area.stranger)
    assert area.client(area.stranger).get(page_of(draft, "show")).status_code == 404


@pytest.mark.requirement("W-REF-14")
def test_a_factor_and_not_shared_is_decided_in_writing_and_found_again(area):
    """R8: a decision not to refer, with its reasons, under two names."""
    decision = beside.decision(area, beside.peers(checklist=["W-CHK-14"]))
    assert {rule["id"] for rule in decision.routing["rules"]} == {"R8"}
    values = {
        "reasons": "Same year at school; she speaks of it freely.",
        "factors_considered": "He is known to the youth service for something else.",
        "lead": area.lead.pk,
        "consulted_on": dt.date.today(),
    }
    deciding.sign_decision(
        decision_id=decision.pk, by=area.worker, version=decision.version, values=values
    )
    deciding.answer_decision(decision_id=decision.pk, by=area.lead, agrees=True)
    decision = DecisionNotToRefer.objects.get()
    assert {each.signed_by for each in decision.signatures.all()} == {area.worker, area.lead}
    where = reverse("referrals:decision", args=[decision.pk])
    colleague = make_user(Role.PRACTITIONER, team=area.worker.posts.get().team)
    grant(colleague, area.child)
    client = area.client(colleague)
    child = client.get(reverse("children:child", args=[area.child.pk]))
    assert where in child.content.decode()
    page = text_of(client.get(where))
    assert values["reasons"] in page and values["factors_considered"] in page
    assert "Wyn Arden" in page and "Lee Dale" in page


@pytest.mark.requirement("W-REF-14")
def test_what_is_shared_is_sent_with_what_was_considered(area):
    sent = area.sent(**beside.peers(checklist=["W-CHK-14"]))
    assert isinstance(sent, Referral) and sent in queries.referrals_of(area.duty, area.child.pk)
    page = text_of(area.client(area.duty).get(page_of(sent, "show")))
    assert CONSIDERED["discussion_considered"] in page
    assert CONSIDERED["referral_considered"] in page


def test_the_list_of_what_was_set_aside_takes_as_many_queries_for_three(
    area, django_assert_num_queries
):
    for number in (1, 3):
        while len(queries.set_aside_of(area.worker, area.child.pk)) < number:
            draft = area.draft(**beside.peers())
            actions.set_aside(referral_id=draft.pk, by=area.lead, reason=WHY)
        with django_assert_num_queries(4):
            assert len(queries.set_aside_of(area.worker, area.child.pk)) == number

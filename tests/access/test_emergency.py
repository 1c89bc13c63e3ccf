"""Opening a child in an emergency: an hour, a reason, the lead told, somebody else's review."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cse.access import actions
from cse.access.capabilities import Capability
from cse.access.models import BreakGlass, ChildTeamGrant, ChildUserGrant, Exclusion
from cse.access.policies import can
from cse.access.tasks import remind_reviews
from cse.audit.models import AuditEvent
from cse.interface.words import datetime_words
from cse.people.models import Role, TeamKind
from cse.worklist.models import WorkItem
from tests.factories import make_child, make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-01")]

REASON = "She rang from a stairwell and I must know who looks after her"
MADE_UP = "C-2222222"


def open_it(client, reference, reason=REASON):
    return client.post(reverse("access:break-glass"), {"reference": reference, "reason": reason})


def waiting():
    return WorkItem.objects.filter(kind="review_break_glass", closed_at__isnull=True)


def test_it_opens_one_child_for_an_hour_and_tells_the_leads_at_once(as_user, case):
    with time_machine.travel(dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC), tick=False):  # a Friday
        answer = open_it(as_user(case.stranger, confirmed=True), case.child.reference)
        assert answer.status_code == 302, answer.content.decode()
        opening = BreakGlass.objects.get()
        assert opening.expires_at - opening.opened_at == dt.timedelta(minutes=60)
        assert opening.review_due_on == dt.date(2026, 11, 23)
        assert can(case.stranger, Capability.SEE_CHILD, case.child)
        (item,) = waiting()
        assert item.owner_group == case.leads.group
        assert timezone.localtime(item.due_at).date() == dt.date(2026, 11, 23)
        event = AuditEvent.objects.get(act="opened in an emergency")
        assert (event.child_id, event.reason) == (case.child.pk, REASON)
    with time_machine.travel(dt.datetime(2026, 11, 20, 16, 1, tzinfo=dt.UTC), tick=False):
        assert not can(case.stranger, Capability.SEE_CHILD, case.child)


@pytest.mark.parametrize(
    "typed", [str.lower, "   {}   ".format, lambda said: f"{said[:5]} {said[5:]}"]
)
def test_a_reference_read_over_the_telephone_is_taken_as_it_is_typed(as_user, case, typed):
    answer = open_it(as_user(case.stranger, confirmed=True), typed(case.child.reference))
    assert answer.status_code == 302, answer.content.decode()
    assert BreakGlass.objects.get().child == case.child


def test_it_asks_again_who_one_is(as_user, case):
    answer = open_it(as_user(case.stranger), case.child.reference)
    assert answer.status_code == 302
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("reason", ["", "Urgent", "x" * 19, " " * 40, "." * 30, "a. " * 9])
def test_it_needs_a_reason_that_says_something(as_user, case, reason):
    answer = open_it(as_user(case.stranger, confirmed=True), case.child.reference, reason)
    assert answer.status_code == 200
    assert "Error:" in answer.content.decode()
    assert not BreakGlass.objects.exists()


def without_token(answer):
    import re

    body = answer.content.decode()
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    body = re.sub(r'data-csrf="[^"]+"|data-session-ends="[^"]+"', "", body)
    return re.sub(r"C-[0-9A-Z]{7}", "C-", body)


def test_sealed_excluded_and_made_up_are_one_answer(as_user, case):
    sealed = make_child()
    lead = make_user(Role.NAMED_LEAD)
    from tests.factories import grant

    grant(lead, sealed)
    actions.seal(child=sealed, names=[], reason="A relative works here", by=lead)
    Exclusion(
        child=case.child,
        user=case.stranger,
        ground="relative",
        reason="Own child",
        declared_by=case.lead,
        starts_at=timezone.now(),
    ).save()
    client = as_user(case.stranger, confirmed=True)
    answers = [open_it(client, ref) for ref in (sealed.reference, case.child.reference, MADE_UP)]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len({without_token(answer) for answer in answers}) == 1
    assert REASON in answers[0].content.decode()
    assert not BreakGlass.objects.exists()
    refused = AuditEvent.objects.filter(act="open a child in an emergency", decision="refused")
    assert refused.count() == 3


def test_a_role_without_the_act_is_refused(as_user, case):
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.BOARD, Role.INTELLIGENCE):
        answer = open_it(as_user(make_user(role), confirmed=True), case.child.reference)
        assert answer.status_code == 403
    assert not BreakGlass.objects.exists()


def test_who_sees_the_child_anyway_has_no_emergency(as_user, case):
    answer = open_it(as_user(case.worker, confirmed=True), case.child.reference)
    assert "You can open this child already" in answer.content.decode()
    assert not BreakGlass.objects.exists()


def opening_by(user, child):
    return actions.break_glass(child_id=child.pk, by=user, reason=REASON)


def review_page(opening):
    return reverse("access:review-break-glass", args=[opening.pk])


def test_somebody_else_reviews_it(as_user, case):
    opening = opening_by(case.stranger, case.child)
    client = as_user(case.lead)
    assert case.child.reference in client.get(reverse("access:openings")).content.decode()
    said = {"outcome": "justified", "note": "The child was in danger"}
    assert client.post(review_page(opening), said).status_code == 302
    opening.refresh_from_db()
    assert (opening.outcome, opening.reviewed_by) == ("justified", case.lead)
    assert not waiting().exists()
    again = as_user(case.other_lead).post(review_page(opening), said)
    assert "reviewed already" in again.content.decode()


@pytest.mark.parametrize(("outcome", "sees"), [("justified", True), ("not_justified", False)])
def test_an_opening_that_was_not_justified_ends_with_the_review(as_user, case, outcome, sees):
    opening = opening_by(case.stranger, case.child)
    said = {"outcome": outcome, "note": "I spoke to them"}
    assert as_user(case.lead).post(review_page(opening), said).status_code == 302
    assert can(case.stranger, Capability.SEE_CHILD, case.child) is sees


def test_a_review_of_one_opening_leaves_the_hour_of_a_later_one(as_user, case):
    first = opening_by(case.stranger, case.child)
    actions.give_back(child=case.child, by=case.stranger)
    opening_by(case.stranger, case.child)
    said = {"outcome": "not_justified", "note": "I spoke to them"}
    assert as_user(case.lead).post(review_page(first), said).status_code == 302
    assert can(case.stranger, Capability.SEE_CHILD, case.child)


def test_nobody_reviews_their_own_and_the_lead_is_told(as_user, case):
    agency_lead = make_user(Role.NAMED_LEAD)
    opening = opening_by(agency_lead, case.child)
    said = {"outcome": "justified", "note": "I was right"}
    answer = as_user(agency_lead).post(review_page(opening), said)
    assert "You cannot review your own emergency access" in answer.content.decode()
    opening.refresh_from_db()
    assert opening.reviewed_at is None
    assert WorkItem.objects.filter(kind="refused_attempt").exists()


def test_a_reviewer_who_does_not_see_the_child_finds_nothing(as_user, case):
    opening = opening_by(case.stranger, case.child)
    elsewhere = as_user(make_user(Role.NAMED_LEAD))
    assert elsewhere.get(review_page(opening)).status_code == 404
    assert case.child.reference not in elsewhere.get(reverse("access:openings")).content.decode()


def test_where_no_other_lead_is_a_cse_team_is_asked_and_can_see(case):
    lonely = make_child(by=make_user())  # its agency has no circle of leads
    team = make_team(kind=TeamKind.CSE_TEAM)
    specialist = make_user(Role.CSE_TEAM, team=team)
    opening = opening_by(case.stranger, lonely)
    (item,) = waiting()
    assert item.owner_group == team.group
    assert can(specialist, Capability.SEE_CHILD, lonely)
    actions.review_break_glass(
        opening=opening, by=specialist, outcome="not_justified", note="The front door was open"
    )
    assert not waiting().exists()
    # Asked to answer this, and nothing else: the access ends with the answer.
    assert not can(specialist, Capability.SEE_CHILD, lonely)


def test_a_senior_manager_of_the_agency_comes_before_another_agency(case):
    """The only lead opened it herself: her own agency is asked, and only until the answer."""
    lead = make_user(Role.NAMED_LEAD)
    agency = lead.posts.get().team.agency
    manager = make_user(Role.SENIOR_MANAGER, agency=agency)
    specialist = make_user(Role.CSE_TEAM, team=make_team(kind=TeamKind.CSE_TEAM))
    child = make_child(by=make_user(agency=agency))
    opening = opening_by(lead, child)
    assert [item.owner for item in waiting()] == [manager]
    assert can(manager, Capability.REVIEW_BREAK_GLASS, child)
    assert not can(specialist, Capability.SEE_CHILD, child)
    (grant,) = ChildUserGrant.objects.filter(user=manager)
    assert grant.expires_at <= timezone.now() + dt.timedelta(days=14)
    remind_reviews()
    assert grant.history.count() == 1
    actions.review_break_glass(opening=opening, by=manager, outcome="justified", note="She rang")
    assert not can(manager, Capability.SEE_CHILD, child)


def test_who_does_not_answer_in_14_days_is_followed_by_somebody_else(case):
    lead = make_user(Role.NAMED_LEAD)
    agency = lead.posts.get().team.agency
    manager = make_user(Role.SENIOR_MANAGER, agency=agency)
    team = make_team(kind=TeamKind.CSE_TEAM)
    specialist = make_user(Role.CSE_TEAM, team=team)
    child = make_child(by=make_user(agency=agency))
    opening_by(lead, child)
    with time_machine.travel(timezone.now() + dt.timedelta(days=15)):
        remind_reviews()
        assert not can(manager, Capability.SEE_CHILD, child)
        assert can(specialist, Capability.SEE_CHILD, child)
        assert team.group in {item.owner_group for item in waiting()}


def test_somebody_kept_from_the_child_is_not_asked(case):
    lead = make_user(Role.NAMED_LEAD)
    agency = lead.posts.get().team.agency
    manager = make_user(Role.SENIOR_MANAGER, agency=agency)
    child = make_child(by=make_user(agency=agency))
    Exclusion(
        child=child,
        user=manager,
        ground="relative",
        reason="Own child",
        declared_by=lead,
        starts_at=timezone.now(),
    ).save()
    opening_by(lead, child)
    assert not waiting().filter(owner=manager).exists()
    assert not ChildUserGrant.objects.filter(user=manager).exists()


def test_every_page_of_the_child_says_that_it_is_an_emergency(as_user, case):
    client = as_user(case.stranger, confirmed=True)
    open_it(client, case.child.reference)
    grant = ChildUserGrant.objects.get(user=case.stranger)
    for name in ("children:child", "children:timeline", "screening:child", "access:why"):
        page = client.get(reverse(name, args=[case.child.pk])).content.decode()
        assert "Open to you in an emergency" in page, name
        assert datetime_words(grant.expires_at) in page
    page = as_user(case.worker).get(reverse("children:child", args=[case.child.pk]))
    assert "Open to you in an emergency" not in page.content.decode()


def test_what_it_does_not_allow_is_not_offered(as_user, case):
    outside = make_user(Role.NAMED_LEAD)
    opening_by(outside, case.child)
    address = reverse("access:who", args=[case.child.pk])
    page = as_user(outside).get(address).content.decode()
    acts = ("Give somebody access", ">End<", "Seal this child", "Exclude somebody from this child")
    assert not any(act in page for act in acts)
    assert "These people can: Lena Lead, Olu Other." in page
    page = as_user(case.lead).get(address).content.decode()
    assert all(act in page for act in acts)
    assert "These people can" not in page


def test_it_is_given_back_before_the_hour_is_over(as_user, case):
    opening = opening_by(case.stranger, case.child)
    client = as_user(case.stranger)
    address = reverse("access:give-back", args=[case.child.pk])
    assert client.post(address)["Location"] == "/"
    assert not can(case.stranger, Capability.SEE_CHILD, case.child)
    assert client.post(address).status_code == 404
    assert waiting().filter(subject_id=opening.pk).exists()
    event = AuditEvent.objects.get(act="emergency access given back")
    assert (event.actor_id, event.child_id) == (case.stranger.pk, case.child.pk)


def test_ordinary_access_is_not_given_back(as_user, case):
    client = as_user(case.worker)
    assert client.post(reverse("access:give-back", args=[case.child.pk])).status_code == 403
    assert can(case.worker, Capability.SEE_CHILD, case.child)


def test_a_review_still_open_is_waited_for_again_and_only_once(case):
    opening_by(case.stranger, case.child)
    remind_reviews()
    remind_reviews()
    assert waiting().count() == 1


def test_an_opening_never_lengthens_into_more_than_an_hour(case):
    with time_machine.travel(dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC), tick=False):
        opening_by(case.stranger, case.child)
    with time_machine.travel(dt.datetime(2026, 11, 20, 13, tzinfo=dt.UTC), tick=False):
        opening_by(case.stranger, case.child)
        assert can(case.stranger, Capability.SEE_CHILD, case.child)
    with time_machine.travel(dt.datetime(2026, 11, 20, 14, 1, tzinfo=dt.UTC), tick=False):
        assert not can(case.stranger, Capability.SEE_CHILD, case.child)
    assert BreakGlass.objects.count() == 2
    assert not ChildTeamGrant.objects.filter(basis="break_glass").exists()

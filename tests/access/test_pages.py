"""The pages of access: who sees a child, why I do, who has looked, giving and ending."""

from __future__ import annotations

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cse.access.actions import break_glass, exclude, grant_by_rule, let_see_to_answer
from cse.access.capabilities import Capability
from cse.access.models import Basis, ChildTeamGrant, ChildUserGrant, Exclusion
from cse.access.policies import can
from cse.access.queries import who_can_see
from cse.audit.models import AuditEvent
from cse.interface.words import date_words
from cse.people.models import Role
from cse.worklist.models import WorkItem
from tests.factories import PASSWORD, give_post, grant, make_child, make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-01")]


def page(name, *args):
    return reverse(f"access:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def in_days(days):
    day = timezone.localdate() + dt.timedelta(days=days)
    return {"until-day": day.day, "until-month": day.month, "until-year": day.year}


def text(answer):
    return answer.content.decode()


def test_who_can_see_lists_everybody_with_their_reasons(as_user, case):
    body = text(as_user(case.worker).get(page("who", case.child)))
    for words in ("Wanda Worker", "Lena Lead", "Olu Other", "Recorded this child", case.leads.name):
        assert words in body
    assert "Stan Stranger" not in body
    assert AuditEvent.objects.filter(
        act=Capability.SEE_ACCESS, child_id=case.child.pk, actor_id=case.worker.pk
    ).exists()


def test_why_can_i_see_this_names_my_own_reasons_only(as_user, case):
    body = text(as_user(case.lead).get(page("why", case.child)))
    assert "Leads see what their agency recorded" in body
    assert "Recorded this child" not in body


@pytest.mark.parametrize("name", ["who", "why", "looks", "attempts", "give", "declare", "exclude"])
def test_a_child_that_is_hidden_answers_like_one_that_is_made_up(as_user, case, name):
    made_up = "00000000-0000-4000-8000-000000000000"
    stranger = make_user(Role.NAMED_LEAD)
    hidden = as_user(stranger, confirmed=True).get(page(name, case.child))
    nowhere = as_user(stranger, confirmed=True).get(page(name, made_up))
    assert hidden.status_code == nowhere.status_code == 404
    assert hidden.content == nowhere.content


def test_a_refused_address_is_written_down_once(as_user, case):
    as_user(make_user(Role.NAMED_LEAD)).get(page("looks", case.child))
    assert AuditEvent.objects.filter(decision="refused").count() == 1


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_what_a_post_does_not_include_is_among_what_was_refused_on_the_child(as_user, case, role):
    kept = make_user(role, given_name="Otto", family_name="Outside")
    made_up = "00000000-0000-4000-8000-000000000000"
    refused = as_user(kept).get(reverse("children:child", args=[case.child.pk]))
    nowhere = as_user(kept).get(reverse("children:child", args=[made_up]))
    assert refused.status_code == nowhere.status_code == 403
    assert refused.content == nowhere.content
    events = AuditEvent.objects.filter(actor_id=kept.pk, decision="refused").order_by("pk")
    assert [str(event.child_id) for event in events] == [str(case.child.pk), made_up]
    assert {event.data["route"] for event in events} == {"children:child"}
    body = text(as_user(case.lead).get(page("looks", case.child)))
    assert "Otto Outside" in body and "Refused: their post does not include it" in body


def test_access_given_opens_the_child_and_ended_closes_it_on_the_next_request(as_user, case):
    client = as_user(case.lead, confirmed=True)
    found = client.post(page("give", case.child), {"search": "stranger", "find": "1"})
    assert "Stan Stranger" in text(found)
    assert "There is a problem" not in text(found)
    said = {"search": "stranger", "chosen": f"user:{case.stranger.pk}", "reason": "Joins the team"}
    answer = client.post(page("give", case.child), said | in_days(30))
    assert answer.status_code == 302
    given = ChildUserGrant.objects.get(user=case.stranger)
    assert given.granted_by == case.lead
    assert as_user(case.stranger).get(page("why", case.child)).status_code == 200

    answer = as_user(case.lead, confirmed=True).post(
        page("end", case.child, given), {"reason": "Left the team"}
    )
    assert answer.status_code == 302
    assert as_user(case.stranger).get(page("why", case.child)).status_code == 404
    acts = AuditEvent.objects.filter(object_id=str(given.pk)).values_list("act", flat=True)
    assert set(acts) == {"access granted", "access ended"}


def test_access_ends_by_itself_on_its_day(as_user, case):
    grant(case.stranger, case.child, days=2)
    assert can(case.stranger, Capability.SEE_CHILD, case.child)
    with time_machine.travel(timezone.now() + dt.timedelta(days=2, minutes=1), tick=False):
        assert not can(case.stranger, Capability.SEE_CHILD, case.child)


def test_giving_again_may_shorten(as_user, case):
    client = as_user(case.lead, confirmed=True)
    said = {"search": "stranger", "chosen": f"user:{case.stranger.pk}", "reason": "Joins"}
    client.post(page("give", case.child), said | in_days(30))
    client.post(page("give", case.child), said | in_days(3))
    left = ChildUserGrant.objects.get(user=case.stranger).expires_at - timezone.now()
    assert left < dt.timedelta(days=4)


def test_a_team_gets_access_and_everybody_with_a_post_in_it(as_user, case):
    team = make_team(name="Night shift")
    give_post(case.stranger, Role.PRACTITIONER, team)
    client = as_user(case.lead, confirmed=True)
    said = {"search": "night", "chosen": f"team:{team.pk}", "reason": "Work with the child"}
    assert client.post(page("give", case.child), said | in_days(9)).status_code == 302
    assert ChildTeamGrant.objects.filter(group=team.group).exists()
    assert can(case.stranger, Capability.SEE_CHILD, case.child)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": ""}, "Say why they need access"),
        ({"until-day": "31", "until-month": "2"}, "must be a real date"),
        ({"until-year": "2020"}, "must be today or in the future"),
        ({"until-year": "2090"}, "must be"),
        ({"chosen": ""}, "Choose one of those found"),
        ({"chosen": "user:not-a-number"}, "Choose one of those found"),
        ({"chosen": "team:1"}, "Choose one of those found"),
        ({"reason": "x" * 1001}, "1000 characters or fewer"),
    ],
)
def test_a_form_that_is_wrong_says_so_and_keeps_what_was_typed(as_user, case, change, words):
    said = {"search": "stranger", "chosen": f"user:{case.stranger.pk}", "reason": "A long reason"}
    answer = as_user(case.lead, confirmed=True).post(
        page("give", case.child), said | in_days(9) | change
    )
    assert answer.status_code == 200
    assert words in text(answer)
    assert "Error:" in text(answer)
    assert 'value="stranger"' in text(answer)
    assert not ChildUserGrant.objects.filter(user=case.stranger).exists()


def test_somebody_not_among_those_found_cannot_be_chosen(as_user, case):
    said = {"search": "wanda", "chosen": f"user:{case.stranger.pk}", "reason": "Slipped in"}
    answer = as_user(case.lead, confirmed=True).post(page("give", case.child), said | in_days(9))
    assert answer.status_code == 200
    assert not ChildUserGrant.objects.filter(user=case.stranger).exists()


@pytest.mark.parametrize("own", ["user", "team"])
def test_nobody_gives_access_to_themselves_and_the_lead_is_told(as_user, case, own):
    chosen = f"user:{case.lead.pk}" if own == "user" else f"team:{case.leads.pk}"
    said = {
        "search": "lena" if own == "user" else case.leads.name,
        "chosen": chosen,
        "reason": "For me",
    }
    answer = as_user(case.lead, confirmed=True).post(page("give", case.child), said | in_days(9))
    assert "You cannot give access to yourself" in text(answer)
    assert "is told of this" in text(answer)
    assert not ChildUserGrant.objects.filter(user=case.lead).exists()
    item = WorkItem.objects.get(kind="refused_attempt", closed_at__isnull=True)
    assert item.owner_group == case.leads.group
    event = AuditEvent.objects.get(rule="own interest")
    assert (event.decision, event.actor_id) == ("refused", case.lead.pk)

    own_page = as_user(case.lead).post(page("attempts", case.child))
    assert "Somebody else must read this" in text(own_page)
    body = text(as_user(case.other_lead).get(page("attempts", case.child)))
    assert "Lena Lead" in body
    assert as_user(case.other_lead).post(page("attempts", case.child)).status_code == 302
    item.refresh_from_db()
    assert item.closed_at is not None
    assert "No attempt waits" in text(as_user(case.other_lead).get(page("attempts", case.child)))


def kept_out(case, user):
    exclude(child=case.child, user=user, ground="relative", reason="An aunt", by=case.lead)


def test_what_the_only_lead_tried_is_read_by_somebody_else(as_user, case):
    kept_out(case, case.other_lead)
    manager = make_user(Role.SENIOR_MANAGER, agency=case.leads.agency)
    chosen = {"search": "lena", "chosen": f"user:{case.lead.pk}", "reason": "For me"}
    as_user(case.lead, confirmed=True).post(page("give", case.child), chosen | in_days(9))
    item = WorkItem.objects.get(kind="refused_attempt", closed_at__isnull=True)
    assert (item.owner, item.owner_group) == (manager, None)
    assert "Lena Lead" in text(as_user(manager).get(page("attempts", case.child)))
    assert as_user(manager).post(page("attempts", case.child)).status_code == 302
    item.refresh_from_db()
    assert item.closed_at is not None
    assert as_user(manager).get(page("attempts", case.child)).status_code == 404


def test_who_is_there_for_an_hour_or_an_answer_is_not_somebody_left(as_user, case):
    kept_out(case, case.other_lead)
    kept_out(case, case.worker)
    manager = make_user(Role.SENIOR_MANAGER, agency=case.leads.agency)
    opener = make_user(Role.FRONT_DOOR)
    break_glass(child_id=case.child.pk, by=opener, reason="Found at the bus station with a man")
    let_see_to_answer(child=case.child, reason="Asked", user=manager)
    assert {each.user for each in who_can_see(case.child.pk)} == {case.lead, manager, opener}
    declared = {"ground": "relative", "reason": "My cousin", "understood": "on"}
    answer = as_user(case.lead).post(page("declare", case.child), declared)
    assert "Nobody would be left who can act for this child" in text(answer)
    assert can(case.lead, Capability.SEE_CHILD, case.child)


@pytest.mark.requirement("D-SHR-01")
def test_who_was_sent_a_referral_and_opens_no_records_is_named_too(as_user, case):
    police = make_team()
    officer = make_user(Role.INTELLIGENCE, team=police, given_name="Pia", family_name="Orr")
    grant_by_rule(
        child=case.child, basis=Basis.FRONT_DOOR, reason="Was sent", days=9, group=police.group
    )
    assert not can(officer, Capability.SEE_CHILD, case.child)
    shown = text(as_user(case.lead).get(page("who", case.child)))
    assert "People who see one thing about this child, and not the record" in shown
    assert "Pia Orr" in shown


def test_declaring_a_conflict_closes_the_child_at_once(as_user, case):
    client = as_user(case.worker)
    said = {"ground": "relative", "reason": "My niece", "understood": "on"}
    assert client.post(page("declare", case.child), said).status_code == 302
    assert client.get(page("why", case.child)).status_code == 404
    assert not can(case.worker, Capability.SEE_CHILD, case.child)
    assert "Wanda Worker" not in text(as_user(case.stranger).get(reverse("access:break-glass")))
    body = text(as_user(case.lead).get(page("who", case.child)))
    assert "Excluded from this child" in body
    assert "My niece" in body


def test_exclusions_are_shown_to_those_who_decide_on_them_only(as_user, case):
    Exclusion(
        child=case.child,
        user=case.stranger,
        ground="involved",
        reason="Once a neighbour",
        declared_by=case.lead,
        starts_at=timezone.now(),
    ).save()
    assert "Once a neighbour" not in text(as_user(case.worker).get(page("who", case.child)))
    assert "Once a neighbour" in text(as_user(case.lead).get(page("who", case.child)))


def test_a_lead_excludes_somebody_and_another_lifts_it(as_user, case):
    said = {
        "search": "wanda",
        "chosen": f"user:{case.worker.pk}",
        "ground": "involved",
        "reason": "Knows the family",
    }
    assert (
        as_user(case.lead, confirmed=True).post(page("exclude", case.child), said).status_code
        == 302
    )
    row = Exclusion.objects.get(user=case.worker)
    assert as_user(case.worker).get(page("why", case.child)).status_code == 404
    answer = as_user(case.lead, confirmed=True).post(
        page("end-exclusion", case.child, row), {"reason": "Moved"}
    )
    assert answer.status_code == 302
    assert as_user(case.worker).get(page("why", case.child)).status_code == 200


def test_nobody_lifts_their_own_exclusion_and_nothing_shows_that_there_is_one(as_user, case):
    row = Exclusion(
        child=case.child,
        user=case.other_lead,
        ground="relative",
        reason="Own nephew",
        declared_by=case.lead,
        starts_at=timezone.now(),
    )
    row.save()
    client = as_user(case.other_lead, confirmed=True)
    address = page("end-exclusion", case.child, row)
    made_up = page("end-exclusion", case.child, "00000000-0000-4000-8000-000000000000")
    hidden, nowhere = client.post(address, {"reason": "x"}), client.post(made_up, {"reason": "x"})
    assert hidden.status_code == nowhere.status_code == 404
    assert hidden.content == nowhere.content
    row.refresh_from_db()
    assert row.ended_at is None
    assert WorkItem.objects.filter(kind="refused_attempt").exists()
    assert AuditEvent.objects.filter(rule="own interest", actor_id=case.other_lead.pk).exists()


def test_the_last_person_who_could_act_cannot_be_excluded_until_another_is_named(as_user, case):
    declared = {"ground": "relative", "reason": "My cousin", "understood": "on"}
    assert as_user(case.other_lead).post(page("declare", case.child), declared).status_code == 302
    answer = as_user(case.lead).post(page("declare", case.child), declared)
    assert "Nobody would be left who can act for this child" in text(answer)
    assert can(case.lead, Capability.SEE_CHILD, case.child)
    # Another owner is named, and now it is possible.
    third = make_user(Role.NAMED_LEAD, given_name="Tess", family_name="Third")
    grant(third, case.child)
    assert as_user(case.lead).post(page("declare", case.child), declared).status_code == 302
    assert not can(case.lead, Capability.SEE_CHILD, case.child)


def test_the_last_leads_access_cannot_be_ended(as_user, case):
    circle = ChildTeamGrant.objects.get(group=case.leads.group)
    answer = as_user(case.lead, confirmed=True).post(
        page("end", case.child, circle), {"reason": "Tidy up"}
    )
    shown = text(answer)
    assert "Nobody would be left" in shown
    # The page shows what stands, not what was refused, and keeps what was typed.
    assert "This access has ended" not in shown
    assert "Tidy up</textarea>" in answer.content.decode()
    assert date_words(timezone.localdate(circle.expires_at)) in shown
    assert can(case.other_lead, Capability.SEE_CHILD, case.child)


def test_a_grant_of_another_child_is_the_same_404(as_user, case):
    other = make_child()
    foreign = grant(case.stranger, other)
    address = page("end", case.child, foreign)
    client = as_user(case.lead, confirmed=True)
    assert client.get(address).status_code == 404
    assert client.post(address, {"reason": "Try"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.ended_by is None


def test_somebody_excluded_is_given_no_access(as_user, case):
    Exclusion(
        child=case.child,
        user=case.stranger,
        ground="involved",
        reason="Once a neighbour",
        declared_by=case.lead,
        starts_at=timezone.now(),
    ).save()
    said = {"search": "stranger", "chosen": f"user:{case.stranger.pk}", "reason": "Joins"}
    answer = as_user(case.lead, confirmed=True).post(page("give", case.child), said | in_days(9))
    assert "cannot be given access" in text(answer)
    assert not ChildUserGrant.objects.filter(user=case.stranger).exists()


def test_who_has_looked_pages_by_key_and_shows_each_event_once(as_user, case, monkeypatch):
    from cse.access import queries

    for _ in range(7):
        as_user(case.worker).get(page("why", case.child))
    monkeypatch.setattr(queries, "LOOKS", 3)
    client, address, cursors, rows = as_user(case.lead), page("looks", case.child), [], 0
    while address:
        body = text(client.get(address))
        rows += body.count('role="rowheader"')
        older = re.search(r"\?before=(\d+)", body)
        cursors += [int(older[1])] if older else []
        address = f"{page('looks', case.child)}?before={older[1]}" if older else ""
    assert cursors == sorted(set(cursors), reverse=True)
    # What was there at first, each once; looking at the page added events before the first.
    own = AuditEvent.objects.filter(child_id=case.child.pk, act=Capability.SEE_LOOKS).count()
    assert rows == AuditEvent.objects.filter(child_id=case.child.pk).count() - own
    assert rows >= 7


@pytest.mark.parametrize("before", ["0", "x", "-1", "9" * 30, "%00", "1.5"])
def test_a_cursor_that_is_nonsense_is_the_first_page(as_user, case, before):
    answer = as_user(case.lead).get(page("looks", case.child) + f"?before={before}")
    assert answer.status_code == 200


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.BOARD])
def test_who_runs_the_service_sees_no_child_even_with_a_grant(as_user, case, role):
    user = make_user(role)
    grant(user, case.child)
    assert not can(user, Capability.SEE_CHILD, case.child)
    assert as_user(user).get(page("who", case.child)).status_code == 403
    assert "Robin" not in text(as_user(user).get(page("who", case.child)))


@pytest.mark.parametrize(
    ("name", "queries"), [("who", 25), ("why", 22), ("looks", 20), ("exclude", 16)]
)
@pytest.mark.parametrize("people", [1, 3])
def test_lists_cost_the_same_with_one_row_and_with_three(
    as_user, case, django_assert_max_num_queries, name, queries, people
):
    for _ in range(people):
        grant(make_user(), case.child)
        as_user(case.worker).get(page("why", case.child))
    client = as_user(case.lead, confirmed=True)
    # Activity is written to the session now and then: the clock stands still for the count.
    with time_machine.travel(timezone.now(), tick=False):
        client.get(page(name, case.child))
        with django_assert_max_num_queries(queries) as counted:
            assert client.get(page(name, case.child)).status_code == 200
    assert COUNTS.setdefault(name, len(counted)) == len(counted)


COUNTS: dict[str, int] = {}
"""How many queries a page cost at first; the same whatever the number of rows."""


def test_fields_that_are_not_on_the_form_are_ignored_and_written_down(as_user, case):
    said = {"search": "stranger", "chosen": f"user:{case.stranger.pk}", "reason": "Joins"}
    forged = {"granted_by": str(case.worker.pk), "expires_at": "2099-01-01", "basis": "named_lead"}
    answer = as_user(case.lead, confirmed=True).post(
        page("give", case.child), said | in_days(3) | forged
    )
    assert answer.status_code == 302
    given = ChildUserGrant.objects.get(user=case.stranger)
    assert (given.granted_by, given.basis) == (case.lead, "given")
    assert given.expires_at < timezone.now() + dt.timedelta(days=5)
    event = AuditEvent.objects.get(rule="extra fields")
    assert event.data == {"count": 3}


def test_what_was_typed_into_a_search_is_not_on_the_page_of_looks(as_user, case):
    from cse.audit import events

    events.record("search for a child", child=case.child, protected_text="Quintessa Zzyzxwood")
    assert "Quintessa" not in text(as_user(case.lead).get(page("looks", case.child)))


def test_a_form_sent_twice_gives_access_once(as_user, case):
    client = as_user(case.lead, confirmed=True)
    said = {"search": "stranger", "chosen": f"user:{case.stranger.pk}", "reason": "Joins"}
    for _ in range(2):
        assert client.post(page("give", case.child), said | in_days(30)).status_code == 302
    assert ChildUserGrant.objects.filter(user=case.stranger).count() == 1


@pytest.mark.parametrize("name", ["give", "end", "exclude", "end-exclusion"])
def test_giving_ending_and_excluding_ask_again_who_one_is(as_user, case, name):
    row = [uuid.uuid4()] if name.startswith("end") else []
    client = as_user(case.lead)
    for ask in (client.get, client.post):
        answer = ask(page(name, case.child, *row))
        assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_what_was_typed_is_sent_once_one_has_shown_who_one_is(as_user, case):
    client = as_user(case.lead)
    said = {"search": "stranger", "chosen": f"user:{case.stranger.pk}", "reason": "Joins"}
    asked = client.post(page("give", case.child), said | in_days(30))
    assert not ChildUserGrant.objects.filter(user=case.stranger).exists()
    answer = client.post(asked["Location"], {"password": PASSWORD}, follow=True)
    assert answer.status_code == 200
    assert ChildUserGrant.objects.get(user=case.stranger).reason == "Joins"


def test_ones_own_conflict_is_declared_without_asking_again(as_user, case):
    assert as_user(case.worker).get(page("declare", case.child)).status_code == 200

"""Early help: offered, planned with outcomes, actions and meetings, ended, referred (W §8, R13)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cse.access.policies import NotAllowed, NotVisible
from cse.audit.models import AuditEvent
from cse.interface.words import date_words
from cse.people.models import Role
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from referrals.actions import helping
from referrals.models import Closing, EarlyHelp, HelpAction, HelpMeeting, Referral
from referrals.policies import Refused
from referrals.queries.beside import early_help_visible_to
from tests.factories import grant, make_child, make_user
from tests.referrals import beside
from tests.referrals.area import years_old
from tests.referrals.test_deciding_pages import signed_in, token_of
from tests.screening.made import completed
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db


def waits(kind, **whose):
    return WorkItem.objects.filter(kind=kind, closed_at__isnull=True, **whose)


def day(days):
    return timezone.localdate() + dt.timedelta(days=days)


def boxes(name, on):
    return {f"{name}-day": on.day, f"{name}-month": on.month, f"{name}-year": on.year}


@pytest.mark.requirement("W-REF-32", "W-REF-33")
def test_a_plan_has_outcomes_actions_owners_days_and_meetings(wiltshire):
    area = wiltshire
    row = beside.plan(area)
    (meets,) = waits(kinds.HELP_MEETING)
    assert (meets.owner, timezone.localdate(meets.due_at)) == (area.worker, row.review_on)
    found = beside.outcome(row, area.worker)
    own = beside.action(found, area.worker)
    by_name = beside.action(found, area.worker, owner_name="The grandmother")
    assert waits(kinds.HELP_ACTION, owner=area.worker).count() == 2
    assert (own.owner, by_name.owner_name) == (area.worker, "The grandmother")

    helping.end_action(action_id=own.pk, by=area.worker, done=True, result="Walked together.")
    assert [each.subject_id for each in waits(kinds.HELP_ACTION)] == [by_name.pk]
    meeting = beside.meeting(row, area.worker, next_on=day(35))
    row.refresh_from_db()
    assert row.review_on == meeting.next_on
    assert [timezone.localdate(each.due_at) for each in waits(kinds.HELP_MEETING)] == [day(35)]


@pytest.mark.requirement("W-REF-32")
def test_help_that_is_not_taken_up_is_offered_again(wiltshire):
    area = wiltshire
    row = beside.offered(area)
    (again,) = waits(kinds.OFFER_HELP)
    assert timezone.localdate(again.due_at) == row.review_on
    with pytest.raises(Refused):
        beside.outcome(row, area.worker)
    said = {"not_taken_up_reason": "Still not.", "review_on": day(20)}
    row = helping.offer_again(help_id=row.pk, by=area.worker, said=said, version=1)
    assert waits(kinds.OFFER_HELP).get().due_at.date() == day(20)
    said = {"needs": "Somebody to talk to", "assessed_on": day(0), "review_on": day(28)}
    row = helping.take_up(help_id=row.pk, by=area.worker, said=said, version=row.version)
    assert row.is_open
    assert not waits(kinds.OFFER_HELP).exists()
    assert waits(kinds.HELP_MEETING).exists()


@pytest.mark.requirement("DEC-44")
@pytest.mark.parametrize("because", ["not_engaging", "refused", "moved", ""])
def test_not_engaging_is_no_reason_to_end(wiltshire, because):
    row = beside.plan(wiltshire)
    with pytest.raises(Refused, match="one of the reasons"):
        helping.close_help(
            help_id=row.pk, by=wiltshire.worker, version=1, because=because, note="They moved."
        )
    assert because not in Closing.values
    # Nor in other words, under a reason that holds.
    with pytest.raises(Refused, match="never by itself"):
        helping.close_help(
            help_id=row.pk, by=wiltshire.worker, version=1, because="mistake", note="They refused."
        )


def close(area, row, because, **more):
    return helping.close_help(
        help_id=row.pk,
        by=area.worker,
        version=row.version,
        because=because,
        note="All is well.",
        **more,
    )


@pytest.mark.requirement("W-REF-33")
def test_it_ends_for_a_reason_that_holds(wiltshire):
    area = wiltshire
    row = beside.plan(area)
    with pytest.raises(Refused, match="outcome"):
        close(area, row, "achieved")
    with pytest.raises(Refused, match="not 18"):
        close(area, row, "adult")
    with pytest.raises(Refused, match="Send it first"):
        close(area, row, "referred")
    found = beside.action(beside.outcome(row, area.worker), area.worker)
    with pytest.raises(Refused, match="open"):
        close(area, row, "achieved")
    area.sent(area.child)
    row = close(area, row, "referred")
    found.refresh_from_db()
    assert (row.status, found.state) == ("closed", "dropped")
    assert not WorkItem.objects.filter(
        closed_at__isnull=True, kind__in=[kinds.HELP_ACTION, kinds.HELP_MEETING]
    ).exists()
    with pytest.raises(Refused, match="ended"):
        close(area, row, "mistake")
    row.closed_note = "Otherwise"
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.requirement("DEC-44")
def test_a_lead_agrees_to_the_end_and_the_child_is_screened_again(wiltshire):
    area = wiltshire
    row = beside.plan(area)
    with pytest.raises(Refused, match="screened again"):
        close(area, row, "handed_over")
    row = close(area, row, "handed_over", rescreen_on=day(60))
    assert (row.status, row.closed_by) == ("open", None)
    assert waits(kinds.END_HELP).get().owner_group == area.lead.posts.get().team.group
    # It goes on meanwhile, and what is asked waits still.
    row = beside.meeting(row, area.worker).early_help
    assert waits(kinds.END_HELP).exists() and waits(kinds.HELP_MEETING).exists()
    for other in (area.worker, area.colleague):
        with pytest.raises(NotAllowed):
            helping.answer_ending(help_id=row.pk, by=other, agrees=True, note="Yes")
    row = helping.answer_ending(
        help_id=row.pk, by=area.lead, agrees=False, note="She was missing on Monday."
    )
    assert (row.status, row.rescreen_on) == ("open", None)
    assert not waits(kinds.END_HELP).exists() and waits(kinds.HELP_MEETING).exists()
    row = close(area, row, "handed_over", rescreen_on=day(60))
    row = helping.answer_ending(help_id=row.pk, by=area.lead, agrees=True, note="I agree.")
    assert (row.status, row.closed_by, row.answered_by) == ("closed", area.worker, area.lead)
    again = waits(kinds.SCREEN_AGAIN).get()
    assert (again.owner, timezone.localdate(again.due_at)) == (area.worker, day(60))
    completed(area)
    assert not waits(kinds.SCREEN_AGAIN).exists()


@pytest.mark.requirement("DEC-44")
def test_a_lead_who_asks_is_not_who_agrees(wiltshire):
    area = wiltshire
    row = beside.plan(area)
    grant(area.lead, area.child)
    row = helping.close_help(
        help_id=row.pk, by=area.lead, version=row.version, because="mistake", note="Twice begun."
    )
    with pytest.raises(Refused, match="Somebody else"):
        helping.answer_ending(help_id=row.pk, by=area.lead, agrees=True, note="Yes")
    helping.answer_ending(help_id=row.pk, by=area.other_lead, agrees=True, note="Yes")
    assert not waits(kinds.SCREEN_AGAIN).exists()


def test_the_database_keeps_meetings_and_ended_actions(wiltshire):
    area = wiltshire
    row = beside.plan(area)
    found = beside.action(beside.outcome(row, area.worker), area.worker)
    helping.end_action(action_id=found.pk, by=area.worker, done=True, result="Done.")
    found.refresh_from_db()
    found.result = "Otherwise"
    with pytest.raises(IntegrityError), transaction.atomic():
        found.save()
    beside.meeting(row, area.worker)
    with pytest.raises(DatabaseError), transaction.atomic():
        HelpMeeting.objects.update(decided="Otherwise")


@pytest.mark.requirement("W-REF-33")
def test_an_owner_sees_the_child_and_a_day_is_to_come(wiltshire):
    area = wiltshire
    found = beside.outcome(beside.plan(area), area.worker)
    with pytest.raises(Refused, match="do not see"):
        beside.action(found, area.worker, owner=area.stranger)
    with pytest.raises(Refused, match="colleague, or a name"):
        helping.add_action(outcome_id=found.pk, by=area.worker, what="Walk", due_on=day(3))
    with pytest.raises(Refused, match="from today"):
        helping.add_action(
            outcome_id=found.pk, by=area.worker, what="Walk", due_on=day(-1), owner=area.worker
        )
    assert not HelpAction.objects.exists()


def test_one_open_for_an_agency_and_stale_pages_are_told(wiltshire):
    area = wiltshire
    row = beside.plan(area)
    with pytest.raises(Refused, match="open for this child"):
        beside.plan(area)
    beside.meeting(row, area.worker)
    with pytest.raises(helping.StaleHelp):
        beside.meeting(row, area.worker)


def test_an_adult_is_signposted(wiltshire):
    area = wiltshire
    area.child = make_child(by=area.worker, authority=area.authority, date_of_birth=years_old(19))
    grant(area.worker, area.child)
    with pytest.raises(Refused, match="adult"):
        beside.plan(area)
    page = signed_in(area.worker).get(reverse("referrals:start-early-help", args=[area.child.pk]))
    assert "18 or older" in page.content.decode()


@pytest.mark.requirement("W-REF-32")
def test_more_is_needed_makes_a_referral_and_the_plan_goes_on(wiltshire):
    area = wiltshire
    row = beside.plan(area)
    referral = helping.refer_from_help(help_id=row.pk, by=area.worker)
    assert helping.refer_from_help(help_id=row.pk, by=area.worker) == referral
    assert EarlyHelp.objects.get().is_open


def test_everybody_who_sees_the_child_sees_the_plan_and_nobody_else(wiltshire):
    area = wiltshire
    row = beside.plan(area)
    other = make_user(Role.PRACTITIONER)
    assert not early_help_visible_to(other).exists()
    with pytest.raises(NotVisible):
        beside.outcome(row, other)
    grant(other, area.child)
    assert list(early_help_visible_to(other)) == [row]


@pytest.mark.requirement("W-REF-32", "W-REF-33")
def test_the_pages_from_offer_to_end(wiltshire):
    area = wiltshire
    client = signed_in(area.worker)
    start = reverse("referrals:start-early-help", args=[area.child.pk])
    token = token_of(client.get(start))
    empty = client.post(start, {"token": token}).content.decode()
    assert "Say whether early help is taken up" in empty
    asked = {"token": token, "taken_up": "yes", **boxes("review_on", day(20))}
    half = client.post(start, asked).content.decode()
    assert "Say what the child needs" in half
    assert "Enter the day of the assessment" in half
    whole = asked | {"needs": "Safe ways home", **boxes("assessed_on", day(0))}
    here = client.post(start, whole).url
    row = EarlyHelp.objects.get()
    assert here == reverse("referrals:early-help", args=[row.pk])

    add = client.post(
        reverse("referrals:help-outcome", args=[row.pk]),
        {"wanted": "Home every evening", "known_by": "A quiet month"},
    )
    neither = client.post(add.url, {"what": "Walk", **boxes("due_on", day(9))}).content.decode()
    assert "Choose who does it, or write a name" in neither
    assert "Walk</textarea>" in neither
    typed = {"what": "Walk", "owner": str(area.worker.pk), **boxes("due_on", day(9))}
    assert client.post(add.url, typed).url == here
    found = HelpAction.objects.get()
    ended = client.post(
        reverse("referrals:help-action", args=[found.pk]),
        {"state": "done", "result": "Walked together"},
    )
    assert ended.url == here
    row.refresh_from_db()
    met = {
        "version": row.version,
        **boxes("held_on", day(0)),
        "present": "All",
        "family_part": "Spoke first",
        "decided": "Go on",
        **boxes("next_on", day(25)),
    }
    assert client.post(reverse("referrals:help-meeting", args=[row.pk]), met).url == here
    stale = client.post(reverse("referrals:help-meeting", args=[row.pk]), met)
    assert stale.status_code == 409
    assert "Spoke first" in stale.content.decode()
    page = client.get(here).content.decode()
    for words in ("Home every evening", "Walk", "Done", "Go on"):
        assert words in page
    row.refresh_from_db()
    close_page = reverse("referrals:close-early-help", args=[row.pk])
    said = {"version": row.version, "because": "achieved", "note": "Home each evening"}
    assert "is screened again" in client.post(close_page, said).content.decode()
    assert client.post(close_page, said | boxes("rescreen_on", day(40))).url == here
    asked = client.get(here).content.decode()
    assert "Home each evening" in asked and "Do you agree?" not in asked
    answer = reverse("referrals:answer-ending", args=[row.pk])
    assert client.post(answer, {"answer": "agree", "note": "Yes"}).status_code == 403
    lead = signed_in(area.lead)
    assert "Do you agree?" in lead.get(here).content.decode()
    assert "Give your own reason" in lead.post(answer, {"answer": "agree"}).content.decode()
    assert lead.post(answer, {"answer": "disagree", "note": "Not yet"}).url == here
    assert "did not agree that early help ends: Not yet" in client.get(here).content.decode()
    row.refresh_from_db()
    again = said | boxes("rescreen_on", day(40)) | {"version": row.version}
    assert client.post(close_page, again).url == here
    assert lead.post(answer, {"answer": "agree", "note": "I asked her."}).url == here
    page = client.get(here).content.decode()
    assert "Home each evening" in page and "I asked her." in page
    refused = client.post(close_page, {"version": row.version, "because": "mistake", "note": "x"})
    assert "has ended" in refused.content.decode()
    draft = client.post(reverse("referrals:refer-from-early-help", args=[row.pk]))
    assert draft.url == reverse("referrals:draft", args=[Referral.objects.get().pk])


def before_birth(area):
    return area.child.date_of_birth - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("page", "field", "wrong", "says"),
    [
        ("start-early-help", "assessed_on", before_birth, "or after"),
        ("start-early-help", "assessed_on", lambda _: day(1), "today or in the past"),
        ("start-early-help", "review_on", lambda _: day(-1), "today or in the future"),
        ("start-early-help", "review_on", lambda _: day(400), "or before"),
        ("change-early-help", "assessed_on", before_birth, "or after"),
        ("change-early-help", "review_on", lambda _: day(400), "or before"),
        ("help-meeting", "held_on", before_birth, "or after"),
        ("help-meeting", "held_on", lambda _: day(1), "today or in the past"),
        ("help-meeting", "held_on", lambda _: day(-1), "Early help was assessed on"),
        ("help-meeting", "next_on", lambda _: day(400), "or before"),
        ("help-meeting", "next_on", lambda _: day(-1), "today or in the future"),
        ("help-add-action", "due_on", lambda _: day(-1), "today or in the future"),
        ("help-add-action", "due_on", lambda _: day(400), "or before"),
    ],
)
def test_a_day_that_cannot_be_is_asked_again_and_nothing_lost(wiltshire, page, field, wrong, says):
    area = wiltshire
    row = None if page == "start-early-help" else beside.plan(area)
    subject = area.child if row is None else row
    if page == "help-add-action":
        subject = beside.outcome(row, area.worker)
    at = reverse(f"referrals:{page}", args=[subject.pk])
    client = signed_in(area.worker)
    typed = controls(client.get(at), f"{field}-year") | {
        "taken_up": "yes",
        "needs": "A sentence that nobody may lose",
        "what": "A sentence that nobody may lose",
        "decided": "A sentence that nobody may lose",
    }
    found = client.post(at, typed | boxes(field, wrong(area)))
    words = found.content.decode()
    assert found.status_code == 200
    assert says in words
    assert "A sentence that nobody may lose" in words
    assert f'value="{wrong(area).year}"' in words
    assert EarlyHelp.objects.count() == (0 if row is None else 1)
    assert not HelpMeeting.objects.exists()
    assert not HelpAction.objects.exists()


def test_a_team_meets_from_the_day_of_the_first_assessment_on(wiltshire):
    area = wiltshire
    row = beside.plan(area, assessed_on=day(-20))
    with pytest.raises(Refused, match=f"assessed on {date_words(day(-20))}"):
        beside.meeting(row, area.worker, held_on=dt.date(2020, 5, 4))
    said = {"needs": "More", "assessed_on": day(0), "review_on": day(28)}
    row = helping.take_up(help_id=row.pk, by=area.worker, said=said, version=row.version)
    # What was said anew today makes no meeting of last week untrue.
    beside.meeting(row, area.worker, held_on=day(-7))
    row.refresh_from_db()
    with pytest.raises(Refused, match=f"assessed on {date_words(day(-20))}"):
        beside.meeting(row, area.worker, held_on=day(-21))


def test_what_is_still_open_is_said_to_who_asks_and_to_the_lead(wiltshire):
    area = wiltshire
    row = beside.plan(area)
    done = beside.action(beside.outcome(row, area.worker), area.worker)
    helping.end_action(action_id=done.pk, by=area.worker, done=True, result="Walked.")
    here = reverse("referrals:early-help", args=[row.pk])
    ending = reverse("referrals:close-early-help", args=[row.pk])
    worker, lead = signed_in(area.worker), signed_in(area.lead)
    assert "Still open" not in worker.get(ending).content.decode()
    helping.add_outcome(help_id=row.pk, by=area.worker, wanted="A trusted adult", known_by="Hers")
    beside.advice(area, asks=True)
    asked = worker.get(ending).content.decode()
    row = close(area, row, "achieved", rescreen_on=day(40))
    for page in (asked, worker.get(here).content.decode(), lead.get(here).content.decode()):
        assert "No action is done for this outcome: A trusted adult" in page
        assert "this outcome: Home safely" not in page
        assert "owed by your agency: make the referral that social care asked for" in page
    grant(area.stranger, area.child)
    elsewhere = signed_in(area.stranger).get(here).content.decode()
    assert "A trusted adult" in elsewhere
    assert "owed by your agency" not in elsewhere
    # It warns, and stops nothing; for another reason outcomes are not said to be reached.
    row = close(area, row, "mistake")
    page = lead.get(here).content.decode()
    assert "No action is done" not in page and "owed by your agency" in page
    row = helping.answer_ending(help_id=row.pk, by=area.lead, agrees=True, note="I agree.")
    assert row.status == "closed"
    assert "Still open" not in worker.get(here).content.decode()


def test_fields_that_no_page_of_early_help_asks_for_are_written_down(wiltshire):
    area, client = wiltshire, signed_in(wiltshire.worker)
    row = beside.plan(area)
    found = beside.outcome(row, area.worker)
    done = beside.action(found, area.worker)
    pages = (
        ("start-early-help", area.child, "needs"),
        ("change-early-help", row, "version"),
        ("help-outcome", row, "wanted"),
        ("help-add-action", found, "what"),
        ("help-action", done, "result"),
        ("help-meeting", row, "version"),
        ("close-early-help", row, "version"),
        ("refer-from-early-help", row, ""),
    )
    for name, subject, having in pages:
        at = reverse(f"referrals:{name}", args=[subject.pk])
        client.post(at, controls(client.get(at), having) if having else {})
        assert not AuditEvent.objects.filter(rule="extra fields").exists(), name
    for name, subject, _ in pages:
        client.post(reverse(f"referrals:{name}", args=[subject.pk]), {"made_by": "me", "state": 1})
    written = AuditEvent.objects.filter(rule="extra fields", child_id=area.child.pk)
    # What an action asks of its end is called the same.
    assert [each.data["count"] for each in written.order_by("pk")] == [2, 2, 2, 2, 1, 2, 2, 2]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_plan_asks_as_much_for_three_actions_as_for_one(wiltshire, rows):
    area = wiltshire
    row = beside.plan(area)
    for _ in range(rows):
        beside.action(beside.outcome(row, area.worker), area.worker)
    client = signed_in(area.worker)
    here = reverse("referrals:early-help", args=[row.pk])
    client.get(here)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(here).status_code == 200
    assert len(asked) == 16, [each["sql"][:90] for each in asked.captured_queries]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_panel_asks_as_much_for_three_as_for_one(wiltshire, rows):
    area = wiltshire
    for _ in range(rows):
        beside.decision(area)
        beside.advice(area)
    beside.plan(area)
    client = signed_in(area.worker)
    here = reverse("children:child", args=[area.child.pk])
    page = client.get(here).content.decode()
    assert "Decisions and early help" in page
    assert "Advice from social care" in page
    with CaptureQueriesContext(connection) as asked:
        client.get(here)
    asked_for = [each["sql"].partition(" FROM ")[2] for each in asked.captured_queries]
    for table in ("decisionnottorefer", "advicecontact", "earlyhelp"):
        assert sum(each.startswith(f'"referrals_{table}"') for each in asked_for) == 1, table


# -- Two people at once --------------------------------------------------------------------------


@pytest.mark.requirement("DEC-44")
def test_a_lead_agrees_to_no_end_that_they_have_not_read(wiltshire):
    area = wiltshire
    row = close(area, beside.plan(area), "handed_over", rescreen_on=day(20))
    lead, where = area.client(area.lead), reverse("referrals:early-help", args=[row.pk])
    opened = controls(lead.get(where), "about") | {
        "answer": "agree",
        "note": "Reached, screened again",
    }
    close(area, row, "mistake")
    answer = reverse("referrals:answer-ending", args=[row.pk])
    page = lead.post(answer, opened)
    assert "has changed since you opened the page" in text_of(page)
    assert controls(page, "about")["note"] == "Reached, screened again"
    row.refresh_from_db()
    assert row.is_open
    assert lead.post(answer, controls(page, "about") | {"answer": "agree"}).status_code == 302


def test_who_answers_second_keeps_what_they_typed(wiltshire):
    area = wiltshire
    row = close(area, beside.plan(area), "handed_over", rescreen_on=day(20))
    grant(area.other_lead, area.child)
    where = reverse("referrals:early-help", args=[row.pk])
    answer = reverse("referrals:answer-ending", args=[row.pk])
    first, second = area.client(area.lead), area.client(area.other_lead)
    opened = controls(second.get(where), "about") | {
        "answer": "disagree",
        "note": "She told me otherwise",
    }
    first.post(answer, controls(first.get(where), "about") | {"answer": "agree", "note": "Yes"})
    shown = text_of(second.post(answer, opened))
    assert "Nothing of yours was saved" in shown and "She told me otherwise" in shown


def test_an_action_that_a_colleague_ended_shows_what_was_typed(wiltshire):
    area = wiltshire
    found = beside.action(beside.outcome(beside.plan(area), area.worker), area.worker)
    where, client = reverse("referrals:help-action", args=[found.pk]), area.client()
    opened = controls(client.get(where), "result") | {
        "state": "dropped",
        "result": "They have moved",
    }
    helping.end_action(action_id=found.pk, by=area.worker, done=True, result="Done")
    shown = text_of(client.post(where, opened))
    assert "Nothing of yours was saved" in shown and "They have moved" in shown


def test_what_a_colleague_changed_in_the_assessment_is_not_undone_by_an_older_page(wiltshire):
    area = wiltshire
    row = beside.plan(area)
    where, client = reverse("referrals:change-early-help", args=[row.pk]), area.client()
    opened = controls(client.get(where))
    theirs = opened | {"strengths": "An aunt", "needs": "Theirs"}
    assert area.client(area.lead).post(where, theirs).status_code == 302
    stale = client.post(where, opened | {"child_views": "Mine", "needs": "Mine too"})
    assert stale.status_code == 409
    shown, again = text_of(stale), controls(stale)
    assert "Somebody else saved meanwhile" in shown and "An aunt" in shown
    assert "Somebody else changed this too" in shown
    assert (again["strengths"], again["child_views"]) == ("An aunt", "Mine")
    assert again["needs"] == "Mine too"
    assert client.post(where, again).status_code == 302
    row.refresh_from_db()
    assert (row.strengths, row.child_views, row.needs) == ("An aunt", "Mine", "Mine too")


def test_what_is_sent_twice_stands_once_in_the_plan(wiltshire):
    row = beside.plan(wiltshire)
    said = {"wanted": "Home by ten", "known_by": "Her mother says so"}
    outcomes = [helping.add_outcome(help_id=row.pk, by=wiltshire.worker, **said) for _ in "12"]
    assert outcomes[0] == outcomes[1]
    done = {"what": "A lift from the club", "due_on": day(9), "owner": wiltshire.worker}
    actions = [
        helping.add_action(outcome_id=outcomes[0].pk, by=wiltshire.worker, **done) for _ in "12"
    ]
    assert actions[0] == actions[1]
    # What was dropped may be planned again.
    helping.end_action(action_id=actions[0].pk, by=wiltshire.worker, done=False, result="No car")
    again = helping.add_action(outcome_id=outcomes[0].pk, by=wiltshire.worker, **done)
    assert again != actions[0]


@pytest.mark.requirement("W-REF-33")
def test_an_earlier_meeting_written_down_late_moves_no_next_one(wiltshire):
    area = wiltshire
    row = beside.plan(area, assessed_on=day(-3))
    beside.meeting(row, area.worker, held_on=day(0), next_on=day(20))
    row.refresh_from_db()
    beside.meeting(row, area.worker, held_on=day(-1), next_on=day(1))
    row.refresh_from_db()
    assert row.review_on == day(20)

"""Agencies contribute: asked for what they need, answering under their own name, unaltered."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cse.access.actions import exclude
from cse.access.capabilities import Capability
from cse.access.models import ChildTeamGrant, ChildUserGrant
from cse.access.policies import NotVisible, can
from cse.access.queries import who_can_see
from cse.children.actions.team import add_team_member
from cse.people.models import AgencyType, Role
from cse.worklist.handing import hand_over
from cse.worklist.models import WorkItem
from cse.worklist.queries import waiting_for
from screening.assessments.actions import (
    ask_contribution,
    give_contribution,
    keep_contribution,
    start_assessment,
    withdraw_request,
    write_down,
)
from screening.assessments.actions.contributions import LATE_DAYS, StaleContribution, questions_of
from screening.models import Contribution
from screening.policies import Refused
from tests.factories import make_agency, make_team, make_user
from tests.prepared import prepared
from tests.screening.assessing import assessed, at
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db
WHAT = "Attendance since September, and who collects the child."


@prepared
def place(oxfordshire):
    agency = make_agency("Ridge Health", authority=oxfordshire.authority, type=AgencyType.HEALTH)
    oxfordshire.health = make_team(agency, name="School nurses")
    oxfordshire.nurse = make_user(team=oxfordshire.health, given_name="Nia", family_name="Orme")
    oxfordshire.other_nurse = make_user(team=oxfordshire.health, given_name="Una")
    oxfordshire.draft, _ = start_assessment(
        child=oxfordshire.child, by=oxfordshire.worker, no_screen_reason="Seen today"
    )
    return oxfordshire


def ask(place, assessment=None, days=5, question=WHAT, **whom):
    return ask_contribution(
        assessment_id=(assessment or place.draft).pk,
        by=place.worker,
        question=question,
        due_on=timezone.localdate() + dt.timedelta(days=days),
        **(whom or {"user": place.nurse}),
    )


def give(row, by, answer="given", text="Two appointments missed."):
    row.refresh_from_db()
    return give_contribution(
        contribution_id=row.pk, answer=answer, text=text, version=row.version, by=by
    )


@pytest.mark.requirement("O-MTG-12")
def test_who_is_asked_sees_the_request_and_nothing_of_the_record(place):
    row = ask(place)
    (item,) = waiting_for(place.nurse).items
    assert (item.kind, item.subject_id) == ("contribute", row.pk)
    grant = ChildUserGrant.objects.get(user=place.nurse)
    assert grant.basis == "contributor" and "contribute" in grant.reason
    last = timezone.localdate() + dt.timedelta(days=5 + LATE_DAYS)
    assert timezone.localdate(grant.expires_at) == last
    client = place.client(place.nurse)
    page = client.get(at("contribution", row))
    assert "Who reads it: whoever asked, and everybody who may see the child’s record" in (
        text_of(page)
    )
    words = text_of(page)
    assert WHAT in words and "Robin Example" in words and "Wyn Arden" in words
    assert "CSE level" not in words and "Legal status" not in words
    for address in (
        reverse("children:child", args=[place.child.pk]),
        reverse("children:timeline", args=[place.child.pk]),
        reverse("screening:child", args=[place.child.pk]),
        reverse("screening:assessments", args=[place.child.pk]),
        at("assessment", place.draft),
        at("request", row),
    ):
        assert client.get(address).status_code == 404, address
    seen = {each for each in Capability if can(place.nurse, each, place.child)}
    about = {each for each in seen if not can(place.nurse, each)}
    assert about == {Capability.CONTRIBUTE}
    assert place.nurse.pk not in {each.user.pk for each in who_can_see(place.child.pk)}


@pytest.mark.requirement("O-MTG-12")
def test_an_answer_is_attributed_ends_the_access_and_never_changes(place):
    row = ask(place)
    client = place.client(place.nurse)
    sent = controls(client.get(at("contribution", row)))
    answered = client.post(
        at("contribution", row), sent | {"answer": "given", "text": "Two missed.", "act": "give"}
    )
    assert answered.status_code == 302
    row.refresh_from_db()
    assert (row.answer, row.text, row.answered_by) == ("given", "Two missed.", place.nurse)
    assert "Ridge Health" in row.answered_as
    assert not WorkItem.objects.filter(subject_id=row.pk, closed_at__isnull=True).exists()
    assert client.get(at("contribution", row)).status_code == 404
    words = text_of(place.client().get(at("assessment-draft", place.draft)))
    assert "Nia Orme" in words and "Two missed." in words and "Ridge Health" in words
    with pytest.raises(Refused, match="never changes"):
        withdraw_request(
            contribution_id=row.pk, by=place.worker, reason="I know better", version=row.version
        )
    with pytest.raises(NotVisible):
        give(row, place.worker, text="Rewritten")
    row.text = "Rewritten by hand"
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        row.save()


@pytest.mark.requirement("O-MTG-12")
@pytest.mark.parametrize(
    ("answer", "text", "wrong"),
    [
        ("nothing", "", ""),
        ("cannot", "We closed this case.", ""),
        ("cannot", " ", "Say why you cannot"),
        ("given", "", "Write what you know"),
        ("", "Something", "Choose an answer"),
        ("perhaps", "Something", "Choose an answer"),
    ],
)
def test_knowing_nothing_is_an_answer_and_a_wrong_one_keeps_the_text(place, answer, text, wrong):
    row = ask(place)
    client = place.client(place.nurse)
    sent = {"version": "1", "answer": answer, "text": text, "act": "give"}
    page = client.post(at("contribution", row), sent)
    row.refresh_from_db()
    if not wrong:
        assert page.status_code == 302 and row.answer == answer
        return
    assert page.status_code == 200 and row.answer == ""
    assert text.strip() in text_of(page)
    assert wrong in text_of(page) or "Select a valid choice" in text_of(page)


@pytest.mark.requirement("O-MTG-12")
def test_a_team_is_asked_once_and_one_of_them_answers(place):
    row = ask(place, team=place.health)
    assert ask(place, team=place.health) == row
    assert waiting_for(place.other_nurse).items[0].for_team
    keep_contribution(contribution_id=row.pk, text="Begun", version=1, by=place.nurse)
    assert "Begun" not in text_of(place.client().get(at("assessment-draft", place.draft)))
    with pytest.raises(StaleContribution):
        keep_contribution(contribution_id=row.pk, text="Mine", version=1, by=place.other_nurse)
    client = place.client(place.other_nurse)
    late = {"version": "1", "answer": "given", "text": "What I saw", "act": "give"}
    page = client.post(at("contribution", row), late)
    assert page.status_code == 409
    assert "Begun" in text_of(page) and "What I saw" in text_of(page)
    again = controls(page) | {"answer": "given", "act": "give"}
    assert again["text"] == "What I saw"
    assert client.post(at("contribution", row), again).status_code == 302
    grant = ChildTeamGrant.objects.get(group=place.health.group)
    assert grant.expires_at <= timezone.now() and grant.ended_reason == "Answered"


@pytest.mark.requirement("O-MTG-12")
def test_asked_again_is_the_same_request_with_a_new_day_and_access(place):
    row = ask(place, days=0)
    again = ask(place, days=30)
    assert again.pk == row.pk and WorkItem.objects.filter(subject_id=row.pk).count() == 1
    grant = ChildUserGrant.objects.get(user=place.nurse)
    last = timezone.localdate() + dt.timedelta(days=30 + LATE_DAYS)
    assert timezone.localdate(grant.expires_at) == last
    assert "asked again" in list(row.history.values_list("history_change_reason", flat=True))


@pytest.mark.requirement("O-MTG-12")
def test_an_answer_is_bound_to_no_question_that_its_author_had_not_read(place):
    row = ask(place)
    client, where = place.client(place.nurse), at("contribution", row)
    opened = controls(client.get(where)) | {"answer": "nothing", "act": "give", "text": "I looked"}
    asking = at("assessment-ask", place.draft)
    more = "Is anybody known at this address?"
    day = timezone.localdate() + dt.timedelta(days=4)
    sent = {
        "search": "Orme", "chosen": f"user:{place.nurse.pk}", "question": more, "act": "ask",
        "due_on-day": day.day, "due_on-month": day.month, "due_on-year": day.year,
    }  # fmt: skip
    page = place.client().post(asking, sent, follow=True)
    assert "They had been asked already and have not answered" in text_of(page)
    # Both questions stand in the one request, the newer first.
    row.refresh_from_db()
    assert questions_of(row) == [more, WHAT] and row.version == 2
    stale = client.post(where, opened)
    assert stale.status_code == 409 and "you are asked for more" in text_of(stale)
    assert more in text_of(stale) and WHAT in text_of(stale)
    again = controls(stale)
    assert again["text"] == "I looked"
    assert client.post(where, again | {"answer": "nothing", "act": "give"}).status_code == 302
    row.refresh_from_db()
    assert row.answer == "nothing" and more in row.question


def test_the_same_question_again_is_the_same_request(place):
    row = ask(place)
    ask(place, days=9)
    ask(place, days=9)
    row.refresh_from_db()
    assert (row.question, row.version) == (WHAT, 1)


@pytest.mark.requirement("O-MTG-12")
def test_two_of_the_same_name_at_different_agencies_are_two(place):
    first = ask(place, name="Dr Ines Marr", agency_name="Ridge Surgery")
    other = ask(place, name="Dr Ines Marr", agency_name="Vale Hospital")
    assert other.pk != first.pk and Contribution.objects.count() == 2
    # However the same agency is typed, it is the same.
    typed = ask(place, name="dr ines  marr", agency_name=" ridge  surgery ", question="And now?")
    assert typed.pk == first.pk and questions_of(typed) == ["And now?", WHAT]
    other.refresh_from_db()
    assert (other.question, other.asked_agency_name) == (WHAT, "Vale Hospital")


def test_autosave_keeps_and_a_stale_one_is_told(place):
    row = ask(place)
    client = place.client(place.nurse)
    headers = {"X-Requested-With": "autosave"}
    kept = client.post(at("contribution", row), {"version": "1", "text": "So far"}, headers=headers)
    assert kept.json()["version"] == 2
    stale = client.post(at("contribution", row), {"version": "1", "text": "X"}, headers=headers)
    assert stale.status_code == 409
    assert controls(client.get(at("contribution", row)))["text"] == "So far"


@pytest.mark.requirement("O-MTG-12")
def test_somebody_without_an_account_is_written_down_under_both_names(place):
    row = ask(place, name="Dr Ines Marr", agency_name="Ridge Surgery")
    (item,) = (each for each in waiting_for(place.worker).items if each.subject_id == row.pk)
    assert item.kind == "write_down"
    today = timezone.localdate()
    client = place.client()
    sent = {
        "said_on-day": today.day, "said_on-month": today.month, "said_on-year": today.year,
        "answer": "given", "text": "Seen in March.", "act": "write", "version": str(row.version),
    }  # fmt: skip
    assert client.post(at("request", row), sent).status_code == 302
    words = text_of(client.get(at("assessment-draft", place.draft)))
    assert "Dr Ines Marr, Ridge Surgery" in words and "written down by Wyn Arden" in words
    asked = ask(place)
    with pytest.raises(Refused, match="answer for themselves"):
        write_down(
            contribution_id=asked.pk,
            answer="given",
            text="Mine",
            said_on=today,
            version=asked.version,
            by=place.worker,
        )


def spoke(row, text):
    today = timezone.localdate()
    return {
        "said_on-day": today.day, "said_on-month": today.month, "said_on-year": today.year,
        "answer": "given", "text": text, "act": "write", "version": str(row.version),
    }  # fmt: skip


@pytest.mark.requirement("O-MTG-12")
def test_what_is_written_down_answers_all_that_was_asked(place):
    row = ask(place, name="Dr Ines Marr", agency_name="Ridge Surgery")
    where, client = at("request", row), place.client()
    typed = controls(client.get(where), having="said_on-day")
    ask(place, name="Dr Ines Marr", agency_name="Ridge Surgery", question="Was she with child?")
    late = client.post(where, typed | spoke(row, "No bruises."))
    assert late.status_code == 409
    shown = text_of(late)
    assert "asked for more since you opened" in shown and "Was she with child?" in shown
    row.refresh_from_db()
    assert row.waits
    again = controls(late, having="said_on-day")
    assert again["text"] == "No bruises."
    both = again | {"answer": "given", "text": "No bruises, and no."}
    assert client.post(where, both).status_code == 302
    row.refresh_from_db()
    assert row.text == "No bruises, and no."


@pytest.mark.parametrize("meanwhile", ["written down", "withdrawn"])
def test_notes_of_a_call_are_shown_where_somebody_was_quicker(place, meanwhile):
    row = ask(place, name="Dr Ines Marr", agency_name="Ridge Surgery")
    where, client = at("request", row), place.client()
    if meanwhile == "withdrawn":
        theirs = {"act": "withdraw", "reason": "She has left the surgery", "version": "1"}
    else:
        theirs = spoke(row, "Seen in March.")
    assert client.post(where, theirs).status_code == 302
    # Pressed twice it is one.
    assert client.post(where, theirs).status_code == 302
    late = client.post(where, spoke(row, "Half an hour of notes"))
    assert late.status_code == 409
    shown = text_of(late)
    assert "Nothing of yours was saved" in shown and "Half an hour of notes" in shown
    words = "never changes" if meanwhile == "written down" else "no longer asked for"
    assert words in shown


@pytest.mark.requirement("O-MTG-12")
def test_nobody_ends_a_question_that_they_have_not_read(place):
    row = ask(place)
    where, client = at("request", row), place.client()
    typed = controls(client.get(where), having="reason") | {"act": "withdraw"}
    # What the nurse types meanwhile is nobody else's to know, and stops nothing.
    keep_contribution(contribution_id=row.pk, text="So far", version=1, by=place.nurse)
    wrong = client.post(where, typed)
    assert "There is a problem" in text_of(wrong)
    ask(place, question="Is anybody known at this address?")
    again = controls(wrong, having="reason")
    late = client.post(where, again | {"act": "withdraw", "reason": "We know enough"})
    assert late.status_code == 409
    shown = text_of(late)
    assert "asked for more since you opened" in shown and "known at this address?" in shown
    row.refresh_from_db()
    assert row.waits
    read = controls(late, having="reason")
    assert read["reason"] == "We know enough"
    keep_contribution(contribution_id=row.pk, text="So far, and", version=3, by=place.nurse)
    assert client.post(where, read | {"act": "withdraw"}).status_code == 302
    row.refresh_from_db()
    assert row.withdrawn_reason == "We know enough"


def test_another_day_is_not_what_was_written_down(place):
    row = ask(place, name="Dr Ines Marr", agency_name="Ridge Surgery")
    where, client = at("request", row), place.client()
    sent = spoke(row, "Seen in March.")
    assert client.post(where, sent).status_code == 302
    before = timezone.localdate() - dt.timedelta(days=3)
    other = sent | {
        "said_on-day": before.day, "said_on-month": before.month, "said_on-year": before.year
    }  # fmt: skip
    late = client.post(where, other)
    assert late.status_code == 409 and "Nothing of yours was saved" in text_of(late)
    row.refresh_from_db()
    assert row.said_on == timezone.localdate()


@pytest.mark.requirement("O-MTG-12")
def test_late_is_said_in_words_and_still_counts(place):
    row = ask(place, days=0)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    assert not row.is_late(timezone.localdate())
    row.due_on = yesterday
    row.save()
    words = text_of(place.client().get(at("assessment-draft", place.draft)))
    assert "Late since" in words
    listed = place.client().get(reverse("screening:assessments", args=[place.child.pk]))
    assert "1 contribution waits; 1 late" in text_of(listed)
    assert "It still helps" in text_of(place.client(place.nurse).get(at("contribution", row)))
    assert give(row, place.nurse).answer == "given"


@pytest.mark.requirement("O-MTG-12")
def test_what_comes_after_completion_is_kept_beside_it(place):
    row = ask(place)
    done = assessed(place, without_contributions="It cannot wait for the nurse.")
    assert row.assessment_id == done.pk
    give(row, place.nurse)
    words = text_of(place.client().get(at("assessment", done)))
    assert "Two appointments missed." in words and "It cannot wait for the nurse." in words


def test_asking_no_longer_ends_access_and_says_so(place):
    row = ask(place)
    client = place.client()
    typed = controls(client.get(at("request", row)), having="reason")
    sent = client.post(at("request", row), typed | {"act": "withdraw", "reason": "Wrong agency"})
    assert sent.status_code == 302
    assert not can(place.nurse, Capability.CONTRIBUTE, place.child)
    assert place.client(place.nurse).get(at("contribution", row)).status_code == 404
    assert "Wrong agency" in text_of(client.get(at("assessment-draft", place.draft)))
    assert client.get(at("request", row)).status_code == 302


@pytest.mark.requirement("O-MTG-12")
def test_the_team_around_the_child_is_offered_and_others_are_found(place):
    today = timezone.localdate()
    same = {"child": place.child, "by": place.worker, "starts_on": today}
    add_team_member(user=place.nurse, part="School nurse", **same)
    add_team_member(name="Ada Quill", agency_name="Housing", part="Housing officer", **same)
    client = place.client()
    page = text_of(client.get(at("assessment-ask", place.draft)))
    assert "Nia Orme" in page and "Ada Quill" in page and "Housing officer" in page
    typed = {"search": "Una", "find": "1", "question": WHAT, "due_on-day": "3"}
    found = client.post(at("assessment-ask", place.draft), typed)
    assert "Una Person" in text_of(found) and WHAT in text_of(found)
    assert "There is a problem" not in text_of(found)
    missing = client.post(at("assessment-ask", place.draft), {"chosen": "name"})
    for words in ("Enter their name", "Enter their agency", "Say what you ask them for"):
        assert words in text_of(missing), words
    member = place.child.team.get(name="Ada Quill")
    sent = {"chosen": f"member:{member.pk}", "question": WHAT, **day_of(today)}
    assert client.post(at("assessment-ask", place.draft), sent).status_code == 302
    row = Contribution.objects.get()
    assert (row.asked_name, row.asked_agency_name) == ("Ada Quill", "Housing")


def day_of(day):
    return {"due_on-day": day.day, "due_on-month": day.month, "due_on-year": day.year}


@pytest.mark.parametrize(
    "forged", ["user:00000000-0000-4000-8000-000000000000", "member:1", "team:x", "<b>"]
)
def test_a_forged_choice_is_refused_and_the_question_kept(place, forged):
    sent = {"chosen": forged, "question": WHAT, **day_of(timezone.localdate())}
    page = place.client().post(at("assessment-ask", place.draft), sent)
    assert page.status_code == 200 and WHAT in text_of(page)
    assert not Contribution.objects.exists()


def test_who_must_not_know_is_not_asked(place):
    exclude(child=place.child, user=place.nurse, ground="other", reason="Aunt", by=_lead(place))
    with pytest.raises(Refused, match="cannot be given access"):
        ask(place)
    # Excluded from the child, a colleague in a team that is asked sees nothing of it.
    row = ask(place, team=place.health)
    assert place.client(place.nurse).get(at("contribution", row)).status_code == 404
    assert place.client(place.other_nurse).get(at("contribution", row)).status_code == 200
    with pytest.raises(Refused, match="no current post"):
        ask(place, user=make_user(role=None))
    with pytest.raises(Refused, match="goes into the assessment"):
        ask(place, user=place.worker)
    with pytest.raises(Refused, match="60 days"):
        ask(place, days=61, name="Somebody")


def _lead(place):
    from tests.factories import grant

    grant(place.lead, place.child)
    return place.lead


def test_nobody_is_asked_about_a_sealed_child_but_by_telephone(place):
    from cse.access.actions import seal

    seal(child=place.child, names=[place.worker], reason="Threats", by=_lead(place))
    with pytest.raises(Refused, match="sealed"):
        ask(place)
    assert ask(place, name="Dr Ines Marr").waits


def test_an_intelligence_officer_is_asked_like_everybody(place):
    police = make_agency(authority=place.authority, type=AgencyType.POLICE)
    officer = make_user(Role.INTELLIGENCE, team=make_team(police))
    row = ask(place, user=officer)
    assert [each.subject_id for each in waiting_for(officer).items] == [row.pk]
    assert place.client(officer).get(at("contribution", row)).status_code == 200
    assert WHAT not in text_of(place.client(officer).get("/"))
    assert "Contribute to the assessment" in text_of(place.client(officer).get("/"))


def test_a_request_is_not_handed_to_the_leads_while_it_waits(place):
    row = ask(place)
    hand_over(child_id=place.child.pk)
    assert WorkItem.objects.get(subject_id=row.pk, closed_at__isnull=True).owner == place.nurse

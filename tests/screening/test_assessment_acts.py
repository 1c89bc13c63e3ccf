"""Saving, completing, correcting an assessment; its level; and who above is told of it."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cse.access.policies import NotAllowed
from cse.audit.models import AuditEvent
from cse.children.models import LevelEvent
from cse.children.queries.levels import standing
from cse.people.models import AgencyType, Role, TeamKind
from cse.worklist.models import WorkItem
from screening.actions import StaleCheck, StaleSave, Unfinished, approve_level
from screening.assessments import queries, told
from screening.assessments.actions import (
    complete_assessment,
    correct_assessment,
    correct_day,
    save_part,
    set_aside_assessment,
    start_assessment,
    use_screen,
)
from screening.models import DateCorrection, RiskAssessment
from screening.policies import NoDraft, Refused
from screening.tools.loader import tool_named
from tests.factories import grant, make_agency, make_team, make_user
from tests.screening.assessing import analysed, assessed, at, drafted, fill, write
from tests.screening.made import HIGH, NO, OTHER_HIGH, YES, Given, completed, corrected
from tests.screening.pages import controls, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def news(monkeypatch):
    """What a room above is told."""
    found = []
    monkeypatch.setattr(told, "_told", {})
    told.when_assessment_changes("tests", found.append)
    return found


# -- Starting and saving ------------------------------------------------------------------------


@pytest.mark.requirement("O-MTG-54")
def test_without_a_screen_it_says_why_and_a_double_click_is_one_draft(oxfordshire):
    with pytest.raises(Refused, match="why there is no screen"):
        start_assessment(child=oxfordshire.child, by=oxfordshire.worker)
    client = oxfordshire.client()
    where = reverse("screening:assessment-start", args=[oxfordshire.child.pk])
    assert "Say why there is no screen yet" in text_of(client.post(where, {"reason": " "}))
    for _ in range(2):
        assert client.post(where, {"reason": "Found this morning"}).status_code == 302
    draft = RiskAssessment.objects.get()
    assert draft.no_screen_reason == "Found this morning"
    assert "No screen yet: Found this morning" in text_of(client.get(at("assessment-draft", draft)))


@pytest.mark.requirement("W-REF-40")
def test_in_wiltshire_the_specialists_complete_it_and_others_write_with_them(wiltshire):
    completed(wiltshire)
    where = reverse("screening:assessment-start", args=[wiltshire.child.pk])
    client = wiltshire.client()
    assert "specialists in the MASH" in text_of(client.get(where))
    assert client.post(where).status_code == 403
    care = make_agency(authority=wiltshire.authority, type=AgencyType.SOCIAL_CARE)
    team = make_team(care, kind=TeamKind.CSE_TEAM)
    specialist = make_user(Role.CSE_TEAM, team=team)
    grant(specialist, wiltshire.child)
    mash = wiltshire.client(specialist)
    assert mash.post(where).status_code == 302
    draft = RiskAssessment.objects.get()
    assert draft.form == "comprehensive"
    fill(client, draft, "strengths", strengths="An aunt")
    draft.refresh_from_db()
    draft = write(draft, wiltshire.worker, analysed(draft, direction="static"))
    with pytest.raises(Refused, match="specialists"):
        complete_assessment(assessment_id=draft.pk, by=wiltshire.worker, version=draft.version)
    complete_assessment(assessment_id=draft.pk, by=specialist, version=draft.version)
    shown = text_of(client.get(at("assessment", draft)))
    assert "Comprehensive CSE screen" in shown and "An aunt" in shown


def test_a_stale_save_shows_both_texts_and_loses_neither(oxfordshire):
    draft = drafted(oxfordshire)
    worker, colleague = oxfordshire.client(), oxfordshire.client(oxfordshire.colleague)
    opened = controls(worker.get(at("assessment-part", draft, "strengths")))
    fill(colleague, draft, "strengths", strengths="An aunt")
    answer = worker.post(
        at("assessment-part", draft, "strengths"), opened | {"strengths": "A friend"}
    )
    assert answer.status_code == 409
    words = text_of(answer)
    assert "An aunt" in words and "A friend" in words and "Saved by Cal Birch" in words
    kept = controls(answer) | {"strengths": "An aunt and a friend"}
    assert worker.post(at("assessment-part", draft, "strengths"), kept).status_code == 302
    draft.refresh_from_db()
    assert draft.sections["strengths"] == "An aunt and a friend"
    with pytest.raises(StaleSave):
        save_part(
            assessment_id=draft.pk,
            slug="strengths",
            values={"strengths": "x"},
            version=0,
            by=oxfordshire.worker,
        )


def test_what_was_typed_into_a_draft_that_is_done_is_shown_back(oxfordshire):
    draft = drafted(oxfordshire)
    client = oxfordshire.client()
    sent = controls(client.get(at("assessment-part", draft, "strengths")))
    set_aside_assessment(assessment_id=draft.pk, by=oxfordshire.worker, reason="The wrong child")
    page = client.post(
        at("assessment-part", draft, "strengths"), sent | {"strengths": "Typed for an hour"}
    )
    assert page.status_code == 409 and "Typed for an hour" in text_of(page)
    with pytest.raises(NoDraft):
        set_aside_assessment(assessment_id=draft.pk, by=oxfordshire.worker, reason="Again")
    words = text_of(client.get(at("assessment", draft)))
    assert "set aside" in words and "The wrong child" in words


def test_who_cannot_complete_a_draft_does_not_set_it_aside_alone(oxfordshire):
    draft = drafted(oxfordshire)
    other = make_user(team=make_team(make_agency("Vale Clinic", authority=oxfordshire.authority)))
    grant(other, oxfordshire.child)
    with pytest.raises(Refused, match="Another agency made this assessment"):
        set_aside_assessment(assessment_id=draft.pk, by=other, reason="Not needed")
    client, where = oxfordshire.client(other), at("assessment-set-aside", draft)
    assert where not in client.get(at("assessment-draft", draft)).content.decode()
    assert "Another agency made this assessment" in text_of(client.get(where))
    assert client.post(where, {"reason": "Not needed"}).status_code == 403
    draft.refresh_from_db()
    assert draft.is_draft
    own = oxfordshire.client()
    assert where in own.get(at("assessment-draft", draft)).content.decode()
    assert own.post(where, {"reason": "The wrong child"}).status_code == 302


@pytest.mark.requirement("W-REF-40")
def test_in_wiltshire_only_the_specialists_set_it_aside(wiltshire):
    care = make_agency(authority=wiltshire.authority, type=AgencyType.SOCIAL_CARE)
    specialist = make_user(Role.CSE_TEAM, team=make_team(care, kind=TeamKind.CSE_TEAM))
    grant(specialist, wiltshire.child)
    draft = drafted(wiltshire, by=specialist)
    with pytest.raises(Refused, match="set aside by the specialists"):
        set_aside_assessment(assessment_id=draft.pk, by=wiltshire.worker, reason="Not needed")
    set_aside_assessment(assessment_id=draft.pk, by=specialist, reason="The wrong child")


@pytest.mark.parametrize("sent", [{"level": "none"}, {"harm_happened": "maybe"}, {"level": "\x00"}])
def test_a_wrong_choice_is_refused_and_the_rest_kept_on_the_page(oxfordshire, sent):
    draft = drafted(oxfordshire)
    page = fill(oxfordshire.client(), draft, "conclusion", **sent, needs="A safe way home")
    assert page.status_code == 200 and "A safe way home" in text_of(page)
    draft.refresh_from_db()
    assert draft.sections["level"] == "at_risk" and "needs" not in draft.sections


@pytest.mark.requirement("O-MTG-56")
def test_the_five_factors_of_history_are_asked_and_shown(oxfordshire):
    draft = drafted(oxfordshire)
    client = oxfordshire.client()
    page = text_of(client.get(at("assessment-part", draft, "history")))
    for words in (
        "Social exclusion",
        "Poverty and deprivation",
        "Earlier abuse",
        "Offending in the family and the community",
        "Mental-health problems that nobody has diagnosed",
    ):
        assert words in page, words
    fill(client, draft, "history", history_abuse="yes", history_abuse_note="Told by her aunt")
    shown = text_of(client.get(at("assessment-check", draft)))
    assert "Earlier abuse Yes" in shown and "Told by her aunt" in shown


@pytest.mark.requirement("O-MTG-53")
def test_the_specialists_are_offered_it_beside_a_screen_that_identifies_risk(oxfordshire):
    screen = completed(oxfordshire)
    kingfisher = make_user(Role.CSE_TEAM, team=make_team(kind=TeamKind.CSE_TEAM))
    grant(kingfisher, oxfordshire.child)
    where = reverse("screening:show", args=[screen.pk])
    words = text_of(oxfordshire.client(kingfisher).get(where))
    assert "Start a Risk Assessment" in words
    assert "Start a Risk Assessment" not in text_of(oxfordshire.client().get(where))
    overview = reverse("children:child", args=[oxfordshire.child.pk])
    assert "Start a Risk Assessment" in text_of(oxfordshire.client().get(overview))


# -- What is carried forward --------------------------------------------------------------------


@pytest.mark.requirement("O-MTG-55", "DEC-27")
def test_what_changed_since_the_last_assessment_stands_beside_each_domain(oxfordshire):
    completed(oxfordshire, answers={HIGH: Given(YES), OTHER_HIGH: Given(YES)})
    assessed(oxfordshire, direction="static")
    completed(oxfordshire, answers={HIGH: Given(NO), OTHER_HIGH: Given(YES)})
    second = completed(
        oxfordshire, answers={HIGH: Given(NO), OTHER_HIGH: Given(YES, evidence="A coach saw it")}
    )
    draft, _ = start_assessment(child=oxfordshire.child, by=oxfordshire.worker)
    assert draft.screen == second
    page = text_of(oxfordshire.client().get(at("assessment-part", draft, "health")))
    assert "Changed since the screen of" in page and "Gone:" in page
    assert "A coach saw it" in page


def test_a_newer_screen_is_offered_and_the_texts_stay(oxfordshire):
    first = completed(oxfordshire)
    draft = drafted(oxfordshire, direction="static")
    assert draft.screen == first
    newer = completed(oxfordshire, answers={HIGH: Given(YES)})
    client = oxfordshire.client()
    assert "A newer screen was completed" in text_of(client.get(at("assessment-draft", draft)))
    assert client.post(at("assessment-screen", draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.screen == newer and draft.sections["child_views"]
    assert AuditEvent.objects.filter(act="assessment rests on a newer screen").exists()
    with pytest.raises(Refused, match="newer screen"):
        use_screen(assessment_id=draft.pk, screen_id=first.pk, by=oxfordshire.worker)


# -- Completing ---------------------------------------------------------------------------------


@pytest.mark.requirement("DEC-27", "DEC-06")
def test_everything_missing_is_named_with_the_place_to_put_it_right(oxfordshire):
    completed(oxfordshire, answers={HIGH: Given(YES)})
    draft, _ = start_assessment(child=oxfordshire.child, by=oxfordshire.worker)
    client = oxfordshire.client()
    page = client.get(at("assessment-check", draft))
    done = client.post(at("assessment-check", draft), controls(page))
    words = text_of(done)
    for said in (
        "Write the analysis of Health: the screen found 1 indicator",
        "Write the child’s views, or why they were not sought",
        "Say whether the child has already been harmed",
        "Say what you conclude about significant harm",
        "Write your professional judgement",
        "Choose the level",
    ):
        assert said in words, said
    assert f"{at('assessment-part', draft, 'health')}#id_analysis-health" in done.content.decode()
    with pytest.raises(Unfinished):
        complete_assessment(assessment_id=draft.pk, by=oxfordshire.worker, version=draft.version)


@pytest.mark.requirement("O-MTG-13", "DEC-29")
def test_completing_freezes_it_closes_the_work_and_tells_the_rooms_above(oxfordshire, news):
    done = assessed(oxfordshire)
    (said,) = news
    assert (said.what, said.assessment, said.on) == ("completed", done, timezone.localdate())
    assert said.strategy_discussion and said.by == oxfordshire.worker
    assert not WorkItem.objects.filter(subject_id=done.pk, closed_at__isnull=True).exists()
    assert oxfordshire.client(oxfordshire.lead).get(at("assessment", done)).status_code == 200
    done.sections = {}
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        done.save()
    # A second click completes nothing, and says so.
    again = oxfordshire.client().post(at("assessment-check", done), {"version": "1"}, follow=True)
    assert "Once is enough" in text_of(again)


def test_what_was_saved_after_checking_is_read_again_first(oxfordshire):
    draft = drafted(oxfordshire)
    client = oxfordshire.client()
    sent = controls(client.get(at("assessment-check", draft)))
    fill(oxfordshire.client(oxfordshire.colleague), draft, "strengths", strengths="An aunt")
    page = client.post(at("assessment-check", draft), sent)
    assert page.status_code == 409 and "It has changed" in text_of(page)
    with pytest.raises(StaleCheck):
        complete_assessment(assessment_id=draft.pk, by=oxfordshire.worker, version=draft.version)


@pytest.mark.requirement("DEC-09", "O-SHR-01")
def test_lowering_the_level_needs_a_reason_and_a_second_person(oxfordshire, news):
    completed(oxfordshire, level="cse")
    lower = {"level": "at_risk", "direction": "decreased"}
    draft = drafted(oxfordshire, **lower, level_reason="She did not engage")
    with pytest.raises(Unfinished):
        complete_assessment(assessment_id=draft.pk, by=oxfordshire.worker, version=draft.version)
    draft = write(draft, oxfordshire.worker, {**lower, "level_reason": "The adults are in prison"})
    done = complete_assessment(assessment_id=draft.pk, by=oxfordshire.worker, version=draft.version)
    event = LevelEvent.objects.get(subject_id=done.pk)
    assert event.needs_approval and standing(oxfordshire.child).current.level == "cse"
    with pytest.raises(NotAllowed):
        approve_level(event_id=event.pk, by=oxfordshire.worker, note="Fine")
    lead = oxfordshire.client(oxfordshire.lead)
    page = lead.get(reverse("screening:approve-level", args=[event.pk]))
    assert "Read the whole assessment" in text_of(page)
    approve_level(event_id=event.pk, by=oxfordshire.lead, note="I agree, seen in court")
    assert standing(oxfordshire.child).current.level == "at_risk"


# -- Correcting ---------------------------------------------------------------------------------


def test_a_correction_is_a_new_version_and_moves_no_day(oxfordshire, news):
    done = assessed(oxfordshire)
    draft = correct_assessment(
        assessment_id=done.pk, by=oxfordshire.worker, reason="The aunt was left out"
    )
    assert correct_assessment(assessment_id=done.pk, by=oxfordshire.worker, reason="x") == draft
    # Somebody else is led to the draft, and their reason is not lost in it.
    other, correct = oxfordshire.client(oxfordshire.colleague), at("assessment-correct", done)
    page = other.get(correct)
    assert "has begun a correction already" in text_of(page)
    assert at("assessment-draft", draft) in page.content.decode()
    said = other.post(correct, {"reason": "The level was wrong"})
    assert "has begun a correction: “The aunt was left out”" in text_of(said)
    assert "The level was wrong" in said.content.decode()
    with pytest.raises(Unfinished):  # nothing is changed yet
        complete_assessment(assessment_id=draft.pk, by=oxfordshire.worker, version=draft.version)
    draft = write(draft, oxfordshire.worker, {"strengths": "An aunt", "direction": "static"})
    newer = complete_assessment(
        assessment_id=draft.pk, by=oxfordshire.worker, version=draft.version
    )
    assert [each.what for each in news] == ["completed", "corrected"]
    assert news[1].first == done and news[1].on == done.completed_on
    client = oxfordshire.client()
    assert "A later correction replaced this one" in text_of(client.get(at("assessment", done)))
    shown = text_of(client.get(at("assessment", newer)))
    # The level is as it was: the head says it, as the version before does.
    assert "Level At risk Level before None recorded" in shown
    assert "What the correction changed" in shown and "The aunt was left out" in shown
    with pytest.raises(Refused, match="corrected already"):
        correct_assessment(assessment_id=done.pk, by=oxfordshire.worker, reason="Again")


@pytest.mark.requirement("O-REF-13", "O-MTG-53")
def test_another_agency_neither_completes_nor_corrects_it(oxfordshire):
    """What is due is counted from its day; a school that sees the child does not move that."""
    teacher = make_user(Role.PRACTITIONER)
    kingfisher = make_user(Role.CSE_TEAM, team=make_team(kind=TeamKind.CSE_TEAM))
    for person in (teacher, kingfisher):
        grant(person, oxfordshire.child)
    done = assessed(oxfordshire)
    before = done.completed_on - dt.timedelta(days=1)
    with pytest.raises(Refused, match="Another agency made"):
        correct_assessment(assessment_id=done.pk, by=teacher, reason="I think otherwise")
    with pytest.raises(Refused, match="Another agency made"):
        correct_day(assessment_id=done.pk, on=before, reason="I think so", by=teacher)
    page = text_of(oxfordshire.client(teacher).get(at("assessment", done)))
    assert "Correct the day" not in page
    assert correct_day(assessment_id=done.pk, on=before, reason="On paper", by=kingfisher)
    draft = correct_assessment(assessment_id=done.pk, by=kingfisher, reason="The aunt")
    draft = write(draft, kingfisher, {"strengths": "An aunt", "direction": "static"})
    with pytest.raises(Refused, match="Another agency made"):
        complete_assessment(assessment_id=draft.pk, by=teacher, version=draft.version)
    assert complete_assessment(assessment_id=draft.pk, by=kingfisher, version=draft.version)


@pytest.mark.requirement("DEC-29")
def test_the_day_of_completion_is_put_right_with_a_reason_and_what_runs_is_told(oxfordshire, news):
    done = assessed(oxfordshire)
    before = timezone.localdate() - dt.timedelta(days=2)
    client = oxfordshire.client()
    day = {"on-day": before.day, "on-month": before.month, "on-year": before.year}
    assert "Say why the day is corrected" in text_of(client.post(at("assessment-day", done), day))
    assert (
        client.post(
            at("assessment-day", done), {**day, "reason": "Signed on paper first"}
        ).status_code
        == 302
    )
    row = DateCorrection.objects.get()
    assert (row.before, row.on, row.by) == (done.completed_on, before, oxfordshire.worker)
    said = news[-1]
    assert (said.what, said.on, said.before) == ("date corrected", before, done.completed_on)
    assert said.reason == "Signed on paper first"
    event = AuditEvent.objects.get(act="day of an assessment corrected")
    assert event.reason == "Signed on paper first"
    words = text_of(client.get(at("assessment", done)))
    assert "as corrected" in words and "Signed on paper first" in words
    correct_day(assessment_id=done.pk, on=before, reason="Twice", by=oxfordshire.worker)
    assert DateCorrection.objects.count() == 1 and len(news) == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        row.reason = "Another"
        row.save()


@pytest.mark.parametrize("days", [1, 400, -40_000])
def test_a_day_that_cannot_be_is_refused(oxfordshire, days):
    done = assessed(oxfordshire)
    on = timezone.localdate() + dt.timedelta(days=days)
    with pytest.raises(Refused):
        correct_day(assessment_id=done.pk, on=on, reason="A slip", by=oxfordshire.worker)


def test_the_day_is_not_before_the_screen_that_it_rests_on(oxfordshire):
    screen = completed(oxfordshire)
    day, worker = screen.completed_on, oxfordshire.worker
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        done = assessed(oxfordshire)
        assert done.screen == screen
        with pytest.raises(Refused, match="before the screen that the assessment rests on"):
            before = day - dt.timedelta(days=1)
            correct_day(assessment_id=done.pk, on=before, reason="A slip", by=worker)
        assert correct_day(assessment_id=done.pk, on=day, reason="A slip", by=worker)


def test_what_a_room_above_refuses_undoes_the_act(oxfordshire, monkeypatch):
    done = assessed(oxfordshire)
    monkeypatch.setattr(told, "_told", {})

    def refuse(_news):
        raise Refused("It was held before that day")

    told.when_assessment_changes("tests", refuse)
    before = timezone.localdate() - dt.timedelta(days=1)
    with pytest.raises(Refused, match="held before"):
        correct_day(assessment_id=done.pk, on=before, reason="A slip", by=oxfordshire.worker)
    assert not DateCorrection.objects.exists()


def test_harm_with_the_level_vulnerable_prompts_on_two_pages_and_completes(oxfordshire):
    low = {"harm_happened": "yes", "significant_harm": "suffering", "level": "vulnerable"}
    empty = {f"analysis-{each.key}": "" for each in tool_named("oxfordshire", 1).domains}
    draft = drafted(oxfordshire, **low, **empty)
    client, words = oxfordshire.client(), "Look at the level again"
    check = at("assessment-check", draft)
    for where in (check, at("assessment-part", draft, "conclusion")):
        page = text_of(client.get(where))
        assert "Think about" in page and words in page and "No domain has an analysis" in page
        assert "DEC-" not in page
    assert "Think about" not in text_of(client.get(at("assessment-part", draft, "views")))
    done = client.post(check, controls(client.get(check)))
    assert done.status_code == 302
    draft.refresh_from_db()
    assert draft.is_complete


@pytest.mark.requirement("DEC-27")
def test_the_page_says_that_the_screen_it_rests_on_was_corrected_since(oxfordshire):
    screen = completed(oxfordshire)
    draft, _ = start_assessment(child=oxfordshire.child, by=oxfordshire.worker)
    texts = analysed(draft, direction="static", level="at_risk")
    draft = write(draft, oxfordshire.worker, texts)
    done = complete_assessment(assessment_id=draft.pk, by=oxfordshire.worker, version=draft.version)
    client = oxfordshire.client()
    assert "The screen was corrected since" not in text_of(client.get(at("assessment", done)))
    newer = corrected(screen, by=oxfordshire.worker, level="cse", direction="increased")
    page = client.get(at("assessment", done))
    assert "The screen was corrected since" in text_of(page)
    assert reverse("screening:show", args=[newer.pk]) in page.content.decode()


@pytest.mark.requirement("DEC-27", "W-REF-24")
def test_the_page_says_that_a_level_makes_a_referral_mandatory(oxfordshire):
    done = assessed(oxfordshire, level="at_risk", harm_happened="no", significant_harm="no")
    page = text_of(oxfordshire.client().get(at("assessment", done)))
    assert "Must be made, unless a front door or specialist team has one: the level is At" in page


def test_an_older_page_of_the_day_is_told_and_keeps_the_reason(oxfordshire):
    area = oxfordshire
    done = assessed(area)
    where, mine = at("assessment-day", done), area.client()
    opened = controls(mine.get(where), having="stood")
    earlier = timezone.localdate() - dt.timedelta(days=2)
    correct_day(assessment_id=done.pk, on=earlier, reason="On paper", by=area.worker)
    other = earlier - dt.timedelta(days=1)
    typed = {"on-day": other.day, "on-month": other.month, "on-year": other.year}
    late = mine.post(where, opened | typed | {"reason": "Signed the day before"})
    assert late.status_code == 409
    assert "corrected the day since you opened" in text_of(late)
    again = controls(late, having="stood")
    assert again["reason"] == "Signed the day before"
    assert mine.post(where, again).status_code == 302
    assert queries.day_of(done) == other

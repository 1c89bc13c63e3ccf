"""Completing, correcting, countersigning, approving: acts by role and state, and what is kept."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cse.access.models import ChildTeamGrant, ChildUserGrant
from cse.access.policies import NotAllowed, NotVisible
from cse.audit import events
from cse.audit.models import AuditEvent
from cse.children.models import LevelEvent
from cse.people.models import Role
from cse.worklist.models import WorkItem
from referrals.facts import facts_of_screen
from screening.actions import (
    StaleCheck,
    Unfinished,
    approve_level,
    complete,
    correct_screen,
    countersign,
    end_reminders,
    refuse_level,
    save_section,
    set_aside,
    start_screen,
)
from screening.answers import Given
from screening.documents.screen import superseded
from screening.models import Countersignature, Screen, ScreenAssessment
from screening.policies import Refused
from screening.queries import latest_assessment
from screening.rules import Presence
from tests.factories import give_post, grant, make_team, make_user
from tests.prepared import prepared
from tests.referrals.area import years_old
from tests.screening import made
from tests.screening.conftest import Place
from tests.screening.pages import address, controls, text_of
from tests.screening.pages import complete as press_complete

pytestmark = pytest.mark.django_db
YOUNG = dt.date(2014, 5, 6)
LOWERED = Given(presence=Presence.YES, level="medium", reason="Explained by an operation")


@prepared
def young(tools):
    """A child of 12 in Oxfordshire."""
    return Place("oxfordshire", date_of_birth=YOUNG)


def save(place, screen, part, by=None, **values):
    screen.refresh_from_db()
    return save_section(
        screen_id=screen.pk,
        part=part,
        values=values,
        by=by or place.worker,
        version=screen.part_versions.get(part, 0),
    )


def draft_of(place, by=None, **answers):
    """A draft that can be completed, with these answers in Health."""
    screen, _ = start_screen(child=place.child, by=by or place.worker)
    save(place, screen, "section.harm", by, harm_happened="no")
    save(
        place,
        screen,
        "section.conclusion",
        by,
        concerns_confirmed="no",
        professional_judgement="As I see it",
    )
    if answers:
        save(place, screen, "domain.health", by, **answers)
    screen.refresh_from_db()
    return screen


def completed(place, by=None, **answers):
    screen = draft_of(place, by, **answers)
    return complete(screen_id=screen.pk, by=by or place.worker, version=screen.version)


def rules(screen):
    return [rule["id"] for rule in latest_assessment(screen).result["rules"]]


def open_work(kind):
    return WorkItem.objects.filter(kind=kind, closed_at__isnull=True)


def test_completing_freezes_and_hands_on(oxfordshire):
    screen = draft_of(oxfordshire)
    assert open_work("finish_draft").get().owner == oxfordshire.worker
    ChildUserGrant.objects.get(user=oxfordshire.worker, basis="given")
    done = complete(screen_id=screen.pk, by=oxfordshire.worker, version=screen.version)
    assert (done.status, done.completed_by) == ("complete", oxfordshire.worker)
    assert not open_work("finish_draft").exists()
    repeat = open_work("repeat_screen").get()
    assert repeat.owner == oxfordshire.worker and repeat.subject_id == screen.pk
    assert dt.timedelta(days=80) < repeat.due_at - done.completed_at < dt.timedelta(days=93)
    # Access that a colleague gave, with its end, makes no year of its own.
    assert not ChildUserGrant.objects.filter(user=oxfordshire.worker, basis="recorder").exists()
    leads = ChildTeamGrant.objects.get(basis="named_lead")
    assert leads.group == oxfordshire.lead.posts.get().team.group
    kept = ScreenAssessment.objects.get(screen=screen)
    assert kept.because == "completed" and kept.result["tool"] == "oxfordshire-v1"
    assert AuditEvent.objects.filter(act="screen completed", object_id=screen.pk).count() == 1


@pytest.mark.requirement("W-SCR-11")
def test_a_repeated_screen_closes_the_reminder_to_repeat_it(oxfordshire):
    first = completed(oxfordshire)
    elsewhere = Place("oxfordshire")
    grant(elsewhere.worker, oxfordshire.child)
    other = completed(oxfordshire, by=elsewhere.worker)
    second = completed(oxfordshire, by=oxfordshire.colleague)
    waiting = {(item.owner, item.subject_id) for item in open_work("repeat_screen")}
    assert waiting == {(elsewhere.worker, other.pk), (oxfordshire.colleague, second.pk)}
    # A correction of what was repeated since asks for no repeat of its own.
    corrected_with(oxfordshire, first, notes="The letter came later")
    assert {(item.owner, item.subject_id) for item in open_work("repeat_screen")} == waiting


@pytest.mark.requirement("W-SCR-11", "DEC-25")
def test_at_eighteen_the_reminder_leads_to_adult_services_and_is_closed_there(oxfordshire):
    screen = completed(oxfordshire)
    where = f"/screens/child/{oxfordshire.child.pk}/start/"
    with pytest.raises(Refused, match="ends with the next screen"):
        end_reminders(child=oxfordshire.child, by=oxfordshire.worker)
    oxfordshire.child.date_of_birth = dt.date(2000, 1, 1)
    oxfordshire.child.save()
    client = oxfordshire.client()
    assert client.get(address(screen, "repeat"))["Location"] == where
    page = text_of(client.get(where))
    assert "Use adult safeguarding" in page and "Close the reminder" in page
    oxfordshire.client(oxfordshire.colleague).post(where)
    assert open_work("repeat_screen").exists()  # only those whom it waits for close it
    assert client.post(where).status_code == 302
    assert not open_work("repeat_screen").exists()
    assert "Close the reminder" not in text_of(client.get(where))
    assert AuditEvent.objects.filter(act="reminder to screen an adult closed").count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE screening_screen SET answers = '{}'",
        "UPDATE screening_screen SET status = 'draft', completed_at = NULL",
        "DELETE FROM screening_screen",
        "UPDATE screening_screenassessment SET because = 'x'",
        "DELETE FROM screening_screenassessment",
        "UPDATE screening_toolversion SET number = 9",
        "UPDATE screening_toolchoice SET reason = 'x'",
        "TRUNCATE screening_toolversion CASCADE",
    ],
)
def test_the_database_refuses_to_change_what_is_frozen(oxfordshire, sql):
    completed(oxfordshire)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_model_cannot_change_a_completed_screen_either(oxfordshire):
    screen = completed(oxfordshire)
    screen.sections = {"level": "cse"}
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        screen.save()


@pytest.mark.requirement("DEC-06", "W-SCR-24")
def test_what_is_missing_is_named_and_nothing_is_completed(oxfordshire):
    screen, _ = start_screen(child=oxfordshire.child, by=oxfordshire.worker)
    with pytest.raises(Unfinished) as caught:
        complete(screen_id=screen.pk, by=oxfordshire.worker, version=screen.version)
    assert {each.field for each in caught.value.problems} == {
        "professional_judgement",
        "concerns_confirmed",
        "harm_happened",
    }
    screen.refresh_from_db()
    assert screen.is_draft


def test_a_save_after_the_check_has_to_be_read_first(oxfordshire):
    screen = draft_of(oxfordshire)
    client = oxfordshire.client()
    checked = controls(client.get(address(screen, "check")))
    save(oxfordshire, screen, "domain.health", by=oxfordshire.colleague, notes="New")
    answer = client.post(address(screen, "check"), checked)
    assert answer.status_code == 409
    assert "The answers have changed" in text_of(answer) and "New" in text_of(answer)
    with pytest.raises(StaleCheck):
        complete(screen_id=screen.pk, by=oxfordshire.worker, version=screen.version)


def test_a_second_press_completes_once(oxfordshire):
    screen = draft_of(oxfordshire)
    client = oxfordshire.client()
    pressed = controls(client.get(address(screen, "check")))
    client.post(address(screen, "check"), pressed)
    again = client.post(address(screen, "check"), pressed)
    assert again["Location"] == address(screen, "show")
    assert ScreenAssessment.objects.filter(screen=screen).count() == 1


def test_a_completed_screen_refuses_a_late_save(oxfordshire):
    screen = completed(oxfordshire)
    client = oxfordshire.client()
    where = address(screen, "domain", "health")
    typed = {"version": "0", "notes": "Late", "O-IND-HEA-01-presence": "possible"}
    late = client.post(where, typed | {"O-IND-HEA-01-evidence": "A letter"})
    assert late.status_code == 409
    page = text_of(late)
    assert "the screen was completed meanwhile" in page and "Correct the screen" in page
    for kept in ("Late", "A letter", "Answer Possible"):
        assert kept in page
    assert "Time frame" not in page, "only what was changed"
    told = client.post(where, typed, headers={"X-Requested-With": "autosave"})
    assert told.status_code == 400 and "completed meanwhile" in told.json()["message"]
    assert client.get(where)["Location"] == address(screen, "show")
    with pytest.raises(Refused):
        save(oxfordshire, screen, "domain.health", notes="Late")


def test_a_draft_set_aside_gives_back_a_late_save(wiltshire):
    screen, _ = start_screen(child=wiltshire.child, by=wiltshire.worker)
    client = wiltshire.client()
    where = address(screen, "section", "actions")
    sent = controls(client.get(where))
    set_aside(screen_id=screen.pk, by=wiltshire.worker, reason="Begun twice")
    cell = next(name for name in sent if name.startswith("actions-0-"))
    late = client.post(where, sent | {cell: "Ask the school nurse"})
    page = text_of(late)
    assert late.status_code == 409 and "the screen was set aside meanwhile" in page
    assert "Ask the school nurse" in page and "Correct the screen" not in page


@pytest.mark.parametrize("role", [role for role in Role])
def test_who_may_start_and_complete(oxfordshire, role):
    screen = draft_of(oxfordshire)
    user = make_user(role, team=make_team(oxfordshire.agency))
    acts = (
        lambda: start_screen(child=oxfordshire.child, by=user),
        lambda: save(oxfordshire, screen, "domain.health", by=user, notes="x"),
        lambda: complete(screen_id=screen.pk, by=user, version=Screen.objects.get().version),
    )
    for act in acts:
        with pytest.raises(NotVisible):
            act()
    grant(user, oxfordshire.child)
    allowed = role not in (Role.INTELLIGENCE, Role.BOARD, Role.ADMINISTRATOR, Role.AUDITOR)
    for act in acts:
        if allowed:
            act()
        else:
            with pytest.raises((NotAllowed, NotVisible)):
                act()


@pytest.mark.requirement("DEC-25")
def test_eighteen_is_signposted_and_seven_is_warned(tools):
    adult = Place("oxfordshire", date_of_birth=dt.date(2000, 1, 1))
    with pytest.raises(Refused, match="18 or older"):
        start_screen(child=adult.child, by=adult.worker)
    where = f"/screens/child/{adult.child.pk}/start/"
    page = adult.client().get(where)
    assert "adult safeguarding" in text_of(page) and '<form method="post" novalidate>' not in (
        page.content.decode()
    )
    adult.client().post(where, {"tool": "oxfordshire"})
    assert not Screen.objects.exists()
    small = Place("wiltshire", date_of_birth=years_old(6))
    page = small.client().get(f"/screens/child/{small.child.pk}/start/")
    assert "This child is under 8" in text_of(page)
    assert start_screen(child=small.child, by=small.worker)[1]


@pytest.mark.requirement("DEC-25")
def test_another_tool_needs_a_reason(oxfordshire):
    where = f"/screens/child/{oxfordshire.child.pk}/start/"
    client = oxfordshire.client()
    refused = client.post(where, {"tool": "wiltshire"})
    assert "Say why you use another tool" in text_of(refused)
    client.post(where, {"tool": "wiltshire", "tool_reason": "He lives in Wiltshire now"})
    screen = Screen.objects.get()
    assert screen.tool_version.tool.key == "wiltshire"
    assert screen.tool_reason == "He lives in Wiltshire now"


# Countersigning a lowered high (DEC-04)


@pytest.mark.requirement("DEC-04", "W-SCR-13", "O-SCR-21")
def test_a_lowered_high_clears_only_when_another_lead_countersigns(young):
    screen = completed(young, **{"O-IND-HEA-01": LOWERED})
    assert "R5" in rules(screen)
    assert latest_assessment(screen).result["totals"]["medium"] == {"yes": 1, "possible": 0}
    work = open_work("countersign").get()
    assert work.owner_group == young.lead.posts.get().team.group
    signed = countersign(
        screen_id=screen.pk,
        indicator="O-IND-HEA-01",
        agrees=True,
        reason="I spoke to the ward",
        by=young.lead,
    )
    assert signed.amended_by == young.worker
    assert "R5" not in rules(screen)
    assert ScreenAssessment.objects.filter(screen=screen).count() == 2
    assert not open_work("countersign").exists()
    screen.refresh_from_db()
    assert screen.answers["i"]["O-IND-HEA-01"]["l"] == "medium"


@pytest.mark.requirement("DEC-04")
def test_a_refused_countersignature_leaves_the_rule(young):
    screen = completed(young, **{"O-IND-HEA-01": LOWERED})
    countersign(
        screen_id=screen.pk,
        indicator="O-IND-HEA-01",
        agrees=False,
        reason="Not explained",
        by=young.lead,
    )
    assert "R5" in rules(screen) and not open_work("countersign").exists()


@pytest.mark.requirement("DEC-04")
def test_who_may_countersign(young):
    screen = completed(young, by=None, **{"O-IND-HEA-01": LOWERED})
    elsewhere = make_user(Role.NAMED_LEAD)
    manager = make_user(Role.SENIOR_MANAGER, team=make_team(young.agency))
    specialist = make_user(Role.CSE_TEAM, team=make_team(young.agency))
    for user in (elsewhere, manager, specialist):
        grant(user, young.child)
    act = dict(screen_id=screen.pk, indicator="O-IND-HEA-01", agrees=True, reason="Yes")
    for user in (young.worker, young.colleague, elsewhere, manager):
        with pytest.raises(NotAllowed):
            countersign(by=user, **act)
    with pytest.raises(Refused, match="does not wait"):
        countersign(by=young.lead, **act | {"indicator": "O-IND-HEA-02"})
    with pytest.raises(Refused, match="Say why"):
        countersign(by=young.lead, **act | {"reason": "  "})
    countersign(by=specialist, **act)
    with pytest.raises(Refused, match="does not wait"):
        countersign(by=young.lead, **act)
    assert Countersignature.objects.count() == 1


@pytest.mark.requirement("DEC-04")
def test_a_lead_who_lowered_it_cannot_sign_it(young):
    grant(young.lead, young.child)
    screen = completed(young, by=young.lead, **{"O-IND-HEA-01": LOWERED})
    with pytest.raises(Refused, match="yourself"):
        countersign(
            screen_id=screen.pk, indicator="O-IND-HEA-01", agrees=True, reason="Yes", by=young.lead
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        Countersignature(
            screen=screen,
            indicator="O-IND-HEA-01",
            amended_by=young.lead,
            by=young.lead,
            agrees=True,
            reason="Yes",
            at=screen.completed_at,
        ).save()


@pytest.mark.requirement("DEC-04")
def test_where_no_other_lead_is_the_cse_team_answers(young):
    from cse.people.models import TeamKind
    from tests.factories import make_agency

    care = make_agency(authority=young.authority, type="social_care")
    kingfisher = make_team(care, kind=TeamKind.CSE_TEAM)
    specialist = make_user(Role.CSE_TEAM, team=kingfisher)
    post = young.other_lead.posts.get()
    post.ends_on = dt.date(2025, 1, 1)
    post.save()
    grant(young.lead, young.child)
    screen = completed(young, by=young.lead, **{"O-IND-HEA-01": LOWERED})
    assert open_work("countersign").get().owner_group == kingfisher.group
    countersign(
        screen_id=screen.pk, indicator="O-IND-HEA-01", agrees=True, reason="Yes", by=specialist
    )
    assert "R5" not in rules(screen)
    # The paper names the post that answered, also when it has ended since.
    from screening.documents.screen import record_of

    held = specialist.posts.get()
    held.ends_on = screen.completed_on
    held.save()
    give_post(specialist, Role.PRACTITIONER, make_team(young.agency))
    with time_machine.travel(screen.completed_at + dt.timedelta(days=9), tick=False):
        assert record_of(screen).signed["O-IND-HEA-01"].post == f"CSE team, {care.name}"


# The level (DEC-09)


def lowered_level(place, by=None):
    grant(by, place.child) if by else None
    LevelEvent(
        child=place.child,
        level="cse",
        decided_on=dt.date(2026, 1, 5),
        decided_at=dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC),
        decided_by=place.colleague,
        judgement="It happened",
    ).save()
    screen = draft_of(place, by)
    save(
        place,
        screen,
        "section.conclusion",
        by,
        concerns_confirmed="no",
        professional_judgement="Safer",
        level="at_risk",
        direction="decreased",
        level_reason="Moved away",
    )
    screen.refresh_from_db()
    complete(screen_id=screen.pk, by=by or place.worker, version=screen.version)
    return LevelEvent.objects.get(needs_approval=True)


@pytest.mark.requirement("DEC-09", "W-SCR-02")
@pytest.mark.parametrize(("act", "stands"), [(approve_level, "at_risk"), (refuse_level, "cse")])
def test_a_second_person_answers_a_lowered_level(oxfordshire, act, stands):
    from cse.children.queries.levels import standing

    event = lowered_level(oxfordshire)
    assert standing(oxfordshire.child).current.level == "cse"
    assert open_work("approve_level").get().subject_id == event.pk
    act(event_id=event.pk, by=oxfordshire.lead, note="I have read it")
    assert standing(oxfordshire.child).current.level == stands
    assert standing(oxfordshire.child).peak.level == "cse"
    assert not open_work("approve_level").exists()
    with pytest.raises(Refused, match="does not wait"):
        act(event_id=event.pk, by=oxfordshire.other_lead, note="Again")


@pytest.mark.requirement("DEC-09")
def test_who_may_approve_a_lowered_level(oxfordshire):
    event = lowered_level(oxfordshire, by=oxfordshire.lead)
    with pytest.raises(Refused, match="yourself"):
        approve_level(event_id=event.pk, by=oxfordshire.lead, note="Mine")
    with pytest.raises(NotAllowed):
        approve_level(event_id=event.pk, by=oxfordshire.worker, note="No")
    with pytest.raises(NotVisible):
        approve_level(event_id=event.pk, by=make_user(Role.NAMED_LEAD), note="No")
    with pytest.raises(Refused, match="Say why"):
        approve_level(event_id=event.pk, by=oxfordshire.other_lead, note=" ")
    approve_level(event_id=event.pk, by=oxfordshire.other_lead, note="Yes")
    event.refresh_from_db()
    assert event.approved_by == oxfordshire.other_lead


# Corrections


@pytest.mark.requirement("DEC-09")
@pytest.mark.parametrize("level", ["cse", "at_risk"])
def test_a_correction_takes_back_a_lowering_that_waits(oxfordshire, level):
    from cse.children.queries.levels import standing
    from screening.documents.paper import screen_document
    from screening.documents.screen import record_of

    event = lowered_level(oxfordshire)
    first = Screen.objects.get()
    draft = correct_screen(screen_id=first.pk, by=oxfordshire.worker, reason="The wrong level")
    lowers = level != "cse"
    reason = "Moved away, and the adult is in prison" if lowers else ""
    told = {"direction": "decreased" if lowers else "static", "level_reason": reason}
    save(oxfordshire, draft, "section.conclusion", **first.sections | {"level": level} | told)
    draft.refresh_from_db()
    complete(screen_id=draft.pk, by=oxfordshire.worker, version=draft.version)
    with pytest.raises(Refused, match="took this level back"):
        approve_level(event_id=event.pk, by=oxfordshire.lead, note="I have read it")
    waits = standing(oxfordshire.child).waiting
    assert [each.subject_id for each in waits] == ([draft.pk] if lowers else [])
    assert [each.subject_id for each in open_work("approve_level")] == [each.pk for each in waits]
    assert standing(oxfordshire.child).current.level == "cse"
    where = f"/screens/level/{event.pk}/"
    lead = oxfordshire.client(oxfordshire.lead)
    late = lead.post(where, {"answer": "approve", "note": "I have read it"})
    assert late.status_code == 409 and "A correction took this level back" in text_of(late)
    assert "I have read it" in text_of(late)
    for page in (where, address(first, "show"), f"/children/{oxfordshire.child.pk}/levels/"):
        assert "taken back by a correction" in text_of(lead.get(page)).lower()
    paper = str(screen_document(record_of(first)))
    assert "a correction took it back" in paper


@pytest.mark.requirement("W-SCR-11")
def test_a_correction_is_a_new_version_and_both_are_kept(oxfordshire):
    first = completed(oxfordshire, **{"O-IND-HEA-01": Given(presence=Presence.YES)})
    draft = correct_screen(screen_id=first.pk, by=oxfordshire.worker, reason="Wrong row")
    assert correct_screen(screen_id=first.pk, by=oxfordshire.worker, reason="Twice") == draft
    assert draft.answers == first.answers and draft.correction_number == 1
    save(
        oxfordshire,
        draft,
        "domain.health",
        **{"O-IND-HEA-01": Given(presence=Presence.NO), "notes": "Misread"},
    )
    client = oxfordshire.client()
    assert press_complete(client, draft).status_code == 302
    first.refresh_from_db()
    assert first.answers["i"] == {"O-IND-HEA-01": "y"} and first.is_complete
    page = text_of(client.get(address(draft, "show")))
    assert "What the correction changed" in page and "Misread" in page
    assert "Before Yes After No" in page
    assert "A later correction replaced this one" in text_of(client.get(address(first, "show")))
    with pytest.raises(Refused, match="corrected already"):
        correct_screen(screen_id=first.pk, by=oxfordshire.worker, reason="Late")
    assert len(open_work("repeat_screen")) == 1


def test_the_first_version_points_to_the_newest_correction(oxfordshire):
    first = made.completed(oxfordshire)
    second = made.corrected(first, by=oxfordshire.worker, harm_happened="yes")
    third = made.corrected(second, by=oxfordshire.worker, harm_happened="no")
    for version in (first, second):
        assert "(correction 2). Ask for the newer version." in superseded(version.pk)
    assert superseded(third.pk) == ""


@pytest.mark.requirement("DEC-02", "DEC-25", "W-SCR-11")
@pytest.mark.parametrize("age", [13, 17])
def test_a_correction_is_judged_by_the_day_of_the_first_version(tools, age):
    """A birthday between a screen and its correction takes no duty off and bars nothing."""
    birthday = dt.datetime(timezone.localdate().year + 1, 3, 9, 12, tzinfo=dt.UTC)
    born = birthday.date().replace(year=birthday.year - age - 1)
    place = Place("oxfordshire", date_of_birth=born)
    before = birthday - dt.timedelta(days=2)
    with time_machine.travel(before, tick=False):
        grant(place.worker, place.child)
        screen = completed(place, **{"O-IND-HEA-01": Given(presence=Presence.YES)})
        due_at = open_work("repeat_screen").get().due_at
    for later in (0, 3):
        with time_machine.travel(birthday + dt.timedelta(days=later), tick=False):
            screen, shown = corrected_with(place, screen, notes=f"The letter, page {later}")
            page = text_of(place.client().get(address(screen, "show")))
        assert ("R5" in rules(screen)) is (age == 13)
        assert ("Any one high risk factor" in shown) is (age == 13)
        assert f"{age} years old when the first version was completed" in page
        repeat = open_work("repeat_screen").get()
        assert (repeat.subject_id, repeat.due_at) == (screen.pk, due_at)
    assert screen.completed_on == birthday.date() + dt.timedelta(days=3)
    assert facts_of_screen(screen)["screened_on"] == before.date().isoformat()


def test_a_correction_needs_a_reason_and_a_completed_screen(oxfordshire):
    draft = draft_of(oxfordshire)
    with pytest.raises(Refused):
        correct_screen(screen_id=draft.pk, by=oxfordshire.worker, reason="x")
    done = complete(screen_id=draft.pk, by=oxfordshire.worker, version=draft.version)
    with pytest.raises(Refused):
        correct_screen(screen_id=done.pk, by=oxfordshire.worker, reason=" ")
    with pytest.raises(NotVisible):
        correct_screen(screen_id=done.pk, by=make_user(), reason="x")


def test_a_draft_set_aside_is_kept_and_closed(oxfordshire):
    draft = draft_of(oxfordshire)
    client = oxfordshire.client()
    client.post(address(draft, "set-aside"), {"reason": "Another child was meant"})
    draft.refresh_from_db()
    assert draft.status == "set_aside" and not open_work("finish_draft").exists()
    with pytest.raises(Refused):
        set_aside(screen_id=draft.pk, by=oxfordshire.worker, reason="Again")
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        draft.set_aside_reason = "x"
        draft.save()
    assert start_screen(child=oxfordshire.child, by=oxfordshire.worker)[1]


def test_an_act_rolls_back_when_its_event_fails(oxfordshire, monkeypatch):
    screen = draft_of(oxfordshire)

    def fail(*_args, **_kwargs):
        raise DatabaseError("the log is away")

    monkeypatch.setattr(events, "record", fail)
    with pytest.raises(DatabaseError):
        complete(screen_id=screen.pk, by=oxfordshire.worker, version=screen.version)
    screen.refresh_from_db()
    assert screen.is_draft and not ScreenAssessment.objects.exists()


# A correction that changes nothing, and what was signed before it


@pytest.mark.requirement("W-SCR-11")
def test_a_correction_without_a_change_is_refused_kindly(oxfordshire):
    first = completed(oxfordshire)
    draft = correct_screen(screen_id=first.pk, by=oxfordshire.worker, reason="Not sure yet")
    with pytest.raises(Unfinished) as caught:
        complete(screen_id=draft.pk, by=oxfordshire.worker, version=draft.version)
    assert "Nothing is changed yet" in caught.value.problems[0].message
    answer = press_complete(oxfordshire.client(), draft)
    assert answer.status_code == 200 and "Nothing is changed yet" in text_of(answer)
    assert "Nothing is changed yet" in text_of(oxfordshire.client().get(address(draft, "check")))
    draft.refresh_from_db()
    assert draft.is_draft
    save(oxfordshire, draft, "domain.health", notes="The ward's letter")
    draft.refresh_from_db()
    assert complete(screen_id=draft.pk, by=oxfordshire.worker, version=draft.version).is_complete


def corrected_with(place, screen, **answers):
    draft = correct_screen(screen_id=screen.pk, by=place.worker, reason="A note was missing")
    save(place, draft, "domain.health", **answers)
    draft.refresh_from_db()
    client = place.client()
    shown = text_of(client.get(address(draft, "check")))
    return complete(screen_id=draft.pk, by=place.worker, version=draft.version), shown


@pytest.mark.requirement("DEC-04")
@pytest.mark.parametrize("agrees", [True, False])
def test_a_row_that_a_correction_leaves_alone_keeps_its_signature(young, agrees):
    first = completed(young, **{"O-IND-HEA-01": LOWERED})
    act = {"screen_id": first.pk, "indicator": "O-IND-HEA-01", "reason": "Seen"}
    countersign(by=young.lead, agrees=agrees, **act)
    newer, shown = corrected_with(young, first, notes="The letter came later")
    assert ("Any one high risk factor" in shown) is not agrees
    assert ("R5" in rules(newer)) is not agrees
    assert not open_work("countersign").exists()
    page = text_of(young.client(young.lead).get(address(newer, "show")))
    assert "Seen" in page and "A countersignature is needed" not in page
    again, _ = corrected_with(young, newer, notes="And another")
    assert ("R5" in rules(again)) is not agrees and not open_work("countersign").exists()
    from screening.documents.screen import record_of

    assert record_of(again).signed["O-IND-HEA-01"].agrees is agrees


@pytest.mark.requirement("DEC-04")
def test_a_row_that_a_correction_changes_is_signed_anew(young):
    first = completed(young, **{"O-IND-HEA-01": LOWERED})
    act = {"screen_id": first.pk, "indicator": "O-IND-HEA-01", "reason": "Seen"}
    countersign(by=young.lead, agrees=True, **act)
    other = Given(presence=Presence.YES, level="low", reason="Explained by an operation")
    newer, _ = corrected_with(young, first, **{"O-IND-HEA-01": other})
    assert "R5" in rules(newer)
    assert open_work("countersign").get().subject_id == newer.pk


@pytest.mark.parametrize("part", ["domain", "section"])
def test_a_save_that_waited_for_the_completion_is_told_so(oxfordshire, monkeypatch, part):
    """The draft was one when the page asked, and none when the act had its lock."""
    from screening.views import drafts

    screen = draft_of(oxfordshire)
    slug = "health" if part == "domain" else "conclusion"
    client = oxfordshire.client()
    sent = controls(client.get(address(screen, part, slug)))
    act = drafts.save_section

    def late(**values):
        complete(screen_id=screen.pk, by=oxfordshire.worker, version=screen.version)
        return act(**values)

    monkeypatch.setattr(drafts, "save_section", late)
    field = "notes" if part == "domain" else "professional_judgement"
    answer = client.post(address(screen, part, slug), sent | {"act": "leave", field: "Typed late"})
    assert answer.status_code == 409
    assert "completed meanwhile" in text_of(answer) and "Typed late" in text_of(answer)


def test_a_second_sender_that_waited_for_the_first_is_no_refusal(oxfordshire, monkeypatch):
    from screening.views import check

    screen = draft_of(oxfordshire)
    client = oxfordshire.client()
    pressed = controls(client.get(address(screen, "check")))
    act = check.complete

    def twice(**values):
        act(**values)
        return act(**values)

    monkeypatch.setattr(check, "complete", twice)
    answer = client.post(address(screen, "check"), pressed)
    assert (answer.status_code, answer["Location"]) == (302, address(screen, "show"))
    assert "completed already" in text_of(client.get(answer["Location"]))
    assert ScreenAssessment.objects.filter(screen=screen).count() == 1
    assert not AuditEvent.objects.filter(decision="refused").exists()


def test_a_correction_that_was_only_begun_replaces_nothing(oxfordshire):
    place = oxfordshire
    screen = completed(place)
    show, correct = address(screen, "show"), address(screen, "correct")
    assert place.client().post(correct, {"reason": "The date was wrong"}).status_code == 302
    draft = Screen.objects.get(corrects=screen)
    page = place.client().get(show)
    assert "A later correction replaced this one" not in text_of(page)
    assert "Until it is completed this screen stands." in text_of(page)
    assert address(draft, "draft") in page.content.decode()
    # A second click goes on with one's own; somebody else's reason is not lost in it.
    assert place.client().post(correct, {"reason": "Once more"}).status_code == 302
    other = place.client(place.lead)
    assert "has begun a correction already" in text_of(other.get(correct))
    said = other.post(correct, {"reason": "The level was wrong"})
    assert "Wyn Arden has begun a correction: “The date was wrong”" in text_of(said)
    assert "The level was wrong" in said.content.decode()
    assert Screen.objects.filter(corrects=screen).count() == 1

"""A completed screen keeps whom it is about; a changed date of birth is assessed by name."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from cse.audit.models import AuditEvent
from cse.children.actions.record import edit_child
from cse.interface.words import date_words
from cse.people.models import Role
from cse.worklist import kinds
from cse.worklist.models import WorkItem
from screening.actions import answer_changed_duty, births, countersign
from screening.answers import Given
from screening.documents.paper import screen_document
from screening.documents.screen import find, record_of
from screening.models import Screen
from screening.policies import Refused
from screening.queries import latest_assessment
from screening.reassessed import reassessed_of
from tests.factories import grant, make_team, make_user
from tests.prepared import prepared
from tests.referrals.area import years_old
from tests.screening.conftest import Place
from tests.screening.made import HIGH, OTHER_HIGH, YES, completed, corrected, lowered
from tests.screening.pages import address, text_of

pytestmark = pytest.mark.django_db
TWELVE, FIFTEEN = years_old(12), years_old(15)
PRESENT = Given(presence=YES)
QUIET = {"level": "", "harm_happened": "no", "concerns_confirmed": "no"}


@prepared
def place(tools):
    return Place(
        "oxfordshire", date_of_birth=TWELVE, given_name="Robin", family_name="Vale", address="1 Row"
    )


def born(place, day, known="exact", **more):
    place.child.refresh_from_db()
    facts = {"date_of_birth": day, "birth_date_known": known, "estimated_age": None, **more}
    edit_child(child=place.child, by=place.colleague, version=place.child.version, facts=facts)


def rules_of(screen):
    return {rule["id"] for rule in latest_assessment(screen).result["rules"]}


def open_work(screen, kind):
    return WorkItem.objects.filter(subject_id=screen.pk, kind=kind, closed_at__isnull=True)


@pytest.mark.requirement("W-SCR-11")
def test_page_and_paper_name_the_child_as_recorded_when_it_was_completed(place):
    screen = completed(place, answers={HIGH: PRESENT})
    before = record_of(screen)
    place.child.refresh_from_db()
    edit_child(
        child=place.child,
        by=place.colleague,
        version=place.child.version,
        facts={
            "given_name": "Alex",
            "other_names": "Sandy",
            "address": "9 Other Way",
            "date_of_birth": None,
            "birth_date_known": "unknown",
        },
    )
    screen = Screen.objects.get(pk=screen.pk)
    after = record_of(screen)
    assert after.child == before.child and after.age == before.age
    assert dict(after.child)["Child’s name"] == "Robin Vale"
    assert dict(after.child)["Date of birth"] == date_words(TWELVE)
    assert screen_document(after).age == screen_document(before).age
    page = text_of(place.client().get(address(screen, "show")))
    born_on = f"Date of birth {date_words(TWELVE)}"
    assert f"Child Robin Vale {born_on}; 12 years old when it was completed" in page
    assert "1 Row" in page and "9 Other Way" not in page


@pytest.mark.requirement("W-SCR-19", "W-SCR-20", "W-SCR-21", "O-SCR-13", "O-SCR-14")
@pytest.mark.parametrize("area", ["oxfordshire", "wiltshire"])
@pytest.mark.parametrize("where", ["1 Row", ""])
def test_the_head_of_the_screen_names_the_child_and_the_address_if_known(tools, area, where):
    place = Place(area, date_of_birth=TWELVE, given_name="Robin", family_name="Vale", address=where)
    head = dict(record_of(completed(place)).child)
    assert (head["Child’s name"], head["Date of birth"]) == ("Robin Vale", date_words(TWELVE))
    assert head["Address"] == (where or "Not recorded")


def test_what_is_kept_of_the_child_is_frozen_too(place):
    screen = completed(place)
    screen.child_facts = {**screen.child_facts, "given_name": "Alex"}
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        screen.save()


@pytest.mark.requirement("DEC-01", "DEC-02", "DEC-04")
def test_an_older_date_of_birth_takes_no_duty_off_nor_does_a_signature_with_it(place):
    screen = completed(place, answers={HIGH: lowered(), OTHER_HIGH: PRESENT}, **QUIET)
    born(place, FIFTEEN)
    assert rules_of(screen) == {"R5"}
    newest = screen.assessments.latest("made_at")
    assert newest.because == "date of birth" and newest.made_by == place.colleague
    assert newest.birth["before"]["date_of_birth"] == TWELVE.isoformat()
    assert newest.birth["after"]["date_of_birth"] == FIFTEEN.isoformat()
    assert newest.result["age"]["years"] == 12
    [said] = reassessed_of(screen)
    assert said.kept and not said.added
    assert f"from “{date_words(TWELVE)}” to “{date_words(FIFTEEN)}”" in said.words
    assert "a correction of the screen can" in said.words
    for page in ("show", "countersign"):
        shown = text_of(place.client(place.lead).get(address(screen, page)))
        assert said.words in shown
    assert said.words in screen_document(record_of(screen)).record.reassessed
    countersign(screen_id=screen.pk, indicator=HIGH, agrees=True, reason="Seen", by=place.lead)
    assert rules_of(screen) == {"R5"}
    assert not open_work(screen, kinds.DUTY_ADDED).exists()


@pytest.mark.requirement("DEC-01", "DEC-02")
@pytest.mark.parametrize(
    ("day", "known", "more"),
    [
        (TWELVE, "exact", {}),
        (TWELVE + dt.timedelta(days=26), "approximate", {}),
        (None, "unknown", {}),
        (None, "unknown", {"estimated_age": 13}),
    ],
)
def test_a_younger_date_of_birth_adds_the_duty_and_the_lead_is_told(tools, day, known, more):
    place = Place("oxfordshire", date_of_birth=FIFTEEN)
    screen = completed(place, answers={HIGH: lowered(), OTHER_HIGH: PRESENT}, **QUIET)
    assert rules_of(screen) == set()
    born(place, day, known, **more)
    assert rules_of(screen) == {"R5"}
    assert open_work(screen, kinds.DUTY_ADDED).get().owner_group.team.agency == place.agency
    assert open_work(screen, kinds.COUNTERSIGN).exists()
    event = AuditEvent.objects.get(act="screen assessed again")
    assert (event.rule, event.actor_id) == ("R5", place.colleague.pk)
    born(place, FIFTEEN)
    assert rules_of(screen) == {"R5"}
    assert [bool(each.added) for each in reassessed_of(screen)] == [True, False]
    countersign(screen_id=screen.pk, indicator=HIGH, agrees=True, reason="Seen", by=place.lead)
    assert rules_of(screen) == {"R5"}


def test_other_details_and_a_child_without_a_screen_are_not_assessed_again(place):
    born(place, FIFTEEN)
    born(place, TWELVE)
    screen = completed(place)
    place.child.refresh_from_db()
    facts = {"given_name": "Alex"}
    edit_child(child=place.child, by=place.worker, version=place.child.version, facts=facts)
    assert screen.assessments.count() == 1


def test_a_date_of_birth_after_the_screen_counts_the_child_as_newly_born(tools):
    place = Place("oxfordshire", date_of_birth=FIFTEEN)
    screen = completed(place, answers={OTHER_HIGH: PRESENT}, **QUIET)
    slip = screen.completed_on + dt.timedelta(days=3)
    place.child.date_of_birth = slip
    with transaction.atomic():
        births.birth_changed(
            place.child,
            {
                "date_of_birth": FIFTEEN,
                "birth_date_known": "exact",
                "estimated_age": None,
                "estimated_on": None,
            },
            place.worker,
        )
    assert latest_assessment(screen).result["age"]["years"] == 0
    assert rules_of(screen) == {"R5"}


@pytest.mark.requirement("DEC-01")
def test_a_correction_reads_the_date_of_birth_there_is_now(place):
    screen = completed(place, answers={OTHER_HIGH: PRESENT}, **QUIET)
    born(place, FIFTEEN)
    newer = corrected(screen, by=place.worker, reason="The date of birth was wrong")
    assert rules_of(screen) == {"R5"} and rules_of(newer) == set()


def test_the_lead_says_what_is_done_about_an_added_duty(tools):
    place = Place("oxfordshire", date_of_birth=FIFTEEN)
    screen = completed(place, answers={OTHER_HIGH: PRESENT}, **QUIET)
    born(place, TWELVE)
    lead = place.client(place.lead)
    assert address(screen, "changed-duty") in lead.get("/").content.decode()
    page = text_of(lead.get(address(screen, "changed-duty")))
    assert "This adds a duty: Any one high risk factor at 13 or younger" in page
    with pytest.raises(Refused, match="Say what"):
        answer_changed_duty(screen_id=screen.pk, by=place.lead, note=" ")
    manager = make_user(Role.SENIOR_MANAGER, team=make_team(place.agency))
    grant(manager, place.child)
    with pytest.raises(Refused, match="safeguarding lead"):
        answer_changed_duty(screen_id=screen.pk, by=manager, note="x")
    assert "Enter" in text_of(lead.post(address(screen, "changed-duty"), {"reason": ""}))
    sent = lead.post(address(screen, "changed-duty"), {"reason": "The referral is made"})
    assert sent["Location"] == address(screen, "show")
    assert not open_work(screen, kinds.DUTY_ADDED).exists() and rules_of(screen) == {"R5"}
    event = AuditEvent.objects.get(act="added duty answered")
    assert (event.actor_id, event.reason) == (place.lead.pk, "The referral is made")
    assert lead.get(address(screen, "changed-duty"))["Location"] == address(screen, "show")
    with pytest.raises(Refused, match="No change of a duty"):
        answer_changed_duty(screen_id=screen.pk, by=place.lead, note="Again")


def test_the_assessment_rolls_back_with_the_change(place, monkeypatch):
    screen = completed(place, answers={OTHER_HIGH: PRESENT}, **QUIET)

    def fail(*_args, **_more):
        raise DatabaseError("away")

    monkeypatch.setattr(births, "assess_again", fail)
    with pytest.raises(DatabaseError):
        born(place, FIFTEEN)
    place.child.refresh_from_db()
    assert place.child.date_of_birth == TWELVE and screen.assessments.count() == 1


@pytest.mark.parametrize("area", ["oxfordshire", "wiltshire"])
def test_the_register_names_the_version_in_words(tools, area):
    place = Place(area)
    screen = completed(place)
    for number in range(1, 3):
        screen = corrected(screen, by=place.worker, strengths=f"A friend, and {number} more")
    found = find(screen.pk, place.lead).version
    day = date_words(screen.completed_on)
    section = {"oxfordshire": "Annexe 2", "wiltshire": "Appendix 1"}[area]
    assert found == (
        f"Completed {day}, correction 2; {area.capitalize()} handbook {section}, tool version 1"
    )

"""Legal status over time and the team around the child."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from cse.audit.models import AuditEvent
from cse.children.actions.status import (
    end_legal_status,
    record_legal_status,
    set_status_aside,
)
from cse.children.actions.team import add_team_member, end_team_member
from cse.children.models import LegalStatus, LegalStatusKind, TeamMember
from cse.children.policies import NotPossible
from cse.children.queries.overview import status_on, statuses_of
from cse.missing.queries import plan_of
from referrals.facts import facts_of_child
from tests.factories import grant, make_child
from tests.prepared import prepared
from tests.screening.pages import controls

pytestmark = pytest.mark.django_db


@prepared
def child(worker):
    child = make_child("Wren", "Ashby", by=worker)
    grant(worker, child)
    return child


def on(name, day, month, year):
    return {f"{name}-day": str(day), f"{name}-month": str(month), f"{name}-year": str(year)}


def record(child, by, kind, day, ends_on=None):
    return record_legal_status(child=child, by=by, kind=kind, starts_on=day, ends_on=ends_on)


@pytest.mark.parametrize("kind", LegalStatusKind.values)
def test_every_status_is_recorded_from_its_page(as_worker, child, kind):
    address = f"/children/{child.pk}/status/add/"
    answer = as_worker.post(address, {"kind": kind, **on("starts_on", 1, 9, 2026)}, follow=True)
    page = answer.content.decode()
    assert LegalStatusKind(kind).label in page and "1 September 2026" in page


def test_a_new_status_ends_the_one_before_and_keeps_it(worker, child):
    record(child, worker, "cin", dt.date(2026, 1, 10))
    record(child, worker, "s20", dt.date(2026, 5, 3))
    record(child, worker, "s31", dt.date(2026, 9, 1))
    statuses = list(LegalStatus.objects.filter(child=child))
    assert [(s.kind, s.ends_on) for s in statuses] == [
        ("s31", None),
        ("s20", dt.date(2026, 9, 1)),
        ("cin", dt.date(2026, 5, 3)),
    ]
    assert status_on(statuses, dt.date(2026, 5, 2)).kind == "cin"
    assert status_on(statuses, dt.date(2026, 5, 3)).kind == "s20"
    assert status_on(statuses, dt.date(2025, 12, 31)) is None


def test_a_past_status_fits_beside_the_current_one(worker, child):
    record(child, worker, "s31", dt.date(2026, 9, 1))
    with pytest.raises(NotPossible, match="say when this earlier status ended"):
        record(child, worker, "cin", dt.date(2026, 1, 10))
    record(child, worker, "cin", dt.date(2026, 1, 10), dt.date(2026, 8, 1))
    assert LegalStatus.objects.get(kind="s31").ends_on is None


def test_no_status_begins_before_the_child_was_born(as_worker, worker, child):
    child.date_of_birth = dt.date(2012, 11, 22)
    child.save()
    answer = as_worker.post(
        f"/children/{child.pk}/status/add/", {"kind": "cin", **on("starts_on", 1, 1, 1990)}
    )
    assert "The child was born on 22 November 2012" in answer.content.decode()
    assert not LegalStatus.objects.exists()
    record(child, worker, "cin", dt.date(2012, 11, 22))
    child.birth_date_known = "approximate"
    child.save()
    record(child, worker, "cp", dt.date(2011, 6, 1), dt.date(2012, 6, 1))
    assert LegalStatus.objects.count() == 2


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (dt.date(2025, 7, 1), dt.date(2025, 8, 1)),  # inside the plan that lasts
        (dt.date(2025, 5, 1), dt.date(2025, 6, 2)),  # into it
        (dt.date(2024, 3, 1), dt.date(2024, 3, 1)),  # one day inside what has ended
        (dt.date(2023, 12, 1), dt.date(2024, 7, 1)),  # around what has ended
    ],
)
def test_on_one_day_a_child_has_one_status(worker, child, starts_on, ends_on):
    record(child, worker, "cin", dt.date(2024, 1, 1), dt.date(2024, 6, 1))
    record(child, worker, "cp", dt.date(2025, 6, 1))
    with pytest.raises(NotPossible, match="on one day a child has one legal status"):
        record(child, worker, "none", starts_on, ends_on)
    assert LegalStatus.objects.count() == 2
    # Between the two it fits, from the day one ends to the day the other begins.
    record(child, worker, "none", dt.date(2024, 6, 1), dt.date(2025, 6, 1))
    assert LegalStatus.objects.count() == 3


def test_no_child_is_born_after_a_status_began(as_worker, worker, child):
    with transaction.atomic():
        record(child, worker, LegalStatusKind.CIN, dt.date(2020, 1, 1))
    page = f"/children/{child.pk}/edit/"
    sent = controls(as_worker.get(page))
    for year, saved in ((2021, False), (2019, True)):
        day = {f"date_of_birth-{part}": "1" for part in ("day", "month")}
        answer = as_worker.post(page, sent | day | {"date_of_birth-year": str(year)})
        assert (answer.status_code == 302) is saved
        if not saved:
            assert "began on 1 January 2020, before that day" in answer.content.decode()
    child.refresh_from_db()
    assert child.date_of_birth == dt.date(2019, 1, 1)


def test_a_status_that_lasts_does_not_begin_in_one_that_had_ended(worker, child):
    record(child, worker, "cin", dt.date(2024, 1, 1), dt.date(2024, 6, 1))
    with pytest.raises(NotPossible, match="from 1 January 2024 to 1 June 2024"):
        record(child, worker, "cp", dt.date(2024, 3, 1))
    record(child, worker, "cp", dt.date(2024, 6, 1))
    assert LegalStatus.objects.count() == 2


def test_the_same_status_twice_is_recorded_once(as_worker, child):
    address = f"/children/{child.pk}/status/add/"
    for _ in range(2):
        as_worker.post(address, {"kind": "cp", **on("starts_on", 1, 9, 2026)})
    assert LegalStatus.objects.count() == 1


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({**on("starts_on", 1, 9, 2026)}, "Select the legal status"),
        ({"kind": "xx", **on("starts_on", 1, 9, 2026)}, "Select a valid choice"),
        ({"kind": "cp"}, "Enter the start"),
        ({"kind": "cp", **on("starts_on", 1, 9, 2199)}, "today or in the past"),
        (
            {"kind": "cp", **on("starts_on", 2, 9, 2026), **on("ends_on", 1, 9, 2026)},
            "The end must be on or after the start",
        ),
    ],
)
def test_a_status_that_cannot_be_is_refused(as_worker, child, facts, message):
    answer = as_worker.post(f"/children/{child.pk}/status/add/", facts)
    assert answer.status_code == 200 and message in answer.content.decode()
    assert not LegalStatus.objects.exists()


def test_a_status_ends_on_its_page_and_not_before_it_began(as_worker, worker, child):
    status = record(child, worker, "cp", dt.date(2026, 5, 3))
    address = f"/children/{child.pk}/status/{status.pk}/end/"
    answer = as_worker.post(address, on("ends_on", 2, 5, 2026))
    assert "The end must be on or after the start" in answer.content.decode()
    assert as_worker.post(address, on("ends_on", 1, 9, 2026)).status_code == 302
    end_legal_status(status=status, by=worker, ends_on=dt.date(2026, 10, 1))
    status.refresh_from_db()
    assert status.ends_on == dt.date(2026, 9, 1)


def aside(as_worker, child, status, reason="Of her brother, not of her"):
    address = f"/children/{child.pk}/status/{status.pk}/set-aside/"
    return as_worker.post(address, {"reason": reason}, follow=True).content.decode()


def test_a_status_recorded_by_mistake_is_kept_and_counts_no_more(as_worker, worker, child):
    """A mistaken order ended on its first day, and the plan that is right from that day."""
    day = dt.date(2026, 9, 1)
    mistake = record(child, worker, "s31", day)
    end_legal_status(status=mistake, by=worker, ends_on=day)
    assert "Say why it was recorded by mistake" in aside(as_worker, child, mistake, " ")
    page = aside(as_worker, child, mistake)
    assert "No legal status is recorded" in page
    assert "Recorded by mistake: it counts no more" in page and "Of her brother" in page
    # The day is free for what is right, be it the same again.
    assert record(child, worker, "s31", day).pk != mistake.pk
    aside(as_worker, child, LegalStatus.objects.get(ends_on=None))
    right = record(child, worker, "cin", day)
    assert list(statuses_of(child)) == [right]
    assert status_on(list(statuses_of(child)), day) == right
    assert facts_of_child(child) == {"care_planning": "cin"}
    assert plan_of(child, day) == "child in need plan"
    for page in ("", "changes/", "timeline/"):
        shown = as_worker.get(f"/children/{child.pk}/{page}").content.decode()
        assert ("section 31" in shown) == (page != "")
    mistake.refresh_from_db()
    assert (mistake.kind, mistake.starts_on, mistake.history.count()) == ("s31", day, 3)
    event = AuditEvent.objects.filter(act="legal status set aside").earliest("pk")
    assert (event.object_id, event.reason) == (str(mistake.pk), "Of her brother, not of her")


def test_what_a_mistake_ended_lasts_again(as_worker, worker, child):
    before = record(child, worker, "cin", dt.date(2026, 1, 10))
    mistake = record(child, worker, "s31", dt.date(2026, 9, 1))
    assert facts_of_child(child)["looked_after"] == "s31"
    assert "Child in need lasts again, as before it." in aside(as_worker, child, mistake)
    before.refresh_from_db()
    assert before.ends_on is None
    assert facts_of_child(child) == {"care_planning": "cin"}
    assert set_status_aside(status=mistake, by=worker, reason="Twice") is None


def test_what_a_person_ended_stays_ended(as_worker, worker, child):
    before = record(child, worker, "cin", dt.date(2026, 1, 10))
    end_legal_status(status=before, by=worker, ends_on=dt.date(2026, 9, 1))
    aside(as_worker, child, record(child, worker, "s31", dt.date(2026, 9, 1)))
    before.refresh_from_db()
    assert before.ends_on == dt.date(2026, 9, 1)
    assert facts_of_child(child) == {}


def test_what_was_set_aside_changes_no_more(as_worker, worker, child):
    mistake = record(child, worker, "s31", dt.date(2026, 9, 1))
    aside(as_worker, child, mistake)
    for page in ("end", "set-aside"):
        address = f"/children/{child.pk}/status/{mistake.pk}/{page}/"
        sent = as_worker.post(address, {"reason": "Again", **on("ends_on", 2, 9, 2026)})
        assert sent["Location"] == f"/children/{child.pk}/status/"
    end_legal_status(status=mistake, by=worker, ends_on=dt.date(2026, 9, 2))
    mistake.refresh_from_db()
    assert (mistake.ends_on, mistake.set_aside_reason) == (None, "Of her brother, not of her")
    mistake.kind = "cin"
    with pytest.raises(DatabaseError), transaction.atomic():
        mistake.save()


@pytest.mark.requirement("O-SHR-38")
def test_a_child_with_one_person_says_that_nobody_is_alone(as_worker, worker, lead, child):
    page = as_worker.get(f"/children/{child.pk}/").content.decode()
    assert "Nobody is alone with this" in page
    assert lead.get_full_name() in page
    page = as_worker.get(f"/children/{child.pk}/team/").content.decode()
    assert "Nobody is in the team" in page


@pytest.mark.requirement("O-SHR-38")
def test_the_team_is_shown_with_what_each_does(as_worker, worker, child):
    address = f"/children/{child.pk}/team/add/"
    since = on("starts_on", 1, 9, 2026)
    as_worker.post(address, {"who": "me", "part": "Form tutor", **since})
    as_worker.post(
        address,
        {
            "who": "other",
            "name": "Sam Okafor",
            "agency_name": "Exampleton NHS",
            "part": "Nurse",
            "is_lead_professional": "on",
            **since,
        },
    )
    for page in ("", "team/"):
        shown = as_worker.get(f"/children/{child.pk}/{page}").content.decode()
        for words in (
            worker.get_full_name(),
            "Form tutor",
            "Sam Okafor",
            "Exampleton NHS",
            "lead professional",
        ):
            assert words in shown


def test_a_colleague_needs_a_name(as_worker, child):
    address = f"/children/{child.pk}/team/add/"
    answer = as_worker.post(
        address, {"who": "other", "part": "Nurse", **on("starts_on", 1, 9, 2026)}
    )
    assert "Enter their name" in answer.content.decode()
    assert not TeamMember.objects.exists()


def test_one_lead_professional_at_a_time_and_no_double(worker, child):
    day = dt.date(2026, 9, 1)
    facts = {"child": child, "by": worker, "part": "Social worker", "starts_on": day}
    first = add_team_member(name="A One", is_lead_professional=True, **facts)
    assert add_team_member(name="A One", is_lead_professional=True, **facts).pk == first.pk
    add_team_member(name="B Two", is_lead_professional=True, **facts)
    leading = TeamMember.objects.filter(is_lead_professional=True)
    assert [member.name for member in leading] == ["B Two"]
    assert TeamMember.objects.count() == 2


@pytest.fixture
def joins(as_worker, child):
    """Sends the form of who joins the team; gives the page after it."""

    def send(who="other", name="Sam Okafor", **more):
        facts = {"who": who, "name": name if who == "other" else "", "part": "Nurse"}
        facts |= on("starts_on", 1, 9, 2026) | more
        answer = as_worker.post(f"/children/{child.pk}/team/add/", facts, follow=True)
        return answer.content.decode()

    return send


def test_nobody_is_in_the_team_before_the_child_was_born(joins, child):
    child.date_of_birth = dt.date(2014, 5, 6)
    child.save()
    early = on("starts_on", 29, 11, 2001)
    assert "The child was born on 6 May 2014: nobody is in the team before that" in joins(**early)
    assert not TeamMember.objects.exists()
    child.birth_date_known = "approximate"
    child.save()
    joins(**early)
    assert TeamMember.objects.count() == 1


def test_nobody_is_in_the_team_twice_at_once(joins, worker, lead):
    joins(agency_name="Exampleton NHS")
    for again in (
        {"part": "School nurse"},
        {"name": " sam  okafor ", "agency_name": "exampleton nhs"},
        {"is_lead_professional": "on"},
    ):
        page = joins(**again)
        assert "Sam Okafor is in the team already, since 1 September 2026: Nurse" in page.replace(
            "sam  okafor", "Sam Okafor"
        )
    joins("me", part="Form tutor")
    assert "is in the team already" in joins("me", part="Head of year")
    assert "is in the team already" in joins(name=worker.get_full_name())
    assert TeamMember.objects.count() == 2
    # Another agency is another person; and who has left may join again.
    joins(agency_name="Exampleton Housing")
    for member in TeamMember.objects.filter(name="Sam Okafor"):
        end_team_member(member=member, by=worker, ends_on=dt.date(2026, 10, 1))
    joins(part="School nurse", **on("starts_on", 2, 10, 2026))
    assert TeamMember.objects.filter(ends_on=None).count() == 2


def test_who_joins_by_account_is_there_for_the_agency_of_their_post(joins, worker):
    joins("me", part="Form tutor")
    assert TeamMember.objects.get().agency_name == worker.posts.get().team.agency.name


def test_the_page_says_who_hands_over_as_lead_professional(as_worker, joins, child):
    def asked():
        return as_worker.get(f"/children/{child.pk}/team/add/").content.decode()

    assert "is the lead professional now" not in asked()
    joins(is_lead_professional="on")
    assert "Sam Okafor is the lead professional now, hands over if you tick this" in asked()


def test_somebody_leaves_and_stays_in_the_record(as_worker, worker, child):
    member = add_team_member(
        child=child, by=worker, name="Sam Okafor", part="Nurse", starts_on=dt.date(2026, 9, 1)
    )
    address = f"/children/{child.pk}/team/{member.pk}/end/"
    as_worker.post(address, on("ends_on", 1, 10, 2026))
    page = as_worker.get(f"/children/{child.pk}/team/").content.decode()
    assert "Were in the team" in page and "Sam Okafor" in page
    end_team_member(member=member, by=worker, ends_on=dt.date(2026, 11, 1))
    member.refresh_from_db()
    assert member.ends_on == dt.date(2026, 10, 1)

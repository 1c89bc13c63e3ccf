"""S03: Wiltshire, 13 years old, the matrix, any one High, a level that changes."""

import datetime as dt

import pytest
import time_machine

from cse.children.models import LevelEvent
from cse.people.models import Role
from screening.models import Screen
from screening.queries import latest_assessment
from tests.factories import make_user
from tests.prepared import prepared
from tests.screening.conftest import Place
from tests.screening.pages import address, complete, fill, text_of

pytestmark = [pytest.mark.django_db]
FRIDAY = dt.datetime(2027, 1, 15, 10, 0, tzinfo=dt.UTC)
FOURTEENTH_BIRTHDAY = dt.datetime(2027, 1, 18, 10, 0, tzinfo=dt.UTC)


@prepared
def callum(tools):
    """Callum Reyes, last level Vulnerable on 2 November 2026."""
    with time_machine.travel(FRIDAY - dt.timedelta(weeks=2)):
        place = Place(
            "wiltshire",
            given_name="Callum",
            family_name="Reyes",
            date_of_birth=dt.date(2013, 1, 18),
        )
    LevelEvent(
        child=place.child,
        level="vulnerable",
        decided_on=dt.date(2026, 11, 2),
        decided_at=dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC),
        decided_by=place.lead,
        judgement="First worries",
    ).save()
    return place


def start(place):
    client = place.client()
    client.post(f"/screens/child/{place.child.pk}/start/", {"tool": "wiltshire"})
    return client, Screen.objects.get(child=place.child)


def rate_both(client, screen):
    """Grooming Substantial × Likely; Missing Serious × Likely, its suggestion accepted."""
    fill(client, screen, "domain", "grooming", impact="substantial", likelihood="likely")
    fill(client, screen, "domain", "missing", impact="serious", likelihood="likely")


@pytest.mark.requirement("W-SCR-37", "W-SCR-38", "DEC-07")
@time_machine.travel(FRIDAY)
def test_the_matrix_suggests_and_nothing_is_taken_by_itself(callum):
    client, screen = start(callum)
    rate_both(client, screen)
    grooming = text_of(client.get(address(screen, "domain", "grooming")))
    missing = text_of(client.get(address(screen, "domain", "missing")))
    assert "The matrix suggests: Medium." in grooming
    assert "The matrix suggests: High." in missing
    assert "Has happened and may happen again" in grooming  # the definition beside the choice
    assert "Likely means it has happened — has exploitation already happened?" in grooming
    screen.refresh_from_db()
    assert "r" not in screen.answers["d"]["missing"]
    assert "Any one high" not in missing


@pytest.mark.requirement("W-SCR-13", "DEC-01", "DEC-05", "W-SCR-23")
@time_machine.travel(FRIDAY)
def test_accepting_high_for_missing_fires_the_rule_at_thirteen(callum):
    client, screen = start(callum)
    rate_both(client, screen)
    fill(client, screen, "domain", "missing", act="accept")
    screen.refresh_from_db()
    assert screen.answers["d"]["missing"] == {"i": "serious", "l": "likely", "r": "high"}
    page = text_of(client.get(address(screen, "domain", "missing")))
    assert "Any one high risk factor at 13 or younger" in page
    assert "the domain Missing (rated high)" in page


@pytest.mark.requirement("DEC-06", "DEC-09", "W-SCR-27", "W-SCR-28", "W-SCR-24")
@time_machine.travel(FRIDAY)
def test_the_level_needs_words_and_the_direction_must_agree(callum):
    client, screen = start(callum)
    rate_both(client, screen)
    fill(client, screen, "domain", "missing", act="accept")
    fill(client, screen, "section", "harm", harm_happened="possible")
    fill(client, screen, "section", "level", level="at_risk", direction="static")
    refused = complete(client, screen)
    assert refused.status_code == 200
    words = text_of(refused)
    assert "Write your professional judgement" in words
    assert "From Vulnerable to At risk the risk has increased, not static" in words
    screen.refresh_from_db()
    assert screen.is_draft and screen.sections["direction"] == "static"  # kept as it was given

    fill(client, screen, "section", "judgement", professional_judgement="He is pulled further in.")
    still = text_of(complete(client, screen))
    assert "the risk has increased" in still and "Write your professional" not in still

    fill(client, screen, "section", "level", direction="increased")
    assert "Changed from previously Yes" in text_of(client.get(address(screen, "check")))
    assert complete(client, screen).status_code == 302
    event = LevelEvent.objects.get(child=callum.child, level="at_risk")
    assert (event.previous_level, event.direction) == ("vulnerable", "increased")
    assert event.decided_on == dt.date(2027, 1, 15) and not event.needs_approval
    result = latest_assessment(screen).result
    assert [rule["id"] for rule in result["rules"]] == ["R5", "R4"]
    suggested = {each["title"]: each["suggested"] for each in result["domains"]}
    assert (suggested["Grooming"], suggested["Missing"]) == ("medium", "high")
    routes = {route["key"] for rule in result["rules"] for route in rule["routes"]}
    assert {"safeguarding_lead", "front_door"} <= routes


@pytest.mark.requirement("DEC-01", "DEC-02")
def test_the_same_answers_on_the_fourteenth_birthday_do_not_fire_it(callum):
    with time_machine.travel(FRIDAY):
        client, screen = start(callum)
    with time_machine.travel(FOURTEENTH_BIRTHDAY):
        client = callum.client()
        rate_both(client, screen)
        fill(client, screen, "domain", "missing", act="accept")
        fill(client, screen, "section", "harm", harm_happened="possible")
        fill(client, screen, "section", "judgement", professional_judgement="Drawn in.")
        fill(client, screen, "section", "level", level="at_risk", direction="increased")
        assert complete(client, screen).status_code == 302
    screen.refresh_from_db()
    assert screen.completed_on == dt.date(2027, 1, 18)
    rules = [rule["id"] for rule in latest_assessment(screen).result["rules"]]
    assert rules == ["R4"]


@pytest.mark.requirement("DEC-09")
@time_machine.travel(FRIDAY)
def test_a_lowering_waits_for_a_second_person_and_shows_the_peak(callum):
    LevelEvent(
        child=callum.child,
        level="cse",
        decided_on=dt.date(2026, 12, 1),
        decided_at=dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC),
        decided_by=callum.lead,
        judgement="It has happened",
        direction="increased",
        previous_level="vulnerable",
    ).save()
    client, screen = start(callum)
    fill(client, screen, "section", "harm", harm_happened="no")
    fill(client, screen, "section", "judgement", professional_judgement="Safer now.")
    fill(client, screen, "section", "level", level="vulnerable", direction="decreased")
    assert "Say why the level is lowered. The highest so far was CSE." in text_of(
        complete(client, screen)
    )
    fill(client, screen, "section", "level", level_reason="The adults are in custody.")
    assert complete(client, screen).status_code == 302
    event = LevelEvent.objects.get(child=callum.child, level="vulnerable", needs_approval=True)
    assert event.approved_at is None
    page = client.get(f"/screens/{screen.pk}/")
    assert "waits for approval" in text_of(page)
    # Until somebody else agrees, the level before it stands.
    assert "CSE level" in text_of(page) and "Level: CSE" in text_of(page)
    stranger = make_user(Role.NAMED_LEAD)
    assert callum.client(stranger).get(f"/screens/level/{event.pk}/").status_code == 404

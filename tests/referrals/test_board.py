"""The board: order, figures, filters, paging, scope, time left; and what was decided lately."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cse.access import actions as access
from cse.children.models import LegalStatus
from cse.clocks import actions as clocks
from cse.people.models import Role
from cse.workdays import age_on
from cse.worklist.queries import waiting_for
from referrals import actions, queries
from referrals.forms.triage import BANDS, RULES, STANDS, BoardForm
from referrals.queries import Filters
from referrals.queries import board as board_module
from referrals.queries import decided as decided_module
from referrals.queries.board import _AGE
from referrals.routing import Facts, route
from referrals.routing.rules import RULES as RULE_FUNCTIONS
from referrals.transitions import OPEN, Act, State
from tests.clocks.conftest import at
from tests.factories import give_post, grant, make_agency, make_team, make_user
from tests.prepared import prepared
from tests.screening.pages import text_of

pytestmark = pytest.mark.django_db
ADDRESS = "/referrals/board/"


@prepared
def area(oxfordshire):
    return oxfordshire


def received(area, child=None, **facts):
    return area.at(area.sent(child or area.another_child(), **facts), area.front_door)


def board(person, filters=None, **more):
    return queries.board_of(person, queries.teams_of(person), filters, **more)


def ids(found):
    return [row.id for row in found.rows]


def decide(area, delivery, decision, by=None):
    by = by or area.duty
    actions.claim(delivery_id=delivery.pk, by=by)
    return actions.decide(delivery_id=delivery.pk, by=by, decision=decision, reasons="So")


# -- Order, figures, paging ----------------------------------------------------------------------


@pytest.mark.requirement("D-REF-01")
def test_nothing_one_and_many(area, monkeypatch):
    browser = area.client(area.duty)
    assert "No referral waits for your team." in text_of(browser.get(ADDRESS))
    one = received(area)
    assert "1 referral: none late; 1 received." in text_of(browser.get(ADDRESS))
    made = [one, *(received(area) for _ in range(4))]
    monkeypatch.setattr(board_module, "PAGE", 2)
    seen, after = [], None
    while after != "":
        page = board(area.duty, after=after)
        assert page.total == 5
        seen += ids(page)
        after = page.next
    # All due at the end of the same day: then the id decides, so that no row is met twice.
    assert seen == sorted(each.pk for each in made)
    page = browser.get(ADDRESS)
    assert "Due later" in text_of(page)
    older = board(area.duty).next
    page = text_of(browser.get(ADDRESS, {"after": older, "stands": "received"}))
    assert "Back to the soonest" in page and "Due later" in page
    for nonsense in ("x", "2026-01-01~", "~", "2026-01-01~" + str(uuid.uuid4()), "\x00"):
        assert browser.get(ADDRESS, {"after": nonsense}).status_code == 200


@pytest.mark.requirement("W-REF-26", "D-REF-01")
def test_danger_is_told_by_the_name_of_the_child(area):
    browser, tag = area.client(area.duty), "cse-badge--serious"
    received(area)
    assert tag not in browser.get(ADDRESS).content.decode()
    for harm in ("immediate_danger", "significant_harm"):
        received(area, **{harm: True})
    page = browser.get(ADDRESS).content.decode()
    assert page.count(tag) == page.count("Immediate danger or harm now</strong>") == 2
    assert [bool(row.mark) for row in board(area.duty).rows].count(True) == 2


@pytest.mark.parametrize("said", ["immediate_danger", "significant_harm"])
def test_danger_now_is_due_at_once_and_stands_before_all_else(area, said):
    """On the board and on home of everybody it was sent to; its clock says the latest moment."""
    with time_machine.travel(at("2027-02-08 10:00"), tick=False):
        late = received(area)
    with time_machine.travel(at("2027-02-10 10:00"), tick=False):
        calm = [received(area) for _ in range(3)]
    with time_machine.travel(at("2027-02-10 14:00"), tick=False):
        danger = received(area, **{said: True})
        assert ids(board(area.duty)) == [danger.pk, late.pk, *sorted(each.pk for each in calm)]
        assert board(area.duty).rows[0].due_at == board(area.duty).rows[2].due_at
        assert "Due at once" in area.client(area.duty).get(ADDRESS).content.decode()
        for person, first in (
            (area.duty, danger),
            (area.officer, area.at(danger.referral, area.police)),
        ):
            assert waiting_for(person).items[0].subject_id == first.pk
            page = area.client(person).get("/").content.decode()
            row = page[page.index(f"/{first.pk}/") :].partition("</tr>")[0]
            assert "Immediate danger or harm now</strong>" in row and "Due at once" in row
            assert f"From {area.agency.name}, 10 February 2027 at 2:00pm" in row
    with time_machine.travel(at("2027-02-10 15:00"), tick=False):
        actions.claim(delivery_id=danger.pk, by=area.duty)
        assert ids(board(area.duty))[:2] == [danger.pk, late.pk]


def test_the_soonest_clock_stands_first_also_after_a_day_was_added(area):
    with time_machine.travel(at("2026-12-22 10:00"), tick=False):
        first = received(area)
    with time_machine.travel(at("2026-12-23 10:00"), tick=False):
        second, claimed = received(area), received(area)
        actions.claim(delivery_id=claimed.pk, by=area.duty)
        assert ids(board(area.duty)) == [first.pk, *sorted([second.pk, claimed.pk])]
        found = board(area.duty)
        due = {row.id: timezone.localtime(row.due_at).date() for row in found.rows}
        assert due == {
            first.pk: dt.date(2026, 12, 23),
            second.pk: dt.date(2026, 12, 24),
            claimed.pk: dt.date(2026, 12, 24),
        }
        assert found.by_state == {State.RECEIVED: 2, State.DECIDING: 1, State.PROPOSED: 0}
        administrator = make_user(Role.ADMINISTRATOR, agency=make_agency(authority=area.authority))
        for day in (23, 24):
            clocks.add_day(
                kind="bank_holiday",
                on=dt.date(2026, 12, day),
                name="A royal occasion",
                authority=None,
                moves=True,
                by=administrator,
            )
        moved = {row.id: timezone.localtime(row.due_at).date() for row in board(area.duty).rows}
        assert moved[first.pk] == dt.date(2026, 12, 29)
    with time_machine.travel(at("2026-12-31 10:00"), tick=False):
        assert board(area.duty).late == 3


@pytest.mark.requirement("DEC-31")
@pytest.mark.parametrize(
    ("sent", "now", "words"),
    [
        # Over a weekend: sent on Friday, due on Monday at 5pm.
        ("2026-11-27 15:00", "2026-11-27 16:00", "9 working hours left"),
        ("2026-11-27 15:00", "2026-11-28 12:00", "8 working hours left"),
        ("2026-11-27 15:00", "2026-11-30 13:00", "4 working hours left"),
        ("2026-11-27 15:00", "2026-11-30 16:30", "less than 1 working hour left"),
        ("2026-11-27 15:00", "2026-11-30 17:01", "late since the end of today’s working day"),
        ("2026-11-27 15:00", "2026-12-02 09:00", "late by 2 working days"),
        # Over Christmas: Friday and the substitute day on Monday are not counted.
        ("2026-12-24 10:00", "2026-12-26 10:00", "8 working hours left"),
        ("2026-12-24 10:00", "2026-12-29 12:00", "5 working hours left"),
        # Over the bank holiday of 3 May.
        ("2027-04-30 10:00", "2027-05-03 10:00", "8 working hours left"),
        ("2027-04-30 10:00", "2027-05-04 16:00", "1 working hour left"),
    ],
)
def test_working_hours_left_in_words(area, sent, now, words):
    with time_machine.travel(at(sent), tick=False):
        received(area)
    with time_machine.travel(at(now), tick=False):
        page = text_of(area.client(area.duty).get(ADDRESS))
    assert words.capitalize() in page
    assert ("1 late" in page) == words.startswith("late")


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_whatever_it_holds(area, number):
    for _ in range(number):
        received(area)
        decide(area, received(area), Act.PASS_ON)
    browser = area.client(area.duty)
    browser.get(ADDRESS)
    with CaptureQueriesContext(connection) as found:
        assert f"{number} referral" in text_of(browser.get(ADDRESS))
    assert len(found) == 10
    with CaptureQueriesContext(connection) as found:
        assert text_of(browser.get(reverse("referrals:decided"))).count("Robin Example") == number
    assert len(found) == 7


# -- Filters -------------------------------------------------------------------------------------


def years_ago(years, days=0):
    today = timezone.localdate()
    return today.replace(year=today.year - years, day=min(today.day, 28)) - dt.timedelta(days=days)


def test_filters_by_age_rule_agency_looked_after_and_state(area):
    young = received(area, area.another_child(date_of_birth=years_ago(12, 40)))
    unknown = received(area, area.another_child(date_of_birth=None))
    guessed = received(
        area,
        area.another_child(date_of_birth=None, estimated_age=14, estimated_on=timezone.localdate()),
    )
    older = received(
        area, area.another_child(date_of_birth=years_ago(16, 40)), trafficking=True,
        offence_recorded=True,
    )  # fmt: skip
    care = received(
        area, area.another_child(date_of_birth=years_ago(14, 40)), looked_after="s20",
        concerns_confirmed=True,
    )  # fmt: skip
    recorded = received(area, area.another_child(date_of_birth=years_ago(15, 40)))
    LegalStatus(
        child=recorded.referral.child,
        kind="s31",
        starts_on=timezone.localdate(),
        recorded_by=area.worker,
    ).save()
    actions.claim(delivery_id=older.pk, by=area.duty)
    actions.claim(delivery_id=care.pk, by=area.other_duty)

    def with_(**filters):
        found = board(area.duty, Filters(**filters))
        assert found.total == len(found.rows)
        return set(ids(found))

    everything = with_()
    assert len(everything) == 6
    assert with_(band="under_13") == {young.pk, unknown.pk}
    assert with_(band="13_15") == {guessed.pk, care.pk, recorded.pk}
    assert with_(band="16_17") == {older.pk}
    assert with_(band="adult") == set()
    assert with_(rule="R11") == with_(rule="DEC-17") == {older.pk}
    assert with_(rule="R4") >= {young.pk, care.pk}
    assert with_(agency=area.agency.pk) == everything
    assert with_(agency=area.care.pk) == set()
    assert with_(looked_after="yes") == {care.pk, recorded.pk}
    assert with_(looked_after="no") == everything - {care.pk, recorded.pk}
    assert with_(stands="deciding") == {older.pk, care.pk}
    assert with_(mine=True) == {older.pk}
    assert with_(band="13_15", looked_after="yes", stands="deciding") == {care.pk}
    browser = area.client(area.duty)
    page = browser.get(ADDRESS, {"rule": "R11", "mine": "on", "surprise": "x"})
    text = text_of(page)
    assert "1 referral with these filters" in text
    assert "Remove filter: Rule: Trafficking" in text and "Remove filter: Claimed by me" in text
    assert f"{ADDRESS}?mine=on" in page.content.decode()
    assert "surprise" not in page.content.decode()
    none = text_of(browser.get(ADDRESS, {"band": "adult"}))
    assert "No referral fits these filters." in none


@pytest.mark.parametrize(
    "nonsense", [{"band": "x"}, {"agency": "1"}, {"rule": "R4'"}, {"stands": "accepted"}]
)
def test_a_filter_that_does_not_exist_is_said_and_narrows_nothing(area, nonsense):
    received(area)
    page = area.client(area.duty).get(ADDRESS, nonsense)
    assert page.status_code == 200
    assert "<title>Error:" in page.content.decode() and "Robin Example" in text_of(page)


def test_a_filter_by_team_is_offered_to_whoever_is_in_several(area):
    delivery = received(area)
    browser = area.client(area.duty)
    assert 'name="team"' not in browser.get(ADDRESS).content.decode()
    second = make_team(area.care)
    with transaction.atomic():
        give_post(area.duty, Role.FRONT_DOOR, second)
    browser = area.client(area.duty)
    page = browser.get(ADDRESS, {"team": str(second.pk)})
    assert "No referral fits" in text_of(page)
    page = browser.get(ADDRESS, {"team": str(area.front_door.pk)})
    assert reverse("referrals:delivery", args=[delivery.pk]) in page.content.decode()
    # Another's team is no choice, and a filter object made for it shows nothing of it.
    assert board(area.duty, Filters(team=area.police.pk)).total == 0


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    born=st.dates(dt.date(2004, 1, 1), dt.date(2026, 1, 1))
    | st.sampled_from([dt.date(2008, 2, 29), dt.date(2012, 2, 29)]),
    today=st.dates(dt.date(2026, 1, 1), dt.date(2030, 12, 31))
    | st.sampled_from([dt.date(2027, 2, 28), dt.date(2027, 3, 1), dt.date(2028, 2, 29)]),
)
def test_the_database_counts_years_as_we_do(born, today):
    sql = _AGE.replace("FROM children_child b WHERE b.id = r.child_id", "FROM born b")
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH born AS (SELECT %(born)s::date AS date_of_birth, NULL::int AS estimated_age,"
            f" NULL::date AS estimated_on) SELECT {sql}",
            {"born": born, "today": today},
        )
        assert cursor.fetchone()[0] == age_on(born, today)


def test_the_choices_are_those_of_the_rules_and_states():
    ours = {f"R{number}" for number in range(1, 15)} | {"DEC-17"}
    assert {key for key, _ in RULES} == ours and len(RULE_FUNCTIONS) == len(ours)
    assert {key for key, _ in STANDS} == {state.value for state in OPEN}
    facts = Facts(authority="oxfordshire", on=dt.date(2027, 2, 8))
    assert route(facts).ages.band.value in dict(BANDS)


def test_no_address_holds_personal_data(area):
    delivery = received(area)
    form = BoardForm({}, teams=queries.teams_of(area.duty), agencies=[area.agency])
    assert set(form.fields) == {"stands", "band", "rule", "agency", "looked_after", "mine"}
    page = area.client(area.duty).get(ADDRESS).content.decode()
    child = delivery.referral.child
    for part in page.split('href="')[1:]:
        assert child.given_name not in part.split('"')[0]


# -- Who sees it ---------------------------------------------------------------------------------


@pytest.mark.requirement("D-SHR-01")
def test_only_what_was_sent_to_ones_team_and_of_children_in_scope(area, wiltshire):
    mine, hidden = received(area), received(area)
    received(wiltshire)
    with transaction.atomic():
        grant(area.duty, wiltshire.child)
    child = hidden.referral.child
    assert set(ids(board(area.duty))) == {mine.pk, hidden.pk}
    access.exclude(
        child=child, user=area.other_duty, ground="relative", reason="Niece", by=area.lead
    )
    found = board(area.other_duty)
    assert (ids(found), found.total) == ([mine.pk], 1)
    with transaction.atomic():
        grant(area.lead, child)
        access.seal(child=child, names=[area.lead], reason="Known to staff", by=area.lead)
    found = board(area.duty)
    assert (ids(found), found.total) == ([mine.pk], 1)
    assert ids(board(area.stranger)) == ids(board(area.specialist)) == []
    # Somebody else's teams, handed in by mistake, give nothing.
    assert queries.board_of(area.stranger, [area.front_door]).rows == ()
    for role in (Role.BOARD, Role.ADMINISTRATOR, Role.AUDITOR):
        nobody = make_user(role, team=area.front_door)
        assert board(nobody).rows == ()
        assert area.client(nobody).get(ADDRESS).status_code == 403


# -- Decided lately ------------------------------------------------------------------------------


@pytest.mark.requirement("W-REF-28")
def test_decided_lately_says_what_by_whom_and_no_name_where_access_ended(area, monkeypatch):
    accepted = decide(area, received(area), Act.ACCEPT)
    back = received(area, professional_working=True)
    assert decide(area, back, Act.SEND_BACK).state == State.BACK
    passed = decide(area, received(area), Act.PASS_ON)
    with time_machine.travel(timezone.now() - dt.timedelta(days=31)):
        old = received(area, professional_working=True)
        decide(area, old, Act.OTHER_OUTCOME)
    teams = queries.teams_of(area.duty)
    rows = queries.decided_lately(area.duty, teams).rows
    assert [(row.delivery.pk, row.seen) for row in rows] == [
        (passed.pk, True),
        (back.pk, False),
        (accepted.pk, True),
    ]
    page = text_of(area.client(area.duty).get(reverse("referrals:decided")))
    assert page.count("No longer open to your team") == 1
    assert page.count("Robin Example") == 2
    monkeypatch.setattr(decided_module, "PAGE", 2)
    first = queries.decided_lately(area.duty, teams)
    assert len(first.rows) == 2 and first.next
    last = queries.decided_lately(area.duty, teams, first.next)
    assert [row.delivery.pk for row in last.rows] == [accepted.pk] and last.next == ""
    assert queries.decided_lately(area.stranger, [area.front_door]).rows == ()


def test_of_a_sealed_child_even_the_decision_is_not_there(area):
    done = decide(area, received(area), Act.ACCEPT)
    child = done.referral.child
    with transaction.atomic():
        grant(area.lead, child)
        access.seal(child=child, names=[area.lead], reason="Known to staff", by=area.lead)
    assert queries.decided_lately(area.duty, queries.teams_of(area.duty)).rows == ()


def test_a_withdrawal_ended_when_it_was_withdrawn(area):
    sent = area.sent()
    received = area.at(sent, area.front_door)
    actions.withdraw(referral_id=sent.pk, by=area.lead, reason="The wrong child")
    (row,) = queries.decided_lately(area.duty, queries.teams_of(area.duty)).rows
    newest = type(received).history.filter(id=received.pk).latest("history_id")
    assert row.ended_at == newest.history_date
    assert row.ended_at > received.received_at

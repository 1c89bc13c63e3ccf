"""The administrator's table of age differences: who may change it, to what, and what it changes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from cse.access.policies import NotAllowed, NotVisible
from cse.audit.models import AuditEvent
from cse.people.models import Role
from cse.people.saving import Changed, version_of
from referrals import actions
from referrals.actions import change_age_differences
from referrals.models import AgeDifferences
from referrals.queries.differences import FIELDS, gaps_of, row_of, tables_of
from referrals.routing import AgeGaps
from tests.factories import make_agency, make_authority, make_user
from tests.referrals.area import Area
from tests.signin.helpers import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S06", "DEC-12")]

FOURTEEN = dt.date(2012, 3, 9)
STANDARD = {"at_13": 4, "at_14": 5, "at_15": 6, "pre_tick": 3}
STRICTER = STANDARD | {"at_14": 4, "reason": "The board decided so on 3 November 2026"}


@pytest.fixture
def area(db, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return Area("wiltshire", date_of_birth=FOURTEEN)


@pytest.fixture
def boss(area):
    return make_user(Role.ADMINISTRATOR, agency=make_agency(authority=area.authority))


def changed_to(area, by, **values):
    version = version_of(row_of(area.authority), FIELDS)
    return change_age_differences(
        area=area.authority, values=STRICTER | values, version=version, by=by
    )


def activity_with(age):
    return {"sexual_activity": {"from": "2026-11-02", "to": None}, "other_person": {"age": age}}


def fired(referral):
    return {rule["id"] for rule in referral.routing["rules"]}


def test_a_change_holds_from_then_on_and_rewrites_nothing(area, boss):
    before = area.sent(**activity_with(18))
    assert {"R8"} <= fired(before)
    assert "R7" not in fired(before)
    draft = area.draft(area.another_child(date_of_birth=FOURTEEN), **activity_with(18))

    changed_to(area, boss)

    after = area.sent(area.another_child(date_of_birth=FOURTEEN), **activity_with(18))
    assert "R7" in fired(after)
    assert after.routing["age_gaps"]["at_14"] == 4
    before.refresh_from_db()
    assert "R7" not in fired(before)
    assert before.routing["age_gaps"]["at_14"] == 5
    # A draft is asked again when it is sent: what holds then is owed.
    draft.refresh_from_db()
    assert "R7" not in fired(draft)
    sent = actions.send(referral_id=draft.pk, by=area.worker, version=draft.version)
    assert "R7" in fired(sent)


def test_the_other_area_keeps_its_own(area, boss):
    changed_to(area, boss)
    assert gaps_of(area.authority) == AgeGaps(at_14=4)
    assert gaps_of(make_authority("oxfordshire")) == AgeGaps()


def test_the_change_is_on_record_with_its_reason(area, boss):
    row = changed_to(area, boss)
    event = AuditEvent.objects.get(act="age differences changed")
    assert (event.object_id, event.changed_fields) == (str(row.pk), ["at_14"])
    assert event.data == {"at_14": [5, 4]}
    assert event.reason == STRICTER["reason"]
    (kept,) = row.history.all()
    assert (kept.at_14, kept.history_change_reason) == (4, STRICTER["reason"])


def test_nothing_changed_writes_nothing(area, boss):
    changed_to(area, boss, at_14=5)
    assert not AgeDifferences.objects.exists()
    assert not AuditEvent.objects.filter(act="age differences changed").exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_may(area, role):
    somebody = make_user(role, agency=make_agency(authority=area.authority))
    with pytest.raises(NotAllowed):
        changed_to(area, somebody)
    assert gaps_of(area.authority) == AgeGaps()


def test_another_areas_administrator_finds_no_page(area, client):
    other = make_user(
        Role.ADMINISTRATOR, agency=make_agency(authority=make_authority("oxfordshire"))
    )
    with pytest.raises(NotVisible):
        changed_to(area, other)
    sign_in(client, other)
    address = reverse("referrals:change-age-differences", args=[area.authority.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, STRICTER).status_code == 404


@pytest.mark.requirement("W-REF-09", "W-REF-10")
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"at_13": 5, "at_14": 5}, "at_13"),
        ({"at_15": 7}, "at_15"),
        ({"at_14": 3}, "at_14"),
        ({"at_14": 7}, "at_15"),
        ({"at_13": 2}, "pre_tick"),
    ],
)
def test_a_table_that_asks_for_less_than_the_handbook_is_refused(area, boss, values, field):
    with pytest.raises(ValidationError) as refused:
        changed_to(area, boss, **values)
    assert set(refused.value.message_dict) == {field}
    assert not AgeDifferences.objects.exists()


def test_the_database_holds_the_order_too(area, boss):
    row = changed_to(area, boss)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE referrals_agedifferences SET at_13 = 9 WHERE id = %s", [row.pk])


def test_somebody_else_was_first(area, boss):
    opened = version_of(row_of(area.authority), FIELDS)
    changed_to(area, boss)
    with pytest.raises(Changed):
        change_age_differences(
            area=area.authority, values=STRICTER | {"at_14": 6}, version=opened, by=boss
        )


def test_the_pages(area, boss, client):
    sign_in(client, boss)
    page = reverse("referrals:age-differences")
    assert "Not changed yet" in client.get(page).content.decode()
    address = reverse("referrals:change-age-differences", args=[area.authority.pk])
    opened = version_of(row_of(area.authority), FIELDS)
    assert opened in client.get(address).content.decode()

    empty = client.post(address, STRICTER | {"version": opened, "reason": " "})
    assert "Say why the table is changed" in empty.content.decode()
    words = client.post(address, STRICTER | {"version": opened, "at_13": "four"})
    assert "enter a whole number of years" in words.content.decode()
    assert 'value="four"' in words.content.decode()
    loose = client.post(address, STRICTER | {"version": opened, "at_13": "5", "at_14": "5"})
    assert "13 and 17 always need a referral" in loose.content.decode()

    saved = client.post(address, STRICTER | {"version": opened}, follow=True)
    assert "It holds from now on" in saved.content.decode()
    assert STRICTER["reason"] in saved.content.decode()
    assert boss.get_full_name() in saved.content.decode()

    stale = client.post(address, STRICTER | {"version": opened, "at_14": "6"})
    assert stale.status_code == 409
    assert "Somebody else was first" in stale.content.decode()


def test_the_list_costs_the_same_for_one_area_and_for_two(area, boss, django_assert_num_queries):
    changed_to(area, boss)
    areas = [area.authority.pk, make_authority("oxfordshire").pk]
    for asked in (areas[:1], areas):
        with django_assert_num_queries(2):
            assert len(tables_of(asked)) == len(asked)

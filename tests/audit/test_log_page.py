"""The auditor's page: every event by reference, typed search text here alone, no child's name."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cse.access import actions as access
from cse.audit import events, queries, views
from cse.audit.models import AuditEvent
from cse.people.models import Role
from tests.factories import grant, make_child, make_team, make_user
from tests.interface.browsing import Site

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-02")]

LOG = reverse("audit:log")


@pytest.fixture
def auditor(client):
    client.force_login(make_user(Role.AUDITOR, given_name="Ada", family_name="Auditor"))
    return client


def ask(client, **typed):
    """Filter the log, and go on to what was found."""
    return client.post(LOG, typed, follow=True)


def body(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_acts_by_reference_and_no_childs_name(auditor):
    worker = make_user(given_name="Wanda", family_name="Worker")
    child = make_child("Quintessa", "Zzyzx", by=worker)
    events.record("edit a child", by=worker, child=child, changed=["given_name"])
    shown = body(auditor.get(LOG))
    assert child.reference in shown
    assert "Wanda Worker" in shown
    assert "given name" in shown
    assert "Quintessa" not in shown
    assert "Zzyzx" not in shown


def test_what_was_typed_into_a_search_is_shown_here(auditor):
    events.record("search for a child", protected_text="Quintessa Zzyzx")
    assert "Quintessa Zzyzx" in body(auditor.get(LOG))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDITOR])
def test_nobody_else_sees_the_log(client, role):
    client.force_login(make_user(role))
    assert client.get(LOG).status_code == 403


def test_filters_narrow_by_act_answer_actor_child_and_days(auditor):
    worker, child = make_user(), make_child()
    mine = events.record("edit a child", by=worker, child=child)
    events.record("sealed", child=make_child(), decision="refused")
    day = timezone.localdate()

    def found(**asked):
        page = queries.log_page(queries.Filters(**asked))
        return {event.pk for event in page.events}

    assert found(act="edit") == {mine.pk}
    assert found(actor=worker.pk) == {mine.pk}
    assert found(child=child.pk) == {mine.pk}
    assert mine.pk not in found(decision="refused")
    assert found(decision="refused")
    assert mine.pk in found(from_day=day, until_day=day)
    assert not found(until_day=day - dt.timedelta(days=1))
    shown = body(ask(auditor, reference=f" {child.reference.lower()} "))
    assert shown.count('role="rowheader"') == 1
    assert "No event fits" in body(ask(auditor, reference="C-2222222"))


@pytest.mark.parametrize(
    "asked",
    [
        {"before": "x"},
        {"before": "9" * 40},
        {"before": "-1"},
        {"actor": "nobody"},
        {"from_day-day": "31", "from_day-month": "2", "from_day-year": "2026"},
        {"decision": "perhaps"},
        {"act": "x" * 500},
        {"act": "\x00"},
        {"reference": "\x00"},
    ],
)
def test_nonsense_is_never_a_500(auditor, asked):
    events.record("an act")
    assert auditor.get(LOG, asked).status_code == 200
    assert ask(auditor, **asked).status_code == 200


def test_pages_go_back_by_key_to_the_first_event(auditor, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 4)
    ids = [events.record(f"act {number}").pk for number in range(10)]
    seen, before = [], None
    while True:
        page = queries.log_page(queries.Filters(act="act "), before)
        seen += [event.pk for event in page.events]
        if page.older is None:
            break
        before = page.older
    assert seen == sorted(ids, reverse=True)


def test_looking_at_the_log_is_written_down_with_the_names_of_the_filters_only(auditor):
    ask(auditor, act="Quintessa", **day("from_day", 2026, 11, 2))
    event = AuditEvent.objects.get(act="see the audit log")
    assert event.data == {"filters": ["act", "from_day"]}


def day(name, year, month, number):
    parts = {"day": number, "month": month, "year": year}
    return {f"{name}-{part}": str(value) for part, value in parts.items()}


def test_what_is_typed_stands_in_no_address_and_no_log(auditor, caplog):
    """A name typed as an act stays in the session, of the one who typed it."""
    events.record("looked for Quintessa", by=make_user())
    sent = auditor.post(LOG, {"act": "Quintessa", "decision": "", "reference": ""})
    assert (sent.status_code, "Quintessa" in sent["Location"]) == (302, False)
    shown = body(auditor.get(sent["Location"]))
    assert shown.count('role="rowheader"') == 1
    assert 'value="Quintessa"' in shown
    for address in re.findall(r'(?:href|action)="([^"]*)"', shown):
        assert "Quintessa" not in address
    assert "Quintessa" not in caplog.text
    other = Client()
    other.force_login(make_user(Role.AUDITOR))
    assert other.get(sent["Location"])["Location"] == LOG


def test_an_old_address_with_words_in_it_filters_nothing(auditor):
    events.record("an act", by=make_user())
    shown = body(auditor.get(LOG, {"act": "Quintessa", "reference": "Quintessa"}))
    assert "Quintessa" not in shown and "An act" in shown


def test_pages_of_what_was_found_go_on_without_the_words(auditor, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    for number in range(5):
        events.record(f"act {number}")
    sent = auditor.post(LOG, {"act": "act "})
    shown = body(auditor.get(sent["Location"]))
    (older,) = re.findall(r'href="(\?before=\d+)" rel="next"', shown)
    assert "Act 2" in body(auditor.get(sent["Location"] + older))


def test_a_field_that_is_not_on_the_form_is_ignored_and_counted(auditor):
    sent = auditor.post(LOG, {"act": "x", "acting": "Quintessa"})
    event = AuditEvent.objects.get(rule="extra fields")
    assert event.data == {"count": 1}
    kept = auditor.session["audit.filters"][sent["Location"].split("/")[-2]]
    assert kept == {"act": "x"}


def test_only_the_last_filters_are_kept(auditor):
    first = auditor.post(LOG, {"act": "first"})["Location"]
    for number in range(views.MOST_KEPT):
        last = auditor.post(LOG, {"act": str(number)})["Location"]
    assert auditor.get(first)["Location"] == LOG
    assert auditor.get(last).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_whatever_the_rows(auditor, django_assert_max_num_queries, rows):
    for _ in range(rows):
        events.record("an act", by=make_user(), child=make_child())
    # Activity is written to the session now and then: the clock stands still for the count.
    with time_machine.travel(timezone.now(), tick=False):
        where = auditor.post(LOG, {"act": "an act"})["Location"]
        auditor.get(where)
        with django_assert_max_num_queries(12) as counted:
            auditor.get(where)
    assert COUNTS.setdefault("log", len(counted)) == len(counted)


COUNTS: dict[str, int] = {}


def test_it_says_to_whom_access_was_given_and_from_whom_it_was_taken(auditor):
    lead = make_user(Role.NAMED_LEAD)
    child = make_child(by=lead)
    grant(lead, child)
    colleague = make_user(given_name="Corin", family_name="Colleague")
    team = make_team(name="Night desk")
    until = timezone.localdate() + dt.timedelta(days=30)
    for whom in ({"user": colleague}, {"team": team}):
        held = access.give_access(child=child, reason="To help", until=until, by=lead, **whom)
    kept_out = make_user(given_name="Kim", family_name="Keptout")
    access.exclude(child=child, user=kept_out, ground="other", reason="A relative", by=lead)
    shown = body(auditor.get(LOG))
    for name in ("Corin Colleague", f"Night desk, {team.agency.name}", "Kim Keptout"):
        assert f"About: {name}" in shown
    sealed = make_child(by=lead)
    for person in (lead, colleague):
        grant(person, sealed)
    access.seal(child=sealed, names=[colleague], reason="A colleague is kin", by=lead)
    assert "About: Corin Colleague" in body(auditor.get(LOG, {"actor": str(lead.pk)}))
    (event,) = AuditEvent.objects.filter(child_id=sealed.pk, object_kind="access.seal")
    assert "Corin Colleague" in queries.about_whom([event])[event.pk]
    access.end_access(grant=held, reason="No longer needed", by=lead)
    (ended,) = AuditEvent.objects.filter(act="access ended")
    assert queries.about_whom([ended]) == {ended.pk: f"Night desk, {team.agency.name}"}


def test_it_says_to_whom_a_post_was_given_and_nothing_where_it_is_who_acted(auditor):
    person = make_user(given_name="Corin", family_name="Colleague")
    events.record("post given", by=make_user(), data={"person": str(person.pk)})
    events.record("signed in", by=person, obj=person)
    events.record("an act", by=person, data={"principal": "not an id"})
    found = AuditEvent.objects.filter(act__in=("post given", "signed in", "an act"))
    assert {each.act: queries.about_whom([each])[each.pk] for each in found} == {
        "post given": "Corin Colleague",
        "signed in": "",
        "an act": "",
    }


@pytest.mark.browser
def test_the_boxes_of_a_date_stand_beside_each_other_on_a_telephone(chromium, auditor):
    site = Site()
    site.pages = {"/": body(auditor.get(LOG))}
    page = chromium.new_context(viewport={"width": 375, "height": 900}).new_page()
    page.goto(f"{site.address}/")
    rows = page.evaluate(
        """[...document.querySelectorAll(".govuk-date-input")].map((date) =>
          new Set([...date.querySelectorAll("input")].map(
            (box) => box.getBoundingClientRect().top)).size)"""
    )
    page.context.close()
    site.close()
    assert rows == [1, 1]

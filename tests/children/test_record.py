"""The child's page: who, levels, status, team, timeline, changes; edits that cross."""

import datetime as dt
import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cse.access.actions import give_access
from cse.access.policies import NotVisible
from cse.audit import events
from cse.audit.models import AuditEvent
from cse.children.actions.record import edit_child
from cse.children.actions.status import record_legal_status
from cse.children.actions.team import add_team_member
from cse.children.models import Child, LevelEvent
from cse.children.panels import Panel, register_panel
from cse.children.policies import Stale
from cse.children.queries.levels import standing
from cse.children.queries.timeline import PAGE, timeline
from cse.interface.words import date_words
from tests.children.conftest import BACKEND
from tests.factories import grant, make_child, make_user
from tests.prepared import prepared

pytestmark = pytest.mark.django_db
PAGES = (
    "",
    "edit/",
    "timeline/",
    "changes/",
    "levels/",
    "status/",
    "status/add/",
    "team/",
    "team/add/",
)


@prepared
def child(worker):
    child = make_child("Wren", "Ashby", by=worker, date_of_birth=dt.date(2012, 2, 29))
    grant(worker, child)
    return child


def text(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@transaction.atomic
def choose_level(child, by, level, on, **fields):
    event = LevelEvent(
        child=child,
        level=level,
        decided_on=on,
        decided_at=timezone.now(),
        decided_by=by,
        judgement=fields.pop("judgement", "Judged from the screen"),
        **fields,
    )
    event.save()
    return event


@pytest.mark.requirement("D-SHR-01")
@pytest.mark.parametrize("page", PAGES)
def test_a_child_out_of_scope_and_a_made_up_one_are_the_same_404(as_worker, page):
    hidden = make_child("Hidden", "Name")
    costs, bodies = set(), set()
    for pk in (hidden.pk, uuid.uuid4()):
        with CaptureQueriesContext(connection) as queries:
            answer = as_worker.get(f"/children/{pk}/{page}")
        assert answer.status_code == 404
        costs.add(len(queries))
        bodies.add(
            answer.content.replace(answer.wsgi_request.META["CSRF_COOKIE"].encode(), b"")
            if "CSRF_COOKIE" in answer.wsgi_request.META
            else answer.content
        )
        event = AuditEvent.objects.filter(decision="refused").latest("id")
        assert event.data["asked"] == str(pk)
    assert len(costs) == 1


@pytest.mark.requirement("D-SHR-01")
def test_another_childs_rows_do_not_open_under_this_child(as_worker, worker, child):
    other = make_child("Other", "Child", by=worker)
    as_worker.post(
        f"/children/{child.pk}/team/add/",
        {
            "who": "other",
            "name": "Sam Okafor",
            "part": "School nurse",
            "starts_on-day": "1",
            "starts_on-month": "9",
            "starts_on-year": "2026",
        },
    )
    member = child.team.get()
    assert as_worker.get(f"/children/{child.pk}/team/{member.pk}/end/").status_code == 200
    assert as_worker.get(f"/children/{other.pk}/team/{member.pk}/end/").status_code == 404
    grant(worker, other)
    assert as_worker.get(f"/children/{other.pk}/team/{member.pk}/end/").status_code == 404


@pytest.mark.requirement("DEC-02")
def test_age_today_for_a_child_born_on_a_leap_day(child):
    assert child.age_at(dt.date(2026, 2, 28)) == 13
    assert child.age_at(dt.date(2026, 3, 1)) == 14


@pytest.mark.requirement("O-SHR-14")
def test_every_page_says_child_and_never_another_word(as_worker, child):
    for page in PAGES:
        shown = text(as_worker, f"/children/{child.pk}/{page}").lower()
        for word in (
            "young person",
            "young people",
            "juvenile",
            "minor,",
            "client",
            "service user",
        ):
            assert word not in shown, (page, word)


@pytest.mark.requirement("W-SCR-02", "DEC-09")
def test_levels_are_events_and_the_peak_stays_in_sight(as_worker, worker, lead, child):
    choose_level(child, worker, "at_risk", dt.date(2026, 3, 1))
    choose_level(child, worker, "cse", dt.date(2026, 5, 1))
    lower = choose_level(
        child, worker, "vulnerable", dt.date(2026, 8, 1), needs_approval=True, reason="Safer now"
    )
    page = text(as_worker, f"/children/{child.pk}/")
    assert "waits for a second person" in page
    assert standing(child).current.level == "cse"
    lower.approved_by, lower.approved_at = lead, timezone.now()
    lower.save()
    now = standing(child)
    assert (now.current.level, now.peak.level, now.has_been_higher) == ("vulnerable", "cse", True)
    page = text(as_worker, f"/children/{child.pk}/")
    assert "highest so far: CSE" in page
    page = text(as_worker, f"/children/{child.pk}/levels/")
    for shown in ("1 March 2026", "1 May 2026", "1 August 2026", "Safer now"):
        assert shown in page
    # A level that was replaced says until when; one alone is in effect.
    today = date_words(timezone.localdate())
    for state in ("In effect until 1 May 2026", f"In effect until {today}", "In effect now,"):
        assert page.count(state) == 1, state
    assert f"In effect now, approved by {lead.get_full_name()}" in page


@pytest.mark.requirement("DEC-09")
def test_a_refused_lowering_never_counted(worker, lead, child):
    choose_level(child, worker, "at_risk", dt.date(2026, 3, 1))
    choose_level(
        child,
        worker,
        "vulnerable",
        dt.date(2026, 4, 1),
        needs_approval=True,
        approved_by=lead,
        refused_at=timezone.now(),
    )
    now = standing(child)
    assert now.current.level == "at_risk"
    assert now.waiting == ()


def test_no_level_is_not_called_no_risk(as_worker, child):
    assert "does not mean that there is no risk" in text(as_worker, f"/children/{child.pk}/")


def edited(child, **changes):
    facts = {
        "given_name": child.given_name,
        "family_name": child.family_name,
        "birth_date_known": "exact",
        "date_of_birth-day": "29",
        "date_of_birth-month": "2",
        "date_of_birth-year": "2012",
        "version": "1",
    }
    return facts | changes


def test_a_change_is_kept_with_before_and_after(as_worker, worker, child):
    answer = as_worker.post(f"/children/{child.pk}/edit/", edited(child, first_language="Welsh"))
    assert answer.status_code == 302
    child.refresh_from_db()
    assert (child.first_language, child.version) == ("Welsh", 2)
    as_worker.post(
        f"/children/{child.pk}/edit/", edited(child, first_language="Cymraeg", version="2")
    )
    page = text(as_worker, f"/children/{child.pk}/changes/")
    assert "Welsh" in page and "Cymraeg" in page and worker.get_full_name() in page
    event = AuditEvent.objects.filter(act="child's details changed").latest("id")
    assert event.changed_fields == ["first_language"]


def test_saving_without_a_change_writes_nothing(as_worker, child):
    as_worker.post(f"/children/{child.pk}/edit/", edited(child))
    assert Child.objects.get(pk=child.pk).version == 1
    assert not AuditEvent.objects.filter(act="child's details changed").exists()


def test_a_stale_edit_shows_both_texts_and_loses_neither(as_worker, worker, child):
    edit_child(child=child, by=worker, version=1, facts={"address": "The one saved meanwhile"})
    answer = as_worker.post(
        f"/children/{child.pk}/edit/", edited(child, address="The one typed at the same time")
    )
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The one saved meanwhile" in page
    assert page.count("The one typed at the same time") == 2
    assert Child.objects.get(pk=child.pk).address == "The one saved meanwhile"
    again = edited(child, address="The one typed at the same time", version="2")
    assert as_worker.post(f"/children/{child.pk}/edit/", again).status_code == 302
    assert Child.objects.get(pk=child.pk).address == "The one typed at the same time"


def test_a_stale_version_is_refused_by_the_act(worker, child):
    with pytest.raises(Stale):
        edit_child(child=child, by=worker, version=7, facts={"address": "x"})


@pytest.mark.requirement("D-SHR-01")
def test_access_that_ended_while_typing_saves_nothing(as_worker, child):
    from cse.access.models import ChildUserGrant

    row = ChildUserGrant.objects.get()
    row.expires_at = timezone.now()
    row.save()
    answer = as_worker.post(f"/children/{child.pk}/edit/", edited(child, address="x"))
    assert answer.status_code == 404
    assert Child.objects.get(pk=child.pk).address == ""
    with pytest.raises(NotVisible):
        edit_child(child=child, by=make_user(), version=1, facts={"address": "x"})


def test_somebody_who_has_turned_eighteen_keeps_a_record_that_can_be_corrected(as_worker, worker):
    grown = make_child("Old", "Enough", by=worker, date_of_birth=dt.date(2008, 1, 2))
    grant(worker, grown)
    facts = {
        "given_name": "Old",
        "family_name": "Enough",
        "birth_date_known": "exact",
        "date_of_birth-day": "2",
        "date_of_birth-month": "1",
        "date_of_birth-year": "2008",
        "version": "1",
        "address": "New address",
    }
    assert as_worker.post(f"/children/{grown.pk}/edit/", facts).status_code == 302
    assert "Now 18 or over" in text(as_worker, f"/children/{grown.pk}/")


def test_a_seal_is_said_to_those_named_in_it(client, lead, child):
    from cse.access.actions import seal

    grant(lead, child)
    seal(child=child, names=[], reason="Needs it", by=lead)
    client.force_login(lead, backend=BACKEND)
    assert "Sealed: only named people see this child" in text(client, f"/children/{child.pk}/")


def test_a_look_is_written_down(as_worker, worker, child):
    text(as_worker, f"/children/{child.pk}/")
    event = AuditEvent.objects.get(act="see a child")
    assert (event.child_id, event.actor_id) == (child.pk, worker.pk)


def test_a_panel_of_a_room_above_stands_on_the_page(as_worker, child, monkeypatch):
    from cse.children import panels

    monkeypatch.setattr(panels, "_panels", {})
    register_panel(
        "test", lambda child, user: Panel("From above", "children/team_words.html", {}), position=1
    )
    assert "From above" in text(as_worker, f"/children/{child.pk}/")


def fill_timeline(child, amount, act="child's details changed"):
    for number in range(amount):
        events.record(act, child=child, changed=["address"], data={"value": f"secret {number}"})


def test_the_timeline_shows_acts_and_neither_looks_nor_values(as_worker, worker, child):
    fill_timeline(child, 1)
    events.look("see a child", child=child)
    events.refused("grant access to a child", rule="role", child_id=child.pk)
    page = text(as_worker, f"/children/{child.pk}/timeline/")
    assert "Details changed" in page and "Changed: address" in page
    assert "secret" not in page
    acts = [entry.act for entry in timeline(child, worker).entries]
    assert "see a child" not in acts and "grant access to a child" not in acts


def test_the_timeline_says_what_happened_and_where_to_read_on(as_worker, worker, lead, child):
    """To whom access was given, which level, which status; nothing in the words of a database."""
    grant(lead, child)
    choose_level(child, worker, "at_risk", dt.date(2026, 3, 1))
    events.record("level chosen", by=worker, child=child, obj=child.level_events.get())
    record_legal_status(child=child, by=worker, kind="cp", starts_on=dt.date(2026, 9, 1))
    add_team_member(
        child=child, by=worker, name="Sam Okafor", part="Nurse", starts_on=dt.date(2026, 9, 1)
    )
    facts = {"birth_date_known": "approximate"}
    edit_child(child=child, by=worker, version=child.version, facts=facts)
    until = timezone.localdate() + dt.timedelta(days=30)
    covering = make_user(given_name="Olu", family_name="Other")
    give_access(child=child, by=lead, user=covering, reason="Covers", until=until)
    shown = {entry.title: entry.href for entry in timeline(child, worker).entries}
    here = f"/children/{child.pk}/"
    assert shown["CSE level chosen: At risk"] == f"{here}levels/"
    assert shown["Legal status recorded: Child protection plan"] == f"{here}status/"
    assert shown["Joined the team around the child: Sam Okafor, Nurse"] == f"{here}team/"
    assert shown["Details changed"] == f"{here}changes/"
    assert shown["Access given to Olu Other"] == reverse("access:who", args=[child.pk])
    page = text(as_worker, f"{here}timeline/")
    assert "Changed: how well is the date of birth known?" in page
    assert "birth_date_known" not in page


def test_exclusions_are_for_those_who_decide_about_them(worker, lead, child):
    events.record("exclusion declared", child=child)
    assert "exclusion declared" not in [e.act for e in timeline(child, worker).entries]
    assert "exclusion declared" in [e.act for e in timeline(child, lead).entries]


def test_the_timeline_pages_both_ways_without_gap_or_repeat(worker, child):
    fill_timeline(child, 2 * PAGE + 3)
    seen, cursor = [], None
    while True:
        page = timeline(child, worker, before=cursor)
        seen += [entry.id for entry in page.entries]
        cursor = page.older
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == AuditEvent.objects.filter(child_id=child.pk).count()
    assert seen == sorted(seen, reverse=True)
    last = timeline(child, worker, before=timeline(child, worker).older)
    back = timeline(child, worker, after=last.newer)
    assert [e.id for e in back.entries] == seen[:PAGE]
    assert back.newer == ""


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "~",
        "2026-01-01~1",
        "2026-13-01T00:00:00+00:00~1",
        "2026-01-01T00:00:00+00:00~" + "9" * 40,
        "٣~٣",
    ],
)
def test_a_cursor_that_cannot_be_read_gives_the_first_page(as_worker, child, cursor):
    for page in ("timeline/?before=", "timeline/?after=", "changes/?before="):
        assert as_worker.get(f"/children/{child.pk}/{page}{cursor}").status_code == 200
    assert as_worker.get(f"/children/mine/?after={cursor}").status_code == 200
    assert as_worker.get(f"/?after={cursor}").status_code == 200


@pytest.mark.parametrize("amount", [1, 3])
def test_a_timeline_is_two_queries(worker, child, amount, django_assert_num_queries):
    kinds = ("child's details changed", "legal status recorded", "team member added")
    for kind in kinds[:amount]:
        events.record(kind, by=worker, child=child)
    from cse.audit.context import Acting, act_as

    with act_as(Acting(in_request=True)):
        timeline(child, worker)
        with django_assert_num_queries(2):
            timeline(child, worker)


def test_a_timeline_of_many_kinds_is_two_queries(worker, child, django_assert_num_queries):
    for day in (1, 2, 3):
        record_legal_status(
            child=child,
            by=worker,
            kind=("cin", "cp", "s20")[day - 1],
            starts_on=dt.date(2026, 9, day),
        )
    from cse.audit.context import Acting, act_as

    with act_as(Acting(in_request=True)):
        timeline(child, worker)
        with django_assert_num_queries(2):
            timeline(child, worker)


@pytest.mark.parametrize("page", ["", "changes/", "levels/", "status/", "team/"])
def test_lists_cost_the_same_for_one_and_three(as_worker, worker, child, page):
    costs = []
    for amount in (1, 3):
        while child.level_events.count() < amount:
            choose_level(child, worker, "at_risk", dt.date(2026, 3, 1))
        _fill(child, worker, amount)
        with CaptureQueriesContext(connection) as queries:
            text(as_worker, f"/children/{child.pk}/{page}")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 26


def _fill(child, worker, amount):
    from cse.children.actions.status import record_legal_status
    from cse.children.actions.team import add_team_member

    for number in range(amount):
        day = dt.date(2026, 1, 1 + number)
        kind = ("cin", "cp", "s20")[number]
        record_legal_status(child=child, by=worker, kind=kind, starts_on=day)
        person = make_user(family_name=f"Member{number}-{amount}")
        add_team_member(child=child, by=worker, user=person, part="Worker", starts_on=day)

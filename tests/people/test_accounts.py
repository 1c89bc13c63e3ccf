"""Account administration: people, posts, agencies, teams, contact points."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cse.access.policies import NotAllowed, NotVisible
from cse.access.principals import principals_of
from cse.audit.models import AuditEvent
from cse.people import actions
from cse.people.models import Agency, AgencyType, ContactPoint, Post, Role, Team, TeamKind, User
from cse.people.saving import version_of
from tests.factories import PASSWORD, make_agency, make_authority, make_team, make_user
from tests.signin.helpers import sign_in

pytestmark = pytest.mark.django_db
TODAY = dict(
    zip(("starts_on-day", "starts_on-month", "starts_on-year"), "23 11 2026".split(), strict=True)
)
NEW = {
    "given_name": "Alex", "family_name": "Newcomer", "email": "alex.newcomer@agency.example.org",
    "job_title": "Nurse", "telephone": "01632 960123",
}  # fmt: skip


@pytest.fixture
def boss() -> User:
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def office(client, boss):
    """A client in which an administrator has just signed in (and so need not confirm again)."""
    sign_in(client, boss)
    return client


def act_names() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("act", flat=True))


# -- A new person -------------------------------------------------------------------------------


@pytest.mark.requirement("W-SHR-01", "DEC-51")
def test_a_person_is_added_and_gets_a_link_with_nothing_personal_in_it(
    office, django_capture_on_commit_callbacks
):
    team = make_team(make_agency(type=AgencyType.HEALTH))
    form = NEW | TODAY | {"role": Role.PRACTITIONER, "team": str(team.pk)}
    with django_capture_on_commit_callbacks(execute=True):
        answer = office.post(reverse("people:add"), form)
    person = User.objects.get(email=NEW["email"])
    assert answer["Location"] == reverse("people:user", args=[person.pk])
    assert person.posts.get().team == team
    (message,) = mail.outbox
    assert message.to == [NEW["email"]]
    words = f"{message.subject} {message.body}".lower()
    for personal in (*NEW.values(), team.name, team.agency.name, "practitioner"):
        assert personal.lower() not in words
    link = re.search(r"http://\S+", message.body)
    assert link

    newcomer = Client()
    page = newcomer.get(link.group().split("8000")[1], follow=True)
    answer = newcomer.post(
        page.request["PATH_INFO"],
        {"password1": "a lamp and 3 spoons", "password2": "a lamp and 3 spoons"},
    )
    assert answer["Location"] == reverse("account_reset_password_from_key_done")
    assert sign_in(newcomer, person, "a lamp and 3 spoons")["Location"] == "/"
    # The link works once.
    again = Client().get(link.group().split("8000")[1], follow=True).content.decode()
    assert "does not work any more" in again


def test_what_was_typed_stays_when_something_is_missing(office):
    page = office.post(reverse("people:add"), NEW | {"role": "", "team": ""}).content.decode()
    assert "There is a problem" in page
    assert "<title>Error:" in page
    assert 'value="Newcomer"' in page
    assert "Enter the first day" in page


def test_an_address_has_one_account_whatever_its_case(office):
    there = make_user(email="taken@agency.example.org")
    form = NEW | TODAY | {"role": Role.PRACTITIONER, "team": str(there.posts.get().team_id)}
    page = office.post(reverse("people:add"), form | {"email": "Taken@Agency.Example.ORG"})
    assert "There is an account with this address already" in page.content.decode()
    assert User.objects.filter(given_name="Alex").count() == 0


def test_nothing_is_made_when_the_event_cannot_be_written(boss, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("no log")

    team = make_team()
    monkeypatch.setattr("cse.people.actions.events.record", broken)
    with pytest.raises(RuntimeError):
        actions.add_person(
            by=boss, values=NEW, team=team, role=Role.PRACTITIONER, starts_on=timezone.localdate()
        )
    assert not User.objects.filter(email=NEW["email"]).exists()


# -- Posts --------------------------------------------------------------------------------------


@pytest.mark.requirement("DEC-42")
def test_an_administrator_cannot_give_themselves_a_post_and_the_attempt_is_written_down(
    office, boss
):
    form = TODAY | {"role": Role.NAMED_LEAD, "team": str(boss.posts.get().team_id)}
    assert (
        "You cannot give yourself a post"
        in office.get(reverse("people:give-post", args=[boss.pk])).content.decode()
    )
    assert office.post(reverse("people:give-post", args=[boss.pk]), form).status_code == 403
    assert boss.posts.count() == 1
    event = AuditEvent.objects.get(act="give a post", decision="refused")
    assert (event.rule, event.actor_id, event.object_id) == ("own account", boss.pk, str(boss.pk))


@pytest.mark.requirement("DEC-42")
def test_a_second_administrator_gives_it(boss):
    other = make_user(Role.ADMINISTRATOR)
    post = actions.give_post(
        by=other, person=boss, team=make_team(), role=Role.BOARD, starts_on=timezone.localdate()
    )
    assert Role.BOARD in principals_of(boss).roles
    event = AuditEvent.objects.get(act="post given", object_id=str(post.pk))
    assert event.actor_id == other.pk


@pytest.mark.parametrize(
    "act", [actions.close_account, actions.open_account, actions.remove_second_factor]
)
def test_nobody_closes_or_weakens_their_own_account(boss, act):
    with pytest.raises(NotAllowed):
        act(by=boss, person=boss, reason="for the test")


def test_a_post_is_not_given_twice_for_the_same_days(boss):
    person = make_user()
    post = person.posts.get()
    with pytest.raises(NotAllowed, match="already"):
        actions.give_post(
            by=boss, person=person, team=post.team, role=post.role, starts_on=dt.date(2026, 1, 1)
        )


def test_a_post_ends_on_its_last_day_and_opens_nothing_the_day_after(boss):
    person = make_user()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    actions.end_post(by=boss, post=person.posts.get(), ends_on=yesterday, reason="moved on")
    assert principals_of(person).acts == frozenset()
    event = AuditEvent.objects.get(act="post ended")
    assert (event.reason, event.changed_fields) == ("moved on", ["ends_on"])


def test_a_post_cannot_end_before_it_starts_nor_be_made_longer(boss):
    person = make_user()
    post = person.posts.get()
    with pytest.raises(NotAllowed):
        actions.end_post(by=boss, post=post, ends_on=dt.date(2019, 1, 1), reason="x")
    actions.end_post(by=boss, post=post, ends_on=dt.date(2026, 12, 1), reason="x")
    post.refresh_from_db()
    with pytest.raises(NotAllowed):
        actions.end_post(by=boss, post=post, ends_on=dt.date(2027, 1, 1), reason="x")


def test_the_last_day_before_the_first_is_refused_beside_its_box(office):
    team = make_team()
    last = {"ends_on-day": "1", "ends_on-month": "1", "ends_on-year": "2026"}
    form = NEW | TODAY | last | {"role": Role.PRACTITIONER, "team": str(team.pk)}
    page = office.post(reverse("people:add"), form).content.decode()
    assert "The last day must be the first day or after it" in page


# -- Editing ------------------------------------------------------------------------------------


def test_an_edit_names_what_changed_and_keeps_history(office, boss):
    person = make_user(given_name="Sam")
    address = reverse("people:edit", args=[person.pk])
    version = re.search(r'name="version" value="(\w+)"', office.get(address).content.decode())
    form = {"given_name": "Sam", "family_name": "O’Neill", "email": person.email,
            "job_title": "Worker", "telephone": "", "version": version.group(1)}  # fmt: skip
    assert office.post(address, form).status_code == 302
    person.refresh_from_db()
    assert person.family_name == "O’Neill"
    assert AuditEvent.objects.get(act="account changed").changed_fields == ["family_name"]
    assert person.history.latest().history_user_id == boss.pk


def test_a_stale_edit_shows_both_texts_and_loses_neither(office, boss):
    person = make_user(given_name="Sam")
    address = reverse("people:edit", args=[person.pk])
    version = re.search(r'name="version" value="(\w+)"', office.get(address).content.decode())
    person.family_name = "Theirs"
    person.save()
    form = {"given_name": "Sam", "family_name": "Mine", "email": person.email,
            "job_title": "Worker", "telephone": "", "version": version.group(1)}  # fmt: skip
    answer = office.post(address, form)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Theirs" in page
    assert 'value="Mine"' in page
    person.refresh_from_db()
    assert person.family_name == "Theirs"
    newer = re.search(r'name="version" value="(\w+)"', page).group(1)
    assert office.post(address, form | {"version": newer}).status_code == 302
    person.refresh_from_db()
    assert person.family_name == "Mine"


def test_signing_in_meanwhile_is_no_conflict(boss):
    person = make_user()
    version = version_of(person, actions.PERSON)
    sign_in(Client(), person)
    values = {name: getattr(person, name) for name in actions.PERSON} | {"job_title": "Doctor"}
    assert actions.edit_person(by=boss, person=person, values=values, version=version) == [
        "job_title"
    ]


# -- Closing ------------------------------------------------------------------------------------


def test_a_closed_account_is_signed_out_everywhere_at_once(office, boss):
    person = make_user()
    one, two = Client(), Client()
    for browser in (one, two):
        assert sign_in(browser, person).status_code == 302
    office.post(reverse("people:close", args=[person.pk]), {"reason": "left the agency"})
    assert one.get("/account/").status_code == 302
    live = [s.get_decoded().get("_auth_user_id") for s in Session.objects.all()]
    assert str(person.pk) not in live
    assert AuditEvent.objects.get(act="account closed").data == {"sessions_ended": 2}
    assert sign_in(two, person)["Location"] == reverse("account_inactive")
    assert two.get("/account/").status_code == 302
    office.post(reverse("people:open", args=[person.pk]), {"reason": "came back"})
    assert sign_in(two, person)["Location"] == "/"


@pytest.mark.requirement("W-SHR-21", "O-REF-10")
def test_who_closes_the_last_account_of_a_team_reads_what_that_means(office, boss):
    agency = make_agency(authority=boss.posts.first().team.agency.authority)
    duty = make_team(agency, name="Assessment desk", kind=TeamKind.FRONT_DOOR)
    last = make_user(Role.FRONT_DOOR, team=duty)
    close = reverse("people:close", args=[last.pk])
    end = reverse("people:end-post", args=[last.posts.get().pk])
    for where in (close, end):
        page = office.get(where).content.decode()
        assert "Nobody is left there then" in page and "Assessment desk" in page
    second = make_user(Role.FRONT_DOOR, team=duty)
    for where in (close, end):
        assert "Nobody is left there then" not in office.get(where).content.decode()
    second.is_active = False
    second.save()
    assert "Assessment desk" in office.get(close).content.decode()


def test_closing_needs_a_reason(office):
    person = make_user()
    page = office.post(reverse("people:close", args=[person.pk]), {"reason": " "}).content.decode()
    assert "Say why, in one sentence" in page
    person.refresh_from_db()
    assert person.is_active


# -- Who may ------------------------------------------------------------------------------------

PAGES = ("people:users", "people:add", "people:agencies", "people:add-agency", "people:contacts")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_administer(client, role):
    sign_in(client, make_user(role))
    for name in PAGES:
        assert client.get(reverse(name)).status_code == 403, name


@pytest.mark.requirement("D-SHR-01")
def test_an_administrator_of_one_authority_does_not_reach_the_other(office, boss):
    elsewhere = make_agency(authority=make_authority("wiltshire"))
    stranger = make_user(agency=elsewhere)
    assert office.get(reverse("people:user", args=[stranger.pk])).status_code == 404
    assert stranger.get_full_name() not in office.get(reverse("people:users")).content.decode()
    assert office.get(reverse("people:edit-agency", args=[elsewhere.pk])).status_code == 404
    with pytest.raises(NotVisible):
        actions.give_post(
            by=boss,
            person=make_user(),
            team=stranger.posts.get().team,
            role=Role.PRACTITIONER,
            starts_on=timezone.localdate(),
        )
    with pytest.raises(NotVisible):
        actions.close_account(by=boss, person=stranger, reason="x")


def test_a_sensitive_act_asks_again_who_it_is_and_then_goes_on(client, boss):
    client.force_login(boss)
    person = make_user()
    address = reverse("people:close", args=[person.pk])
    answer = client.post(address, {"reason": "left the agency"})
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    answer = client.post(answer["Location"], {"password": PASSWORD, "next": address})
    assert answer["Location"] == reverse("people:user", args=[person.pk])
    person.refresh_from_db()
    assert not person.is_active
    assert AuditEvent.objects.get(act="account closed").reason == "left the agency"


# -- Search and lists ---------------------------------------------------------------------------


def test_a_search_leaves_no_name_in_the_address(office):
    make_user(given_name="Findme", family_name="Quickly")
    make_user(given_name="Someone", family_name="Other")
    answer = office.post(reverse("people:users"), {"search": "findme quick"})
    assert answer["Location"] == reverse("people:users")
    page = office.get(answer["Location"]).content.decode()
    assert "Findme Quickly" in page
    assert "Someone Other" not in page
    office.post(reverse("people:users"), {"search": ""})
    assert "Someone Other" in office.get(reverse("people:users")).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(office, number, django_assert_num_queries):
    for _ in range(number):
        make_user()
    office.get(reverse("people:users"))
    with django_assert_num_queries(9):
        office.get(reverse("people:users"))


@pytest.mark.parametrize("number", [1, 3])
def test_the_agencies_cost_the_same_for_one_and_for_three(
    office, number, django_assert_num_queries
):
    for _ in range(number):
        make_team()
    with django_assert_num_queries(8):
        office.get(reverse("people:agencies"))


def test_a_page_that_does_not_exist_is_the_last_one(office):
    assert office.get(reverse("people:users") + "?page=99").status_code == 200
    assert office.get(reverse("people:users") + "?page=x").status_code == 200


# -- Agencies, teams, contact points ------------------------------------------------------------


@pytest.mark.requirement("O-SHR-28")
@pytest.mark.parametrize("kind", list(AgencyType))
def test_an_agency_of_every_kind_can_be_added(office, boss, kind):
    authority = boss.posts.get().team.agency.authority
    form = TODAY | {"authority": str(authority.pk), "name": f"A {kind} service", "type": kind}
    assert office.post(reverse("people:add-agency"), form).status_code == 302
    agency = Agency.objects.get(name=f"A {kind} service")
    assert (agency.type, agency.is_signatory) == (kind, False)
    assert act_names()[-1] == "agency added"


@pytest.mark.requirement("O-SHR-47")
def test_signing_the_protocol_is_recorded_on_the_agency(office):
    agency = make_agency()
    address = reverse("people:edit-agency", args=[agency.pk])
    version = version_of(agency, actions.AGENCY)
    form = {
        "name": agency.name, "type": agency.type, "version": version,
        "starts_on-day": "1", "starts_on-month": "1", "starts_on-year": "2020",
        "protocol_signed_on-day": "5", "protocol_signed_on-month": "march",
        "protocol_signed_on-year": "2026",
    }  # fmt: skip
    assert office.post(address, form).status_code == 302
    agency.refresh_from_db()
    assert agency.protocol_signed_on == dt.date(2026, 3, 5)
    assert AuditEvent.objects.get(act="agency changed").changed_fields == ["protocol_signed_on"]
    assert "5 March 2026" in office.get(reverse("people:agencies")).content.decode()


def test_a_team_gets_its_own_group_and_an_agency_one_circle_of_leads(office):
    agency = make_agency()
    address = reverse("people:add-team", args=[agency.pk])
    assert office.post(address, {"name": "Leads", "kind": "leads"}).status_code == 302
    assert Team.objects.get(name="Leads").group is not None
    page = office.post(address, {"name": "More leads", "kind": "leads"}).content.decode()
    assert "has its circle of safeguarding leads already" in page
    page = office.post(address, {"name": "LEADS", "kind": "working"}).content.decode()
    assert "There is one with this name already" in page


@pytest.mark.requirement("DEC-51")
def test_a_contact_point_sent_twice_is_one(office):
    area = make_authority()
    form = {"label": "Front door telephone", "value": "01632 960999"}
    address = reverse("people:add-contact", args=[area.pk])
    assert office.post(address, form).status_code == 302
    page = office.post(address, form | {"label": "FRONT door telephone"}).content.decode()
    assert "has a contact point for this already" in page
    point = ContactPoint.objects.get()
    assert act_names().count("contact point added") == 1
    # Nor does another become the same by being changed.
    office.post(address, form | {"label": "Other"})
    other = ContactPoint.objects.exclude(pk=point.pk).get()
    page = office.post(reverse("people:edit-contact", args=[other.pk]), form).content.decode()
    assert "has a contact point for this already" in page


def test_a_contact_point_says_that_it_is_a_placeholder_until_it_is_filled_in(office, boss):
    authority = boss.posts.get().team.agency.authority
    point = ContactPoint(authority=authority, label="Front door", value="fill in")
    point.save()
    assert "Placeholder" in office.get(reverse("people:contacts")).content.decode()
    form = {"label": "Front door", "value": "01632 960111",
            "version": version_of(point, actions.CONTACT)}  # fmt: skip
    office.post(reverse("people:edit-contact", args=[point.pk]), form)
    page = office.get(reverse("people:contacts")).content.decode()
    assert "01632 960111" in page
    assert "Placeholder" not in page


# -- The first administrator --------------------------------------------------------------------


def test_the_first_administrator_is_made_once():
    team = make_team()
    made = actions.first_administrator(
        email="First@agency.example.org",
        given_name="First",
        family_name="",
        team=team,
        today=timezone.localdate(),
    )
    assert Role.ADMINISTRATOR in principals_of(made).roles
    assert Post.objects.get(user=made).team == team
    with pytest.raises(NotAllowed):
        actions.first_administrator(
            email="second@agency.example.org",
            given_name="Second",
            family_name="",
            team=team,
            today=timezone.localdate(),
        )


def test_sessions_of_others_stay(client):
    from cse.people.sessions import end_sessions_of

    user, other = make_user(), make_user()
    sign_in(client, user)
    browser = Client()
    sign_in(browser, other)
    assert end_sessions_of(other.pk) == 1
    assert client.get("/account/").status_code == 200
    assert browser.get("/account/").status_code == 302

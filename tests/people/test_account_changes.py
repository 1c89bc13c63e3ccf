"""Who controls somebody's address or second factor can be them: so two people change either."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from cse.access.policies import NotAllowed, NotVisible
from cse.audit.models import AuditEvent
from cse.people import actions
from cse.people.changes import agree_to_change, refuse_change
from cse.people.models import AccountChange, Role, User
from cse.people.queries import changes_open_to
from cse.people.saving import Taken, version_of
from tests.factories import make_agency, make_authority, make_team, make_user
from tests.signin.helpers import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DEC-42")]
PRIVATE = "private@elsewhere.example.org"


@pytest.fixture
def people() -> SimpleNamespace:
    """A lead and a senior manager of one agency, and the area's administrator."""
    agency = make_agency()
    return SimpleNamespace(
        agency=agency,
        boss=make_user(Role.ADMINISTRATOR, agency=make_agency(authority=agency.authority)),
        lead=make_user(Role.NAMED_LEAD, agency=agency),
        manager=make_user(Role.SENIOR_MANAGER, agency=agency),
    )


def ask(by: User, person: User, email: str = PRIVATE) -> AccountChange:
    """What the page does where an administrator types another address."""
    values = {name: getattr(person, name) for name in actions.PERSON} | {"email": email}
    actions.edit_person(
        by=by, person=person, values=values, version=version_of(person, actions.PERSON)
    )
    return AccountChange.objects.get(person=person, kind="address", outcome="")


def test_one_administrator_does_not_take_an_account_over(
    people, django_capture_on_commit_callbacks
):
    """The steps of the finding: another address, then the link to set a password."""
    old, browser = people.lead.email, Client()
    sign_in(browser, people.lead)
    with django_capture_on_commit_callbacks(execute=True):
        ask(people.boss, people.lead)
        actions.invite(by=people.boss, person=people.lead)
    people.lead.refresh_from_db()
    assert people.lead.email == old
    assert all(PRIVATE not in message.to for message in mail.outbox)
    assert old in [to for message in mail.outbox for to in message.to]
    # The lead sees it on their own account, signed in as before.
    assert "Change of account asked for" in browser.get(reverse("signin:account")).content.decode()


def test_the_second_person_agrees_and_the_account_is_signed_out(
    people, django_capture_on_commit_callbacks
):
    old, browser = people.lead.email, Client()
    sign_in(browser, people.lead)
    change = ask(people.boss, people.lead)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        agree_to_change(by=people.manager, change=change)
    people.lead.refresh_from_db()
    assert people.lead.email == PRIVATE
    assert browser.get(reverse("signin:account")).status_code == 302
    assert [message.to for message in mail.outbox] == [[old]]
    event = AuditEvent.objects.get(act="address changed")
    assert (event.actor_id, event.object_id) == (people.manager.pk, str(people.lead.pk))
    assert event.data["asked_by"] == str(people.boss.pk)
    people.lead.email = old
    assert sign_in(Client(), people.lead).status_code == 200  # the page again, with the error
    people.lead.refresh_from_db()
    assert sign_in(Client(), people.lead).status_code == 302


def test_nobody_agrees_to_what_they_asked_for_nor_for_themselves(people):
    change = ask(people.boss, people.lead)
    with pytest.raises(NotAllowed, match="somebody else"):
        agree_to_change(by=people.boss, change=change)
    with pytest.raises(NotVisible):
        agree_to_change(by=people.lead, change=change)
    change.refresh_from_db()
    assert change.outcome == ""


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.CSE_TEAM, Role.AUDITOR, Role.BOARD])
def test_other_roles_agree_to_nothing(people, role):
    change = ask(people.boss, people.lead)
    with pytest.raises(NotAllowed):
        agree_to_change(by=make_user(role, agency=people.agency), change=change)


def test_only_those_answering_for_the_person_may_agree(people):
    change = ask(people.boss, people.lead)
    elsewhere = make_agency(authority=make_authority("wiltshire"))
    here = make_agency(authority=people.agency.authority)
    for stranger in (
        make_user(Role.ADMINISTRATOR, agency=elsewhere),
        make_user(Role.NAMED_LEAD, agency=here),
        make_user(Role.SENIOR_MANAGER, agency=elsewhere),
    ):
        assert not changes_open_to(stranger).exists()
        with pytest.raises(NotVisible):
            agree_to_change(by=stranger, change=change)
    agree_to_change(by=make_user(Role.ADMINISTRATOR, agency=here), change=change)
    people.lead.refresh_from_db()
    assert people.lead.email == PRIVATE


def test_ending_the_post_first_does_not_free_the_account(people):
    """Else an administrator would end the post, change the address and give the post back."""
    post = people.lead.posts.get()
    actions.end_post(by=people.boss, post=post, ends_on=post.starts_on, reason="x")
    ask(people.boss, people.lead)
    people.lead.refresh_from_db()
    assert people.lead.email != PRIVATE


def test_an_account_nobody_has_used_is_put_right_alone(people):
    """A slip in the address of somebody new: whoever made the account chose it."""
    person = make_user(agency=people.agency)
    person.set_unusable_password()
    person.save()
    values = {name: getattr(person, name) for name in actions.PERSON} | {"email": PRIVATE}
    actions.edit_person(
        by=people.boss, person=person, values=values, version=version_of(person, actions.PERSON)
    )
    person.refresh_from_db()
    assert person.email == PRIVATE


def test_a_second_factor_goes_only_when_a_second_person_agrees(people):
    Authenticator.objects.create(user=people.lead, type="totp", data={"secret": "x"})
    actions.remove_second_factor(by=people.boss, person=people.lead, reason="phone lost")
    assert Authenticator.objects.filter(user=people.lead).exists()
    change = AccountChange.objects.get(person=people.lead)
    agree_to_change(by=people.manager, change=change)
    assert not Authenticator.objects.filter(user=people.lead).exists()
    event = AuditEvent.objects.get(act="second factor removed")
    assert (event.actor_id, event.reason) == (people.manager.pk, "phone lost")
    with pytest.raises(NotAllowed, match="meanwhile"):
        agree_to_change(by=people.manager, change=change)


def test_what_is_refused_or_withdrawn_stays_as_it_was(people):
    refuse_change(by=people.manager, change=ask(people.boss, people.lead))
    refuse_change(by=people.boss, change=ask(people.boss, people.lead))
    people.lead.refresh_from_db()
    assert people.lead.email != PRIVATE
    assert AccountChange.objects.filter(outcome="refused").count() == 2


def test_one_change_at_a_time_and_no_address_of_somebody_else(people):
    change = ask(people.boss, people.lead)
    with pytest.raises(NotAllowed, match="already"):
        ask(people.boss, people.lead, "other@elsewhere.example.org")
    with pytest.raises(Taken):
        ask(people.boss, people.manager, people.boss.email)
    make_user(email=PRIVATE)
    with pytest.raises(Taken):
        agree_to_change(by=people.manager, change=change)


def test_the_database_refuses_one_pair_of_hands(people):
    change = ask(people.boss, people.lead)
    change.outcome, change.decided_by, change.decided_at = "agreed", people.boss, change.asked_at
    with pytest.raises(DatabaseError, match="by_a_second_person"), transaction.atomic():
        change.save()


# -- The pages ----------------------------------------------------------------------------------


def test_from_the_form_to_the_agreement(client, people):
    sign_in(client, people.boss)
    address = reverse("people:edit", args=[people.lead.pk])
    version = re.search(r'name="version" value="(\w+)"', client.get(address).content.decode())
    form = {"given_name": "Dana", "family_name": "Lead", "email": PRIVATE,
            "job_title": "", "telephone": "", "version": version.group(1)}  # fmt: skip
    page = client.post(address, form, follow=True).content.decode()
    assert "Saved. What waits for a second person is below." in page
    assert PRIVATE in page
    people.lead.refresh_from_db()
    assert (people.lead.given_name, people.lead.email == PRIVATE) == ("Dana", False)
    change = AccountChange.objects.get()
    where = reverse("people:decide-change", args=[change.pk])
    own = client.get(where).content.decode()
    assert "Withdraw it" in own
    assert "I agree" not in own
    assert client.post(where, {"decision": "agree"}).status_code == 200

    client = Client()
    sign_in(client, people.manager)
    assert where in client.get(reverse("people:changes")).content.decode()
    assert "Choose whether you agree" in client.post(where, {"decision": ""}).content.decode()
    page = client.post(where, {"decision": "agree"}, follow=True).content.decode()
    assert "Agreed. The change holds" in page
    people.lead.refresh_from_db()
    assert people.lead.email == PRIVATE
    assert client.post(where, {"decision": "agree"}).status_code == 404


@pytest.mark.parametrize("own", [True, False])
def test_anothers_change_is_no_page(client, people, own):
    change = ask(people.boss, people.lead)
    sign_in(client, people.lead if own else make_user(Role.NAMED_LEAD))
    assert client.get(reverse("people:decide-change", args=[change.pk])).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(
    client, people, number, django_assert_num_queries
):
    for _ in range(number):
        ask(people.boss, make_user(team=make_team(people.agency)), f"p{_}@elsewhere.example.org")
    sign_in(client, people.manager)
    client.get(reverse("people:changes"))
    with django_assert_num_queries(6):
        client.get(reverse("people:changes"))


def test_saving_a_person_says_so(client, people):
    sign_in(client, people.boss)
    address = reverse("people:edit", args=[people.lead.pk])
    version = re.search(r'name="version" value="(\w+)"', client.get(address).content.decode())
    form = {"given_name": "Dana", "family_name": "Lead", "email": people.lead.email,
            "job_title": "", "telephone": "", "version": version.group(1)}  # fmt: skip
    assert "Saved." in client.post(address, form, follow=True).content.decode()

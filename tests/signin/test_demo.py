"""The demonstration's accounts: shown and entered there, and nowhere else."""

from __future__ import annotations

import uuid

import pytest
from django.urls import NoReverseMatch, reverse

from cse.people.models import Role
from cse.signin import views
from cse.signin.demo import demo_accounts
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings):
    settings.CSE_DEMO = True
    settings.ROOT_URLCONF = "tests.signin.demo_urls"


def enter(client, user_id):
    return client.post(f"/account/demo/{user_id}/", {"next": "/people/leads/"})


def test_outside_the_demonstration_there_is_no_way_in_without_a_password(client, rf):
    user = make_user()
    assert enter(client, user.pk).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("signin:demo", args=[user.pk])
    assert demo_accounts() == []
    from django.http import Http404

    with pytest.raises(Http404):
        views.demo_sign_in(rf.post("/"), user_id=user.pk)


def test_one_account_a_role_is_offered_and_entered(client, demo):
    people = [make_user(role) for role in Role]
    make_user(Role.PRACTITIONER)
    accounts = demo_accounts()
    assert [account.role for account in accounts] == [role.label for role in Role]
    user = people[1]
    assert user.pk in {account.user_id for account in accounts}
    assert enter(client, user.pk)["Location"] == "/people/leads/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_front_door_has_a_second_account_and_no_third(client, demo):
    door = make_user(Role.FRONT_DOOR, email="a@door.example.org")
    team = door.posts.get().team
    second = make_user(Role.FRONT_DOOR, team=team, email="b@door.example.org")
    third = make_user(Role.FRONT_DOOR, team=team, email="c@door.example.org")
    label = Role.FRONT_DOOR.label
    assert [(each.user_id, each.role) for each in demo_accounts()] == [
        (door.pk, label),
        (second.pk, f"{label} (second)"),
    ]
    assert enter(client, third.pk).status_code == 404
    assert enter(client, second.pk)["Location"] == "/people/leads/"


def test_an_account_that_is_not_offered_cannot_be_entered(client, demo):
    make_user(Role.BOARD)
    nobody = make_user(None)
    assert enter(client, nobody.pk).status_code == 404
    assert enter(client, uuid.uuid4()).status_code == 404
    assert client.get(f"/account/demo/{nobody.pk}/").status_code == 405

"""The command of a first start: one administrator, one link."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cse.access.principals import principals_of
from cse.audit.models import AuditEvent
from cse.people.models import Role, User
from tests.factories import make_authority, make_user

pytestmark = pytest.mark.django_db


def run(*args, **options) -> str:
    out = io.StringIO()
    call_command("add_administrator", *args, stdout=out, **options)
    return out.getvalue()


def test_it_makes_an_administrator_and_prints_a_link_that_works_once():
    make_authority("wiltshire")
    make_authority("oxfordshire")
    printed = run("wiltshire", email="First@agency.example.org", given_name="Fran")
    user = User.objects.get(email="first@agency.example.org")
    assert principals_of(user).roles == {Role.ADMINISTRATOR}
    assert not user.has_usable_password()
    path = printed.strip().splitlines()[-1].split("8000")[1]
    browser = Client()
    page = browser.get(path, follow=True)
    words = {"password1": "seven blue lamps here", "password2": "seven blue lamps here"}
    browser.post(page.request["PATH_INFO"], words)
    user.refresh_from_db()
    assert user.check_password("seven blue lamps here")
    event = AuditEvent.objects.get(act="account made")
    assert (event.actor_kind, event.actor_id) == ("system", None)


def test_it_is_refused_once_there_is_an_administrator():
    make_user(Role.ADMINISTRATOR)
    with pytest.raises(CommandError, match="has an administrator"):
        run("oxfordshire", email="more@agency.example.org", given_name="Mo")
    assert not User.objects.filter(email="more@agency.example.org").exists()


@pytest.mark.parametrize(
    ("authority", "email", "given_name", "words"),
    [
        ("nowhere", "a@agency.example.org", "A", "Name an authority: oxfordshire, wiltshire"),
        ("wiltshire", "no address", "A", "--email"),
        ("wiltshire", "a@agency.example.org", " ", "--given-name"),
    ],
)
def test_wrong_answers_are_named(authority, email, given_name, words):
    make_authority("wiltshire")
    make_authority("oxfordshire")
    with pytest.raises(CommandError, match=words):
        run(authority, email=email, given_name=given_name)


def test_without_an_authority_it_says_what_is_missing():
    with pytest.raises(CommandError, match="No authority is loaded yet"):
        run(email="a@agency.example.org", given_name="A")

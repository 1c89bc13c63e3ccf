"""Every route × method × persona: never a 500, and what the declared act says to each.

The set of routes visited equals the resolver's: a new route fails until it has a sample
(``tests/walk.py``).
"""

from __future__ import annotations

import logging
import re
import uuid

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from cse.access.capabilities import Capability
from cse.access.roles import ROLE_ACTS
from cse.access.routes import THIRD_PARTY
from cse.interface.methods import KNOWN
from cse.people.models import Role
from tests.conftest import QUICK_HASHERS
from tests.factories import PASSWORD
from tests.walk import MADE_UP, ROUTES, World, make_persona, personas, routes

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-01")]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
#: What a page may answer that needs no act: it is how somebody signs in.
SIGNING_IN = {200, 302, 400, 403, 404, 405, 409, 429}
#: One for all: a new one would load the whole middleware for every request.
BROWSER = Client(raise_request_exception=False)


@pytest.fixture(autouse=True)
def _settings(settings):
    settings.SECOND_FACTOR_REQUIRED = False
    settings.ACCOUNT_RATE_LIMITS = False
    settings.AXES_ENABLED = False
    # A line for each of some ten thousand requests is a fifth of the time; test_logs reads logs.
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """One world for all who walk: it takes seconds to build, and nobody who walks changes it."""
    with (
        django_db_blocker.unblock(),
        override_settings(SECOND_FACTOR_REQUIRED=False, PASSWORD_HASHERS=QUICK_HASHERS),
        transaction.atomic(),
    ):
        yield World()
        transaction.set_rollback(True)


@pytest.fixture
def world(built, db):
    """The world, to which each test adds its own person and takes them away again."""
    return built


def act_of(name, view):
    """The declared act of a route; None where it needs none."""
    if name in THIRD_PARTY:
        return THIRD_PARTY[name]
    holder = view if hasattr(view, "capability") else view.view_class
    return holder.capability


def cookies_of(user):
    """The cookies of somebody who has just signed in by password."""
    if user is None:
        return {}
    client = Client()
    if user.is_active:
        said = {"login": user.email, "password": PASSWORD}
        assert client.post(reverse("account_login"), said).status_code == 302
    else:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {name: morsel.value for name, morsel in client.cookies.items()}


def ask(cookies, method, address):
    """One request in a browser of its own; what it wrote is taken back."""
    client = BROWSER
    client.cookies.clear()
    client.cookies.load(cookies)
    with transaction.atomic():
        answer = client.generic(method, address)
        transaction.set_rollback(True)
    return answer


def expected(stands, role, capability, sample, method):
    """The answers that are right for that person, act and method."""
    if method not in KNOWN:
        return {405}
    if capability is None:
        return SIGNING_IN
    if stands in ("anonymous", "inactive"):
        return {302}
    if stands in ("expired post", "ended agency") or capability not in ROLE_ACTS[Role(role)]:
        return {403}
    if sample.about_a_child and stands != "access":
        return {404, 405}
    if method == "GET":
        return set(sample.answers)
    # An empty form is refused on its page; a button may lead on; a draft may be stale.
    return {200, 302, 400, 404, 405, 409} | ({403} if method == "POST" else set())


def test_every_route_has_a_sample_and_every_sample_a_route():
    assert set(ROUTES) == {name for name, _ in routes()}


def test_every_route_declares_its_act_or_is_how_one_signs_in():
    for name, view in routes():
        act = act_of(name, view)
        assert act is None or isinstance(act, Capability), name


@pytest.mark.walk
@pytest.mark.parametrize(("stands", "role"), personas(), ids=lambda part: part or "-")
def test_the_walk(world, stands, role):
    user = make_persona(world, stands, role)
    cookies = cookies_of(user)
    wrong, visited = [], set()
    for name, view in routes():
        sample, act = ROUTES[name], act_of(name, view)
        address = reverse(name, args=sample.arguments(world))
        for method in METHODS:
            status = ask(cookies, method, address).status_code
            if status not in expected(stands, role, act, sample, method):
                wrong.append(f"{method} {name}: {status}")
        visited.add(name)
    assert wrong == []
    assert visited == {name for name, _ in routes()}


def made_up(arguments):
    """The same arguments with every id made up."""
    return tuple(MADE_UP if isinstance(each, uuid.UUID) else each for each in arguments)


@pytest.mark.parametrize("stands", ["no access", "excluded", "ended access"])
def test_hidden_is_made_up_byte_for_byte(world, stands):
    user = make_persona(world, stands, Role.NAMED_LEAD)
    cookies = cookies_of(user)
    wrong = []
    for name, _ in routes():
        sample = ROUTES[name]
        if not sample.about_a_child:
            continue
        arguments = sample.arguments(world)
        for method in ("GET", "POST"):
            hidden = ask(cookies, method, reverse(name, args=arguments))
            nowhere = ask(cookies, method, reverse(name, args=made_up(arguments)))
            same = (hidden.status_code, body(hidden)) == (nowhere.status_code, body(nowhere))
            headers = set(hidden.headers) == set(nowhere.headers)
            if not (same and headers):
                wrong.append(f"{method} {name}: {hidden.status_code} {nowhere.status_code}")
    assert wrong == []


def body(answer):
    return re.sub(rb'nonce="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"', b"", answer.content)


@pytest.mark.parametrize(
    "address",
    [
        "/children/not-an-id/", "/children/%00/", "/access/child/../who/", "/%ff%fe/",
        "/screens/1/",
        "/children/00000000-0000-4000-8000-00000000000G/", "//", "/admin/", "/static/../manage.py",
        "/documents/verify/%F0%9F%98%80/", "/guidance/" + "x" * 3000 + "/",
    ],
)  # fmt: skip
def test_an_address_that_is_nonsense_is_never_a_500(world, address):
    cookies = cookies_of(world.place.worker)
    assert ask(cookies, "GET", address).status_code in (200, 301, 302, 400, 404)
    assert ask({}, "GET", address).status_code in (301, 302, 400, 404)

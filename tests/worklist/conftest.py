"""Signed-in people for the tests of this room."""

from __future__ import annotations

import pytest

from cse.people.models import Role, User
from tests.factories import make_agency, make_team, make_user
from tests.prepared import prepared

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _one_factor(settings) -> None:
    """The second factor has its own tests (tests/signin)."""
    settings.SECOND_FACTOR_REQUIRED = False


@prepared
def agency():
    return make_agency()


@prepared
def worker(agency) -> User:
    """A practitioner whose agency has a circle of leads."""
    make_team(agency, kind="leads")
    return make_user(Role.PRACTITIONER, agency=agency)


@prepared
def lead(agency) -> User:
    """A safeguarding lead of the same agency."""
    return make_user(Role.NAMED_LEAD, agency=agency)


@pytest.fixture
def as_worker(client, worker):
    """A client signed in as the practitioner."""
    client.force_login(worker, backend=BACKEND)
    return client

"""This room's tests are not about the second factor; those that are switch it on."""

from __future__ import annotations

import pytest

from tests.access.people import make_case
from tests.prepared import prepared
from tests.signin.helpers import force_confirmed


@pytest.fixture(autouse=True)
def _without_second_factor(settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@prepared
def case():
    """A child with its practitioner, two leads and a stranger."""
    return make_case()


@pytest.fixture
def as_user(client):
    """The client, signed in as somebody; `confirmed` when they showed who they are just now."""

    def sign_in(user, confirmed=False):
        client.logout()
        if confirmed:
            force_confirmed(client, user)
        else:
            client.force_login(user)
        return client

    return sign_in

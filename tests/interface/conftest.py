"""The second factor has its own tests; here a person who is signed in is signed in."""

import pytest


@pytest.fixture(autouse=True)
def _no_second_factor(settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def signed_in(client, db):
    """A client for somebody in that role."""

    from tests.factories import make_user

    def as_role(role):
        client.force_login(make_user(role))
        return client

    return as_role

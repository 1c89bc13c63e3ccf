"""The whole service in the system's Chromium: a live server, real commits, real sessions."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from tests.factories import make_tools

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def tools(transactional_db):
    return make_tools()


class Desk:
    """Browsers of people who are signed in, at one live server."""

    def __init__(self, chromium, live_server):
        self.chromium, self.address, self.contexts = chromium, live_server.url, []

    def page_of(self, user, *, width=1280, scripts=True):
        """A page in a browser of its own in which this person is signed in."""
        client = Client()
        with transaction.atomic():
            client.force_login(user, backend=BACKEND)
        return self.page_in(client, width=width, scripts=scripts)

    def page_in(self, client, *, width=1280, scripts=True):
        """A page in a browser of its own, in the session that this client has, if it has one."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            base_url=self.address,
        )
        if "sessionid" in client.cookies:
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.address}])
        context.set_default_timeout(60_000)
        self.contexts.append(context)
        return context.new_page()

    def close(self):
        for context in self.contexts:
            context.close()


@pytest.fixture
def desk(chromium, live_server, tools):
    desk = Desk(chromium, live_server)
    yield desk
    desk.close()

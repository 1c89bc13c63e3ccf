"""Screens to test with: the shipped tools, a child, and the people around it."""

from __future__ import annotations

import pytest
from django.test import Client

from cse.people.models import Role, TeamKind
from screening.actions import load_shipped_tools
from tests.factories import grant, make_agency, make_authority, make_child, make_team, make_user


@pytest.fixture
def tools(db):
    """Both shipped tools, loaded."""
    return load_shipped_tools()


class Place:
    """An agency of an area: a practitioner and a lead with access to one child."""

    def __init__(self, area="oxfordshire", **child):
        self.authority = make_authority(area)
        self.agency = make_agency(authority=self.authority)
        self.worker = make_user(
            Role.PRACTITIONER, team=make_team(self.agency), given_name="Wyn", family_name="Arden"
        )
        self.colleague = make_user(
            Role.PRACTITIONER, team=make_team(self.agency), given_name="Cal", family_name="Birch"
        )
        leads = make_team(self.agency, kind=TeamKind.LEADS)
        self.lead = make_user(Role.NAMED_LEAD, team=leads, given_name="Lee", family_name="Dale")
        self.other_lead = make_user(
            Role.NAMED_LEAD, team=leads, given_name="Ola", family_name="Frome"
        )
        self.child = make_child(by=self.worker, authority=self.authority, **child)
        grant(self.worker, self.child)
        grant(self.colleague, self.child)

    def client(self, user=None):
        """A browser in which somebody is signed in; the worker if nobody is named."""
        client = Client()
        client.force_login(user or self.worker, backend=BACKEND)
        return client


BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def oxfordshire(tools):
    return Place("oxfordshire")


@pytest.fixture
def wiltshire(tools):
    return Place("wiltshire")

"""Screens to test with: the shipped tools, a child, and the people around it."""

from __future__ import annotations

import pytest
from django.test import Client

from cse.people.models import Role, TeamKind
from tests.factories import (
    Wanted,
    grant,
    make_agency,
    make_authority,
    make_child,
    make_teams,
    make_tools,
    make_users,
)
from tests.prepared import prepared


@prepared
def tools():
    """Both shipped tools, loaded."""
    return make_tools()


class Place:
    """An agency of an area: a practitioner and a lead with access to one child."""

    def __init__(self, area="oxfordshire", **child):
        self.authority = make_authority(area)
        self.agency = make_agency(authority=self.authority)
        team, colleagues, leads = make_teams(
            (self.agency, TeamKind.WORKING),
            (self.agency, TeamKind.WORKING),
            (self.agency, TeamKind.LEADS),
        )
        self.worker, self.colleague, self.lead, self.other_lead = make_users(
            Wanted(Role.PRACTITIONER, team, "Wyn", "Arden"),
            Wanted(Role.PRACTITIONER, colleagues, "Cal", "Birch"),
            Wanted(Role.NAMED_LEAD, leads, "Lee", "Dale"),
            Wanted(Role.NAMED_LEAD, leads, "Ola", "Frome"),
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


@prepared
def oxfordshire(tools):
    return Place("oxfordshire")


@prepared
def wiltshire(tools):
    return Place("wiltshire")

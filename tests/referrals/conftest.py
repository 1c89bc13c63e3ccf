"""Areas to refer in; the pure rules' tests use none of it."""

from __future__ import annotations

import pytest

from tests.factories import make_tools
from tests.prepared import prepared
from tests.referrals.area import Area


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@prepared
def tools():
    return make_tools()


@prepared
def oxfordshire(tools) -> Area:
    return Area("oxfordshire")


@prepared
def wiltshire(tools) -> Area:
    return Area("wiltshire")

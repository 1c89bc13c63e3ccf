"""Areas to refer in; the pure rules' tests use none of it."""

from __future__ import annotations

import pytest
from django.db import transaction

from screening.actions import load_shipped_tools
from tests.referrals.area import Area


@pytest.fixture
def oxfordshire(db, settings) -> Area:
    settings.SECOND_FACTOR_REQUIRED = False
    with transaction.atomic():
        load_shipped_tools()
        return Area("oxfordshire")


@pytest.fixture
def wiltshire(db, settings) -> Area:
    settings.SECOND_FACTOR_REQUIRED = False
    with transaction.atomic():
        load_shipped_tools()
        return Area("wiltshire")

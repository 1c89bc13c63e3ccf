"""A Tuesday in February 2027, an area and a child."""

from __future__ import annotations

import pytest
import time_machine
from django.db import transaction

from tests.clocks.conftest import at
from tests.missing.scene import Scene


@pytest.fixture(autouse=True)
def _one_factor(settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def tuesday():
    """9 February 2027, 10am."""
    with time_machine.travel(at("2027-02-09 10:00"), tick=False) as traveller:
        yield traveller


@pytest.fixture
def scene(db, tuesday) -> Scene:
    with transaction.atomic():
        return Scene()

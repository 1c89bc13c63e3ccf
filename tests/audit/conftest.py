"""This room's tests are not about the second factor; those that are switch it on."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _without_second_factor(settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False

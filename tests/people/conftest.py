"""People are tested without a second factor, except where a test asks for one."""

from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _second_factor_where_asked(settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture(autouse=True)
def _nobody_has_tried_yet(_no_shared_cache) -> None:
    cache.clear()

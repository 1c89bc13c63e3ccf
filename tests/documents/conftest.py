"""What the tests of documents share: made-up people, and tasks that are noted, not run."""

from __future__ import annotations

import pytest

from tests.factories import make_agency, make_authority, make_user
from tests.prepared import prepared


@pytest.fixture(autouse=True)
def _one_factor(settings) -> None:
    """Signing in has tests of its own."""
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Each test keeps its documents in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def sent(monkeypatch) -> list[str]:
    """The ids handed to the worker, in place of a broker."""
    from cse.documents import tasks

    ids: list[str] = []
    monkeypatch.setattr(tasks.render_export, "apply_async", lambda args, **_: ids.extend(args))
    return ids


@prepared
def agency():
    return make_agency("Riverside School", authority=make_authority())


@prepared
def lead(agency):
    return make_user("named_lead", agency=agency, given_name="Amara", family_name="Price")

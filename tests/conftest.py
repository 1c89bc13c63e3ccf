"""The test database: made by the owner of the tables, used as the application's role.

So every test runs with the rights production has: the guards hold here too.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connections
from django.test import SimpleTestCase, TransactionTestCase, override_settings

from tests.database import copy_of_template, drop, empty_database
from tests.prepared import Preparation, what_it_begins_with


def pytest_configure() -> None:
    """Collect garbage seldom: what tests make goes by itself, and looking costs a seventh."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what its -m says
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs no server."""
    for item in items:
        if _needs_no_server(item):
            item.add_marker("no_server")


@pytest.hookimpl(specname="pytest_collection_modifyitems", trylast=True)
def pytest_longest_first(items: list[pytest.Item]) -> None:
    """Put the files with long tests first: whoever is done takes what comes next (`_ByFile`).

    So none is left alone with a long one at the end. After pytest-django, which would put the tests
    in a browser last.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    items[:] = chain(*(_alike(file) for file in sorted(files.values(), key=_rank)))


def _alike(file: list[pytest.Item]) -> Iterator[pytest.Item]:
    """Tests that begin with the same (tests/prepared.py) one after another."""
    groups: dict[tuple[str, ...], list[pytest.Item]] = {}
    for item in file:
        groups.setdefault(tuple(what_it_begins_with(item)), []).append(item)
    return chain(*groups.values())


def _rank(file: list[pytest.Item]) -> tuple[bool, bool, bool, int]:
    """First what takes a minute to make its pages; the shortest files come last."""
    long = [item for item in file if _is_long(item)]
    shares = any("pages" in getattr(item, "fixturenames", ()) for item in long)
    # What starts servers of its own waits more than it works.
    return not long, not shares, "embedded" not in file[0].path.parts, -len(file)


#: Where each test is long, and shares nothing with the others that took long to make.
ONE_BY_ONE = ("tests/browser/", "tests/test_walk.py", "tests/referrals/test_triage_matrix.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file's tests go to one worker, for what they share; of some files each test to any."""
    from xdist.scheduler import LoadScopeScheduling

    class _ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if nodeid.startswith(ONE_BY_ONE) else nodeid.partition("::")[0]

    return _ByFile(config, log)


def _is_long(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(name) for name in ("browser", "walk"))


#: Fixtures of pytest-django without which a test is refused every query.
DATABASE = {"db", "transactional_db", "django_db_setup"}


def _needs_no_server(item: pytest.Item) -> bool:
    """Whether what a test says cannot depend on the database: neither it nor its fixtures ask it.

    pytest-django refuses such a test every query, and ``_no_server`` refuses it Redis and the
    addresses of both. The tests of the embedded servers bring their own.
    """
    fixtures = set(getattr(item, "fixturenames", DATABASE))
    return not (
        fixtures & DATABASE
        or item.get_closest_marker("django_db")
        or issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
        or "embedded" in item.path.parent.parts
    )


#: Passwords of tests protect nothing.
QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_modify_db_settings: None, django_db_blocker) -> Iterator[None]:
    """Copy the migrated template as the owner, then point the application's connection at it."""
    owner, app = connections["owner"], connections["default"]
    name = app.settings_dict["TEST"]["NAME"] or f"test_{app.settings_dict['NAME']}"
    original = owner.settings_dict["NAME"]
    with django_db_blocker.unblock():
        app.close()
        copy_of_template(name)
        for connection in (owner, app):
            connection.settings_dict["NAME"] = name
        yield
        PREPARATION.clear()
        for connection in (owner, app):
            connection.close()
            connection.settings_dict["NAME"] = original
        drop(name)


PREPARATION = Preparation()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef, request) -> None:
    """Before pytest-django lets a test into the database: have ready what it begins with."""
    if fixturedef.argname == "_django_db_helper":
        with (
            request.getfixturevalue("django_db_blocker").unblock(),
            override_settings(PASSWORD_HASHERS=QUICK_HASHERS, SECOND_FACTOR_REQUIRED=False),
        ):
            PREPARATION.for_test(request)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What the next test, or its file, does not begin with is taken back before it begins."""
    PREPARATION.after_test(item, nextitem)


# Django empties the tables after a transactional test with TRUNCATE, which the guards refuse to
# everybody. The tests' own emptying runs as the owner, with the guards off for that moment.
TransactionTestCase._fixture_teardown = lambda self: empty_database()


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium, one for a whole run: Playwright starts once in a process."""
    from playwright.sync_api import expect, sync_playwright

    from tests.interface.browsing import CHROMIUM, FLAGS

    # Playwright keeps an event loop in this thread; the tests' own queries are synchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    # A machine that builds and tests at once is slow; what is waited for comes all the same.
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _no_shared_cache(settings) -> None:
    """Each test has its own cache; Redis is exercised where a test says so."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    cache.clear()


@pytest.fixture(autouse=True)
def _no_server(request, monkeypatch) -> None:
    """A test that was judged to need no server gets none, and no process of its own does."""
    if request.node.get_closest_marker("no_server"):
        monkeypatch.setattr("redis.connection.AbstractConnection.connect", _refused)
        monkeypatch.setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none")
        monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://nobody@127.0.0.1:9/none")
        monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")


def _refused(*_args: object, **_named: object) -> None:
    raise AssertionError("This test asks Redis: it needs a fixture of the database.")


@pytest.fixture(autouse=True)
def _activity_is_noted_once(request, monkeypatch) -> None:
    """A slow machine writes no activity between two pages whose queries a test compares."""
    if "signin" not in request.path.parts:
        monkeypatch.setattr("cse.signin.limits.WRITE_EVERY", 60)

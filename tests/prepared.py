"""What many tests begin with, made once for those in a row that begin with the same.

Each test is rolled back to where it began, and has its own copies of what was made. What stands in
the database is what the test's own fixtures say and no more, whichever test came before.
"""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.db import transaction

#: A test's copies, by the name of the fixture.
COPIES: pytest.StashKey[dict[str, Any]] = pytest.StashKey()
Make = Callable[..., Any]
#: Names of prepared fixtures; another of the same name may be none.
_names: set[str] = set()


def prepared(make: Make) -> Any:
    """A fixture of what ``make`` returns; it may take other prepared ones, and nothing else.

    A test that asks for it by ``getfixturevalue``, or that commits, has it made for itself.
    """
    taken = list(inspect.signature(make).parameters)

    def fixture(request: pytest.FixtureRequest, db: None, **given: Any) -> Any:
        copies = request.node.stash.get(COPIES, {})
        if make.__name__ in copies:
            return copies[make.__name__]
        with transaction.atomic():
            return make(**given)

    _names.add(make.__name__)
    names = ["request", "db", *taken]
    fixture.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    )
    fixture.make = make  # type: ignore[attr-defined]
    fixture.__doc__ = make.__doc__
    return pytest.fixture(fixture, name=make.__name__)


class Preparation:
    """The transaction around the tests that begin with the same."""

    def __init__(self) -> None:
        self._made: dict[str, Make] = {}
        self._copies = b""
        self._around: transaction.Atomic | None = None
        self._connection: Any = None
        self._blocker: Any = None

    def for_test(self, request: pytest.FixtureRequest) -> None:
        """Have ready what a test begins with, and nothing else."""
        self._blocker = request.getfixturevalue("django_db_blocker")
        wanted = what_it_begins_with(request.node)
        if wanted != self._made or transaction.get_connection() is not self._connection:
            self.clear()
            if wanted:
                try:
                    self._make(wanted)
                except BaseException:
                    self.clear()
                    raise
        if wanted:
            request.node.stash[COPIES] = pickle.loads(self._copies)  # noqa: S301 - our own

    def after_test(self, test: pytest.Item, following: pytest.Item | None) -> None:
        """Keep it for a test of the same file that begins with the same, and for no other.

        What a whole file shares is made after this, and before the first test's own.
        """
        if not self._around or not self._blocker:
            return
        same_file = following is not None and following.path == test.path
        if not same_file or what_it_begins_with(following) != self._made:
            with self._blocker.unblock():
                self.clear()

    def clear(self) -> None:
        """Take back what was made."""
        self._made = {}
        if self._around:
            around, self._around = self._around, None
            if transaction.get_connection() is self._connection:
                transaction.set_rollback(True)
                around.__exit__(None, None, None)
            else:
                # From Playwright's start on Django gives this thread another connection.
                self._connection.connection.close()
                self._connection.connection = None

    def _make(self, wanted: Mapping[str, Make]) -> None:
        self._connection = transaction.get_connection()
        self._around = transaction.atomic()
        self._around.__enter__()
        values: dict[str, Any] = {}
        for name, make in wanted.items():
            given = {each: values[each] for each in inspect.signature(make).parameters}
            values[name] = make(**given)
        # The guards look at it here, once; else each test's end would look at it again.
        transaction.get_connection().check_constraints()
        self._copies = pickle.dumps(values)
        self._made = dict(wanted)


def what_it_begins_with(test: pytest.Item) -> dict[str, Make]:
    """The prepared fixtures of a test, each after those it takes; none where it commits."""
    names = getattr(test, "fixturenames", [])
    marker = test.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"} & set(names)
    if commits or (marker and (marker.args or marker.kwargs)):
        return {}
    found: dict[str, Make] = {}

    def find(name: str) -> None:
        for definition in (test.session._fixturemanager.getfixturedefs(name, test) or ())[-1:]:
            make = getattr(definition.func, "make", None)
            if make and name not in found:
                for each in inspect.signature(make).parameters:
                    find(each)
                found[name] = make

    for name in names:
        if name in _names:
            find(name)
    return found

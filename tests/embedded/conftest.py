"""Servers of these tests' own, in a folder of their own, whatever else runs on the machine."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile

import pytest

from cse.embedded import processes, servers

SETTINGS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


@pytest.fixture
def var(monkeypatch):
    """An empty folder for the servers, stopped again after the test."""
    with _own_folder(monkeypatch) as folder:
        yield folder


@pytest.fixture(scope="module")
def running():
    """Both servers, running for all the tests of a module; the folder they live in."""
    with pytest.MonkeyPatch.context() as monkeypatch, _own_folder(monkeypatch) as folder:
        assert servers.start() == [servers.POSTGRESQL, servers.VALKEY]
        yield folder


@contextlib.contextmanager
def _own_folder(monkeypatch):
    # pytest's own folders are closed to other accounts, and every pytest on the machine closes
    # them again; under root the servers' account must be able to pass through.
    with tempfile.TemporaryDirectory() as made:
        pathlib.Path(made).chmod(0o711)
        monkeypatch.setenv("CSE_VAR", f"{made}/var")
        monkeypatch.setenv("CSE_EMBEDDED_DURABLE", "0")
        for name in SETTINGS:
            monkeypatch.delenv(name, raising=False)
        yield pathlib.Path(made).resolve() / "var"
        # A test that undid this would stop somebody else's servers instead of its own.
        assert os.environ["CSE_VAR"] == f"{made}/var"
        servers.stop()


@pytest.fixture
def gone():
    """Wait until these processes have ended; False when one still lives after ten seconds."""
    return lambda found: not processes.still_there(found, 10)

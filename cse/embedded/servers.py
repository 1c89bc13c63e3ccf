"""Both servers together: started once however many ask, stopped, and told about."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Collection, Iterator
from pathlib import Path

from cse.embedded import postgres, valkey
from cse.embedded.errors import EmbeddedError
from cse.embedded.places import Places, make, places

POSTGRESQL = "PostgreSQL"
VALKEY = "Valkey"
PATIENCE_SECONDS = 60


def start(names: Collection[str] = (POSTGRESQL, VALKEY)) -> list[str]:
    """Start those of these servers that do not run; return the names of those it started.

    Two starts at once do not race: the second waits for the first and finds it done.
    Raises EmbeddedError with one line that says what to do.
    """
    where = places()
    if all(is_ready(name, where) for name in names):
        return []
    with _locked(where):
        missing = [name for name in names if not _lives(name, where)]
        for name in missing:
            _start(name, where)
    return missing


def stop(names: Collection[str] = (POSTGRESQL, VALKEY)) -> None:
    """Stop these servers; those that do not run are left as they are. Raises EmbeddedError."""
    where = places()
    with _locked(where):
        if VALKEY in names:
            valkey.stop(where)
        if POSTGRESQL in names:
            _marker(where).unlink(missing_ok=True)
            postgres.stop(where)


def is_ready(name: str, where: Places, seconds: float = 2) -> bool:
    """Whether the server answers within so many seconds and, for PostgreSQL, is prepared."""
    if name == VALKEY:
        return valkey.answers(where, seconds)
    # PostgreSQL answers while it still wakes up; the marker is written when it has.
    return _marker(where).exists() and postgres.answers(where, seconds)


def _lives(name: str, where: Places) -> bool:
    """Like ``is_ready``, but patient with a server that runs and is only slow to answer.

    Starting another one would end it.
    """
    found = valkey.running(where) if name == VALKEY else postgres.running(where)
    return bool(found) and is_ready(name, where, seconds=PATIENCE_SECONDS)


def _marker(where: Places) -> Path:
    return where.run / "postgres.ready"


def _start(name: str, where: Places) -> None:
    try:
        make(where)
        if name == VALKEY:
            valkey.start(where)
            return
        _marker(where).unlink(missing_ok=True)
        postgres.start(where)
        _marker(where).touch(mode=0o600)
    except PermissionError as error:
        raise EmbeddedError(
            f"{error.filename} belongs to another user: run as that user, or remove {where.var}."
        ) from error
    except OSError as error:
        raise EmbeddedError(
            f"{name} cannot start: {error.strerror}: {error.filename or where.var}."
        ) from error


@contextlib.contextmanager
def _locked(where: Places) -> Iterator[None]:
    """Hold the lock that makes starting and stopping one at a time; the kernel frees it."""
    try:
        where.var.mkdir(mode=0o755, parents=True, exist_ok=True)
        handle = os.open(where.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EmbeddedError(
            f"{where.lock} cannot be written ({error.strerror}): run as its owner."
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)

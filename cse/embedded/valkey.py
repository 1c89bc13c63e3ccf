"""The embedded Valkey's life: the broker of Celery and the cache, on a unix socket alone."""

from __future__ import annotations

import time

import psutil

from cse.embedded import processes, wheels
from cse.embedded.errors import EmbeddedError
from cse.embedded.passwords import password
from cse.embedded.places import Places

START_SECONDS = 20
GREETING = b"PING\r\n"
# Tasks that wait survive a restart, but nothing depends on it: PostgreSQL is the truth.
CONFIGURATION = """\
port 0
unixsocket "{run}/valkey.sock"
unixsocketperm 700
requirepass "{password}"
daemonize yes
pidfile "{run}/valkey.pid"
dir "{data}"
logfile "{logs}/valkey.log"
save 60 1
appendonly no
maxmemory-policy noeviction
"""


def start(where: Places) -> None:
    """Start the server; the caller holds the lock. Raises EmbeddedError with the reason."""
    program = wheels.valkey_server(where)
    stop(where)
    # The configuration goes in by standard input: on the command line every user could read
    # the password, and a file would have to be kept from them.
    done = processes.run(
        [program, "-"],
        account=where.account,
        cwd=where.home,
        input=CONFIGURATION.format(
            run=where.run, data=where.valkey_data, logs=where.logs, password=password("valkey")
        ),
    )
    deadline = time.monotonic() + START_SECONDS
    while done.returncode == 0 and time.monotonic() < deadline:
        if answers(where):
            return
        time.sleep(0.02)
    raise EmbeddedError(
        f"Valkey did not start: {done.stdout.strip() or 'see'} {where.logs / 'valkey.log'}."
    )


def stop(where: Places) -> None:
    """Stop the server, and whatever a killed one left behind; it saves its data first."""
    processes.end(running(where))
    where.valkey_socket.unlink(missing_ok=True)


def running(where: Places) -> list[psutil.Process]:
    """The server's process, if it lives."""
    return processes.living_in(where.valkey_data, ["valkey-server"])


def answers(where: Places, seconds: float = 2) -> bool:
    """Whether the server answers, if only that it wants the password."""
    return processes.answers(where.valkey_socket, GREETING, seconds)

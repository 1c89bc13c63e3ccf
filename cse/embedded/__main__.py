"""``python -m cse.embedded start | stop | status``: the embedded servers from the shell."""

from __future__ import annotations

import argparse
import sys

from cse.embedded import servers
from cse.embedded.errors import EmbeddedError
from cse.embedded.places import places


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked; 0 when done, 1 with one line when not, 3 for a status of "stopped"."""
    parser = argparse.ArgumentParser(prog="python -m cse.embedded", description=__doc__)
    parser.add_argument("act", choices=["start", "stop", "status"])
    act = parser.parse_args(arguments).act
    try:
        return {"start": _start, "stop": _stop, "status": _status}[act]()
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _start() -> int:
    started = servers.start()
    print("Started " + " and ".join(started) if started else "Already running.")  # noqa: T201
    return 0


def _stop() -> int:
    servers.stop()
    print("Stopped.")  # noqa: T201
    return 0


def _status() -> int:
    where = places()
    names = (servers.POSTGRESQL, servers.VALKEY)
    states = {name: servers.is_ready(name, where) for name in names}
    for name, runs in states.items():
        print(f"{name}: {'running' if runs else 'stopped'}")  # noqa: T201
    print(f"Sockets in {where.run}, data in {where.home}.")  # noqa: T201
    return 0 if all(states.values()) else 3


if __name__ == "__main__":
    sys.exit(main())

"""Starting the servers' programs without privileges, and finding what was left running."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from cse.embedded.errors import EmbeddedError
from cse.embedded.places import Account

GRACE_SECONDS = 10
POLL_SECONDS = 0.02


def run(
    command: Sequence[str | Path], *, account: Account | None, cwd: Path, input: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a server's program as the account, in a clean environment, and wait for it.

    Nothing of our environment goes along: it may hold secrets. Raises OSError when the
    program cannot be started; a failing exit code is the caller's to judge.
    """
    # A folder that the account cannot enter would make every program complain.
    environment = {"PATH": os.defpath, "LANG": "C", "LC_ALL": "C", "TZ": "UTC", "HOME": str(cwd)}
    return subprocess.run(
        [str(part) for part in command],
        input=input,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        cwd=cwd,
        env=environment,
        umask=0o077,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def answers(path: Path, greeting: bytes, seconds: float = 2) -> bool:
    """Whether the server on this unix socket answers the greeting within so many seconds.

    Connecting alone proves nothing: the kernel lets callers queue at the socket of a server
    that is just being killed.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(seconds)
        try:
            probe.connect(str(path))
            probe.sendall(greeting)
            return probe.recv(1) != b""
        except OSError:
            return False


def living_in(folder: Path, names: Sequence[str]) -> list[psutil.Process]:
    """The processes with one of these names whose working folder is this one.

    Both servers change into their data folder, which tells ours from every other one, and
    from a stranger that has been given the number in a stale pid file.
    """
    found = []
    for process in psutil.process_iter(["name"]):
        if not str(process.info["name"] or "").startswith(tuple(names)):
            continue
        with contextlib.suppress(psutil.Error, OSError):
            if Path(process.cwd()) == folder:
                found.append(process)
    return found


def end(processes: Sequence[psutil.Process], *, grace: float = GRACE_SECONDS) -> None:
    """End these processes: asked first, killed when they do not listen within ``grace`` seconds.

    Raises EmbeddedError for one that survives even that.
    """
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    stubborn = still_there(processes, grace)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    left = still_there(stubborn, grace)
    if left:
        raise EmbeddedError(f"Process {left[0].pid} does not end: end it and start again.")


def still_there(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those of the processes that have not ended within so many seconds.

    A process that has ended and was not yet collected by its parent counts as gone: some
    containers' first process takes its time.
    """
    deadline = time.monotonic() + seconds
    left = [process for process in processes if _lives(process)]
    while left and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        left = [process for process in left if _lives(process)]
    return left


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False

"""``bin/demo``, from where the virtual environment stands: servers, data, web, worker, beat."""

from __future__ import annotations

import argparse
import errno
import fcntl
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from cse.embedded import servers
from cse.embedded.errors import EmbeddedError
from cse.embedded.project import PROJECT, var_dir
from cse.embedded.supervisor import Program, Supervisor, end_leavings

HOST = "127.0.0.1"
# The second factor is off and the accounts are shown (cse/settings.py): for our programs alone.
MARK = {"CSE_DEMO": "1"}
READY_SECONDS = 180
# Data, write-ahead log and logs of a demo, in bytes, with room to spare.
FREE_BYTES = 300 * 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Run the demo until Ctrl-C; 0 when it was asked to stop, 1 with one line when it cannot."""
    parser = argparse.ArgumentParser(prog="bin/demo", description="Run the demo until Ctrl-C.")
    parser.add_argument("--port", type=_port, default=8000, help="the web's port (8000)")
    port: int = parser.parse_args(arguments).port
    try:
        _run(port)
    except EmbeddedError as error:
        sys.stderr.write(f"bin/demo: {_in_plain_words(str(error))}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"bin/demo: {_in_plain_words(f'{error.strerror}: {error.filename}')}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("bin/demo: stopped before it was ready\n")
        return 1
    return 0


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 0
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: choose a number from 1 to 65535")
    return number


def _run(port: int) -> None:
    folder = var_dir() / "demo"
    _check_disk(var_dir())
    if not folder.exists():  # no earlier demo can hold the port: make nothing where none can start
        check_port(port)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = _only_one(folder)
    try:
        left = end_leavings(folder)
        if left:
            _say(f"Ended {left} processes that an earlier demo left behind.")
        check_port(port)
        try:
            _start_servers(folder)
            _serve(port, folder, accounts=_prepare(port))
        finally:
            _stop_servers(folder)
    finally:
        os.close(lock)
    _say("Stopped.")


def _only_one(folder: Path) -> int:
    """Hold the demo's lock; the kernel lets it go however this process ends."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise EmbeddedError(
            "The demo already runs from this folder: use that one, or stop it with Ctrl-C."
        ) from error
    return handle


def check_port(port: int) -> None:
    """Raise EmbeddedError when nothing can listen on this port, saying what to do."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else "may not be used"
            raise EmbeddedError(
                f"Port {port} {why}: choose another one, as in bin/demo --port "
                f"{port + 1 if 1024 <= port < 65535 else 8001}"
            ) from error


def _check_disk(folder: Path) -> None:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if shutil.disk_usage(existing).free < FREE_BYTES:
        raise EmbeddedError(
            f"The disk is full: the demo needs {FREE_BYTES // 1024**2} MB free in {existing}."
        )


def _start_servers(folder: Path) -> None:
    wanted = [
        name
        for name, variable in ((servers.POSTGRESQL, "DATABASE_URL"), (servers.VALKEY, "REDIS_URL"))
        if not os.environ.get(variable)
    ]
    if wanted:
        _say(f"Starting {' and '.join(wanted)} …")
    for name in wanted:
        if servers.start([name]):
            # Added to, not replaced: what a killed demo started is still ours to stop.
            with _started_file(folder).open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")


def _stop_servers(folder: Path) -> None:
    try:
        names = set(_started_file(folder).read_text(encoding="utf-8").split())
    except FileNotFoundError:
        return
    servers.stop(names)
    _started_file(folder).unlink(missing_ok=True)


def _started_file(folder: Path) -> Path:
    return folder / "servers-started"


def _environment(port: int) -> dict[str, str]:
    """What tells our programs that this is the demo, and the address they serve.

    Documents and e-mails name the address (``SITE_URL``); one that is set by hand stays.
    """
    return {"SITE_URL": os.environ.get("SITE_URL") or f"http://{HOST}:{port}", **MARK}


def _prepare(port: int) -> str:
    """Bring the database up to date; the table of demo accounts as text."""
    _say("Preparing the database …")
    done = subprocess.run(
        [sys.executable, "-m", "cse.embedded.prepare"],
        cwd=PROJECT,
        env={**os.environ, **_environment(port)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise EmbeddedError(
            f"The database could not be prepared: {lines[-1] if lines else 'it said nothing'} "
            "(.venv/bin/python manage.py migrate shows more)"
        )
    return done.stdout.strip()


def _programs(port: int, folder: Path) -> list[Program]:
    python = sys.executable
    celery = [python, "-m", "celery", "-A", "cse.celery"]
    shared = _environment(port)
    return [
        Program(
            "web",
            [python, "-m", "gunicorn", "-c", "python:cse.gunicorn", "cse.wsgi"],
            {"BIND": f"{HOST}:{port}", **shared},
        ),
        Program(
            "worker",
            [*celery, "worker", "--loglevel=WARNING", "--concurrency=1", "--without-mingle"],
            shared,
        ),
        Program(
            "beat",
            [*celery, "beat", "--loglevel=WARNING", "--pidfile=", "-s", str(folder / "schedule")],
            shared,
        ),
    ]


def _serve(port: int, folder: Path, *, accounts: str) -> None:
    for log in folder.glob("*.log"):
        log.unlink()
    os.chdir(PROJECT)
    supervisor = Supervisor(_programs(port, folder), folder=folder, say=_say)
    deadline = time.monotonic() + READY_SECONDS

    def on_ready() -> bool:
        if _answers(port):
            _say(
                f"\n{accounts}\n\nReady: http://{HOST}:{port}\n"
                f"Logs are in {folder}. Press Ctrl-C to stop."
            )
            return True
        if supervisor.fallen("web") or time.monotonic() > deadline:
            raise EmbeddedError(f"The web server did not start: {_last_line(supervisor)}")
        return False

    supervisor.run(on_ready)


def _answers(port: int) -> bool:
    """Whether a page comes back; a port that listens may have nobody behind it yet."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _last_line(supervisor: Supervisor) -> str:
    log = supervisor.log("web")
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    return f"{next((line for line in reversed(lines) if line.strip()), 'no word')} (see {log})"


def _in_plain_words(said: str) -> str:
    if "No space left on device" in said:
        return f"The disk is full: free some space under {var_dir()} and start again."
    return said


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())

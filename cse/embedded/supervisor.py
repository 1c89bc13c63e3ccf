"""A small supervisor: runs a few programs, restarts one that falls, ends them all together.

Each program gets a session of its own, so that Ctrl-C reaches the supervisor alone and it can
ask the programs to finish in order; what a killed supervisor leaves behind is found again by
those sessions.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil

from cse.embedded import processes

STOP_SECONDS = 20
FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0
# A program that has lived this long is well again: its next fall is a first fall.
WELL_SECONDS = 60.0
TICK_SECONDS = 0.1
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """What to run; ``name`` also names its log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    falls: int = 0
    due_at: float = 0.0


class Supervisor:
    """Runs programs until a signal asks it to stop.

    ``folder`` keeps a log for each program and the record by which ``end_leavings`` finds
    what a killed supervisor left; ``say`` is told in one line what happens.
    """

    def __init__(
        self, programs: Sequence[Program], *, folder: Path, say: Callable[[str], None]
    ) -> None:
        self._children = [_Child(program) for program in programs]
        self._folder = folder
        self._say = say
        self._asked_to_stop = 0

    def run(self, on_ready: Callable[[], bool | None] | None = None) -> None:
        """Start everything and stay until SIGINT, SIGTERM or SIGHUP; then end everything.

        ``on_ready`` is asked on every round until it answers True. What it raises ends the
        programs too and goes on to the caller.
        """
        before = {
            number: signal.signal(number, self._ask_to_stop)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        ready = on_ready is None
        try:
            while not self._asked_to_stop:
                for child in self._children:
                    self._tend(child)
                if not ready and on_ready is not None:
                    ready = bool(on_ready())
                time.sleep(TICK_SECONDS)
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def fallen(self, name: str) -> int:
        """How often in a row the program of this name has fallen."""
        return next(child.falls for child in self._children if child.program.name == name)

    def log(self, name: str) -> Path:
        """The file with what the program of this name writes."""
        return self._folder / f"{name}.log"

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop += 1

    def _tend(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due_at:
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            return
        # A fallen parent may leave children that hold its port or its queue.
        processes.end(session_of(child.process.pid), grace=2)
        child.process = None
        child.falls = 1 if now - child.started_at > WELL_SECONDS else child.falls + 1
        delay = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2 ** (child.falls - 1))
        child.due_at = now + delay
        self._say(
            f"{child.program.name} ended (code {code}), starting again in {delay:.0f} s; "
            f"see {self.log(child.program.name)}"
        )

    def _start(self, child: _Child) -> None:
        with self.log(child.program.name).open("ab") as log:
            child.process = subprocess.Popen(
                list(child.program.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **child.program.environment},
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        child.started_at = time.monotonic()
        self._record()

    def _record(self) -> None:
        rows = []
        for child in self._children:
            if child.process is not None:
                with contextlib.suppress(psutil.NoSuchProcess):
                    found = psutil.Process(child.process.pid)
                    rows.append({"pid": found.pid, "created": found.create_time()})
        draft = _record_file(self._folder).with_suffix(".new")
        draft.write_text(json.dumps(rows), encoding="utf-8")
        draft.replace(_record_file(self._folder))

    def _end_all(self) -> None:
        alive = [child.process for child in self._children if child.process is not None]
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        asked = self._asked_to_stop
        # A second Ctrl-C means "now".
        while time.monotonic() < deadline and self._asked_to_stop <= max(asked, 1):
            if all(process.poll() is not None for process in alive):
                break
            time.sleep(TICK_SECONDS / 2)
        for process in alive:
            processes.end(session_of(process.pid), grace=2)
            process.wait()
        _record_file(self._folder).unlink(missing_ok=True)


def end_leavings(folder: Path) -> int:
    """End what a supervisor that was killed left running; the number of processes ended."""
    try:
        rows = json.loads(_record_file(folder).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 0
    found: list[psutil.Process] = []
    for row in rows:
        found += session_of(int(row["pid"]), created=float(row["created"]))
    processes.end(found, grace=5)
    _record_file(folder).unlink(missing_ok=True)
    return len(found)


def session_of(leader: int, *, created: float | None = None) -> list[psutil.Process]:
    """The processes of the session that this process began.

    With ``created`` (seconds since 1970), a leader born at another time is a stranger who got
    the number later, and its session is left alone.
    """
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(process.pid) != leader or process.status() == psutil.STATUS_ZOMBIE:
                continue
            stranger = (
                created is not None
                and process.pid == leader
                and abs(process.create_time() - created) > 1
            )
            if stranger:
                return []
            found.append(process)
    return found


def _record_file(folder: Path) -> Path:
    return folder / "running.json"


def _die_with_parent() -> None:
    """Ask Linux to end this process when its supervisor dies without a chance to say so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

"""Running one piece of work in a process of its own, with limits on its time and memory.

A style or a text that makes the layout explode then ends with its process and is reported; the
worker and the web go on (bad-input). The process is forked, so that everything imported already
is there: a warm worker stays warm.
"""

from __future__ import annotations

import os
import resource
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path

OK, FAILED = b"+", b"-"
MEMORY_NOW = Path("/proc/self/statm")


class LimitReached(Exception):  # noqa: N818  (named for what happened)
    """The work took longer, or more memory, than it may."""


class WorkFailed(Exception):  # noqa: N818
    """The work itself failed; the text is the type of its error, never its message."""


def run_limited(work: Callable[[], bytes], *, seconds: float, memory: int) -> bytes:
    """What ``work`` gives, made in a forked process.

    ``seconds`` of wall-clock time; ``memory`` bytes beyond what this process has already. The
    work must not use the database: a forked connection belongs to the parent. Raises
    ``LimitReached`` or ``WorkFailed``.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _work_and_leave(work, writer, seconds, memory)
    os.close(writer)
    try:
        answer = _read(reader, time.monotonic() + seconds)
    finally:
        os.close(reader)
        _end(pid)
    return _open_answer(answer)


def _open_answer(answer: bytes) -> bytes:
    if answer[:1] == OK:
        return answer[1:]
    if answer[:1] == FAILED and answer[1:] != b"MemoryError":
        raise WorkFailed(answer[1:].decode())
    raise LimitReached("memory")  # it said so, or the system ended it before it could


def _work_and_leave(work: Callable[[], bytes], writer: int, seconds: float, memory: int) -> None:
    """In the forked process: work, write, and leave without the parent's clean-up."""
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        _limit(seconds, memory)
        try:
            answer = OK + work()
        except BaseException as error:
            answer = FAILED + type(error).__name__.encode()
        with os.fdopen(writer, "wb") as out:
            out.write(answer)
    finally:
        os._exit(0)


def _limit(seconds: float, memory: int) -> None:
    """Hard limits of the system, for work that no longer listens.

    What the process has already is read from /proc; where there is none, time alone is limited.
    """
    if MEMORY_NOW.exists():
        now = int(MEMORY_NOW.read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (now + memory, most))
    whole = max(1, int(seconds) + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (whole, whole + 1))


def _read(reader: int, until: float) -> bytes:
    """Everything the work writes, until it closes its end. Raises ``LimitReached`` at ``until``."""
    chunks: list[bytes] = []
    while True:
        left = until - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            raise LimitReached("time")
        chunk = os.read(reader, 1 << 16)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)


def _end(pid: int) -> None:
    """End the process if it is still there, and collect it."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    os.waitpid(pid, 0)

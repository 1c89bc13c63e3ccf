"""A supervisor over two small programs, as a program of its own that tests can send signals to.

``python -m tests.embedded.supervised FOLDER KIND``: "calm" programs wait; "deaf" ones ignore
SIGTERM, as a worker in the middle of a long task seems to; "falling" ones end at once.
"""

from __future__ import annotations

import sys
from pathlib import Path

from cse.embedded.supervisor import Program, Supervisor

# Each writes its number and that of a child of its own, then waits for signals for ever.
WAITING = """
import os, signal, subprocess, sys
if {deaf}: signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"])
print(os.getpid(), child.pid, flush=True)
while True: signal.pause()
"""
FALLING = "print('fell', flush=True); raise SystemExit(7)"


def main(folder: str, kind: str) -> None:
    code = FALLING if kind == "falling" else WAITING.format(deaf=kind == "deaf")
    programs = [
        Program(name, [sys.executable, "-c", code], {"CSE_TEST": name}) for name in ("one", "two")
    ]
    Supervisor(programs, folder=Path(folder), say=sys.stdout.write).run()
    sys.stdout.write("ended\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

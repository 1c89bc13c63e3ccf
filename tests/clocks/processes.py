"""Workers with their beat, as processes of their own that a test may kill.

``python -m tests.clocks.processes FOLDER`` loads the product once; for each number it reads it
starts a worker in a session of its own, which says its process id. So a new one is there in a
moment, and twenty can be killed in a minute.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import django

from cse.celery import app
from cse.embedded.supervisor import _die_with_parent
from tests.clocks import kinds

QUICK = ["--concurrency=1", "--without-mingle", "--without-gossip", "--loglevel=ERROR"]


def main(folder: str) -> None:
    """Start a worker for each line until there are no more; they end with this process."""
    django.setup()
    kinds.register()
    app.conf.task_default_queue = os.environ["CLOCKS_TEST_QUEUE"]
    app.conf.beat_schedule = {
        "send-reminders": {"task": "cse.clocks.tasks.run_due", "schedule": 0.5}
    }
    app.loader.import_default_modules()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    for line in sys.stdin:
        if os.fork() == 0:
            _work(Path(folder), line.strip())


def _work(folder: Path, number: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    _die_with_parent()  # a test that is itself ended leaves nothing running
    os.write(1, f"{os.getpid()}\n".encode())
    log = os.open(folder / f"{number}.log", os.O_WRONLY | os.O_CREAT)
    for number_of_file in (1, 2):
        os.dup2(log, number_of_file)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        app.worker_main(["worker", *QUICK, "--beat", "-s", str(folder / f"schedule-{number}")])
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1])

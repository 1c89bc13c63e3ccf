"""The product's Celery app as worker and beat run it, with the tests' kinds and a queue of theirs.

``celery -A tests.clocks.processes worker --beat``, in a process that a test may kill.
"""

from __future__ import annotations

import os

from cse.celery import app
from tests.clocks import kinds

kinds.register()
app.conf.task_default_queue = os.environ["CLOCKS_TEST_QUEUE"]
app.conf.beat_schedule = {
    "send-reminders": {"task": "cse.clocks.tasks.run_due", "schedule": 0.5},
}

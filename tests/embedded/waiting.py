"""Waiting for something another process does, without guessing how long it takes."""

from __future__ import annotations

import threading
import time


def until(ask, seconds=20):
    """What ``ask`` answers as soon as it answers something; a failure when it never does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            found = ask()
        except OSError:
            found = None
        if found:
            return found
        threading.Event().wait(0.05)
    raise AssertionError("It never came about.")

"""How long a session lives: 15 minutes without activity, 8 hours at most.

Times are seconds since 1970, kept in the session itself. What somebody does counts as activity,
an autosave included (somebody types); a page that only asks for progress does not.
"""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

STARTED, ACTIVE = "started_at", "active_at"
#: Activity is written down at most this often (seconds); the limit is that much longer, so that
#: nobody is signed out earlier than the page says.
WRITE_EVERY = 5
IDLE, TOO_OLD = "idle", "limit"


def begin(session: SessionBase) -> None:
    """A session starts now."""
    now = time.time()
    session[STARTED], session[ACTIVE] = now, now


def ended(session: SessionBase) -> str:
    """Why the session is over ("idle", "limit"), or nothing while it lives."""
    now = time.time()
    started, active = session.get(STARTED), session.get(ACTIVE)
    if started is None or active is None:
        begin(session)
        return ""
    if now - started >= settings.SESSION_MAX_SECONDS:
        return TOO_OLD
    if now - active >= settings.IDLE_SECONDS + WRITE_EVERY:
        return IDLE
    return ""


def note_activity(session: SessionBase) -> None:
    """Somebody did something now."""
    now = time.time()
    if now - session.get(ACTIVE, 0) >= WRITE_EVERY:
        session[ACTIVE] = now


def ends_at(session: SessionBase) -> float:
    """When the session is over whatever happens (seconds since 1970)."""
    return float(session.get(STARTED, time.time()) + settings.SESSION_MAX_SECONDS)


def seconds_left(session: SessionBase) -> int:
    """Seconds until the session is over if nothing happens from now on; never below 0."""
    now = time.time()
    idle = session.get(ACTIVE, now) + settings.IDLE_SECONDS
    return max(0, int(min(idle, ends_at(session)) - now))

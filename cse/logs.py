"""Structured logs that carry operational data only.

A log line is built from keyword pairs. Only the keys listed here leave the process: a name, a
date of birth or a sentence somebody typed has no key to travel under (``docs/security.md``).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

#: Keys that hold operational data. Everything else is dropped, not masked.
ALLOWED_KEYS = frozenset(
    {
        "event",
        "level",
        "logger",
        "timestamp",
        "request_id",
        "request",
        "user_id",
        "ip",
        "act",
        "decision",
        "rule",
        "code",
        "method",
        "route",
        "task",
        "task_id",
        "parent_task_id",
        "object_kind",
        "object_id",
        "child_id",
        "count",
        "duration_ms",
        "exception",
        "error_type",
        "queue",
        "status",
        "module",
        "lineno",
    }
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(),
            "foreign_pre_chain": [],
        }
    },
    "filters": {"operational": {"()": "cse.logs.OperationalOnly"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["operational"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django's own handlers would mail a failed request, with all that was typed, to ADMINS.
        "django": {"handlers": [], "level": "INFO"},
        # Django logs refused and failed requests with their path; ours names the route instead.
        "django.request": {"level": "CRITICAL"},
        "django.server": {"level": "WARNING", "propagate": True},
        "django.security": {"level": "CRITICAL"},
        "axes": {"level": "CRITICAL"},
        # Of what goes well, only which task was done: without their text the rest says nothing.
        "celery": {"level": "WARNING"},
        "celery.app.trace": {"level": "INFO"},
        "weasyprint": {"level": "CRITICAL"},
        "fontTools": {"level": "CRITICAL"},
    },
}


#: An event of ours is a name such as ``looks_not_written``; a sentence is none.
_NAME = re.compile(r"[a-z][a-z0-9_.]{0,63}")


def name_the_error(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Say which kind of error and where in the code; its message may quote what was typed."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error_type"] = type(error).__name__
        event["exception"] = _place_of(error)
    return event


def _place_of(error: BaseException) -> str:
    """``module:line`` of the innermost frame."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"


def keep_operational(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> Mapping[str, Any]:
    """Drop every key that is not known to be operational, and an event that is a sentence."""
    kept = {key: value for key, value in event.items() if key in ALLOWED_KEYS}
    if not _NAME.fullmatch(str(kept.get("event", ""))):
        kept["event"] = "log"
    return kept


class OperationalOnly:
    """A logging filter: third parties' lines keep their logger and level, not their text."""

    def filter(self, record: Any) -> bool:
        """Replace the text of a line that did not come through structlog; always keep the line."""
        # structlog's own lines carry their logger; a mere dict is somebody else's message.
        if not (isinstance(record.msg, dict) and hasattr(record, "_logger")):
            error = record.exc_info[1] if record.exc_info else None
            record.operational = {
                "logger": record.name,
                "level": record.levelname.lower(),
                "module": record.module,
                "lineno": record.lineno,
            }
            if error is not None:
                record.operational |= {
                    "error_type": type(error).__name__,
                    "exception": _place_of(error),
                }
            record.operational |= _task_of(record)
            record.msg, record.args = "log", ()
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return True


def _task_of(record: Any) -> dict[str, Any]:
    """Which task a line of Celery's is about: its name and id, never what it was given."""
    data = getattr(record, "data", None)
    if record.name != "celery.app.trace" or not isinstance(data, dict):
        return {}
    return {"task": str(data.get("name")), "task_id": str(data.get("id"))}


def of_a_library(
    _logger: Any, _name: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Where a third party's line came from, as the filter has left it."""
    event.update(getattr(event["_record"], "operational", {}))
    return event


LOGGING["formatters"]["json"]["foreign_pre_chain"] = [
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    of_a_library,
]


def configure_structlog() -> None:
    """Set structlog up once, at settings time."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            name_the_error,
            keep_operational,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )

"""Celery: it only wakes things up. What is due, and what was done, PostgreSQL knows."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cse.settings")

app = Celery("cse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_kwargs: Any) -> None:
    """Celery's own set-up would print arguments and error messages; ours stays (cse.logs)."""

"""Send the reminders that are due, without a broker: ``manage.py run_due``, from cron."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cse.audit.context import act_as_task
from cse.clocks import actions


class Command(BaseCommand):
    help = "Send the reminders that are due, as the worker does every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        with act_as_task():
            ran = actions.run_due()
        self.stdout.write(f"Reminders: {ran.words}.")

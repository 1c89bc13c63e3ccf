"""Print the demonstration's accounts, one for each role and the front doors' second."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cse.service.demo_people import PASSWORD, PEOPLE
from cse.signin.demo import SECOND


class Command(BaseCommand):
    """A table for the terminal; the demonstration's sign-in page shows the same."""

    help = "Print the demonstration's accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        """Role, address and agency of each account, then the password they share."""
        rows = [
            (p.role.label + SECOND * p.is_second, p.email, f"{p.job_title}, {p.agency}")
            for p in PEOPLE
        ]
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        for row in rows:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write(line.rstrip())
        self.stdout.write(f"Password of all of them: {PASSWORD}")

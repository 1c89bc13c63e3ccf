"""`manage.py verify_audit`: exits non-zero and says in a line each what is wrong."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cse.audit.verification import verify


class Command(BaseCommand):
    """Check both chains, the checkpoints, gaps, and history against the live rows."""

    help = "Checks that the audit log and the history are what was written."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was checked, or a line for each thing that is wrong and exit with 1."""
        findings = verify()
        for problem in findings.problems:
            self.stderr.write(problem)
        if findings.problems:
            raise CommandError(f"{len(findings.problems)} things are wrong.", returncode=1)
        seen = ", ".join(f"{count} {what}" for what, count in findings.counts.items())
        self.stdout.write(f"Nothing is wrong: {seen}.")

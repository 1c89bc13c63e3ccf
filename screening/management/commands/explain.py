"""``manage.py explain KIND``: what the rules say about facts on standard input. No database."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cse.explain import KINDS, one_line, outcome, read_text, written
from cse.strict import Refused


class Command(BaseCommand):
    """Reads JSON, prints JSON; wrong input: exit 2 and one line that names the field."""

    help = (
        f"Read facts as JSON on standard input and print what the rules say ({', '.join(KINDS)}). "
        "See docs/explain.md."
    )
    # Nothing here touches the database, so nothing is asked of it.
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """One argument: the kind of facts."""
        parser.add_argument("kind", help=" or ".join(KINDS))

    def handle(self, *args: Any, **options: Any) -> None:
        """Explain, or refuse with exit code 2."""
        try:
            found = outcome(options["kind"], read_text(sys.stdin))
        except Refused as refused:
            raise CommandError(one_line(refused), returncode=2) from None
        self.stdout.write(written(found, getattr(self.stdout, "encoding", None)))

"""`migrate` runs as the owner of the tables; the application's role owns none."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate


class Command(DjangoMigrate):
    """Django's own command, on the owner's connection unless told otherwise."""

    def add_arguments(self, parser: CommandParser) -> None:
        """As Django's, with another default for ``--database``."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, and install the guards afterwards (post_migrate)."""
        super().handle(*args, **options)

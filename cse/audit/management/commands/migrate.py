"""`migrate` runs as the owner of the tables; the application's role owns none."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

#: The last commit that has the single migrations which the ``0001_folded`` replace.
BEFORE_THE_FOLD = "e49b4ee"


class Command(DjangoMigrate):
    """Django's own command, on the owner's connection unless told otherwise."""

    def add_arguments(self, parser: CommandParser) -> None:
        """As Django's, with another default for ``--database``."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, and install the guards afterwards (post_migrate)."""
        refuse_halfway(options["database"])
        super().handle(*args, **options)


def refuse_halfway(using: str) -> None:
    """Say what to do with a database that has some of the migrations that were folded, not all.

    Django would say that the room of each foreign key to it is not installed.
    """
    loader = MigrationLoader(None)
    done = set(MigrationRecorder(connections[using]).applied_migrations())
    for migration in loader.disk_migrations.values():
        missing = [each for each in migration.replaces if each not in done]
        if missing and len(missing) < len(migration.replaces):
            raise CommandError(
                f"This database was last migrated before {'.'.join(missing[0])}, which has been "
                f"folded since. Check out {BEFORE_THE_FOLD}, run migrate, and come back."
            )

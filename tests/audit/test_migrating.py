"""A database that earlier commits migrated goes on working with the folded migrations."""

from __future__ import annotations

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from cse.audit.management.commands.migrate import refuse_halfway

pytestmark = pytest.mark.django_db


def recorded(monkeypatch, names) -> None:
    """Have the database say that these migrations were run on it."""
    kept = dict.fromkeys(names)
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: kept)


def earlier() -> set[tuple[str, str]]:
    """What a database of the commit before the fold has: what was folded, and not the folded."""
    disk = MigrationLoader(None).disk_migrations
    folded = {key for key, migration in disk.items() if migration.replaces}
    replaced = {each for key in folded for each in disk[key].replaces}
    assert replaced
    return (set(MigrationRecorder(connection).applied_migrations()) - folded) | replaced


def test_a_database_of_the_single_migrations_has_nothing_to_do(monkeypatch):
    recorded(monkeypatch, earlier())
    refuse_halfway("default")
    executor = MigrationExecutor(connection)
    disk = executor.loader.disk_migrations
    folded = [key for key, migration in disk.items() if migration.replaces]
    assert ("referrals", "0001_folded") in folded
    planned = {migration for migration, _ in executor.migration_plan(folded)}
    assert not [each for each in planned if each.replaces]


def test_a_new_database_and_this_one_are_not_refused(monkeypatch):
    refuse_halfway("default")
    recorded(monkeypatch, [])
    refuse_halfway("default")


def test_a_database_that_stopped_halfway_is_told_what_to_do(monkeypatch):
    recorded(monkeypatch, earlier() - {("referrals", "0009_discussion_with_the_manager")})
    with pytest.raises(CommandError, match=r"before referrals\.0009_.*Check out e49b4ee"):
        refuse_halfway("default")

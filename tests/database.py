"""Test databases: copies of one migrated template, emptied as their owner."""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def copy_of_template(name: str | None) -> None:
    """Make a test database. Migrating takes long, so it is done once for each state of the code.

    Workers wait for the one that migrates; the template is named after what made it, and those
    of earlier states are dropped. Without a name only the template is made.
    """
    template = f"template_{_state_of_the_code()}"
    with _maintenance() as cursor:
        cursor.execute("SELECT pg_advisory_lock(70421)")
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%%'")
        found = {row[0] for row in cursor.fetchall()} - {"template0", "template1"}
        if template not in found:
            making = f"making_{template}"
            drop(making)
            cursor.execute(f'CREATE DATABASE "{making}"')
            _migrate(making)
            cursor.execute(f'ALTER DATABASE "{making}" RENAME TO "{template}"')
        if name:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            # What tests write may be lost: no commit waits for the disk.
            cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        for old in found - {template}:
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
        cursor.execute("SELECT pg_advisory_unlock(70421)")


def drop(name: str) -> None:
    """Drop a test database, whoever is still connected.

    A live server's threads hold connections of the application's role, and a role may end only
    its own: so each ends its own first. One of them may just be connecting: then once more.
    PostgreSQL itself waits for who is going, and ends its own cleaning up, unlike WITH (FORCE).
    """
    for left in reversed(range(5)):
        for alias in ("default", "owner"):
            with _maintenance(alias) as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = %s AND usename = current_user",
                    [name],
                )
        try:
            with _maintenance() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        except psycopg2.errors.ObjectInUse:
            if not left:
                raise
        else:
            return


def empty_database() -> None:
    """Empty every table but Django's own reference data; the guards are back on afterwards.

    A connection of its own: the test's connections keep the application's rights throughout.
    """
    connection = _connect(connections["owner"].settings_dict["NAME"])
    try:
        with connection, connection.cursor() as cursor:
            # What a test left running must fail that test, not keep all others waiting.
            cursor.execute("SET lock_timeout = '60s'")
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = [name for (name,) in cursor.fetchall() if name not in KEPT]
            for state in ("DISABLE", "ENABLE"):
                if state == "ENABLE":
                    names = ", ".join(f'"{t}"' for t in tables)
                    cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
                for table in tables:
                    cursor.execute(f'ALTER TABLE "{table}" {state} TRIGGER USER')
    finally:
        connection.close()


def _state_of_the_code() -> str:
    """A digest of everything that decides what a migrated database looks like."""
    base = Path(settings.BASE_DIR)
    files = [base / "requirements/base.txt"]
    files += [base / "cse" / name for name in ("audit/guards.py", "folding.py", "settings.py")]
    for room in ("cse", "screening", "referrals", "meetings", "intelligence"):
        files += sorted((base / room).glob("**/migrations/*.py"))
        files += sorted((base / room).glob("**/models.py"))
        files += sorted((base / room).glob("**/models/*.py"))
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:20]


def _migrate(name: str) -> None:
    """Migrate a new database as the owner, and leave no connection to it open."""
    owner = connections["owner"]
    before = owner.settings_dict["NAME"]
    owner.close()
    owner.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    finally:
        owner.close()
        owner.settings_dict["NAME"] = before


class _maintenance:  # noqa: N801  (reads as a block)
    """A cursor on the maintenance database, outside any transaction."""

    def __init__(self, alias: str = "owner") -> None:
        self.alias = alias

    def __enter__(self):
        self.connection = _connect("postgres", self.alias)
        self.connection.autocommit = True
        return self.connection.cursor()

    def __exit__(self, *exc: object) -> None:
        self.connection.close()


def _connect(name: str, alias: str = "owner"):
    wrapper = connections[alias]
    given = {**wrapper.settings_dict, "NAME": name}
    original, wrapper.settings_dict = wrapper.settings_dict, given
    try:
        parameters = wrapper.get_connection_params()
    finally:
        wrapper.settings_dict = original
    return psycopg2.connect(**{k: v for k, v in parameters.items() if k != "cursor_factory"})


if __name__ == "__main__":  # so that bin/test has the template made while it does other things
    import django

    django.setup()
    copy_of_template(None)

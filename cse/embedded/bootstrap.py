"""The two roles and the database, made the same way on an embedded and on a server PostgreSQL.

``cse_owner`` owns the database and its tables and may create the tests' databases.
``cse_app`` owns nothing and is what the application signs in as, so that neither it nor
anyone who takes it over can drop a guard (docs/security.md).

``python -m cse.embedded.bootstrap`` does it on a server: ``CSE_ADMIN_DATABASE_URL`` names it
and a superuser, ``DATABASE_OWNER_URL`` and ``DATABASE_URL`` the passwords the roles get.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import parse_dsn

from cse.embedded import APP, DATABASE, OWNER

EXTENSIONS = ("pg_trgm", "unaccent", "fuzzystrmatch", "btree_gist")
# Two bootstraps of one server at once would trip over each other; any constant will do.
LOCK_KEY = 733_127


@dataclass(frozen=True)
class Passwords:
    """What the two roles sign in with."""

    owner: str
    app: str


def prepare(admin: dict[str, Any], passwords: Passwords) -> None:
    """Make roles, database and extensions where missing and set the passwords.

    ``admin`` are psycopg2's connection arguments of a superuser, without ``dbname`` or with
    that of a maintenance database. Repeating it changes nothing. Raises psycopg2.Error.
    """
    with _Session(admin) as run:
        run(sql.SQL("SELECT pg_advisory_lock({})").format(sql.Literal(LOCK_KEY)))
        _role(run, OWNER, passwords.owner, "CREATEDB")
        _role(run, APP, passwords.app, "NOCREATEDB")
        if not run(
            sql.SQL("SELECT 1 FROM pg_database WHERE datname = {}").format(sql.Literal(DATABASE))
        ):
            run(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
    with _Session({**admin, "dbname": DATABASE}) as run:
        for extension in EXTENSIONS:
            run(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def _role(run: _Session, name: str, password: str, rights: str) -> None:
    words = sql.SQL(f"LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS {rights}")
    exists = run(sql.SQL("SELECT 1 FROM pg_roles WHERE rolname = {}").format(sql.Literal(name)))
    verb = sql.SQL("ALTER ROLE" if exists else "CREATE ROLE")
    run(
        sql.SQL("{} {} {} PASSWORD {}").format(
            verb, sql.Identifier(name), words, sql.Literal(password)
        )
    )


class _Session:
    """One superuser's connection, each statement on its own; called with a statement."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self._connection = psycopg2.connect(**{"dbname": "postgres", **arguments})
        self._connection.autocommit = True
        # A notice ("extension already exists") is no news to the person who starts a demo.
        self._cursor = self._connection.cursor()
        self._cursor.execute("SET client_min_messages = warning")

    def __enter__(self) -> _Session:
        return self

    def __exit__(self, *error: object) -> None:
        self._connection.close()

    def __call__(self, statement: sql.Composable) -> list[tuple[Any, ...]]:
        self._cursor.execute(statement)
        return self._cursor.fetchall() if self._cursor.description else []


def main() -> int:
    """Prepare the server that the environment names; 1 with one line when that fails."""
    try:
        admin, owner, app = (
            parse_dsn(os.environ[name])
            for name in ("CSE_ADMIN_DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_URL")
        )
        prepare(admin, Passwords(owner=owner["password"], app=app["password"]))
    except KeyError as error:
        sys.stderr.write(f"Missing from the environment, or without a password: {error}\n")
        return 1
    except psycopg2.Error as error:
        sys.stderr.write(f"The database could not be prepared: {str(error).strip()}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

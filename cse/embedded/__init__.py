"""The embedded PostgreSQL and Valkey: real servers out of pip wheels, for evaluation and tests.

Settings ask this package for addresses when ``DATABASE_URL`` or ``REDIS_URL`` is not set. Asking
starts nothing and needs no server: an address follows from ``var/`` and from passwords that are
made, once, on first asking. ``python -m cse.embedded start | stop | status`` runs the servers.
"""

from __future__ import annotations

from urllib.parse import quote

from cse.embedded.errors import EmbeddedError
from cse.embedded.passwords import password
from cse.embedded.places import places as _places
from cse.embedded.project import var_dir

DATABASE = "cse"
OWNER = "cse_owner"
APP = "cse_app"

__all__ = [
    "APP",
    "DATABASE",
    "OWNER",
    "EmbeddedError",
    "app_database_url",
    "celery_broker_url",
    "development_secret",
    "owner_database_url",
    "redis_url",
    "var_dir",
]


def app_database_url() -> str:
    """The database as the application's role, which owns no table, in django-environ's form."""
    return _database_url(APP)


def owner_database_url() -> str:
    """The same database as the owner of its tables: for ``migrate`` and nothing else."""
    return _database_url(OWNER)


def redis_url() -> str:
    """Valkey as redis-py and Django's cache read it."""
    return f"unix://:{password('valkey')}@{_valkey_socket()}?db=0"


def celery_broker_url() -> str:
    """Valkey as Celery reads it."""
    return f"redis+socket://:{password('valkey')}@{_valkey_socket()}?virtual_host=0"


def development_secret() -> str:
    """A ``SECRET_KEY`` of this folder's own, kept in ``var/``; production brings its own."""
    return password("django_secret_key")


def _database_url(role: str) -> str:
    # The path of a URL is where django-environ looks for a socket's folder; it then fills in
    # HOST, which `dbshell` and `pg_dump` need too (a `?host=` would only reach the driver).
    return f"postgres://{role}:{password(role)}@:5432/{quote(str(_places().run))}/{DATABASE}"


def _valkey_socket() -> str:
    return quote(str(_places().valkey_socket))

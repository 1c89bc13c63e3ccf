"""``python -m cse.embedded.services``: a server PostgreSQL and Redis made ready for the tests.

Reads ``CSE_ADMIN_DATABASE_URL`` (a superuser; by default postgres on this machine, without a
password) and ``REDIS_URL``, makes the two roles there as for the embedded server, and prints
the settings that lead to them as one JSON object. Exit code 4: nothing answers there.
"""

from __future__ import annotations

import json
import os
import sys
from urllib.parse import urlsplit

import psycopg2
import redis
from psycopg2.extensions import parse_dsn

from cse.embedded import APP, DATABASE, OWNER, bootstrap
from cse.embedded.passwords import password

ADMIN_URL = "postgres://postgres@127.0.0.1:5432/postgres"
# Not database 0: whatever else uses this machine's Redis is most likely there.
REDIS_URL = "redis://127.0.0.1:6379/15"
OLDEST_POSTGRESQL = 150000
NO_ANSWER = 4


def main() -> int:
    """Prepare the services and print their settings; see the module's docstring."""
    admin_url = os.environ.get("CSE_ADMIN_DATABASE_URL") or ADMIN_URL
    redis_url = os.environ.get("REDIS_URL") or REDIS_URL
    try:
        settings = prepare(admin_url, redis_url)
    except (psycopg2.OperationalError, redis.RedisError) as error:
        sys.stderr.write(f"{_without_password(admin_url)} or {_without_password(redis_url)} ")
        sys.stderr.write(f"does not answer: {str(error).strip().splitlines()[0]}\n")
        return NO_ANSWER
    sys.stdout.write(json.dumps(settings) + "\n")
    return 0


def prepare(admin_url: str, redis_url: str) -> dict[str, str]:
    """Make roles, database and extensions on a server; the environment that leads to them.

    Raises psycopg2.OperationalError or redis.RedisError where nothing answers, and SystemExit
    for a server that is too old.
    """
    redis.Redis.from_url(redis_url).ping()
    admin = parse_dsn(admin_url)
    with psycopg2.connect(**admin) as connection:
        release = connection.server_version
    connection.close()
    if release < OLDEST_POSTGRESQL:
        raise SystemExit(f"PostgreSQL 15 or newer is needed; this is {release // 10000}.")
    passwords = bootstrap.Passwords(owner=password(OWNER), app=password(APP))
    bootstrap.prepare(admin, passwords)
    server = f"{admin.get('host', '127.0.0.1')}:{admin.get('port', '5432')}/{DATABASE}"
    return {
        "DATABASE_URL": f"postgres://{APP}:{passwords.app}@{server}",
        "DATABASE_OWNER_URL": f"postgres://{OWNER}:{passwords.owner}@{server}",
        "REDIS_URL": redis_url,
    }


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or ''}"


if __name__ == "__main__":
    sys.exit(main())

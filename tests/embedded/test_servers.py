"""What the running servers allow, and to whom."""

from __future__ import annotations

import stat

import environ
import psutil
import psycopg2
import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError
from redis.retry import Retry

from cse import embedded
from cse.embedded import bootstrap, postgres, servers, valkey
from cse.embedded.__main__ import main
from cse.embedded.passwords import password
from cse.embedded.places import places

GUARDED = ("pg_trgm", "unaccent", "fuzzystrmatch", "btree_gist")


def connect(url, **other):
    found = environ.Env.db_url_config(url)
    arguments = {
        "host": found["HOST"],
        "port": found["PORT"],
        "user": found["USER"],
        "password": found["PASSWORD"],
        "dbname": found["NAME"],
    }
    connection = psycopg2.connect(**{**arguments, **other})
    connection.autocommit = True
    return connection


def ask(connection, statement):
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_the_application_role_can_make_and_own_nothing(running):
    connection = connect(embedded.app_database_url())

    rights = ask(
        connection,
        "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"
        " FROM pg_roles WHERE rolname = current_user",
    )
    assert rights == [(False,) * 5]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(connection, "CREATE TABLE mine (number integer)")
    connection.close()


def test_the_owner_owns_the_database_and_is_no_superuser(running):
    connection = connect(embedded.owner_database_url())

    assert ask(
        connection,
        "SELECT r.rolname, r.rolsuper, r.rolcreatedb FROM pg_database d"
        " JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = 'cse'",
    ) == [("cse_owner", False, True)]
    names = {row[0] for row in ask(connection, "SELECT extname FROM pg_extension")}
    assert names >= set(GUARDED)
    connection.close()


def test_postgresql_listens_on_its_socket_alone_and_asks_for_the_password(running):
    connection = connect(embedded.app_database_url())
    assert ask(connection, "SHOW listen_addresses") == [("",)]
    connection.close()

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        connect(embedded.app_database_url(), password="wrong")
    server = postgres.running(places())
    assert [row for row in server.net_connections("inet") if row.status == "LISTEN"] == []


def test_valkey_listens_on_its_socket_alone_and_asks_for_the_password(running):
    client = Redis.from_url(embedded.redis_url())

    assert client.ping()
    assert client.config_get("port") == {"port": "0"}
    with pytest.raises(AuthenticationError):
        Redis(unix_socket_path=str(places().valkey_socket), retry=Retry(NoBackoff(), 0)).ping()


def test_servers_run_without_privileges_in_a_folder_closed_to_others(running):
    where = places()

    for process in [postgres.running(where), *valkey.running(where)]:
        assert 0 not in process.uids()
        assert process.gids().effective != 0
        assert stat.S_IMODE(where.run.stat().st_mode) == 0o700
        assert where.run.stat().st_uid == process.uids().effective


def test_no_password_is_on_a_command_line_or_in_a_server_environment(running):
    secrets = [file.read_text().strip() for file in (running / "secrets").iterdir()]
    where = places()

    for process in [postgres.running(where), *valkey.running(where)]:
        shown = " ".join(process.cmdline()) + " ".join(process.environ().values())
        assert not [secret for secret in secrets if secret in shown]


def test_a_second_start_finds_it_done(running, capsys):
    assert servers.start() == []
    assert main(["start"]) == 0
    assert main(["status"]) == 0
    assert "Already running" in capsys.readouterr().out


def test_preparing_again_changes_nothing_but_the_passwords(running):
    where = places()
    admin = {
        "host": str(where.run),
        "user": postgres.SUPERUSER,
        "password": password(postgres.SUPERUSER),
    }
    before = ask(connect(embedded.app_database_url()), "SELECT oid FROM pg_database ORDER BY 1")

    bootstrap.prepare(admin, bootstrap.Passwords(owner=password("cse_owner"), app="another"))

    with pytest.raises(psycopg2.OperationalError):
        connect(embedded.app_database_url())
    bootstrap.prepare(
        admin, bootstrap.Passwords(owner=password("cse_owner"), app=password("cse_app"))
    )
    after = ask(connect(embedded.app_database_url()), "SELECT oid FROM pg_database ORDER BY 1")
    assert after == before


def test_what_a_statement_says_stays_out_of_the_server_log(running):
    connection = connect(embedded.app_database_url())
    with pytest.raises(psycopg2.errors.UndefinedTable):
        ask(connection, "SELECT * FROM no_such_table WHERE name = 'Planted Name'")
    connection.close()

    log = (places().logs / "postgres.log").read_text(errors="replace")
    assert "Planted Name" not in log


def test_status_says_stopped_where_nothing_runs(var, capsys):
    before = psutil.Process().children()
    assert main(["status"]) == 3
    assert "PostgreSQL: stopped" in capsys.readouterr().out
    assert psutil.Process().children() == before

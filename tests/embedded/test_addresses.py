"""Addresses and passwords follow from a folder alone, without any server."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor

import environ
import pytest
from kombu import Connection
from redis import Redis

from cse import embedded
from cse.embedded import passwords
from cse.embedded.errors import EmbeddedError
from cse.embedded.places import places

LONGEST_SOCKET_PATH = 107


def test_database_addresses_name_two_roles_of_one_database(var):
    app = environ.Env.db_url_config(embedded.app_database_url())
    owner = environ.Env.db_url_config(embedded.owner_database_url())

    assert (app["USER"], owner["USER"]) == ("cse_app", "cse_owner")
    assert app["PASSWORD"] != owner["PASSWORD"]
    assert app["NAME"] == owner["NAME"] == "cse"
    assert app["HOST"] == owner["HOST"] == str(places().run)


def test_both_valkey_addresses_lead_to_one_socket(running):
    socket = str(places().valkey_socket)

    cache = Redis.from_url(embedded.redis_url()).connection_pool.connection_kwargs
    with Connection(embedded.celery_broker_url()) as broker:
        pool = broker.default_channel.client.connection_pool.connection_kwargs

    assert cache["path"] == pool["path"] == socket
    assert cache["password"] == pool["password"] == passwords.password("valkey")
    assert cache["db"] == pool["db"] == 0


@pytest.mark.parametrize("name", ["With Space", "UPPER", "naïve", "50%25"])
def test_a_folder_with_an_unusual_name_keeps_it(tmp_path, monkeypatch, name):
    monkeypatch.setenv("CSE_VAR", str(tmp_path / name))

    found = environ.Env.db_url_config(embedded.app_database_url())

    assert found["HOST"] == str(places().run)
    cache = Redis.from_url(embedded.redis_url()).connection_pool.connection_kwargs
    assert cache["path"] == str(places().valkey_socket)


def test_a_deep_folder_gets_a_short_socket_path(tmp_path, monkeypatch):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    monkeypatch.setenv("CSE_VAR", str(deep))

    where = places()

    assert len(os.fsencode(where.postgres_socket)) + len(".lock") <= LONGEST_SOCKET_PATH
    assert where.postgres_data.is_relative_to(where.home)
    assert where == places()


def test_two_deep_folders_do_not_share_a_socket(tmp_path, monkeypatch):
    runs = set()
    for last in ("one", "two"):
        monkeypatch.setenv("CSE_VAR", str(tmp_path / ("d" * 110) / last))
        runs.add(places().run)

    assert len(runs) == 2


def test_a_password_is_made_once_and_kept_from_others(var):
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: passwords.password("some"), range(40)))

    file = var / "secrets" / "some"
    assert answers == {file.read_text().strip()}
    assert len(answers.pop()) >= 40
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["some"]


def test_a_folder_that_cannot_be_written_is_said_in_one_line(var):
    var.parent.mkdir(exist_ok=True)
    var.write_text("a file where the folder should be")
    try:
        with pytest.raises(EmbeddedError, match="Cannot keep a password"):
            passwords.password("some")
    finally:
        var.unlink()

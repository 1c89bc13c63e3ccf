"""After a kill, a race, an interrupted start: the next start mends it and loses nothing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from cse import embedded
from cse.embedded import postgres, processes, servers, valkey, wheels
from cse.embedded.errors import EmbeddedError
from cse.embedded.places import _places, make, places
from cse.embedded.project import PROJECT, var_dir

from .test_servers import ask, connect


def test_killed_servers_start_again_with_their_data(var, gone, monkeypatch):
    monkeypatch.setenv("CSE_EMBEDDED_DURABLE", "1")
    servers.start()
    where = places()
    owner = connect(embedded.owner_database_url())
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 7 AS number")
    owner.close()
    victims = [postgres.running(where), *valkey.running(where)]
    for process in victims:
        process.kill()
    assert gone(victims)
    assert (where.postgres_data / "postmaster.pid").exists()

    assert servers.start() == [servers.POSTGRESQL, servers.VALKEY]

    assert ask(connect(embedded.owner_database_url()), "SELECT number FROM kept") == [(7,)]


def test_a_pid_file_that_names_a_stranger_is_put_aside(var):
    servers.start([servers.POSTGRESQL])
    where = places()
    pid_file = where.postgres_data / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    servers.stop()
    # The number in a stale file may belong to anybody by now: here to these tests themselves.
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    (where.run / "postgres.ready").touch()

    assert servers.start([servers.POSTGRESQL]) == [servers.POSTGRESQL]
    assert psutil.pid_exists(os.getpid())


def test_data_that_was_never_finished_is_made_anew(var):
    half = var / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    empty = var / "postgres"
    empty.mkdir()

    servers.start([servers.POSTGRESQL])

    assert not half.exists()
    assert ask(connect(embedded.app_database_url()), "SELECT 1") == [(1,)]


def test_two_starts_at_once_make_one_server(var):
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "cse.embedded", "start"],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in both)

    assert [process.returncode for process in both] == [0, 0]
    assert said == ["Already running.", "Started PostgreSQL and Valkey"]
    assert len(valkey.running(places())) == 1


def test_a_deep_folder_that_others_may_not_enter_works(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    deep = closed / ("d" * 60) / ("e" * 60) / "var"
    monkeypatch.setenv("CSE_VAR", str(deep))
    try:
        servers.start([servers.POSTGRESQL])
        assert ask(connect(embedded.app_database_url()), "SELECT 1") == [(1,)]
        assert closed.stat().st_mode & 0o077 == 0
    finally:
        servers.stop()
        shutil.rmtree(places().run.parent)


def test_a_new_checkout_at_an_old_path_begins_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("CSE_VAR", str(tmp_path / ("d" * 110)))
    before = _places.__wrapped__(var_dir())
    shutil.rmtree(var_dir())

    assert _places.__wrapped__(var_dir()).run != before.run


def test_programs_the_account_cannot_reach_are_copied_whole(var, tmp_path, monkeypatch):
    where = places()
    make(where)
    installed = tmp_path / "wheel" / "some_server"
    installed.mkdir(parents=True)
    program = installed / "server"
    program.write_text("#!/bin/sh\necho 1.0\n")
    # Nobody may run it here; copied, the mode of a program is given back to what may be run.
    program.chmod(0o744)
    seen = []
    real = processes.run

    def run(command, **other):
        seen.append(command[0])
        if command[0] == program:
            raise PermissionError
        return real(command, **other)

    monkeypatch.setattr(processes, "run", run)
    found = wheels._runnable(
        where,
        distribution="some-server",
        folders=[installed],
        program=program.relative_to(installed.parent),
        variable="REDIS_URL",
    )

    assert found.is_relative_to(where.home)
    assert real([found], account=where.account, cwd=where.home).stdout == "1.0\n"
    assert seen[0] == program


def test_a_platform_without_the_wheel_is_told_what_to_do(var, monkeypatch):
    monkeypatch.setattr(wheels.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(EmbeddedError, match="set DATABASE_URL to a server of your own"):
        servers.start([servers.POSTGRESQL])
    with pytest.raises(EmbeddedError, match="set REDIS_URL to a server of your own"):
        servers.start([servers.VALKEY])


def test_data_of_another_release_is_left_alone(var):
    servers.start([servers.POSTGRESQL])
    servers.stop()
    (places().postgres_data / "PG_VERSION").write_text("9\n")

    with pytest.raises(EmbeddedError, match="was made by PostgreSQL 9"):
        servers.start([servers.POSTGRESQL])


def test_data_given_to_somebody_else_is_taken_back(var):
    servers.start()
    servers.stop()
    # What `chown -R` on the whole checkout does; without root only to ourselves, and harmless.
    for folder, names, files in os.walk(var):
        for name in [*names, *files]:
            os.chown(Path(folder, name), os.geteuid(), os.getegid())

    assert servers.start() == [servers.POSTGRESQL, servers.VALKEY]
    assert ask(connect(embedded.app_database_url()), "SELECT 1") == [(1,)]


def test_a_server_that_cannot_start_says_why_and_where_to_look(var):
    servers.start([servers.POSTGRESQL])
    servers.stop()
    (places().postgres_data / "global" / "pg_control").unlink()

    with pytest.raises(EmbeddedError, match=r"did not start: .*pg_control.*postgres\.log"):
        servers.start([servers.POSTGRESQL])


def test_a_socket_where_callers_only_queue_is_no_running_server(var):
    where = places()
    make(where)
    with socket.socket(socket.AF_UNIX) as nobody:
        nobody.bind(str(where.valkey_socket))
        nobody.listen()
        assert not servers.is_ready(servers.VALKEY, where, seconds=0.2)

    assert servers.start([servers.VALKEY]) == [servers.VALKEY]


def test_a_server_that_is_slow_to_answer_is_waited_for(var, monkeypatch):
    servers.start([servers.VALKEY])
    first = valkey.running(places())
    real, asked = valkey.answers, []

    def answers(where, seconds=2):
        asked.append(seconds)
        return seconds > 2 and real(where, seconds)

    monkeypatch.setattr(valkey, "answers", answers)

    assert servers.start([servers.VALKEY]) == []
    assert asked == [2, servers.PATIENCE_SECONDS]
    assert valkey.running(places()) == first

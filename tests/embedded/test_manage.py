"""manage.py starts the embedded database for the commands that need one, and for no others."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from cse.embedded import servers
from cse.embedded.places import places
from cse.embedded.project import PROJECT
from manage import needs_database


def manage(*arguments, given="", **environment):
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        input=given,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_a_command_that_needs_a_database_finds_it_running(var):
    done = manage("showmigrations", "people")

    assert done.returncode == 0, done.stderr
    assert "0001_folded" in done.stdout
    assert servers.is_ready(servers.POSTGRESQL, places())
    assert not servers.is_ready(servers.VALKEY, places())


def test_explain_answers_without_a_database(var):
    facts = json.dumps({"trigger_on": "2026-12-23", "working_days": 3})

    done = manage("explain", "deadline", given=facts)

    assert json.loads(done.stdout) == {"due_on": "2026-12-30"}
    assert not (var / "postgres").exists()


def test_checking_starts_nothing(var):
    assert manage("check").returncode == 0
    assert not (var / "postgres").exists()


@pytest.mark.parametrize(
    ("line", "needed"),
    [
        ("", False),
        ("help", False),
        ("--version", False),
        ("explain screening", False),
        ("check --deploy", False),
        ("check --database default", True),
        ("migrate --help", False),
        ("migrate", True),
        ("runserver", True),
        ("load_demo", True),
    ],
)
def test_which_commands_need_a_database(line, needed):
    assert needs_database(["manage.py", *line.split()]) is needed


def test_a_database_of_ones_own_is_not_replaced(var):
    done = manage("showmigrations", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")

    assert done.returncode != 0
    assert not (var / "postgres").exists()


def test_an_embedded_database_that_cannot_start_is_one_line(var):
    var.parent.mkdir(exist_ok=True)
    (var / "secrets").mkdir(parents=True)
    (var / "embedded.lock").mkdir()

    done = manage("showmigrations")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "embedded.lock cannot be written" in done.stderr
    (var / "embedded.lock").rmdir()

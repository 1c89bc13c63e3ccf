"""The embedded PostgreSQL's life: made, started, mended after a crash, stopped."""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
from pathlib import Path

import psutil
import psycopg2

from cse.embedded import APP, OWNER, bootstrap, processes, wheels
from cse.embedded.errors import EmbeddedError
from cse.embedded.passwords import password
from cse.embedded.places import Places, own

SUPERUSER = "cse_bootstrap"
START_SECONDS = 60
STOP_SECONDS = 60
# The protocol's question whether the server speaks TLS; it needs no password and leaves no log.
GREETING = struct.pack("!II", 8, 80877103)
CONFIGURATION = """\
# Written anew at every start by cse.embedded; changes here are lost.
listen_addresses = ''
port = 5432
unix_socket_directories = '"{run}"'
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = '{buffers}'
timezone = 'UTC'
log_timezone = 'UTC'
# What a statement says may name a child: none of it belongs in a log.
log_min_error_statement = panic
log_statement = 'none'
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
"""
# For tests alone, whose data may be lost with the machine's power.
FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
INCLUDE = "include 'cse.conf'\n"
ACCESS_RULES = "local all all scram-sha-256\n"


def start(where: Places) -> None:
    """Start the server, making its data first if there is none; the caller holds the lock.

    Raises EmbeddedError with the reason.
    """
    programs = wheels.postgres_programs(where)
    data = where.postgres_data
    _clear_away_leavings(where)
    if not (data / "PG_VERSION").exists():
        _make_data(where, programs)
    own(data, where.account)
    _check_release(where, programs)
    _configure(where)
    written = _log(where)
    done = processes.run(
        [
            programs / "pg_ctl",
            "start",
            "-D",
            data,
            "-w",
            "-t",
            str(START_SECONDS),
            "-s",
            "-l",
            where.logs / "postgres.log",
        ],
        account=where.account,
        cwd=where.home,
    )
    if done.returncode != 0:
        raise EmbeddedError(_why(where, written, done.stdout))
    try:
        bootstrap.prepare(
            {"host": str(where.run), "user": SUPERUSER, "password": password(SUPERUSER)},
            bootstrap.Passwords(owner=password(OWNER), app=password(APP)),
        )
    except psycopg2.Error as error:
        stop(where)
        raise EmbeddedError(
            f"PostgreSQL started but its database cannot be prepared: {_last_line(str(error))}"
        ) from error


def stop(where: Places) -> None:
    """Stop the server after the transactions that run; nothing to do when none does."""
    found = running(where)
    if found is not None:
        # SIGINT is PostgreSQL's "fast" shutdown; SIGTERM would wait for every client to leave.
        with contextlib.suppress(psutil.NoSuchProcess):
            found.send_signal(2)
        processes.still_there([found], STOP_SECONDS)
    _clear_away_leavings(where)


def running(where: Places) -> psutil.Process | None:
    """The server's first process, if it lives."""
    number = _pid(where)
    ours = processes.living_in(where.postgres_data, ["postgres"])
    return next((process for process in ours if process.pid == number), None)


def answers(where: Places, seconds: float = 2) -> bool:
    """Whether the server answers."""
    return processes.answers(where.postgres_socket, GREETING, seconds)


def _pid(where: Places) -> int | None:
    try:
        return int((where.postgres_data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _clear_away_leavings(where: Places) -> None:
    """End what a killed server left behind, and forget a pid file that names somebody else."""
    processes.end(processes.living_in(where.postgres_data, ["postgres"]))
    (where.postgres_data / "postmaster.pid").unlink(missing_ok=True)
    where.postgres_socket.unlink(missing_ok=True)
    where.postgres_socket.with_name(where.postgres_socket.name + ".lock").unlink(missing_ok=True)


def _make_data(where: Places, programs: Path) -> None:
    """Run initdb beside the data's place and move it there when it is whole."""
    draft = where.home / "postgres.new"
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    own(draft, where.account)
    secret = where.run / "initdb-password"
    secret.unlink(missing_ok=True)
    handle = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(password(SUPERUSER) + "\n")
    own(secret, where.account)
    try:
        done = processes.run(
            [
                programs / "initdb",
                "-D",
                draft,
                "-U",
                SUPERUSER,
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale",
                "--no-instructions",
                # The same order and case rules on every machine, whatever locales it has.
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-sync",
            ],
            account=where.account,
            cwd=where.home,
        )
    finally:
        secret.unlink(missing_ok=True)
    if done.returncode != 0:
        raise EmbeddedError(f"PostgreSQL's data could not be made: {_last_line(done.stdout)}")
    if where.postgres_data.exists():
        shutil.rmtree(where.postgres_data)
    draft.rename(where.postgres_data)


def _check_release(where: Places, programs: Path) -> None:
    made_by = (where.postgres_data / "PG_VERSION").read_text().strip()
    done = processes.run(
        [programs / "postgres", "--version"], account=where.account, cwd=where.home
    )
    release = done.stdout.split()[-1].split(".")[0]
    if made_by != release:
        raise EmbeddedError(
            f"{where.postgres_data} was made by PostgreSQL {made_by} and this is {release}: "
            "move the folder away to begin anew."
        )


def _configure(where: Places) -> None:
    fast = os.environ.get("CSE_EMBEDDED_DURABLE", "1") == "0"
    run = str(where.run).replace("'", "''")
    # The demo shares its machine; a bench gives the server what one of its own would have.
    buffers = os.environ.get("CSE_EMBEDDED_BUFFERS", "128MB").replace("'", "''")
    _write(where, "pg_hba.conf", ACCESS_RULES)
    _write(
        where, "cse.conf", CONFIGURATION.format(run=run, buffers=buffers) + (FAST if fast else "")
    )
    # initdb has tried out what this machine can do (its kind of shared memory, say): that stays.
    found = (where.postgres_data / "postgresql.conf").read_text(encoding="utf-8")
    if INCLUDE not in found:
        _write(where, "postgresql.conf", f"{found}\n{INCLUDE}")


def _write(where: Places, name: str, text: str) -> None:
    path = where.postgres_data / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    own(path, where.account)


def _log(where: Places) -> str:
    try:
        return (where.logs / "postgres.log").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _why(where: Places, before: str, said: str) -> str:
    """Why it did not start: what the server has added to its log, or else pg_ctl's own words."""
    lines = _log(where).removeprefix(before).splitlines()
    fatal = [line.partition(" FATAL: ")[2] for line in lines if " FATAL: " in line]
    reason = (fatal or lines or [_last_line(said)])[-1].strip()
    return f"PostgreSQL did not start: {reason} (see {where.logs / 'postgres.log'})"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"

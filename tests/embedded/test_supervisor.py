"""The demo's supervisor: all start, all end, one that falls starts again, nothing is orphaned."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from itertools import pairwise

import psutil
import pytest

from cse.embedded import supervisor as supervising
from cse.embedded.project import PROJECT
from cse.embedded.supervisor import Program, Supervisor, end_leavings, session_of

from .waiting import until


@pytest.fixture
def supervised(tmp_path):
    """Start a supervisor of this kind; everything it ever started is ended after the test."""
    begun = []

    def start(kind):
        begun.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.embedded.supervised", str(tmp_path), kind],
                cwd=PROJECT,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()
    end_leavings(tmp_path)


def programs_in(folder):
    """The programs and their children, as they wrote their numbers into their logs."""

    def read():
        words = " ".join((folder / f"{name}.log").read_text() for name in ("one", "two")).split()
        return [psutil.Process(int(word)) for word in words] if len(words) == 4 else None

    return until(read)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_ends_every_program_and_its_children(supervised, tmp_path, gone, number):
    process = supervised("calm")
    running = programs_in(tmp_path)

    process.send_signal(number)

    assert process.wait(timeout=20) == 0
    assert gone(running)
    assert process.stdout.read().splitlines()[-1] == "ended"
    assert not (tmp_path / "running.json").exists()


def test_a_second_ctrl_c_does_not_wait_for_a_deaf_program(supervised, tmp_path, gone):
    process = supervised("deaf")
    running = programs_in(tmp_path)

    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=15) == 0
    assert gone(running)


def test_programs_end_with_a_supervisor_that_was_killed(supervised, tmp_path, gone):
    process = supervised("calm")
    leaders = [one for one in programs_in(tmp_path) if one.ppid() == process.pid]

    process.kill()

    assert len(leaders) == 2
    # Linux tells them; on other systems the next start finds them by the record.
    assert sys.platform != "linux" or gone(leaders)


def test_what_a_killed_supervisor_left_is_found_and_ended(supervised, tmp_path, gone):
    process = supervised("deaf")
    running = programs_in(tmp_path)
    process.kill()
    process.wait()
    assert all(one.is_running() for one in running)

    assert end_leavings(tmp_path) == 4

    assert gone(running)
    assert end_leavings(tmp_path) == 0


def test_a_stranger_with_a_recorded_number_is_left_alone(tmp_path):
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        born = psutil.Process(stranger.pid).create_time()
        row = {"pid": stranger.pid, "created": born - 3600}
        (tmp_path / "running.json").write_text(json.dumps([row]))

        assert end_leavings(tmp_path) == 0
        assert stranger.poll() is None
        assert [one.pid for one in session_of(stranger.pid, created=born)] == [stranger.pid]
    finally:
        stranger.kill()
        stranger.wait()


def test_a_program_that_falls_starts_again_later_and_later(tmp_path, monkeypatch):
    monkeypatch.setattr(supervising, "FIRST_DELAY_SECONDS", 0.2)
    said = []
    falling = Program("web", [sys.executable, "-c", "raise SystemExit(7)"], {})
    supervisor = Supervisor([falling], folder=tmp_path, say=said.append)

    def on_ready():
        if supervisor.fallen("web") == 3:
            signal.raise_signal(signal.SIGTERM)

    supervisor.run(on_ready)

    assert len(said) == 3
    assert "web ended (code 7)" in said[0]
    assert str(tmp_path / "web.log") in said[0]


def test_the_delays_double_up_to_a_limit(tmp_path, monkeypatch):
    monkeypatch.setattr(supervising, "TICK_SECONDS", 0)
    now = [0.0]
    monkeypatch.setattr(supervising.time, "monotonic", lambda: now[0])
    starts = []

    class Fallen:
        pid = 2**22 + 1

        def __init__(self, *_, **__):
            starts.append(now[0])

        def poll(self):
            return 1

        def terminate(self):
            pass

        wait = poll

    monkeypatch.setattr(supervising.subprocess, "Popen", Fallen)
    supervisor = Supervisor([Program("web", ["true"], {})], folder=tmp_path, say=lambda text: None)

    def on_ready():
        now[0] += 0.5
        if len(starts) == 8:
            signal.raise_signal(signal.SIGTERM)

    supervisor.run(on_ready)
    # Half a second passes on a round before the fall is seen.
    waits = [later - earlier - 0.5 for earlier, later in pairwise(starts)]
    assert waits == [1, 2, 4, 8, 16, 30, 30]


def test_each_program_has_its_log_and_its_environment(tmp_path):
    before = psutil.Process().children()
    code = "import os; print(os.environ['CSE_TEST'], flush=True); import signal; signal.pause()"
    supervisor = Supervisor(
        [Program(name, [sys.executable, "-c", code], {"CSE_TEST": name}) for name in ("a", "b")],
        folder=tmp_path,
        say=lambda text: None,
    )

    def on_ready():
        if all(supervisor.log(name).read_text() == f"{name}\n" for name in ("a", "b")):
            signal.raise_signal(signal.SIGTERM)

    supervisor.run(on_ready)
    assert psutil.Process().children() == before

"""bin/demo from the moment its environment stands: it serves, survives a kill, and stops whole."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request

import psutil
import pytest

from cse.embedded import demo, servers
from cse.embedded.places import places
from cse.embedded.project import PROJECT

from .waiting import until


@pytest.fixture
def demos(var, tmp_path):
    """Start the demo on a free port, as often as asked; what still runs afterwards is ended."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = []

    def start():
        log = tmp_path / f"said-{len(begun)}"
        with log.open("w") as file:
            begun.append(
                subprocess.Popen(
                    [sys.executable, "-m", "cse.embedded.demo", "--port", str(port)],
                    cwd=PROJECT,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                )
            )

        def ready():
            assert begun[-1].poll() is None, log.read_text()
            return "Press Ctrl-C" in log.read_text()

        until(ready, seconds=300)
        return begun[-1], port, log

    yield start
    for process in begun:
        process.kill()
        process.wait()
    demo.end_leavings(var / "demo")


def answer(port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as page:
        return page.status, page.read().decode()


def test_it_serves_survives_a_kill_and_stops_whole(demos, var, gone):
    first, port, log = demos()
    status, page = answer(port)
    assert status == 200
    assert "Sign in" in page
    addresses = set(re.findall(r"\S+@\S+\.example\.org", log.read_text()))
    assert len(addresses) >= 8
    children = psutil.Process(first.pid).children()
    assert len(children) == 3

    first.kill()
    first.wait()
    assert gone(children)
    second, port, log = demos()
    assert answer(port)[0] == 200
    everything = psutil.Process(second.pid).children(recursive=True)

    second.send_signal(signal.SIGINT)
    assert second.wait(timeout=40) == 0
    assert log.read_text().splitlines()[-1] == "Stopped."
    assert gone(everything)
    # Started by the demo that was killed, they are still the demo's to stop.
    assert not servers.is_ready(servers.POSTGRESQL, places())
    assert not servers.is_ready(servers.VALKEY, places())
    demo.check_port(port)


def test_the_demo_is_marked_as_one_for_every_program(var):
    programs = demo._programs(8000, var / "demo")

    assert [program.name for program in programs] == ["web", "worker", "beat"]
    assert programs[0].environment["BIND"] == "127.0.0.1:8000"
    assert [program.environment["CSE_DEMO"] for program in programs] == ["1"] * 3
    assert "CSE_DEMO" not in os.environ

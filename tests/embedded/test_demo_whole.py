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

#: The address that a document prints, as the worker's settings have it.
READ_ADDRESS = """
import datetime, django; django.setup()
from cse.documents.about import About
now = datetime.datetime.now(datetime.UTC)
print(About("", "", "", now, "", "", "", "", "").check_address, end="")
"""


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


def test_documents_and_links_name_the_port_that_is_served(var, monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    said = demo._programs(8931, var / "demo")
    assert [each.environment["SITE_URL"] for each in said] == ["http://127.0.0.1:8931"] * 3

    shown = subprocess.run(
        [sys.executable, "-c", READ_ADDRESS],
        env={**os.environ, **said[1].environment, "DJANGO_SETTINGS_MODULE": "cse.settings"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown == "127.0.0.1:8931/documents/verify/"


def test_an_address_set_by_hand_stays(var, monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://demo.example.org")
    (web, *_) = demo._programs(8931, var / "demo")
    assert web.environment["SITE_URL"] == "https://demo.example.org"

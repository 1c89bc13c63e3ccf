"""What rendering may load and cost, and what happens beyond that."""

from __future__ import annotations

import gc
import os
import time

import psutil
import pytest

from cse.documents import fetcher, render
from cse.documents.guard import LimitReached, WorkFailed, run_limited
from cse.documents.limits import LARGEST_TEXT
from tests.documents import samples

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/", "https://example.org/a.png",
        "file:///etc/passwd", "FILE:///etc/passwd", "ftp://example.org/a", "//example.org/a",
        "/etc/passwd", "static:../../../../etc/passwd", "static:/etc/passwd",
        "static:%2e%2e/%2e%2e/manage.py", "static:no/such/file", "static:fonts", "data:nothing",
        "data:image/png;base64,***", "jar:file:///etc/passwd", "static:\x00",
    ],
)  # fmt: skip
def test_nothing_but_the_houses_own_files_is_loaded(url):
    with pytest.raises(fetcher.Refused):
        fetcher.load(url)


def test_fonts_and_data_addresses_are_loaded():
    body, media_type = fetcher.load("static:fonts/SourceSans3-Regular.ttf")
    assert body[:4] == b"\0\1\0\0"
    assert media_type == "font/ttf"
    assert fetcher.load("data:text/css;base64,YQ==") == (b"a", "text/css")
    assert fetcher.load("data:,a%20b") == (b"a b", "text/plain")


def test_a_document_that_asks_for_something_outside_is_not_made():
    with pytest.raises(WorkFailed):
        run_limited(
            lambda: render.write_pdf('<html lang="en"><img src="http://169.254.169.254/a.png">'),
            seconds=60, memory=1000 * MEGABYTE,
        )  # fmt: skip


def test_two_megabytes_of_narrative_are_refused_at_once_and_say_what_fits():
    made = samples.record(sections={"professional_judgement": "Worried. " * 240_000})
    started = time.monotonic()
    with pytest.raises(render.TooLong, match=f"at most {LARGEST_TEXT:,} fit"):
        render.render_pdf("documents/pdf/screen.html", samples.context(made))
    assert time.monotonic() - started < 5


def test_work_that_takes_too_long_is_ended_and_its_process_is_gone():
    pids = run_limited(lambda: str(os.getpid()).encode(), seconds=20, memory=200 * MEGABYTE)
    assert int(pids) != os.getpid()
    before = psutil.Process().children()
    started = time.monotonic()
    with pytest.raises(LimitReached, match="time"):
        run_limited(lambda: time.sleep(60) or b"", seconds=0.5, memory=200 * MEGABYTE)
    assert time.monotonic() - started < 10
    # Neither running nor left unreaped: what else this process started is as it was.
    assert psutil.Process().children() == before


def test_a_style_that_explodes_is_ended():
    explosive = '<html lang="en"><body>' + "<table><tr><td>" * 60 + "x" + "</td></tr></table>" * 60
    with pytest.raises((LimitReached, WorkFailed)):
        run_limited(lambda: render.write_pdf(explosive), seconds=3, memory=1000 * MEGABYTE)


def test_work_that_wants_too_much_memory_is_ended():
    with pytest.raises(LimitReached, match="memory"):
        run_limited(lambda: bytes(900 * MEGABYTE)[:1], seconds=30, memory=100 * MEGABYTE)


def test_a_failure_names_its_type_and_never_its_text():
    def fail():
        raise KeyError("Robin Example")

    with pytest.raises(WorkFailed) as failure:
        run_limited(fail, seconds=20, memory=200 * MEGABYTE)
    assert str(failure.value) == "KeyError"


def test_the_collector_is_off_while_rendering_and_on_again_afterwards(monkeypatch):
    import weasyprint

    seen = []

    class Sheet:
        def __init__(self, **_):
            pass

        def write_pdf(self, **options):
            seen.append((gc.isenabled(), options["pdf_variant"]))
            return b"%PDF"

    monkeypatch.setattr(weasyprint, "HTML", Sheet)
    collected = []
    monkeypatch.setattr(gc, "collect", lambda: collected.append(gc.isenabled()))
    assert render.write_pdf("<p>") == b"%PDF"
    assert seen == [(False, "pdf/ua-1")]
    assert gc.isenabled()
    # The process that rendered ends: sweeping it first would only cost time.
    assert collected == []

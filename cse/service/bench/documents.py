"""Long and short PDFs: against the same renderer untuned, against Chromium, cold against warm.

Every time is of the same pages: the blank tool, whose rows are what a screen is made of, with its
domains repeated until there are about as many pages as asked for.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from cse.documents.about import About
from cse.documents.fetcher import house_fetcher
from cse.documents.guard import run_limited
from cse.documents.limits import RENDER_MEMORY, RENDER_SECONDS
from cse.documents.render import VARIANT, document_html, warm_up, write_pdf
from cse.service.bench.measure import Job, Result, once
from screening.tools.loader import tool_named

FEW, SOME, MANY, ROUNDS = 3, 9, 30, 3
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
#: Written last, so that it wins over the fixed columns of the style sheet.
AS_IT_COMES = "<style>table { table-layout: auto !important }</style></head>"
COLD = """
import sys, django
django.setup()
from cse.documents.render import warm_up, write_pdf
warm_up()
write_pdf(open(sys.argv[1], encoding="utf-8").read())
"""


def run(_sizes: list[int]) -> list[Result]:
    """Render, compare, print."""
    warm_up()
    few, some, many = (_about_pages(number) for number in (FEW, SOME, MANY))
    with tempfile.TemporaryDirectory() as folder:
        results = _compared(few, some, many, Path(folder))
    for result in results:
        print(result.line())
    return results


def _compared(few: str, some: str, many: str, folder: Path) -> list[Result]:
    """In turns, the best of the rounds: whatever else the machine does happens to all."""
    short, long = folder / "short.html", folder / "long.html"
    short.write_text(few, encoding="utf-8")
    long.write_text(many, encoding="utf-8")
    jobs: dict[str, Job] = {
        "few": partial(_forked, partial(write_pdf, few)),
        "some": partial(_forked, partial(write_pdf, some)),
        "many": partial(_forked, partial(write_pdf, many)),
        "untuned": partial(_forked, partial(_untuned, many)),
        "cold": partial(_cold, short),
        "chromium": partial(_printed_by_chromium, long),
    }
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            best[name] = min(best.get(name, float("inf")), once(job))
    short_of, some_of, long_of = _pages(few), _pages(some), _pages(many)
    # Both are mostly the same tables; the shortest has hardly one.
    growth = (best["many"] / long_of) / (best["some"] / some_of)
    detail = json.dumps({name: round(ms) for name, ms in best.items()})
    return [
        Result(f"{long_of} pages against Chromium", best["many"] / best["chromium"], 3.5, detail),
        Result(f"{long_of} pages against untuned", best["many"] / best["untuned"], 0.7),
        Result(f"{short_of} pages warm against a new process", best["few"] / best["cold"], 0.35),
        Result(f"a page of {long_of} against one of {some_of}", growth, 1.25),
    ]


def _forked(work: Callable[[], bytes]) -> bytes:
    """As a worker does it: in a process of its own, forked from a warm one."""
    return run_limited(work, seconds=RENDER_SECONDS, memory=RENDER_MEMORY)


def _about_pages(number: int) -> str:
    """The page of a blank tool that becomes a document of about ``number`` pages."""
    tool = tool_named("oxfordshire", 1)
    one = len(tool.domains)
    taken, count = [tool.domains[0]], 1
    while _pages(html := _html(dataclasses.replace(tool, domains=tuple(taken)))) < number:
        # Ten times the domains make ten times the pages: the nearer, the smaller the step.
        step = max(1, (number - _pages(html)) // 2)
        taken += [tool.domains[(count + each) % one] for each in range(step)]
        count += step
    return html


def _html(tool: object) -> str:
    now = dt.datetime.now(dt.UTC)
    about = About("To measure", "OFFICIAL", "AAAA", now, "Nobody", "", "", "", "1")
    context = {"tool": tool, "has_levels": True, "emergency": "", "contacts": (), "about": about}
    return document_html("documents/pdf/blank_tool.html", context)


def _pages(html: str) -> int:
    from weasyprint import HTML

    return len(HTML(string=html, url_fetcher=house_fetcher()).render().pages)


def _untuned(html: str) -> bytes:
    """The renderer as it comes: columns worked out from their content, the collector on."""
    from weasyprint import HTML

    page = html.replace("</head>", AS_IT_COMES)
    pdf: bytes = HTML(string=page, url_fetcher=house_fetcher()).write_pdf(pdf_variant=VARIANT)
    return pdf


def _printed_by_chromium(page: Path) -> None:
    """The same page printed by a browser, which is fast and makes no tagged PDF/UA."""
    found = next((path for path in map(shutil.which, CHROMIUM) if path), None)
    if found is None:
        raise SystemExit("There is no Chromium to compare with: bin/test installs it.")
    with tempfile.TemporaryDirectory() as profile:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"]
        flags += ["--disable-background-networking", "--disable-component-update"]
        out = page.with_suffix(".pdf")
        subprocess.run(
            [found, *flags, f"--user-data-dir={profile}", f"--print-to-pdf={out}", page.as_uri()],
            check=True,
            capture_output=True,
        )


def _cold(page: Path) -> None:
    """In a new process: what a worker costs that is started for one document."""
    subprocess.run([sys.executable, "-c", COLD, str(page)], cwd=settings.BASE_DIR, check=True)

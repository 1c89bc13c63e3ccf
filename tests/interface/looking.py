"""What stands in anybody's way on a page that is open in Chromium, wide and narrow."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT

from tests.interface.browsing import Site

WIDTHS = (1280, 320)
#: The width of a usual telephone: a page that fits a narrower one need not fit it.
TELEPHONE = 375
#: Where to keep pictures of the pages; nothing is kept where it is not set.
PICTURES = os.environ.get("CSE_PICTURES", "")
# Only what is wrong is worked out in full, and brought out of the browser: the rest would take
# twice as long.
# The bar at the foot of a telephone's window stands at its place meanwhile: what it covers at one
# moment is scrolled into sight.
AXE = """async () => {
  const bars = document.querySelectorAll(".cse-rules-bar");
  bars.forEach((bar) => { bar.style.position = "static"; });
  const found = await axe.run(document, {
    rules: { "target-size": { enabled: true } },
    resultTypes: ["violations"],
  });
  bars.forEach((bar) => { bar.style.position = ""; });
  return found.violations
    .filter((each) => each.impact !== "minor")
    .flatMap((each) => each.nodes.map((node) => [each.id, node.html.slice(0, 160)]));
}"""


def with_axe(page):
    """The page, with axe in whatever it opens from now on: it is long to hand over each time."""
    page.add_init_script(AXE_SCRIPT)
    return page


def barriers(page) -> list[list[str]]:
    """What axe finds that is moderate or worse, once the page is whole."""
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(AXE)


def wide(page) -> bool:
    """Whether the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def in_the_way(page, where: str, *, axe: bool = True) -> Iterator[str]:
    """What is wrong on the page that is open, at each width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if PICTURES:
            name = where.strip("/").replace("/", "_")
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
        if wide(page):
            yield f"{where} at {width} px: wider than the window"
        if axe:
            yield from (f"{where} at {width} px: {barrier}" for barrier in barriers(page))
    page.set_viewport_size({"width": TELEPHONE, "height": 900})
    if wide(page):
        yield f"{where} at {TELEPHONE} px: wider than the window"


def in_the_way_of(chromium, pages: Mapping[str, str], without_axe: Collection[str] = ()) -> str:
    """The same on pages that a server has sent, by name; empty where nothing is.

    ``without_axe`` names those that tests/browser asks axe about, with no less in them.
    """
    site = Site()
    site.pages = {f"/{number}": html for number, html in enumerate(pages.values())}
    page = with_axe(chromium.new_context(bypass_csp=True).new_page())
    wrong: list[str] = []
    for number, name in enumerate(pages):
        page.goto(f"{site.address}/{number}")
        wrong += in_the_way(page, name, axe=name not in without_axe)
    page.context.close()
    site.close()
    return "\n".join(wrong)

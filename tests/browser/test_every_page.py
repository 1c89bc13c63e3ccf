"""Every page of the demonstration, reached by its links, in Chromium: nothing in anybody's way.

A crawl per person follows each link to a route not yet seen. On every page axe must find nothing
moderate or worse, at 1280 px with our scripts and at 320 px without them; the browser must report
no refused script or style; and nothing may be wider than the window.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.urls import Resolver404, resolve

from cse.people.models import Authority, User
from cse.service.demo_people import load_people
from cse.service.demo_records import load_records
from cse.service.reference import load_reference
from tests.browser.conftest import RULES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PEOPLE = [
    "dana.whitcombe@thornmere.example.org",
    "kit.ransome@ridgeway-youth.example.org",
    "toni.ferreira@partnership.example.org",
]


@pytest.fixture
def county(settings, transactional_db):
    """The demonstration, loaded as `bin/demo` loads it."""
    settings.SECOND_FACTOR_REQUIRED = False
    settings.CSE_DEMO = True
    with transaction.atomic():
        load_reference()
        accounts = load_people({a.key: a for a in Authority.objects.all()})
        load_records(accounts)
    return accounts


def crawl(page, start="/"):
    """Open a page for each route that links lead to, one address a route; yields each."""
    waiting, seen = [start], set()
    while waiting:
        path = waiting.pop(0)
        try:
            name = resolve(urlsplit(path).path).view_name
        except Resolver404:
            raise AssertionError(f"a link leads nowhere: {path}") from None
        if name in seen:
            continue
        seen.add(name)
        response = page.goto(path)
        if "text/html" not in response.headers.get("content-type", ""):
            continue
        yield name, path, response.status
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        waiting += [link.split("#")[0] for link in links if link.startswith("/")]


def barriers(page):
    """What axe finds that is moderate or worse, in the page as it stands."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{v['id']} ({v['impact']}): {node['html'][:160]}"
        for v in found
        if v["impact"] != "minor"
        for node in v["nodes"]
    ]


@pytest.mark.parametrize("email", PEOPLE)
@pytest.mark.requirement("W-SHR-01")
def test_nothing_stands_in_anybodys_way(desk, county, email):
    wrong: list[str] = []
    person = User.objects.get(email=email)

    def note_refused(message):
        if "Content Security Policy" in message.text:
            wrong.append(f"console: {message.text[:200]}")

    for width, scripts in ((1280, True), (320, False)):
        page = desk.page_of(person, width=width)
        if not scripts:
            page.route("**/*.js", lambda route: route.abort())
        page.on("console", note_refused)
        for name, path, status in crawl(page):
            where = f"{name} at {width} px{'' if scripts else ' without scripts'}"
            if status != 200:
                wrong.append(f"{where}: {status} {path}")
                continue
            wrong += [f"{where}: {barrier}" for barrier in barriers(page)]
            wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if wide > 0:
                wrong.append(f"{where}: {wide} px wider than the window")
        page.close()
    assert not wrong, "\n".join(sorted(set(wrong)))

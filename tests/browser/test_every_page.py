"""Every page of the demonstration, reached by its links, in Chromium: nothing in anybody's way.

A crawl per person follows each link to a route not yet seen. On every page axe must find nothing
moderate or worse, at 1280 and at 320 px, with our scripts and without them; the browser must report
no refused script or style; and nothing may be wider than the window.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.urls import Resolver404, resolve

from cse.people.models import Authority, User
from cse.service.demo_people import load_people
from cse.service.demo_records import load_records
from cse.service.reference import load_reference
from tests.browser.conftest import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PEOPLE = [
    "dana.whitcombe@thornmere.example.org",
    "kit.ransome@ridgeway-youth.example.org",
    "toni.ferreira@partnership.example.org",
    "avery.stroud@partnership.example.org",
    "noor.hartley@oxon-care.example.org",
    "jules.okonedo@oxon-care.example.org",
    "wren.castell@oxon-care.example.org",
    "sacha.lindqvist@oxon-police.example.org",
    "imran.birch@partnership.example.org",
    "ellis.marchbank@thornmere.example.org",
]
#: The first four reach nearly every page between them, and go without our scripts too.
#: Pages that differ with who looks, so that everybody's is looked at; others once.
EACH = {"worklist:home", "children:child", "referrals:delivery"}


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


def look_at(page, where):
    """What is wrong on the page that is open, at each width."""
    wrong = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"{where} at {width} px: {barrier}" for barrier in barriers(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            wrong.append(f"{where} at {width} px: {wide} px wider than the window")
    return wrong


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.requirement("W-SHR-01")
def test_nothing_stands_in_anybodys_way(desk, county, scripts):
    wrong: list[str] = []
    looked_at: set[str] = set()

    def note_refused(message):
        if "Content Security Policy" in message.text:
            wrong.append(f"console: {message.text[:200]}")

    for email in PEOPLE if scripts else PEOPLE[:4]:
        page = desk.page_of(User.objects.get(email=email))
        if not scripts:
            # axe is a script itself, so ours are withheld rather than all switched off.
            page.route("**/*.js", lambda route: route.abort())
        page.on("console", note_refused)
        for name, path, status in crawl(page):
            where = f"{name} of {email}{'' if scripts else ' without scripts'}"
            if status != 200:
                wrong.append(f"{where}: {status} {path}")
            elif name in EACH or name not in looked_at:
                wrong += look_at(page, where)
            looked_at.add(name)
    assert not wrong, "\n".join(sorted(set(wrong)))

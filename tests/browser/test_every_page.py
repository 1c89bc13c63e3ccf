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

#: Everybody's pages, each person with the widths asked of them: both where their pages are their
#: own, the narrow one where most are another's too.
PEOPLE = [
    ("dana.whitcombe@thornmere.example.org", (1280, 320)),
    ("kit.ransome@ridgeway-youth.example.org", (1280, 320)),
    ("toni.ferreira@partnership.example.org", (1280, 320)),
    ("avery.stroud@partnership.example.org", (1280, 320)),
    ("noor.hartley@oxon-care.example.org", (320,)),
    ("jules.okonedo@oxon-care.example.org", (320,)),
    ("wren.castell@oxon-care.example.org", (320,)),
    ("sacha.lindqvist@oxon-police.example.org", (320,)),
    ("imran.birch@partnership.example.org", (320,)),
    ("ellis.marchbank@thornmere.example.org", (320,)),
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


def look_at(page, where, widths):
    """What is wrong on the page that is open, at each of these widths."""
    wrong = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"{where} at {width} px: {barrier}" for barrier in barriers(page)]
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            wrong.append(f"{where} at {width} px: {wide} px wider than the window")
    return wrong


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize(("email", "widths"), PEOPLE)
@pytest.mark.requirement("W-SHR-01")
def test_nothing_stands_in_anybodys_way(desk, county, email, widths, scripts):
    wrong: list[str] = []

    def note_refused(message):
        if "Content Security Policy" in message.text:
            wrong.append(f"console: {message.text[:200]}")

    page = desk.page_of(User.objects.get(email=email))
    if not scripts:
        # axe is a script itself, so ours are withheld rather than all switched off.
        page.route("**/*.js", lambda route: route.abort())
    page.on("console", note_refused)
    for name, path, status in crawl(page):
        where = f"{name}{'' if scripts else ' without scripts'}"
        wrong += look_at(page, where, widths) if status == 200 else [f"{where}: {status} {path}"]
    assert not wrong, "\n".join(sorted(set(wrong)))

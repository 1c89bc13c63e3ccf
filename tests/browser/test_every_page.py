"""Every page there is, in Chromium: nothing in anybody's way.

Each person of the demonstration follows each link to a route not yet seen; what no link of theirs
leads to is opened at the walk's sample of it (tests/walk.py). On every page axe must find nothing
moderate or worse, at 1280 and at 320 px, with our scripts and without them; the browser must report
no refused script or style; and nothing may be wider than the window. The routes looked at are the
resolver's, but for those named here.

Who follows links is Django's own client, which is ten times as fast as a browser: the browser opens
what is looked at, and each route once.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from lxml import html

from cse.people.models import Authority, Role, User
from cse.service.demo_people import PASSWORD, load_people
from cse.service.demo_records import load_records
from cse.service.reference import load_reference
from tests import factories
from tests.interface.looking import in_the_way, with_axe
from tests.walk import ROUTES, WITH_CHILDREN, World, make_persona, routes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The first four reach nearly every page between them, and go without our scripts too.
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
#: Pages that differ with who looks, so that everybody's is looked at; others once.
EACH = {"worklist:home", "children:child", "referrals:delivery"}
#: To these no link of anybody in the demonstration leads: each is opened at the walk's sample.
UNLINKED = frozenset(
    """
    access:add-name access:attempts access:decide-seal access:end-exclusion access:end-name
    access:review-break-glass access:review-seal account_inactive account_login account_logout
    account_reauthenticate account_reset_password account_reset_password_done
    account_reset_password_from_key account_reset_password_from_key_done children:answer-link
    children:correct-link children:end-link children:end-status children:link children:mine
    children:set-status-aside clocks:remove-day clocks:why-late documents:status documents:verified
    mfa_generate_recovery_codes mfa_list_webauthn missing:allocate missing:offer people:changes
    people:decide-change people:open people:remove-factor referrals:advice referrals:check
    referrals:decide referrals:decision referrals:decision-facts referrals:disagreement
    referrals:draft referrals:exception referrals:facts referrals:part referrals:release
    referrals:second referrals:set-aside referrals:set-decision-aside referrals:withdraw
    screening:assessment-check screening:assessment-draft screening:assessment-harm
    screening:assessment-part screening:assessment-set-aside screening:compare
    screening:completed screening:countersign screening:offered signin:ended signin:signed-out
    """.split()
)
#: Routes that are opened in no browser here, and why.
NOT_LOOKED_AT = {
    "access:name-for-seal": "a seal that nobody can act on: tests/access, no browser",
    "account_set_password": "everybody has a password: leads on",
    "audit:found": "what a search found: tests/access/test_pages_in_browser.py",
    "children:add": "after a search: tests/children/test_pages_in_browser.py",
    "children:results": "what a search found: tests/children/test_pages_in_browser.py",
    "documents:download": "a file",
    "mfa_authenticate": "half-way through signing in: tests/signin, no browser",
    "mfa_deactivate_totp": "has a second factor: tests/signin, no axe",
    "mfa_edit_webauthn": "has a security key: tests/signin, no axe",
    "mfa_reauthenticate": "has a second factor: tests/signin, no axe",
    "mfa_reauthenticate_webauthn": "has a security key: tests/signin, no axe",
    "mfa_remove_webauthn": "has a security key: tests/signin, no axe",
    "mfa_view_recovery_codes": "has a second factor: tests/signin, no axe",
    "missing:interview": "allocated to somebody: tests/missing/test_pages_in_browser.py",
    "referrals:answer-ending": "early help asked to end: tests/referrals, no browser",
    "referrals:oversee": "a referral of probation: tests/browser/test_oversight_two_people.py",
    "referrals:tell": "a contact outside the service: tests/browser/test_s04_every_page.py",
    "referrals:signed-decision": "signed by somebody asked: test_exception_three_people.py",
    "screening:changed-duty": "a date of birth corrected since: tests/screening, no browser",
    "screening:approve-level": "a level lowered: tests/screening, no browser",
    "screening:repeat": "leads on to the start of a screen",
    "screening:use-tool": "a version that is not in use: tests/screening, no browser",
    "signin:kept": "what was typed when a session ended: tests/signin, no axe",
}


@pytest.fixture(autouse=True)
def _confirmed(settings):
    """Everybody has just confirmed who they are, however long the pages take."""
    settings.SECOND_FACTOR_REQUIRED = False
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 100_000
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.fixture
def county(settings, transactional_db):
    """The demonstration, loaded as `bin/demo` loads it."""
    settings.CSE_DEMO = True
    with transaction.atomic():
        load_reference()
        accounts = load_people({a.key: a for a in Authority.objects.all()})
        load_records(accounts)
    return accounts


@pytest.fixture
def world(transactional_db):
    """One row of everything a route can be about."""
    with transaction.atomic():
        return World()


def client_of(user, password=factories.PASSWORD):
    """A client in which this person is signed in, and has confirmed it; nobody for None."""
    client = Client()
    if user is not None:
        said = {"login": user.email, "password": password}
        assert client.post(reverse("account_login"), said).status_code == 302
    return client


def name_of(path):
    """The route of an address."""
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        raise AssertionError(f"a link leads nowhere: {path}") from None


def opened(client, path):
    """The address a page has in the end, its status, and its tree; None where it is no page."""
    answer = client.get(path, follow=True)
    path = answer.redirect_chain[-1][0] if answer.redirect_chain else path
    is_page = "text/html" in answer.headers.get("content-type", "")
    return path, answer.status_code, html.fromstring(answer.content.decode()) if is_page else None


def crawl(client, start="/"):
    """Open a page for each route that links lead to, one address a route; yields each."""
    waiting, seen = [start], set()
    while waiting:
        asked = waiting.pop(0)
        if name_of(asked) in seen:
            continue
        path, status, tree = opened(client, asked)
        new = name_of(path) not in seen
        seen |= {name_of(asked), name_of(path)}
        if tree is None or not new:
            continue
        yield name_of(path), path, status
        waiting += [link.split("#")[0] for link in tree.xpath("//a/@href") if link.startswith("/")]


def unlinked(world):
    """A page for each route that nobody's links lead to, as the first person sees it who may."""
    place = world.place
    people = [None, place.worker, place.lead, place.colleague, place.duty, place.manager]
    with transaction.atomic():
        people += [make_persona(world, "access", role) for role in WITH_CHILDREN]
        people += [make_persona(world, "no access", Role.ADMINISTRATOR)]
    clients = [client_of(person) for person in people]
    for name in sorted(UNLINKED):
        path = reverse(name, args=ROUTES[name].arguments(world))
        for number, client in enumerate(clients):
            answer = client.get(path)
            if answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]:
                yield f"person {number} of the walk", client, name, path
                break


def pages():
    """The routes that answer to GET."""
    return {name for name, view in routes() if "GET" in methods_of(view)}


def methods_of(view):
    """The methods that a view's decorator names; all where it has none."""
    while view is not None:
        if closure := getattr(view, "__closure__", None):
            for name, cell in zip(view.__code__.co_freevars, closure, strict=True):
                if name == "request_method_list":
                    return cell.cell_contents
        view = getattr(view, "__wrapped__", None)
    return ["GET"]


def linked(people):
    """What links lead these people to, each route once: who, their client, route, address."""
    seen, wrong = set(), []
    for email in people:
        client = client_of(User.objects.get(email=email), PASSWORD)
        for name, path, status in crawl(client):
            if status != 200:
                wrong.append(f"{name} of {email}: {status} {path}")
            elif name in EACH or name not in seen:
                yield email, client, name, path
            seen.add(name)
    assert not wrong, "\n".join(wrong)


def found_wrong(desk, plan, *, scripts):
    """What is wrong on all of these pages."""
    wrong: list[str] = []
    browsers = {}

    def note_refused(message):
        if "Content Security Policy" in message.text:
            wrong.append(f"console: {message.text[:200]}")

    for who, client, name, path in plan:
        if who not in browsers:
            browsers[who] = with_axe(desk.page_in(client))
            if not scripts:
                # axe is a script itself, so ours are withheld rather than all switched off.
                browsers[who].route("**/*.js", lambda route: route.abort())
            browsers[who].on("console", note_refused)
        page = browsers[who]
        page.goto(path)
        where = f"{name} of {who}{'' if scripts else ' without scripts'}"
        if name_of(page.url) == name:
            wrong += in_the_way(page, where)
        else:
            wrong.append(f"{where}: led to {page.url}")
    return sorted(set(wrong))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.requirement("W-SHR-01")
def test_nothing_stands_in_anybodys_way(desk, county, scripts):
    plan = list(linked(PEOPLE if scripts else PEOPLE[:4]))
    if scripts:
        assert pages() - {name for _, _, name, _ in plan} <= UNLINKED | set(NOT_LOOKED_AT)
    assert "\n".join(found_wrong(desk, plan, scripts=scripts)) == ""


@pytest.mark.requirement("W-SHR-01")
def test_nothing_stands_in_the_way_where_no_link_leads(desk, world):
    plan = list(unlinked(world))
    assert {name for _, _, name, _ in plan} == UNLINKED
    assert "\n".join(found_wrong(desk, plan, scripts=True)) == ""

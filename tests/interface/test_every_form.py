"""What holds for every form of every page about a child, over the pages as they are rendered.

Every page that somebody may open is opened. Every text area on it has the language helper round it,
and a way to ask about the wording without scripts (O §4, DEC-15); what was posted and never asked
for is ignored and written down (bad-input.md).
"""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.models import Q
from django.test import override_settings
from django.urls import reverse
from lxml import html

from cse.access.capabilities import Capability
from cse.access.principals import principals_of
from cse.audit.models import AuditEvent
from cse.people.models import Role
from tests.conftest import QUICK_HASHERS
from tests.test_walk import BROWSER, act_of, ask, cookies_of
from tests.walk import ROUTES, WITH_CHILDREN, World, make_persona, routes

pytestmark = [pytest.mark.django_db, pytest.mark.walk]

ROOMS = ("screening", "children", "missing", "referrals", "access", "clocks")
#: Pages where what is typed is about no child.
ABOUT_NO_CHILD = {
    "screening:upload-tool": "what is new in a version of a tool; its file would be lost",
    "screening:use-tool": "why a version of a tool is chosen",
    "screening:retire-row": "why a row of a tool is retired",
    "referrals:change-age-differences": "who decided a table of ages",
    "clocks:add-day": "the name of a holiday",
    "clocks:remove-day": "why a holiday is taken out",
}
#: An event of its own; of a part of a draft, with the event of the save.
NOTED = Q(rule="extra fields") | Q(data__ignored__contains="owner")
SAYS = "He runs wild again"
"""Holds an expression of the world's own term."""


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker):
    """Every page of the rooms as the first person sees it who may: route → who, where, page."""
    settings = {
        "SECOND_FACTOR_REQUIRED": False,
        "AXES_ENABLED": False,
        # On a slow machine the world is older than what confirms a sign-in.
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 10_000,
    }
    with (
        django_db_blocker.unblock(),
        override_settings(PASSWORD_HASHERS=QUICK_HASHERS, ACCOUNT_RATE_LIMITS=False, **settings),
        transaction.atomic(),
    ):
        world = World()
        place = world.place
        people = [place.worker, place.lead, place.colleague, place.duty, place.manager]
        people += [make_persona(world, "access", role) for role in WITH_CHILDREN]
        people += [make_persona(world, "no access", Role.ADMINISTRATOR)]
        everybody = [(principals_of(person).acts, cookies_of(person)) for person in people]
        yield {
            name: found
            for name, view in routes()
            if name.partition(":")[0] in ROOMS
            and isinstance(act := act_of(name, view), Capability)
            and (found := opened(name, world, [c for acts, c in everybody if act in acts]))
        }
        transaction.set_rollback(True)


def opened(name, world, able):
    """The page with the most text areas that anybody of those gets whose post has the act."""
    address = reverse(name, args=ROUTES[name].arguments(world))
    best = None
    for cookies in able:
        answer = ask(cookies, "GET", address)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            continue
        tree = html.fromstring(answer.content.decode())
        if best is None or len(areas(tree)) > len(areas(best[2])):
            best = cookies, address, tree
    return best


def areas(tree):
    """What somebody may type into."""
    return tree.xpath("//form//textarea[not(@readonly) and not(@hidden)]")


@pytest.mark.requirement("DEC-15")
def test_every_text_area_has_the_helper_and_a_way_without_scripts(pages):
    without, no_button, seen = [], [], set()
    helper = reverse("interface:check-wording")
    for name, (_, _, tree) in pages.items():
        for area in areas(tree) if name not in ABOUT_NO_CHILD else ():
            seen.add(name)
            box = tree.xpath(
                f"//*[@data-language='{helper}' and @data-language-field='{area.get('id')}']"
            )
            if not box or not box[0].xpath(".//*[@data-language-hints]"):
                without.append(f"{name}: {area.get('name')}")
            if not area.xpath("ancestor::form//button[@name='check_wording']"):
                no_button.append(f"{name}: {area.get('name')}")
    assert "\n".join(without) == ""
    assert "\n".join(no_button) == ""
    assert len(seen) > 50


@pytest.mark.requirement("DEC-15")
def test_asking_about_the_wording_does_nothing_and_loses_nothing(pages):
    """Where a page has no draft to save: it comes back as it was filled in, with the hints."""
    wrong, looked = [], 0
    for name, (cookies, address, tree) in pages.items():
        for form in tree.xpath("//form[.//button[@name='check_wording' and @value='look']]"):
            typed = {area.get("name"): f"{SAYS} {area.get('name')}" for area in areas(form)}
            with transaction.atomic():
                answer = post(cookies, form.get("action") or address, sent(form) | typed)
                transaction.set_rollback(True)
            page = answer.content.decode()
            after = html.fromstring(page) if page else html.Element("html")
            kept = {area.get("name"): area.text for area in areas(after)}
            if answer.status_code != 200 or not typed.items() <= kept.items():
                wrong.append(f"{name}: {answer.status_code} {answer.headers.get('Location')}")
            elif page.count("It blames the child.") != len(typed) or "There is a problem" in page:
                wrong.append(f"{name}: hints {page.count('It blames the child.')}")
            looked += 1
    assert "\n".join(wrong) == ""
    assert looked > 30


@pytest.mark.parametrize("room", ["screening", "missing"])
def test_what_no_form_asked_for_is_written_down(pages, room):
    silent, asked = [], 0
    for name, (cookies, address, tree) in pages.items():
        if name.startswith(f"{room}:"):
            for form in tree.xpath("//main//form[@method='post']"):
                where = form.get("action") or address
                data = held(form) | {"owner": "me"}
                with transaction.atomic():
                    post(cookies, where, data)
                    if not AuditEvent.objects.filter(NOTED).exists():
                        silent.append(f"{name}: {where}")
                    transaction.set_rollback(True)
                asked += 1
    assert "\n".join(silent) == ""
    assert asked > 5


def sent(form):
    """What the form holds, and the button about the wording."""
    return held(form) | {"check_wording": "look"}


def held(form):
    """What the form holds; of a chosen empty value lxml says "on", and a browser sends it empty."""
    empty = {each.get("name") for each in form.xpath(".//input[@checked and @value='']")}
    return dict(form.form_values()) | dict.fromkeys(empty, "")


def post(cookies, address, data):
    """One post in a browser of its own; what it wrote is the caller's to take back."""
    BROWSER.cookies.clear()
    BROWSER.cookies.load(cookies)
    return BROWSER.post(address, data)

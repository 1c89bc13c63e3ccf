"""A version of a tool as practitioners would see it, before it is chosen (DEC-22, DEC-25)."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cse.people.models import Role
from screening.actions import load_tool_version, retire_row, start_screen
from screening.forms import choices_of
from screening.models import Screen, Tool, ToolVersion
from screening.parts import parts_of
from screening.queries import tool_of
from tests.factories import make_user
from tests.screening.conftest import Place
from tests.screening.made import HIGH
from tests.screening.pages import address, text_of
from tests.screening.test_tools_admin import definition  # noqa: F401  a fixture
from tests.signin.helpers import force_confirmed

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DEC-22")]


@pytest.fixture(params=["oxfordshire", "wiltshire"])
def place(tools, request):
    return Place(request.param)


@pytest.fixture
def first(place):
    return ToolVersion.objects.get(tool__key=place.authority.key, number=1)


def at(version):
    return reverse("screening:preview-tool", args=[getattr(version, "pk", version)])


def rows_in(page):
    """The indicators as printed, without the address of the language helper."""
    rows = re.findall(r'<fieldset class="cse-ind.*?</fieldset>', page.content.decode(), re.S)
    return [re.sub(r'data-language="[^"]*"', "", row) for row in rows]


def controls_of(html):
    return set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', html))


def test_the_board_sees_every_page_with_its_levels_and_definitions(place, first):
    page = place.client(make_user(Role.BOARD)).get(at(first))
    tool, words = tool_of(first.pk), text_of(page)
    for part in parts_of(tool):
        assert part.title in words
    for row in tool.shown:
        assert row.display_text in words
    suggested = sum(row.suggested_level is not None for row in tool.shown)
    assert words.count("Suggested level: ") == suggested
    for level in tool.levels:
        assert f"{level.title}: {level.help}" in words
    for each in (*tool.matrix.impacts, *tool.matrix.likelihoods) if tool.matrix else ():
        assert each.definition in words
    assert tool.footnote.text in words


def test_what_is_shown_is_what_a_practitioner_gets(place, first):
    """Each domain has the rows that a draft prints; each section asks in the same words."""
    draft, _ = start_screen(child=place.child, by=place.worker)
    preview = place.client(make_user(Role.BOARD)).get(at(first))
    for part in parts_of(tool_of(first.pk)):
        kind = "domain" if part.is_domain else "section"
        page = place.client().get(address(draft, kind, part.slug))
        assert set(rows_in(page)) <= set(rows_in(preview))
        for field in part.fields:
            assert field.title in text_of(preview)
            answers = choices_of(field) if field.kind not in ("text", "table") else ()
            assert all(words in text_of(preview) for _, words in answers)


def test_nothing_can_be_filled_in_or_sent(place, first):
    client = place.client(make_user(Role.BOARD))
    html = client.get(at(first)).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert "<form" not in main
    rows = rows_in(client.get(at(first)))
    assert controls_of(main) == controls_of("".join(rows))
    outside = re.sub(
        r'<fieldset class="govuk-fieldset" disabled.*?</section>', "", main, flags=re.S
    )
    assert "cse-ind__" not in outside and not controls_of(outside)
    assert client.post(at(first), {"note": "x"}).status_code == 405
    assert not Screen.objects.exists()


def test_every_id_on_the_page_is_its_own(place, first):
    html = place.client(make_user(Role.BOARD)).get(at(first)).content.decode()
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_a_version_that_is_not_in_use_can_be_looked_at_first(tools, definition):  # noqa: F811
    admin = make_user(Role.ADMINISTRATOR)
    made = load_tool_version(definition=definition, by=admin, note="The board decided")
    Place("oxfordshire")
    client = force_confirmed(Client(), admin)
    for name in ("use-tool", "tool-version"):
        page = client.get(reverse(f"screening:{name}", args=[made.pk])).content.decode()
        assert f'href="{at(made)}"' in page
    words = text_of(client.get(at(made)))
    assert "Bruises or other injuries" in words
    assert "Not in use" in words


def test_retired_rows_are_gone(tools):
    admin, tool = make_user(Role.ADMINISTRATOR), Tool.objects.get(key="oxfordshire")
    text = tool_of(tool.versions.get().pk).indicators[HIGH].display_text
    made = retire_row(tool=tool, indicator=HIGH, reason="Asked elsewhere", by=admin)
    client = Place("oxfordshire").client(admin)
    assert f'id="{HIGH}"' not in client.get(at(made)).content.decode()
    assert text in text_of(client.get(at(tool.versions.get(number=1))))


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.NAMED_LEAD, Role.AUDITOR])
def test_others_have_no_such_page(place, first, role):
    assert place.client(make_user(role)).get(at(first)).status_code == 403


def test_a_made_up_version_is_a_404(place):
    assert place.client(make_user(Role.BOARD)).get(at(uuid.uuid4())).status_code == 404


def test_it_costs_ten_queries_whatever_its_rows(place, first):
    client = place.client(make_user(Role.BOARD))
    client.get(at(first))
    with CaptureQueriesContext(connection) as captured:
        client.get(at(first))
    assert len(captured) <= 10, [each["sql"][:90] for each in captured]

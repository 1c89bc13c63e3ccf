"""Fields that a page never asked for are ignored, and written down (bad-input.md)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.people.models import Role
from tests.signin.helpers import force_confirmed
from tests.test_walk import built  # noqa: F401  a fixture
from tests.walk import ROUTES, make_persona

pytestmark = pytest.mark.django_db

FORGED = {"id": "1", "owner": "x", "state": "closed"}
PAGES = {
    "people": (
        *("users", "add", "edit", "invite", "close", "open", "remove-factor"),
        *("give-post", "end-post", "decide-change", "add-agency", "edit-agency"),
        *("add-team", "edit-team", "edit-area", "add-contact", "edit-contact"),
    ),
    "clocks": ("add-day", "remove-day", "why-late", "put-away"),
    "interface": tuple(f"language-term{act}" for act in ("", "-add", "-retire", "-restore")),
    "documents": ("request", "request-blank", "verify"),
}
CONTROL = re.compile(r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"')
OF_A_CHILD = {"clocks:why-late", "documents:request"}
NAMES = [f"{room}:{page}" for room, pages in PAGES.items() for page in pages]


@pytest.mark.parametrize("name", NAMES)
def test_a_field_that_is_not_on_the_form_is_counted_and_not_repeated(built, client, settings, name):  # noqa: F811
    settings.SECOND_FACTOR_REQUIRED = False
    office = name.startswith(("people:", "interface:")) or name.endswith("-day")
    role, stands = (Role.ADMINISTRATOR, "no access") if office else (Role.NAMED_LEAD, "access")
    force_confirmed(client, make_persona(built, stands, role))
    address = reverse(name, args=ROUTES[name].arguments(built))
    # What the page itself asks is nothing extra.
    page = client.get(address).content.decode().partition("<main")[2]
    client.post(address, dict.fromkeys(CONTROL.findall(page), ""))
    assert not AuditEvent.objects.filter(rule="extra fields").exists()
    client.post(address, FORGED)
    event = AuditEvent.objects.get(rule="extra fields")
    assert event.data == {"count": len(FORGED)}
    assert event.child_id == (built.child.pk if name in OF_A_CHILD else None)

"""The log speaks of acts, pages and reasons as people do, not in the names of the program."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cse.access.capabilities import Capability
from cse.audit import words
from cse.audit.models import AuditEvent
from cse.people.models import Role
from tests.access.people import make_case
from tests.factories import make_user
from tests.signin.helpers import sign_in


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"act": "see a child"}, "See a child"),
        ({"act": "see a child", "data": {"page": "team"}}, "See a child (team)"),
        ({"act": "see a timeline", "data": {"page": "timeline"}}, "See a timeline"),
        ({"act": "see a child", "data": {"page": "child"}}, "See a child (overview)"),
        (
            {"act": "see a screen", "object_kind": "screening.screen", "object_id": "78b23b43-2c"},
            "See a screen (screen 78b23b43)",
        ),
        ({"act": "x", "object_kind": "some.other", "object_id": "1"}, "X"),
        (
            {"act": "seal a child", "data": {"page": "seal"}},
            "Opened the page to seal a child",
        ),
        ({"act": "seal a child", "decision": "refused"}, "Seal a child"),
    ],
)
def test_what_was_looked_at_is_named(fields, said):
    assert words.what(AuditEvent(**fields)) == said


@pytest.mark.parametrize(
    ("decision", "rule", "said"),
    [
        ("allowed", "R5", "Allowed"),
        ("refused", "scope", "Refused: they may not see this child"),
        ("refused", "wrong totp", "Refused: wrong totp"),
        ("refused", "", "Refused"),
    ],
)
def test_why_somebody_was_refused_is_said(decision, rule, said):
    assert words.answer(AuditEvent(decision=decision, rule=rule)) == said


def test_fields_are_said_without_underscores():
    event = AuditEvent(changed_fields=["birth_date_known", "given_name", "sha256"])
    assert words.changed(event) == (
        "how well the date of birth is known, given name, fingerprint of the file"
    )


def test_a_look_at_a_page_never_reads_as_the_act_that_it_is_for():
    reads = ("see ", "search ", "read ", "verify ", "use ", "sign in")
    rest = {str(each) for each in Capability if not each.startswith(reads)}
    assert rest == words.DONE_ON_A_PAGE


@pytest.mark.django_db
def test_who_has_looked_does_not_say_that_a_child_was_sealed_where_nobody_did(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    case = make_case()
    sign_in(client, case.lead)
    client.get(reverse("access:seal", args=[case.child.pk]))
    page = client.get(reverse("access:looks", args=[case.child.pk])).content.decode()
    assert "Opened the page to seal a child" in page


@pytest.mark.django_db
def test_who_has_looked_says_at_which_page(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    case = make_case()
    sign_in(client, case.lead)
    client.get(reverse("children:timeline", args=[case.child.pk]))
    client.get(reverse("access:why", args=[case.child.pk]))
    page = client.get(reverse("access:looks", args=[case.child.pk])).content.decode()
    assert "See a child&#39;s timeline" in page
    assert "See a child (why one sees it)" in page
    assert "See who can see a child" not in page
    client.get(reverse("access:who", args=[case.child.pk]))
    page = client.get(reverse("access:looks", args=[case.child.pk])).content.decode()
    assert "See who can see a child<" in page


@pytest.mark.django_db
def test_who_has_looked_can_be_read_of_one_person(client, settings):
    """A lead asks what one colleague did: not fifty lines a page of everybody else's."""
    settings.SECOND_FACTOR_REQUIRED = False
    case = make_case()
    sign_in(client, case.worker)
    client.get(reverse("children:timeline", args=[case.child.pk]))
    client.logout()
    sign_in(client, case.lead)
    client.get(reverse("access:why", args=[case.child.pk]))
    address = reverse("access:looks", args=[case.child.pk])
    everybody = client.get(address).content.decode()
    assert f'href="{address}?who={case.worker.pk}"' in everybody
    only = client.get(address, {"who": case.worker.pk}).content.decode()
    assert "Only what Wanda Worker did." in only
    assert "See a child&#39;s timeline" in only
    assert "why one sees it" not in only
    # Somebody who did nothing here is not named; what is no id shows everybody.
    nobody = client.get(address, {"who": case.stranger.pk}).content.decode()
    assert "Only what this person did." in nobody
    assert "Stan" not in nobody
    assert "why one sees it" in client.get(address, {"who": "-1"}).content.decode()


@pytest.mark.django_db
def test_the_log_says_what_was_typed_and_where(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    AuditEvent(
        at="2026-01-01T00:00Z",
        actor_kind="system",
        act="sign in",
        decision="refused",
        rule="role",
        changed_fields=["birth_date_known"],
        protected_text="who@agency.example.org",
    ).save()
    sign_in(client, make_user(Role.AUDITOR))
    page = client.get(reverse("audit:log")).content.decode()
    assert "Typed: who@agency.example.org" in page
    assert "Refused: their post does not include it" in page
    assert "birth_date_known" not in page

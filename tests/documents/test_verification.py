"""A code from a page: what the register confirms, to whom, and how often one may guess."""

from __future__ import annotations

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cse.audit.models import AuditEvent
from cse.documents import codes
from cse.documents.limits import WRONG_CODES
from cse.documents.models import Export, State
from tests.factories import grant, make_child, make_user
from tests.prepared import prepared

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-03")]

FILE = b"%PDF-1.7 made up"


def add_export(by, child=None, **more):
    """A document that was made, without making one."""
    now = timezone.now()
    values = {
        "kind": "screen" if child else "blank-tool", "subject_kind": "screen",
        "subject_id": by.pk, "content_version": "Screen completed 1 December 2026",
        "purpose": "referral", "purpose_text": "About Marigold",
        "recipient_name": "Jo Reyes", "recipient_organisation": "Assessment team",
        "requested_at": now, "state": State.READY, "finished_at": now, "expires_at": now,
        "sha256": hashlib.sha256(FILE).hexdigest(), "size": len(FILE), "product_version": "0.1.0",
    } | more  # fmt: skip
    with transaction.atomic():
        export = Export(child=child, exported_by=by, post=by.posts.get(), **values)
        export.save()
    return export


@prepared
def export(lead):
    return add_export(lead, make_child("Marigold", "Pemberton"))


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def checked(user, code):
    client = browser(user)
    answer = client.post(reverse("documents:verify"), {"code": code}, follow=True)
    return answer.content.decode()


def test_a_code_typed_any_way_is_confirmed_to_anybody_signed_in(export):
    for typed in (export.code, export.code.lower(), export.code.replace("-", " ")):
        page = checked(make_user("board"), f" {typed} ")
        assert "This code is in the register" in page
        assert export.sha256 in page
        assert "Safeguarding lead, Riverside School" in page
        assert "Completed screen" in page
        assert "There is a problem" not in page


def test_the_child_is_named_only_to_who_may_see_the_child(export, lead):
    others = (make_user(), make_user("board"), make_user("auditor"), lead)
    for user in others:
        page = checked(user, export.code)
        for word in ("Marigold", "Pemberton", export.child.reference, "Jo Reyes"):
            assert word not in page
    grant(lead, export.child)
    assert "Marigold Pemberton" in checked(lead, export.code)


def test_wrong_codes_of_every_shape_get_the_same_answer_and_an_event(export, lead):
    pages = []
    for wrong in ("BCDF-GHJK-MNPQ-RTVW", "short", "<b>", "../../etc", "🙂" * 16, "unknown"):
        client = browser(lead)
        answer = client.post(reverse("documents:verify"), {"code": wrong}, follow=True)
        pages.append((answer.status_code, answer.content.decode().split("<main")[1]))
    assert len(set(pages)) == 1
    assert "not in the register" in pages[0][1]
    assert AuditEvent.objects.filter(act="verify a document", decision="refused").count() == 6


def test_a_document_that_was_never_made_is_not_confirmed(lead):
    queued = add_export(lead, state=State.QUEUED, sha256="", finished_at=None, expires_at=None)
    assert "not in the register" in checked(lead, queued.code)


def test_guessing_ends_and_a_right_code_does_not_help_then(export, lead):
    client = browser(lead)
    for _ in range(WRONG_CODES):
        assert client.get(reverse("documents:verified", args=["x"])).status_code == 200
    for code in ("x", export.code):
        answer = client.get(reverse("documents:verified", args=[code]))
        assert answer.status_code == 429
        assert export.sha256 not in answer.content.decode()
    assert export.sha256 in checked(make_user(), export.code)


@pytest.mark.parametrize(
    ("content", "words"),
    [(FILE, "is the one that was exported"), (FILE + b" ", "is not the one"), (b"", "is not the")],
)
def test_a_file_is_compared_and_not_kept(export, lead, media, content, words):
    file = SimpleUploadedFile("../../x\u202ef.pdf", content, content_type="application/pdf")
    page = reverse("documents:verified", args=[export.code])
    answer = browser(lead).post(page, {"file": file})
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not media.exists() or not [each for each in media.rglob("*") if each.is_file()]


def test_a_file_that_is_too_large_or_missing_says_so(export, lead, monkeypatch):
    monkeypatch.setattr("cse.documents.forms.LARGEST_UPLOAD", 10)
    page = reverse("documents:verified", args=[export.code])
    large = SimpleUploadedFile("a.pdf", b"x" * 11)
    assert "larger than 20 megabytes" in browser(lead).post(page, {"file": large}).content.decode()
    assert "Choose the PDF you received" in browser(lead).post(page, {}).content.decode()


def test_codes_have_no_letter_that_is_taken_for_another():
    made = {codes.new_code() for _ in range(200)}
    assert len(made) == 200
    letters = set("".join(made)) - {"-"}
    assert letters <= set(codes.ALPHABET)
    assert not letters & set("AEIOUL01S5")
    assert all(codes.normal_code(each) == each for each in made)


def test_a_field_beside_the_file_is_ignored_and_counted(export, lead):
    address = reverse("documents:verified", args=[export.code])
    browser(lead).post(address, {"state": "expired"})
    event = AuditEvent.objects.get(rule="extra fields")
    assert (event.data, event.child_id) == ({"count": 1}, export.child_id)

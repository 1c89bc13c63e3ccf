"""A blank tool through the register: asked for, made, fetched (O-SCR-03)."""

from __future__ import annotations

import hashlib
import io
import uuid

import pikepdf
import pytest
from django.urls import reverse

from cse.audit.models import AuditEvent
from cse.documents import actions
from cse.documents.models import Export, State
from screening.actions.tools import load_shipped_tools
from screening.queries import current_version
from tests.prepared import prepared

pytestmark = pytest.mark.django_db


@prepared
def versions():
    load_shipped_tools()
    return {key: current_version(key) for key in ("oxfordshire", "wiltshire")}


def acts_on(export):
    return list(
        AuditEvent.objects.filter(object_id=str(export.pk))
        .order_by("id")
        .values_list("act", flat=True)
    )


@pytest.mark.requirement("O-SCR-03")
@pytest.mark.parametrize("key", ["oxfordshire", "wiltshire"])
def test_a_blank_tool_is_asked_for_made_and_fetched(
    client, lead, versions, sent, key, django_capture_on_commit_callbacks
):
    client.force_login(lead)
    home = client.get(reverse("documents:home")).content.decode()
    page = reverse("documents:request-blank", args=["blank-tool", versions[key].pk])
    assert page in home
    form = client.get(page)
    assert form.status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page, {"token": uuid.uuid4(), "purpose": "by_hand"})
    export = Export.objects.get()
    assert answer["Location"] == reverse("documents:status", args=[export.pk])
    assert sent == [str(export.pk)]
    waiting = client.get(answer["Location"])
    assert waiting["Refresh"]
    assert actions.make_document(export_id=export.pk)
    export.refresh_from_db()
    assert (export.state, export.failure) == (State.READY, "")
    ready = client.get(answer["Location"])
    assert "Refresh" not in ready
    file = client.get(reverse("documents:download", args=[export.pk]))
    assert file["Content-Type"] == "application/pdf"
    assert hashlib.sha256(file.content).hexdigest() == export.sha256
    assert acts_on(export) == ["document requested", "document made", "document fetched"]
    pdf = pikepdf.open(io.BytesIO(file.content))
    assert str(pdf.Root.Lang) == "en-GB"

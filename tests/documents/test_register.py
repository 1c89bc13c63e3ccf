"""A completed screen through the register: who may ask, who may fetch, what is written down."""

from __future__ import annotations

import dataclasses
import datetime as dt
import stat
import uuid

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cse.access.models import ChildTeamGrant, ChildUserGrant
from cse.audit.models import AuditEvent, Decision
from cse.documents import actions, queries, store
from cse.documents.guard import LimitReached
from cse.documents.models import Export, Failure, State
from screening.actions import load_shipped_tools
from screening.actions.complete import complete
from screening.actions.correct import correct_screen
from screening.actions.save import save_section
from screening.actions.start import start_screen
from screening.answers import Given
from screening.queries import tool_of
from screening.rules import Presence
from tests.documents import reading
from tests.factories import PASSWORD, grant, make_child, make_user
from tests.prepared import prepared

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-SHR-03")]

ANSWERS = {
    "token": "", "purpose": "referral", "recipient_name": "Duty social worker",
    "recipient_organisation": "Assessment team",
}  # fmt: skip


def browser(user, confirmed=True):
    """A browser in which somebody is signed in, if ``confirmed`` by their password just now."""
    client = Client()
    if confirmed:
        client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    else:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def complete_screen(screen, by, notes="Dates are with the nurse."):
    """Fill in what a completed Oxfordshire screen needs, and complete it."""
    tool = tool_of(screen.tool_version_id)
    rows = {row.id: Given() for row in tool.domains[0].shown}
    rows[tool.domains[0].shown[0].id] = Given(Presence.YES, evidence="Seen by the nurse.")
    parts = {
        "domain.health": {**rows, "notes": notes},
        "section.harm": {"harm_happened": "no"},
        "section.conclusion": {
            "concerns_confirmed": "no",
            "professional_judgement": "I want to know more.",
        },
    }
    for part, values in parts.items():
        version = screen.part_versions.get(part, 0)
        screen = save_section(screen_id=screen.pk, part=part, values=values, version=version, by=by)
    return complete(screen_id=screen.pk, by=by, version=screen.version)


@prepared
def screen(agency):
    load_shipped_tools()
    worker = make_user(agency=agency)
    child = make_child("Marigold", "Pemberton", by=worker, authority=agency.authority)
    grant(worker, child)
    with transaction.atomic():
        draft, _ = start_screen(child=child, by=worker)
        return complete_screen(draft, worker)


@pytest.fixture
def quick(monkeypatch):
    """Rendering is not what the test is about."""
    monkeypatch.setattr(actions, "render_pdf", lambda *_: b"%PDF-1.7 made up")


@prepared
def reader(lead, screen):
    grant(lead, screen.child)
    return lead


def ask(reader, screen, client=None, **changes):
    answers = ANSWERS | {"token": str(uuid.uuid4())} | changes
    return (client or browser(reader)).post(page_of(screen), answers)


def page_of(screen):
    return reverse("documents:request", args=["screen", screen.pk])


def asked(reader, screen, **changes):
    assert ask(reader, screen, **changes).status_code == 302
    return Export.objects.latest("requested_at")


def made(reader, screen):
    export = asked(reader, screen)
    assert actions.make_document(export_id=export.pk)
    export.refresh_from_db()
    assert export.state == State.READY
    return export


def file_page(export):
    return reverse("documents:download", args=[export.pk])


def end_access(user, child):
    """End every grant the person has on the child, in an act of its own."""
    past = timezone.now() - dt.timedelta(minutes=1)
    with transaction.atomic():
        for model in (ChildUserGrant, ChildTeamGrant):
            for row in model.objects.filter(content_object=child):
                row.starts_at, row.expires_at = past, past
                row.save()


def test_a_lead_exports_a_completed_screen_with_purpose_and_recipient(reader, screen, sent):
    export = made(reader, screen)
    assert export.child == screen.child
    file = browser(reader).get(file_page(export))
    assert "Marigold" not in file["Content-Disposition"]
    pdf = reading.opened(file.content)
    whole = "".join(reading.texts(pdf))
    for words in ("MarigoldPemberton", export.code, "Dutysocialworker,Assessmentteam"):
        assert words in whole
    assert "Togowithareferral" in whole
    assert "Seenbythenurse." in whole
    assert "Marigold" not in str(pdf.docinfo["/Title"])
    export.refresh_from_db()
    assert export.downloads == 1
    written = AuditEvent.objects.filter(object_id=str(export.pk)).order_by("id")
    assert [event.act for event in written] == [
        "document requested", "document made", "document fetched",
    ]  # fmt: skip
    assert {event.child_id for event in written} == {screen.child_id}
    assert [event.actor_kind for event in written] == ["person", "task", "person"]


def test_purpose_and_recipient_are_asked_and_nothing_typed_is_lost(reader, screen, sent):
    answer = ask(reader, screen, purpose="other", purpose_text="", recipient_organisation="")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Say what the document is for" in page
    assert "Enter their organisation" in page
    assert "Duty social worker" in page
    assert not Export.objects.exists()


def test_exporting_asks_for_the_password_again(reader, screen):
    answer = browser(reader, confirmed=False).get(page_of(screen))
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_whoever_opens_the_page_that_names_the_child_is_written_down(reader, screen):
    browser(reader).get(page_of(screen))
    event = AuditEvent.objects.get(act="export a document")
    assert (event.child_id, event.actor_id) == (screen.child_id, reader.pk)


def test_sent_twice_it_is_one_request(reader, screen, sent):
    token = str(uuid.uuid4())
    first, second = (ask(reader, screen, token=token) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Export.objects.count() == 1


def test_another_persons_token_makes_a_request_of_ones_own(reader, screen, sent, agency):
    first = asked(reader, screen)
    other = make_user("named_lead", agency=agency)
    grant(other, screen.child)
    second = asked(other, screen, token=str(first.pk))
    assert second.pk != first.pk
    assert second.exported_by == other


def test_a_role_without_export_and_a_child_out_of_scope_are_refused(lead, screen, sent):
    worker = browser(screen.completed_by)
    assert worker.get(page_of(screen)).status_code == 403
    assert worker.post(page_of(screen), ANSWERS).status_code == 403
    end_access(lead, screen.child)
    stranger = browser(lead)
    hidden = stranger.get(page_of(screen))
    unknown = stranger.get(reverse("documents:request", args=["screen", uuid.uuid4()]))
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.content == unknown.content
    assert not Export.objects.exists()


@pytest.mark.parametrize("kind", ["blank-tool", "no-such-kind"])
def test_a_kind_of_document_is_only_exported_on_its_own_page(reader, screen, kind):
    page = reverse("documents:request", args=[kind, screen.tool_version_id])
    assert browser(reader).get(page).status_code == 404
    page = reverse("documents:request-blank", args=["screen", screen.pk])
    assert browser(reader).get(page).status_code == 404


def test_a_draft_is_not_exported(reader, screen, sent):
    with transaction.atomic():
        draft = correct_screen(screen_id=screen.pk, by=screen.completed_by, reason="A date")
    assert browser(reader).get(page_of(draft)).status_code == 404


def test_access_that_ended_before_rendering_makes_no_document(reader, screen, sent):
    export = asked(reader, screen)
    end_access(reader, screen.child)
    assert actions.make_document(export_id=export.pk)
    export.refresh_from_db()
    assert (export.state, export.failure) == (State.FAILED, Failure.ACCESS)
    refusal = AuditEvent.objects.get(act="make a document", decision=Decision.REFUSED)
    assert refusal.child_id == screen.child_id


def test_access_that_ended_before_fetching_gives_nothing_out(quick, reader, screen, sent):
    export = made(reader, screen)
    end_access(reader, screen.child)
    client = browser(reader)
    assert client.get(file_page(export)).status_code == 404
    assert client.get(reverse("documents:status", args=[export.pk])).status_code == 404
    assert screen.child.reference not in client.get(reverse("documents:home")).content.decode()
    assert AuditEvent.objects.filter(act="fetch a document", decision=Decision.REFUSED).exists()


def test_nobody_fetches_what_somebody_else_asked_for(quick, reader, screen, sent, agency):
    export = made(reader, screen)
    other = make_user("named_lead", agency=agency)
    grant(other, screen.child)
    client = browser(other)
    assert client.get(file_page(export)).status_code == 404
    assert client.get(file_page(Export(pk=uuid.uuid4()))).status_code == 404


def test_a_file_expires_and_its_row_stays(quick, reader, screen, sent, media):
    export = made(reader, screen)
    with transaction.atomic():
        export.expires_at = timezone.now() - dt.timedelta(seconds=1)
        export.save()
    answer = browser(reader).get(file_page(export))
    assert answer["Location"] == reverse("documents:status", args=[export.pk])
    assert actions.let_go_expired() == 1
    export.refresh_from_db()
    assert export.state == State.EXPIRED
    assert export.sha256
    assert not list(media.rglob("*.sealed"))
    assert "no longer kept" in browser(reader).get(answer["Location"]).content.decode()


def test_a_file_is_sealed_private_and_useless_elsewhere(quick, reader, screen, sent, media):
    export = made(reader, screen)
    (path,) = media.rglob("*.sealed")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert b"%PDF" not in path.read_bytes()
    other = uuid.uuid4()
    path.with_name(f"{other}.pdf.sealed").write_bytes(path.read_bytes())
    with pytest.raises(store.Unreadable):
        store.get(other)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert browser(reader).get(file_page(export)).status_code == 410
    export.refresh_from_db()
    assert export.downloads == 0


@pytest.mark.parametrize(
    ("error", "failure"),
    [(LimitReached("time"), Failure.TIME), (RuntimeError("Marigold"), Failure.ERROR)],
)
def test_a_document_that_cannot_be_made_says_so(
    reader, screen, sent, monkeypatch, capfd, error, failure
):
    def fail(*_args, **_more):
        raise error

    monkeypatch.setattr(actions, "render_pdf", fail)
    export = asked(reader, screen)
    assert actions.make_document(export_id=export.pk)
    page = browser(reader).get(reverse("documents:status", args=[export.pk]))
    assert failure.label in page.content.decode()
    assert "Marigold" not in capfd.readouterr().err


def test_two_megabytes_of_words_end_as_a_clear_failure(reader, screen, sent, monkeypatch):
    monkeypatch.setattr("cse.documents.render.LARGEST_TEXT", 1000)
    export = asked(reader, screen)
    actions.make_document(export_id=export.pk)
    page = browser(reader).get(reverse("documents:status", args=[export.pk])).content.decode()
    assert "more text than one can" in page


def test_one_document_is_made_once_and_a_lost_one_again(quick, reader, screen, sent):
    export = asked(reader, screen)
    taken = actions._take(export.pk)
    assert taken is not None
    assert actions._take(export.pk) is None
    assert export.pk not in queries.waiting_exports()
    with transaction.atomic():
        taken.started_at = timezone.now() - dt.timedelta(hours=1)
        taken.save()
    assert queries.waiting_exports() == [export.pk]
    assert actions.make_document(export_id=export.pk)
    assert not actions.make_document(export_id=export.pk)
    export.refresh_from_db()
    assert (export.state, export.attempts) == (State.READY, 2)


@pytest.mark.parametrize("gone", [True, False])
def test_a_task_for_what_is_gone_or_closed_does_nothing_and_says_so(reader, screen, sent, gone):
    export = asked(reader, screen)
    with transaction.atomic():
        export.state, export.failure = State.FAILED, Failure.ERROR
        export.finished_at = timezone.now()
        export.save()
    wanted = uuid.uuid4() if gone else export.pk
    assert not actions.make_document(export_id=wanted)
    event = AuditEvent.objects.get(act="make a document")
    assert (event.decision, event.rule, event.actor_kind) == ("refused", "state", "task")
    assert event.data == {"asked": str(wanted)}
    assert event.child_id == (None if gone else screen.child_id)


def test_a_task_for_what_another_makes_now_is_no_event(reader, screen, sent):
    export = asked(reader, screen)
    assert actions._take(export.pk) is not None
    assert not actions.make_document(export_id=export.pk)
    assert not AuditEvent.objects.filter(act="make a document").exists()


def test_a_document_that_kills_its_worker_is_given_up(reader, screen, sent):
    export = asked(reader, screen)
    for _ in range(actions.MOST_ATTEMPTS):
        taken = actions._take(export.pk)
        with transaction.atomic():
            taken.started_at = timezone.now() - dt.timedelta(hours=1)
            taken.save()
    assert actions._take(export.pk) is None
    export.refresh_from_db()
    assert export.state == State.FAILED


def test_with_the_broker_away_the_request_stands_and_the_scanner_makes_it(
    quick, reader, screen, monkeypatch, django_capture_on_commit_callbacks, capsys
):
    from kombu.exceptions import OperationalError

    from cse.documents import tasks

    def away(*_args, **_more):
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.render_export, "apply_async", away)
    with django_capture_on_commit_callbacks(execute=True):
        export = asked(reader, screen)
    assert queries.waiting_exports() == []
    with transaction.atomic():
        export.requested_at -= dt.timedelta(minutes=1)
        export.save()
    call_command("run_exports")
    assert "1 documents taken on" in capsys.readouterr().out
    export.refresh_from_db()
    assert export.state == State.READY


def test_the_task_is_handed_an_id_and_nothing_else(
    reader, screen, sent, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        export = asked(reader, screen)
    assert sent == [str(export.pk)]


def test_a_version_in_many_words_is_kept_whole(reader, screen, quick, monkeypatch):
    kind = actions.kind_of("screen")
    subject = dataclasses.replace(kind.find(screen.pk, reader), version="Handbook, section " * 30)
    monkeypatch.setattr(
        actions, "kind_of", lambda key: dataclasses.replace(kind, find=lambda *_: subject)
    )
    assert asked(reader, screen).content_version == "Handbook, section " * 30


def test_a_correction_is_named_by_the_register_and_printed_on_the_paper(reader, screen, sent):
    first = made(reader, screen)
    with transaction.atomic():
        draft = correct_screen(
            screen_id=screen.pk, by=screen.completed_by, reason="A date was wrong."
        )
        second = complete_screen(draft, screen.completed_by, notes="The nurse saw it on Monday.")
    page = browser(reader).get(reverse("documents:verified", args=[first.code])).content.decode()
    assert "There is a newer version" in page
    assert "correction 1" in page
    export = made(reader, second)
    whole = "".join(reading.texts(reading.opened(store.get(export.pk))))
    assert "Adatewaswrong." in whole
    assert "correction1" in whole
    old = made(reader, screen)
    assert "Correctedsince" in "".join(reading.texts(reading.opened(store.get(old.pk))))

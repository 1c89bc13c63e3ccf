"""Acts on the export register: asking for a document, making it, fetching it, letting it go."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from cse.access.policies import NotAllowed, NotVisible
from cse.access.principals import principals_of
from cse.audit import events
from cse.audit.context import TASK, Acting, act_as
from cse.documents import store
from cse.documents.about import About, product_version
from cse.documents.guard import LimitReached
from cse.documents.kinds import Subject, UnknownKind, kind_of
from cse.documents.limits import DOWNLOAD_HOURS, RENDER_SECONDS
from cse.documents.models import Export, Failure, State
from cse.documents.policies import check_can_export, check_can_fetch
from cse.documents.render import TooLong, render_pdf

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 3


class NotReady(Exception):  # noqa: N818  (named for what it is)
    """The document has not been made, or is no longer kept."""


@transaction.atomic
def request_export(
    *,
    kind_key: str,
    subject_id: uuid.UUID,
    purpose: str,
    by: Any,
    purpose_text: str = "",
    recipient_name: str = "",
    recipient_organisation: str = "",
    token: uuid.UUID | None = None,
) -> Export:
    """Ask for a document; it is made by the worker after the commit.

    ``token`` is the form's own: sent twice, it is one request. Raises ``UnknownKind``,
    ``NotVisible`` or ``NotAllowed``.
    """
    kind = kind_of(kind_key)
    subject = kind.find(subject_id, by)
    check_can_export(by, kind, subject)
    if token is not None:
        _one_at_a_time(token)
        before = Export.objects.filter(pk=token).first()
        if before is not None and before.exported_by_id == by.pk:
            return before
        token = None if before is not None else token
    post_id = principals_of(by).post_id
    if post_id is None:
        raise NotAllowed("You hold no post today.")
    export = Export(
        id=token or uuid.uuid4(),
        kind=kind.key,
        child=subject.child,
        subject_kind=kind.key,
        subject_id=subject_id,
        content_version=subject.version,
        purpose=purpose,
        purpose_text=purpose_text.strip(),
        recipient_name=recipient_name.strip(),
        recipient_organisation=recipient_organisation.strip(),
        exported_by=by,
        post_id=post_id,
        requested_at=timezone.now(),
    )
    export.save(force_insert=True)
    events.record(
        "document requested",
        by=by,
        child=export.child_id,
        obj=export,
        rule=str(kind.capability),
        data={"kind": kind.key, "subject": str(subject_id), "purpose": purpose},
    )
    transaction.on_commit(lambda: _wake_worker(export.pk))
    return export


def _one_at_a_time(token: uuid.UUID) -> None:
    """Let the same form sent twice at once take turns, until the transaction's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [token.int % 2**63])


def _wake_worker(export_id: uuid.UUID) -> None:
    """Tell the worker. Where the broker is away the row waits, and the scanner finds it."""
    from kombu.exceptions import KombuError

    from cse.documents.tasks import render_export

    try:
        render_export.apply_async([str(export_id)], retry=False)
    except (KombuError, OSError):
        log.warning("broker_away", object_kind="documents.export", object_id=str(export_id))


def make_document(*, export_id: uuid.UUID) -> bool:
    """Make a document that waits; whether there was anything to do.

    May be called any number of times, by the task and by the scanner at once: one of them takes
    the row. The person's right to export is asked again now, in their name.
    """
    export = _take(export_id)
    if export is None:
        return False
    with act_as(Acting(kind=TASK, on_behalf_of_id=export.exported_by_id)):
        try:
            content = _content(export)
        except (NotVisible, NotAllowed, UnknownKind):
            events.refused("make a document", rule="scope", child_id=export.child_id, obj=export)
            _finish_failed(export, Failure.ACCESS)
        except TooLong:
            _finish_failed(export, Failure.TOO_LONG)
        except LimitReached:
            _finish_failed(export, Failure.TIME)
        except Exception as error:
            log.error(
                "document_not_made", object_id=str(export_id), error_type=type(error).__name__
            )
            _finish_failed(export, Failure.ERROR)
        else:
            _finish_ready(export, content)
    return True


@transaction.atomic
def _take(export_id: uuid.UUID) -> Export | None:
    """The row, now ours to make: it waits, or the one who took it before was lost."""
    found = (
        Export.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("exported_by")
        .filter(pk=export_id, state__in=[State.QUEUED, State.RUNNING])
        .first()
    )
    now = timezone.now()
    if found is None:
        _note_if_over(export_id)
        return None
    if found.state == State.RUNNING and not is_lost(found, now):
        return None
    with act_as(Acting(kind=TASK, on_behalf_of_id=found.exported_by_id)):
        if found.attempts >= MOST_ATTEMPTS:
            _set_failed(found, Failure.TIME)
            return None
        found.state, found.started_at, found.attempts = State.RUNNING, now, found.attempts + 1
        found.save()
    return found


def _note_if_over(export_id: uuid.UUID) -> None:
    """An event for a task that came for what is gone or closed; none where another makes it now."""
    found = Export.objects.filter(pk=export_id).first()
    if found is not None and found.state in (State.QUEUED, State.RUNNING):
        return
    with act_as(Acting(kind=TASK)):
        events.refused(
            "make a document",
            rule="state",
            child_id=found.child_id if found else None,
            obj=found,
            data={"asked": str(export_id)},
        )


def is_lost(export: Export, now: dt.datetime) -> bool:
    """Whether whoever was making it must have died: it has had longer than it may take."""
    longest = dt.timedelta(seconds=RENDER_SECONDS + 60)
    return export.started_at is not None and export.started_at < now - longest


def _content(export: Export) -> bytes:
    """The finished document, with rights asked afresh."""
    kind = kind_of(export.kind)
    subject = kind.find(export.subject_id, export.exported_by)
    check_can_export(export.exported_by, kind, subject)
    context: Mapping[str, Any] = kind.build(export.subject_id, export.exported_by)
    return render_pdf(kind.template, {**context, "about": about(export, subject)})


def about(export: Export, subject: Subject) -> About:
    """What the document says of itself."""
    post = export.post
    return About(
        title=subject.title,
        marking=subject.marking,
        handling=subject.handling,
        code=export.code,
        exported_at=timezone.now(),
        exported_by=export.exported_by.get_full_name(),
        post=f"{post.get_role_display()}, {post.team.agency.name}",
        purpose=export.purpose_words,
        recipient=export.recipient,
        content_version=subject.version,
    )


@transaction.atomic
def _finish_ready(export: Export, content: bytes) -> None:
    now = timezone.now()
    export.state, export.finished_at = State.READY, now
    export.expires_at = now + dt.timedelta(hours=DOWNLOAD_HOURS)
    export.sha256, export.size = hashlib.sha256(content).hexdigest(), len(content)
    export.product_version = product_version()
    export.save()
    events.record(
        "document made",
        child=export.child_id,
        obj=export,
        changed=["state", "sha256"],
        data={"sha256": export.sha256, "size": export.size},
    )
    # Last: if the disk refuses, the row is not ready either.
    store.put(export.pk, content)


@transaction.atomic
def _finish_failed(export: Export, failure: Failure) -> None:
    _set_failed(export, failure)


def _set_failed(export: Export, failure: Failure) -> None:
    export.state, export.failure, export.finished_at = State.FAILED, failure, timezone.now()
    export.save()
    events.record(
        "document not made", child=export.child_id, obj=export, rule=failure, changed=["state"]
    )


@transaction.atomic
def fetch_document(*, export_id: uuid.UUID, by: Any) -> tuple[Export, bytes]:
    """The document for the person who asked for it, and the record that they took it.

    Raises ``NotVisible`` for anybody else and for an unknown id, ``NotReady`` where it is not
    made yet or no longer kept, ``store.Unreadable`` where the file is not what was made.
    """
    export = Export.objects.select_for_update().filter(pk=export_id).first()
    if export is None:
        raise NotVisible
    check_can_fetch(by, export)
    now = timezone.now()
    if export.state != State.READY or export.expires_at is None or export.expires_at <= now:
        raise NotReady
    content = store.get(export.pk)
    if hashlib.sha256(content).hexdigest() != export.sha256:
        raise store.Unreadable
    export.downloads, export.downloaded_at = export.downloads + 1, now
    export.save()
    events.record(
        "document fetched",
        by=by,
        child=export.child_id,
        obj=export,
        changed=["downloads", "downloaded_at"],
        data={"sha256": export.sha256},
    )
    return export, content


def let_go_expired() -> int:
    """Delete the files whose time is over; the rows stay. How many there were."""
    count = 0
    waiting = Export.objects.filter(state=State.READY, expires_at__lte=timezone.now())
    for export_id in list(waiting.values_list("pk", flat=True)):
        count += _let_go(export_id)
    return count


@transaction.atomic
def _let_go(export_id: uuid.UUID) -> int:
    found = (
        Export.objects.select_for_update(skip_locked=True)
        .filter(pk=export_id, state=State.READY, expires_at__lte=timezone.now())
        .first()
    )
    if found is None:
        return 0
    with act_as(Acting(kind=TASK)):
        found.state = State.EXPIRED
        found.save()
        events.record("document expired", child=found.child_id, obj=found, changed=["state"])
    store.remove(found.pk)
    return 1

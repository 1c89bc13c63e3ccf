"""Two hash chains, over events and over history rows, in the order of commit.

Each link is the SHA-256 of the link before it and of what it seals, so that a change, a deletion
or a row put in between shows (access-and-audit, "Sealing"). A row is sealed only once no older
transaction is still running: no gap can open behind the end of the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from cse.audit.guards import history_models
from cse.audit.models import AuditEvent, EventSeal, HistorySeal

#: One sealer at a time, whatever the number of workers; any constant will do.
LOCK_KEY = 733_128
BATCH = 500
#: Rows whose number is lower than the last sealed one by no more than this are looked for again:
#: their transaction may have ended later. Verification finds what would be further behind.
OVERLAP = 10_000
BEGINNING = "0" * 64

#: A row no running transaction of this database can still be followed by. Transactions of the
#: server's other databases write no row here and are not waited for; one that cannot be placed is.
#: A number beyond the snapshot is none of this server's (a restored copy, or forged) and must not
#: keep a row out of the chain. One statement, so that rows and snapshot are of the same moment.
SETTLED = """(
    transaction_id < coalesce((
        SELECT min(running::text::bigint)
        FROM pg_snapshot_xip(pg_current_snapshot()) running
        WHERE NOT EXISTS (
            SELECT FROM pg_locks held JOIN pg_stat_activity session USING (pid)
            WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock'
              AND held.transactionid = running::xid AND session.datname <> current_database()
        )
    ), pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
    OR transaction_id >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
)"""

#: What of an event is sealed: everything. Named, so that a later column changes no digest.
EVENT_FIELDS = (
    "id",
    "at",
    "transaction_id",
    "actor_kind",
    "actor_id",
    "post_id",
    "on_behalf_of_id",
    "request_id",
    "address",
    "act",
    "decision",
    "rule",
    "reason",
    "child_id",
    "object_kind",
    "object_id",
    "changed_fields",
    "data",
    "protected_text",
)


def link(before: str, content: str) -> str:
    """The digest that binds ``content`` to everything sealed before it."""
    return hashlib.sha256(f"{before}\n{content}".encode()).hexdigest()


def event_text(event: AuditEvent) -> str:
    """An event as the one text that is sealed: the same for the same event, always."""
    values = {name: getattr(event, name) for name in EVENT_FIELDS}
    values["at"] = event.at.isoformat()
    return json.dumps(values, sort_keys=True, default=str, ensure_ascii=True)


def seal_all() -> tuple[int, int]:
    """Seal every settled event and history row; how many of each.

    Does nothing where another sealer is at work. Runs in transactions of its own, never inside a
    request's.
    """
    return _until_none(_seal_events), _until_none(_seal_history)


def _until_none(step: Any) -> int:
    total = 0
    while count := _locked(step):
        total += count
    return total


def _locked(step: Any) -> int:
    with transaction.atomic():
        if not hold_lock():
            return 0
        return int(step())


def hold_lock() -> bool:
    """Be the one sealer until this transaction ends; False where another is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_KEY])
        return bool(cursor.fetchone()[0])


def last_link(model: type[EventSeal] | type[HistorySeal]) -> tuple[int, str]:
    """Number and digest of the last link of a chain; 0 and zeros where there is none."""
    row = model._default_manager.order_by("-sequence").values_list("sequence", "digest").first()
    return row or (0, BEGINNING)


def _seal_events() -> int:
    low = (EventSeal.objects.aggregate(top=models.Max("event_id"))["top"] or 0) - OVERLAP
    waiting = (
        AuditEvent.objects.filter(id__gt=low, seal__isnull=True)
        .extra(where=[SETTLED])  # noqa: S610  a constant of ours; EventSeal has no such column
        .order_by("transaction_id", "id")[:BATCH]
    )
    sequence, digest = last_link(EventSeal)
    now, seals = timezone.now(), []
    for event in waiting:
        sequence, digest = sequence + 1, link(digest, event_text(event))
        seals.append(EventSeal(sequence=sequence, event=event, digest=digest, sealed_at=now))
    EventSeal.objects.bulk_create(seals)
    return len(seals)


def _seal_history() -> int:
    return sum(_seal_table(model) for model in history_models())


def _seal_table(model: type[models.Model]) -> int:
    table = model._meta.db_table
    columns = sorted(str(f.column) for f in model._meta.concrete_fields)
    ids = _waiting_history(table)
    if not ids:
        return 0
    sequence, digest = last_link(HistorySeal)
    HistorySeal(
        sequence=sequence + 1,
        table=table,
        columns=columns,
        history_ids=ids,
        last_history_id=max(ids),
        digest=link(digest, history_text(table, columns, ids)),
        sealed_at=timezone.now(),
    ).save(force_insert=True)
    return len(ids)


def _waiting_history(table: str) -> list[int]:
    last = HistorySeal.objects.filter(table=table).aggregate(top=models.Max("last_history_id"))
    low = (last["top"] or 0) - OVERLAP
    return unsealed_history(table, low, f"AND {SETTLED} ORDER BY history_id LIMIT {BATCH}")


def unsealed_history(table: str, low: int, more: str = "") -> list[int]:
    """Numbers of history rows above ``low`` that no seal holds; ``more`` is SQL of ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT history_id FROM "{table}" WHERE history_id > %s'  # noqa: S608  our table's name
            " AND history_id NOT IN (SELECT unnest(history_ids) FROM audit_historyseal"
            f' WHERE "table" = %s AND last_history_id > %s) {more}',
            [low, table, low],
        )
        return [number for (number,) in cursor.fetchall()]


def history_text(table: str, columns: Sequence[str], ids: Iterable[int]) -> str:
    """Rows of a history table as the one text that is sealed, in the order of their numbers."""
    wanted = sorted(ids)
    with connection.cursor() as cursor:
        cursor.execute(
            # The table's name is our own.
            "SELECT (SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each(to_jsonb(h)) e"  # noqa: S608
            f' WHERE e.key = ANY(%s))::text FROM "{table}" h WHERE h.history_id = ANY(%s)'
            " ORDER BY h.history_id",
            [list(columns), wanted],
        )
        rows = [text for (text,) in cursor.fetchall()]
    return json.dumps([table, list(columns), wanted, rows])

"""Is the past what was written? Each check gives one line for each thing that is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, models
from django.utils import timezone

from cse.audit.checkpoints import Line, is_ours, read_lines
from cse.audit.guards import audited_models, history_model_of, history_models
from cse.audit.models import AuditEvent, Checkpoint, EventSeal, HistorySeal
from cse.audit.sealing import (
    BEGINNING,
    LOCK_KEY,
    event_text,
    history_text,
    link,
    unsealed_history,
)

#: What is older than this and still unsealed means that the sealer does not run.
SEALED_WITHIN = dt.timedelta(hours=1)
#: No transaction lasts so long, and no two servers' clocks differ so much: a time further from its
#: place in the chain is not the one it was written at.
OUT_OF_ORDER = dt.timedelta(hours=1)


@dataclass
class Findings:
    """What was looked at, and what is wrong with it."""

    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, problems: Iterator[str | None]) -> None:
        """Take in one check: each step is a problem, or None for a thing that was right."""
        found = list(problems)
        self.counts[what] = len(found)
        self.problems += [problem for problem in found if problem]


def verify() -> Findings:
    """All checks; the sealer waits meanwhile so that chains and files stand still."""
    findings = Findings()
    with _sealer_held():
        findings.add("events", _events())
        findings.add("history seals", _history())
        findings.add("times", _times())
        findings.add("checkpoints", _checkpoints())
    findings.add("actors", _actors())
    findings.add("waiting", _waiting())
    findings.add("tables", _live_rows())
    return findings


@contextmanager
def _sealer_held() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK_KEY])


def _events() -> Iterator[str | None]:
    """The chain of events: no number missing, no event changed."""
    before, expected = BEGINNING, 1
    seals = EventSeal.objects.select_related("event").order_by("sequence")
    for seal in seals.iterator(chunk_size=2000):
        if seal.sequence != expected:
            yield f"event chain: links {expected} to {seal.sequence - 1} are missing"
        elif link(before, event_text(seal.event)) != seal.digest:
            yield f"event {seal.event_id} is not what was sealed (link {seal.sequence})"
        else:
            yield None
        before, expected = seal.digest, seal.sequence + 1


def _history() -> Iterator[str | None]:
    """The chain of history: no number missing, no row changed or gone."""
    before, expected = BEGINNING, 1
    for seal in HistorySeal.objects.order_by("sequence").iterator(chunk_size=500):
        ids = f"{min(seal.history_ids)} to {max(seal.history_ids)}"
        if seal.sequence != expected:
            yield f"history chain: links {expected} to {seal.sequence - 1} are missing"
        elif link(before, history_text(seal.table, seal.columns, seal.history_ids)) != seal.digest:
            yield f"{seal.table}: a row from {ids} was changed or is gone (link {seal.sequence})"
        else:
            yield None
        before, expected = seal.digest, seal.sequence + 1


def _times() -> Iterator[str | None]:
    """In the order of the chain time goes on; what says otherwise was not written then."""
    yield None
    yield from _out_of_order(_EVENTS_IN_CHAIN, "event {0}", [])
    for model in history_models():
        table = model._meta.db_table
        yield None
        yield from _out_of_order(
            _HISTORY_IN_CHAIN.format(kept=table), f"{table}: row {{0}}", [table]
        )


def _out_of_order(in_chain: str, what: str, parameters: list[str]) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            _OUT_OF_ORDER.format(in_chain=in_chain),
            [*parameters, OUT_OF_ORDER.seconds, OUT_OF_ORDER.seconds],
        )
        for number, at, before, sealed_at in cursor.fetchall():
            yield (
                f"{what.format(number)} says {at:%Y-%m-%d %H:%M}, but stands behind"
                f" {before or sealed_at:%Y-%m-%d %H:%M} in the chain"
            )


def _actors() -> Iterator[str | None]:
    """History names somebody whom no event of its own transaction names."""
    for model in history_models():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(_OTHER_ACTOR.format(kept=table), [OUT_OF_ORDER.seconds])
            rows = cursor.fetchall()
        yield None
        for (number,) in rows:
            yield f"{table}: row {number} names an actor whom no event of that transaction names"


def _checkpoints() -> Iterator[str | None]:
    """Each line is signed by us, follows the line before it and agrees with the chains."""
    previous, in_files = BEGINNING, set()
    for line in read_lines():
        yield _line_problem(line, previous)
        previous = line.digest
        in_files.add(line.body.get("id"))
    for row in Checkpoint.objects.order_by("at"):
        if str(row.pk) not in in_files:
            yield f"checkpoint of {row.at:%Y-%m-%d %H:%M:%S} is missing from the files"


def _line_problem(line: Line, previous: str) -> str | None:
    if not line.readable:
        return f"{line.where}: cannot be read"
    if not is_ours(line):
        return f"{line.where}: the signature is not ours"
    if line.body["previous"] != previous:
        return f"{line.where}: a line before it is missing or changed"
    for model, number, digest in (
        (EventSeal, "last_sequence", "digest"),
        (HistorySeal, "history_sequence", "history_digest"),
    ):
        sequence = line.body[number]
        if sequence and not _stands(model, sequence, line.body[digest]):
            return f"{line.where}: link {sequence} of {model._meta.db_table} is gone or another"
    return None


def _stands(model: type[models.Model], sequence: int, digest: str) -> bool:
    return model._default_manager.filter(sequence=sequence, digest=digest).exists()


def _waiting() -> Iterator[str | None]:
    """Events and history rows that should have been sealed long ago."""
    limit = timezone.now() - SEALED_WITHIN
    late = AuditEvent.objects.filter(seal__isnull=True, at__lt=limit).count()
    yield f"{late} events have waited more than an hour to be sealed" if late else None
    for model in history_models():
        table = model._meta.db_table
        found = unsealed_history(table, 0)
        late = model._default_manager.filter(pk__in=found, history_date__lt=limit).count()
        yield f"{table}: {late} rows have waited more than an hour to be sealed" if late else None


def _live_rows() -> Iterator[str | None]:
    """Each row says what its newest history says; nothing lives without, nothing is gone."""
    for model in audited_models():
        found = list(_differences(model))
        yield None
        yield from found


def _differences(model: type[models.Model]) -> Iterator[str]:
    pk = model._meta.pk
    assert pk is not None  # noqa: S101  every concrete model has one
    kept = history_model_of(model)
    kept_columns = {f.column for f in kept._meta.concrete_fields}
    compared = [f.column for f in model._meta.concrete_fields if f.column in kept_columns]
    with connection.cursor() as cursor:
        cursor.execute(
            _COMPARE.format(table=model._meta.db_table, kept=kept._meta.db_table, pk=pk.column),
            [compared],
        )
        for key, problem in cursor.fetchall():
            yield f"{model._meta.db_table} {key}: {problem}"


_COMPARE = """
SELECT key, problem FROM (
 SELECT COALESCE(r."{pk}", h."{pk}")::text AS key,
  CASE WHEN h."{pk}" IS NULL THEN 'has no history'
       WHEN r."{pk}" IS NULL AND h.history_type <> '-' THEN 'is gone without history'
       WHEN r."{pk}" IS NULL THEN NULL
       WHEN h.history_type = '-' THEN 'is there although its history says deleted'
       ELSE 'differs from its history in ' || (
         SELECT string_agg(l.key, ', ' ORDER BY l.key) FROM jsonb_each(to_jsonb(r)) l
          WHERE l.key = ANY(%s) AND l.value IS DISTINCT FROM to_jsonb(h) -> l.key)
  END AS problem
 FROM "{table}" r FULL JOIN (
   SELECT DISTINCT ON ("{pk}") * FROM "{kept}" ORDER BY "{pk}", history_id DESC
 ) h ON h."{pk}" = r."{pk}"
) compared WHERE problem IS NOT NULL ORDER BY key
"""

_EVENTS_IN_CHAIN = """
 SELECT e.id AS number, e.at, s.sealed_at, s.sequence FROM audit_eventseal s
  JOIN audit_auditevent e ON e.id = s.event_id
"""

_HISTORY_IN_CHAIN = """
 SELECT h.history_id AS number, h.history_date AS at, s.sealed_at, s.sequence
  FROM audit_historyseal s CROSS JOIN unnest(s.history_ids) AS n(number)
  JOIN "{kept}" h ON h.history_id = n.number WHERE s."table" = %s
"""

#: A time yet to come counts as that of its sealing, or every later row would be out of order.
_OUT_OF_ORDER = """
SELECT number, at, before, sealed_at FROM (
 SELECT *, max(least(at, sealed_at)) OVER (
   ORDER BY sequence, number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM ({in_chain}) linked
) c WHERE at < before - make_interval(secs => %s) OR at > sealed_at + make_interval(secs => %s)
 ORDER BY sequence, number
"""

#: Transactions count anew in a restored copy, so that a number alone is not yet the same one.
_OTHER_ACTOR = """
SELECT h.history_id FROM "{kept}" h WHERE h.history_user_id IS NOT NULL AND (
 SELECT bool_and(e.actor_id IS DISTINCT FROM h.history_user_id) FROM audit_auditevent e
  WHERE e.transaction_id = h.transaction_id
   AND abs(extract(epoch FROM e.at - h.history_date)) < %s
) ORDER BY h.history_id
"""

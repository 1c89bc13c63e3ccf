"""Signed checkpoints of both chains, appended to files outside the database.

Who can rewrite the whole database, chain included, cannot rewrite these: the key is not in the
database, and the files belong where its administrators cannot write (docs/production.md). Each
line names the digest of the line before it, so that a line taken out shows too.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cse.audit.models import Checkpoint, EventSeal, HistorySeal
from cse.audit.sealing import BEGINNING, hold_lock, last_link

#: Bytes; a line of ours is a quarter of it.
LONGEST_LINE = 4096


@dataclass(frozen=True)
class Line:
    """One line of a checkpoint file: where it stands, what it says, and its own digest."""

    where: str
    body: dict[str, Any]
    signature: str
    digest: str
    readable: bool = True


def signing_key() -> Ed25519PrivateKey:
    """The key of ``AUDIT_SIGNING_KEY`` (base64 of 32 bytes). Raises ValueError for another."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.AUDIT_SIGNING_KEY))


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as base64, to be kept as a former key when the key changes."""
    return base64.b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def write_checkpoint() -> Checkpoint | None:
    """Sign and append where both chains stand now; None where nothing is new or another is at it.

    Raises OSError when the file cannot be written; no row says then that it was.
    """
    with transaction.atomic():
        if not hold_lock():
            return None
        row = _next_checkpoint()
        if row is None:
            return None
        row.save(force_insert=True)
        _append(row)
        return row


def _next_checkpoint() -> Checkpoint | None:
    sequence, digest = last_link(EventSeal)
    history_sequence, history_digest = last_link(HistorySeal)
    same = {"last_sequence": sequence, "history_sequence": history_sequence}
    if not (sequence or history_sequence) or Checkpoint.objects.filter(**same).exists():
        return None
    return Checkpoint(at=timezone.now(), digest=digest, history_digest=history_digest, **same)


def _append(row: Checkpoint) -> None:
    folder = Path(settings.AUDIT_CHECKPOINT_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = signing_key()
    body = {
        "id": str(row.pk),
        "at": row.at.isoformat(),
        "last_sequence": row.last_sequence,
        "digest": row.digest,
        "history_sequence": row.history_sequence,
        "history_digest": row.history_digest,
        "previous": _last_digest(),
        "key": public_text(key.public_key()),
    }
    signature = base64.b64encode(key.sign(_signed_bytes(body))).decode()
    path = folder / f"checkpoints-{row.at:%Y-%m}.jsonl"
    with path.open("a", encoding="ascii") as file:
        file.write(json.dumps({"body": body, "signature": signature}) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _signed_bytes(body: dict[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True).encode()


def _files() -> list[Path]:
    return sorted(Path(settings.AUDIT_CHECKPOINT_DIR).glob("checkpoints-*.jsonl"))


def _last_digest() -> str:
    """Digest of the newest line; the whole of a year's lines need not be read for it."""
    for path in reversed(_files()):
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - LONGEST_LINE))
            lines = file.read().splitlines()
        if lines:
            return hashlib.sha256(lines[-1]).hexdigest()
    return BEGINNING


def read_lines() -> Iterator[Line]:
    """Every line of every file, oldest first; one that is no checkpoint is marked unreadable."""
    for path in _files():
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                yield _read(f"{path.name} line {number}", raw.rstrip(b"\n"))


def _read(where: str, raw: bytes) -> Line:
    digest = hashlib.sha256(raw).hexdigest()
    try:
        held = json.loads(raw)
        return Line(where, dict(held["body"]), str(held["signature"]), digest)
    except (ValueError, KeyError, TypeError):
        return Line(where, {}, "", digest, readable=False)


def is_ours(line: Line) -> bool:
    """Whether one of our keys, the present or a former one, signed exactly this."""
    known = {public_text(signing_key().public_key()), *settings.AUDIT_FORMER_PUBLIC_KEYS}
    named = str(line.body.get("key", ""))
    if named not in known:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(named))
        key.verify(base64.b64decode(line.signature), _signed_bytes(line.body))
    except (InvalidSignature, ValueError):
        return False
    return True

"""Where rendered documents lie until they expire: encrypted, under a name of our own making.

The key is derived from ``SECRET_KEY`` and bound to the export's id, so that a file copied from the
disk, or put in another's place, is of no use.
"""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12


class Unreadable(Exception):  # noqa: N818  (named for what it is)
    """The file is gone, or is not what was put there."""


def put(export_id: uuid.UUID, content: bytes) -> None:
    """Keep a document. A half-written file never takes the name."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    nonce = os.urandom(NONCE)
    sealed = nonce + AESGCM(_key()).encrypt(nonce, content, export_id.bytes)
    part = folder / f"{export_id}.{uuid.uuid4().hex}.part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(sealed)
            out.flush()
            os.fsync(out.fileno())
        part.replace(_path(export_id))
    except OSError:
        part.unlink(missing_ok=True)
        raise


def get(export_id: uuid.UUID) -> bytes:
    """The document. Raises ``Unreadable``."""
    try:
        sealed = _path(export_id).read_bytes()
        return AESGCM(_key()).decrypt(sealed[:NONCE], sealed[NONCE:], export_id.bytes)
    except (OSError, InvalidTag, ValueError):
        raise Unreadable from None


def remove(export_id: uuid.UUID) -> None:
    """Delete the file; nothing where there is none."""
    with suppress(FileNotFoundError):
        _path(export_id).unlink()


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"


def _path(export_id: uuid.UUID) -> Path:
    return _folder() / f"{export_id}.pdf.sealed"


def _key() -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cse.documents.store")
    return derive.derive(str(settings.SECRET_KEY).encode())

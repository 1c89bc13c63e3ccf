"""Generated passwords, one file each under ``var/secrets``, readable by their owner alone."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from cse.embedded.errors import EmbeddedError
from cse.embedded.project import var_dir


def password(name: str) -> str:
    """The password kept under this name, made on first asking.

    Safe to ask from many processes at once: whoever links the file first wins and everyone
    reads the same one. Raises EmbeddedError when the folder belongs to somebody else.
    """
    path = var_dir() / "secrets" / name
    try:
        return _read(path) or _make(path)
    except PermissionError as error:
        raise EmbeddedError(
            f"{path} belongs to another user: run as that user, or remove {var_dir()}."
        ) from error
    except OSError as error:
        raise EmbeddedError(f"Cannot keep a password in {path}: {error.strerror}.") from error


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def _make(path: Path) -> str:
    var_dir().mkdir(mode=0o755, parents=True, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    # Written whole beside its place and then linked there: nobody ever reads half a password.
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(36) + "\n")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()

"""Keeping small secrets unreadable in the database: second-factor keys, texts kept for a day."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def encrypt(text: str, *, purpose: str) -> str:
    """Encrypt with a key of that purpose, derived from ``SECRET_KEY``."""
    return _box(purpose).encrypt(text.encode()).decode()


def decrypt(token: str, *, purpose: str) -> str:
    """The text again. Raises ValueError when it was made with another key or was tampered with.

    ``SECRET_KEY_FALLBACKS`` are tried too, so that the key can be changed.
    """
    try:
        return _box(purpose).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ValueError("This was encrypted with another key.") from error


def _box(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive(str(key), purpose)) for key in keys])


def _derive(key: str, purpose: str) -> bytes:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=f"cse {purpose}".encode())
    return base64.urlsafe_b64encode(derived.derive(key.encode()))

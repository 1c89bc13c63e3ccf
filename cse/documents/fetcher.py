"""What a document being rendered may load: our own static files and ``data:``, nothing else.

No request ever leaves for the network or the file system, whatever a text contains.
"""

from __future__ import annotations

import base64
import mimetypes
import urllib.parse
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation

SCHEME = "static:"


class Refused(ValueError):  # noqa: N818  (named for what happened)
    """The document asked for something outside the house."""


def load(url: str) -> tuple[bytes, str]:
    """The bytes and media type of ``static:…`` or ``data:…``. Raises ``Refused`` for the rest."""
    if url.startswith(SCHEME):
        return _static(url.removeprefix(SCHEME))
    if url.startswith("data:"):
        return _data(url)
    raise Refused("Documents load nothing from outside")


def _static(name: str) -> tuple[bytes, str]:
    """A file of the project's static folders, by its name there."""
    try:
        found = finders.find(urllib.parse.unquote(name))
    except (SuspiciousFileOperation, ValueError):
        found = None
    if not found or not Path(str(found)).is_file():
        raise Refused("No such static file")
    path = Path(str(found))
    return path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _data(url: str) -> tuple[bytes, str]:
    """The content of a ``data:`` address."""
    head, comma, body = url.removeprefix("data:").partition(",")
    if not comma:
        raise Refused("Not a data address")
    media_type, *parameters = head.split(";")
    raw = urllib.parse.unquote_to_bytes(body)
    if "base64" in parameters:
        try:
            raw = base64.b64decode(raw, validate=True)
        except ValueError:
            raise Refused("Not a data address") from None
    return raw, media_type or "text/plain"


def house_fetcher() -> Any:
    """A WeasyPrint fetcher over :func:`load`; a refusal ends the rendering.

    Our templates ask for nothing that is refused, so a refusal means that somebody's text became
    markup: no document is better than that one.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class HouseFetcher(URLFetcher):  # type: ignore[misc]
        """Never opens an address: only looks up what the house has."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            body, media_type = load(url)
            return URLFetcherResponse(url, body, {"Content-Type": media_type})

    return HouseFetcher(
        allowed_protocols=("data", "static"), allow_redirects=False, fail_on_errors=True
    )

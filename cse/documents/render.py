"""From a template to a tagged, accessible PDF (PDF/UA-1).

Measured (performance.md): about 0.4 s a page once warm; the import is two thirds of a first small
document, the garbage collector a third of a long one. So: import once, fixed table columns in the
style sheet, the collector off during one rendering, whose process ends with it.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.template.loader import render_to_string

from cse.documents.fetcher import house_fetcher
from cse.documents.guard import run_limited
from cse.documents.limits import LARGEST_TEXT, RENDER_MEMORY, RENDER_SECONDS

VARIANT = "pdf/ua-1"


class TooLong(Exception):  # noqa: N818  (named for what happened)
    """The document holds more text than one may."""

    def __init__(self, characters: int) -> None:
        super().__init__(
            f"The document holds {characters:,} characters; at most {LARGEST_TEXT:,} fit in one."
        )


def render_pdf(
    template: str, context: Mapping[str, Any], *, seconds: float = RENDER_SECONDS
) -> bytes:
    """The document as PDF, made in a process of its own.

    ``template`` extends ``documents/pdf/base.html``; ``context`` is what it names, ``about``
    (``cse.documents.about.About``) among it. Every text in it is printed as text. Raises
    ``TooLong``, ``guard.LimitReached`` or ``guard.WorkFailed``.
    """
    html = document_html(template, context)
    warm_up()
    return run_limited(lambda: write_pdf(html), seconds=seconds, memory=RENDER_MEMORY)


def document_html(template: str, context: Mapping[str, Any]) -> str:
    """The page that becomes the document. Raises ``TooLong`` before anything costly is done."""
    characters = text_length(context)
    if characters > LARGEST_TEXT:
        raise TooLong(characters)
    return render_to_string(template, dict(context))


def write_pdf(html: str) -> bytes:
    """The document of that page, here and now, without limits on time."""
    from weasyprint import HTML

    with _collector_off():
        pdf: bytes = HTML(string=html, url_fetcher=house_fetcher()).write_pdf(
            pdf_variant=VARIANT, full_fonts=False
        )
    return pdf


def warm_up() -> None:
    """Import the renderer, so that every forked process has it already."""
    import weasyprint  # noqa: F401


def text_length(value: Any) -> int:
    """How many characters all texts in a context hold together, whatever they are nested in."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(text_length(each) for each in value.values())
    if isinstance(value, list | tuple):
        return sum(text_length(each) for each in value)
    names = getattr(value, "__dataclass_fields__", ())
    return sum(text_length(getattr(value, name)) for name in names)


@contextmanager
def _collector_off() -> Iterator[None]:
    """Layout makes millions of small objects that live until the end: looking is wasted time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

"""What was kept, as its page shows it: what somebody typed or changed, in the words of the form."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib.messages.storage import default_storage
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve

from cse.access.capabilities import Capability
from cse.access.middleware import declared_capability
from cse.access.principals import principals_of
from cse.interface.words import looks_typed
from cse.signin.kept import Given
from cse.signin.middleware import may_be_kept
from cse.signin.page_forms import CHOSEN, UNSEEN, Control, Page, read_page

log = structlog.get_logger(__name__)
EMPTIED = "Nothing: you had taken out what is there."
#: The page was saved since it was opened: whoever typed may never have seen what is there now.
EMPTIED_OR_ADDED = "Nothing: either you had taken out what is there, or it was added since."


@dataclass(frozen=True)
class Typed:
    """One field: its label and the text; `chosen` for an answer that was picked, not typed."""

    label: str
    text: str
    chosen: bool = False


@dataclass(frozen=True)
class Shown:
    """A kept form, the name of its page (empty where it does not open), and what was changed."""

    given: Given
    title: str
    address: str
    typed: tuple[Typed, ...]


def shown(request: HttpRequest, found: list[Given]) -> list[Shown]:
    """Each kept form with its page; a page that several were typed on is opened once."""
    pages: dict[str, Page | None] = {}
    result = []
    for given in found:
        address = _address(given)
        if address not in pages:
            pages[address] = _open(request, address)
        result.append(_shown(given, address, pages[address]))
    return result


def _address(given: Given) -> str:
    """The page the form was on; where that was one of sign-in's own, the form's address."""
    match = _match(given.page)
    return given.page if match is not None and may_be_kept(match) else given.path


def _match(address: str) -> ResolverMatch | None:
    try:
        return resolve(urlsplit(address).path)
    except Resolver404:
        return None


def _open(request: HttpRequest, address: str) -> Page | None:
    """The page as this person would get it now; None where it does not open for them.

    Opening it is a look like any other, and written down as one.
    """
    match = _match(address)
    if match is None or not may_be_kept(match):
        return None
    inner = _as_get(request, address, match)
    capability = declared_capability(inner, match.func)
    acts = principals_of(request.user).acts  # type: ignore[arg-type]
    if not isinstance(capability, Capability) or capability not in acts:
        return None
    try:
        with transaction.atomic():
            response = match.func(inner, *match.args, **match.kwargs)
    except Exception:
        # Hidden, ended, or wrong on our side: what was typed is shown all the same.
        log.info("kept_page_not_opened", route=match.view_name, exc_info=True)
        return None
    if response.status_code != 200:
        return None
    return read_page(response.content.decode(), settings.SERVICE_NAME)


def _as_get(request: HttpRequest, address: str, match: ResolverMatch) -> HttpRequest:
    """The same person's request for another page, without what the outer one was asked."""
    parts = urlsplit(address)
    inner = copy.copy(request)
    inner.__dict__.pop("headers", None)
    inner.META = {**request.META, "REQUEST_METHOD": "GET", "QUERY_STRING": parts.query}
    inner.method = "GET"
    inner.path = inner.path_info = parts.path
    inner.GET = QueryDict(parts.query)
    inner.resolver_match = match
    # The page drawn here is not the one somebody reads: its messages stay for that one.
    inner._messages = default_storage(inner)  # type: ignore[attr-defined]
    return inner


def _shown(given: Given, address: str, page: Page | None) -> Shown:
    if page is None:
        return Shown(given, "", "", _texts(given))
    form = page.form_with(name for name, _ in given.fields)
    typed = tuple(_changed(given, form)) if form else _texts(given)
    return Shown(given, page.title, address, typed)


def _texts(given: Given) -> tuple[Typed, ...]:
    """All that looks typed, where no page says what its fields are called."""
    texts = [value for _, value in given.fields if looks_typed(value)]
    return tuple(
        Typed(f"Text {place} of {len(texts)}", text) for place, text in enumerate(texts, start=1)
    )


def _changed(given: Given, form: dict[str, Control]) -> list[Typed]:
    sent: dict[str, list[str]] = {}
    for name, value in given.fields:
        sent.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\r", "\n"))
    # Boxes that were unticked are not sent at all.
    unticked = {name for name, each in form.items() if each.kind == "checkbox" and each.stored}
    unknown = [name for name in sent if name not in form and any(map(looks_typed, sent[name]))]
    order = [*form, *unknown]
    version = form.get("version")
    unchanged = version is not None and version.stored == sent.get("version")
    emptied = EMPTIED if unchanged else EMPTIED_OR_ADDED
    found = []
    for name in order:
        if name not in sent and name not in unticked:
            continue
        control = form.get(name) or Control("text", _in_words(name))
        typed = _typed(control, sent.get(name, []), _in_words(name), emptied)
        if typed is not None:
            found.append(typed)
    return found


def _typed(control: Control, values: list[str], otherwise: str, emptied: str) -> Typed | None:
    """What was changed in one field; None where it says what is stored, or nobody fills it in.

    ``emptied`` is what to say where nothing was sent and something is stored.
    """
    if control.kind in UNSEEN or _plain(values) == _plain(control.stored):
        return None
    chosen = control.kind in CHOSEN
    texts = [control.words.get(each) or each for each in values] if chosen else values
    text = ("; " if chosen else "\n").join(each for each in texts if each.strip())
    return Typed(control.label or otherwise, text or emptied, chosen or not text)


def _plain(values: list[str]) -> list[str]:
    return sorted(value.strip() for value in values if value.strip())


def _in_words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()

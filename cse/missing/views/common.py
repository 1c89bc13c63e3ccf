"""What every page of the room needs: the episode or the one 404, and the child at its head."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cse.access.capabilities import Capability
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotAllowed
from cse.audit import events
from cse.children.models import Child
from cse.children.pages import frame
from cse.children.views.common import note_extra_fields
from cse.missing.models import MissingEpisode
from cse.missing.policies import Stale
from cse.missing.queries import whole


def open_episode(request: HttpRequest, pk: Any, capability: Capability) -> MissingEpisode:
    """The episode, and a look in the log; the same 404 for one that is hidden or made up."""
    episode = get_visible_or_404(whole(), request.user, capability, pk)
    if request.method != "POST":
        events.look(str(capability), child=episode.child_id, obj=episode)
    return episode


def page(
    request: HttpRequest, template: str, child: Child, *, status: int = 200, **context: Any
) -> HttpResponse:
    """A page of the room, under the child's identity bar."""
    framed = frame(child, request.user, "missing:child")
    return render(request, f"missing/{template}.html", framed | context, status=status)


def posted(request: HttpRequest) -> Any:
    """What was posted, or None for a page that is only opened."""
    return request.POST if request.method == "POST" else None


def sent(request: HttpRequest, form: Any, child: Child) -> bool:
    """Whether a whole form was posted; fields that it never asked for are noted."""
    if request.method != "POST":
        return False
    note_extra_fields(request, form, child)
    return bool(form.is_valid())


def turned_away(request: HttpRequest, episode: MissingEpisode, check: Any, *args: Any) -> Any:
    """Back to the episode with the reason, where a page is opened and its act is refused.

    A form that was posted meets the act itself, and keeps what was typed.
    """
    if request.method == "POST":
        return None
    try:
        check(request.user, *args)
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("missing:episode", episode.pk)
    return None


def at_version(form: Any, version: int) -> Any:
    """The same form with what was typed, on the newest version: sent again it is saved."""
    return _with(form, version=str(version))


def with_another_token(form: Any) -> Any:
    """The same form with what was typed, as one of its own: sent again it is recorded as well."""
    return _with(form, token=str(uuid.uuid4()))


def _with(form: Any, **hidden: str) -> Any:
    form.data = form.data.copy()
    for name, value in hidden.items():
        form.data[name] = value
    return form


def refused(form: Any, refusal: Exception) -> int:
    """Say on the form why the act was refused; nothing typed is lost. Gives the page's status."""
    form.add_error(None, str(refusal))
    return 409 if isinstance(refusal, Stale) else 200

"""The auditor's pages. Their act (SEE_AUDIT) is asked for by cse.access.routes.

What is typed to filter by may be anybody's name: it stays in the session under a token, as a
search for a child does, and never stands in an address or a log.
"""

import uuid

from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from cse.audit import events, queries, words
from cse.audit.extra import note_extra_fields
from cse.audit.forms import LogFilterForm

NOBODY = uuid.UUID(int=0)
_KEY = "audit.filters"
MOST_KEPT = 10
"""Filters kept for one session."""


@require_http_methods(["GET", "HEAD", "POST"])
def log(request):
    """Every event, or one person's (``actor``, an id); what is typed to filter by leads on."""
    if request.method != "POST":
        form = LogFilterForm({"actor": request.GET.get("actor", "")})
        actor = form.cleaned_data["actor"] if form.is_valid() else None
        return _page(request, form, {"actor": actor} if actor else {})
    form = LogFilterForm(request.POST)
    note_extra_fields(request, form)
    if not form.is_valid():
        return _page(request, form, {})
    return redirect("audit:found", _keep(request, form))


@require_safe
def found(request, token):
    """The events that fit what was typed; without it (another session) the whole log."""
    typed = request.session.get(_KEY, {}).get(str(token))
    if typed is None:
        return redirect("audit:log")
    return _page(request, LogFilterForm(typed), {})


def _keep(request, form):
    """What was typed, under a new token."""
    token = uuid.uuid4()
    typed = {name: request.POST[name] for name in _controls(form) if name in request.POST}
    kept = {**request.session.get(_KEY, {}), str(token): typed}
    request.session[_KEY] = dict(list(kept.items())[-MOST_KEPT:])
    return token


def _controls(form):
    """The names under which a page sends the form; a date has three."""
    for name, field in form.fields.items():
        parts = getattr(field.widget, "PARTS", ())
        yield from (f"{name}-{part}" for part in parts) if parts else (name,)


def _page(request, form, address):
    """A page of events; ``address`` is what its own links say besides where they go on from."""
    said = form.cleaned_data if form.is_valid() else {}
    filters = _filters(said) if said else queries.Filters()
    page = queries.log_page(filters, _before(request))
    # Looking at the log is itself written down: what was looked for, not what was found.
    asked = sorted(name for name, value in said.items() if value)
    events.look("see the audit log", data={"filters": asked})
    context = {
        "form": form,
        "has_errors": bool(form.errors),
        "rows": [
            (event, words.what(event), words.answer(event), words.changed(event))
            for event in page.events
        ],
        "names": queries.actor_names(page.events),
        "about": queries.about_whom(page.events),
        "references": queries.references(page.events),
        "older": f"?{urlencode({**address, 'before': page.older})}" if page.older else "",
        "newest": f"?{urlencode(address)}" if "before" in request.GET else "",
        "actor": filters.actor,
    }
    return render(request, "audit/log.html", context)


def _filters(said):
    child = None
    if said["reference"]:
        child = queries.child_with_reference(said["reference"]) or NOBODY
    return queries.Filters(
        act=said["act"],
        decision=said["decision"],
        actor=said["actor"],
        child=child,
        from_day=said["from_day"],
        until_day=said["until_day"],
    )


def _before(request):
    typed = request.GET.get("before", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 18 else None

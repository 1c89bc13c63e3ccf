"""The auditor's page. Its act (SEE_AUDIT) is asked for by cse.access.routes."""

import uuid

from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from cse.audit import events, queries
from cse.audit.forms import LogFilterForm

NOBODY = uuid.UUID(int=0)


@require_safe
def log(request):
    form = LogFilterForm(request.GET)
    filters = _filters(form) if form.is_valid() else queries.Filters()
    page = queries.log_page(filters, _before(request))
    # Looking at the log is itself written down: what was looked for, not what was found.
    asked = {name: value for name, value in request.GET.items() if name in form.fields and value}
    events.look("see the audit log", data={"filters": sorted(asked)})
    kept = {name: value for name, value in request.GET.items() if name != "before" and value}
    context = {
        "form": form,
        "has_errors": bool(form.errors),
        "events": page.events,
        "names": queries.actor_names(page.events),
        "references": queries.references(page.events),
        "older": f"?{urlencode({**kept, 'before': page.older})}" if page.older else "",
        "newest": f"?{urlencode(kept)}" if "before" in request.GET else "",
        "actor": filters.actor,
        "is_filtered": bool(asked),
    }
    return render(request, "audit/log.html", context)


def _filters(form):
    said = form.cleaned_data
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

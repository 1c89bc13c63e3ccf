"""The child's page, their details, and what happened."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.children.actions.record import edit_child
from cse.children.forms import EditChildForm
from cse.children.forms.child import labels
from cse.children.pages import frame
from cse.children.panels import panels_for
from cse.children.policies import NotPossible, Stale
from cse.children.queries import my_children
from cse.children.queries.changes import changes_of
from cse.children.queries.levels import (
    is_in_effect,
    is_waiting,
    levels_of,
    never_took_effect,
    standing_of,
)
from cse.children.queries.overview import (
    contacts_of,
    is_in_team,
    leads_of,
    status_on,
    statuses_of,
    team_of,
)
from cse.children.queries.timeline import timeline
from cse.children.views.common import both_texts, note_extra_fields, visible_child


@requires(Capability.SEE_CHILD)
@require_safe
def mine(request):
    page = my_children(request.user, request.GET.get("after"))
    return render(request, "children/mine.html", {"page": page})


@requires(Capability.SEE_CHILD)
@require_safe
def show(request, child_id):
    child = visible_child(request, child_id)
    today = timezone.localdate()
    events, statuses = list(levels_of(child)), list(statuses_of(child))
    context = {
        "standing": standing_of(events),
        "status": status_on(statuses, today),
        "members": [member for member in team_of(child) if is_in_team(member, today)],
        "leads": list(leads_of(child.created_by_agency_id, today)),
        "contacts": contacts_of(child.authority_id),
        "panels": panels_for(child, request.user),
    }
    page = frame(child, request.user, "children:child", events, statuses)
    return render(request, "children/child.html", page | context)


@requires(Capability.EDIT_CHILD)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, child_id):
    child = visible_child(request, child_id, Capability.EDIT_CHILD)
    form = EditChildForm(request.POST if request.method == "POST" else None, child=child)

    if request.method == "POST":
        note_extra_fields(request, form, child)
        if form.is_valid():
            try:
                return _save(request, child, form)
            except Stale:
                return both_texts(request, child, form)
            except NotPossible as refusal:
                form.add_error(refusal.field or None, str(refusal))
    page = frame(child, request.user)
    return render(request, "children/edit.html", page | {"form": form})


def _save(request, child, form):
    version = form.cleaned_data["version"]
    edit_child(child=child, by=request.user, version=version, facts=form.facts())
    messages.success(request, "Saved")
    return redirect("children:child", child.pk)


@requires(Capability.SEE_TIMELINE)
@require_safe
def events_over_time(request, child_id):
    child = visible_child(request, child_id, Capability.SEE_TIMELINE)
    page = timeline(
        child,
        request.user,
        before=request.GET.get("before"),
        after=request.GET.get("after"),
    )
    context = frame(child, request.user, "children:timeline") | {"page": page, "labels": labels()}
    return render(request, "children/timeline.html", context)


@requires(Capability.SEE_CHILD)
@require_safe
def changes(request, child_id):
    child = visible_child(request, child_id)
    page = changes_of(child, request.user, before=request.GET.get("before"))
    context = frame(child, request.user, "children:changes") | {"page": page}
    return render(request, "children/changes.html", context)


@requires(Capability.SEE_CHILD)
@require_safe
def levels(request, child_id):
    child = visible_child(request, child_id)
    events = list(levels_of(child))
    rows = [(event, is_in_effect(event), is_waiting(event)) for event in events]
    never = {event.pk for event in events if never_took_effect(event, events)}
    context = {"rows": rows, "never": never, "standing": standing_of(events)}
    page = frame(child, request.user, "children:levels", events)
    return render(request, "children/levels.html", page | context)

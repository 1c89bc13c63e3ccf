"""Legal status over time, and the team around the child."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.children.actions.status import end_legal_status, record_legal_status, set_status_aside
from cse.children.actions.team import add_team_member, end_team_member
from cse.children.forms import EndForm, LegalStatusForm, MistakeForm, TeamMemberForm
from cse.children.forms.team import ME
from cse.children.models import LegalStatus, TeamMember
from cse.children.pages import frame
from cse.children.policies import NotPossible
from cse.children.queries.overview import (
    is_in_team,
    leads_of,
    mistaken_statuses_of,
    statuses_of,
    team_of,
)
from cse.children.views.common import note_extra_fields, visible_child


@requires(Capability.SEE_CHILD)
@require_safe
def statuses(request, child_id):
    child = visible_child(request, child_id)
    found = list(statuses_of(child))
    page = frame(child, request.user, "children:statuses", statuses=found)
    context = {"statuses": found, "mistaken": list(mistaken_statuses_of(child))}
    return render(request, "children/statuses.html", page | context)


@requires(Capability.RECORD_LEGAL_STATUS)
@require_http_methods(["GET", "HEAD", "POST"])
def add_status(request, child_id):
    child = visible_child(request, child_id, Capability.RECORD_LEGAL_STATUS)
    form = LegalStatusForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        note_extra_fields(request, form, child)
        if form.is_valid():
            try:
                record_legal_status(child=child, by=request.user, **form.cleaned_data)
            except NotPossible as refusal:
                form.add_error(refusal.field or None, str(refusal))
            else:
                messages.success(request, "The legal status is recorded")
                return redirect("children:statuses", child.pk)
    context = frame(child, request.user, "children:statuses") | {"form": form}
    return render(request, "children/add_status.html", context)


@requires(Capability.RECORD_LEGAL_STATUS)
@require_http_methods(["GET", "HEAD", "POST"])
def end_status(request, child_id, status_id):
    child = visible_child(request, child_id, Capability.RECORD_LEGAL_STATUS)
    status = _status(request, child, status_id)
    if status.set_aside_reason:
        return redirect("children:statuses", child.pk)
    return _end(request, child, _what(status), "children:statuses", status, end_legal_status)


@requires(Capability.RECORD_LEGAL_STATUS)
@require_http_methods(["GET", "HEAD", "POST"])
def set_aside(request, child_id, status_id):
    """It was recorded by mistake: kept with the reason, and counted no more."""
    child = visible_child(request, child_id, Capability.RECORD_LEGAL_STATUS)
    status = _status(request, child, status_id)
    if status.set_aside_reason:
        return redirect("children:statuses", child.pk)
    form = MistakeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        note_extra_fields(request, form, child)
        if form.is_valid():
            before = set_status_aside(status=status, by=request.user, **form.cleaned_data)
            again = f" {before.get_kind_display()} lasts again, as before it." if before else ""
            messages.success(request, f"The legal status is set aside and counts no more.{again}")
            return redirect("children:statuses", child.pk)
    context = {"form": form, "what": _what(status), "status": status}
    page = frame(child, request.user, "children:statuses")
    return render(request, "children/set_status_aside.html", page | context)


def _status(request, child, status_id):
    return get_visible_or_404(
        LegalStatus.objects.filter(child=child),
        request.user,
        Capability.RECORD_LEGAL_STATUS,
        status_id,
    )


def _what(status):
    return f"{status.get_kind_display()}, since {_day(status.starts_on)}"


@requires(Capability.SEE_CHILD)
@require_safe
def team(request, child_id):
    child = visible_child(request, child_id)
    today = timezone.localdate()
    members = list(team_of(child))
    context = {
        "members": [member for member in members if is_in_team(member, today)],
        "former": [member for member in members if not is_in_team(member, today)],
        "leads": list(leads_of(child.created_by_agency_id, today)),
    }
    return render(
        request, "children/team.html", frame(child, request.user, "children:team") | context
    )


@requires(Capability.EDIT_CHILD)
@require_http_methods(["GET", "HEAD", "POST"])
def add_member(request, child_id):
    child = visible_child(request, child_id, Capability.EDIT_CHILD)
    form = TeamMemberForm(
        request.POST if request.method == "POST" else None,
        initial={"starts_on": timezone.localdate()},
    )
    if request.method == "POST":
        note_extra_fields(request, form, child)
        if form.is_valid():
            try:
                add_team_member(child=child, by=request.user, **_member(request, form))
            except NotPossible as refusal:
                form.add_error(refusal.field or None, str(refusal))
            else:
                messages.success(request, "Added to the team around the child")
                return redirect("children:team", child.pk)
    context = frame(child, request.user, "children:team") | {
        "form": form,
        "leading": next((each.person for each in team_of(child) if _leads(each)), ""),
    }
    return render(request, "children/add_member.html", context)


def _leads(member):
    return member.is_lead_professional and member.ends_on is None


def _member(request, form):
    facts = dict(form.cleaned_data)
    if facts.pop("who") == ME:
        facts |= {"user": request.user, "name": ""}
    return facts


@requires(Capability.EDIT_CHILD)
@require_http_methods(["GET", "HEAD", "POST"])
def end_member(request, child_id, member_id):
    child = visible_child(request, child_id, Capability.EDIT_CHILD)
    member = get_visible_or_404(
        TeamMember.objects.filter(child_id=child_id).select_related("user"),
        request.user,
        Capability.EDIT_CHILD,
        member_id,
    )
    what = f"{member.person}, {member.part}"
    return _end(request, child, what, "children:team", member, end_team_member)


def _end(request, child, what, back, row, act):
    """Ask for the last day of a status or a membership, and end it."""
    form = EndForm(
        request.POST if request.method == "POST" else None,
        initial={"ends_on": timezone.localdate()},
    )
    if request.method == "POST":
        note_extra_fields(request, form, child)
        if form.is_valid():
            try:
                act(**{_NAME[type(row)]: row}, by=request.user, **form.cleaned_data)
            except NotPossible as refusal:
                form.add_error(refusal.field or None, str(refusal))
            else:
                messages.success(request, "Saved")
                return redirect(back, child.pk)
    context = {"form": form, "what": what, "back": back}
    return render(request, "children/end.html", frame(child, request.user, back) | context)


_NAME = {LegalStatus: "status", TeamMember: "member"}


def _day(day):
    return f"{day.day} {day:%B} {day.year}"

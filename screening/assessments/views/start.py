"""A child's assessments; starting one, taking a newer screen, setting a draft aside."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.audit.extra import note_extra_fields
from cse.children.pages import frame
from screening import queries as screens
from screening.assessments import queries
from screening.assessments.actions import set_aside_assessment, start_assessment, use_screen
from screening.assessments.forms import StartForm
from screening.assessments.local_form import LABEL, SOURCES
from screening.assessments.panel import asked_for, rows_of, statutory_rows
from screening.assessments.policies import (
    check_can_set_aside,
    check_can_start,
    check_can_track,
    form_of,
    why_not,
)
from screening.assessments.views.common import TAB, open_assessment, page, posted
from screening.forms import ReasonForm
from screening.policies import Refused
from screening.views.common import open_child


@require_safe
@requires(Capability.SEE_ASSESSMENT)
def assessments(request, child_id):
    """A child's assessments, and what children's social care has begun."""
    child = open_child(request, child_id, Capability.SEE_ASSESSMENT)
    today = timezone.localdate()
    found = list(queries.assessments_of(request.user, child.pk))
    statutory = list(queries.statutory_of(request.user, child.pk))
    asked = asked_for([*found, *statutory])
    return render(
        request,
        "screening/assessment/child.html",
        {
            "rows": rows_of(found, asked),
            "statutory": statutory_rows(statutory, asked),
            "form_name": form_of(child.authority.tool_key).label,
            "label": LABEL,
            "may_start": not why_not(check_can_start, request.user, child, today),
            "may_track": not why_not(check_can_track, request.user, child),
            **frame(child, request.user, TAB),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.ASSESS)
def start(request, child_id):
    """Begin on the child's last screen, or say why there is none."""
    child = open_child(request, child_id, Capability.ASSESS)
    screen = screens.newest_screen(child.pk)
    form = StartForm(posted(request), needs_reason=screen is None)
    note_extra_fields(request, form, child.pk)
    refused = why_not(check_can_start, request.user, child, timezone.localdate())
    if request.method == "POST" and not refused and form.is_valid():
        draft, is_new = start_assessment(
            child=child, by=request.user, no_screen_reason=form.cleaned_data.get("reason", "")
        )
        if not is_new:
            messages.info(request, "This draft is open already: you are now in it.")
        return redirect("screening:assessment-draft", pk=draft.pk)
    return render(
        request,
        "screening/assessment/start.html",
        {
            "form": form,
            "screen": screen,
            "refused": refused,
            "form_name": form_of(child.authority.tool_key).label,
            "source": SOURCES.get(child.authority.tool_key, ""),
            "label": LABEL,
            "contacts": screens.contacts_for(child.authority_id),
            **frame(child, request.user, TAB),
        },
        status=403 if refused and request.method == "POST" else 200,
    )


@require_http_methods(["POST"])
@requires(Capability.ASSESS)
def take_screen(request, pk):
    """Let the draft rest on the newest screen."""
    opened = open_assessment(request, pk, Capability.ASSESS)
    note_extra_fields(request, None, opened.assessment.child_id)
    newest = queries.newer_screen(opened.assessment)
    if newest is not None:
        try:
            use_screen(assessment_id=pk, screen_id=newest.pk, by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The draft rests on the newer screen. Your texts are kept.")
    return redirect("screening:assessment-draft", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.ASSESS)
def put_aside(request, pk):
    """Set a draft aside that should not have been started."""
    opened = open_assessment(request, pk, Capability.ASSESS)
    if not opened.assessment.is_draft:
        return redirect("screening:assessment", pk=pk)
    form = ReasonForm(posted(request))
    note_extra_fields(request, form, opened.assessment.child_id)
    refused = why_not(check_can_set_aside, request.user, opened.assessment)
    if request.method == "POST" and not refused and form.is_valid():
        set_aside_assessment(assessment_id=pk, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, "The draft was set aside. It is kept, and nobody can change it.")
        return redirect(TAB, child_id=opened.assessment.child_id)
    waiting = [each for each in opened.contributions if each.waits]
    return page(
        request,
        "set_aside",
        opened,
        form=form,
        waiting=waiting,
        refused=refused,
        status=403 if refused and request.method == "POST" else 200,
    )

"""Asking for contributions, and the page of somebody who was asked: the request, not the record."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotVisible
from cse.audit import events
from cse.audit.extra import note_extra_fields
from cse.children.pages import age_in_words
from cse.interface.forms import unsaved_words
from cse.interface.queries import hints_for
from cse.interface.words import date_words
from screening.assessments import queries
from screening.assessments.actions import (
    ask_contribution,
    give_contribution,
    keep_contribution,
    withdraw_request,
    write_down,
)
from screening.assessments.actions.contributions import StaleContribution, questions_of
from screening.assessments.forms import MANUAL, AskForm, ContributionForm, WriteDownForm
from screening.assessments.policies import check_asks, check_can_ask, is_asked, why_not
from screening.assessments.views.common import (
    address_of,
    asking_page,
    open_assessment,
    open_statutory,
    posted,
)
from screening.forms import ReasonForm, read_version
from screening.models import Contribution
from screening.policies import Refused
from screening.views.common import is_autosave

ASKED = "They are asked. You see here when they have answered."
ASKED_AGAIN = (
    "They had been asked already and have not answered: your question stands in that request now, "
    "before what was asked first. You see here when they have answered."
)
ASKED_FOR_MORE = (
    "They have been asked for more since you opened this page. Read what stands here now; what you "
    "typed is below and is not saved yet."
)
form_view = require_http_methods(["GET", "HEAD", "POST"])


@form_view
@requires(Capability.ASSESS)
def ask(request, pk):
    """Ask for contributions to an assessment in a local form."""
    opened = open_assessment(request, pk, Capability.ASSESS)
    return _asking(request, opened.assessment, opened.contributions, assessment_id=pk)


@form_view
@requires(Capability.TRACK_ASSESSMENT)
def ask_for_statutory(request, pk):
    """The same for what children's social care has begun."""
    row = open_statutory(request, pk, Capability.TRACK_ASSESSMENT)
    return _asking(request, row, queries.contributions_to([pk]), statutory_id=pk)


def _asking(request, record, asked, **to):
    """Choose somebody of the team around the child, or find a person or team, and ask them."""
    refused = why_not(check_can_ask, request.user, record)
    around = queries.team_around(record.child_id, request.user)
    form = AskForm(around, posted(request))
    if "find" not in request.POST:
        note_extra_fields(request, form, record.child_id)
    if request.method == "POST" and "find" in request.POST:
        form.only_find()
    elif request.method == "POST" and not refused and form.is_valid():
        try:
            row = _ask(request, form.cleaned_data, **to)
        except Refused as refusal:
            form.add_error("chosen", str(refusal))
        else:
            messages.success(request, ASKED_AGAIN if len(questions_of(row)) > 1 else ASKED)
            return redirect(address_of(record))
    return asking_page(
        request, "ask", record, form=form, manual=MANUAL, refused=refused, contributions=asked
    )


def _ask(request, cleaned, **to):
    if cleaned["chosen"] == MANUAL:
        asked = {"name": cleaned["name"], "agency_name": cleaned["agency_name"]}
    else:
        asked = queries.principal_of(cleaned["chosen"])
    return ask_contribution(
        by=request.user,
        question=cleaned["question"],
        due_on=cleaned["due_on"],
        **to,
        **asked,
    )


@form_view
@requires(Capability.CONTRIBUTE)
def contribution(request, pk):
    """The request with what its writer needs, and nothing else of the child's record."""
    row = _asked_row(request, pk)
    if request.method == "POST":
        return _answer(request, row)
    wording = "words" in request.GET
    hints = hints_for(row.text) if wording else ()
    return _request_page(request, row, ContributionForm(initial={"text": row.text}), hints=hints)


def _asked_row(request, pk):
    rows = Contribution.objects.select_related(
        "assessment__child",
        "assessment__agency",
        "statutory__child",
        "statutory__agency",
        "asked_by",
        "asked_user",
        "asked_team__agency",
        "answered_by",
    )
    row = get_visible_or_404(rows, request.user, Capability.CONTRIBUTE, pk)
    if not is_asked(request.user, row):
        events.refused(str(Capability.CONTRIBUTE), rule="not asked", child_id=row.child.pk, obj=row)
        raise NotVisible
    if request.method != "POST":
        events.look(str(Capability.CONTRIBUTE), child=row.child, obj=row)
    return row


def _answer(request, row):
    keep = is_autosave(request) or request.POST.get("act") == "keep" or _wording(request)
    form = ContributionForm(request.POST, keep_only=keep)
    note_extra_fields(request, form, row.child.pk)
    if not form.is_valid():
        if is_autosave(request):
            return JsonResponse({"unsaved": unsaved_words(form)})
        return _request_page(request, row, form, version=read_version(request.POST))
    sent = {
        "contribution_id": row.pk,
        "text": form.cleaned_data["text"],
        "version": read_version(request.POST),
        "by": request.user,
    }
    try:
        if keep:
            return _kept(request, keep_contribution(**sent))
        give_contribution(answer=form.cleaned_data["answer"], **sent)
    except (StaleContribution, Refused):
        if is_autosave(request):
            return JsonResponse({}, status=409)
        row.refresh_from_db()
        return _request_page(request, row, form, stale=True, status=409)
    messages.success(request, "Thank you. Your answer is kept under your name, and is not changed.")
    return redirect("worklist:home")


def _wording(request):
    return "check_wording" in request.POST


def _kept(request, row):
    if is_autosave(request):
        return JsonResponse({"saved_at": f"{timezone.localtime():%H:%M}", "version": row.version})
    if _wording(request):
        return redirect(f"{request.path}?words=1")
    messages.success(
        request, "What you have written is kept. Nobody else reads it until you send it."
    )
    return redirect("worklist:home")


def _request_page(request, row, form, *, stale=False, status=200, version=None, hints=()):
    child = row.child
    return render(
        request,
        "screening/assessment/contribution.html",
        {
            "row": row,
            "child": child,
            "age": age_in_words(child),
            "born": date_words(child.date_of_birth, "Not known"),
            "form": form,
            "stale": stale,
            "late": row.is_late(timezone.localdate()),
            "version": row.version if version is None else version,
            "hints": hints,
            "has_errors": bool(form.is_bound and form.errors),
        },
        status=status,
    )


@form_view
@requires(Capability.ASSESS)
def requested(request, pk):
    """A request that somebody made: take it back, or write down what was said by telephone."""
    row = _own_request(request, pk)
    refused = why_not(check_asks, request.user, row.record)
    if not row.waits and request.method != "POST":
        return redirect(address_of(row.record))
    withdrawing = request.POST.get("act") == "withdraw" or "reason" in request.POST
    forms = (
        WriteDownForm(None if withdrawing else request.POST or None),
        ReasonForm(request.POST if withdrawing else None),
    )
    form = forms[1] if withdrawing else forms[0]
    note_extra_fields(request, form, row.child.pk)
    if request.method == "POST" and not refused and form.is_valid():
        try:
            _deal_with(request, row, form, withdrawing=withdrawing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        except StaleContribution:
            form.add_error(None, ASKED_FOR_MORE)
            return _deal_page(request, row.pk, forms, refused, told=True)
        else:
            return redirect(address_of(row.record))
    return _deal_page(request, row.pk, forms, refused)


def _own_request(request, pk):
    rows = Contribution.objects.select_related(
        "assessment__child__authority",
        "statutory__child__authority",
        "asked_user",
        "asked_team__agency",
        "asked_by",
        "answered_by",
    )
    row = get_visible_or_404(rows, request.user, Capability.ASSESS, pk)
    if request.method != "POST":
        events.look(str(Capability.SEE_ASSESSMENT), child=row.child, obj=row.record)
    return row


def _deal_with(request, row, form, *, withdrawing):
    if withdrawing:
        reason = form.cleaned_data["reason"].strip()
        if (row.withdrawn_by_id, row.withdrawn_reason) == (request.user.pk, reason):
            return  # a double click
        withdraw_request(
            contribution_id=row.pk,
            by=request.user,
            reason=reason,
            version=read_version(request.POST),
        )
        messages.success(request, "It is no longer asked for. Their access has ended.")
        return
    write_down(
        contribution_id=row.pk,
        by=request.user,
        version=read_version(request.POST),
        **form.cleaned_data,
    )
    messages.success(request, "It is written down under their name and yours.")


def _deal_page(request, pk, forms, refused, *, told=False):
    """The request as it stands now: somebody may have dealt with it since it was opened.

    Who was ``told`` that more is asked for reads it here; before that the form is of its version.
    """
    row = _own_request(request, pk)
    older = request.method == "POST" and not told
    return asking_page(
        request,
        "request",
        row.record,
        row=row,
        form=forms[0],
        withdrawal=forms[1],
        refused=refused,
        version=read_version(request.POST) if older else row.version,
        status=409 if told or not row.waits else 200,
    )

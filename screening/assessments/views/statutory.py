"""What children's social care has begun: a single assessment, section 17, section 47."""

import datetime as dt
from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.audit.extra import note_extra_fields
from cse.children.pages import frame
from cse.interface.meeting import meet
from cse.interface.words import date_words
from screening.assessments import queries
from screening.assessments.actions import (
    conclude_statutory,
    correct_statutory,
    record_risks,
    record_statutory,
    take_back_statutory,
)
from screening.assessments.actions.statutory import StaleStatus
from screening.assessments.forms import (
    NO_OUTCOME,
    OUTCOME_HINTS,
    CorrectStatutoryForm,
    OutcomeForm,
    RisksForm,
    StatutoryForm,
    kinds_offered,
)
from screening.assessments.policies import check_can_ask, check_can_track, why_not
from screening.assessments.views.common import TAB, open_statutory, posted
from screening.forms import read_version
from screening.models import StatutoryKind
from screening.policies import Refused
from screening.views.common import open_child

CHANGED = (
    "Somebody changed this after you opened it. What you typed is still here, and not saved: read "
    "what stands here now, then send it again if it is still right."
)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.TRACK_ASSESSMENT)
def record(request, child_id):
    """Record that one was begun; one of a kind runs at a time."""
    child = open_child(request, child_id, Capability.TRACK_ASSESSMENT)
    every = queries.statutory_of(request.user, child.pk)
    running = {each.kind for each in every if each.is_open}
    choices = kinds_offered(running, request.POST.get("kind", ""))
    form = StatutoryForm(choices, posted(request))
    note_extra_fields(request, form, child.pk)
    refused = why_not(check_can_track, request.user, child)
    if request.method == "POST" and not refused and form.is_valid():
        try:
            record_statutory(child=child, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("started_on", str(refusal))
        else:
            messages.success(request, "It is recorded.")
            return redirect(TAB, child_id=child.pk)
    context = {"form": form, "refused": refused, "choices": choices}
    return _page(request, "record", child, context, refused)


@require_safe
@requires(Capability.SEE_ASSESSMENT)
def show(request, pk):
    """One of them: how it stands, and what agencies contribute to it."""
    row = open_statutory(request, pk)
    refused = why_not(check_can_track, request.user, row.child_id)
    context = {
        "row": row,
        "risks_before": queries.risks_before(row),
        "contributions": queries.contributions_to([pk]),
        "may_track": not refused and not row.mistake_reason,
        "may_ask": not why_not(check_can_ask, request.user, row),
    }
    return _page(request, "show", row.child, context, refused)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.TRACK_ASSESSMENT)
def outcome(request, pk):
    """What came of it, when, and what that rests on."""
    row = open_statutory(request, pk, Capability.TRACK_ASSESSMENT)
    form = OutcomeForm(row.kind, posted(request))
    note_extra_fields(request, form, row.child_id)
    refused = why_not(check_can_track, request.user, row.child_id)
    if request.method == "POST" and not refused and form.is_valid():
        try:
            conclude_statutory(
                statutory_id=pk,
                by=request.user,
                version=read_version(request.POST),
                **form.cleaned_data,
            )
        except StaleStatus as stale:
            return _told(request, "outcome", stale.found, form)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The outcome is recorded.")
            return redirect(TAB, child_id=row.child_id)
    elif request.method != "POST" and not row.is_open:
        return redirect("screening:statutory-correct", pk=pk)
    return _row_page(request, "outcome", row, form, refused=refused)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.TRACK_ASSESSMENT)
def risks(request, pk):
    """The risks that stand in a single assessment, and what each agency does (W §10.4)."""
    row = open_statutory(request, pk, Capability.TRACK_ASSESSMENT)
    form = RisksForm(posted(request), initial=_risks_of(row))
    note_extra_fields(request, form, row.child_id)
    refused = why_not(check_can_track, request.user, row.child_id)
    if request.method == "POST" and not refused and form.is_valid():
        try:
            record_risks(
                statutory_id=pk,
                by=request.user,
                version=read_version(request.POST),
                **form.cleaned_data,
            )
        except StaleStatus as stale:
            return _met(request, "risks", stale.found, form, RisksForm, _risks_of)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "It is recorded with the single assessment.")
            return redirect("screening:statutory", pk=pk)
    elif request.method != "POST" and (row.kind != StatutoryKind.SINGLE or row.mistake_reason):
        return redirect("screening:statutory", pk=pk)
    return _row_page(request, "risks", row, form, refused=refused)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.TRACK_ASSESSMENT)
def correct(request, pk):
    """Put days, outcome or reason right, or take it back; what stood there stays in the history."""
    row = open_statutory(request, pk, Capability.TRACK_ASSESSMENT)
    form = CorrectStatutoryForm(row.kind, posted(request), initial=_stored(row))
    note_extra_fields(request, form, row.child_id)
    refused = why_not(check_can_track, request.user, row.child_id)
    if request.method == "POST" and not refused and form.is_valid():
        try:
            _correct(request, row, form.cleaned_data)
        except StaleStatus as stale:
            again = partial(CorrectStatutoryForm, row.kind)
            return _met(request, "correct", stale.found, form, again, _stored)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "It is corrected. What stood there is kept in the history.")
            return redirect(TAB, child_id=row.child_id)
    return _row_page(request, "correct", row, form, refused=refused)


def _correct(request, row, cleaned):
    same = {"statutory_id": row.pk, "version": read_version(request.POST), "by": request.user}
    if cleaned["is_mistake"]:
        return take_back_statutory(why=cleaned["why"], **same)
    ended = cleaned["outcome"] not in (NO_OUTCOME, "")
    return correct_statutory(
        started_on=cleaned["started_on"],
        outcome=cleaned["outcome"] if ended else "",
        on=cleaned["on"] if ended else None,
        outcome_reason=cleaned["outcome_reason"] if ended else "",
        why=cleaned["why"],
        **same,
    )


def _risks_of(row):
    return {"risks": row.risks, "interventions": row.interventions}


def _stored(row):
    return {
        "started_on": row.started_on,
        "outcome": row.outcome or NO_OUTCOME,
        "on": row.outcome_on,
        "outcome_reason": row.outcome_reason,
    }


def _met(request, template, row, form, again, stored):
    """Somebody else changed it: what only they changed is taken over, and both texts are shown."""
    if row.mistake_reason:
        return _told(request, template, row, form)
    version = read_version(request.POST)
    then = row.history.filter(version=version).order_by("-history_id").first()
    now = stored(row)
    met = meet(
        form,
        stored(then.instance) if then else {},
        now | {"version": row.version},
        again=again,
        units=[(name,) for name in now],
        words=CHANGED,
    )
    fields = met.form.fields
    theirs = [(fields[name].label, _words(fields[name], now[name])) for (name,) in met.theirs]
    return _row_page(request, template, row, met.form, told=True, theirs=theirs)


def _told(request, template, row, form):
    """The same where nothing of theirs goes into the form, or where nothing can be sent any more:
    what was typed is shown then, to copy.
    """
    ended = row.mistake_reason or (template == "outcome" and not row.is_open)
    typed = _typed(form) if ended else ""
    return _row_page(request, template, row, form, told=True, unsent=typed)


def _typed(form):
    said = ((form.fields[name], value) for name, value in form.cleaned_data.items() if value)
    return "\n\n".join(f"{field.label} {_words(field, value)}" for field, value in said)


def _words(field, value):
    if isinstance(value, dt.date):
        return date_words(value)
    if value is True:
        return "Yes"
    return dict(getattr(field, "choices", ())).get(value, value)


def _row_page(request, template, row, form, *, told=False, refused="", **more):
    """The row as it stands. Who was ``told`` that it has changed reads it here, and sends again
    about that; before that the form is of the version that it was opened with.
    """
    older = form.is_bound and not told
    context = {
        "row": row,
        "form": form,
        "stale": told,
        "theirs": (),
        "unsent": "",
        "refused": refused,
        "version": read_version(request.POST) if older else row.version,
        "hints": OUTCOME_HINTS,
        "waiting": [each for each in queries.contributions_to([row.pk]) if each.waits],
        "changes": list(row.history.select_related("history_user").order_by("-history_id")[:20]),
        **more,
    }
    return _page(request, template, row.child, context, refused, 409 if told else 200)


def _page(request, template, child, context, refused, status=200):
    if refused and request.method == "POST":
        status = 403
    context = {**context, **frame(child, request.user, TAB)}
    return render(
        request, f"screening/assessment/statutory_{template}.html", context, status=status
    )

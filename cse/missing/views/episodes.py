"""An episode: recorded, read, the return, corrections, the police's grade, set aside."""

import uuid

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import NotAllowed, NotVisible, can
from cse.children.views.common import visible_child
from cse.clocks.pictures import picture_of
from cse.clocks.queries import clocks_of
from cse.interface.words import datetime_words
from cse.missing import actions, forms
from cse.missing.coordinators import is_sealed, stands_in
from cse.missing.models import Grade
from cse.missing.patterns import length_words
from cse.missing.policies import (
    SentAlready,
    Stale,
    check_can_change,
    check_can_return,
    check_can_set_aside,
    may,
)
from cse.missing.queries import course_of, history_of
from cse.missing.transitions import OPEN
from cse.missing.views.common import (
    at_version,
    open_episode,
    page,
    posted,
    refused,
    sent,
    turned_away,
    with_another_token,
)
from cse.missing.views.meeting import onto_newest
from cse.missing.views.words import episode_changes, interview_changes

form_view = require_http_methods(["GET", "HEAD", "POST"])


@requires(Capability.RECORD_MISSING)
@form_view
def record(request, child_id):
    """Record that the child is missing, or was."""
    child = visible_child(request, child_id, Capability.RECORD_MISSING)
    form = forms.RecordForm(posted(request), initial={"token": uuid.uuid4()})
    status = 200
    if sent(request, form, child):
        token = form.cleaned_data["token"] or uuid.uuid4()
        try:
            episode = actions.record(child=child, by=request.user, token=token, facts=form.facts())
        except NotAllowed as refusal:
            status = refused(form, refusal)
            if isinstance(refusal, SentAlready):
                form = with_another_token(form)
        else:
            if actions.came_back_since(episode):
                messages.success(
                    request,
                    "Recorded. They were missing again later: record now how"
                    " they came back from this one.",
                )
                return redirect("missing:return", episode.pk)
            messages.success(
                request, "Recorded. Record the return as soon as you know that they are back."
            )
            return redirect("missing:episode", episode.pk)
    sealed = is_sealed(child_id)
    return page(request, "record", child, status=status, form=form, sealed=sealed)


@requires(Capability.SEE_MISSING)
@require_safe
def show(request, pk):
    """An episode whole: the facts, the return, the interview with its clock, the changes."""
    episode = open_episode(request, pk, Capability.SEE_MISSING)
    interview = getattr(episode, "interview", None)
    now = timezone.now()
    clocks = clocks_of(episode)
    rows = history_of(interview) if interview else []
    return page(
        request,
        "episode",
        episode.child,
        episode=episode,
        interview=interview,
        length=length_words((episode.returned_at or now) - episode.started_at),
        clocks=[picture_of(clock, now=now, may_explain=True) for clock in clocks],
        acts={act.value for act in may(request.user, interview)} if interview else set(),
        may_change=can(request.user, Capability.RECORD_MISSING, episode.child)
        and not episode.is_set_aside,
        inside_alone=bool(interview) and stands_in(request.user, episode),
        sealed=is_sealed(episode.child_id),
        asked_cannot=bool(interview) and _asked_cannot(interview),
        may_set_aside=_may_set_aside(request.user, episode),
        changes=episode_changes(episode),
        interview_changes=interview_changes(interview, rows) if interview else [],
        course=course_of(rows),
    )


def _asked_cannot(interview):
    """Whether who was asked can record the interview, which is still owed, no more."""
    asked = interview.interviewer
    if asked is None or interview.stands_at not in OPEN:
        return False
    return not can(asked, Capability.RECORD_INTERVIEW, interview.episode.child_id)


def _may_set_aside(user, episode):
    try:
        check_can_set_aside(user, episode)
    except (NotAllowed, NotVisible):
        return False
    return True


@requires(Capability.RECORD_MISSING)
@form_view
def came_back(request, pk):
    """Record the return; the interview is owed from then on."""
    episode = open_episode(request, pk, Capability.RECORD_MISSING)
    form = forms.ReturnForm(posted(request))
    status = 200
    if away := turned_away(request, episode, check_can_return, episode):
        return away
    if sent(request, form, episode.child):
        try:
            owed = actions.record_return(episode_id=pk, by=request.user, facts=form.facts())
        except NotAllowed as refusal:
            status = refused(form, refusal)
        else:
            messages.success(request, _return_words(owed))
            return redirect("missing:episode", pk)
    return page(request, "return", episode.child, status=status, form=form, episode=episode)


def _return_words(interview):
    """That the interview is owed, and until when; or that the time for it has passed."""
    clock = clocks_of(interview.episode)[0]  # asked again after it was declined there are two
    late = clock.is_late_at(timezone.now())
    until = datetime_words(clock.due_at)
    return "The return is recorded. A return interview is owed: " + (
        f"it should have been held by {until}, so hold it as soon as you can."
        if late
        else f"within 72 hours of the return, by {until}."
    )


@requires(Capability.RECORD_MISSING)
@form_view
def correct(request, pk):
    """Correct what was recorded, for a reason; what it said before is kept."""
    episode = open_episode(request, pk, Capability.RECORD_MISSING)
    if away := turned_away(request, episode, check_can_change, episode):
        return away
    # A page that was opened while the child was missing asks for no return; it meets it, if whole.
    older = request.method == "POST" and "return_how" not in request.POST
    kind = forms.CorrectBothForm if episode.is_over and not older else forms.CorrectForm
    form = kind(posted(request), initial=forms.initial_of(episode))
    status, met = 200, None
    if sent(request, form, episode.child):
        try:
            actions.correct(
                episode_id=pk,
                by=request.user,
                version=form.cleaned_data["version"],
                facts=form.facts(),
                reason=form.cleaned_data["reason"],
            )
        except Stale as stale:
            episode.refresh_from_db()
            kind = forms.CorrectBothForm if episode.is_over else forms.CorrectForm
            met = onto_newest(form, episode, forms.initial_of, str(stale), kind=kind)
            form, status = met.form, 409
        except NotAllowed as refusal:
            status = refused(form, refusal)
        else:
            messages.success(request, "Corrected. What it said before is kept below.")
            return redirect("missing:episode", pk)
    context = {"form": form, "episode": episode, "theirs": met.theirs if met else ()}
    return page(request, "correct", episode.child, status=status, **context)


@requires(Capability.RECORD_MISSING)
@form_view
def grade(request, pk):
    """The police grade the risk anew (W §6.2)."""
    episode = open_episode(request, pk, Capability.RECORD_MISSING)
    if away := turned_away(request, episode, check_can_change, episode):
        return away
    initial = {"version": episode.version}
    form = forms.GradeForm(posted(request), initial=initial)
    status = 200
    if sent(request, form, episode.child):
        try:
            actions.grade_again(episode_id=pk, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            status = refused(form, refusal)
            form = at_version(form, episode.version)
        else:
            words = Grade(form.cleaned_data["grade"]).label
            messages.success(request, f"The grade is now: {words}.")
            return redirect("missing:episode", pk)
    return page(request, "grade", episode.child, status=status, form=form, episode=episode)


@requires(Capability.RECORD_MISSING)
@form_view
def set_aside(request, pk):
    """It was recorded by mistake: kept with the reason, and counted no more."""
    episode = open_episode(request, pk, Capability.RECORD_MISSING)
    if away := turned_away(request, episode, check_can_set_aside, episode):
        return away
    form = forms.ReasonForm(posted(request))
    status = 200
    if sent(request, form, episode.child):
        try:
            actions.set_aside(episode_id=pk, by=request.user, **form.cleaned_data)
        except NotAllowed as refusal:
            status = refused(form, refusal)
        else:
            messages.success(request, "The episode is set aside and counts no more.")
            if can(request.user, Capability.SEE_MISSING, episode.child_id):
                return redirect("missing:child", episode.child_id)
            return redirect("worklist:home")
    return page(request, "set_aside", episode.child, status=status, form=form, episode=episode)

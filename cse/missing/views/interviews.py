"""The return interview: who holds it, what became of asking the child, what the child said."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import NotAllowed, NotVisible, can
from cse.clocks.pictures import picture_of
from cse.clocks.queries import clocks_of
from cse.missing import actions, forms
from cse.missing.coordinators import is_sealed
from cse.missing.policies import Stale, check_interview, may
from cse.missing.transitions import Act, State
from cse.missing.views.common import (
    at_version,
    open_episode,
    page,
    posted,
    refused,
    sent,
    turned_away,
)
from cse.missing.views.meeting import onto_newest

form_view = require_http_methods(["GET", "HEAD", "POST"])


def _open(request, pk, capability):
    """The episode with its interview; one without is no page."""
    episode = open_episode(request, pk, capability)
    interview = getattr(episode, "interview", None)
    if interview is None:
        raise NotVisible
    interview.episode = episode
    return episode, interview


def _page(request, template, episode, **context):
    now = timezone.now()
    clocks = [picture_of(clock, now=now) for clock in clocks_of(episode)]
    context |= {"episode": episode, "interview": episode.interview, "clocks": clocks[:1]}
    return page(request, template, episode.child, **context)


@requires(Capability.RECORD_INTERVIEW)
@form_view
def allocate(request, pk):
    """The coordinator asks the most appropriate person (W §7).

    Who that is the act decides: of a sealed child it may be a lead.
    """
    episode, interview = _open(request, pk, Capability.RECORD_INTERVIEW)
    if away := turned_away(request, episode, check_interview, interview, Act.ALLOCATE):
        return away
    form = forms.AllocateForm(posted(request), initial={"version": interview.version})
    status = 200
    if request.method == "POST" and "find" in request.POST:
        form.only_find()
    elif sent(request, form, episode.child):
        try:
            actions.allocate(episode_id=pk, by=request.user, **_allocation(form, request.user))
        except NotAllowed as refusal:
            form, status = _stands_now(form, refusal, interview)
        else:
            messages.success(request, "The return interview is allocated.")
            return redirect("missing:episode", pk)
    sealed = is_sealed(episode.child_id)
    return _page(request, "allocate", episode, status=status, form=form, sealed=sealed)


def _stands_now(form, refusal, interview):
    """The form with why the act was refused; where somebody saved since, with how it stands now."""
    status = refused(form, refusal)
    interview.refresh_from_db()
    if form.cleaned_data["version"] not in (None, interview.version):
        form, status = at_version(form, interview.version), 409
        form.now = ", ".join(
            filter(None, (interview.get_state_display(), interview.interviewer_name))
        )
    return form, status


def _allocation(form, user):
    values = form.cleaned_data
    person = None
    if values["who"] == forms.MYSELF:
        person = user
    elif values["who"] == forms.COLLEAGUE:
        person = get_user_model().objects.get(pk=form.chosen_id[1])
    return {
        "interviewer": person,
        "outside": "" if person else values["outside"],
        "is_independent": values["independent"] == "yes",
        "why_not_independent": values["why_not_independent"],
        "reason": values["reason"],
        "version": values["version"],
    }


@requires(Capability.RECORD_INTERVIEW)
@form_view
def offer(request, pk):
    """What became of asking the child: offered, declined, or not offered and why (DEC-24)."""
    episode, interview = _open(request, pk, Capability.RECORD_INTERVIEW)
    acts = may(request.user, interview)
    asks = next((act for act in forms.ASKED if act in acts), Act.OFFER)
    if away := turned_away(request, episode, check_interview, interview, asks):
        return away
    form = forms.OfferForm(posted(request), initial={"version": interview.version})
    status = 200
    if sent(request, form, episode.child):
        try:
            _asked(pk, request.user, form.cleaned_data)
        except NotAllowed as refusal:
            form, status = _stands_now(form, refusal, interview)
        else:
            messages.success(request, "Recorded.")
            return _after(request, episode)
    form.ask_only(may(request.user, interview))
    return _page(request, "offer", episode, status=status, form=form)


def _asked(pk, by, values):
    act, reason = Act(values["what"]), values["reason"]
    said = {"episode_id": pk, "by": by, "at": values["asked_at"], "version": values["version"]}
    if act is Act.OFFER:
        actions.offer(note_text=reason, **said)
    else:
        does = actions.decline if act is Act.DECLINE else actions.do_not_offer
        does(reason=reason, **said)


@requires(Capability.RECORD_INTERVIEW)
@form_view
def hold(request, pk):
    """Record the interview; once it is recorded, the same page corrects it."""
    episode, interview = _open(request, pk, Capability.RECORD_INTERVIEW)
    held = interview.stands_at is State.HELD
    act = Act.CORRECT if held else Act.HOLD
    if away := turned_away(request, episode, check_interview, interview, act):
        return away
    # A page that was opened to record it has no reason to give: somebody has recorded it since.
    late = held and request.method == "POST" and "reason" not in request.POST
    kind = forms.CorrectInterviewForm if held and not late else forms.InterviewForm
    form = kind(posted(request), initial=forms.interview_initial(interview))
    status, met = 200, None
    if sent(request, form, episode.child):
        try:
            _write(pk, request.user, form, held=held and not late)
        except NotAllowed as refusal:
            if late or isinstance(refusal, Stale):
                met = _met(form, interview, RECORDED_SINCE if late else str(refusal))
                form, status = met.form, 409
            else:
                status = refused(form, refusal)
        else:
            messages.success(
                request, "Corrected." if held and not late else "The interview is recorded."
            )
            return _after(request, episode)
    if late and met is None:
        # What is wrong is put right first; on the version of then, it meets the other one after.
        form = forms.CorrectInterviewForm(request.POST)
        form.add_error(None, RECORDED_SINCE)
    context = {"form": form, "held": held, "theirs": met.theirs if met else ()}
    return _page(request, "interview", episode, status=status, **context)


RECORDED_SINCE = (
    "Somebody recorded this interview since you opened the page. Say why you correct it, or leave "
    "it as it is."
)


def _met(form, interview, words):
    """The form on what is stored now, and what that is."""
    interview.refresh_from_db()
    held = interview.stands_at is State.HELD
    kind = forms.CorrectInterviewForm if held else forms.InterviewForm
    return onto_newest(form, interview, forms.interview_initial, words, kind=kind)


def _write(pk, by, form, *, held):
    values = {
        "episode_id": pk,
        "by": by,
        "version": form.cleaned_data["version"],
        "at": form.cleaned_data["held_at"],
        "gathered": form.gathered(),
    }
    if held:
        actions.correct_interview(reason=form.cleaned_data["reason"], **values)
    else:
        actions.hold(**values)


def _after(request, episode):
    """The episode; home for whoever no longer sees the child."""
    if can(request.user, Capability.SEE_MISSING, episode.child_id):
        return redirect("missing:episode", episode.pk)
    return redirect("worklist:home")

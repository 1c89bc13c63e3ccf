"""Early help: offering it, the plan with outcomes and actions, meetings, its end, a referral."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotAllowed, can
from cse.access.queries import who_can_see
from cse.audit.extra import note_extra_fields
from cse.interface.meeting import meet
from cse.interface.words import date_words
from referrals.actions import helping as acts
from referrals.forms.deciding_not import TokenForm
from referrals.forms.helping import (
    ActionForm,
    ChangeForm,
    CloseForm,
    EndActionForm,
    MeetingForm,
    OfferForm,
    OutcomeForm,
)
from referrals.forms.triage import SecondForm
from referrals.models import Closing, HelpAction, HelpOutcome
from referrals.policies import Refused, SentAlready
from referrals.policies_beside import check_can_answer_ending
from referrals.queries.beside import early_help_visible_to, first_assessed
from referrals.queries.still_open import still_open
from referrals.views.records.common import (
    child_page,
    has_errors,
    new_token,
    open_child,
    open_row,
    sent_already,
    turned_away,
)
from screening.policies import is_adult

CHANGED = (
    "Somebody changed this plan while you were typing. Your text is still here, and not saved: "
    "look at the plan, then save again if it is still right."
)
ENDED = "Early help has ended. It is kept as it was."


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EARLY_HELP)
def start(request, child_id):
    """Record that early help was offered; an agency's open plan is shown instead of a second."""
    child = open_child(request, child_id, Capability.EARLY_HELP)
    if elsewhere := turned_away(request, child):
        return elsewhere
    token = TokenForm(request.POST or None, initial={"token": new_token()})
    form = OfferForm(request.POST or None, child=child)
    note_extra_fields(request, form, child.pk)
    adult = is_adult(child, timezone.localdate())
    if request.method == "POST" and not adult and form.is_valid() and token.is_valid():
        made, token = sent_already(
            form, token, lambda: _tried(form, partial(_offer, request, child, form, token))
        )
        if made:
            return redirect("referrals:early-help", pk=made[0].pk)
    context = {"form": form, "token": token, "adult": adult}
    return _page(request, "start_help", child, context, form, token)


def _offer(request, child, form, token):
    return acts.offer_help(
        child=child,
        by=request.user,
        token=token.cleaned_data["token"],
        taken_up=form.is_taken_up,
        said=form.cleaned_data,
    )


@require_safe
@requires(Capability.EARLY_HELP)
def plan(request, pk):
    """The plan: what is to be different, who does what by when, the meetings."""
    return _plan(request, _open(request, pk), SecondForm())


def _plan(request, row, form):
    today = timezone.localdate()
    context = {
        "row": row,
        "form": form,
        "may_answer": _may_answer(request.user, row),
        "today": today,
        "late": [
            each.pk
            for outcome in row.outcomes.all()
            for each in outcome.actions.all()
            if each.state == "open" and each.due_on < today
        ],
        "may_refer": can(request.user, Capability.REFER, row.child_id),
    }
    if _is_ending(row):
        reached = row.ending_because == Closing.ACHIEVED
        context["still_open"] = still_open(row, request.user, reached=reached)
    return _page(request, "early_help", row.child, context, form)


def _is_ending(row):
    return row.ending_by_id is not None and row.status != "closed"


def _may_answer(user, row):
    if not _is_ending(row):
        return False
    try:
        check_can_answer_ending(user, row)
    except NotAllowed:
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EARLY_HELP)
def change(request, pk):
    """The assessment said anew; or help that was not taken up is offered again."""
    row = _open(request, pk)
    form = _change_form(row, request.POST or None)
    note_extra_fields(request, form, row.child_id)
    theirs = ()
    if request.method == "POST" and form.is_valid():
        act = acts.take_up if form.is_taken_up else acts.offer_again
        version = form.cleaned_data["version"]
        try:
            act(help_id=pk, by=request.user, said=form.values, version=version)
        except Refused as refused:
            form.add_error(None, str(refused))
        except acts.StaleHelp:
            form, theirs = _met(_open(request, pk), form)
        else:
            return redirect("referrals:early-help", pk=pk)
    context = {"row": row, "form": form, "theirs": theirs}
    return _page(request, "change_help", row.child, context, form)


def _change_form(row, data):
    return ChangeForm(colleagues_of(row), data, initial=_stored(row), child=row.child)


ASSESSED = ("assessed_on", "needs", "strengths", "child_views", "review_on")


def _stored(row):
    """Early help as the form that changes it holds it."""
    names = (*ASSESSED, "not_taken_up_reason", "version")
    return {name: getattr(row, name) for name in names} | {
        "taken_up": "yes" if row.is_open else None,
        "lead_professional": str(row.lead_professional_id),
    }


def _met(row, form):
    """What was typed on what a colleague saved meanwhile, and what that is: (label, words)."""
    then = row.history.filter(version=form.cleaned_data["version"]).order_by("-history_id").first()
    fields = (*ASSESSED, "lead_professional", "not_taken_up_reason")
    met = meet(
        form,
        _stored(then.instance) if then else {},
        _stored(row),
        again=lambda data: _change_form(row, data),
        units=[(name,) for name in fields],
        words=CHANGED,
    )
    met.form.stale = True
    shown = met.form.fields
    theirs = [(shown[name].label, _words(row, name)) for (name,) in met.theirs]
    return met.form, tuple(theirs)


def _words(row, name):
    value = getattr(row, name)
    if name == "lead_professional":
        return value.get_full_name()
    return date_words(value) if name in ("assessed_on", "review_on") else value


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EARLY_HELP)
def outcome(request, pk):
    """Add what is to be different."""
    row = _open(request, pk)
    form = OutcomeForm(request.POST or None)
    note_extra_fields(request, form, row.child_id)
    if request.method == "POST" and form.is_valid():
        made = _tried(
            form, lambda: acts.add_outcome(help_id=pk, by=request.user, **form.cleaned_data)
        )
        if made:
            return redirect("referrals:help-add-action", pk=made.pk)
    return _page(request, "help_outcome", row.child, {"row": row, "form": form}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EARLY_HELP)
def add_action(request, pk):
    """Add who does what by when, towards one outcome."""
    rows = HelpOutcome.objects.select_related(
        "early_help__child__authority", "early_help__lead_professional"
    )
    found = _open_part(request, rows, pk)
    row = found.early_help
    form = ActionForm(colleagues_of(row), request.POST or None)
    note_extra_fields(request, form, row.child_id)
    if request.method == "POST" and form.is_valid():
        made = _tried(form, lambda: acts.add_action(outcome_id=pk, by=request.user, **form.values))
        if made:
            messages.success(request, "The action is in the plan, and waits for who does it.")
            return redirect("referrals:early-help", pk=row.pk)
    context = {"row": row, "outcome": found, "form": form}
    return _page(request, "help_add_action", row.child, context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EARLY_HELP)
def action(request, pk):
    """One action: say what came of it."""
    rows = HelpAction.objects.select_related("outcome__early_help__child__authority", "owner")
    found = _open_part(request, rows, pk)
    row = found.outcome.early_help
    form = EndActionForm(request.POST or None)
    note_extra_fields(request, form, row.child_id)
    if request.method == "POST" and form.is_valid():
        done = form.cleaned_data["state"] == "done"
        result = form.cleaned_data["result"]
        if _tried(
            form,
            lambda: acts.end_action(action_id=pk, by=request.user, done=done, result=result),
        ):
            return redirect("referrals:early-help", pk=row.pk)
    context = {"row": row, "action": found, "form": form}
    return _page(request, "help_action", row.child, context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EARLY_HELP)
def meeting(request, pk):
    """Record a meeting of the team around the child, and the day of the next."""
    row = _open(request, pk)
    form = MeetingForm(
        request.POST or None,
        initial={"version": row.version},
        child=row.child,
        begun=first_assessed(row),
    )
    note_extra_fields(request, form, row.child_id)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        said = form.cleaned_data
        if _tried(
            form,
            lambda: acts.record_meeting(help_id=pk, by=request.user, version=version, said=said),
        ):
            return redirect("referrals:early-help", pk=pk)
    return _page(request, "help_meeting", row.child, {"row": row, "form": form}, form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.EARLY_HELP)
def close(request, pk):
    """End early help, for one of the reasons there are."""
    row = _open(request, pk)
    form = CloseForm(request.POST or None, initial={"version": row.version})
    note_extra_fields(request, form, row.child_id)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if _tried(form, lambda: acts.close_help(help_id=pk, by=request.user, **said)):
            row.refresh_from_db()
            ended = row.status == "closed"
            messages.success(request, ENDED if ended else "A safeguarding lead has been asked.")
            return redirect("referrals:early-help", pk=pk)
    found = still_open(row, request.user) if row.status != "closed" else None
    context = {"row": row, "form": form, "still_open": found}
    return _page(request, "close_help", row.child, context, form)


@require_POST
@requires(Capability.SIGN_DECISION)
def answer(request, pk):
    """Agree as a lead that it ends, or not (DEC-44)."""
    rows = early_help_visible_to(request.user, Capability.SIGN_DECISION)
    row = open_row(request, rows, Capability.SIGN_DECISION, pk)
    form = SecondForm(request.POST)
    note_extra_fields(request, form, row.child_id)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("note", "about")}
        if _tried(
            form,
            lambda: acts.answer_ending(help_id=pk, by=request.user, agrees=form.agrees, **said),
        ):
            messages.success(request, ENDED if form.agrees else "Early help goes on.")
            return redirect("referrals:early-help", pk=pk)
    row.refresh_from_db()
    if "note" in form.cleaned_data and "answer" in form.cleaned_data:
        # Refused by what stands now, which the page shows: from here on it is about that.
        form.data = dict(form.data.items()) | {"about": ""}
    return _plan(request, row, form)


@require_POST
@requires(Capability.REFER)
def refer(request, pk):
    """More is needed: the draft of a referral. The plan goes on until the referral has gone."""
    row = open_row(
        request, early_help_visible_to(request.user, Capability.REFER), Capability.REFER, pk
    )
    note_extra_fields(request, None, row.child_id)
    referral = acts.refer_from_help(help_id=row.pk, by=request.user)
    return redirect("referrals:draft", pk=referral.pk)


def _open(request, pk):
    return open_row(request, early_help_visible_to(request.user), Capability.EARLY_HELP, pk)


def _open_part(request, rows, pk):
    """An outcome or an action of a child the person sees, else the one 404."""
    return get_visible_or_404(rows, request.user, Capability.EARLY_HELP, pk)


def _tried(form, act):
    """What the act gives; None, with the reason on the form, where it was refused."""
    try:
        return act()
    except SentAlready:
        raise
    except Refused as refused:
        form.add_error(None, str(refused))
    except acts.StaleHelp as stale:
        form.data = form.data.copy()
        form.data["version"] = str(stale.version)
        form.stale = True
        form.add_error(None, CHANGED)
    return None


def colleagues_of(row):
    """People who see the child and plan early help, with the lead professional."""
    able = [each.user for each in who_can_see(row.child_id) if Capability.EARLY_HELP in each.acts]
    found = {each.pk: each for each in (*able, row.lead_professional)}
    return sorted(found.values(), key=lambda each: each.get_full_name())


def _page(request, template, child, context, *forms):
    context = {**context, "has_errors": has_errors(*forms)}
    status = 409 if any(getattr(form, "stale", False) for form in forms) else 200
    return child_page(request, template, child, context, status=status)

"""Answering somebody who referred and does not agree with what was decided (W §9, field.md)."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotVisible
from cse.audit import events
from cse.audit.extra import note_extra_fields
from cse.interface.queries import hints_for
from referrals import actions, queries
from referrals.forms.triage import AnswerForm
from referrals.models import Disagreement
from referrals.policies import Refused, check_can_answer
from referrals.preview import kept_for
from referrals.reading import facts_in_words, read_parts, rules_of_referral
from referrals.screen_sent import screen_sent
from referrals.views.heads import child_head
from screening.child_then import birth_words, child_as


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.TRIAGE)
def disagreement(request, pk):
    """Both sides, the referral whole, and the answer; it waits for those who did not decide."""
    try:
        row = _open(request, pk)
    except NotVisible:
        if request.method == "POST" and _answered_by_me(request, pk):
            return redirect("/")
        raise
    why_not = _why_not(request.user, row)
    if request.method != "POST":
        return _page(request, row, AnswerForm(), why_not=why_not)
    typed = request.POST.get("answer", "")
    form = AnswerForm(request.POST)
    note_extra_fields(request, form, row.delivery.referral.child_id)
    if why_not:
        return _page(request, row, form, why_not=why_not, typed=typed, status=409)
    if "check_wording" in request.POST:
        unbound = AnswerForm(initial=request.POST.dict())
        return _page(request, row, unbound, hints=hints_for(typed))
    if not form.is_valid():
        return _page(request, row, form)
    try:
        actions.answer_disagreement(
            disagreement_id=pk,
            by=request.user,
            answer=form.cleaned_data["answer"],
            upheld=form.upholds,
        )
    except Refused as refused:  # somebody was quicker
        return _page(request, row, form, why_not=str(refused), typed=typed, status=409)
    messages.success(request, "Your answer is kept, and waits for whoever referred.")
    if form.upholds:
        messages.info(request, "The decision does not stand: the team has the referral again.")
    return redirect("referrals:disagreement", pk) if _still_seen(request, row) else redirect("/")


def _open(request, pk):
    own = queries.disagreements_for(request.user).select_related("asked", "said_by", "answered_by")
    row = get_visible_or_404(own, request.user, Capability.TRIAGE, pk)
    row.delivery = queries.with_people().get(pk=row.delivery_id)
    if request.method != "POST":
        child_id = row.delivery.referral.child_id
        events.look(str(Capability.TRIAGE), child=child_id, obj=row)
    return row


def _answered_by_me(request, pk):
    """The second click of two, by somebody who saw the child only until the answer.

    Another text than the one that is kept is no second click: the page of the error shows it.
    """
    answered = Disagreement.objects.filter(pk=pk, answered_by_id=request.user.pk).first()
    if answered is None:
        return False
    form = AnswerForm(request.POST)
    return form.is_valid() and answered.answer == form.cleaned_data["answer"]


def _still_seen(request, row):
    return queries.is_visible(request.user, row.delivery.referral)


def _why_not(user, row):
    try:
        check_can_answer(user, row)
    except Refused as refused:
        return str(refused)
    return ""


def _page(request, row, form, *, why_not="", typed="", hints=(), status=200):
    referral = row.delivery.referral
    then = child_as(referral.child_facts)
    context = {
        **child_head(referral.child, request.user),
        "row": row,
        "delivery": row.delivery,
        "decided": queries.decided_before([row]).get(row.pk, row.delivery),
        "referral": referral,
        "rules": rules_of_referral(referral),
        "owed": kept_for(row.delivery),
        "parts": read_parts(referral),
        "facts": facts_in_words(referral),
        "screen": screen_sent(referral, request.user),
        "then": then,
        "born": birth_words(then),
        "form": form,
        "why_not": why_not,
        "nobody": bool(queries.waiting_for_nobody([row])),
        "typed": typed,
        "hints": hints,
    }
    return render(request, "referrals/triage/disagreement.html", context, status=status)

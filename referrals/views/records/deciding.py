"""Decisions not to refer and under-13 exceptions: facts, text, signatures, and the lead's list."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import NotAllowed, can
from cse.access.principals import principals_of
from cse.audit import events
from cse.audit.extra import note_extra_fields
from referrals.actions import deciding_not as acts
from referrals.documents.not_referring import known_of
from referrals.forms.deciding_not import (
    SIGN,
    AnswerForm,
    DecisionForm,
    TokenForm,
    initial_of_decision,
)
from referrals.forms.facts import FactsForm, initial_of
from referrals.on_record import facts_on_record
from referrals.policies import NoDraft, Refused, check_can_set_aside
from referrals.policies_beside import check_can_answer_decision, check_can_sign
from referrals.queries import drafts_of
from referrals.queries.beside import (
    decisions_visible_to,
    drafts_against,
    signed_by,
    signed_by_agency_of,
    standing_of,
)
from referrals.signing import content_of, hash_of
from referrals.views.records.common import (
    as_uuid,
    child_page,
    has_errors,
    new_token,
    open_child,
    open_row,
    sent_already,
    try_facts,
    turned_away,
)
from referrals.ways_out import DECISION, RULE_OF, Missing, closing
from screening.forms import ReasonForm, read_version
from screening.policies import is_adult

PAGE = 25
UNSIGNED = Missing(SIGN, "Tick the box to sign", "DEC-42")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.REFER)
def decide(request, child_id):
    """What is known is asked first: the rules say whether there is anything to decide."""
    child = open_child(request, child_id, Capability.REFER)
    if elsewhere := turned_away(request, child):
        return elsewhere
    adult = is_adult(child, timezone.localdate())
    token = TokenForm(request.POST or None, initial={"token": new_token()})
    if request.method == "POST" and not adult:
        form = FactsForm(request.POST)
        if form.is_valid() and token.is_valid():
            made, token = sent_already(
                form, token, lambda: try_facts(form, partial(_start, request, child, token))
            )
            if made is not None:
                return redirect("referrals:decision", pk=made[0].pk)
    else:
        form = FactsForm(initial=_first_guess(request, child))
    context = {"form": form, "token": token, "adult": adult, "has_errors": has_errors(form, token)}
    return child_page(request, "decide", child, context)


def _start(request, child, token, facts):
    return acts.start_decision(
        child=child, facts=facts, by=request.user, token=token.cleaned_data["token"]
    )


def _first_guess(request, child):
    """What a draft of a referral says, where the way here led from one; else the record."""
    drafts = drafts_of(request.user).filter(child=child)
    draft = drafts.filter(pk=as_uuid(request.GET.get("referral", ""))).first()
    if draft is not None:
        return initial_of(draft.facts, draft.routing.get("prefilled_checklist", ()))
    return initial_of(facts_on_record(child)) | {"activity": None}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.REFER)
def facts(request, pk):
    """What is known, said anew in a draft."""
    rows = decisions_visible_to(request.user, Capability.REFER)
    decision = open_row(request, rows, Capability.REFER, pk)
    if not decision.is_draft:
        return redirect("referrals:decision", pk=pk)
    stored = initial_of(decision.facts, decision.routing["prefilled_checklist"])
    form = FactsForm(request.POST or None, initial=stored)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            saved = try_facts(
                form,
                lambda said: acts.set_decision_facts(
                    decision_id=pk, facts=said, version=read_version(request.POST), by=request.user
                ),
            )
        except acts.StaleDecision:
            status = 409
        else:
            if saved is not None:
                return redirect("referrals:decision", pk=pk)
    context = {
        "form": form,
        "decision": decision,
        "version": decision.version,
        "stale": status == 409,
        "facts": known_of(decision),
        "has_errors": has_errors(form),
    }
    return child_page(request, "decision_facts", decision.child, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.SEE_REFERRAL)
def decision(request, pk):
    """One decision: a draft to write and sign, else what was signed, with what came of it."""
    found = open_row(request, decisions_visible_to(request.user), Capability.SEE_REFERRAL, pk)
    if found.is_draft:
        acts.ask_rules_of(found, found.facts)
    if request.method == "POST":
        return _write(request, found) if "version" in request.POST else _answer(request, found)
    if not found.is_draft:
        return _show(request, found, AnswerForm())
    return _draft(request, found, DecisionForm(found, initial=initial_of_decision(found)))


def _write(request, found):
    form = DecisionForm(found, request.POST)
    note_extra_fields(request, form, found.child_id)
    if not form.is_valid():
        return _draft(request, found, form)
    version = form.cleaned_data["version"]
    try:
        saved = acts.save_decision(
            decision_id=found.pk, values=form.values, version=version, by=request.user
        )
        if request.POST.get("act") != SIGN:
            messages.success(request, "Saved. It is not signed yet.")
            return redirect("referrals:decision", pk=found.pk)
        return _sign(request, saved, form)
    except acts.StaleDecision as stale:
        acts.ask_rules_of(stale.decision, stale.decision.facts)
        return _draft(request, stale.decision, form, status=409)
    except NoDraft as late:
        return _too_late(request, found, form, str(late))


def _sign(request, saved, form):
    """What was typed is saved by now; what is missing is named all at once."""
    unsigned = not form.cleaned_data[SIGN]
    try:
        check_can_sign(request.user, saved)
        if unsigned:
            wanted = acts.missing_of(saved)
            raise acts.Unfinished((*wanted, UNSIGNED))
        acts.sign_decision(decision_id=saved.pk, by=request.user, version=saved.version)
    except acts.Unfinished as unfinished:
        form.add_missing(unfinished.missing)
        _now_at(form, saved)
        return _draft(request, saved, form)
    except (acts.Unavailable, acts.ReferralUnderWay) as closed:
        child = saved.child_id
        events.refused("sign a decision not to refer", rule="state", child_id=child, obj=saved)
        messages.error(request, str(closed))
        return redirect("referrals:decision", pk=saved.pk)
    messages.success(request, "Signed. Those who have to sign with you have been asked.")
    return redirect("referrals:decision", pk=saved.pk)


def _now_at(form, stored):
    """The form goes on from what is stored now."""
    form.data = form.data.copy()
    form.data["version"] = str(stored.version)


def _too_late(request, found, form, words):
    """It was signed or set aside while this was typed: the text is shown, and nothing is lost."""
    found.refresh_from_db()
    same = all(getattr(found, name) == form.values[name] for name in acts.TEXTS)
    if found.status == "signed" and found.made_by_id == request.user.pk and same:
        return redirect("referrals:decision", pk=found.pk)  # a double click
    return _show(request, found, AnswerForm(), typed=form, words=words, status=409)


def _answer(request, found):
    form = AnswerForm(request.POST)
    note_extra_fields(request, form, found.child_id)
    if not form.is_valid():
        # Where nobody can answer any more, that is what is said, with the text that was typed.
        late = _why_not(check_can_answer_decision, request.user, found)
        return _show(request, found, form, words=late, status=409 if late else 200)
    try:
        acts.answer_decision(
            decision_id=found.pk,
            by=request.user,
            agrees=form.agrees,
            note=form.cleaned_data["note"],
        )
    except Refused as refused:
        kept = {(each.signed_by_id, each.agrees, each.note) for each in found.signatures.all()}
        if (request.user.pk, form.agrees, form.cleaned_data["note"]) in kept:
            return redirect("referrals:decision", pk=found.pk)  # a double click
        return _show(request, found, form, words=str(refused), status=409)
    messages.success(
        request,
        "You have signed."
        if form.agrees
        else "You did not agree. The referral is owed, and those who decided are told.",
    )
    if can(request.user, Capability.SEE_REFERRAL, found.child_id):
        return redirect("referrals:decision", pk=found.pk)
    messages.info(
        request,
        "You were asked for this answer only, and no longer see the child. What you answered for "
        "can be read again here, and under “Decisions not to refer”.",
    )
    return redirect("referrals:signed-decision", pk=found.pk)


def _draft(request, found, form, *, status=200):
    stored = initial_of_decision(found)
    if status == 409:
        _now_at(form, found)
    context = {
        **_common(found),
        "form": form,
        "stored": stored if status == 409 else None,
        "closed_by": closing(found.routing, found.way or DECISION),
        "may_sign": not _why_not(check_can_sign, request.user, found),
        "has_errors": has_errors(form),
    }
    return child_page(request, "decision_draft", found.child, context, status=status)


def _show(request, found, form, *, typed=None, words="", status=200):
    context = {
        **_common(found),
        "form": form,
        "why_not": _why_not(check_can_answer_decision, request.user, found),
        "asked": request.user.pk in (found.lead_id, found.manager_id),
        "whole": _is_whole(found),
        "typed": typed,
        "words": words,
        "may_refer": can(request.user, Capability.REFER, found.child_id),
        "against": drafts_against(found) if _is_own(request.user, found) else [],
        "has_errors": has_errors(form),
    }
    return child_page(request, "decision", found.child, context, status=status)


def _common(found):
    return {
        "decision": found,
        "standing": standing_of(found),
        "facts": known_of(found),
        "rules": found.routing["rules"],
        "own_rule": RULE_OF.get(found.way, ""),
    }


def _is_own(user, found):
    return found.agency_id in principals_of(user).agency_ids


def _is_whole(found):
    """Whether what is stored is what was signed."""
    hashes = {each.signed_hash for each in found.signatures.all()}
    return hashes <= {hash_of(content_of(found))}


def _why_not(check, user, found):
    try:
        check(user, found)
    except NotAllowed as refusal:
        return str(refusal)
    return ""


@require_POST
@requires(Capability.REFER)
def refer(request, pk):
    """The referral that is owed instead: its draft, with what was said here."""
    rows = decisions_visible_to(request.user, Capability.REFER)
    found = open_row(request, rows, Capability.REFER, pk)
    referral = acts.refer_instead(decision_id=found.pk, by=request.user)
    return redirect("referrals:draft", pk=referral.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.REFER)
def put_aside(request, pk):
    """Set a draft aside that should not have been begun."""
    rows = decisions_visible_to(request.user, Capability.REFER)
    found = open_row(request, rows, Capability.REFER, pk)
    if not found.is_draft:
        return redirect("referrals:decision", pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            acts.set_decision_aside(decision_id=pk, by=request.user, reason=reason)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "The draft was set aside. It is kept, and nobody can change it."
            )
            return redirect("children:child", child_id=found.child_id)
    context = {
        "decision": found,
        "form": form,
        "why_not": _why_not(check_can_set_aside, request.user, found),
        "has_errors": has_errors(form),
    }
    return child_page(request, "set_decision_aside", found.child, context)


@require_safe
@requires(Capability.READ_SIGNED)
def signed_decision(request, pk):
    """What somebody signed, for them to read again: exactly that, and not the child's record."""
    found = open_row(request, signed_by(request.user), Capability.READ_SIGNED, pk)
    context = _common(found) | {"whole": _is_whole(found)}
    return child_page(request, "signed_decision", found.child, context)


@require_safe
@requires(Capability.SIGN_DECISION)
def decisions(request):
    """What the lead's agency has decided not to refer, newest first (W §4.8, DEC-10)."""
    page = Paginator(signed_by_agency_of(request.user), PAGE).get_page(request.GET.get("page"))
    rows = [(each, standing_of(each)) for each in page]
    listed = signed_by_agency_of(request.user).order_by().values("pk")
    others = signed_by(request.user).exclude(pk__in=listed)
    alone_page = Paginator(others, PAGE).get_page(request.GET.get("signed"))
    alone = [(each, standing_of(each)) for each in alone_page]
    context = {"page": page, "rows": rows, "alone": alone, "alone_page": alone_page}
    return render(request, "referrals/records/decisions.html", context)

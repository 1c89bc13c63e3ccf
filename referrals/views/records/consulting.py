"""Consultations without a name: recorded by an agency, about nobody until one is referred."""

from __future__ import annotations

from functools import partial

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cse import strict
from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotVisible
from cse.audit import events
from cse.audit.extra import note_extra_fields
from cse.children.forms import SearchForm
from cse.children.models import Child
from cse.children.pages import age_in_words
from cse.children.queries.search import search_children
from referrals.actions import advising as acts
from referrals.actions.beside import agency_of
from referrals.forms.advising import AgeForm, ChosenForm, NamelessFactsForm, TalkForm
from referrals.forms.deciding_not import TokenForm
from referrals.models import ConsultationUsed
from referrals.policies import Refused
from referrals.queries import visible_to
from referrals.queries.beside import consultations_of
from referrals.views.records.common import (
    as_uuid,
    has_errors,
    new_token,
    sent_already,
    try_facts,
)

PAGE = 25
OF_ANOTHER = (
    "A day that was said in the consultation cannot be of this child: it is before the date of "
    "birth. Choose the child it was about, or refer this one from their own page."
)


@require_safe
@requires(Capability.CONSULT)
def consultations(request):
    """The consultations of one's own agency, newest first."""
    page = Paginator(consultations_of(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "referrals/records/consultations.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.CONSULT)
def start(request):
    """Record a consultation; nothing is kept until what may identify is out of it."""
    posted = request.POST or None
    token = TokenForm(posted, initial={"token": new_token()})
    age, facts, talk = AgeForm(posted), NamelessFactsForm(posted), TalkForm(posted)
    note_extra_fields(request, age, None, facts, talk)
    closed = None
    # Each is asked, so that everything wrong is said at once.
    valid = [form.is_valid() for form in (token, age, facts, talk)]
    if request.method == "POST" and all(valid):
        try:
            made, token = sent_already(
                talk,
                token,
                lambda: try_facts(facts, partial(_record, request, token, age, talk)),
            )
            if made is not None:
                return redirect("referrals:consultation", pk=made[0].pk)
        except acts.Identifies as identifies:
            talk.add_found(identifies.found)
        except acts.NotWithoutName as refused:
            closed = refused
    context = {
        "token": token,
        "age": age,
        "form": facts,
        "talk": talk,
        "closed": closed,
        "book": agency_of(request.user).authority.book if closed else "",
        "rules": closed.routing.as_json()["rules"] if closed else (),
        "has_errors": has_errors(token, age, facts, talk) or closed,
    }
    return render(request, "referrals/records/consult.html", context)


def _record(request, token, age, talk, known):
    return acts.record_consultation(
        by=request.user,
        token=token.cleaned_data["token"],
        age=age.cleaned_data["age"],
        facts=known,
        said=talk.cleaned_data,
    )


@require_safe
@requires(Capability.CONSULT)
def consultation(request, pk):
    """What was asked and advised, and the referral it became part of."""
    row = _open(request, pk)
    used = ConsultationUsed.objects.filter(consultation=row).values("referral_id")
    context = {"row": row, "referrals": visible_to(request.user).filter(pk__in=used)}
    return render(request, "referrals/records/consultation.html", context)


def _open(request, pk):
    """A consultation of one's own agency, else the one 404."""
    row = consultations_of(request.user).filter(pk=pk).first()
    if row is None:
        events.refused(str(Capability.CONSULT), rule="scope", data={"asked": str(pk)})
        raise NotVisible
    if request.method != "POST":
        events.look(str(Capability.CONSULT), obj=row)
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.REFER)
def refer(request, pk):
    """Which child it was about: searched for and chosen; it is part of a referral then."""
    row = _open(request, pk)
    form = SearchForm(request.POST if "name" in request.POST else None)
    note_extra_fields(request, form, None, ChosenForm())
    matches, problem = [], ""
    if "child" in request.POST:
        try:
            child = get_visible_or_404(
                Child.objects.all(), request.user, Capability.REFER, as_uuid(request.POST["child"])
            )
            referral = acts.use_consultation(consultation_id=row.pk, child=child, by=request.user)
            return redirect("referrals:draft", pk=referral.pk)
        except Refused as refused:
            problem = str(refused)
        except strict.Refused:
            problem = OF_ANOTHER
    elif request.method == "POST" and form.is_valid():
        matches = search_children(request.user, form.terms())
        events.look(
            str(Capability.SEARCH_CHILDREN),
            protected_text=form.terms().text,
            data={"ids": [str(each.child.pk) for each in matches]},
        )
    context = {
        "row": row,
        "form": form,
        "searched": request.method == "POST" and form.is_bound and form.is_valid(),
        "matches": [(each.child, age_in_words(each.child)) for each in matches],
        "problem": problem,
        "has_errors": has_errors(form) or problem,
    }
    return render(request, "referrals/records/use_consultation.html", context)

"""Search before create. What was typed stays in the session, never in an address or a log."""

import datetime as dt
import uuid

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import can
from cse.access.principals import principals_of
from cse.audit import events
from cse.children.actions.record import add_child, child_id_for, differing
from cse.children.forms import NewChildForm, SearchForm
from cse.children.pages import age_in_words
from cse.children.policies import NotPossible
from cse.children.queries.overview import contacts_of
from cse.children.queries.search import Terms, search_children
from cse.children.views.common import both_texts, note_extra_fields

_KEY = "children.searches"
MOST_KEPT = 10
"""Searches kept for one session."""


@requires(Capability.SEARCH_CHILDREN)
@require_http_methods(["GET", "HEAD", "POST"])
def search(request):
    form = SearchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        token = uuid.uuid4()
        _keep(request, token, form.terms())
        return redirect("children:results", token)
    context = {"form": form, "for_screen": request.GET.get("for") == "screen"}
    return render(request, "children/search.html", context | _asking(request))


@requires(Capability.SEARCH_CHILDREN)
@require_safe
def results(request, token):
    terms = _kept(request, token)
    if terms is None:
        return redirect("children:search")
    matches = search_children(request.user, terms)
    _look(terms, matches)
    context = {
        "terms": terms,
        "token": token,
        "rows": [(match, age_in_words(match.child)) for match in matches],
        "form": SearchForm(initial={"name": terms.name, "date_of_birth": terms.date_of_birth}),
        "may_add": Capability.ADD_CHILD in principals_of(request.user).acts,
    }
    return render(request, "children/results.html", context | _asking(request))


@requires(Capability.ADD_CHILD)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request, token):
    terms = _kept(request, token)
    if request.method != "POST":
        if terms is None:
            messages.info(request, "Search first: somebody may have recorded the child already.")
            return redirect("children:search")
        form = NewChildForm(initial=_first_guess(terms))
        return render(request, "children/add.html", {"form": form, "terms": terms, "rows": []})
    form = NewChildForm(request.POST)
    note_extra_fields(request, form)
    if not form.is_valid():
        return render(request, "children/add.html", {"form": form, "terms": terms, "rows": []})
    matches = _alike(request, token, form, searched=terms is not None)
    if matches:
        rows = [(match, age_in_words(match.child)) for match in matches]
        return render(request, "children/add.html", {"form": form, "terms": terms, "rows": rows})
    try:
        child = add_child(by=request.user, submission=token, facts=form.facts())
    except NotPossible as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return render(request, "children/add.html", {"form": form, "terms": terms, "rows": []})
    if differing(child, form.facts()) and can(request.user, Capability.EDIT_CHILD, child):
        # Sent before, gone back, put right and sent again: what is new is for "Change the details".
        return both_texts(request, child, form, same_form=True)
    messages.success(request, "The child is recorded")
    return redirect("children:child", child.pk)


def _alike(request, token, form, *, searched):
    """Children in scope who may be the one typed, unless the person has just said they are not.

    Without a search in this session (it ended while typing) the question is asked first.
    """
    facts = form.facts()
    terms = Terms(f"{facts['given_name']} {facts['family_name']}", facts["date_of_birth"])
    likely = [match for match in search_children(request.user, terms) if match.is_likely]
    _look(terms, likely)
    if not searched:
        _keep(request, token, terms)
    elif form.cleaned_data["none_of_these"]:
        return []
    # Sent twice: the likely child is the one that this very form has made.
    made = child_id_for(request.user, token)
    return [] if any(match.child.pk == made for match in likely) else likely


def _look(terms, matches):
    events.look(
        str(Capability.SEARCH_CHILDREN),
        protected_text=terms.text,
        data={"ids": [str(match.child.pk) for match in matches]},
    )


def _asking(request):
    """The same words and numbers beside every search, whether or not a record exists."""
    return {"contacts": contacts_of(principals_of(request.user).authority_id)}


def _keep(request, token, terms):
    kept = dict(request.session.get(_KEY, {}))
    born = terms.date_of_birth.isoformat() if terms.date_of_birth else ""
    kept[str(token)] = [terms.name, born]
    request.session[_KEY] = dict(list(kept.items())[-MOST_KEPT:])


def _kept(request, token):
    found = request.session.get(_KEY, {}).get(str(token))
    if found is None:
        return None
    name, born = found
    return Terms(name, dt.date.fromisoformat(born) if born else None)


def _first_guess(terms):
    """The form begins with what was searched for: nothing is asked twice."""
    given, _, family = terms.name.strip().partition(" ")
    known = "exact" if terms.date_of_birth else ""
    return {
        "given_name": given,
        "family_name": family.strip(),
        "date_of_birth": terms.date_of_birth,
        "birth_date_known": known,
    }

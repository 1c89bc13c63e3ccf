"""Guidance for everybody, and the language helper's terms for the administrator."""

from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.principals import principals_of
from cse.audit.extra import note_extra_fields
from cse.interface import actions, queries
from cse.interface.guidance import BY_SLUG, PAGES
from cse.interface.models import LanguageTerm
from cse.interface.term_forms import TermForm, WordingForm
from cse.interface.who_screens import expected_of, expected_of_others
from cse.people.edits import CONFLICT, both_texts
from cse.people.saving import Changed, version_of


@require_GET
@requires(Capability.SEE_GUIDANCE)
def guidance(request):
    """What guidance there is."""
    return render(request, "guidance/index.html", {"pages": PAGES, "page": None})


@require_GET
@requires(Capability.SEE_GUIDANCE)
def guidance_page(request, slug):
    """One page of guidance."""
    page = BY_SLUG.get(slug)
    if page is None:
        raise Http404
    context = {"pages": PAGES, "page": page}
    if slug == "words":
        context["terms"] = queries.terms_in_use()
    if slug == "who-screens":
        own = principals_of(request.user).agency_types
        context |= {"own": expected_of(own), "others": expected_of_others(own)}
    return render(request, f"guidance/{page.slug}.html", context)


@require_GET
@requires(Capability.SEE_GUIDANCE)
def contacts(request):
    """Whom to contact, in the person's own area first (W-SHR-27)."""
    areas = queries.contacts_of(request.user)
    return render(request, "guidance/contacts.html", {"pages": PAGES, "page": None, "areas": areas})


@require_http_methods(["GET", "POST"])
@requires(Capability.SEE_GUIDANCE)
def check_wording(request):
    """Look at a text: as JSON for the page's script, as a page without it. Keeps nothing."""
    form = WordingForm(request.POST or None)
    hints = queries.hints_for(form.cleaned_data["text"]) if form.is_valid() else []
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"hints": [vars(hint) for hint in hints]})
    context = {"form": form, "hints": hints, "pages": PAGES, "page": None}
    return render(request, "guidance/check_wording.html", context)


@require_GET
@requires(Capability.MANAGE_LANGUAGE)
def language_terms(request):
    """All terms, those in use first."""
    return render(request, "guidance/terms.html", {"terms": queries.all_terms()})


@require_http_methods(["GET", "POST"])
@requires(Capability.MANAGE_LANGUAGE)
def add_term(request):
    """A new term."""
    form = TermForm(request.POST or None)
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_term(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("interface:language-terms")
    return render(request, "guidance/term.html", {"form": form, "term": None, "differs": []})


@require_http_methods(["GET", "POST"])
@requires(Capability.MANAGE_LANGUAGE)
def change_term(request, term_id):
    """Change a term. A stale version answers 409 with both texts; what was typed stays."""
    term = get_object_or_404(LanguageTerm, pk=term_id)
    # Before the form is checked: that writes what was typed into the term.
    version = request.POST.get("version") or version_of(term, actions.FIELDS)
    form = TermForm(request.POST or None, instance=term)
    note_extra_fields(request, form)
    differs, status = [], 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_term(by=request.user, term=term, version=version, **form.cleaned_data)
            return redirect("interface:language-terms")
        except Changed as changed:
            differs = both_texts(form, changed.current, actions.FIELDS)
            version, status = version_of(changed.current, actions.FIELDS), CONFLICT
    context = {"form": form, "term": term, "version": version, "differs": differs}
    return render(request, "guidance/term.html", context, status=status)


@require_POST
@requires(Capability.MANAGE_LANGUAGE)
def retire_term(request, term_id):
    """Take a term out of use."""
    note_extra_fields(request, None)
    actions.retire_term(by=request.user, term=get_object_or_404(LanguageTerm, pk=term_id))
    return redirect("interface:language-terms")


@require_POST
@requires(Capability.MANAGE_LANGUAGE)
def restore_term(request, term_id):
    """Put a retired term back into use."""
    note_extra_fields(request, None)
    actions.restore_term(by=request.user, term=get_object_or_404(LanguageTerm, pk=term_id))
    return redirect("interface:language-terms")

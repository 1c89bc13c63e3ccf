"""Links between children. A page about a link is shown to whoever sees both.

A look at it, or at the form, is noted with each of the two as a look at that child and says nothing
of a link: who has looked is read by people who see only one.
"""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.lookup import get_visible_or_404
from cse.access.policies import NotAllowed, NotVisible
from cse.access.principals import principals_of
from cse.audit import events
from cse.children.actions.links import answer_link, correct_link, end_link, record_link
from cse.children.forms.links import AnswerLinkForm, CorrectLinkForm, EndLinkForm, LinkForm
from cse.children.links import sort_links
from cse.children.models import Child, Stage
from cse.children.pages import age_in_words, frame
from cse.children.policies import NotPossible, Stale
from cse.children.policies_links import AlreadyLinked, can_answer, can_correct, check_can_answer
from cse.children.queries.links import links_of, links_seen_by, with_people
from cse.children.queries.search import Terms, search_children
from cse.children.views.common import note_extra_fields, visible_child
from cse.interface.queries import hints_for

PAGE = require_http_methods(["GET", "HEAD", "POST"])
TAB = "children:links"


@requires(Capability.SEE_CHILD)
@require_safe
def links(request, child_id):
    child = visible_child(request, child_id)
    context = {
        "links": sort_links(links_of(request.user, child), child, request.user),
        "may_link": Capability.LINK_CHILDREN in principals_of(request.user).acts,
    }
    return render(request, "children/links/list.html", frame(child, request.user, TAB) | context)


@requires(Capability.LINK_CHILDREN)
@PAGE
def add_link(request, child_id):
    children = Child.objects.select_related("authority")
    child = get_visible_or_404(children, request.user, Capability.LINK_CHILDREN, child_id)
    _look(child_id)
    given = {"child": child, "find": _finder(request), "words_of": _as_choice}
    form = LinkForm(request.POST if request.method == "POST" else None, **given)
    if not _sent(request, form):
        return _add_page(request, child, form)
    try:
        link = record_link(child=child, by=request.user, **form.facts())
    except AlreadyLinked as refusal:
        form.add_error(None, str(refusal))
        return _add_page(request, child, form, there=refusal.link, status=409)
    except NotPossible as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return _add_page(request, child, form)
    waits = link.stage == Stage.WAITING
    messages.success(request, PROPOSED if waits else "The link is recorded")
    return redirect(TAB, child.pk)


PROPOSED = (
    "The link is proposed. Who may see the two children is not the same, so it waits for a second"
    " person; until then only you and those who may agree see it."
)


def _add_page(request, child, form, *, there=None, status=200):
    context = {"form": form, "there": there, "hints": _hints(request)}
    page = frame(child, request.user, TAB)
    return render(request, "children/links/add.html", page | context, status=status)


def _sent(request, form):
    """Whether a whole form was posted, and not only to look at its wording."""
    if request.method != "POST":
        return False
    note_extra_fields(request, form)
    valid = form.is_valid()
    if "check_wording" in request.POST:
        form.errors.clear()  # nobody asked yet whether it is whole
        return False
    return valid


def _hints(request):
    return hints_for(request.POST.get("note", "")) if "check_wording" in request.POST else ()


def _finder(request):
    """Search among the children this person sees; noted as every search is."""

    def find(typed):
        terms = Terms(typed)
        matches = search_children(request.user, terms)
        events.look(
            str(Capability.SEARCH_CHILDREN),
            protected_text=terms.text,
            data={"ids": [str(match.child.pk) for match in matches]},
        )
        return matches

    return find


def _as_choice(child):
    return f"{child.name}, {age_in_words(child)}, {child.reference}"


@requires(Capability.SEE_CHILD)
@require_safe
def link(request, child_id, link_id):
    opened = _opened(request, link_id, Capability.SEE_CHILD)
    return _link_page(request, opened, child_id, "show")


@requires(Capability.LINK_CHILDREN)
@PAGE
def correct(request, child_id, link_id):
    opened = _opened(request, link_id, Capability.LINK_CHILDREN)
    now = {"version": opened.version, "note": opened.note, "since": opened.since}
    form = CorrectLinkForm(request.POST if request.method == "POST" else None, initial=now)
    newest, status = None, 200
    if _sent(request, form):
        try:
            correct_link(link_id=link_id, by=request.user, **form.facts())
        except Stale:
            newest, status = with_people().get(pk=link_id), 409
            form.data = {**request.POST.dict(), "version": str(newest.version)}
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved")
            return redirect("children:link", child_id, link_id)
    given = {"form": form, "newest": newest, "hints": _hints(request), "status": status}
    return _link_page(request, opened, child_id, "correct", **given)


@requires(Capability.LINK_CHILDREN)
@PAGE
def end(request, child_id, link_id):
    opened = _opened(request, link_id, Capability.LINK_CHILDREN)
    form = EndLinkForm(request.POST if request.method == "POST" else None)
    if _sent(request, form):
        try:
            end_link(link_id=link_id, by=request.user, reason=form.cleaned_data["reason"])
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved")
            return redirect(TAB, child_id)
    return _link_page(request, opened, child_id, "end", form=form)


@requires(Capability.APPROVE_LINK)
@PAGE
def answer(request, link_id):
    """A second person agrees to a proposed link, or not."""
    opened = _opened(request, link_id, Capability.APPROVE_LINK)
    form = AnswerLinkForm(request.POST if request.method == "POST" else None)
    why_not = _why_not(request.user, opened)
    if _answered_by_this_click(request, opened, form):
        return redirect(TAB, opened.first_id)
    if request.method != "POST" and opened.stage != Stage.WAITING:
        return redirect("children:link", opened.first_id, link_id)
    if not why_not and _sent(request, form):
        note = form.cleaned_data["note"]
        try:
            answer_link(link_id=link_id, by=request.user, agrees=form.agrees, note=note)
        except NotAllowed as refusal:  # somebody else answered while this was typed
            why_not = str(refusal)
        else:
            messages.success(request, "Your answer is kept.")
            return redirect(TAB, opened.first_id)
    status = 409 if why_not and request.method == "POST" else 200
    given = {"form": form, "why_not": why_not, "hints": _hints(request), "status": status}
    return _link_page(request, opened, opened.first_id, "answer", **given)


def _answered_by_this_click(request, link, form):
    """A second click of the same answer goes on like the first."""
    if request.method != "POST" or link.answered_by_id != request.user.pk or not form.is_valid():
        return False
    return (form.agrees, form.cleaned_data["note"]) == (link.agreed, link.answer_note)


def _why_not(user, link):
    try:
        check_can_answer(user, link)
    except NotAllowed as refusal:
        return str(refusal)
    return ""


def _opened(request, link_id, capability):
    """The link, for this act on both children, or the one 404."""
    seen = links_seen_by(request.user, capability)
    found = with_people().filter(pk__in=seen.values("pk"))
    opened = get_visible_or_404(found, request.user, capability, link_id)
    if request.method != "POST":
        _look(opened.first_id, opened.second_id)
    return opened


def _look(*children):
    for child_id in children:
        events.look(str(Capability.SEE_CHILD), child=child_id)


def _link_page(request, link, child_id, template, *, status=200, **more):
    if child_id not in (link.first_id, link.second_id):
        raise NotVisible
    other = link.other_than(child_id)
    child = link.second if child_id == link.second_id else link.first
    context = {
        "shown": link,
        "other": other,
        "may_correct": can_correct(request.user, link),
        "may_answer": can_answer(request.user, link),
        "reads_answer": Capability.APPROVE_LINK in principals_of(request.user).acts
        or link.recorded_by_id == request.user.pk,
    } | more
    page = frame(child, request.user, TAB)
    return render(request, f"children/links/{template}.html", page | context, status=status)
